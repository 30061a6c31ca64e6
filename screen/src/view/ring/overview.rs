//! A ring of more nodes than there are places: segments of one node or of several, with a bar outwards for the keys that
//! they hold and one inwards for their traffic.
//!
//! Lengths are seen without colours, and wherever on the circle a segment lies; shades would need a scale. What has no
//! dots writes a sign for each level instead.

use std::collections::BTreeMap;
use std::f64::consts::TAU;
use std::ops::Range;

use ratatui_core::buffer::Buffer;
use ratatui_core::style::Style;
use ringscope_sim::protocol::{NodeView, Role, Viewed as _};
use ringscope_traces::{EventIndex, Rank};

use super::super::canvas::{Canvas, Grain, Ink, Meeting};
use super::super::geometry::{Disc, GridCell, Span, cells, whole};
use super::super::scene::Scene;
use super::super::symbols::Symbols;
use super::model::{Glyph, Picture};

/// The least length of a segment on the circle, in units.
const LEAST_LENGTH: f64 = 3.0;

/// From this length on a segment's bars leave a gap to the next one's.
const LEAST_LENGTH_FOR_GAP: f64 = 5.0;

/// How many events for each node count as traffic: those that have just happened.
const LATELY: usize = 8;

/// How much above the average is much.
const MUCH: f64 = 2.0;

/// Some nodes that are side by side on the ring.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RingSegment {
    /// Which of the owners of keys, in the order of the ring.
    pub owners: Range<usize>,
    /// The angles between which their keys lie.
    angles: Range<f64>,
    /// How many keys they hold, copies too.
    pub keys: usize,
    /// How many messages they have sent and received lately.
    pub messages: usize,
}

/// All segments of a ring.
#[derive(Debug)]
pub(super) struct Overview {
    /// In the order of the ring.
    pub segments: Vec<RingSegment>,
    /// How many nodes a segment stands for, the last one excepted.
    pub each: usize,
    /// By rank, in which segment it lies.
    by_rank: Vec<Option<usize>>,
}

impl Overview {
    /// As many segments as the circle has places for.
    pub(super) fn new(scene: &Scene<'_>, disc: &Disc, span: &Span) -> Overview {
        let owners = scene.owners();
        let each = each(owners.len(), disc, span);
        let segment = |first: usize| {
            let end = (first + each).min(owners.len());
            let (low, high) = (owners[first].range.above, owners[end - 1].range.up_to);
            let angles = span.angle(low.0)..span.angle(high.0);
            RingSegment { owners: first..end, angles, keys: 0, messages: 0 }
        };
        let segments = (0..owners.len()).step_by(each).map(segment).collect();
        let mut overview = Overview { segments, each, by_rank: Vec::new() };
        overview.place(scene);
        overview.count_keys(scene);
        overview.count_messages(scene);
        overview
    }

