//! The thirteen messages, their tags, and their payloads as the trace format gives them.

use std::sync::Arc;

use ringscope_traces::{Payload, Tag, payload};
use serde::Serialize;
use serde::ser::Serializer;

use super::describe::TAGS;
use crate::protocol::{self, BadMessage, Command, Key, Meaning, Peer, Storage, StorageId, Value};

/// The MPI tags.
pub(super) mod tags {
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
    pub(crate) const VALUE: Tag = Tag(5);
    /// The answer to all else.
    pub(crate) const DONE: Tag = Tag(6);
    /// To a newcomer: its place.
    pub(crate) const JOIN: Tag = Tag(7);
    /// To a newcomer's successor: where its range is cut.
    pub(crate) const SPLIT: Tag = Tag(8);
    /// To a newcomer: its pairs.
    pub(crate) const KEYS: Tag = Tag(9);
    /// To a leaving node's successor: its pairs, and the node before it.
    pub(crate) const HEIR: Tag = Tag(10);
    /// To a leaving node: its pairs are in good hands.
    pub(crate) const TAKEN: Tag = Tag(11);
    /// To a leaving node's predecessor: the node behind it.
    pub(crate) const LEFT: Tag = Tag(12);
}

/// The number of a command: the first of a run has number 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Ticket(pub u64);

impl Ticket {
    /// That of the first command.
    pub(super) const FIRST: Ticket = Ticket(1);

    /// That of the command after this one.
    pub(super) fn next(self) -> Ticket {
        Ticket(self.0 + 1)
    }
}

/// A message between two ranks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SafeMessage {
    /// A command on its way.
    Asked(Command, Ticket),
    /// `null`.
    End,
    /// The answer to a GET: `[value, id of the owner, number]`; of an absent key `[null, id, number]`, and of one that is out
    /// of range `[null, null, number]`.
    Value(Found, Ticket),
    /// The answer to a PUT: `[key, value, number]`; to an ADD or REMOVE `[null, null, number]`; to one that cannot be done
    /// `[why, null, number]`.
    Done(Verdict, Ticket),
    /// `[id, predecessor's rank, its id, successor's rank, its id, number]`.
    Join(Box<JoinOrder>),
    /// `[newcomer's rank, its id]`.
    Split(Peer),
    /// The pairs.
    Keys(Arc<Storage>),
    /// `[predecessor's rank, its id, pairs]`.
    Heir(Peer, Arc<Storage>),
    /// `null`.
    Taken,
    /// `[successor's rank, its id]`.
    Left(Peer),
}

/// A newcomer's place in the ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct JoinOrder {
    /// Its own id.
    pub id: StorageId,
    /// The node before it, which has sent this.
    pub predecessor: Peer,
    /// The node behind it, which sends its pairs.
    pub successor: Peer,
    /// The number of the ADD, which the newcomer answers.
    pub ticket: Ticket,
}

/// What a GET has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Found {
    /// A value, and whose it is.
    Value(Value, StorageId),
    /// Its owner has no such key.
    Absent(StorageId),
    /// No node can own it.
    OutOfRange,
}

/// What has become of a PUT, ADD or REMOVE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The pair is stored.
    Stored(Key, Value),
    /// The node has joined, or left.
    Changed,
    /// Nothing has changed.
    Refused(Refusal),
}

/// Why a command cannot be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// No node can own that key.
    Key,
    /// No rank of that number can join.
    Rank,
    /// That rank is in the ring.
    InRing,
    /// No node that joins or leaves can have that id.
    Id,
    /// Another node has that id.
    Taken,
    /// No node has that id.
    Nobody,
}

impl Refusal {
    const ALL: [Refusal; 6] = [
        Refusal::Key,
        Refusal::Rank,
        Refusal::InRing,
        Refusal::Id,
        Refusal::Taken,
        Refusal::Nobody,
    ];

    /// As it stands in a DONE.
    pub(super) fn words(self) -> &'static str {
        match self {
            Refusal::Key => "key out of range",
            Refusal::Rank => "no such rank",
            Refusal::InRing => "rank is in the ring",
            Refusal::Id => "id out of range",
            Refusal::Taken => "id is taken",
            Refusal::Nobody => "no such id",
        }
    }
}

