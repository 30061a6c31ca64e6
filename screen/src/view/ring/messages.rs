//! Messages on the ring: lines with a label at the head, and keys that move along the inside of an arc.

use ratatui_core::buffer::Buffer;
use ratatui_core::style::Style;
use ringscope_sim::protocol::Moves;
use ringscope_traces::{EventIndex, Rank};
use unicode_width::UnicodeWidthStr as _;

use super::super::canvas::{Arc, Canvas, Curve, Grain, Ink, Meeting};
#[cfg(test)]
use super::super::geometry::GridCell;
use super::super::geometry::Point;
use super::super::labels::Free;
use super::super::scene::Scene;
use super::super::symbols::Symbol;
use super::super::words;
use super::model::{Glyph, Picture};
use super::{Label, LabelSubject};

/// How many messages have a label beside the selected one and those that are lit.
const MOST_LABELS: usize = 8;

/// How many messages are drawn at all: more are a tangle.
const MOST_CHORDS: usize = 128;

/// Where a line has its label: at the head of the message, or else somewhere along it.
const ALONG: [f64; 4] = [0.5, 0.35, 0.65, 0.8];

const PASSING: Ink = Ink(0);
const LOOKED_AT: Ink = Ink(1);
const LIT: Ink = Ink(2);
const PARTING: Ink = Ink(3);

/// Why a message is on the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It is one of the two whose order decided what is asked about: the first one, or the one that came too late.
    Lit { is_late: bool },
    /// It is the one that is looked at.
    LookedAt,
    /// It is under way.
    Passing,
}

/// A message on the picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Course {
    sent: EventIndex,
    from: Rank,
    to: Rank,
    kind: Kind,
    /// Whether two runs part at its send or its receive.
    is_parting: bool,
    way: Way,
    /// How far it has come, 0 to 1.
    part: f64,
}

/// Which way a message goes on the picture.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// Straight from one point to the other.
    Straight(Point, Point),
    /// Along the inside of an arc, between two angles.
    Along(f64, f64),
}

impl Way {
    fn at(self, picture: &Picture, part: f64) -> Point {
        match self {
            Way::Straight(from, to) => from.towards(to, part),
            Way::Along(from, to) => {
                picture.disc.at(from + (to - from) * part, picture.disc.inside())
            }
        }
    }
}

/// The messages on a picture: those that are lit first, then the one that is looked at, then the others, the youngest
/// first.
pub(super) fn courses(scene: &Scene<'_>, picture: &Picture) -> Vec<Course> {
    let lit = lit(scene);
    let looked_at = scene.message.map(|sent| (sent, Kind::LookedAt));
    let flights = scene.app.view.snapshot.flights.iter().rev();
    let passing = flights.map(|flight| (flight.sent, Kind::Passing));
    let mut courses: Vec<Course> = Vec::new();
    for (sent, kind) in lit.into_iter().chain(looked_at).chain(passing).take(MOST_CHORDS) {
        if courses.iter().all(|course| course.sent != sent) {
            courses.extend(course(scene, picture, sent, kind));
        }
    }
    courses
}

/// The two messages of the race that is asked about, by their sends.
fn lit(scene: &Scene<'_>) -> Vec<(EventIndex, Kind)> {
    let Some(race) = scene.app.search.why.as_ref().and_then(|(why, _)| why.race.as_ref()) else {
        return Vec::new();
    };
    let first = scene.app.timeline.partner(race.first);
    let first = first.map(|sent| (sent, Kind::Lit { is_late: false }));
    first.into_iter().chain([(race.late_sent, Kind::Lit { is_late: true })]).collect()
}

/// The rank whose receive decided what is asked about.
pub(super) fn decider(scene: &Scene<'_>) -> Option<Rank> {
    let (why, _) = scene.app.search.why.as_ref()?;
    Some(scene.app.timeline.info(why.race.as_ref()?.first).rank)
}

fn course(scene: &Scene<'_>, picture: &Picture, sent: EventIndex, kind: Kind) -> Option<Course> {
    let info = scene.app.timeline.info(sent);
    let (from, to) = (info.rank, info.peer);
    let way = match along(scene, picture, sent) {
        Some((from, to)) => Way::Along(from, to),
        None => {
            let (from, to) = picture.way(scene, from, to)?;
            Way::Straight(from, to)
        }
    };
    let part = match kind {
        Kind::Lit { .. } => 0.5,
        Kind::LookedAt | Kind::Passing => scene.progress(sent),
    };
    let is_parting = scene.parting_of(sent).is_some();
    Some(Course { sent, from, to, kind, is_parting, way, part })
}

/// The angles between which keys move along the inside of an arc; none for a message of another kind.
fn along(scene: &Scene<'_>, picture: &Picture, sent: EventIndex) -> Option<(f64, f64)> {
    let info = scene.app.timeline.info(sent);
    scene.app.timeline.protocol()?.tag(info.tag).filter(|info| info.moves_pairs)?;
    let from = picture.angle_of(scene, info.rank)?;
    Some((from, picture.angle_of(scene, info.peer)?))
}

