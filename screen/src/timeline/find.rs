//! Looking for events.

use ringscope_traces::{EventIndex, Rank};

use super::{EventInfo, Timeline};

/// Which way to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Towards the end.
    Forwards,
    /// Towards the start.
    Backwards,
}

impl Timeline {
    /// The nearest event that is wanted: beyond the one that brought the run to a cursor, or before it.
    pub fn find(
        &self,
        cursor: usize,
        direction: Direction,
        mut is_wanted: impl FnMut(EventIndex, EventInfo) -> bool,
    ) -> Option<EventIndex> {
        let mut is_it = |at: &EventIndex| is_wanted(*at, self.info(*at));
        match direction {
            Direction::Forwards => (cursor..self.len()).map(EventIndex).find(&mut is_it),
            Direction::Backwards => {
                let end = cursor.saturating_sub(1).min(self.len());
                (0..end).rev().map(EventIndex).find(&mut is_it)
            }
        }
    }

    /// A rank's events, in their order.
    pub fn events_of(&self, rank: Rank) -> impl Iterator<Item = EventIndex> + '_ {
        std::iter::successors(self.index.first(rank), |at| self.next(*at))
    }
}
