//! Who waits for whom, drawn as arrows on the ring: the wait-for graph of a deadlock.

use ratatui_core::buffer::Buffer;
use ringscope_sim::world::Blocked;
use ringscope_traces::words::tag_label;
use unicode_width::UnicodeWidthStr as _;

use super::super::canvas::{Canvas, Grain, Ink, Meeting};
use super::super::geometry::Point;
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

/// An arrow from who waits to whom it waits for.
struct Arrow {
    blocked: Blocked,
    /// Two points, or more of one who waits for itself.
    path: Vec<Point>,
    /// Whether it is the link between the head and the command node, which is drawn with them.
    is_link: bool,
}

impl Arrow {
    /// Those that have two places on the picture.
    fn all(scene: &Scene<'_>, picture: &Picture) -> Vec<Arrow> {
        let blocked = scene.deadlocked.iter().take(MOST_ARROWS);
        blocked.filter_map(|blocked| Arrow::of(scene, picture, *blocked)).collect()
    }

    fn of(scene: &Scene<'_>, picture: &Picture, blocked: Blocked) -> Option<Arrow> {
        let link = picture.outlet.and_then(|outlet| outlet.link(blocked.rank, blocked.on));
        if let Some((from, to)) = link {
            return Some(Arrow { blocked, path: vec![from, to], is_link: true });
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
        Some(Arrow { blocked, path: vec![moved(from), moved(to)], is_link: false })
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
        Arrow { blocked, path, is_link: false }
    }

    fn segments(&self) -> impl DoubleEndedIterator<Item = (Point, Point)> {
        self.path.windows(2).map(|ends| (ends[0], ends[1]))
    }

    /// The arrowhead: where it is, and which way it points.
    fn head(&self) -> Option<(Point, Symbol)> {
        const NEAR_THE_END: f64 = 0.9;
        let (from, to) = self.segments().next_back()?;
        Some((from.towards(to, NEAR_THE_END), pointing(from, to)))
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

/// Draws the arrows.
pub(super) fn draw(scene: &Scene<'_>, picture: &Picture, buffer: &mut Buffer) {
    let arrows: Vec<Arrow> =
        Arrow::all(scene, picture).into_iter().filter(|arrow| !arrow.is_link).collect();
    let mut canvas = Canvas::new(picture.area, Grain::of_lines(scene.look.symbols));
    for arrow in &arrows {
        arrow.segments().for_each(|(from, to)| canvas.line(from, to, Ink(0)));
    }
    let style = scene.look.theme.bad();
    canvas.draw(buffer, Meeting::Together, |_| style);
    for (head, symbol) in arrows.iter().filter_map(Arrow::head) {
        picture.put(head.cell(), Glyph { symbol: scene.symbol(symbol), style }, buffer);
    }
}

/// What each waits for, at its arrow.
pub(super) fn labels(scene: &Scene<'_>, picture: &Picture, free: &mut Free) -> Vec<Label> {
    let arrows = Arrow::all(scene, picture).into_iter().take(MOST_LABELS);
    arrows.filter_map(|arrow| arrow.label(scene, picture, free)).collect()
}

/// From long to short.
fn texts(scene: &Scene<'_>, blocked: Blocked) -> Vec<String> {
    let rank = blocked.rank;
    match blocked.tag {
        Some(tag) => {
            let tag = tag_label(tag, scene.app.timeline.vocabulary()).to_string();
            vec![format!("r{rank} waits for {tag}"), format!("r{rank}: {tag}"), tag]
        }
        None => vec![format!("r{rank} is in a send"), "in a send".to_owned()],
    }
}

/// How many arrows there are for those who wait.
#[cfg(test)]
pub(super) fn count(scene: &Scene<'_>, picture: &Picture) -> usize {
    Arrow::all(scene, picture).len()
}
