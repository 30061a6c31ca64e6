//! The types of a trace: ranks, tags, events, header and footer.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::calls::{Call, Details};
use crate::payload::Payload;

/// The newest version of the trace format; this one and all before it are read.
pub const VERSION: u64 = 2;

/// The version of a trace that holds messages alone: older readers know it too, so it is written wherever it
/// will do.
pub const MESSAGES_ONLY: u64 = 1;

/// What a header names when nobody has named a protocol, and the run is of none that is known.
pub const NO_PROTOCOL: &str = "none";

/// The most ranks that a trace may name: a header that promises more is refused before anything is
/// set up for them.
pub const MAX_RANKS: u32 = 1 << 20;

/// One process of the program, as MPI numbers them: 0 to the number of ranks less one.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(transparent)]
pub struct Rank(pub u32);

impl Rank {
    /// The least of all ranks, and one that every run has. What it does is the protocol's to say.
    pub const FIRST: Rank = Rank(0);

    /// The rank as an index into a list with an entry for each rank.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for Rank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An MPI message tag.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(transparent)]
pub struct Tag(pub i32);

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Whether a rank sent a message or received one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Op {
    /// The rank sent a message to its peer.
    Send,
    /// The rank received a message from its peer.
    Recv,
}

/// One message sent or received by one rank.
///
/// `D` is the payload: [`Payload`] when read from a file, a reference to a protocol's own message
/// when a host writes its events as they happen.
///
/// ```
/// use ringscope_traces::{Event, Op, Payload, Rank, Tag};
///
/// let receive = Event {
///     rank: Rank(0),
///     n: 0,
///     op: Op::Recv,
///     peer: Rank(7),
///     tag: Tag(0),
///     data: Payload::list([9.into(), 100.into()]),
///     t: 81_250,
///     clock: 2,
///     more: None,
/// };
/// assert_eq!((receive.sender(), receive.receiver()), (Rank(7), Rank(0)));
/// // What two runs are compared by; when it happened does not count.
/// let later = Event { t: 99_000, clock: 5, ..receive.clone() };
/// assert_eq!(receive.content(), later.content());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Event<D = Payload> {
    /// Whose event it is.
    pub rank: Rank,
    /// Its index among the events of that rank, from 0.
    pub n: u64,
    /// Sent or received.
    pub op: Op,
    /// The other rank.
    pub peer: Rank,
    /// The message's MPI tag.
    pub tag: Tag,
    /// The payload.
    pub data: D,
    /// Nanoseconds since the start of the run.
    pub t: u64,
    /// Lamport time, from 1.
    pub clock: u64,
    /// What is known of the call; `None` where it is nothing that a trace of messages alone would not say.
    pub more: Option<Box<Details>>,
}

/// What a rank did: what two events of one rank must have in common to be the same event.
///
/// Times, Lamport times and the event's number never count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventContent<'a, D = Payload> {
    /// Sent or received.
    pub op: Op,
    /// The other rank.
    pub peer: Rank,
    /// The message's MPI tag.
    pub tag: Tag,
    /// The payload.
    pub data: &'a D,
    /// The length and the hash, of a payload that was cut.
    pub cut: Option<(Option<u64>, Option<u64>)>,
}

impl<D> Event<D> {
    /// The rank whose message it receives; `None` when it is no receive.
    #[must_use]
    pub fn source(&self) -> Option<Rank> {
        match self.op {
            Op::Recv => Some(self.peer),
            Op::Send => None,
        }
    }

    /// The rank that it sends to; `None` when it is no send.
    #[must_use]
    pub fn destination(&self) -> Option<Rank> {
        match self.op {
            Op::Send => Some(self.peer),
            Op::Recv => None,
        }
    }

