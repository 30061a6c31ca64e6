//! The messages that were sent and not yet received, under MPI's matching rules.

use std::collections::BTreeMap;
use std::iter;
use std::ops::Bound::{Excluded, Unbounded};

use ringscope_traces::{Event, EventIndex, Rank, Tag};

/// The messages in flight, each with what its owner keeps of it.
///
/// Messages do not overtake (MPI 4.1, section 3.5): of those from one sender to one receiver, a receive
/// gets the first that was sent of those that it can take.
///
/// One map in the order of receiver, sender, tag and sending: what it costs grows with what is in flight,
/// and no receive has to go through what it does not take.
#[derive(Debug, Clone)]
pub(crate) struct InFlightMessages<T> {
    messages: BTreeMap<Address, T>,
}

/// Whose message it is, and which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Address {
    /// The receiver.
    pub to: Rank,
    /// The sender.
    pub from: Rank,
    /// The message's tag.
    pub tag: Tag,
    /// The send.
    pub sent: EventIndex,
}

impl<T> Default for InFlightMessages<T> {
    fn default() -> Self {
        InFlightMessages { messages: BTreeMap::new() }
    }
}

impl<T> InFlightMessages<T> {
    /// Adds the message of a send.
    pub(crate) fn send(&mut self, sent: EventIndex, event: &Event, kept: T) -> Address {
        let Event { rank: from, peer: to, tag, .. } = *event;
        let address = Address { to, from, tag, sent };
        self.messages.insert(address, kept);
        address
    }

    /// The message that a receive gets: one that takes any tag gets the first that its source has sent,
    /// one that takes a single tag the first with that tag.
    pub(crate) fn next(&self, receive: &Event, takes_any: bool) -> Option<(Address, &T)> {
        let Event { rank: to, peer: from, tag, .. } = *receive;
        let of_source = |address: &Address| (address.to, address.from) == (to, from);
        if takes_any {
            let start = Address { to, from, tag: Tag(i32::MIN), sent: EventIndex(0) };
            let firsts = self.firsts(start).take_while(|(address, _)| of_source(address));
            return firsts.min_by_key(|(address, _)| address.sent);
        }
        let first = self.first_from(Address { to, from, tag, sent: EventIndex(0) });
        first.filter(|(address, _)| of_source(address) && address.tag == tag)
    }

    /// Takes a message out.
    pub(crate) fn take(&mut self, address: Address) -> Option<T> {
        self.messages.remove(&address)
    }

    /// The first message of every sender and tag to that rank, in that order.
    pub(crate) fn firsts_to(&self, to: Rank) -> impl Iterator<Item = (Address, &T)> {
        let start = Address { to, from: Rank::FIRST, tag: Tag(i32::MIN), sent: EventIndex(0) };
        self.firsts(start).take_while(move |(address, _)| address.to == to)
    }

    /// All of them, in the order of sending.
    pub(crate) fn in_order(&self) -> Vec<(Address, &T)> {
        let mut all: Vec<_> =
            self.messages.iter().map(|(address, kept)| (*address, kept)).collect();
        all.sort_unstable_by_key(|(address, _)| address.sent);
        all
    }

    fn first_from(&self, start: Address) -> Option<(Address, &T)> {
        self.messages.range(start..).next().map(|(address, kept)| (*address, kept))
    }

    /// The first message of each channel, from there on.
    fn firsts(&self, start: Address) -> impl Iterator<Item = (Address, &T)> {
        iter::successors(self.first_from(start), |(address, _)| {
            let last = Address { sent: EventIndex(usize::MAX), ..*address };
            let next = self.messages.range((Excluded(last), Unbounded)).next();
            next.map(|(address, kept)| (*address, kept))
        })
    }
}

#[cfg(test)]
mod tests {
    use ringscope_traces::{Op, Payload};

    use super::*;

    fn event(op: Op, rank: u32, peer: u32, tag: i32) -> Event {
        let (rank, peer, tag) = (Rank(rank), Rank(peer), Tag(tag));
        Event { rank, n: 0, op, peer, tag, data: Payload::Null, t: 0, clock: 0, more: None }
    }

    /// Sends of `(from, to, tag)`, in that order.
    fn sent(sends: &[(u32, u32, i32)]) -> InFlightMessages<()> {
        let mut in_flight = InFlightMessages::default();
        for (at, (from, to, tag)) in sends.iter().enumerate() {
            in_flight.send(EventIndex(at), &event(Op::Send, *from, *to, *tag), ());
        }
        in_flight
    }

    fn next(in_flight: &InFlightMessages<()>, receive: &Event, takes_any: bool) -> Option<usize> {
        in_flight.next(receive, takes_any).map(|(address, ())| address.sent.0)
    }

    #[test]
    fn a_receive_of_any_tag_gets_what_its_source_sent_first() {
        let in_flight = sent(&[(2, 1, 9), (0, 1, 7), (0, 1, 3), (0, 2, 1)]);
        assert_eq!(next(&in_flight, &event(Op::Recv, 1, 0, 3), true), Some(1));
    }

    #[test]
    fn a_receive_of_one_tag_gets_the_first_with_that_tag_and_leaves_the_rest() {
        let mut in_flight = sent(&[(0, 1, 7), (0, 1, 3), (0, 1, 3)]);
        let receive = event(Op::Recv, 1, 0, 3);
        assert_eq!(next(&in_flight, &receive, false), Some(1));
        let (address, ()) = in_flight.next(&receive, false).expect("it is in flight");
        in_flight.take(address);
        assert_eq!(next(&in_flight, &receive, false), Some(2));
        assert_eq!(next(&in_flight, &event(Op::Recv, 1, 0, 7), false), Some(0));
    }

    #[test]
    fn what_another_rank_was_sent_is_not_received() {
        let in_flight = sent(&[(0, 2, 7), (3, 1, 7)]);
        assert_eq!(next(&in_flight, &event(Op::Recv, 1, 0, 7), true), None);
        assert_eq!(next(&in_flight, &event(Op::Recv, 1, 0, 7), false), None);
    }

    #[test]
    fn the_first_of_each_sender_and_tag_can_be_asked_for() {
        let in_flight = sent(&[(3, 1, 7), (0, 1, 7), (0, 1, 3), (0, 1, 7), (0, 2, 7)]);
        let firsts: Vec<_> = in_flight.firsts_to(Rank(1)).map(|(at, ())| at.sent.0).collect();
        assert_eq!(firsts, [2, 1, 0]);
    }
}
