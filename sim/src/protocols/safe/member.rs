//! The head and the storage nodes: one loop, and three receives in which a handler blocks.

use std::sync::Arc;

use ringscope_traces::Rank;

use super::desk::{Accepted, Desk, refused};
use super::message::{Found, SafeMessage, Ticket, Verdict};
use crate::protocol::{
    Activity, ActivityKind, Command, Fault, Key, Links, NodeView, Outbox, Peer, Role, Storage,
    StorageId, Topology, Value, Wait,
};

const HEAD: Rank = Rank(0);

/// The link to the node before.
pub(super) const PREDECESSOR: usize = 0;
/// The link to the next node.
pub(super) const SUCCESSOR: usize = 1;
/// The head's link to the command node.
const OUTLET: usize = 2;

/// How the ring's nodes are linked.
pub(super) const TOPOLOGY: Topology = Topology {
    names: &["predecessor", "successor", "outlet"],
    successor: Some(SUCCESSOR),
    predecessor: Some(PREDECESSOR),
    outlet: Some(OUTLET),
};

/// The head or a storage node.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MemberNode {
    pub(super) rank: Rank,
    /// Of the head alone.
    desk: Option<Box<Desk>>,
    pub(super) id: Option<StorageId>,
    pub(super) links: [Option<Peer>; 3],
    pub(super) storage: Option<Arc<Storage>>,
    pub(super) phase: Phase,
}

/// What the node is in the middle of, named for what it awaits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Phase {
    /// Nothing in particular.
    Idle,
    /// A newcomer has its place, and not its pairs.
    AwaitingKeys { ticket: Ticket },
    /// A newcomer has its pairs, and not its place.
    AwaitingJoin { pairs: Arc<Storage> },
    /// The successor is leaving.
    AwaitingLeft { ticket: Ticket },
    /// The node is leaving.
    AwaitingTaken { predecessor: Rank },
}

/// What comes of a message.
pub(super) type Handled = Result<Wait, Fault>;

impl MemberNode {
    pub(super) fn head(command: Rank, permanent: Peer) -> MemberNode {
        let keyspace = permanent.id.unwrap_or_default().0;
        let outlet = Peer { rank: command, id: None };
        MemberNode {
            desk: Some(Box::new(Desk::new(command, keyspace))),
            id: Some(StorageId(0)),
            links: [Some(permanent), Some(permanent), Some(outlet)],
            ..MemberNode::idle(HEAD)
        }
    }

    pub(super) fn permanent(rank: Rank, keyspace: StorageId) -> MemberNode {
        let head = Peer { rank: HEAD, id: Some(StorageId(0)) };
        MemberNode {
            id: Some(keyspace),
            links: [Some(head), Some(head), None],
            storage: Some(Arc::default()),
            ..MemberNode::idle(rank)
        }
    }

    pub(super) fn idle(rank: Rank) -> MemberNode {
        let links = [None; 3];
        MemberNode { rank, desk: None, id: None, links, storage: None, phase: Phase::Idle }
    }

    /// Gives a node its place before the run begins.
    pub(super) fn settle(&mut self, id: StorageId, predecessor: Peer, successor: Peer) {
        self.id = Some(id);
        self.links = [Some(predecessor), Some(successor), self.links[OUTLET]];
        if self.desk.is_none() {
            self.storage = Some(Arc::default());
        }
    }

    /// The head's books; of every other node `None`.
    pub(super) fn desk(&mut self) -> Option<&mut Desk> {
        self.desk.as_deref_mut()
    }

    #[inline(never)]
    pub(super) fn receive(
        &mut self,
        from: Rank,
        message: SafeMessage,
        out: &mut impl Outbox<SafeMessage>,
    ) -> Handled {
        match message {
            SafeMessage::Asked(command, ticket) => match &mut self.desk {
                Some(desk) => {
                    desk.queue(command, ticket);
                    self.accept(out)
                }
                None => self.command(command, ticket, out),
            },
            reply @ (SafeMessage::Value(_, ticket) | SafeMessage::Done(_, ticket)) => {
                self.answer(ticket, reply, out)?;
                self.accept(out)
            }
            SafeMessage::End => Ok(self.end(out)),
            SafeMessage::Join(order) => self.join(*order, out),
            SafeMessage::Split(newcomer) => self.split(newcomer, out),
            SafeMessage::Keys(pairs) => self.keys(pairs, out),
            SafeMessage::Heir(predecessor, pairs) => self.heir(from, predecessor, (&pairs, out)),
            SafeMessage::Taken => self.taken(out),
            SafeMessage::Left(successor) => self.left(successor, out),
        }
    }

