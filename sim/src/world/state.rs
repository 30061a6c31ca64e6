//! When two worlds are in the same state: the same nodes, waits and messages, whatever the time.
//!
//! Times, Lamport times and numbers of messages are left out: a run that comes back to a state can go
//! on in the same way for ever.

use std::hash::{Hash, Hasher};

use ringscope_traces::Rank;

use super::{Order, World};
use crate::protocol::Node;
use crate::protocol::outbox::Letter;

impl<N: Node, O: Order<N::Message>> Hash for World<N, O> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.nodes.hash(state);
        for desk in &self.desks {
            desk.wait.hash(state);
            desk.blocked
                .as_ref()
                .map(|blocked| (blocked.to, &blocked.rest, blocked.then))
                .hash(state);
        }
        for letter in self.by_channel() {
            (letter.to, letter.from, letter.message()).hash(state);
        }
        for sender in self.arrivals() {
            sender.hash(state);
        }
    }
}

impl<N: Node, O: Order<N::Message>> PartialEq for World<N, O> {
    fn eq(&self, other: &Self) -> bool {
        let desks_agree = self.desks.iter().zip(&other.desks).all(|(ours, theirs)| {
            let blocked = |desk: &super::Desk<N::Message>| {
                desk.blocked.clone().map(|blocked| (blocked.to, blocked.rest, blocked.then))
            };
            ours.wait == theirs.wait && blocked(ours) == blocked(theirs)
        });
        let contents =
            |letter: &Letter<N::Message>| (letter.to, letter.from, letter.message().clone());
        let (ours, theirs) = (self.by_channel(), other.by_channel());
        desks_agree
            && self.nodes == other.nodes
            && ours.len() == theirs.len()
            && ours.iter().zip(theirs).all(|(ours, theirs)| contents(ours) == contents(theirs))
            && self.arrivals().eq(other.arrivals())
    }
}

impl<N: Node, O: Order<N::Message>> Eq for World<N, O> {}

impl<N: Node, O: Order<N::Message>> World<N, O> {
    /// What is under way, receiver by receiver and sender by sender, each in the order of sending.
    fn by_channel(&self) -> Vec<&Letter<N::Message>> {
        let in_order = self.places_in_order().into_iter();
        let mut letters: Vec<_> = in_order.map(|place| self.outbox.letter(place)).collect();
        letters.sort_by_key(|letter| (letter.to, letter.from));
        letters
    }

    /// The senders of what has arrived and waits, where their order counts.
    fn arrivals(&self) -> impl Iterator<Item = (Rank, Rank)> {
        let desks = if O::ARRIVALS_COUNT { self.desks.as_slice() } else { &[] };
        desks.iter().flat_map(|desk| &desk.unexpected).map(|&place| {
            let letter = self.outbox.letter(place);
            (letter.to, letter.from)
        })
    }
}
