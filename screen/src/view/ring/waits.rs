//! Who waits for whom, drawn as arrows on the ring: the wait-for graph of a deadlock.

use ratatui_core::buffer::Buffer;
use ringscope_sim::world::Blocked;
use ringscope_traces::words::tag_label;
use unicode_width::UnicodeWidthStr as _;

use super::super::canvas::{Canvas, Grain, Ink, Meeting};
use super::super::geometry::{GridCell, Point};
use super::super::labels::Free;
use super::super::scene::Scene;
use super::super::symbols::Symbol;
use super::model::{Glyph, Picture};
use super::{Label, LabelSubject};

/// How many arrows are drawn: more are a tangle.
const MOST_ARROWS: usize = 64;

/// How many of them have a label.
const MOST_LABELS: usize = 8;

/// How far an arrow lies beside the straight line, so that two that wait for each other have one each.
const ASIDE: f64 = 2.5;

/// The arrows on a picture.
#[derive(Debug)]
pub(super) struct Waits {
    arrows: Vec<Arrow>,
}

/// An arrow from who waits to whom it waits for.
#[derive(Debug)]
struct Arrow {
    blocked: Blocked,
    /// Two points, or more of one who waits for itself.
    path: Vec<Point>,
    /// The cell of the arrowhead, where one was free, and which way it points.
    head: Option<(GridCell, Symbol)>,
    /// Whether it is the link between the head and the command node, which is drawn with them.
    is_link: bool,
}

impl Waits {
    /// The arrows that have two places on the picture; their heads take their cells.
    pub(super) fn new(scene: &Scene<'_>, picture: &Picture, free: &mut Free) -> Waits {
        let blocked = scene.deadlocked.iter().take(MOST_ARROWS);
        let arrows = blocked.filter_map(|blocked| Arrow::of(scene, picture, *blocked));
        let mut arrows: Vec<Arrow> = arrows.collect();
        for arrow in arrows.iter_mut().filter(|arrow| !arrow.is_link) {
            arrow.head = arrow.free_head(free);
            arrow.head.iter().for_each(|(cell, _)| free.take(*cell));
        }
        Waits { arrows }
    }

    /// What each waits for, at its arrow.
    pub(super) fn labels(
        &self,
        scene: &Scene<'_>,
        picture: &Picture,
        free: &mut Free,
    ) -> Vec<Label> {
        let arrows = self.arrows.iter().take(MOST_LABELS);
        arrows.filter_map(|arrow| arrow.label(scene, picture, free)).collect()
    }

    /// Draws the lines.
    pub(super) fn draw_lines(&self, scene: &Scene<'_>, picture: &Picture, buffer: &mut Buffer) {
        let arrows = self.arrows.iter().filter(|arrow| !arrow.is_link);
        let mut canvas = Canvas::new(picture.area, Grain::of_lines(scene.look.symbols));
        for (from, to) in arrows.flat_map(Arrow::segments) {
            canvas.line(from, to, Ink(0));
        }
        let style = scene.look.theme.bad();
        canvas.draw(buffer, Meeting::Together, |_| style);
    }

    /// Draws the arrowheads, over whatever else is there.
    pub(super) fn draw_heads(&self, scene: &Scene<'_>, picture: &Picture, buffer: &mut Buffer) {
        let style = scene.look.theme.bad();
        for (cell, symbol) in self.arrows.iter().filter_map(|arrow| arrow.head) {
            picture.put(cell, Glyph { symbol: scene.symbol(symbol), style }, buffer);
        }
    }

    /// Where the head of a rank's arrow is, and what it is drawn with; none on the link, which has its own.
    #[cfg(test)]
    pub(super) fn head(&self, scene: &Scene<'_>, blocked: &Blocked) -> Option<(GridCell, &str)> {
        let arrow = self.arrows.iter().find(|arrow| arrow.blocked == *blocked)?;
        let (cell, symbol) = arrow.head?;
        Some((cell, scene.symbol(symbol)))
    }

    /// Whether somebody's arrow is the link between the head and the command node.
    #[cfg(test)]
    pub(super) fn is_link(&self, blocked: &Blocked) -> bool {
        self.arrows.iter().any(|arrow| arrow.blocked == *blocked && arrow.is_link)
    }
}