impl protocol::Message for SafeMessage {
    fn tag(&self) -> Tag {
        match self {
            SafeMessage::Asked(Command::Put { .. }, _) => tags::PUT,
            SafeMessage::Asked(Command::Get { .. }, _) => tags::GET,
            SafeMessage::Asked(Command::Add { .. }, _) => tags::ADD,
            SafeMessage::Asked(Command::Remove { .. }, _) => tags::REMOVE,
            SafeMessage::End => tags::END,
            SafeMessage::Value(..) => tags::VALUE,
            SafeMessage::Done(..) => tags::DONE,
            SafeMessage::Join(_) => tags::JOIN,
            SafeMessage::Split(_) => tags::SPLIT,
            SafeMessage::Keys(..) => tags::KEYS,
            SafeMessage::Heir(..) => tags::HEIR,
            SafeMessage::Taken => tags::TAKEN,
            SafeMessage::Left(_) => tags::LEFT,
        }
    }

    fn parse(tag: Tag, payload: &Payload) -> Result<SafeMessage, BadMessage> {
        let name = Self::tag_name(tag).ok_or(BadMessage::UnknownTag(tag))?;
        let expected = expected(tag);
        let got = || payload.to_string().chars().take(60).collect();
        parse_payload(tag, payload).ok_or_else(|| BadMessage::Shape { name, expected, got: got() })
    }

    fn tag_name(tag: Tag) -> Option<&'static str> {
        usize::try_from(tag.0).ok().and_then(|index| TAGS.get(index)).map(|info| info.name)
    }

    fn bytes(&self) -> u64 {
        let mut counter = ByteCount(0);
        serde_json::to_writer(&mut counter, self).expect("a count takes every byte");
        counter.0
    }

    fn meaning(&self) -> Meaning {
        match self {
            SafeMessage::Asked(command, _) => Meaning::Command(*command),
            SafeMessage::End => Meaning::End,
            SafeMessage::Value(Found::Value(value, owner), _) => Meaning::Found(*value, *owner),
            SafeMessage::Value(Found::Absent(_) | Found::OutOfRange, _) => Meaning::Absent,
            SafeMessage::Done(Verdict::Stored(key, value), _) => {
                Meaning::Done(Some((*key, *value)))
            }
            SafeMessage::Done(Verdict::Changed, _) => Meaning::Done(None),
            SafeMessage::Done(Verdict::Refused(_), _) => Meaning::Refused,
            SafeMessage::Join(_)
            | SafeMessage::Split(_)
            | SafeMessage::Keys(..)
            | SafeMessage::Heir(..)
            | SafeMessage::Taken
            | SafeMessage::Left(_) => Meaning::Membership,
        }
    }
}

/// Counts what is written.
struct ByteCount(u64);

impl std::io::Write for ByteCount {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Serialize for SafeMessage {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            SafeMessage::Asked(Command::Put { key, value }, n) => (key, value, n).serialize(to),
            SafeMessage::Asked(Command::Get { key }, n) => (key, n).serialize(to),
            SafeMessage::Asked(Command::Add { rank, id }, n) => (rank, id, n).serialize(to),
            SafeMessage::Asked(Command::Remove { id }, n) => (id, n).serialize(to),
            SafeMessage::End | SafeMessage::Taken => to.serialize_unit(),
            SafeMessage::Value(Found::Value(value, owner), n) => (value, owner, n).serialize(to),
            SafeMessage::Value(Found::Absent(owner), n) => ((), owner, n).serialize(to),
            SafeMessage::Value(Found::OutOfRange, n) => ((), (), n).serialize(to),
            SafeMessage::Done(Verdict::Stored(key, value), n) => (key, value, n).serialize(to),
            SafeMessage::Done(Verdict::Changed, n) => ((), (), n).serialize(to),
            SafeMessage::Done(Verdict::Refused(why), n) => (why.words(), (), n).serialize(to),
            SafeMessage::Join(order) => {
                let JoinOrder { id, predecessor, successor, ticket } = &**order;
                let (before, behind) = (predecessor, successor);
                (id, before.rank, before.id, behind.rank, behind.id, ticket).serialize(to)
            }
            SafeMessage::Split(peer) | SafeMessage::Left(peer) => {
                (peer.rank, peer.id).serialize(to)
            }
            SafeMessage::Keys(pairs) => pairs.serialize(to),
            SafeMessage::Heir(peer, pairs) => (peer.rank, peer.id, pairs).serialize(to),
        }
    }
}

