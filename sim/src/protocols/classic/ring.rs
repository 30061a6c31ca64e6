//! The head and the storage nodes: one loop, with handlers that block in the middle.

use std::ops::Bound;
use std::sync::Arc;

use ringscope_traces::Rank;

use super::message::{ClassicMessage, Handover, Record, tags};
use crate::protocol::{
    Activity, ActivityKind, Fault, Key, Links, NodeView, Outbox, Peer, Role, Storage, StorageId,
    Topology, Value, Wait,
};

/// The head or a storage node.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RingNode {
    rank: Rank,
    part: Part,
    id: Option<StorageId>,
    /// Its parent and its child.
    links: [Option<Peer>; 2],
    storage: Option<Arc<Storage>>,
    phase: Phase,
}

/// The link to the parent: the predecessor in the ring.
const PARENT: usize = 0;
/// The link to the child: the successor in the ring.
const CHILD: usize = 1;

/// How the ring's nodes are linked.
pub(super) const TOPOLOGY: Topology = Topology {
    names: &["predecessor", "successor"],
    successor: Some(CHILD),
    predecessor: Some(PARENT),
    outlet: Some(PARENT),
};

/// The part a node plays, and what only that part knows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Part {
    /// Rank 0; END goes from it to every rank below the command node's at the start.
    Head { command: Rank },
    /// Every other rank but the command node.
    Storage,
}

/// What the node is in the middle of, named for what it awaits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Phase {
    /// Nothing in particular.
    Idle,
    /// ADD: the newcomer has been sent its INIT.
    AwaitingNewcomer { record: Arc<Record> },
    /// ADD: the parent knows its new child.
    AwaitingParentOfNewcomer { record: Arc<Record> },
    /// ADD: the newcomer has been sent the pairs, with `left` more round trips to come after this.
    AwaitingHandover { record: Arc<Record>, left: usize },
    /// REMOVE: the child has been sent the pairs.
    AwaitingHeir { record: Arc<Record> },
    /// REMOVE: the parent knows its new child.
    AwaitingParentOfLeaver { record: Arc<Record> },
    /// REMOVE: the child knows its new parent.
    AwaitingChildOfLeaver { record: Arc<Record> },
}

impl RingNode {
    pub(super) fn head(command: Rank, permanent: Rank, keyspace: StorageId) -> RingNode {
        RingNode {
            part: Part::Head { command },
            id: Some(StorageId(0)),
            links: [
                Some(Peer { rank: command, id: None }),
                Some(Peer { rank: permanent, id: Some(keyspace) }),
            ],
            ..RingNode::idle(Rank(0))
        }
    }

    pub(super) fn permanent(rank: Rank, keyspace: StorageId) -> RingNode {
        let head = Peer { rank: Rank(0), id: Some(StorageId(0)) };
        RingNode {
            id: Some(keyspace),
            links: [Some(head); 2],
            storage: Some(Arc::default()),
            ..RingNode::idle(rank)
        }
    }

    pub(super) fn idle(rank: Rank) -> RingNode {
        RingNode {
            rank,
            part: Part::Storage,
            id: None,
            links: [None; 2],
            storage: None,
            phase: Phase::Idle,
        }
    }

    // In the loop of a run the handlers would leave it too few registers: a tenth slower (`benches/messages`, trace off).
    #[inline(never)]
    pub(super) fn receive(
        &mut self,
        from: Rank,
        message: ClassicMessage,
        out: &mut impl Outbox<ClassicMessage>,
    ) -> Result<Wait, Fault> {
        match message {
            ClassicMessage::Put { key, value } => self.put(key, value, out),
            ClassicMessage::Get { key } => self.get(key, out),
            ClassicMessage::Add { rank, id } => self.add(rank, id, out),
            ClassicMessage::Remove { id } => self.remove(id, out),
            ClassicMessage::RetVal { value, owner } => {
                self.pass_reply(ClassicMessage::RetVal { value, owner }, out)
            }
            ClassicMessage::Ack(pair) => self.pass_reply(ClassicMessage::Ack(pair), out),
            ClassicMessage::End => Ok(self.end(out)),
            ClassicMessage::Complete(handover) => self.complete(from, handover, out),
            ClassicMessage::Init(record) => Ok(self.init(from, &record, out)),
            ClassicMessage::UpdateParentPointers(record) => {
                self.links[CHILD] = record.next;
                Ok(reply_complete(from, out))
            }
            ClassicMessage::UpdateChildPointers(parent) => {
                self.links[PARENT] = parent.map(|parent| *parent);
                Ok(reply_complete(from, out))
            }
            ClassicMessage::RedistributeAdd(record) => self.redistribute_add(from, &record, out),
            ClassicMessage::RedistributeRemove(record) => {
                self.redistribute_remove(from, &record, out)
            }
        }
    }

