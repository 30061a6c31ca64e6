//! The messages that have been sent and not yet received, wherever they are.

use ringscope_traces::Rank;

/// A message with what is written on the outside.
#[derive(Debug, Clone)]
pub(super) struct Envelope<M> {
    pub from: Rank,
    pub to: Rank,
    /// The sender's Lamport time.
    pub clock: u64,
    /// The message's place among all messages sent in the run, from 0.
    pub number: u64,
    pub message: M,
}

/// Envelopes, each at an index that stays its own until it is taken.
#[derive(Debug, Clone)]
pub(super) struct Post<M> {
    slots: Vec<Option<Envelope<M>>>,
    free: Vec<u32>,
}

impl<M> Default for Post<M> {
    fn default() -> Self {
        Post { slots: Vec::new(), free: Vec::new() }
    }
}

impl<M> Post<M> {
    /// Keeps an envelope; the index at which it is.
    #[inline]
    pub fn put(&mut self, envelope: Envelope<M>) -> u32 {
        if let Some(index) = self.free.pop() {
            self.slots[index as usize] = Some(envelope);
            return index;
        }
        let index = u32::try_from(self.slots.len()).expect("fewer than 4 billion in flight");
        self.slots.push(Some(envelope));
        index
    }

    /// The envelope at an index.
    #[inline]
    pub fn get(&self, index: u32) -> &Envelope<M> {
        self.slots[index as usize].as_ref().expect(KEPT)
    }

    /// Takes the envelope at an index.
    #[inline]
    pub fn take(&mut self, index: u32) -> Envelope<M> {
        self.free.push(index);
        self.slots[index as usize].take().expect(KEPT)
    }

    /// Every envelope, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = &Envelope<M>> {
        self.slots.iter().flatten()
    }

    /// Every envelope's index, in no particular order.
    pub fn indices(&self) -> impl Iterator<Item = u32> {
        (0_u32..).zip(&self.slots).filter(|(_, slot)| slot.is_some()).map(|(index, _)| index)
    }
}

const KEPT: &str = "an index is used until its envelope is taken, and no longer";