fn parse_payload(tag: Tag, payload: &Payload) -> Option<SafeMessage> {
    if *payload == Payload::Null {
        return match tag {
            tags::END => Some(SafeMessage::End),
            tags::TAKEN => Some(SafeMessage::Taken),
            _ => None,
        };
    }
    if tag == tags::KEYS {
        return parse_storage(payload).map(SafeMessage::Keys);
    }
    let items = payload.as_list()?;
    match (tag, items) {
        (tags::PUT | tags::GET | tags::ADD | tags::REMOVE, [operands @ .., n]) => {
            Some(SafeMessage::Asked(parse_command(tag, operands)?, parse_ticket(n)?))
        }
        (tags::VALUE, [value, owner, n]) => {
            Some(SafeMessage::Value(parse_found(value, owner)?, parse_ticket(n)?))
        }
        (tags::DONE, [first, second, n]) => {
            Some(SafeMessage::Done(parse_verdict(first, second)?, parse_ticket(n)?))
        }
        (tags::JOIN, [id, before @ .., n]) => {
            let [rank, before_id, behind, behind_id] = before else { return None };
            Some(SafeMessage::Join(Box::new(JoinOrder {
                id: StorageId(id.as_int()?),
                predecessor: parse_peer(rank, before_id)?,
                successor: parse_peer(behind, behind_id)?,
                ticket: parse_ticket(n)?,
            })))
        }
        (tags::SPLIT, [rank, id]) => Some(SafeMessage::Split(parse_peer(rank, id)?)),
        (tags::LEFT, [rank, id]) => Some(SafeMessage::Left(parse_peer(rank, id)?)),
        (tags::HEIR, [rank, id, pairs]) => {
            Some(SafeMessage::Heir(parse_peer(rank, id)?, parse_storage(pairs)?))
        }
        (_, _) => None,
    }
}

fn parse_command(tag: Tag, operands: &[Payload]) -> Option<Command> {
    match (tag, operands) {
        (tags::PUT, [key, value]) => {
            Some(Command::Put { key: Key(key.as_int()?), value: Value(value.as_int()?) })
        }
        (tags::GET, [key]) => Some(Command::Get { key: Key(key.as_int()?) }),
        (tags::ADD, [rank, id]) => {
            Some(Command::Add { rank: rank.as_int()?, id: StorageId(id.as_int()?) })
        }
        (tags::REMOVE, [id]) => Some(Command::Remove { id: StorageId(id.as_int()?) }),
        (_, _) => None,
    }
}

fn parse_found(value: &Payload, owner: &Payload) -> Option<Found> {
    match (value, owner) {
        (Payload::Null, Payload::Null) => Some(Found::OutOfRange),
        (Payload::Null, owner) => Some(Found::Absent(StorageId(owner.as_int()?))),
        (value, owner) => Some(Found::Value(Value(value.as_int()?), StorageId(owner.as_int()?))),
    }
}

fn parse_verdict(first: &Payload, second: &Payload) -> Option<Verdict> {
    match (first, second) {
        (Payload::Null, Payload::Null) => Some(Verdict::Changed),
        (Payload::Text(why), Payload::Null) => {
            let known = Refusal::ALL.into_iter().find(|refusal| refusal.words() == &**why)?;
            Some(Verdict::Refused(known))
        }
        (key, value) => Some(Verdict::Stored(Key(key.as_int()?), Value(value.as_int()?))),
    }
}

fn parse_ticket(number: &Payload) -> Option<Ticket> {
    u64::try_from(number.as_int()?).ok().map(Ticket)
}

fn parse_peer(rank: &Payload, id: &Payload) -> Option<Peer> {
    Some(Peer { rank: Command::rank(rank.as_int()?)?, id: Some(StorageId(id.as_int()?)) })
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
        tags::PUT => "[key, value, number]",
        tags::GET => "[key, number]",
        tags::ADD => "[rank, id, number]",
        tags::REMOVE => "[id, number]",
        tags::VALUE => "[value or null, id or null, number]",
        tags::DONE => "[key, value, number], [null, null, number] or [why, null, number]",
        tags::JOIN => "[id, rank, id, rank, id, number]",
        tags::SPLIT | tags::LEFT => "[rank, id]",
        tags::KEYS => "a map",
        tags::HEIR => "[rank, id, map]",
        _ => "null",
    }
}
