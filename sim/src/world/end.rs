//! How a run ends.

use ringscope_traces::{Ending, Rank};

use super::{Cycle, WaitForGraph};
use crate::protocol::Fault;

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End<M> {
    /// Every rank stopped.
    Completed,
    /// Every rank that has not stopped waits, and nothing that any of them waits for is in flight.
    Deadlock(WaitForGraph<M>),
    /// Messages go round without progress of any command.
    Livelock(Cycle<M>),
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
