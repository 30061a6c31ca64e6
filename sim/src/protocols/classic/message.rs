//! The thirteen messages, their tags, and their payloads as the trace format gives them.

use std::sync::Arc;

use ringscope_traces::{Payload, Rank, Tag, payload};
use serde::ser::{Serialize, SerializeSeq, SerializeTuple, Serializer};

use super::describe::TAGS;
use crate::protocol::{self, BadMessage, Command, Key, Meaning, Peer, Storage, StorageId, Value};

/// The MPI tags.
pub(crate) mod tags {
    use ringscope_traces::Tag;

    /// Store a pair.
    pub(crate) const PUT: Tag = Tag(0);
    /// Ask for a value.
    pub(crate) const GET: Tag = Tag(1);
    /// Let a rank join.
    pub(crate) const ADD: Tag = Tag(2);
    /// Let a node leave.
    pub(crate) const REMOVE: Tag = Tag(3);
    /// No more commands.
    pub(crate) const END: Tag = Tag(4);
    /// The answer to a GET.
    pub(crate) const RETVAL: Tag = Tag(5);
    /// The answer to all else.
    pub(crate) const ACK: Tag = Tag(6);
    /// A newcomer's pointers.
    pub(crate) const INIT: Tag = Tag(7);
    /// A step of a join or a leave is done.
    pub(crate) const COMPLETE: Tag = Tag(8);
    /// To the child of a leaving node: your new parent.
    pub(crate) const UPDATE_CHILD_POINTERS: Tag = Tag(9);
    /// To the parent of a node that joins or leaves: your new child.
    pub(crate) const UPDATE_PARENT_POINTERS: Tag = Tag(10);
    /// A leaving node's pairs.
    pub(crate) const REDISTRIBUTE_REMOVE: Tag = Tag(11);
    /// The pairs from which a newcomer takes its own.
    pub(crate) const REDISTRIBUTE_ADD: Tag = Tag(12);
}

/// A message between two ranks.
///
/// Records and maps are shared: a message is 24 bytes wherever it goes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ClassicMessage {
    /// `[key, value]`.
    Put {
        /// The key.
        key: Key,
        /// Its new value.
        value: Value,
    },
    /// `key`.
    Get {
        /// The key.
        key: Key,
    },
    /// `[rank, id]`.
    Add {
        /// The newcomer as the command gave it, which may not exist.
        rank: i64,
        /// Its place in the ring.
        id: StorageId,
    },
    /// `id`.
    Remove {
        /// The leaving node's place in the ring.
        id: StorageId,
    },
    /// `0` from these nodes; others may send anything, since nobody reads it.
    End,
    /// `[value, id of the owner]`.
    RetVal {
        /// The value.
        value: Value,
        /// Whose it is.
        owner: StorageId,
    },
    /// After a PUT `[key, value]`, otherwise `null`.
    Ack(Option<(Key, Value)>),
    /// The ADD record.
    Init(Arc<Record>),
    /// `null`, or what a newcomer took and what its child keeps.
    Complete(Option<Arc<Handover>>),
    /// `[parent rank, parent id]` of the leaving node.
    UpdateChildPointers(Option<Box<Peer>>),
    /// The ADD or the REMOVE record.
    UpdateParentPointers(Arc<Record>),
    /// The REMOVE record.
    RedistributeRemove(Arc<Record>),
    /// The ADD record.
    RedistributeAdd(Arc<Record>),
}

/// What a node that lets another join, or that leaves, sends to the nodes concerned.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Record {
    /// The node that made the record, fields 0 and 1.
    pub maker: Peer,
    /// Its parent, fields 2 and 3.
    pub parent: Option<Peer>,
    /// The newcomer, or the leaving node's child, fields 4 and 5: the new child of whoever receives
    /// UPDATE_PARENT_POINTERS.
    pub next: Option<Peer>,
    /// The maker's storage when the record was made, field 6.
    pub storage: Option<Arc<Storage>>,
}

