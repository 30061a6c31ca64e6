//! Which events have rows, and which row each has.

use std::ops::Range;
use std::sync::Arc;

use ringscope_traces::EventIndex;

use super::super::framed;
use super::super::scene::Scene;
use crate::timeline::Calls;

/// A row below the heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Row {
    Event(EventIndex),
    /// A call, by its place among the rows of the run's calls.
    Call(usize),
    /// All messages that end the run, in one row; from this event on.
    Shutdown(EventIndex),
    /// Between what has been and what is to come.
    Divider,
}

/// The rows that are seen, and how they lie among those that are not.
///
/// Every event has a row, seen or not, so that a message's line knows where it comes from and where it goes.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    pub seen: Vec<Row>,
    /// The row of the first event that is seen, were there nothing but events and did the first of all have row 0.
    first: usize,
    /// What the cursor has behind it, in such rows: there the divider stands.
    past: usize,
    has_divider: bool,
    /// The events that share the last row.
    shutdown: Option<Range<usize>>,
    /// The calls among the events.
    calls: Arc<Calls>,
}

impl Rows {
    /// As many rows as there is room for, those round the cursor.
    pub(super) fn new(scene: &Scene<'_>, room: usize) -> Rows {
        let (cursor, listed) = (scene.app.view.cursor, scene.listed);
        let calls = Arc::clone(scene.app.timeline.calls());
        let shutdown = scene.app.timeline.shutdown().map(|shutdown| shutdown.events.clone());
        let shutdown = shutdown.filter(|events| events.start < listed && calls.rows().is_empty());
        let alone = shutdown.as_ref().map_or(listed, |events| events.start);
        let count = alone + usize::from(shutdown.is_some()) + calls.rows().len();
        let past = cursor.min(alone + 1) + calls.passed(scene.app.view.moment());
        let past = past.min(count);
        let has_divider = room >= 6 && past < count;
        let events = room - usize::from(has_divider);
        // A good part of what is to come is shown, but more of what has been.
        let first = framed::window(count, events, past.saturating_sub(1 + events / 6));
        let first = first.max((past + 1).saturating_sub(events));
        let last = (first + events).min(count);
        let row = |row: usize| {
            let is_shared = shutdown.is_some() && row >= alone;
            if is_shared { Row::Shutdown(EventIndex(row)) } else { event_or_call(&calls, row) }
        };
        let mut seen: Vec<Row> = (first..last).map(row).collect();
        let has_divider = has_divider && (first..=last).contains(&past);
        if has_divider {
            seen.insert(past - first, Row::Divider);
        }
        Rows { seen, first, past, has_divider, shutdown, calls }
    }

    /// The row of an event, counted from the first that is seen; less than nothing above it.
    pub(super) fn of(&self, at: EventIndex) -> isize {
        let shared = self.shutdown.as_ref().map_or(usize::MAX, |events| events.start);
        let row = at.0.min(shared);
        let row = row.saturating_add(self.calls.rows_before(EventIndex(row)));
        let below_divider = self.has_divider && row >= self.past;
        (row + usize::from(below_divider)).cast_signed() - self.first.cast_signed()
    }

    /// The row of what comes next: the divider's, where there is one.
    pub(super) fn now(&self) -> isize {
        self.past.cast_signed() - self.first.cast_signed()
    }

    /// Whether an event shares its row with the other messages that end the run.
    pub(super) fn is_shutdown(&self, at: EventIndex) -> bool {
        self.shutdown.as_ref().is_some_and(|events| events.contains(&at.0))
    }

    /// The events that have rows of their own, with these.
    pub(super) fn events(&self) -> impl DoubleEndedIterator<Item = (usize, EventIndex)> {
        let event = |(row, one): (usize, &Row)| match one {
            Row::Event(at) => Some((row, *at)),
            Row::Call(_) | Row::Shutdown(_) | Row::Divider => None,
        };
        self.seen.iter().enumerate().filter_map(event)
    }

    /// The first event that is seen.
    pub(super) fn first(&self) -> Option<EventIndex> {
        self.seen.iter().find_map(|row| match row {
            Row::Event(at) | Row::Shutdown(at) => Some(*at),
            Row::Call(_) | Row::Divider => None,
        })
    }

    /// The calls that are seen, by their places.
    pub(super) fn calls(&self) -> impl DoubleEndedIterator<Item = usize> {
        self.seen.iter().filter_map(|row| match row {
            Row::Call(at) => Some(*at),
            Row::Event(_) | Row::Shutdown(_) | Row::Divider => None,
        })
    }
}

/// What stands in a row, were there nothing but events and calls.
fn event_or_call(calls: &Calls, row: usize) -> Row {
    let rows = calls.rows();
    let row_of = |at: usize| at + rows[at].moment.cursor;
    let (mut low, mut high) = (0, rows.len());
    while low < high {
        let middle = low.midpoint(high);
        if row_of(middle) < row { low = middle + 1 } else { high = middle }
    }
    match low < rows.len() && row_of(low) == row {
        true => Row::Call(low),
        false => Row::Event(EventIndex(row - low)),
    }
}
