//! The world's arena: each message in flight stays in one slot, from its send to its receive.

use ringscope_traces::Rank;

use crate::protocol::{Outbox, Print};

/// The messages in flight, and what the handler that is running or has just run asks for.
///
/// A node's handler writes its messages straight into slots, and the scheduler and the mailboxes hold the
/// slots' numbers: to copy a message from list to list would cost more than all the rest of a step.
#[derive(Debug, Clone)]
pub(super) struct Arena<M> {
    slots: Vec<InFlight<M>>,
    /// The slots whose message has been taken.
    free: Vec<u32>,
    /// The slots of the messages that the handler asks to be sent, in order.
    asked: Vec<u32>,
    prints: Vec<Print>,
}

/// A message with its address.
#[derive(Debug, Clone)]
pub(super) struct InFlight<M> {
    pub to: Rank,
    /// Written on by the world, which knows whose handler ran.
    pub from: Rank,
    /// None in a slot that is free.
    message: Option<M>,
}

impl<M> InFlight<M> {
    /// What is inside.
    #[inline]
    pub(super) fn message(&self) -> &M {
        self.message.as_ref().expect(KEPT)
    }
}

impl<M> Default for Arena<M> {
    fn default() -> Self {
        Arena { slots: Vec::new(), free: Vec::new(), asked: Vec::new(), prints: Vec::new() }
    }
}

/// What a node sees of the arena.
impl<M> Outbox<M> for Arena<M> {
    // A message takes 8 to 15 % longer without.
    #[inline(always)]
    fn send(&mut self, to: Rank, message: M) {
        let slot = self.free.pop().unwrap_or_else(|| self.new_slot());
        let in_flight = &mut self.slots[slot as usize];
        in_flight.to = to;
        // The slot is free: there is nothing to drop, and not asking saves the message a detour.
        std::mem::forget(in_flight.message.replace(message));
        self.asked.push(slot);
    }

    fn print(&mut self, print: Print) {
        self.prints.push(print);
    }
}

impl<M> Arena<M> {
    #[cold]
    fn new_slot(&mut self) -> u32 {
        let slot = u32::try_from(self.slots.len()).expect("fewer than 4 billion are under way");
        self.slots.push(InFlight { to: Rank::default(), from: Rank::default(), message: None });
        slot
    }

    /// Takes the lines to print.
    pub(super) fn prints(&mut self) -> std::vec::Drain<'_, Print> {
        self.prints.drain(..)
    }

    /// Whether a line is asked for.
    #[inline]
    pub(super) fn has_prints(&self) -> bool {
        !self.prints.is_empty()
    }

    /// The slot of the `i`-th message that is to be sent.
    #[inline]
    pub(super) fn asked(&self, i: usize) -> Option<u32> {
        self.asked.get(i).copied()
    }

    /// Everything that was asked for has been sent; the messages stay in their slots.
    ///
    /// A handler that sent to everybody, as a head may do at the end, leaves no list behind that is as
    /// long as that.
    #[inline]
    pub(super) fn all_sent(&mut self) {
        const USUAL: usize = 64;
        self.asked.clear();
        if self.asked.capacity() > USUAL {
            self.asked.shrink_to(USUAL);
        }
    }

    /// Takes back what is to be sent from the `i`-th message on.
    pub(super) fn take_back(&mut self, i: usize) -> Vec<(Rank, M)> {
        let slots = self.asked.split_off(i);
        slots.into_iter().map(|slot| (self.in_flight(slot).to, self.take(slot))).collect()
    }

    /// The message at a slot.
    #[inline]
    pub(super) fn in_flight(&self, slot: u32) -> &InFlight<M> {
        &self.slots[slot as usize]
    }

    /// Writes on a message who sends it.
    #[inline]
    pub(super) fn sign(&mut self, slot: u32, from: Rank) {
        self.slots[slot as usize].from = from;
    }

    /// Takes the message at a slot, which is free from then on.
    #[inline]
    pub(super) fn take(&mut self, slot: u32) -> M {
        self.free.push(slot);
        self.slots[slot as usize].message.take().expect(KEPT)
    }

    /// The slot of every message in flight, in no particular order.
    pub(super) fn slots(&self) -> impl Iterator<Item = u32> {
        let slots = (0_u32..).zip(&self.slots);
        slots.filter(|(_, in_flight)| in_flight.message.is_some()).map(|(slot, _)| slot)
    }
}

const KEPT: &str = "a slot is used until its message is taken, and no longer";

#[cfg(test)]
mod tests {
    use super::*;

    const A: Rank = Rank(1);
    const B: Rank = Rank(2);

    #[test]
    fn a_message_lies_where_it_was_put_until_it_is_taken() {
        let mut arena = Arena::default();
        arena.send(A, "first");
        arena.send(B, "second");
        let first = arena.asked(0).expect("two are asked for");
        let second = arena.asked(1).expect("two are asked for");
        arena.sign(first, B);
        arena.all_sent();
        assert_eq!(arena.asked(0), None);
        assert_eq!((arena.in_flight(first).to, arena.in_flight(first).from), (A, B));
        assert_eq!(arena.take(first), "first");
        assert_eq!(arena.slots().collect::<Vec<_>>(), [second]);
        arena.send(A, "third");
        assert_eq!(arena.asked(0), Some(first), "a free slot is used again");
        assert_eq!(*arena.in_flight(second).message(), "second");
    }

    #[test]
    fn what_is_taken_back_is_not_in_flight() {
        let mut arena = Arena::default();
        for (to, message) in [(A, "first"), (B, "second"), (A, "third")] {
            arena.send(to, message);
        }
        assert_eq!(arena.take_back(1), [(B, "second"), (A, "third")]);
        assert_eq!(arena.slots().count(), 1);
        assert_eq!(arena.asked(1), None);
    }
}
