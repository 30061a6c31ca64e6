//! The last call that a rank has made: what it is in when its run hangs.

use serde::{Deserialize, Serialize};

use super::{CommId, PlaceId, Post};
use crate::event::Rank;

/// The last call of a rank.
///
/// Of a rank several of whose threads are inside of MPI there are several; what belongs to the rank (`outside`, `calls`) is
/// said by the last of them. Fields that a call has no use for are not there.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LastCall {
    /// Who.
    pub rank: Rank,
    /// Which of its threads: a small number, 0 for the one that has initialized MPI.
    #[serde(default, skip_serializing_if = "is_first")]
    pub thread: u32,
    /// Of a rank that is inside: how many of its other threads have called MPI and are outside of it. It may go on by them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub outside: u64,
    /// How many events it had before.
    pub after: u64,
    /// The call, such as `MPI_Recv`.
    pub name: String,
    /// Whether it has not returned.
    pub inside: bool,
    /// How many calls the rank has made, this one among them.
    pub calls: u64,
    /// The communicator.
    #[serde(default, skip_serializing_if = "CommId::is_world")]
    pub comm: CommId,
    /// The other rank: the receiver, or the sender that is waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<Rank>,
    /// The tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<i32>,
    /// Whether a message of any sender will do.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub any_source: bool,
    /// Whether a message with any tag will do.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub any_tag: bool,
    /// The root of a collective operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<Rank>,
    /// How many elements.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// How many bytes; of a receive: for how many there is room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// The number of a collective operation on its communicator, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// Its number among those of its name there, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nth: Option<u64>,
    /// The requests that are waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits: Option<Waits>,
    /// How many times the same call was made before with the same outcome: a probe that finds the same message
    /// or none, a test of requests that are not complete.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub repeats: u64,
    /// Whether a probe has found a message each of these times.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub found: bool,
    /// How long the rank was in calls that may block and that have returned, in nanoseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waited_ns: Option<u64>,
    /// The signal that has ended the rank's process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<PlaceId>,
    /// When it was entered, in nanoseconds since the run began.
    pub t: u64,
}

/// Requests that a call waits for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Waits {
    /// Whether all of them must be complete, or one will do.
    pub all: bool,
    /// How many there are.
    pub total: u64,
    /// The first of them.
    pub first: Vec<Post>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_first(thread: &u32) -> bool {
    *thread == 0
}
