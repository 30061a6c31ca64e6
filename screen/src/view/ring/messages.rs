//! Messages on the ring: chords with a label at the head, and keys that move along the inside of an arc.

use ratatui_core::buffer::Buffer;
use ratatui_core::style::Style;
use ringscope_sim::protocol::Moves;
use ringscope_traces::{EventIndex, Rank};
use unicode_width::UnicodeWidthStr as _;

use super::super::canvas::{Arc, Canvas, Curve, Ink, Meeting};
use super::super::geometry::Point;
use super::super::labels::Free;
use super::super::scene::Scene;
use super::super::symbols::Symbol;
use super::super::words;
use super::model::Picture;
use super::{Label, LabelSubject};

/// How many messages have a label beside the selected one.
const MOST_LABELS: usize = 8;

/// How many messages are drawn at all: more are a tangle.
const MOST_CHORDS: usize = 128;

/// How many keys are drawn as dots at rest.
const MOST_KEYS: usize = 400;

const PASSING: Ink = Ink(u16::MAX - 2);
const LOOKED_AT: Ink = Ink(u16::MAX - 1);

/// A message on the picture.
#[derive(Debug, Clone, Copy)]
struct Course {
    sent: EventIndex,
    from: Rank,
    to: Rank,
    is_looked_at: bool,
}

/// The lines of the messages, and the keys that lie at rest inside of the arcs.
pub(super) fn draw_lines(scene: &Scene<'_>, picture: &Picture, buffer: &mut Buffer) {
    let mut canvas = Canvas::new(picture.area, scene.look.symbols);
    if !picture.is_overview {
        draw_keys(scene, picture, &mut canvas);
    }
    for course in courses(scene).iter().rev() {
        draw_course(scene, picture, *course, &mut canvas);
    }
    let style = |ink: Ink| match ink {
        LOOKED_AT => scene.look.theme.moving(),
        PASSING => scene.look.theme.passing(),
        Ink(rank) => scene.style_of(Rank(u32::from(rank))),
    };
    canvas.draw(buffer, Meeting::Together, style);
}

/// Each key that a node holds, at its place, in the colour of who holds it.
fn draw_keys(scene: &Scene<'_>, picture: &Picture, canvas: &mut Canvas) {
    let mut left = MOST_KEYS;
    for (rank, _) in &picture.arcs {
        let Some(storage) = scene.node(*rank).and_then(|node| node.storage) else { continue };
        let Ok(ink) = u16::try_from(rank.0) else { continue };
        for key in storage.keys().take(left) {
            let point = picture.disc.at(picture.span.angle(key.0), picture.disc.inside());
            canvas.dot(point, Ink(ink.min(PASSING.0 - 1)), Meeting::Together);
        }
        left = left.saturating_sub(storage.len());
    }
}

fn draw_course(scene: &Scene<'_>, picture: &Picture, course: Course, canvas: &mut Canvas) {
    let ink = if course.is_looked_at { LOOKED_AT } else { PASSING };
    let part = scene.progress(course.sent);
    if let Some((from, to)) = inside_of_arc(scene, picture, course) {
        let here = from + (to - from) * part;
        let angles = (from.min(here), from.max(here));
        let radius = picture.disc.inside();
        let curve = Curve { arc: Arc { angles, ink }, radius };
        canvas.curve(&picture.disc, curve, Meeting::Together);
        return;
    }
    let ends = (picture.end_of(scene, course.from), picture.end_of(scene, course.to));
    let (Some(from), Some(to)) = ends else { return };
    // What is looked at is drawn as far as it has come; of the others the whole way shows more.
    let end = if course.is_looked_at { from.towards(to, part) } else { to };
    canvas.line(from, end, ink);
}

/// The labels at the heads of the messages, where there is room.
pub(super) fn labels(scene: &Scene<'_>, picture: &Picture, free: &mut Free) -> Vec<Label> {
    let courses = courses(scene).into_iter().take(1 + MOST_LABELS);
    courses.filter_map(|course| label(scene, picture, course, &mut *free)).collect()
}

