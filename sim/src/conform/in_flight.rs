//! What has been sent and not yet received, under MPI's matching rules.

use std::collections::{BTreeMap, VecDeque};

use ringscope_traces::{Event, EventIndex, Rank, Tag};

/// Where a send or a receive stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Posted {
    /// The event's place in the trace.
    pub place: EventIndex,
    /// Its place among its rank's events.
    pub index: usize,
}

/// The messages under way: by receiver and sender, then by tag, in the order in which they were sent.
#[derive(Debug, Clone, Default)]
pub(super) struct Mail {
    lanes: BTreeMap<(Rank, Rank), BTreeMap<Tag, VecDeque<Posted>>>,
}

impl Mail {
    /// Adds a send; those of one rank are added in its order.
    pub fn add(&mut self, event: &Event, sent: Posted) {
        let lane = self.lanes.entry((event.peer, event.rank)).or_default();
        lane.entry(event.tag).or_default().push_back(sent);
    }

    /// The message that a receive gets: a receive that takes any tag gets the first that its source
    /// has sent, and one that takes a single tag the first with that tag.
    pub fn next(&self, receive: &Event, any_tag: bool) -> Option<Posted> {
        let lane = self.lanes.get(&(receive.rank, receive.peer))?;
        if any_tag {
            return lane.values().filter_map(|tagged| tagged.front().copied()).min_by_key(by_place);
        }
        lane.get(&receive.tag)?.front().copied()
    }

    /// The first messages of every sender to that rank, by sender and tag.
    pub fn fronts(&self, receiver: Rank) -> impl Iterator<Item = Posted> {
        let lanes = self.lanes.range((receiver, Rank(0))..=(receiver, Rank(u32::MAX)));
        lanes.flat_map(|(_, lane)| lane.values()).filter_map(|tagged| tagged.front().copied())
    }

    /// Takes a send away that [`Mail::next`] has named.
    pub fn take(&mut self, receiver: Rank, send: &Event) {
        let lane = self.lanes.get_mut(&(receiver, send.rank));
        if let Some(tagged) = lane.and_then(|lane| lane.get_mut(&send.tag)) {
            tagged.pop_front();
        }
    }

    /// What is under way, in the order of the trace.
    pub fn left(&self) -> Vec<Posted> {
        let tagged = self.lanes.values().flat_map(BTreeMap::values);
        let mut left: Vec<_> = tagged.flatten().copied().collect();
        left.sort_unstable_by_key(by_place);
        left
    }
}

fn by_place(sent: &Posted) -> EventIndex {
    sent.place
}
