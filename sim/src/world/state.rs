//! When two worlds are in the same state: the same nodes, waits and messages, whatever the time.
//!
//! Times, Lamport times and numbers of messages are left out: a run that comes back to a state can go
//! on in the same way forever.

use std::hash::{Hash, Hasher};

use ringscope_traces::Rank;

use super::arena::InFlight;
use super::{Scheduler, World};
use crate::protocol::Node;

impl<N: Node, O: Scheduler<N::Message>> Hash for World<N, O> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.nodes.hash(state);
        for mailbox in &self.mailboxes {
            mailbox.wait.hash(state);
            mailbox
                .blocked
                .as_ref()
                .map(|blocked| (blocked.to, &blocked.rest, blocked.then))
                .hash(state);
        }
        for in_flight in self.by_channel() {
            (in_flight.to, in_flight.from, in_flight.message()).hash(state);
        }
        for sender in self.arrivals() {
            sender.hash(state);
        }
    }
}

impl<N: Node, O: Scheduler<N::Message>> PartialEq for World<N, O> {
    fn eq(&self, other: &Self) -> bool {
        let mailboxes_agree = self.mailboxes.iter().zip(&other.mailboxes).all(|(ours, theirs)| {
            let blocked = |mailbox: &super::Mailbox<N::Message>| {
                mailbox.blocked.clone().map(|blocked| (blocked.to, blocked.rest, blocked.then))
            };
            ours.wait == theirs.wait && blocked(ours) == blocked(theirs)
        });
        let contents = |in_flight: &InFlight<N::Message>| {
            (in_flight.to, in_flight.from, in_flight.message().clone())
        };
        let (ours, theirs) = (self.by_channel(), other.by_channel());
        mailboxes_agree
            && self.nodes == other.nodes
            && ours.len() == theirs.len()
            && ours.iter().zip(theirs).all(|(ours, theirs)| contents(ours) == contents(theirs))
            && self.arrivals().eq(other.arrivals())
    }
}

impl<N: Node, O: Scheduler<N::Message>> Eq for World<N, O> {}

impl<N: Node, O: Scheduler<N::Message>> World<N, O> {
    /// The messages in flight, by receiver and then by sender, each channel in the order of sending.
    fn by_channel(&self) -> Vec<&InFlight<N::Message>> {
        let in_order = self.slots_in_order().into_iter();
        let mut in_flight: Vec<_> = in_order.map(|slot| self.arena.in_flight(slot)).collect();
        in_flight.sort_by_key(|in_flight| (in_flight.to, in_flight.from));
        in_flight
    }

    /// The senders of what has arrived and waits, where their order counts.
    fn arrivals(&self) -> impl Iterator<Item = (Rank, Rank)> {
        let mailboxes = if O::ARRIVALS_COUNT { self.mailboxes.as_slice() } else { &[] };
        mailboxes.iter().flat_map(|mailbox| &mailbox.unexpected).map(|&slot| {
            let in_flight = self.arena.in_flight(slot);
            (in_flight.to, in_flight.from)
        })
    }
}
