//! How a run ends, as rank 0 decides it for all.

use ringscope_traces::{Ending, Rank};
use serde::{Deserialize, Serialize};

/// How a run ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Verdict {
    /// Every rank has finished.
    Completed,
    /// Every rank that has not finished waits, and nothing that any of them waits for is in flight.
    Deadlock,
    /// No rank has done anything for that long, though one could have.
    NoProgress {
        /// How long, in seconds.
        seconds: u64,
    },
    /// Messages keep moving, but no command makes progress.
    Livelock {
        /// How many were received since the last progress.
        messages: u64,
    },
    /// The run has used up what the scenario's `limit` allows.
    Limit {
        /// How many messages that is.
        messages: u64,
    },
    /// A rank's node crashed.
    Crashed {
        /// Which one.
        rank: Rank,
        /// With which fault.
        reason: String,
    },
    /// A rank failed for a reason outside the protocol.
    Failed {
        /// Which one.
        rank: Rank,
        /// Why.
        reason: String,
    },
    /// Every rank has received what the followed trace says, and the trace ends there.
    Followed,
    /// The run does something else than the followed trace.
    CannotFollow {
        /// Where it was noticed.
        rank: Rank,
        /// What.
        reason: String,
    },
    /// Ranks do not answer: they are stopped, or hang outside our code.
    Silent {
        /// Which ones.
        ranks: Vec<Rank>,
        /// For how long, in seconds.
        seconds: u64,
    },
}

impl Verdict {
    /// The ending that the trace's footer gets; that of the followed trace if it was followed to its end.
    /// `None` if the trace is to have no footer, which marks it as cut off.
    pub(crate) fn ending(&self, followed: Option<&Ending>) -> Option<Ending> {
        match self {
            Verdict::Completed => Some(Ending::Completed),
            Verdict::Deadlock => Some(Ending::Deadlock),
            Verdict::Livelock { .. } => Some(Ending::Livelock),
            Verdict::NoProgress { .. }
            | Verdict::Limit { .. }
            | Verdict::Failed { .. }
            | Verdict::CannotFollow { .. } => Some(Ending::Stopped),
            Verdict::Crashed { rank, reason } => {
                Some(Ending::Crashed { rank: Some(*rank), reason: Some(reason.clone()) })
            }
            Verdict::Followed => followed.cloned(),
            Verdict::Silent { .. } => None,
        }
    }

    /// Why the run ended, where the trace does not say it.
    pub(crate) fn reason(&self) -> Option<String> {
        match self {
            Verdict::Completed
            | Verdict::Deadlock
            | Verdict::Livelock { .. }
            | Verdict::Crashed { .. }
            | Verdict::Followed => None,
            Verdict::NoProgress { seconds } => Some(format!(
                "no rank has done anything for {seconds} s, though a message that it would take is under \
                 way to one of them"
            )),
            Verdict::Limit { messages } => {
                Some(format!("the run was stopped after {messages} messages, its limit"))
            }
            Verdict::Failed { rank, reason } => Some(format!("rank {rank} cannot go on: {reason}")),
            Verdict::CannotFollow { rank, reason } => {
                Some(format!("rank {rank} cannot follow the trace: {reason}"))
            }
            Verdict::Silent { ranks, seconds } => {
                let names: Vec<_> = ranks.iter().map(Rank::to_string).collect();
                let (noun, verb) = match names.len() {
                    1 => ("rank", "does"),
                    _several => ("ranks", "do"),
                };
                let names = names.join(", ");
                Some(format!(
                    "{noun} {names} {verb} not answer for {seconds} s: MPI ends all ranks"
                ))
            }
        }
    }
}