impl Arrow {
    fn of(scene: &Scene<'_>, picture: &Picture, blocked: Blocked) -> Option<Arrow> {
        let link = picture.outlet.and_then(|outlet| outlet.link(blocked.rank, blocked.on));
        if let Some((from, to)) = link {
            return Some(Arrow { blocked, path: vec![from, to], head: None, is_link: true });
        }
        if blocked.rank == blocked.on {
            let angle = picture.angle_of(scene, blocked.rank)?;
            return Some(Arrow::back(picture, angle, blocked));
        }
        let (from, to) = picture.way(scene, blocked.rank, blocked.on)?;
        let (x, y) = (to.x - from.x, to.y - from.y);
        let length = x.hypot(y);
        if length < ASIDE {
            return None;
        }
        let (aside_x, aside_y) = (ASIDE * -y / length, ASIDE * x / length);
        let moved = |point: Point| Point { x: point.x + aside_x, y: point.y + aside_y };
        Some(Arrow { blocked, path: vec![moved(from), moved(to)], head: None, is_link: false })
    }

    /// From a node back to itself, through the circle.
    fn back(picture: &Picture, angle: f64, blocked: Blocked) -> Arrow {
        const APART: f64 = 6.0;
        let radius = picture.disc.inside();
        let deep = (radius - APART).max(radius / 2.0);
        let aside = APART / radius.max(APART);
        let node = picture.disc.at(angle, radius);
        let corners = [angle - aside, angle + aside].map(|angle| picture.disc.at(angle, deep));
        let path = vec![node, corners[0], corners[1], node];
        Arrow { blocked, path, head: None, is_link: false }
    }

    fn segments(&self) -> impl DoubleEndedIterator<Item = (Point, Point)> {
        self.path.windows(2).map(|ends| (ends[0], ends[1]))
    }

    /// The arrowhead: in the free cell on the arrow that is nearest to its end, or else beside it.
    fn free_head(&self, free: &Free) -> Option<(GridCell, Symbol)> {
        const STEPS: u32 = 20;
        const BESIDE: [i32; 5] = [0, 1, -1, 2, -2];
        let parts = || (0..STEPS).rev().map(|step| f64::from(step) / f64::from(STEPS));
        BESIDE.into_iter().find_map(|columns| {
            self.segments().rev().find_map(|(from, to)| {
                let mut cells = parts().map(|part| from.towards(to, part).cell().moved(columns, 0));
                Some((cells.find(|cell| free.has(*cell))?, pointing(from, to)))
            })
        })
    }

    fn label(&self, scene: &Scene<'_>, picture: &Picture, free: &mut Free) -> Option<Label> {
        const PLACES: [f64; 5] = [0.5, 0.35, 0.65, 0.2, 0.8];
        let texts = texts(scene, self.blocked);
        let (place, text) = texts.into_iter().find_map(|text| {
            let width = text.width();
            let place = match picture.outlet.filter(|_| self.is_link) {
                Some(outlet) => outlet.beside(free, width),
                None => self.segments().rev().find_map(|(from, to)| {
                    let mut points = PLACES.into_iter().map(|part| from.towards(to, part));
                    points.find_map(|at| free.inside(&picture.disc, at, width))
                }),
            };
            Some((place?, text))
        })?;
        let named = LabelSubject::Rank(self.blocked.rank);
        Some(Label { named, place, text, style: scene.look.theme.bad() })
    }
}

/// An arrowhead that points from one point to another.
fn pointing(from: Point, to: Point) -> Symbol {
    let (x, y) = (to.x - from.x, to.y - from.y);
    match (x.abs() > y.abs(), x > 0.0, y > 0.0) {
        (true, true, _) => Symbol::PointsRight,
        (true, false, _) => Symbol::PointsLeft,
        (false, _, true) => Symbol::PointsDown,
        (false, _, false) => Symbol::PointsUp,
    }
}

/// From long to short.
fn texts(scene: &Scene<'_>, blocked: Blocked) -> Vec<String> {
    let rank = blocked.rank;
    match blocked.tag {
        Some(tag) => {
            let tag = tag_label(tag, &scene.app.timeline.vocabulary()).to_string();
            vec![format!("r{rank} waits for {tag}"), format!("r{rank}: {tag}"), tag]
        }
        None => vec![format!("r{rank} is in a send"), "in a send".to_owned()],
    }
}
