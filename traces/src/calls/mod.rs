//! What ranks call beside sends and receives: collectives, requests, communicators, and how each rank ended.
//!
//! Version 2 of the trace format has these lines behind the events, so that an event's line is still told by
//! its index. Each of them says after how many of its rank's events it came (`after`), so a rank's events
//! and calls can be put into one order.

mod details;
pub(crate) mod files;
mod last;
mod misuse;
pub mod note;
mod unify;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::event::Rank;
use crate::text::Plain;

pub use details::{Any, Details, Elements};
pub use files::{Progress, progress};
pub use last::{LastCall, Waits};
pub use misuse::{Misuse, Misused};
pub use unify::resolve;

/// The call that has made the `MPI_COMM_WORLD` of processes that were spawned.
pub const MPI_INIT: &str = "MPI_Init";

/// The call with which a rank leaves: all make it, and it has no number.
pub const FINALIZE: &str = "MPI_Finalize";

/// The call with which a rank ends the whole program.
pub const ABORT: &str = "MPI_Abort";
pub(crate) use unify::{Numbers, Tables};

/// A place in the program's source, by its number in the trace's table of places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlaceId(pub u32);

/// A communicator, by its number in the trace's table of communicators.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(transparent)]
pub struct CommId(pub u32);

impl CommId {
    /// `MPI_COMM_WORLD`, which stands in no table unless processes were spawned: then it is that of the others.
    pub const WORLD: CommId = CommId(0);

    /// Whether it is `MPI_COMM_WORLD`.
    #[must_use]
    pub fn is_world(&self) -> bool {
        *self == CommId::WORLD
    }
}

/// The number of a request of a rank, in the order in which the rank made its requests and receives.
///
/// Receives of all kinds have one, in the order in which they were *posted*: it decides which message each of
/// them gets (MPI 4.1, section 3.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Post(pub u64);

/// A line of a trace that is no message.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "lowercase")]
pub enum Call {
    /// A place in the source, for those lines that name it by its number.
    Place(Place),
    /// A place as a part has it: what file and line it is, is looked up when the parts are merged.
    Address(Address),
    /// A communicator was made.
    Communicator(Communicator),
    /// A rank has entered a collective operation, `MPI_Init` or `MPI_Finalize`.
    Enter(Enter),
    /// A rank has left what it had entered.
    Leave(Leave),
    /// A request was made that is to receive.
    Post(Posted),
    /// A request that was no receive is complete, or will never be.
    Complete(Completed),
    /// Probes that have all found the same, one after the other.
    Probe(Probe),
    /// A call has returned an error.
    Fail(Failure),
    /// A rank has done what a correct program does not.
    Misuse(Misuse),
    /// An exception has ended the rank's program.
    Exception(Exception),
    /// The rank's process has ended by itself.
    Exit(Exit),
    /// The rank's process has ended without a word.
    Died(Died),
    /// The last call that a rank has made.
    Last(LastCall),
}

/// A place in the program's source.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Whose number it has; `None` in a merged trace, where a place stands once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<Rank>,
    /// Its number.
    pub place: PlaceId,
    /// The file's path, as the compiler or the interpreter knows it.
    pub file: String,
    /// The line, from 1, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The function.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// What the elements are of what is sent or received there, in the order in which they were met.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elements: Vec<Elements>,
}

/// `a.c:31`: the file's name without its folder, and the line.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.file.rsplit('/').next().unwrap_or(&self.file);
        let name = Plain(name);
        match (self.line, &self.function) {
            (Some(line), _) => write!(f, "{name}:{line}"),
            (None, Some(function)) => write!(f, "{} in {name}", Plain(function)),
            (None, None) => name.fmt(f),
        }
    }
}

/// A place as it is known while a program runs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Address {
    /// Whose number it has; `None` in a merged trace, where an address stands once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<Rank>,
    /// Its number.
    pub place: PlaceId,
    /// The program or the library.
    pub module: String,
    /// Where in it the call returns to, as the file's symbols count.
    pub offset: u64,
    /// What the elements are of what is sent or received there, in the order in which they were met.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elements: Vec<Elements>,
}

