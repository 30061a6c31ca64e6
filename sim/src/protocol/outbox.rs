//! What nodes ask for: messages to send and lines to print.

use std::fmt;

use ringscope_traces::Rank;

use super::{StorageId, Value};

/// What a node wants done: messages to send, in order, and lines to print.
///
/// A message stays at the slot where the node put it until it is taken, and its slot is its name:
/// the simulator leaves it there while it is in flight, since copying it from list to list would
/// cost more than all the rest of a step.
#[derive(Debug, Clone)]
pub struct Outbox<M> {
    in_flight: Vec<InFlight<M>>,
    /// The slots whose message has been taken.
    free: Vec<u32>,
    /// The slots of the messages that are to be sent, in order.
    asked: Vec<u32>,
    prints: Vec<Print>,
}

/// A message with its address.
#[derive(Debug, Clone)]
pub(crate) struct InFlight<M> {
    pub to: Rank,
    /// Written on by the host, which knows whose handler ran.
    pub from: Rank,
    message: Option<M>,
}

impl<M> InFlight<M> {
    /// What is inside.
    #[inline]
    pub fn message(&self) -> &M {
        self.message.as_ref().expect(KEPT)
    }
}

impl<M> Default for Outbox<M> {
    fn default() -> Self {
        Outbox { in_flight: Vec::new(), free: Vec::new(), asked: Vec::new(), prints: Vec::new() }
    }
}

impl<M> Outbox<M> {
    /// Asks for a standard blocking send.
    #[inline(always)]
    pub fn send(&mut self, to: Rank, message: M) {
        let slot = self.free.pop().unwrap_or_else(|| self.new_slot());
        let in_flight = &mut self.in_flight[slot as usize];
        in_flight.to = to;
        // The slot is free: there is nothing to drop, and not asking saves the message a detour.
        std::mem::forget(in_flight.message.replace(message));
        self.asked.push(slot);
    }

    /// Asks for a line on the program's output.
    pub fn print(&mut self, print: Print) {
        self.prints.push(print);
    }

    /// Takes the messages to send, in the order they were asked for.
    pub fn sends(&mut self) -> impl Iterator<Item = (Rank, M)> {
        let asked = std::mem::take(&mut self.asked);
        asked.into_iter().map(|slot| (self.in_flight[slot as usize].to, self.take(slot)))
    }

    /// Takes the lines to print.
    pub fn prints(&mut self) -> std::vec::Drain<'_, Print> {
        self.prints.drain(..)
    }

    /// Whether a line is asked for.
    #[inline]
    #[must_use]
    pub fn has_prints(&self) -> bool {
        !self.prints.is_empty()
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.asked.is_empty() && self.prints.is_empty()
    }

    #[cold]
    fn new_slot(&mut self) -> u32 {
        let slot = u32::try_from(self.in_flight.len()).expect("fewer than 4 billion are under way");
        self.in_flight.push(InFlight { to: Rank(0), from: Rank(0), message: None });
        slot
    }

    /// The slot of the `i`-th message that is to be sent.
    #[inline]
    pub(crate) fn asked(&self, i: usize) -> Option<u32> {
        self.asked.get(i).copied()
    }

    /// Everything that was asked for has been sent; the messages stay in their slots.
    ///
    /// A handler that sent to everybody, as the head does at the end, leaves no list behind that is as
    /// long as that.
    #[inline]
    pub(crate) fn all_sent(&mut self) {
        const USUAL: usize = 64;
        self.asked.clear();
        if self.asked.capacity() > USUAL {
            self.asked.shrink_to(USUAL);
        }
    }

    /// Takes back what is to be sent from the `i`-th message on.
    pub(crate) fn take_back(&mut self, i: usize) -> Vec<(Rank, M)> {
        let slots = self.asked.split_off(i);
        slots.into_iter().map(|at| (self.in_flight[at as usize].to, self.take(at))).collect()
    }

    /// The message at a slot.
    #[inline]
    pub(crate) fn in_flight(&self, slot: u32) -> &InFlight<M> {
        &self.in_flight[slot as usize]
    }

    /// Writes on a message who sends it.
    #[inline]
    pub(crate) fn sign(&mut self, slot: u32, from: Rank) {
        self.in_flight[slot as usize].from = from;
    }

    /// Takes the message at a slot, which is free from then on.
    #[inline]
    pub(crate) fn take(&mut self, slot: u32) -> M {
        self.free.push(slot);
        self.in_flight[slot as usize].message.take().expect(KEPT)
    }

    /// Every slot where a message lies, in no particular order.
    pub(crate) fn slots(&self) -> impl Iterator<Item = u32> {
        let slots = (0_u32..).zip(&self.in_flight);
        slots.filter(|(_, in_flight)| in_flight.message.is_some()).map(|(slot, _)| slot)
    }
}

const KEPT: &str = "a slot is used until its message is taken, and no longer";

/// A line that the command node prints, in the reference program's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Print {
    /// The answer to a GET.
    Found(Value, StorageId),
    /// The command node has sent END.
    Finalizing,
}

impl fmt::Display for Print {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Print::Found(value, owner) => write!(f, "val is {value}, storage id is {owner}"),
            Print::Finalizing => f.write_str("command finalizing"),
        }
    }
}