fn label(scene: &Scene<'_>, picture: &Picture, course: Course, free: &mut Free) -> Option<Label> {
    let head = head(scene, picture, course)?;
    let what = what(scene, course.sent);
    let symbol = scene.symbol(Symbol::Message);
    // Where the ring is small the word before the number is left out.
    let number = what.split_once(' ').map_or("", |(_, number)| number);
    let texts = [format!("{symbol} {what}"), format!("{symbol} {number}")];
    let (place, text) = texts
        .into_iter()
        .find_map(|text| Some((free.inside(&picture.disc, head, text.width())?, text)))?;
    Some(Label {
        named: LabelSubject::Message(course.sent),
        place,
        text,
        style: style(scene, course),
    })
}

fn style(scene: &Scene<'_>, course: Course) -> Style {
    match course.is_looked_at {
        true => scene.look.theme.moving(),
        false => scene.look.theme.passing(),
    }
}

/// What is said in the middle of messages between the head and the command node, which both are there.
pub(super) fn between_head_and_command(scene: &Scene<'_>) -> Option<String> {
    let roles = scene.states().and(scene.app.timeline.roles())?;
    let is_between = |course: &Course| {
        let ends = (course.from, course.to);
        ends == (roles.head, roles.command) || ends == (roles.command, roles.head)
    };
    let course = courses(scene).into_iter().find(is_between)?;
    let (message, to) = (scene.symbol(Symbol::Message), scene.symbol(Symbol::To));
    let label = words::label(scene.app, course.sent);
    Some(format!("{message} {label}  r{} {to} r{}", course.from, course.to))
}

/// The message that is looked at first, then the others, the youngest first.
fn courses(scene: &Scene<'_>) -> Vec<Course> {
    let looked_at = scene.message.map(|sent| {
        let fact = scene.app.timeline.info(sent);
        Course { sent, from: fact.rank, to: fact.peer, is_looked_at: true }
    });
    let flights = scene.app.view.snapshot.flights.iter().rev();
    let others = flights.filter(|flight| Some(flight.sent) != scene.message).map(|flight| Course {
        sent: flight.sent,
        from: flight.from,
        to: flight.to,
        is_looked_at: false,
    });
    looked_at.into_iter().chain(others).take(MOST_CHORDS).collect()
}

/// Where the head of a message is.
fn head(scene: &Scene<'_>, picture: &Picture, course: Course) -> Option<Point> {
    let part = scene.progress(course.sent);
    if let Some((from, to)) = inside_of_arc(scene, picture, course) {
        return Some(picture.disc.at(from + (to - from) * part, picture.disc.inside() - 1.0));
    }
    let from = picture.end_of(scene, course.from)?;
    let to = picture.end_of(scene, course.to)?;
    (from != to).then(|| from.towards(to, part))
}

/// The angles between which keys move along the inside of an arc; none for a message of another kind.
fn inside_of_arc(scene: &Scene<'_>, picture: &Picture, course: Course) -> Option<(f64, f64)> {
    let tag = scene.app.timeline.info(course.sent).tag;
    scene.app.timeline.protocol()?.tag(tag).filter(|info| info.moves_pairs)?;
    let from = picture.angle_of(scene, course.from)?;
    Some((from, picture.angle_of(scene, course.to)?))
}

/// What stands at the head: of keys that move, which one.
fn what(scene: &Scene<'_>, sent: EventIndex) -> String {
    let keys = match words::message(scene.app, sent).and_then(|message| message.moves) {
        Some(Moves::OneByOne(keys)) => keys,
        Some(Moves::Together { count }) => {
            return format!("{count} {}", if count == 1 { "key" } else { "keys" });
        }
        None => return words::label(scene.app, sent),
    };
    let trip = scene.round_trip(sent);
    match keys.get(trip - 1) {
        Some(key) => format!("key {key} {trip}/{}", keys.len()),
        None => words::label(scene.app, sent),
    }
}
