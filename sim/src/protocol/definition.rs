//! A protocol as a value: its nodes, and all that the rest of the program asks of it.
//!
//! Hosts that run nodes are generic over a [`Protocol`]; everything that only shows, counts or judges
//! what happened works on what a protocol says of its messages ([`Described`]), of its tags
//! ([`TagInfo`]) and of its ranks ([`Roles`]).

use std::ops::Range;
use std::sync::Arc;

use ringscope_traces::{Event, Payload, Rank, Tag, Vocabulary};

use super::plan::{Objections, Plan};
use super::{BadMessage, Key, Message, Node, Role, Script, Topology};
use crate::explain::Explanation;
use crate::world::End;

/// The messages that a protocol's nodes send each other.
pub type MessageOf<P> = <<P as Protocol>::Node as Node>::Message;

/// A protocol: its processes, and what is known of them.
pub trait Protocol: 'static {
    /// One of its processes.
    type Node: Node + Send + Sync + 'static;

    /// Its name and its tags.
    const INFO: Info;

    /// The processes of a run before anything has happened, by rank.
    ///
    /// # Panics
    ///
    /// With fewer ranks than [`Info::fewest_ranks`].
    fn nodes(setup: &NodeSetup) -> Vec<Self::Node>;

    /// The processes of a run in which every rank that can join has joined, evenly spaced: what as many
    /// commands come to, without their messages.
    ///
    /// # Panics
    ///
    /// As [`Protocol::nodes`], and with a keyspace that has no id for each of them.
    fn settled(setup: &NodeSetup) -> Vec<Self::Node>;

    /// The parts that the ranks of a run play.
    fn roles(ranks: u32) -> Roles;

    /// The command node as it is, but with these commands to come instead of those that it had. What it has sent and been answered stays
    /// as it is, and how it goes on depends on nothing but that which is in flight.
    ///
    /// `None` when the protocol cannot say: then its scripts are explored one at a time, and not all together.
    #[must_use]
    fn with_script(command: &Self::Node, to_come: Arc<Script>) -> Option<Self::Node> {
        let _ = (command, to_come);
        None
    }

    /// What there is to say of a message.
    fn describe(message: &MessageOf<Self>) -> Described;

    /// The command that an event of the command node sends, or the reply that it receives, read as
    /// leniently as other programs write them; `None` for everything else.
    fn client_message(event: &Event) -> Option<Result<MessageOf<Self>, BadMessage>>;

    /// Says which commands of a scenario would crash a rank, hang or circle, and which can get in each
    /// other's way.
    fn check(plan: &Plan<'_>, objections: &mut dyn Objections);

    /// Why a run did not complete, from its nodes as they were left; only asked of a deadlock, a
    /// livelock and a crash.
    fn explain(end: &End<MessageOf<Self>>, nodes: &[Self::Node]) -> Option<Explanation>;
}

/// What the nodes of a run are made with.
#[derive(Debug, Clone)]
pub struct NodeSetup {
    /// The number of processes.
    pub ranks: u32,
    /// The greatest key.
    pub keyspace: i64,
    /// How many commands may be in flight at once, at least 1.
    pub window: u32,
    /// What the command node does.
    pub script: Arc<Script>,
}

/// What is fixed of a protocol.
#[derive(Debug, Clone, Copy)]
pub struct Info {
    /// Its name in scenarios and traces.
    pub name: &'static str,
    /// A run has as many processes at least.
    pub fewest_ranks: u32,
    /// Whether messages that one command causes can come to a rank in more than one order: then runs differ, and rightly, though one
    /// command is in flight at a time.
    pub has_races_of_one_command: bool,
    /// Which tags the commands and replies have and what they carry, for those who write a program that
    /// has them too: lines of at most 90 letters, the last without an end.
    pub client_help: &'static str,
    /// How its nodes are linked.
    pub topology: &'static Topology,
    /// The tags that its messages have, in growing order.
    pub tags: &'static [TagInfo],
}

