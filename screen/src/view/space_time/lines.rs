//! The lines of the messages: from the row and the lane of a send to the row and the lane of its receive.

use std::collections::BTreeSet;

use ratatui_core::style::Style;
use ringscope_traces::{EventIndex, Op};

use crate::timeline::Light;

use super::super::scene::Scene;
use super::Parts;

/// A cell among the rows, which may lie above or below those that are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    pub column: usize,
    pub row: isize,
}

/// How a line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// At its receive.
    Received,
    /// Nobody knows yet: it ends half way, at what is known.
    Open,
    /// The message is never received: a line of half the way, in the row of its send.
    Never,
}

/// What a message is to what is looked at; what matters more is greater, and is drawn over the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// To come, or without influence on the event at the cursor.
    Aside,
    /// Under way at the cursor.
    UnderWay,
    /// It led to the event at the cursor.
    Cause,
    /// It is looked at.
    Shown,
    /// It is part of what went wrong, or of where two runs part.
    Wrong,
}

/// A message's line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line {
    /// The message, by its send.
    pub sent: EventIndex,
    pub from: Cell,
    pub to: Cell,
    pub end: End,
    pub weight: Weight,
    pub style: Style,
}

/// The lines of all messages that are sent or received in a row that is seen, and of those that pass through, in the
/// order in which they are to be drawn.
pub(super) fn lines(scene: &Scene<'_>, parts: &Parts) -> Vec<Line> {
    let mut messages: BTreeSet<EventIndex> =
        parts.rows.events().filter_map(|(_, at)| sent(scene, at)).collect();
    let first = parts.rows.first();
    let passing = scene.app.view.snapshot.flights.iter().map(|flight| flight.sent);
    messages.extend(passing.filter(|sent| first.is_some_and(|first| *sent < first)));
    messages.retain(|sent| !parts.rows.is_shutdown(*sent));
    let mut lines: Vec<Line> =
        messages.into_iter().filter_map(|sent| line(scene, parts, sent)).collect();
    lines.sort_by_key(|line| line.weight);
    lines
}

/// The send of an event's message.
pub(super) fn sent(scene: &Scene<'_>, at: EventIndex) -> Option<EventIndex> {
    match scene.app.timeline.info(at).op {
        Op::Send => Some(at),
        Op::Recv => scene.app.timeline.partner(at),
    }
}

/// The line of a message, if both of its ranks have lanes.
fn line(scene: &Scene<'_>, parts: &Parts, sent: EventIndex) -> Option<Line> {
    let timeline = &scene.app.timeline;
    let info = timeline.info(sent);
    let from = Cell { column: parts.lanes.column(info.rank)?, row: parts.rows.of(sent) };
    let lane = parts.lanes.column(info.peer)?;
    let half_way = usize::midpoint(from.column, lane);
    let received = timeline.partner(sent).filter(|receive| receive.0 < scene.listed);
    let (to, end) = match received {
        Some(receive) => (Cell { column: lane, row: parts.rows.of(receive) }, End::Received),
        None if scene.listed == timeline.len() => (Cell { column: half_way, ..from }, End::Never),
        None => {
            let last = EventIndex(scene.listed.saturating_sub(1));
            (Cell { column: half_way, row: parts.rows.of(last) }, End::Open)
        }
    };
    let weight = weight(scene, parts, sent);
    Some(Line { sent, from, to, end, weight, style: style(scene, sent, weight) })
}

/// What a message is to what is looked at.
pub(super) fn weight(scene: &Scene<'_>, parts: &Parts, sent: EventIndex) -> Weight {
    let receive = scene.app.timeline.partner(sent).filter(|receive| receive.0 < scene.listed);
    let ends = || [Some(sent), receive].into_iter().flatten();
    if scene.parting_of(sent).is_some() || is_wrong(scene, sent, receive) {
        return Weight::Wrong;
    }
    if scene.message == Some(sent) {
        return Weight::Shown;
    }
    // Where it is asked why, what led there is lit and nothing else.
    if scene.app.search.why.is_some() {
        let is_lit = ends().any(|at| scene.app.search.light(at) == Some(Light::Chain));
        return if is_lit { Weight::Cause } else { Weight::Aside };
    }
    let cursor = scene.app.view.cursor;
    if sent.0 < cursor && receive.is_none_or(|receive| receive.0 >= cursor) {
        return Weight::UnderWay;
    }
    match ends().any(|at| parts.past.contains(&at)) {
        true => Weight::Cause,
        false => Weight::Aside,
    }
}

/// Whether it is part of what went wrong: of the race that is asked about, of a deadlock, or what was received when an
/// invariant was broken.
fn is_wrong(scene: &Scene<'_>, sent: EventIndex, receive: Option<EventIndex>) -> bool {
    let is_lit = |at| scene.app.search.light(at) == Some(Light::Race);
    if is_lit(sent) || receive.is_some_and(|at| is_lit(at) || scene.is_violation(at)) {
        return true;
    }
    let to = scene.app.timeline.info(sent).peer;
    let is_past = sent.0 < scene.app.view.cursor;
    let never_taken = scene.app.timeline.partner(sent).is_none();
    is_past && never_taken && scene.deadlocked.iter().any(|blocked| blocked.rank == to)
}

/// How a message of that weight is drawn.
pub(super) fn style(scene: &Scene<'_>, sent: EventIndex, weight: Weight) -> Style {
    let theme = &scene.look.theme;
    match weight {
        Weight::Aside => theme.faint(),
        Weight::UnderWay => theme.passing(),
        Weight::Cause => scene.style_of(scene.app.timeline.info(sent).rank),
        Weight::Shown => theme.moving(),
        Weight::Wrong => scene.parting_of(sent).unwrap_or(theme.bad()),
    }
}
