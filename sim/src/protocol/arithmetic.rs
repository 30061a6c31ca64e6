//! Ring arithmetic: who owns what, read from what the nodes show of themselves.
//!
//! A [`Ring`] is walked from the head along the successor pointers, once, and says where it is broken.
//! It needs no message and no history, so that the invariant checker, an explanation and a
//! panel all draw the same ring.

use std::fmt;

use ringscope_traces::Rank;

use super::{Key, NodeView, Peer, Role, StorageId, Viewed};

/// The ring as the nodes' pointers make it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ring {
    members: Vec<Member>,
    breaks: Vec<Break>,
    comes_round: bool,
}

/// A node of the ring and the keys that its place gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// The node.
    pub rank: Rank,
    /// Its storage id.
    pub id: StorageId,
    /// What it owns, from the id of the node before it.
    pub range: KeyRange,
}

/// The keys above one id, up to another: `above < key <= up_to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyRange {
    /// The id of the node before.
    pub above: StorageId,
    /// The owner's own id.
    pub up_to: StorageId,
}

/// A place where the ring is not a ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Break {
    /// No node plays the head.
    NoHead,
    /// A node of the ring has no successor.
    NoSuccessor {
        /// That node.
        rank: Rank,
    },
    /// A successor pointer leads to no node of a ring: to a rank that does not exist, or that has no id.
    Nowhere {
        /// The node that points there.
        rank: Rank,
        /// Where it points.
        successor: Rank,
    },
    /// The walk comes to a node for the second time, and it is not the head.
    Again {
        /// That node.
        rank: Rank,
        /// The node that points back to it.
        after: Rank,
    },
    /// An id is smaller than the one before it.
    Shrinks {
        /// The node with the smaller id.
        rank: Rank,
        /// Its id.
        id: StorageId,
        /// The node before it.
        after: Peer,
    },
    /// A node does not point back to the node that points to it.
    Predecessor {
        /// That node.
        rank: Rank,
        /// Its predecessor, by its own pointer.
        predecessor: Option<Peer>,
        /// The node that points to it.
        after: Peer,
    },
    /// The head's link to the command node leads elsewhere, so that no reply leaves the ring.
    Outlet {
        /// The head.
        rank: Rank,
        /// The link's name.
        link: &'static str,
        /// Where it leads.
        peer: Option<Peer>,
    },
}

impl Ring {
    /// Walks the ring from the head to the head, or as far as there is a way with growing ids.
    #[must_use]
    pub fn walk<N: Viewed>(nodes: &[N]) -> Ring {
        let mut ring = Ring::default();
        let head = (0_u32..).zip(nodes).find(|(_, node)| node.view().role == Role::Head);
        let Some((head, view)) = head.map(|(rank, node)| (Rank(rank), node.view())) else {
            ring.breaks.push(Break::NoHead);
            return ring;
        };
        let id = view.id.unwrap_or_default();
        ring.members.push(Member { rank: head, id, range: KeyRange { above: id, up_to: id } });
        if let Some((link, peer)) = view.links.outlet() {
            let outlet = peer.and_then(|peer| nodes.get(peer.rank.index()));
            if outlet.is_none_or(|node| node.view().role != Role::Command) {
                ring.breaks.push(Break::Outlet { rank: head, link, peer });
            }
        }
        if let Err(end) = ring.follow(view, nodes) {
            ring.breaks.push(end);
        } else {
            ring.comes_round = true;
        }
        ring
    }

