//! Who waits for whom, drawn as arrows on the ring: the wait-for graph of a deadlock.

use ratatui_core::buffer::Buffer;
use ringscope_sim::world::Blocked;
use ringscope_traces::words::tag_label;
use unicode_width::UnicodeWidthStr as _;

use super::super::canvas::{Canvas, Ink, Meeting};
use super::super::geometry::Point;
use super::super::labels::Free;
use super::super::scene::Scene;
use super::super::symbols::Symbol;
use super::model::Picture;
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
    from: Point,
    to: Point,
}

impl Arrow {
    /// Those that have two places on the ring.
    fn all(scene: &Scene<'_>, picture: &Picture) -> Vec<Arrow> {
        let blocked = scene.deadlocked.iter().take(MOST_ARROWS);
        blocked.filter_map(|blocked| Arrow::of(scene, picture, *blocked)).collect()
    }

    fn of(scene: &Scene<'_>, picture: &Picture, blocked: Blocked) -> Option<Arrow> {
        let from = picture.end_of(scene, blocked.rank)?;
        let to = picture.end_of(scene, blocked.on)?;
        let (x, y) = (to.x - from.x, to.y - from.y);
        let length = x.hypot(y);
        if length < ASIDE {
            return None;
        }
        let (aside_x, aside_y) = (ASIDE * -y / length, ASIDE * x / length);
        let moved = |point: Point| Point { x: point.x + aside_x, y: point.y + aside_y };
        Some(Arrow { blocked, from: moved(from), to: moved(to) })
    }

    /// The arrowhead: where it is, and which way it points.
    fn head(&self) -> (Point, Symbol) {
        const NEAR_THE_END: f64 = 0.9;
        let (x, y) = (self.to.x - self.from.x, self.to.y - self.from.y);
        let symbol = match (x.abs() > y.abs(), x > 0.0, y > 0.0) {
            (true, true, _) => Symbol::PointsRight,
            (true, false, _) => Symbol::PointsLeft,
            (false, _, true) => Symbol::PointsDown,
            (false, _, false) => Symbol::PointsUp,
        };
        (self.from.towards(self.to, NEAR_THE_END), symbol)
    }
}

/// Draws the arrows.
pub(super) fn draw(scene: &Scene<'_>, picture: &Picture, buffer: &mut Buffer) {
    let arrows = Arrow::all(scene, picture);
    if arrows.is_empty() {
        return;
    }
    let mut canvas = Canvas::new(picture.area, scene.look.symbols);
    for arrow in &arrows {
        canvas.line(arrow.from, arrow.to, Ink(0));
    }
    let style = scene.look.theme.bad();
    canvas.draw(buffer, Meeting::Together, |_| style);
    for arrow in &arrows {
        let (head, symbol) = arrow.head();
        let place = picture.on_screen(head);
        if let Some(cell) = place.and_then(|place| buffer.cell_mut(place)) {
            cell.set_symbol(scene.symbol(symbol)).set_style(style);
        }
    }
}

/// What each waits for, at the middle of its arrow.
pub(super) fn labels(scene: &Scene<'_>, picture: &Picture, free: &mut Free) -> Vec<Label> {
    let arrows = Arrow::all(scene, picture).into_iter().take(MOST_LABELS);
    let label = |arrow: Arrow| {
        let middle = arrow.from.towards(arrow.to, 0.5);
        let texts = texts(scene, arrow.blocked);
        let (place, text) = texts
            .into_iter()
            .find_map(|text| Some((free.inside(&picture.disc, middle, text.width())?, text)))?;
        let named = LabelSubject::Rank(arrow.blocked.rank);
        Some(Label { named, place, text, style: scene.look.theme.bad() })
    };
    arrows.filter_map(label).collect()
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

/// In words, the waits of those who have no two places on the ring, where no card says it.
pub(super) fn in_the_middle(scene: &Scene<'_>, picture: &Picture) -> Vec<String> {
    const MOST: usize = 3;
    let blocked = scene.deadlocked.iter().filter(|_| scene.verdict.is_none());
    let undrawn = blocked.filter(|blocked| Arrow::of(scene, picture, **blocked).is_none());
    let to = scene.symbol(Symbol::To);
    let words = |blocked: &Blocked| {
        let text = texts(scene, *blocked).swap_remove(0);
        format!("{text} {to} r{}", blocked.on)
    };
    undrawn.take(MOST).map(words).collect()
}