    /// Finds each rank's segment: that of its place on the ring, or of its id where no pointer leads to it.
    fn place(&mut self, scene: &Scene<'_>) {
        let (owners, nodes) =
            (scene.owners(), scene.states().map_or(&[][..], |states| &states.nodes));
        let Some(last) = self.segments.len().checked_sub(1) else { return };
        let of_id = |node: NodeView<'_>| {
            let id = node.id.filter(|_| node.role == Role::Storage)?;
            let place = owners.partition_point(|member| member.range.up_to < id);
            Some((place / self.each).min(last))
        };
        self.by_rank = nodes.iter().map(|node| of_id(node.view())).collect();
        for (place, owner) in owners.iter().enumerate() {
            if let Some(segment) = self.by_rank.get_mut(owner.rank.index()) {
                *segment = Some(place / self.each);
            }
        }
    }

    fn count_keys(&mut self, scene: &Scene<'_>) {
        for (rank, segment) in (0_u32..).map(Rank).zip(&self.by_rank) {
            if let Some(segment) = segment {
                self.segments[*segment].keys += scene.keys_of(rank);
            }
        }
    }

    fn count_messages(&mut self, scene: &Scene<'_>) {
        let end = scene.app.view.cursor.min(scene.app.timeline.len());
        let first = end.saturating_sub(LATELY * scene.owners().len());
        for at in (first..end).map(EventIndex) {
            if let Some(segment) = self.of(scene.app.timeline.info(at).rank) {
                self.segments[segment].messages += 1;
            }
        }
    }

    /// The segment of a rank; none of the head, of the command node, and of one that is outside of the ring.
    pub(super) fn of(&self, rank: Rank) -> Option<usize> {
        self.by_rank.get(rank.index()).copied().flatten()
    }

    /// The most keys of a segment.
    pub(super) fn most_keys(&self) -> usize {
        self.segments.iter().map(|segment| segment.keys).max().unwrap_or(0)
    }

    /// The most messages of a segment.
    pub(super) fn most_messages(&self) -> usize {
        self.segments.iter().map(|segment| segment.messages).max().unwrap_or(0)
    }

    /// Draws the bars.
    pub(super) fn draw(&self, scene: &Scene<'_>, picture: &Picture, buffer: &mut Buffer) {
        let round = self.round(&picture.disc);
        match scene.look.symbols {
            Symbols::Ascii => draw_signs(&round, scene, picture, buffer),
            Symbols::Braille | Symbols::HalfBlocks => draw_bars(&round, scene, picture, buffer),
        }
    }

    /// What there is to see in every direction from the middle.
    fn round(&self, disc: &Disc) -> Vec<Option<Bars>> {
        let directions = whole(TAU * disc.reach).max(8);
        let mut round: Vec<Option<Bars>> = vec![None; directions];
        let (keys, messages) =
            (Scale::of(self, |one| one.keys), Scale::of(self, |one| one.messages));
        for segment in &self.segments {
            let bars = Bars {
                keys: keys.part(segment.keys),
                messages: messages.part(segment.messages),
                is_overloaded: keys.is_much(segment.keys),
                is_hot: messages.is_much(segment.messages),
                is_gap: false,
            };
            let place = |angle: f64| whole(angle / TAU * directions as f64).min(directions - 1);
            let (first, end) = (place(segment.angles.start), place(segment.angles.end));
            let length = (segment.angles.end - segment.angles.start) * disc.outer;
            // One that is too short for a place of its own still has one.
            let place = &mut round[first..end.max(first + 1)];
            for (step, seen) in place.iter_mut().enumerate() {
                let is_gap = step == 0 && length >= LEAST_LENGTH_FOR_GAP;
                let bars = Bars { is_gap, ..bars };
                *seen = Some(seen.map_or(bars, |other| other.greater(bars)));
            }
        }
        round
    }
}

/// How many nodes a segment stands for, so that all have a place on the circle.
pub(super) fn each(nodes: usize, disc: &Disc, span: &Span) -> usize {
    let places = whole(disc.outer * span.sweep / LEAST_LENGTH).max(1);
    nodes.div_ceil(places).max(1)
}

/// What counts as all and what as much.
struct Scale {
    most: f64,
    average: f64,
}

impl Scale {
    fn of(overview: &Overview, count: impl Fn(&RingSegment) -> usize) -> Scale {
        let counts = overview.segments.iter().map(count);
        let (most, sum) = counts.fold((0, 0), |(most, sum), count| (count.max(most), sum + count));
        let segments = overview.segments.len().max(1);
        Scale { most: most.max(1) as f64, average: sum as f64 / segments as f64 }
    }

    fn part(&self, count: usize) -> f64 {
        count as f64 / self.most
    }

    fn is_much(&self, count: usize) -> bool {
        count as f64 > MUCH * self.average
    }
}

/// What a segment's bars look like.
#[derive(Debug, Clone, Copy)]
struct Bars {
    /// How long they are, 0 to 1.
    keys: f64,
    messages: f64,
    /// Whether that is much more than the others'.
    is_overloaded: bool,
    is_hot: bool,
    /// Whether only the circle is drawn, so that neighbours are told apart.
    is_gap: bool,
}

impl Bars {
    fn greater(self, other: Bars) -> Bars {
        Bars {
            keys: self.keys.max(other.keys),
            messages: self.messages.max(other.messages),
            is_overloaded: self.is_overloaded || other.is_overloaded,
            is_hot: self.is_hot || other.is_hot,
            is_gap: self.is_gap && other.is_gap,
        }
    }
}

/// How many levels of load are told apart by brightness.
const LEVELS: u16 = 12;