/// A newcomer's answer to REDISTRIBUTE_ADD.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Handover {
    /// The newcomer's storage.
    pub taken: Arc<Storage>,
    /// What its child keeps.
    pub kept: Arc<Storage>,
}

impl From<Command> for ClassicMessage {
    fn from(command: Command) -> ClassicMessage {
        match command {
            Command::Put { key, value } => ClassicMessage::Put { key, value },
            Command::Get { key } => ClassicMessage::Get { key },
            Command::Add { rank, id } => ClassicMessage::Add { rank, id },
            Command::Remove { id } => ClassicMessage::Remove { id },
        }
    }
}

impl protocol::Message for ClassicMessage {
    #[inline]
    fn tag(&self) -> Tag {
        match self {
            ClassicMessage::Put { .. } => tags::PUT,
            ClassicMessage::Get { .. } => tags::GET,
            ClassicMessage::Add { .. } => tags::ADD,
            ClassicMessage::Remove { .. } => tags::REMOVE,
            ClassicMessage::End => tags::END,
            ClassicMessage::RetVal { .. } => tags::RETVAL,
            ClassicMessage::Ack(_) => tags::ACK,
            ClassicMessage::Init(_) => tags::INIT,
            ClassicMessage::Complete(_) => tags::COMPLETE,
            ClassicMessage::UpdateChildPointers(_) => tags::UPDATE_CHILD_POINTERS,
            ClassicMessage::UpdateParentPointers(_) => tags::UPDATE_PARENT_POINTERS,
            ClassicMessage::RedistributeRemove(_) => tags::REDISTRIBUTE_REMOVE,
            ClassicMessage::RedistributeAdd(_) => tags::REDISTRIBUTE_ADD,
        }
    }

    fn parse(tag: Tag, payload: &Payload) -> Result<ClassicMessage, BadMessage> {
        let name = Self::tag_name(tag).ok_or(BadMessage::UnknownTag(tag))?;
        parse_payload(tag, payload).ok_or_else(|| BadMessage::Shape {
            name,
            expected: expected(tag),
            got: short(payload),
        })
    }

    fn tag_name(tag: Tag) -> Option<&'static str> {
        usize::try_from(tag.0).ok().and_then(|index| TAGS.get(index)).map(|info| info.name)
    }

    fn bytes(&self) -> u64 {
        match self {
            ClassicMessage::Put { key, value } => pair_bytes(key.0, value.0),
            ClassicMessage::Get { key } => int_bytes(key.0),
            ClassicMessage::Add { rank, id } => pair_bytes(*rank, id.0),
            ClassicMessage::Remove { id } => int_bytes(id.0),
            ClassicMessage::End => 1,
            ClassicMessage::RetVal { value, owner } => pair_bytes(value.0, owner.0),
            ClassicMessage::Ack(Some((key, value))) => pair_bytes(key.0, value.0),
            ClassicMessage::Ack(None) | ClassicMessage::Complete(None) => NULL_BYTES,
            ClassicMessage::Complete(Some(handover)) => {
                3 + storage_bytes(&handover.taken) + storage_bytes(&handover.kept)
            }
            ClassicMessage::UpdateChildPointers(parent) => {
                2 + peer_bytes(parent.as_deref().copied())
            }
            ClassicMessage::Init(record)
            | ClassicMessage::UpdateParentPointers(record)
            | ClassicMessage::RedistributeRemove(record)
            | ClassicMessage::RedistributeAdd(record) => record_bytes(record),
        }
    }

    #[inline]
    fn meaning(&self) -> Meaning {
        match *self {
            ClassicMessage::Put { key, value } => Meaning::Command(Command::Put { key, value }),
            ClassicMessage::Get { key } => Meaning::Command(Command::Get { key }),
            ClassicMessage::Add { rank, id } => Meaning::Command(Command::Add { rank, id }),
            ClassicMessage::Remove { id } => Meaning::Command(Command::Remove { id }),
            ClassicMessage::End => Meaning::End,
            ClassicMessage::RetVal { value, owner } => Meaning::Found(value, owner),
            ClassicMessage::Ack(pair) => Meaning::Done(pair),
            ClassicMessage::Init(_)
            | ClassicMessage::Complete(_)
            | ClassicMessage::UpdateChildPointers(_)
            | ClassicMessage::UpdateParentPointers(_)
            | ClassicMessage::RedistributeRemove(_)
            | ClassicMessage::RedistributeAdd(_) => Meaning::Membership,
        }
    }
}