    /// The head lets commands into the ring, in their order, until one has to wait.
    pub(super) fn accept(&mut self, out: &mut impl Outbox<SafeMessage>) -> Handled {
        while let Some(accepted) = self.desk.as_mut().and_then(|desk| desk.next()) {
            match accepted {
                Accepted::Answered(command, ticket, why) => {
                    self.answer(ticket, refused(command, ticket, why), out)?;
                }
                Accepted::Goes(command, ticket) => {
                    let wait = self.command(command, ticket, out)?;
                    if wait != Wait::Any {
                        return Ok(wait);
                    }
                }
            }
        }
        Ok(Wait::Any)
    }

    fn command(
        &mut self,
        command: Command,
        ticket: Ticket,
        out: &mut impl Outbox<SafeMessage>,
    ) -> Handled {
        match command {
            Command::Put { key, value } if self.owns(key, "PUT")? => {
                self.put((key, value), ticket, out)
            }
            Command::Get { key } if self.owns(key, "GET")? => self.get(key, ticket, out),
            Command::Add { rank, id } if self.is_before(id, "ADD")? => {
                let rank = Command::rank(rank).ok_or(Fault::NoSuchRank { rank })?;
                self.admit(Peer { rank, id: Some(id) }, ticket, out)
            }
            Command::Remove { id } if self.id == Some(id) => self.leave(out),
            Command::Remove { id } => self.let_go(id, ticket, out),
            Command::Put { .. } | Command::Get { .. } | Command::Add { .. } => {
                let message = SafeMessage::Asked(command, ticket);
                out.send(self.link(SUCCESSOR, "a command")?.rank, message);
                Ok(Wait::Any)
            }
        }
    }

    fn put(
        &mut self,
        (key, value): (Key, Value),
        ticket: Ticket,
        out: &mut impl Outbox<SafeMessage>,
    ) -> Handled {
        let storage = self.storage.as_mut().ok_or(Fault::NoStorage { asked: "PUT" })?;
        Arc::make_mut(storage).insert(key, value);
        self.answer(ticket, SafeMessage::Done(Verdict::Stored(key, value), ticket), out)?;
        Ok(Wait::Any)
    }

    /// `absent`: there is an answer, whether there is a value or not.
    fn get(&mut self, key: Key, ticket: Ticket, out: &mut impl Outbox<SafeMessage>) -> Handled {
        let storage = self.storage.as_ref().ok_or(Fault::NoStorage { asked: "GET" })?;
        let id = self.id.ok_or(Fault::NoId { asked: "GET" })?;
        let found = storage.get(&key).map_or(Found::Absent(id), |value| Found::Value(*value, id));
        self.answer(ticket, SafeMessage::Value(found, ticket), out)?;
        Ok(Wait::Any)
    }

    /// `one-answer`: every answer goes by the head, which hands them over in the order of the commands.
    pub(super) fn answer(
        &mut self,
        ticket: Ticket,
        answer: SafeMessage,
        out: &mut impl Outbox<SafeMessage>,
    ) -> Result<(), Fault> {
        match &mut self.desk {
            Some(desk) => desk.answer(ticket, answer, out),
            None => {
                out.send(HEAD, answer);
                Ok(())
            }
        }
    }

    fn end(&self, out: &mut impl Outbox<SafeMessage>) -> Wait {
        if let Some(desk) = &self.desk {
            for rank in 1..desk.command().0 {
                out.send(Rank(rank), SafeMessage::End);
            }
        }
        Wait::Stopped
    }

    fn owns(&self, key: Key, asked: &'static str) -> Result<bool, Fault> {
        Ok(key.0 <= self.id.ok_or(Fault::NoId { asked })?.0)
    }

    /// Whether a node with that id would be the next one.
    fn is_before(&self, id: StorageId, asked: &'static str) -> Result<bool, Fault> {
        let successor = self.link(SUCCESSOR, asked)?.id;
        // The head comes behind the last node.
        Ok(successor == Some(StorageId(0)) || successor > Some(id))
    }

    pub(super) fn link(&self, which: usize, asked: &'static str) -> Result<Peer, Fault> {
        let neighbour = TOPOLOGY.names[which];
        self.links[which].ok_or(Fault::NoNeighbour { neighbour, asked })
    }

    pub(super) fn view(&self) -> NodeView<'_> {
        NodeView {
            role: if self.desk.is_some() { Role::Head } else { Role::Storage },
            id: self.id,
            links: Links::new(&TOPOLOGY, &self.links),
            storage: self.storage.as_ref(),
            activity: self.phase.view(),
        }
    }
}

impl Phase {
    fn view(&self) -> Activity<'_> {
        let waits = |words| Activity { kind: ActivityKind::Other, words };
        let joins = |words| Activity { kind: ActivityKind::Joining, words };
        match self {
            Phase::Idle => Activity::NONE,
            Phase::AwaitingKeys { .. } => joins("its pairs are still to come"),
            Phase::AwaitingJoin { .. } => joins("its place is still to come"),
            Phase::AwaitingLeft { .. } => waits("waits for its successor to leave"),
            Phase::AwaitingTaken { .. } => Activity {
                kind: ActivityKind::Leaving,
                words: "its successor is to take its pairs",
            },
        }
    }
}
