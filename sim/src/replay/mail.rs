//! What has been sent and not yet received, with the messages themselves.

use std::collections::VecDeque;

use ringscope_traces::{Event, EventIndex, Rank};
use rustc_hash::FxHashMap;

use super::finding::{Letter, What};
use crate::protocol::Message;
use crate::world::Pending;

/// The messages under way: by receiver and sender, in the order in which they were sent.
#[derive(Debug, Clone)]
pub(super) struct Mail<M> {
    lanes: FxHashMap<(Rank, Rank), VecDeque<(EventIndex, M)>>,
}

impl<M> Default for Mail<M> {
    fn default() -> Self {
        Mail { lanes: FxHashMap::default() }
    }
}

impl<M: Message> Mail<M> {
    pub fn send(&mut self, place: EventIndex, event: &Event, message: M) {
        self.lanes.entry((event.peer, event.rank)).or_default().push_back((place, message));
    }

    /// Takes the message of a receive, and says where it was sent.
    ///
    /// A receive that takes any tag gets the first message that its source has sent, and one that takes a
    /// single tag the first with that tag.
    pub fn receive(
        &mut self,
        event: &Event,
        message: &M,
        takes_any: bool,
    ) -> Result<EventIndex, What> {
        let got = || Letter::of_event::<M>(event);
        let lane = self.lanes.get_mut(&(event.rank, event.peer));
        let is_next = |(_, sent): &(EventIndex, M)| takes_any || sent.tag() == event.tag;
        let Some((lane, next)) =
            lane.and_then(|lane| lane.iter().position(is_next).map(|next| (lane, next)))
        else {
            return Err(What::NeverSent { got: got() });
        };
        let (place, sent) = &lane[next];
        if sent != message {
            let sent = Letter::of_message(event.rank, sent);
            return Err(What::NotAsSent { got: got(), sent });
        }
        let place = *place;
        lane.remove(next);
        Ok(place)
    }

    /// What is under way, in the order of sending.
    pub fn left(&self) -> Vec<Pending<M>> {
        let lane = |(&(to, from), lane): (&(Rank, Rank), &VecDeque<(EventIndex, M)>)| {
            let pending = |(place, message): &(EventIndex, M)| {
                (*place, Pending { from, to, message: message.clone() })
            };
            lane.iter().map(pending).collect::<Vec<_>>()
        };
        let mut left: Vec<_> = self.lanes.iter().flat_map(lane).collect();
        left.sort_by_key(|(place, _)| *place);
        left.into_iter().map(|(_, pending)| pending).collect()
    }
}