const NULL_BYTES: u64 = 4;

fn int_bytes(value: i64) -> u64 {
    u64::from(value < 0) + u64::from(value.unsigned_abs().checked_ilog10().unwrap_or(0)) + 1
}

fn pair_bytes(first: i64, second: i64) -> u64 {
    3 + int_bytes(first) + int_bytes(second)
}

fn peer_bytes(peer: Option<Peer>) -> u64 {
    let Some(peer) = peer else { return 2 * NULL_BYTES + 1 };
    int_bytes(i64::from(peer.rank.0)) + 1 + peer.id.map_or(NULL_BYTES, |id| int_bytes(id.0))
}

fn storage_bytes(storage: &Storage) -> u64 {
    let entries: u64 =
        storage.iter().map(|(key, value)| 4 + int_bytes(key.0) + int_bytes(value.0)).sum();
    if storage.is_empty() { 2 } else { entries + 1 }
}

fn record_bytes(record: &Record) -> u64 {
    let storage = record.storage.as_deref().map_or(NULL_BYTES, storage_bytes);
    5 + peer_bytes(Some(record.maker))
        + peer_bytes(record.parent)
        + peer_bytes(record.next)
        + storage
}

impl Serialize for ClassicMessage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            ClassicMessage::Put { key, value } => pair(serializer, key, value),
            ClassicMessage::Get { key } => key.serialize(serializer),
            ClassicMessage::Add { rank, id } => pair(serializer, rank, id),
            ClassicMessage::Remove { id } => id.serialize(serializer),
            ClassicMessage::End => serializer.serialize_i64(0),
            ClassicMessage::RetVal { value, owner } => pair(serializer, value, owner),
            ClassicMessage::Ack(Some((key, value))) => pair(serializer, key, value),
            ClassicMessage::Ack(None) | ClassicMessage::Complete(None) => {
                serializer.serialize_unit()
            }
            ClassicMessage::Complete(Some(handover)) => {
                pair(serializer, &handover.taken, &handover.kept)
            }
            ClassicMessage::UpdateChildPointers(parent) => {
                let parent = parent.as_deref();
                pair(serializer, &parent.map(|peer| peer.rank), &parent.and_then(|peer| peer.id))
            }
            ClassicMessage::Init(record)
            | ClassicMessage::UpdateParentPointers(record)
            | ClassicMessage::RedistributeRemove(record)
            | ClassicMessage::RedistributeAdd(record) => record.serialize(serializer),
        }
    }
}

fn pair<S: Serializer>(
    serializer: S,
    first: &impl Serialize,
    second: &impl Serialize,
) -> Result<S::Ok, S::Error> {
    let mut pair = serializer.serialize_tuple(2)?;
    pair.serialize_element(first)?;
    pair.serialize_element(second)?;
    pair.end()
}

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_seq(Some(7))?;
        for peer in [Some(self.maker), self.parent, self.next] {
            fields.serialize_element(&peer.map(|peer| peer.rank))?;
            fields.serialize_element(&peer.and_then(|peer| peer.id))?;
        }
        fields.serialize_element(&self.storage)?;
        fields.end()
    }
}

