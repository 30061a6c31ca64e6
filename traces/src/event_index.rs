//! An event's index: in the trace, and among the events of its rank.

use std::ops::Index;

use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::event::{Event, Rank, Trace};

/// The lines of a file before its first event.
const HEADER_LINES: usize = 1;

/// An event's index in its trace: 0 for the first event line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct EventIndex(pub usize);

impl EventIndex {
    /// The line at which the event stands in its file, from 1.
    #[must_use]
    pub fn line(self) -> usize {
        self.0 + HEADER_LINES + 1
    }
}

/// Panics when the trace has no such event: an index is for the trace that it was taken from.
impl Index<EventIndex> for Trace {
    type Output = Event;

    fn index(&self, at: EventIndex) -> &Event {
        &self.events[at.0]
    }
}

/// The events of each rank, in the order of the trace.
///
/// What it costs grows with the events, not with the ranks that a header promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByRank {
    /// In ascending order, with where each rank's indices begin.
    ranks: Vec<(Rank, usize)>,
    indices: Vec<EventIndex>,
}

impl ByRank {
    /// Sorts a trace's events by rank: they are counted, then each goes to its place.
    #[must_use]
    pub fn of(trace: &Trace) -> Self {
        let mut counts: FxHashMap<Rank, usize> = FxHashMap::default();
        for event in &trace.events {
            *counts.entry(event.rank).or_default() += 1;
        }
        let mut ranks: Vec<(Rank, usize)> = counts.keys().map(|rank| (*rank, 0)).collect();
        ranks.sort_unstable();
        let mut next = counts;
        let mut begin = 0;
        for (rank, start) in &mut ranks {
            *start = begin;
            begin += next.insert(*rank, begin).unwrap_or_default();
        }
        let mut indices = vec![EventIndex(0); trace.events.len()];
        for (at, event) in trace.events.iter().enumerate() {
            let place = next.get_mut(&event.rank).expect("its rank was counted");
            indices[*place] = EventIndex(at);
            *place += 1;
        }
        ByRank { ranks, indices }
    }

    /// The ranks that have events, in growing order.
    pub fn ranks(&self) -> impl Iterator<Item = Rank> {
        self.ranks.iter().map(|(rank, _)| *rank)
    }

    /// The indices of a rank's events, in the order of the trace.
    #[must_use]
    pub fn events(&self, rank: Rank) -> &[EventIndex] {
        let Ok(i) = self.ranks.binary_search_by_key(&rank, |(rank, _)| *rank) else { return &[] };
        let end = self.ranks.get(i + 1).map_or(self.indices.len(), |(_, start)| *start);
        &self.indices[self.ranks[i].1..end]
    }

    /// The index of a rank's event among the events of that rank, in the order of the trace.
    ///
    /// In a well-formed trace it equals `n`; this holds in others, too. `None` when that event is not the
    /// rank's.
    #[must_use]
    pub fn index(&self, rank: Rank, at: EventIndex) -> Option<usize> {
        self.events(rank).binary_search(&at).ok()
    }
}
