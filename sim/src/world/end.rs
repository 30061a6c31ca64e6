//! How a run ends, and the facts that explain it.

use ringscope_traces::{Ending, Rank, Tag};

use super::{Order, World};
use crate::protocol::{Fault, Node, Wait};

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End<M> {
    /// Every rank stopped.
    Completed,
    /// Every rank that has not stopped waits, and nothing that any of them waits for is in flight.
    Deadlock(Stall<M>),
    /// Messages go round without progress of any command.
    Livelock(Circle<M>),
    /// A rank broke its own promises.
    Crashed {
        /// Which one.
        rank: Rank,
        /// On what.
        fault: Fault,
    },
    /// The run had more messages than it was allowed.
    Stopped {
        /// How many it was allowed.
        limit_messages: u64,
    },
}

impl<M> End<M> {
    /// The ending as a trace's footer says it.
    #[must_use]
    pub fn ending(&self) -> Ending {
        match self {
            End::Completed => Ending::Completed,
            End::Deadlock(_) => Ending::Deadlock,
            End::Livelock(_) => Ending::Livelock,
            End::Crashed { rank, fault } => {
                Ending::Crashed { rank: Some(*rank), reason: Some(fault.to_string()) }
            }
            End::Stopped { .. } => Ending::Stopped,
        }
    }
}

/// Who waits for what when nothing moves any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stall<M> {
    /// The ranks that wait inside a handler or in a send, by rank; all others take anything or have
    /// stopped.
    pub blocked: Vec<Blocked>,
    /// What was sent and not received, in the order of sending: nobody takes it.
    pub pending: Vec<Pending<M>>,
}

/// A rank that waits for one other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blocked {
    /// The rank that waits.
    pub rank: Rank,
    /// The rank that it waits for.
    pub on: Rank,
    /// The tag that it would take; `None` when it waits for a message of its own to be received.
    pub tag: Option<Tag>,
}

/// A message that was sent and not received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending<M> {
    /// The sender.
    pub from: Rank,
    /// The receiver.
    pub to: Rank,
    /// The message.
    pub message: M,
}

/// Messages that go round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circle<M> {
    /// The message that is received most often on the way round.
    pub message: M,
    /// The ranks that receive it, in the order in which they do, from the first until it comes there
    /// again.
    pub through: Vec<Rank>,
    /// How many messages are received until the state of the world comes again; `None` when that was
    /// not seen, and the limit of messages without progress ended the run.
    pub period: Option<u64>,
}

impl<M> Stall<M> {
    /// Whom that rank waits for.
    #[must_use]
    pub fn blocked(&self, rank: Rank) -> Option<Blocked> {
        let found = self.blocked.binary_search_by_key(&rank, |blocked| blocked.rank);
        found.ok().map(|place| self.blocked[place])
    }

    /// The ranks that wait for each other in a circle, the lowest first; empty when nobody does.
    #[must_use]
    pub fn cycle(&self) -> Vec<Blocked> {
        let cycles = self.blocked.iter().filter_map(|start| {
            let chain = self.chain(start.rank);
            let last = chain.last()?;
            (last.on == start.rank).then_some(chain)
        });
        cycles.min_by_key(|cycle| cycle.first().map(|first| first.rank)).unwrap_or_default()
    }

    /// Whom a rank waits for, whom that one waits for, and so on, until one that waits for nobody or
    /// that was there before.
    #[must_use]
    pub fn chain(&self, start: Rank) -> Vec<Blocked> {
        let mut chain: Vec<Blocked> = Vec::new();
        let mut at = start;
        while let Some(blocked) = self.blocked(at) {
            if chain.iter().any(|earlier| earlier.rank == at) {
                break;
            }
            chain.push(blocked);
            at = blocked.on;
        }
        chain
    }
}

impl<N: Node, O: Order<N::Message>> World<N, O> {
    /// Who waits for what now.
    #[must_use]
    pub fn stall(&self) -> Stall<N::Message> {
        let blocked = self.ranks().filter_map(|rank| self.blocked(rank)).collect();
        Stall { blocked, pending: self.pending() }
    }

    fn blocked(&self, rank: Rank) -> Option<Blocked> {
        match (self.blocked_on(rank), self.wait(rank)) {
            (Some(on), _) => Some(Blocked { rank, on, tag: None }),
            (None, Wait::From { source, tag }) => {
                Some(Blocked { rank, on: source, tag: Some(tag) })
            }
            (None, Wait::Any | Wait::Stopped) => None,
        }
    }
}