    // A message takes up to 1 % longer without.
    #[inline(always)]
    fn put(
        &mut self,
        key: Key,
        value: Value,
        out: &mut impl Outbox<ClassicMessage>,
    ) -> Result<Wait, Fault> {
        if key.0 <= self.own_id("PUT")?.0 {
            let storage = self.storage.as_mut().ok_or(Fault::NoStorage { asked: "PUT" })?;
            Arc::make_mut(storage).insert(key, value);
            self.to_child("PUT", ClassicMessage::Ack(Some((key, value))), out)
        } else {
            self.to_child("PUT", ClassicMessage::Put { key, value }, out)
        }
    }

    /// An owner that does not hold the key stays silent, as the reference's does.
    // A message takes up to 1 % longer without.
    #[inline(always)]
    fn get(&mut self, key: Key, out: &mut impl Outbox<ClassicMessage>) -> Result<Wait, Fault> {
        let id = self.own_id("GET")?;
        if key.0 > id.0 {
            return self.to_child("GET", ClassicMessage::Get { key }, out);
        }
        let storage = self.storage.as_ref().ok_or(Fault::NoStorage { asked: "GET" })?;
        match storage.get(&key) {
            Some(&value) => self.to_child("GET", ClassicMessage::RetVal { value, owner: id }, out),
            None => Ok(Wait::Any),
        }
    }

    // A message takes 0 to 5 % longer without.
    #[inline(always)]
    fn pass_reply(
        &mut self,
        reply: ClassicMessage,
        out: &mut impl Outbox<ClassicMessage>,
    ) -> Result<Wait, Fault> {
        match self.part {
            Part::Head { .. } => {
                let parent = self.neighbour(self.links[PARENT], "parent", "a reply")?;
                out.send(parent, reply);
                Ok(Wait::Any)
            }
            Part::Storage => self.to_child("a reply", reply, out),
        }
    }

    fn end(&mut self, out: &mut impl Outbox<ClassicMessage>) -> Wait {
        if let Part::Head { command } = self.part {
            for rank in 1..command.0 {
                out.send(Rank(rank), ClassicMessage::End);
            }
        }
        Wait::Stopped
    }

    fn init(&mut self, from: Rank, record: &Record, out: &mut impl Outbox<ClassicMessage>) -> Wait {
        let own = record.next.expect("an ADD record names the newcomer");
        self.links[PARENT] = record.parent;
        self.links[CHILD] = Some(record.maker);
        self.rank = own.rank;
        self.id = own.id;
        self.storage = Some(Arc::default());
        reply_complete(from, out)
    }

    fn add(
        &mut self,
        newcomer: i64,
        id: StorageId,
        out: &mut impl Outbox<ClassicMessage>,
    ) -> Result<Wait, Fault> {
        if id >= self.own_id("ADD")? {
            return self.to_child("ADD", ClassicMessage::Add { rank: newcomer, id }, out);
        }
        let rank =
            u32::try_from(newcomer).map(Rank).map_err(|_| Fault::NoSuchRank { rank: newcomer })?;
        let record = self.record(Some(Peer { rank, id: Some(id) }));
        out.send(rank, ClassicMessage::Init(Arc::clone(&record)));
        self.phase = Phase::AwaitingNewcomer { record };
        Ok(await_complete(rank))
    }

    fn remove(
        &mut self,
        id: StorageId,
        out: &mut impl Outbox<ClassicMessage>,
    ) -> Result<Wait, Fault> {
        if self.id != Some(id) {
            return self.to_child("REMOVE", ClassicMessage::Remove { id }, out);
        }
        let record = self.record(self.links[CHILD]);
        if self.storage.as_ref().is_none_or(|storage| storage.is_empty()) {
            return self.relink_parent_of_leaver(record, out);
        }
        let heir = self.neighbour(self.links[CHILD], "child", "REMOVE")?;
        out.send(heir, ClassicMessage::RedistributeRemove(Arc::clone(&record)));
        self.phase = Phase::AwaitingHeir { record };
        Ok(await_complete(heir))
    }