/// What is fixed of the messages with one tag.
#[derive(Debug, Clone, Copy)]
pub struct TagInfo {
    /// The MPI tag.
    pub tag: Tag,
    /// Its name, such as `PUT`.
    pub name: &'static str,
    /// A name of at most 8 letters, where there is little room.
    pub short: &'static str,
    /// What its messages are for.
    pub kind: Purpose,
    /// Where the payload has the keys that the message is about.
    pub keys: KeysIn,
    /// What the nodes send with it although nobody reads it: other programs may send anything there. `None`:
    /// what it carries counts.
    pub unread: Option<i64>,
    /// Whether such a message hands pairs from its sender to its receiver.
    pub moves_pairs: bool,
    /// What its receipt says of its receiver's place in the ring.
    pub receipt: PlaceChange,
}

/// What a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A command on its way to the node that it concerns, or the end of all commands.
    Command,
    /// The answer to one.
    Reply,
    /// Part of a join or a leave.
    Membership,
}

/// Where a payload has the keys that it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeysIn {
    /// The payload is a key.
    Payload,
    /// The first item of a list is a key.
    FirstItem,
    /// The keys of the maps in the payload.
    Maps,
}

/// What the receipt of a message says of its receiver's place in the ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceChange {
    /// The receiver has joined.
    Joins,
    /// The receiver has left, when its event before was one with that tag.
    LeavesAfter(Tag),
    /// Nothing.
    Nothing,
}

impl Info {
    /// What is known of a tag.
    #[must_use]
    pub fn tag(&self, tag: Tag) -> Option<&'static TagInfo> {
        self.tags.iter().find(|info| info.tag == tag)
    }
}

/// The names of a protocol's tags.
impl Vocabulary for Info {
    fn tag_name(&self, tag: Tag) -> Option<&str> {
        self.tag(tag).map(|info| info.name)
    }
}

/// The parts that the ranks of a run play.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roles {
    /// Where commands enter the ring.
    pub head: Rank,
    /// The rank that issues the commands: all others do only what messages make them do.
    pub command: Rank,
    /// The ranks that are outside of the ring at the start and can join it.
    pub newcomers: Range<u32>,
}

impl Roles {
    /// The part that a rank plays.
    #[must_use]
    pub fn of(&self, rank: Rank) -> Role {
        if rank == self.head {
            Role::Head
        } else if rank == self.command {
            Role::Command
        } else {
            Role::Storage
        }
    }
}

/// What there is to say of a message, whatever its protocol.
///
/// For those who show a single message; those who look at every message of a run ask for its
/// [`Meaning`](super::Meaning) alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// What it is about, for those who count and check.
    pub meaning: super::Meaning,
    /// What tells it apart from others of its name, such as `612` or `r3 500`.
    pub detail: Option<String>,
    /// The key that it is about, if that is one.
    pub key: Option<Key>,
    /// The pairs that it hands over.
    pub moves: Option<Moves>,
}

/// The pairs that a message hands to its receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moves {
    /// One of these keys with each of as many messages, in this order.
    OneByOne(Vec<Key>),
    /// All of them at once.
    Together {
        /// How many.
        count: usize,
    },
}

/// The process that issues the commands, with that script, of a run with as few ranks as can be.
pub(crate) fn command_node<P: Protocol>(setup: NodeSetup) -> P::Node {
    let ranks = P::INFO.fewest_ranks;
    let command = P::roles(ranks).command;
    P::nodes(&NodeSetup { ranks, ..setup }).swap_remove(command.index())
}

/// The message with that tag and payload.
pub(crate) fn parse<P: Protocol>(tag: Tag, payload: &Payload) -> Result<MessageOf<P>, BadMessage> {
    MessageOf::<P>::parse(tag, payload)
}

/// The name of a tag in words: `PUT`, or `tag 99` where it has none.
#[must_use]
pub fn tag_name<M: Message>(tag: Tag) -> String {
    M::tag_name(tag).map_or_else(|| format!("tag {tag}"), Into::into)
}
