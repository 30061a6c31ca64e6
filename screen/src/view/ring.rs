//! The ring: nodes at their ids, what each owns, keys and messages on their way.

mod keys;
mod messages;
mod middle;
mod model;
mod neighbourhood;
mod outlet;
mod overview;
mod sketch;
#[cfg(test)]
mod tests;
mod waits;

use std::f64::consts::TAU;

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::{Position, Rect};
use ratatui_core::style::Style;
use ringscope_sim::protocol::Key;
use ringscope_sim::protocol::arithmetic::Member;
use ringscope_traces::{EventIndex, Rank};
use unicode_width::UnicodeWidthStr as _;

use super::geometry::Span;
use super::layout::{Placed, split_bottom};
use super::panes::Drawing;
use super::pen::{Pen, row};
use super::scene::Scene;
use super::{framed, ownership, verdict, words};
use crate::app::{Pane, Target};
use model::RingForm;
use sketch::Sketch;

/// Up to so many nodes each has its label.
const ALL_LABELLED: usize = 16;

/// How many nodes on each side of the selected one are seen when an overview is zoomed.
const NEIGHBOURHOOD: usize = 7;

/// What the title takes beside its detail.
const TITLE: usize = 14;

/// The least radius that a ring is drawn with.
const LEAST_RADIUS: f64 = 5.0;

/// The pane.
pub(super) const PANE: Drawing = Drawing { pane: Pane::Ring, draw, at, height: None };

/// Draws the pane.
pub(super) fn draw(scene: &Scene<'_>, placed: Placed, buffer: &mut Buffer) {
    let inside = framed::draw(scene, placed, &detail(scene, placed), buffer);
    draw_within(scene, inside, buffer);
}

/// Draws the ring and the card, or why there is none, without a frame.
pub(super) fn draw_within(scene: &Scene<'_>, inside: Rect, buffer: &mut Buffer) {
    if inside.is_empty() {
        return;
    }
    if scene.states().is_none() {
        unknown(scene, inside, buffer);
        return;
    }
    let (inside, card) = verdict::share(scene, inside);
    if let Some(card) = &card {
        card.draw(buffer);
    }
    let (ring, strip) = share(scene, inside);
    let sketch = Sketch::new(scene, ring);
    sketch.draw(scene, buffer);
    if let Some(strip) = strip {
        ownership::overview(scene, strip, sketch.picture.span.keys, buffer);
    }
}

/// The ring's part of an area, and a row for the whole key space where only a part of it is on the ring.
fn share(scene: &Scene<'_>, inside: Rect) -> (Rect, Option<Rect>) {
    if RingForm::of(scene, inside) != RingForm::Part {
        return (inside, None);
    }
    let (ring, strip) = split_bottom(inside, 1);
    (ring, Some(strip))
}

/// What a label names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LabelSubject {
    /// A node.
    Rank(Rank),
    /// A message, by its send.
    Message(EventIndex),
    /// A key.
    Key(Key),
}

impl LabelSubject {
    /// What a click on it selects.
    fn target(self) -> Target {
        match self {
            LabelSubject::Rank(rank) => Target::Rank(rank),
            LabelSubject::Message(sent) => Target::Message(sent),
            LabelSubject::Key(key) => Target::Key(key),
        }
    }
}

/// A label and where it is.
#[derive(Debug)]
struct Label {
    named: LabelSubject,
    place: Rect,
    text: String,
    style: Style,
}

/// What is at a position, in the pane as it was drawn.
fn at(scene: &Scene<'_>, placed: Placed, position: Position) -> Option<Target> {
    scene.states()?;
    let (inside, _) = verdict::share(scene, placed.inside());
    let (ring, _) = share(scene, inside);
    Sketch::new(scene, ring).at(scene, position)
}

fn detail(scene: &Scene<'_>, placed: Placed) -> String {
    let ids = format!("ids 0..{}", scene.keyspace);
    let Some(states) = scene.states() else { return ids };
    // As the header counts them: with the head.
    let count = states.ring.members().len();
    let (inside, _) = verdict::share(scene, placed.inside());
    match RingForm::of(scene, inside) {
        RingForm::Whole => ids,
        RingForm::Part => format!("{ids}  {count} nodes, those near the selected one"),
        RingForm::Overview => {
            let each = model::nodes_a_segment(scene, inside);
            let counts = format!("{count} nodes, {each} a segment");
            let both = format!("{ids}  {counts}");
            let room = usize::from(placed.area.width).saturating_sub(TITLE);
            if both.width() <= room { both } else { counts }
        }
    }
}

/// In another dialect, of too many ranks, or after the run left the protocol, nobody knows the nodes'
/// states.
fn unknown(scene: &Scene<'_>, inside: Rect, buffer: &mut Buffer) {
    let lines = match scene.app.timeline.departure() {
        Some(departure) => vec![
            format!("since event {} the nodes' states are unknown:", words::number(departure.at)),
            words::plain(&departure.what),
        ],
        None => vec![
            "the nodes' states are unknown:".to_owned(),
            words::plain(scene.app.timeline.opaque().unwrap_or("this run speaks another protocol")),
        ],
    };
    let width = usize::from(inside.width).max(1);
    let lines: Vec<String> = lines
        .iter()
        .flat_map(|line| textwrap::wrap(line, width))
        .map(std::borrow::Cow::into_owned)
        .collect();
    let first = usize::from(inside.height).saturating_sub(lines.len()) / 2;
    for (index, line) in lines.iter().enumerate() {
        let mut pen = Pen::new(buffer, row(inside, first + index));
        let gap = pen.room().saturating_sub(line.width()) / 2;
        pen.gap(gap).write(line, scene.look.theme.warning());
    }
}

/// The angles of what a node owns.
fn angles(span: &Span, member: &Member) -> (f64, f64) {
    (span.angle(member.range.above.0), span.angle(member.range.up_to.0))
}

/// The part of the circle that the neighbourhood of the selected node is spread over when it is zoomed.
const ZOOMED: (f64, f64) = (-0.39 * TAU, 0.78 * TAU);