/// Draws the lines of the messages.
pub(super) fn draw_lines(
    scene: &Scene<'_>,
    picture: &Picture,
    courses: &[Course],
    buffer: &mut Buffer,
) {
    let mut canvas = Canvas::new(picture.area, Grain::of_lines(scene.look.symbols));
    for course in courses.iter().rev() {
        course.draw(picture, &mut canvas);
    }
    let style = |ink: Ink| match ink {
        LIT => scene.look.theme.bad(),
        PARTING => scene.parting.as_ref().map_or_else(Style::new, |parting| parting.style),
        LOOKED_AT => scene.look.theme.moving(),
        _ => scene.look.theme.passing(),
    };
    canvas.draw(buffer, Meeting::Together, style);
}

/// The labels at the heads of the messages, where there is room.
pub(super) fn labels(
    scene: &Scene<'_>,
    picture: &Picture,
    courses: &[Course],
    free: &mut Free,
) -> Vec<Label> {
    let is_passing = |course: &&Course| course.kind == Kind::Passing;
    let named = courses.iter().filter(|course| !is_passing(course));
    let passing = courses.iter().filter(is_passing).take(MOST_LABELS);
    let mut labels = Vec::new();
    for course in named.chain(passing) {
        labels.extend(course.label(scene, picture, free));
    }
    labels
}

impl Course {
    fn ink(&self) -> Ink {
        match self.kind {
            _ if self.is_parting => PARTING,
            Kind::Lit { .. } => LIT,
            Kind::LookedAt => LOOKED_AT,
            Kind::Passing => PASSING,
        }
    }

    fn style(&self, scene: &Scene<'_>) -> Style {
        if let Some(lit) = scene.parting_of(self.sent) {
            return lit;
        }
        match self.kind {
            Kind::Lit { .. } => scene.look.theme.bad(),
            Kind::LookedAt => scene.look.theme.moving(),
            Kind::Passing => scene.look.theme.passing(),
        }
    }

    fn draw(&self, picture: &Picture, canvas: &mut Canvas) {
        let ink = self.ink();
        match self.way {
            Way::Along(from, to) => {
                let here = from + (to - from) * self.part;
                let angles = (from.min(here), from.max(here));
                let curve = Curve { arc: Arc { angles, ink }, radius: picture.disc.inside() };
                canvas.curve(&picture.disc, curve, Meeting::Together);
            }
            // What is looked at is drawn as far as it has come; of the others the whole way shows more.
            Way::Straight(from, to) => match self.kind {
                Kind::LookedAt => canvas.line(from, from.towards(to, self.part), ink),
                Kind::Lit { .. } | Kind::Passing => canvas.line(from, to, ink),
            },
        }
    }

    /// Marks where a message is that has no label, while it is under way.
    pub(super) fn draw_head(&self, scene: &Scene<'_>, picture: &Picture, buffer: &mut Buffer) {
        if self.part >= 1.0 {
            return;
        }
        let glyph = Glyph { symbol: scene.symbol(self.symbol()), style: self.style(scene) };
        picture.put(self.way.at(picture, self.part).cell(), glyph, buffer);
    }

    /// All cells that the way of a message goes through.
    #[cfg(test)]
    pub(super) fn cells(&self, picture: &Picture) -> Vec<GridCell> {
        (0..=40).map(|part| self.way.at(picture, f64::from(part) / 40.0).cell()).collect()
    }

    /// Whether it goes between the head and the command node.
    #[cfg(test)]
    pub(super) fn is_on_link(&self, picture: &Picture) -> bool {
        picture.outlet.is_some_and(|outlet| outlet.link(self.from, self.to).is_some())
    }

    /// Whether a label is that of this message.
    pub(super) fn has(&self, label: &Label) -> bool {
        label.named == LabelSubject::Message(self.sent)
    }

    fn symbol(&self) -> Symbol {
        match self.way {
            Way::Along(..) => Symbol::Key,
            Way::Straight(..) => Symbol::Message,
        }
    }

    fn label(&self, scene: &Scene<'_>, picture: &Picture, free: &mut Free) -> Option<Label> {
        let outlet = picture.outlet.filter(|outlet| outlet.link(self.from, self.to).is_some());
        let (place, text) = self.texts(scene).into_iter().find_map(|text| {
            let width = text.width();
            let place = match outlet {
                Some(outlet) => outlet.beside(free, width),
                None => std::iter::once(self.part)
                    .chain(ALONG)
                    .find_map(|part| free.inside(&picture.disc, self.way.at(picture, part), width)),
            };
            Some((place?, text))
        })?;
        let named = LabelSubject::Message(self.sent);
        Some(Label { named, place, text, style: self.style(scene) })
    }

    /// From long to short.
    fn texts(&self, scene: &Scene<'_>) -> Vec<String> {
        let symbol = scene.symbol(self.symbol());
        let what = what(scene, self.sent);
        let name = words::short_tag(scene.app, scene.app.timeline.info(self.sent).tag);
        match self.kind {
            Kind::Lit { is_late } => {
                let order = if is_late { "too late" } else { "first" };
                let names = [format!("{symbol} {what}"), format!("{symbol} {name}"), name];
                let named = names.into_iter().map(|name| format!("{name} {order}"));
                named.chain([order.to_owned()]).collect()
            }
            Kind::LookedAt | Kind::Passing => {
                // Where the ring is small the word before the number is left out.
                let number = what.split_once(' ').map(|(_, number)| format!("{symbol} {number}"));
                [format!("{symbol} {what}")].into_iter().chain(number).collect()
            }
        }
    }
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