// Of what meets in a cell the greater gives it its style.
const TRAFFIC: Ink = Ink(0);
const HOT: Ink = Ink(1);
const EMPTY: Ink = Ink(2);
const OVERLOADED: Ink = Ink(4 + LEVELS);

fn load_ink(bars: Bars) -> Ink {
    match bars.keys {
        _ if bars.is_overloaded => OVERLOADED,
        0.0 => EMPTY,
        part => Ink(3 + cells(whole((part * f64::from(LEVELS)).ceil())).min(LEVELS)),
    }
}

fn style_of(scene: &Scene<'_>, ink: Ink) -> Style {
    let theme = &scene.look.theme;
    match ink {
        TRAFFIC => theme.label(),
        HOT => theme.moving(),
        EMPTY => theme.faint(),
        OVERLOADED => theme.warning(),
        Ink(level) => theme.load(f64::from(level - 3) / f64::from(LEVELS)),
    }
}

fn draw_bars(round: &[Option<Bars>], scene: &Scene<'_>, picture: &Picture, buffer: &mut Buffer) {
    let disc = &picture.disc;
    let (outwards, inwards) = (disc.reach - disc.outer, disc.inner - disc.inside() - GAP);
    let ink = |angle: f64, radius: f64| {
        let place = whole(angle / TAU * round.len() as f64).min(round.len() - 1);
        let bars = round[place]?;
        let from_circle = radius - disc.outer;
        let from_inside = disc.inner - GAP - radius;
        let is_circle = radius <= disc.outer && radius >= disc.inner;
        match bars.keys {
            // Where nothing is held the circle is no more than a line.
            0.0 if is_circle => (radius < disc.inner + LINE).then_some(EMPTY),
            _ if is_circle => Some(load_ink(bars)),
            _ if bars.is_gap => None,
            part if from_circle > 0.0 && from_circle <= part * outwards => Some(load_ink(bars)),
            _ if from_inside > 0.0 && from_inside <= bars.messages * inwards => {
                Some(if bars.is_hot { HOT } else { TRAFFIC })
            }
            _ => None,
        }
    };
    let mut canvas = Canvas::new(picture.area, Grain::of_bars(scene.look.symbols, disc));
    canvas.fill(disc, disc.inside()..disc.reach, ink);
    canvas.draw(buffer, Meeting::Together, |ink| style_of(scene, ink));
}

/// Between the circle and the bars inwards, in units.
const GAP: f64 = 1.0;

/// The thickness of a line.
const LINE: f64 = 1.0;

/// What a segment without keys or messages has, where signs stand for lengths.
const NOTHING: [&str; 2] = ["0", " "];

fn draw_signs(round: &[Option<Bars>], scene: &Scene<'_>, picture: &Picture, buffer: &mut Buffer) {
    let disc = &picture.disc;
    let mut seen: BTreeMap<(u8, GridCell), Bars> = BTreeMap::new();
    for (direction, bars) in round.iter().enumerate() {
        let Some(bars) = bars else { continue };
        let angle = TAU * (direction as f64 + 0.5) / round.len() as f64;
        let radii = [disc.reach - SIGNS_OUTSIDE, disc.inside() + SIGNS_INSIDE];
        for (which, radius) in (0..).zip(radii) {
            let cell = disc.at(angle, radius).cell();
            seen.entry((which, cell))
                .and_modify(|seen| *seen = seen.greater(*bars))
                .or_insert(*bars);
        }
    }
    // Where the circle is small some share a cell: that of the keys stays.
    for ((which, cell), bars) in seen.into_iter().rev() {
        let (part, ink) = match which {
            0 => (bars.keys, load_ink(bars)),
            _ => (bars.messages, if bars.is_hot { HOT } else { TRAFFIC }),
        };
        let symbol = match part {
            0.0 => NOTHING[usize::from(which)],
            part => scene.look.symbols.level(part),
        };
        picture.put(cell, Glyph { symbol, style: style_of(scene, ink) }, buffer);
    }
}

/// How far the signs for keys are from the farthest that bars reach, and those for messages from the least.
const SIGNS_OUTSIDE: f64 = 1.0;
const SIGNS_INSIDE: f64 = 2.0;
