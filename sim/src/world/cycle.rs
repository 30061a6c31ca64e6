//! What goes round in a livelock.

use std::hash::Hash;

use ringscope_traces::{Op, Rank};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Observed, Observer};
use crate::protocol::Node;

/// Messages that go round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cycle<M> {
    /// The message that is received most often on the way round.
    pub message: M,
    /// The ranks that receive it, in the order in which they do, from the first until it comes there
    /// again.
    pub through: Vec<Rank>,
    /// How many messages are received until the state of the world recurs; `None` when that was
    /// not seen, and the limit of messages without progress ended the run.
    pub period: Option<u64>,
}

impl<M: Clone + Eq + Hash> Cycle<M> {
    /// What goes round when these are received on the way; `None` when nothing is.
    pub(super) fn of(receipts: &Receipts<M>, period: Option<u64>) -> Option<Cycle<M>> {
        let receipts = &receipts.0;
        let mut counts: FxHashMap<&M, u64> = FxHashMap::default();
        for (_, message) in receipts {
            *counts.entry(message).or_default() += 1;
        }
        // The last of those that are most common is the first one seen, so that a seed says the same forever.
        let (_, message) = receipts.iter().rev().max_by_key(|(_, message)| counts[message])?;
        let mut been_there = FxHashSet::default();
        let through = receipts.iter().filter(|(_, other)| other == message).map(|(rank, _)| *rank);
        let through = through.take_while(|rank| been_there.insert(*rank)).collect();
        Some(Cycle { message: message.clone(), through, period })
    }
}

/// Who received what.
pub(super) struct Receipts<M>(Vec<(Rank, M)>);

impl<M> Default for Receipts<M> {
    fn default() -> Self {
        Receipts(Vec::new())
    }
}

impl<N: Node> Observer<N> for Receipts<N::Message> {
    fn observed(&mut self, observed: &Observed<'_, N::Message>) {
        match observed.op {
            Op::Recv => self.0.push((observed.rank, observed.message.clone())),
            Op::Send => {}
        }
    }
}
