//! Which send a receive is of.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use crate::calls::{CommId, Details};
use crate::event::{Event, Op, Rank, Tag, Trace};
use crate::event_index::EventIndex;

/// A channel between two ranks, on which MPI keeps the order of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Channel {
    /// The rank that sends.
    pub sender: Rank,
    /// The rank that receives.
    pub receiver: Rank,
    /// The messages' tag.
    pub tag: Tag,
    /// The communicator, and the number of a message that does not come in the order of the others.
    pub apart: Apart,
}

/// What keeps messages of the same sender, receiver and tag apart, in traces that say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Apart {
    /// The communicator.
    pub comm: CommId,
    /// A number that only the two events of one message have.
    pub message: Option<u64>,
}

impl Apart {
    /// What the details of an event say.
    #[must_use]
    pub fn of(details: Option<&Details>) -> Apart {
        details.map_or_else(Apart::default, |details| Apart {
            comm: details.comm,
            message: details.message,
        })
    }
}

impl Channel {
    /// The channel that an event's message goes through.
    pub fn of<D>(event: &Event<D>) -> Self {
        let (sender, receiver, tag) = (event.sender(), event.receiver(), event.tag);
        Channel { sender, receiver, tag, apart: Apart::of(event.more.as_deref()) }
    }
}

/// The partner of each event: the j-th receive of a channel is of its j-th send, wherever they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matching {
    partners: Vec<Option<EventIndex>>,
}

impl Matching {
    /// Matches a trace's sends and receives, in one pass.
    #[must_use]
    pub fn of(trace: &Trace) -> Self {
        let mut partners = vec![None; trace.events.len()];
        let mut open: FxHashMap<Channel, Open<EventIndex>> = FxHashMap::default();
        for (i, event) in trace.events.iter().enumerate() {
            let waiting = open.entry(Channel::of(event)).or_default();
            if let Some(partner) = waiting.partner_or_wait(event.op, EventIndex(i)) {
                partners[i] = Some(partner);
                partners[partner.0] = Some(EventIndex(i));
            }
        }
        Matching { partners }
    }

    /// Partners that are known, by event.
    pub(crate) fn known(partners: Vec<Option<EventIndex>>) -> Self {
        Matching { partners }
    }

    /// A send's receive, or a receive's send; `None` where the trace does not have it.
    #[must_use]
    pub fn partner(&self, at: EventIndex) -> Option<EventIndex> {
        self.partners.get(at.0).copied().flatten()
    }
}

/// Numbers the messages of a run as its events go by: a send and its receive have the same number.
///
/// Numbers grow from 0 in the order in which messages are first seen. It holds no more than the messages in
/// flight.
#[derive(Debug, Default)]
pub struct Numbering {
    open: FxHashMap<Channel, Open<u64>>,
    next: u64,
}

impl Numbering {
    /// The number of the message that the next event of the run is about.
    pub fn number<D>(&mut self, event: &Event<D>) -> u64 {
        let waiting = self.open.entry(Channel::of(event)).or_default();
        waiting.partner_or_wait(event.op, self.next).unwrap_or_else(|| {
            self.next += 1;
            self.next - 1
        })
    }
}

/// The events of a channel that have no partner yet: sends only, or receives only.
#[derive(Debug)]
pub(crate) struct Open<P> {
    waiting: VecDeque<(Op, P)>,
}

impl<P> Default for Open<P> {
    fn default() -> Self {
        Open { waiting: VecDeque::new() }
    }
}

impl<P> Open<P> {
    /// The partner of this event; if there is none yet, the event waits for one.
    pub(crate) fn partner_or_wait(&mut self, op: Op, at: P) -> Option<P> {
        match self.waiting.front() {
            Some((waiting, _)) if *waiting != op => self.waiting.pop_front().map(|(_, at)| at),
            Some(_) | None => {
                self.waiting.push_back((op, at));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{recv, send, trace};

    #[test]
    fn the_second_receive_of_a_channel_is_of_its_second_send() {
        let trace = trace(
            3,
            [
                send(0, 1, 5),
                send(0, 1, 5),
                send(2, 1, 5),
                recv(1, 0, 5),
                recv(1, 2, 5),
                recv(1, 0, 5),
            ],
        );
        let matching = Matching::of(&trace);
        let partners: Vec<_> =
            (0..6).map(|i| matching.partner(EventIndex(i)).map(|p| p.0)).collect();
        assert_eq!(partners, [Some(3), Some(5), Some(4), Some(0), Some(2), Some(1)]);
    }

    #[test]
    fn the_number_of_a_message_is_told_at_both_of_its_ends() {
        let mut numbering = Numbering::default();
        let events = [send(0, 1, 5), send(2, 1, 5), send(0, 1, 5), recv(1, 0, 5), recv(1, 0, 5)];
        assert_eq!(events.map(|event| numbering.number(&event)), [0, 1, 2, 0, 2]);
    }

    #[test]
    fn a_receive_that_stands_before_its_send_finds_it_all_the_same() {
        let trace = trace(2, [recv(1, 0, 5), send(0, 1, 5), send(0, 1, 5)]);
        let matching = Matching::of(&trace);
        assert_eq!(matching.partner(EventIndex(0)), Some(EventIndex(1)));
        assert_eq!(matching.partner(EventIndex(2)), None);
    }
}