/// A communicator.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Communicator {
    /// Whose words these are; `None` in a merged trace, where a communicator stands once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<Rank>,
    /// Its number: in a part among those of its rank, in a merged trace among all.
    pub comm: CommId,
    /// The ranks in it, by their rank in it; of one that joins two groups, those of both.
    pub members: Vec<Rank>,
    /// The call that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The communicator that it was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<CommId>,
    /// The number of the call that made it among the collective operations on that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// Where it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<PlaceId>,
}

/// A collective operation that a rank has entered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Enter {
    /// Who.
    pub rank: Rank,
    /// How many events it had before.
    pub after: u64,
    /// The call, such as `MPI_Allreduce`.
    pub name: String,
    /// On which communicator.
    #[serde(default, skip_serializing_if = "CommId::is_world")]
    pub comm: CommId,
    /// Its number among the rank's collective operations on that communicator, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// Its number among those of this name there, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nth: Option<u64>,
    /// The root, by its rank in the world.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<Rank>,
    /// How many elements.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// Of which type.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub datatype: Option<String>,
    /// By which operation they are reduced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub op: Option<String>,
    /// How many bytes these are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// How many bytes it takes from each rank, or gives to each, where that is said apart: by the root of a gather or a
    /// scatter, and by every rank of an allgather or an all-to-all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<u64>,
    /// How many elements each rank gets of a reduction that is scattered, by its rank in the communicator; nothing where they
    /// are more than [`MOST_COUNTS`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<u64>,
    /// The request, of one that does not block.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<Post>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<PlaceId>,
    /// When, in nanoseconds since the run began.
    pub t: u64,
}

/// The most counts of a reduction that is scattered that are written down.
pub const MOST_COUNTS: usize = 64;

impl Enter {
    /// A call of that name by a rank, of which nothing else is known.
    #[must_use]
    pub fn named(rank: Rank, name: &str) -> Enter {
        Enter {
            rank,
            after: 0,
            name: name.to_owned(),
            comm: CommId::WORLD,
            number: None,
            nth: None,
            root: None,
            count: None,
            datatype: None,
            op: None,
            bytes: None,
            share: None,
            counts: Vec::new(),
            post: None,
            at: None,
            t: 0,
        }
    }
}

/// The end of what was entered last.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Leave {
    /// Who.
    pub rank: Rank,
    /// How many events it had before.
    pub after: u64,
    /// When, in nanoseconds since the run began.
    pub t: u64,
}

/// A receive that was posted, and may be complete later.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Posted {
    /// Who.
    pub rank: Rank,
    /// How many events it had before.
    pub after: u64,
    /// The call, such as `MPI_Irecv`.
    pub name: String,
    /// The request.
    pub post: Post,
    /// Through which communicator.
    #[serde(default, skip_serializing_if = "CommId::is_world")]
    pub comm: CommId,
    /// From whom; `None`: from any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Rank>,
    /// With which tag; `None`: with any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<i32>,
    /// For how many bytes there is room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<PlaceId>,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Became {
    /// It is complete.
    Completed,
    /// It was cancelled.
    Cancelled,
    /// The program has freed it.
    Freed,
    /// It failed.
    Failed,
    /// MPI does not say.
    Unseen,
}

/// The end of a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Completed {
    /// Whose it is.
    pub rank: Rank,
    /// How many events the rank had before.
    pub after: u64,
    /// The request.
    pub post: Post,
    /// What became of it.
    pub how: Became,
    /// Whether the buffer of a send holds something else than when it was begun.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub changed: bool,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<PlaceId>,
}