    /// A COMPLETE ends what is awaited; one that nobody awaits goes back as it came.
    fn complete(
        &mut self,
        from: Rank,
        handover: Option<Arc<Handover>>,
        out: &mut impl Outbox<ClassicMessage>,
    ) -> Result<Wait, Fault> {
        match std::mem::replace(&mut self.phase, Phase::Idle) {
            Phase::Idle => {
                out.send(from, ClassicMessage::Complete(handover));
                Ok(Wait::Any)
            }
            Phase::AwaitingNewcomer { record } => self.relink_parent_of_newcomer(record, out),
            Phase::AwaitingParentOfNewcomer { record } => self.start_handover(record, out),
            Phase::AwaitingHandover { record, left } => {
                let missing =
                    Fault::BadReply { message: "COMPLETE", missing: "the pairs that stay" };
                self.storage = Some(Arc::clone(&handover.ok_or(missing)?.kept));
                self.hand_over(record, left, out)
            }
            Phase::AwaitingHeir { record } => self.relink_parent_of_leaver(record, out),
            Phase::AwaitingParentOfLeaver { record } => self.relink_child_of_leaver(record, out),
            Phase::AwaitingChildOfLeaver { record } => self.leave(&record, out),
        }
    }

    fn relink_parent_of_newcomer(
        &mut self,
        record: Arc<Record>,
        out: &mut impl Outbox<ClassicMessage>,
    ) -> Result<Wait, Fault> {
        let parent = self.neighbour(self.links[PARENT], "parent", "ADD")?;
        out.send(parent, ClassicMessage::UpdateParentPointers(Arc::clone(&record)));
        self.phase = Phase::AwaitingParentOfNewcomer { record };
        Ok(await_complete(parent))
    }

    fn start_handover(
        &mut self,
        record: Arc<Record>,
        out: &mut impl Outbox<ClassicMessage>,
    ) -> Result<Wait, Fault> {
        self.links[PARENT] = record.next;
        let newcomer_id = record.next.and_then(|peer| peer.id);
        let bound = newcomer_id.expect("an ADD record names the newcomer and its id");
        let storage = self.storage.as_ref().ok_or(Fault::NoStorage { asked: "ADD" })?;
        let moving = storage.range(..=Key(bound.0)).count();
        self.hand_over(record, moving, out)
    }

    /// One identical round trip for each key that moves, each with the whole map: the reference pays
    /// that too.
    fn hand_over(
        &mut self,
        record: Arc<Record>,
        round_trips: usize,
        out: &mut impl Outbox<ClassicMessage>,
    ) -> Result<Wait, Fault> {
        let Some(left) = round_trips.checked_sub(1) else {
            return self.to_child("ADD", ClassicMessage::Ack(None), out);
        };
        let newcomer = record.next.expect("an ADD record names the newcomer").rank;
        out.send(newcomer, ClassicMessage::RedistributeAdd(Arc::clone(&record)));
        self.phase = Phase::AwaitingHandover { record, left };
        Ok(await_complete(newcomer))
    }

    fn relink_parent_of_leaver(
        &mut self,
        record: Arc<Record>,
        out: &mut impl Outbox<ClassicMessage>,
    ) -> Result<Wait, Fault> {
        let parent = self.neighbour(self.links[PARENT], "parent", "REMOVE")?;
        out.send(parent, ClassicMessage::UpdateParentPointers(Arc::clone(&record)));
        self.phase = Phase::AwaitingParentOfLeaver { record };
        Ok(await_complete(parent))
    }

    fn relink_child_of_leaver(
        &mut self,
        record: Arc<Record>,
        out: &mut impl Outbox<ClassicMessage>,
    ) -> Result<Wait, Fault> {
        let child = self.neighbour(self.links[CHILD], "child", "REMOVE")?;
        out.send(child, ClassicMessage::UpdateChildPointers(self.links[PARENT].map(Box::new)));
        self.phase = Phase::AwaitingChildOfLeaver { record };
        Ok(await_complete(child))
    }

    /// Rank and id stay as they were.
    fn leave(
        &mut self,
        record: &Record,
        out: &mut impl Outbox<ClassicMessage>,
    ) -> Result<Wait, Fault> {
        let former_parent = self.neighbour(record.parent, "parent", "REMOVE")?;
        self.links = [None; 2];
        self.storage = None;
        out.send(former_parent, ClassicMessage::Ack(None));
        Ok(Wait::Any)
    }