    /// What the rank did, by which the event is compared with those of other runs.
    #[must_use]
    pub fn content(&self) -> EventContent<'_, D> {
        let cut = self.more.as_ref().filter(|more| more.cut.is_some());
        let cut = cut.map(|more| (more.bytes, more.hash));
        EventContent { op: self.op, peer: self.peer, tag: self.tag, data: &self.data, cut }
    }

    /// Whether not all of its payload is there.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.more.as_ref().is_some_and(|more| more.cut.is_some())
    }

    /// The rank that sent the event's message.
    #[must_use]
    pub fn sender(&self) -> Rank {
        match self.op {
            Op::Send => self.rank,
            Op::Recv => self.peer,
        }
    }

    /// The rank that the event's message is for.
    #[must_use]
    pub fn receiver(&self) -> Rank {
        match self.op {
            Op::Send => self.peer,
            Op::Recv => self.rank,
        }
    }
}

/// Where a trace comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// A simulated run.
    Sim,
    /// The project's own nodes under real MPI.
    Mpi,
    /// Somebody's own program, recorded.
    Recorded,
}

impl Source {
    /// The source's name in a header.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Source::Sim => "sim",
            Source::Mpi => "mpi",
            Source::Recorded => "recorded",
        }
    }
}

/// What an event's `t` counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeKind {
    /// Simulated nanoseconds.
    Virtual,
    /// Nanoseconds of a real clock.
    Wall,
}

impl TimeKind {
    /// The kind's name in a header.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            TimeKind::Virtual => "virtual",
            TimeKind::Wall => "wall",
        }
    }
}

/// The first line of a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Where the trace comes from.
    pub source: Source,
    /// The name of the protocol's variant.
    pub protocol: String,
    /// The number of processes, 1 to [`MAX_RANKS`].
    pub ranks: u32,
    /// The seed of a simulated run.
    pub seed: Option<u64>,
    /// What the events' times count.
    pub time: TimeKind,
    /// Further fields, in the order in which they stand.
    pub more: Vec<(String, Payload)>,
}

impl Header {
    /// The further field of that name, where there is one.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Payload> {
        self.more.iter().find(|(field, _)| field == name).map(|(_, value)| value)
    }
}

/// How a run ended, as its footer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// Every rank stopped.
    Completed,
    /// Every rank that has not stopped waits, and nothing that any of them waits for is in flight.
    Deadlock,
    /// The state of the world recurred, or the limit of messages was reached, without progress of any
    /// command.
    Livelock,
    /// A rank crashed.
    Crashed {
        /// Which one, if the trace says so.
        rank: Option<Rank>,
        /// With which fault, if the trace says so.
        reason: Option<String>,
    },
    /// Stopped by a limit or by hand.
    Stopped,
}

impl Ending {
    /// The ending's name in a footer.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Ending::Completed => "completed",
            Ending::Deadlock => "deadlock",
            Ending::Livelock => "livelock",
            Ending::Crashed { .. } => "crashed",
            Ending::Stopped => "stopped",
        }
    }
}

/// The last line of a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Footer {
    /// How the run ended.
    pub ending: Ending,
    /// The number of event lines.
    pub events: u64,
}

/// A whole trace in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// The first line.
    pub header: Header,
    /// The events in the order of the file.
    pub events: Vec<Event>,
    /// What the ranks called beside sends and receives, in the order of the file.
    pub calls: Vec<Call>,
    /// The last line; `None` when the run was cut off.
    pub footer: Option<Footer>,
}

impl Trace {
    /// Whether payloads in it were cut: then nobody can say whether they are what they should be.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.events.iter().any(Event::is_cut)
    }
}

/// The names of a protocol's messages, for everything here that prints messages.
pub trait Vocabulary {
    /// The name of a tag, such as `PUT`; `None` when it has none.
    fn tag_name(&self, tag: Tag) -> Option<&str>;
}

/// The vocabulary of an unknown protocol: it has no names.
#[derive(Debug, Clone, Copy)]
pub struct NoNames;

impl Vocabulary for NoNames {
    fn tag_name(&self, _tag: Tag) -> Option<&str> {
        None
    }
}
