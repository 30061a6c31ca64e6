//! What a protocol is: nodes that ask, and a host that does.
//!
//! A node's handlers block in the middle of their work, as the reference program's do. So a node says
//! after each message what it will take next, and its host obeys: the list of a protocol's [`Wait`]s is
//! the list of its blocking calls.

pub mod arithmetic;
pub mod definition;
pub mod outbox;
pub mod plan;
pub mod script;
pub mod state;
pub mod unanswered;
pub mod view;

use std::collections::BTreeMap;
use std::fmt;
use std::hash::Hash;

use ringscope_traces::words;
use ringscope_traces::{Payload, Rank, Tag};
use serde::{Deserialize, Serialize};

pub use definition::{
    Described, Info, KeysIn, MessageOf, Moves, NodeSetup, PlaceChange, Protocol, Purpose, Roles,
    TagInfo,
};
pub use outbox::{Effects, Outbox, Print};
pub use script::{Command, Cursor, Run, Script};
pub use state::NodeState;
pub use unanswered::Unanswered;
pub use view::{Activity, ActivityKind, Links, NodeView, Peer, Role, Topology, Viewed};

/// A key of the hash table.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(transparent)]
pub struct Key(pub i64);

/// A value of the hash table.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(transparent)]
pub struct Value(pub i64);

/// A node's place in the ring: it owns the keys above its predecessor's id, up to its own.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(transparent)]
pub struct StorageId(pub i64);

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for StorageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The keys and values that a node holds, in growing order of the keys.
pub type Storage = BTreeMap<Key, Value>;

/// A message of a protocol: typed, and distinguished by its MPI tag.
pub trait Message: Clone + fmt::Debug + PartialEq + Eq + Hash + Serialize + Send + Sync {
    /// The message's MPI tag.
    fn tag(&self) -> Tag;

    /// The message of that tag with that payload.
    ///
    /// # Errors
    ///
    /// When the protocol has no such tag, or the payload is not of the tag's shape.
    fn parse(tag: Tag, payload: &Payload) -> Result<Self, BadMessage>;

    /// The name of a tag, such as `PUT`; `None` when the protocol does not have that tag.
    fn tag_name(tag: Tag) -> Option<&'static str>;

    /// The payload's length in bytes as compact JSON, which is what an eager limit and a cost per
    /// byte count.
    fn bytes(&self) -> u64;

    /// What the message is about, for those who count and check as a run goes.
    fn meaning(&self) -> Meaning;
}

/// What a message is about, whatever the protocol calls it.
///
/// For those who look at every message of a run, such as invariants and statistics: it is a few words of memory
/// and no text. What is to be shown of a message is [`Described`], which has its meaning too; what is known of a
/// tag before there is any message, [`TagInfo`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// A command on its way to the node that it concerns.
    Command(Command),
    /// The command node has no more commands.
    End,
    /// The answer to a GET: the value, and the storage id of its owner.
    Found(Value, StorageId),
    /// The answer to a GET of a key that nobody has stored.
    Absent,
    /// A PUT, ADD or REMOVE is done; after a PUT with the pair that was put.
    Done(Option<(Key, Value)>),
    /// A PUT, ADD or REMOVE cannot be done, and nothing has changed.
    Refused,
    /// Part of a join or a leave, between the nodes that it concerns.
    Membership,
}

impl Meaning {
    /// The command that is on its way.
    #[must_use]
    pub fn command(self) -> Option<Command> {
        match self {
            Meaning::Command(command) => Some(command),
            Meaning::End
            | Meaning::Found(..)
            | Meaning::Absent
            | Meaning::Done(_)
            | Meaning::Refused
            | Meaning::Membership => None,
        }
    }

    /// With what a GET is answered: a value, or that there is none.
    #[must_use]
    pub fn found(self) -> Option<Option<Value>> {
        match self {
            Meaning::Found(value, _) => Some(Some(value)),
            Meaning::Absent => Some(None),
            Meaning::Command(_)
            | Meaning::End
            | Meaning::Done(_)
            | Meaning::Refused
            | Meaning::Membership => None,
        }
    }
}

/// One of the processes of a protocol.
pub trait Node: Viewed + Clone + Hash + Eq + fmt::Debug {
    /// What the protocol's nodes send each other.
    type Message: Message;

    /// What the node does before anything has arrived.
    fn start(&mut self, out: &mut impl Outbox<Self::Message>) -> Wait;

    /// Takes a message that the last [`Wait`] allows, and says what the node will take next.
    ///
    /// # Errors
    ///
    /// A [`Fault`] where the reference program would crash. What the handler had sent until then is
    /// in the outbox; the node takes nothing more.
    fn receive(
        &mut self,
        from: Rank,
        message: Self::Message,
        out: &mut impl Outbox<Self::Message>,
    ) -> Result<Wait, Fault>;
}

/// What a node will take next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wait {
    /// A message from any source with any tag: the probe at the top of the loop (`MPI_ANY_SOURCE` and
    /// `MPI_ANY_TAG`; MPI 4.1, sections 3.2.4 and 3.8).
    Any,
    /// A message from that source with that tag: a receive inside a handler.
    From {
        /// The only rank to receive from.
        source: Rank,
        /// The only tag to receive.
        tag: Tag,
    },
    /// Nothing: the node has finished.
    Stopped,
}

impl Wait {
    /// Whether a message from `source` with `tag` is one that this wait takes.
    #[must_use]
    pub fn takes(self, source: Rank, tag: Tag) -> bool {
        match self {
            Wait::Any => true,
            Wait::From { source: wanted, tag: wanted_tag } => source == wanted && tag == wanted_tag,
            Wait::Stopped => false,
        }
    }
}

/// The protocol breaking its own promises: where the reference program crashes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Fault {
    /// A node that never joined was asked for what only a node with an id can do.
    #[error("it never joined the ring, so it has no storage id to compare with ({asked})")]
    NoId {
        /// The message's name.
        asked: &'static str,
    },
    /// A node without storage was asked to hold or look up keys.
    #[error("it has no storage ({asked})")]
    NoStorage {
        /// The message's name.
        asked: &'static str,
    },
    /// A node without a successor or a predecessor was asked to pass something on.
    #[error("it has no {neighbour} to send to ({asked})")]
    NoNeighbour {
        /// `child` or `parent`, as the protocol's records call it: it stands in the footers of traces.
        neighbour: &'static str,
        /// The message's name.
        asked: &'static str,
    },
    /// A message was addressed to a rank that is not there.
    #[error("it sends to rank {rank}, which does not exist")]
    NoSuchRank {
        /// The rank as the protocol had it.
        rank: i64,
    },
    /// A reply did not carry what its handler needs.
    #[error("the {message} that it awaited does not carry {missing}")]
    BadReply {
        /// The message's name.
        message: &'static str,
        /// What the handler needs.
        missing: &'static str,
    },
}

/// A payload that is not a message of the protocol.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadMessage {
    /// The protocol has no such tag.
    #[error("the protocol has no tag {0}")]
    UnknownTag(Tag),
    /// The payload is not of the tag's shape.
    #[error("{} {name} carries {expected}, not {got}", words::article(name))]
    Shape {
        /// The tag's name.
        name: &'static str,
        /// What it should carry.
        expected: &'static str,
        /// What it carries, cut short.
        got: String,
    },
}
