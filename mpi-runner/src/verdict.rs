//! How a run ends, as rank 0 decides it for all.

use ringscope_traces::{Ending, Rank};
use serde::{Deserialize, Serialize};

/// How a run ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// Every rank has stopped.
    Completed,
    /// Every rank that has not stopped waits, and nothing that any of them waits for is under way.
    Deadlock,
    /// No rank has done anything for that long, though one could have.
    NoProgress {
        /// How long, in seconds.
        seconds: u64,
    },
    /// Messages go round without progress of any command.
    Livelock {
        /// How many were received since the last progress.
        messages: u64,
    },
    /// The run has used up what the scenario's `limit` allows.
    Limit {
        /// How many messages that is.
        messages: u64,
    },
    /// A rank's node broke off.
    Crashed {
        /// Which one.
        rank: Rank,
        /// On what.
        reason: String,
    },
    /// A rank could not go on for a reason outside the protocol.
    Broken {
        /// Which one.
        rank: Rank,
        /// Why.
        reason: String,
    },
    /// Every rank has received what the followed trace says, and the trace ends there.
    Followed,
    /// The followed trace says something that does not happen.
    CannotFollow {
        /// Where it was noticed.
        rank: Rank,
        /// What.
        reason: String,
    },
    /// Ranks do not answer: stopped, or hung outside of our hands.
    Silent {
        /// Which ones.
        ranks: Vec<Rank>,
        /// For how long, in seconds.
        seconds: u64,
    },
}

impl Verdict {
    /// The ending that the parts of the trace are closed with; a followed trace's own where it was
    /// followed to its end. `None` where the file is to say that the run was cut off.
    pub fn ending(&self, followed: Option<&Ending>) -> Option<Ending> {
        match self {
            Verdict::Completed => Some(Ending::Completed),
            Verdict::Deadlock => Some(Ending::Deadlock),
            Verdict::Livelock { .. } => Some(Ending::Livelock),
            Verdict::NoProgress { .. }
            | Verdict::Limit { .. }
            | Verdict::Broken { .. }
            | Verdict::CannotFollow { .. } => Some(Ending::Stopped),
            Verdict::Crashed { rank, reason } => {
                Some(Ending::Crashed { rank: Some(*rank), reason: Some(reason.clone()) })
            }
            Verdict::Followed => followed.cloned(),
            Verdict::Silent { .. } => None,
        }
    }

    /// Why the run ends, where that is not in the trace.
    pub fn in_words(&self) -> Option<String> {
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
            Verdict::Broken { rank, reason } => Some(format!("rank {rank} cannot go on: {reason}")),
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