fn parse_payload(tag: Tag, payload: &Payload) -> Option<ClassicMessage> {
    let pair = || match payload.as_list()? {
        [first, second] => Some((first.as_int()?, second.as_int()?)),
        _ => None,
    };
    let message = match tag {
        tags::PUT => pair().map(|(k, v)| ClassicMessage::Put { key: Key(k), value: Value(v) })?,
        tags::GET => ClassicMessage::Get { key: Key(payload.as_int()?) },
        tags::ADD => pair().map(|(rank, id)| ClassicMessage::Add { rank, id: StorageId(id) })?,
        tags::REMOVE => ClassicMessage::Remove { id: StorageId(payload.as_int()?) },
        // Nobody reads it, and programs of the course send an integer there that they never set.
        tags::END => ClassicMessage::End,
        tags::RETVAL => pair()
            .map(|(v, id)| ClassicMessage::RetVal { value: Value(v), owner: StorageId(id) })?,
        tags::ACK if *payload == Payload::Null => ClassicMessage::Ack(None),
        tags::ACK => ClassicMessage::Ack(Some(pair().map(|(k, v)| (Key(k), Value(v)))?)),
        tags::INIT => {
            ClassicMessage::Init(parse_record(payload).filter(|record| record.names_newcomer())?)
        }
        tags::COMPLETE => ClassicMessage::Complete(parse_handover(payload)?),
        tags::UPDATE_CHILD_POINTERS => match payload.as_list()? {
            [rank, id] => ClassicMessage::UpdateChildPointers(parse_peer(rank, id)?.map(Box::new)),
            _ => return None,
        },
        tags::UPDATE_PARENT_POINTERS => {
            ClassicMessage::UpdateParentPointers(parse_record(payload)?)
        }
        tags::REDISTRIBUTE_REMOVE => ClassicMessage::RedistributeRemove(parse_record(payload)?),
        tags::REDISTRIBUTE_ADD => ClassicMessage::RedistributeAdd(parse_record(payload)?),
        _ => return None,
    };
    Some(message)
}

impl Record {
    /// Whether fields 4 and 5 are a rank and an id, as an ADD record's always are.
    fn names_newcomer(&self) -> bool {
        self.next.is_some_and(|peer| peer.id.is_some())
    }
}

fn parse_record(payload: &Payload) -> Option<Arc<Record>> {
    let [rank, id, parent_rank, parent_id, next_rank, next_id, storage] = payload.as_list()? else {
        return None;
    };
    Some(Arc::new(Record {
        maker: parse_peer(rank, id)??,
        parent: parse_peer(parent_rank, parent_id)?,
        next: parse_peer(next_rank, next_id)?,
        storage: if *storage == Payload::Null { None } else { Some(parse_storage(storage)?) },
    }))
}

fn parse_handover(payload: &Payload) -> Option<Option<Arc<Handover>>> {
    if *payload == Payload::Null {
        return Some(None);
    }
    let [taken, kept] = payload.as_list()? else { return None };
    let handover = Handover { taken: parse_storage(taken)?, kept: parse_storage(kept)? };
    Some(Some(Arc::new(handover)))
}

fn parse_peer(rank: &Payload, id: &Payload) -> Option<Option<Peer>> {
    let id = if *id == Payload::Null { None } else { Some(StorageId(id.as_int()?)) };
    match (rank, id) {
        (Payload::Null, None) => Some(None),
        (rank, id) => Some(Some(Peer { rank: Rank(u32::try_from(rank.as_int()?).ok()?), id })),
    }
}

fn parse_storage(payload: &Payload) -> Option<Arc<Storage>> {
    let parse_entry = |(key, value): &(payload::Key, Payload)| match key {
        payload::Key::Int(key) => Some((Key(*key), Value(value.as_int()?))),
        payload::Key::Text(_) => None,
    };
    Some(Arc::new(payload.as_map()?.iter().map(parse_entry).collect::<Option<Storage>>()?))
}

fn expected(tag: Tag) -> &'static str {
    match tag {
        tags::PUT => "[key, value]",
        tags::GET => "a key",
        tags::ADD => "[rank, id]",
        tags::REMOVE => "an id",
        tags::END => "anything",
        tags::RETVAL => "[value, id]",
        tags::ACK => "[key, value] or null",
        tags::COMPLETE => "null or two maps",
        tags::UPDATE_CHILD_POINTERS => "[rank, id]",
        _ => "[rank, id, parent rank, parent id, rank, id, map]",
    }
}

fn short(payload: &Payload) -> String {
    const MOST: usize = 60;
    let text = payload.to_string();
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}
