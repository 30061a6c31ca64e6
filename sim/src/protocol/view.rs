//! What a node shows of itself: its part, its place, its links, what it holds and what it is doing.
//!
//! Invariants, statistics, explanations and panels look at this and never into a node. So nothing here says
//! how the nodes of one protocol are linked, or what they can be in the middle of: a protocol names
//! its links in its [`Topology`], and says in its own words what a node does ([`Activity`]).

use std::collections::VecDeque;
use std::sync::Arc;

use ringscope_traces::Rank;

use super::{Command, Storage, StorageId};

/// Something that shows what an invariant, an explanation or a panel may see of a node.
pub trait Viewed {
    /// What may be seen.
    fn view(&self) -> NodeView<'_>;
}

/// What a node shows of itself.
#[derive(Debug, Clone, Copy)]
pub struct NodeView<'a> {
    /// The part it plays.
    pub role: Role,
    /// Its storage id; a node that has never joined has none.
    pub id: Option<StorageId>,
    /// The nodes that it points to.
    pub links: Links<'a>,
    /// What it holds; `None` when it holds no storage at all.
    pub storage: Option<&'a Arc<Storage>>,
    /// What it is in the middle of.
    pub activity: Activity<'a>,
}

impl NodeView<'_> {
    /// The next node of the ring by its own account; none outside of the ring.
    #[must_use]
    pub fn successor(&self) -> Option<Peer> {
        self.links.at(self.links.topology.successor)
    }

    /// The node before it in the ring by its own account; none outside of the ring, and none in a protocol
    /// whose nodes do not know it.
    #[must_use]
    pub fn predecessor(&self) -> Option<Peer> {
        self.links.at(self.links.topology.predecessor)
    }
}

/// The part a node plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Where commands enter the ring.
    Head,
    /// A node of the ring that can hold keys.
    Storage,
    /// Issues the commands.
    Command,
}

/// The node at the other end of a link; one that is not of the ring has no storage id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Peer {
    /// Its rank.
    pub rank: Rank,
    /// Its storage id.
    pub id: Option<StorageId>,
}

/// The links that the nodes of a protocol have, and which of them make the ring.
#[derive(Debug, PartialEq, Eq)]
pub struct Topology {
    /// The links' names, in the order in which they are shown.
    pub names: &'static [&'static str],
    /// Which of them leads to the next node of the ring, in the direction of growing ids.
    pub successor: Option<usize>,
    /// Which of them leads to the node before.
    pub predecessor: Option<usize>,
    /// Which of the head's leads to the command node, so that replies leave the ring.
    pub outlet: Option<usize>,
}

impl Topology {
    /// That of nodes without links.
    pub const UNLINKED: Topology =
        Topology { names: &[], successor: None, predecessor: None, outlet: None };
}

/// A node's links, each with its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Links<'a> {
    topology: &'static Topology,
    peers: &'a [Option<Peer>],
}

impl<'a> Links<'a> {
    /// The links of a protocol that lead to these nodes, in the order of their names; a link that leads
    /// nowhere, or that the node does not have, is `None` or beyond the end.
    #[must_use]
    pub fn new(topology: &'static Topology, peers: &'a [Option<Peer>]) -> Links<'a> {
        Links { topology, peers }
    }

    /// The names, and what they mean to the ring.
    #[must_use]
    pub fn topology(self) -> &'static Topology {
        self.topology
    }

    /// Every link of the protocol by its name, with the node to which it leads.
    pub fn iter(self) -> impl Iterator<Item = (&'static str, Option<Peer>)> + use<'a> {
        (0..).zip(self.topology.names).map(move |(place, name)| (*name, self.at(Some(place))))
    }

    /// Where they lead, in the order of the names.
    pub(super) fn peers(self) -> &'a [Option<Peer>] {
        self.peers
    }

    /// Where the link of that name leads.
    #[must_use]
    pub fn named(self, name: &str) -> Option<Peer> {
        self.at(self.topology.names.iter().position(|other| *other == name))
    }

    /// The head's link to the command node by its name, with where it leads; `None` when replies take
    /// another way.
    #[must_use]
    pub fn outlet(self) -> Option<(&'static str, Option<Peer>)> {
        let place = self.topology.outlet?;
        Some((self.topology.names[place], self.at(Some(place))))
    }

    #[inline]
    fn at(self, place: Option<usize>) -> Option<Peer> {
        self.peers.get(place?).copied().flatten()
    }
}

/// What a node is in the middle of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activity<'a> {
    /// What those have to know who count, check and draw.
    pub kind: ActivityKind<'a>,
    /// What the node does or awaits, in its protocol's words; empty where the kind says it all.
    pub words: &'a str,
}

/// What those have to know of an activity who count, check and draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActivityKind<'a> {
    /// The node is taking a new node into the ring.
    Admitting,
    /// The node is on its way into the ring, and takes nothing else meanwhile.
    Joining,
    /// The node is leaving the ring.
    Leaving,
    /// The node issues the commands: those whose replies are still to come, oldest first.
    Commanding(&'a VecDeque<Command>),
    /// Anything else, or nothing at all: the node takes what comes.
    Other,
}

impl<'a> Activity<'a> {
    /// The node takes what comes.
    pub const NONE: Activity<'static> = Activity { kind: ActivityKind::Other, words: "" };

    /// Of the node that issues the commands.
    #[must_use]
    pub fn commanding(in_flight: &'a VecDeque<Command>) -> Activity<'a> {
        Activity { kind: ActivityKind::Commanding(in_flight), words: "" }
    }

    /// Whether the node is in the middle of a membership change.
    #[must_use]
    pub fn is_membership_change(self) -> bool {
        match self.kind {
            ActivityKind::Admitting | ActivityKind::Joining | ActivityKind::Leaving => true,
            ActivityKind::Commanding(_) | ActivityKind::Other => false,
        }
    }

    /// Of the node that issues the commands: those whose replies are still to come, oldest first.
    #[must_use]
    pub fn commands_in_flight(self) -> Option<&'a VecDeque<Command>> {
        match self.kind {
            ActivityKind::Commanding(in_flight) => Some(in_flight),
            ActivityKind::Admitting
            | ActivityKind::Joining
            | ActivityKind::Leaving
            | ActivityKind::Other => None,
        }
    }
}
