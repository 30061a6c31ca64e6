//! What a rank has done with MPI that MPI need not notice.

use serde::{Deserialize, Serialize};

use super::PlaceId;
use crate::event::Rank;

/// What is wrong with a call, or was never done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Misused {
    /// A persistent request was started while it was active (MPI 4.1, section 3.9).
    StartedTwice,
    /// A persistent request was waited for and never started.
    NeverStarted,
    /// Memory was locked, and not unlocked before the window was freed (MPI 4.1, section 12.5.3).
    NeverUnlocked,
    /// A function was called after `MPI_Finalize`.
    AfterFinalize,
    /// Another thread called than the one that may (MPI 4.1, section 11.6).
    OtherThread,
    /// A call waits for requests, and MPI says again and again that none of them is active.
    NothingActive,
    /// Something was made, and not freed before `MPI_Finalize`.
    NeverFreed,
}

/// What a rank has done, or left undone, that a correct program does not.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Misuse {
    /// Who.
    pub rank: Rank,
    /// How many events it had before.
    pub after: u64,
    /// What it is.
    pub what: Misused,
    /// The call in which it was seen.
    pub name: String,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<PlaceId>,
    /// The call that had made, started or locked what it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Where that was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_at: Option<PlaceId>,
    /// The rank whose memory was locked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<Rank>,
    /// How many there are, or how many times.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub count: u64,
}

fn one() -> u64 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_one(count: &u64) -> bool {
    *count == 1
}