    fn redistribute_add(
        &mut self,
        from: Rank,
        record: &Record,
        out: &mut impl Outbox<ClassicMessage>,
    ) -> Result<Wait, Fault> {
        let asked = "REDISTRIBUTE_ADD";
        let bound = Key(self.own_id(asked)?.0);
        let offered = record.storage.as_ref().ok_or(Fault::NoStorage { asked })?;
        let own = self.storage.as_mut().ok_or(Fault::NoStorage { asked })?;
        take_pairs(own, offered.range(..=bound));
        // Whatever is not above the bound has just been taken, so it is not among what is left.
        let above = offered.range((Bound::Excluded(bound), Bound::Unbounded));
        let left = above.filter(|(key, _)| !own.contains_key(key));
        let kept: Storage = left.map(|(key, value)| (*key, *value)).collect();
        let handover = Handover { taken: Arc::clone(own), kept: Arc::new(kept) };
        out.send(from, ClassicMessage::Complete(Some(Arc::new(handover))));
        Ok(Wait::Any)
    }

    fn redistribute_remove(
        &mut self,
        from: Rank,
        record: &Record,
        out: &mut impl Outbox<ClassicMessage>,
    ) -> Result<Wait, Fault> {
        let asked = "REDISTRIBUTE_REMOVE";
        let offered = record.storage.as_ref().ok_or(Fault::NoStorage { asked })?;
        let own = self.storage.as_mut().ok_or(Fault::NoStorage { asked })?;
        take_pairs(own, offered.iter());
        Ok(reply_complete(from, out))
    }

    fn record(&self, next: Option<Peer>) -> Arc<Record> {
        Arc::new(Record {
            maker: Peer { rank: self.rank, id: self.id },
            parent: self.links[PARENT],
            next,
            storage: self.storage.clone(),
        })
    }

    #[inline]
    fn own_id(&self, asked: &'static str) -> Result<StorageId, Fault> {
        self.id.ok_or(Fault::NoId { asked })
    }

    // A message takes 7 to 8 % longer without.
    #[inline(always)]
    fn to_child(
        &self,
        asked: &'static str,
        message: ClassicMessage,
        out: &mut impl Outbox<ClassicMessage>,
    ) -> Result<Wait, Fault> {
        out.send(self.neighbour(self.links[CHILD], "child", asked)?, message);
        Ok(Wait::Any)
    }

    #[inline]
    fn neighbour(
        &self,
        peer: Option<Peer>,
        neighbour: &'static str,
        asked: &'static str,
    ) -> Result<Rank, Fault> {
        peer.map(|peer| peer.rank).ok_or(Fault::NoNeighbour { neighbour, asked })
    }

    pub(super) fn view(&self) -> NodeView<'_> {
        NodeView {
            role: match self.part {
                Part::Head { .. } => Role::Head,
                Part::Storage => Role::Storage,
            },
            id: self.id,
            links: Links::new(&TOPOLOGY, &self.links),
            storage: self.storage.as_ref(),
            activity: self.phase.view(),
        }
    }
}

impl Phase {
    fn view(&self) -> Activity<'_> {
        let admits = |words| Activity { kind: ActivityKind::Admitting, words };
        let leaves = |words| Activity { kind: ActivityKind::Leaving, words };
        match self {
            Phase::Idle => Activity::NONE,
            Phase::AwaitingNewcomer { .. } => admits("the newcomer is to set its pointers"),
            Phase::AwaitingParentOfNewcomer { .. } => {
                admits("its parent is to point to the newcomer")
            }
            Phase::AwaitingHandover { .. } => admits("the newcomer is to take its keys"),
            Phase::AwaitingHeir { .. } => leaves("its child is to take its keys"),
            Phase::AwaitingParentOfLeaver { .. } => leaves("its parent is to point past it"),
            Phase::AwaitingChildOfLeaver { .. } => leaves("its child is to point past it"),
        }
    }
}

/// Copies the storage only when there is something new to take and somebody else still looks at it.
fn take_pairs<'a>(own: &mut Arc<Storage>, pairs: impl Iterator<Item = (&'a Key, &'a Value)>) {
    for (key, value) in pairs {
        if own.get(key) != Some(value) {
            Arc::make_mut(own).insert(*key, *value);
        }
    }
}

fn reply_complete(to: Rank, out: &mut impl Outbox<ClassicMessage>) -> Wait {
    out.send(to, ClassicMessage::Complete(None));
    Wait::Any
}

fn await_complete(source: Rank) -> Wait {
    Wait::From { source, tag: tags::COMPLETE }
}