/// Probes for the same message, one after the other, that have all found the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Probe {
    /// Who.
    pub rank: Rank,
    /// How many events it had before.
    pub after: u64,
    /// The call, such as `MPI_Iprobe`.
    pub name: String,
    /// Through which communicator.
    #[serde(default, skip_serializing_if = "CommId::is_world")]
    pub comm: CommId,
    /// From whom; `None`: from any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Rank>,
    /// With which tag; `None`: with any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<i32>,
    /// Whose message was found; `None`: none was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Rank>,
    /// With which tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found_tag: Option<i32>,
    /// How many times.
    pub times: u64,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<PlaceId>,
    /// When the first of them was made, in nanoseconds since the run began.
    pub t: u64,
}

impl Probe {
    /// Whether the other looked for the same at the same place, and found the same.
    #[must_use]
    pub fn is_as(&self, other: &Probe) -> bool {
        let what = |probe: &Probe| {
            (probe.comm, probe.source, probe.tag, probe.found, probe.found_tag, probe.at)
        };
        (self.after, what(self)) == (other.after, what(other)) && self.name == other.name
    }
}

/// A call that has returned an error.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Failure {
    /// Who.
    pub rank: Rank,
    /// How many events it had before.
    pub after: u64,
    /// The call.
    pub name: String,
    /// MPI's words.
    pub why: String,
    /// Whether MPI has ended the program at it: the call never returned.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fatal: bool,
    /// The communicator.
    #[serde(default, skip_serializing_if = "CommId::is_world")]
    pub comm: CommId,
    /// The other rank, where the call names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<Rank>,
    /// The tag, where the call names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<i32>,
    /// How many bytes, or room for how many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<PlaceId>,
}

/// An exception that nobody has caught.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Exception {
    /// Who.
    pub rank: Rank,
    /// How many events it had before.
    pub after: u64,
    /// Its type and text, such as `KeyError: 5`.
    pub what: String,
    /// Where it was raised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<PlaceId>,
}

/// The end of a process by itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Exit {
    /// Who.
    pub rank: Rank,
    /// How many events it had before.
    pub after: u64,
    /// The exit code.
    pub code: i32,
}

/// The end of a process without a word: a signal, or `_exit`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Died {
    /// Who.
    pub rank: Rank,
    /// Whether it was the first to go, and the launcher has ended the others therefore.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub first: bool,
    /// The signal that has ended it, where the launcher tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
}

impl Call {
    /// Whose call it is; `None` for what belongs to all.
    #[must_use]
    pub fn rank(&self) -> Option<Rank> {
        match self {
            Call::Place(Place { rank, .. })
            | Call::Address(Address { rank, .. })
            | Call::Communicator(Communicator { rank, .. }) => *rank,
            Call::Enter(Enter { rank, .. })
            | Call::Leave(Leave { rank, .. })
            | Call::Post(Posted { rank, .. })
            | Call::Complete(Completed { rank, .. })
            | Call::Probe(Probe { rank, .. })
            | Call::Fail(Failure { rank, .. })
            | Call::Misuse(Misuse { rank, .. })
            | Call::Exception(Exception { rank, .. })
            | Call::Exit(Exit { rank, .. })
            | Call::Died(Died { rank, .. })
            | Call::Last(LastCall { rank, .. }) => Some(*rank),
        }
    }

    /// The ranks that the line names beside its own.
    pub(crate) fn names(&self) -> impl Iterator<Item = Rank> {
        let (members, one): (&[Rank], Option<Rank>) = match self {
            Call::Communicator(communicator) => (&communicator.members, None),
            Call::Enter(enter) => (&[], enter.root),
            Call::Post(posted) => (&[], posted.source),
            Call::Probe(probe) => (&[], probe.source.or(probe.found)),
            Call::Fail(failure) => (&[], failure.peer),
            Call::Misuse(misuse) => (&[], misuse.peer),
            Call::Last(last) => (&[], last.peer.or(last.root)),
            Call::Place(_)
            | Call::Address(_)
            | Call::Leave(_)
            | Call::Complete(_)
            | Call::Exception(_)
            | Call::Exit(_)
            | Call::Died(_) => (&[], None),
        };
        members.iter().copied().chain(one).chain(self.rank())
    }
}