    /// Goes from successor to successor. Ids never shrink on the way, and among equal ones no node comes
    /// twice: so this ends.
    fn follow<'a, N: Viewed>(&mut self, head: NodeView<'a>, nodes: &'a [N]) -> Result<(), Break> {
        let mut view = head;
        loop {
            let last = *self.members.last().expect("the head is there from the start");
            let successor = view.successor().ok_or(Break::NoSuccessor { rank: last.rank })?.rank;
            if successor == self.members[0].rank {
                return Ok(());
            }
            let nowhere = Break::Nowhere { rank: last.rank, successor };
            view = nodes.get(successor.index()).ok_or(nowhere)?.view();
            let id = view.id.ok_or(nowhere)?;
            self.check_step(last, successor, id)?;
            let after = Peer { rank: last.rank, id: Some(last.id) };
            let knows_predecessor = view.links.topology().predecessor.is_some();
            let predecessor = view.predecessor();
            if knows_predecessor && predecessor != Some(after) {
                self.breaks.push(Break::Predecessor { rank: successor, predecessor, after });
            }
            let range = KeyRange { above: last.id, up_to: id };
            self.members.push(Member { rank: successor, id, range });
        }
    }

    fn check_step(&self, last: Member, successor: Rank, id: StorageId) -> Result<(), Break> {
        if id > last.id {
            return Ok(());
        }
        if self.member(successor, id).is_some() {
            return Err(Break::Again { rank: successor, after: last.rank });
        }
        if id < last.id {
            let after = Peer { rank: last.rank, id: Some(last.id) };
            return Err(Break::Shrinks { rank: successor, id, after });
        }
        Ok(())
    }

    /// The nodes of the ring in its order, the head first; their ids never shrink.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// The nodes that own the keys, in the order of the ring: all but the head, from whose id the first range
    /// begins.
    #[must_use]
    pub fn owners(&self) -> &[Member] {
        self.members.get(1..).unwrap_or_default()
    }

    /// What a node owns: by its own links, or by the ring's where its protocol's nodes do not know the one
    /// before them.
    #[must_use]
    pub fn range_of(&self, rank: Rank, view: &NodeView<'_>) -> Option<KeyRange> {
        match view.links.topology().predecessor {
            Some(_) => KeyRange::of(view),
            None => self.member(rank, view.id?).map(|member| member.range),
        }
    }

    /// Where the ring is broken, in the order of the walk.
    #[must_use]
    pub fn breaks(&self) -> &[Break] {
        &self.breaks
    }

    /// Whether the successor pointers lead from the head back to the head, with ids that never shrink:
    /// only then every key up to the last id has an owner.
    #[must_use]
    pub fn comes_round(&self) -> bool {
        self.comes_round
    }

    /// The node that owns a key: the first one whose id is not below it. Of two nodes with one id
    /// the first owns everything, and the second nothing.
    #[must_use]
    pub fn owner(&self, key: Key) -> Option<&Member> {
        let place = self.members.partition_point(|member| member.id.0 < key.0);
        self.members.get(place).filter(|member| member.range.contains(key))
    }

    /// The node of the ring with that rank and id.
    #[must_use]
    pub fn member(&self, rank: Rank, id: StorageId) -> Option<&Member> {
        let first = self.members.partition_point(|member| member.id < id);
        let same_id = self.members[first..].iter().take_while(|member| member.id == id);
        same_id.into_iter().find(|member| member.rank == rank)
    }
}

impl KeyRange {
    /// What a node owns, judging by its own links: the keys above its predecessor's id, up to its own. `None`
    /// for a node without a place in the ring, or that does not know its predecessor; the head, whose
    /// predecessor has no id, owns nothing.
    #[must_use]
    pub fn of(view: &NodeView<'_>) -> Option<KeyRange> {
        let up_to = view.id?;
        Some(KeyRange { above: view.predecessor()?.id.unwrap_or(up_to), up_to })
    }

    /// Whether a key is one of these.
    #[must_use]
    pub fn contains(&self, key: Key) -> bool {
        self.above.0 < key.0 && key.0 <= self.up_to.0
    }

    /// Whether there is no such key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.up_to <= self.above
    }
}

/// `501 to 1000`, or `nothing`.
impl fmt::Display for KeyRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("nothing");
        }
        write!(f, "{} to {}", self.above.0.saturating_add(1), self.up_to)
    }
}

impl Break {
    /// The rank at which the ring is broken; none when there is no ring.
    #[must_use]
    pub fn rank(&self) -> Option<Rank> {
        match *self {
            Break::NoHead => None,
            Break::NoSuccessor { rank }
            | Break::Nowhere { rank, .. }
            | Break::Again { rank, .. }
            | Break::Shrinks { rank, .. }
            | Break::Predecessor { rank, .. }
            | Break::Outlet { rank, .. } => Some(rank),
        }
    }
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Break::NoHead => f.write_str("no rank is the head of the ring"),
            Break::NoSuccessor { rank } => {
                write!(f, "the ring ends at rank {rank}, which has no successor")
            }
            Break::Nowhere { rank, successor } => {
                write!(
                    f,
                    "the ring ends at rank {rank}: its successor, rank {successor}, has no id"
                )
            }
            Break::Again { rank, after } => write!(
                f,
                "the ring has a cycle without the head: rank {after} points back to rank {rank}"
            ),
            Break::Shrinks { rank, id, after } => {
                write!(f, "ids decrease along the ring: rank {rank} (id {id}) comes after ")?;
                write_peer(f, Some(after))
            }
            Break::Predecessor { rank, predecessor, after } => {
                write!(f, "rank {rank} is the successor of ")?;
                write_peer(f, Some(after))?;
                f.write_str(", but its predecessor is ")?;
                write_peer(f, predecessor)
            }
            Break::Outlet { rank, link, peer } => {
                write!(f, "no reply leaves the ring: the {link} of the head, rank {rank}, is ")?;
                write_peer(f, peer)?;
                f.write_str(", not the command node")
            }
        }
    }
}

fn write_peer(f: &mut fmt::Formatter<'_>, peer: Option<Peer>) -> fmt::Result {
    match peer {
        None => f.write_str("nobody"),
        Some(Peer { rank, id: None }) => write!(f, "rank {rank}"),
        Some(Peer { rank, id: Some(id) }) => write!(f, "rank {rank} (id {id})"),
    }
}

#[cfg(test)]
mod tests;
