//! What there is to say of the thirteen messages to those who do not know them.

use ringscope_traces::{Event, Op, Tag};

use super::message::{Found, SafeMessage, Verdict, tags};
use crate::protocol::definition::{Described, KeysIn, Moves, PlaceChange, Purpose, TagInfo};
use crate::protocol::{BadMessage, Command, Key, Message as _};

/// What a program of another dialect keeps of this protocol.
pub(super) const CLIENT_HELP: &str = "\
Every command has a number, the first one 1: 0 PUT [key,value,n], 1 GET [key,n],
2 ADD [rank,id,n], 3 REMOVE [id,n], 4 END null. Replies come in the order of the commands:
5 VALUE [value,id,n], with null for a value that is not there; 6 DONE [key,value,n] after a
PUT, else [null,null,n], or [why,null,n] when the command is refused.";

/// Every tag, by tag.
pub(super) const TAGS: &[TagInfo] = &[
    TagInfo { keys: KeysIn::FirstItem, ..command(tags::PUT, "PUT") },
    TagInfo { keys: KeysIn::FirstItem, ..command(tags::GET, "GET") },
    command(tags::ADD, "ADD"),
    command(tags::REMOVE, "REMOVE"),
    command(tags::END, "END"),
    TagInfo { kind: Purpose::Reply, ..command(tags::VALUE, "VALUE") },
    TagInfo { kind: Purpose::Reply, keys: KeysIn::FirstItem, ..command(tags::DONE, "DONE") },
    TagInfo { receipt: PlaceChange::Joins, ..membership(tags::JOIN, "JOIN") },
    membership(tags::SPLIT, "SPLIT"),
    TagInfo { moves_pairs: true, ..membership(tags::KEYS, "KEYS") },
    TagInfo { moves_pairs: true, ..membership(tags::HEIR, "HEIR") },
    TagInfo { receipt: PlaceChange::LeavesAfter(tags::HEIR), ..membership(tags::TAKEN, "TAKEN") },
    membership(tags::LEFT, "LEFT"),
];

const fn command(tag: Tag, name: &'static str) -> TagInfo {
    let (kind, keys, receipt) = (Purpose::Command, KeysIn::Maps, PlaceChange::Nothing);
    TagInfo { tag, name, short: name, kind, keys, unread: None, moves_pairs: false, receipt }
}

const fn membership(tag: Tag, name: &'static str) -> TagInfo {
    TagInfo { kind: Purpose::Membership, ..command(tag, name) }
}

/// What there is to say of a message.
pub(super) fn describe(message: &SafeMessage) -> Described {
    let key = key(message);
    Described {
        meaning: message.meaning(),
        detail: key.map(|key| key.to_string()).or_else(|| detail(message)),
        key,
        moves: moves(message),
    }
}

fn key(message: &SafeMessage) -> Option<Key> {
    match message {
        SafeMessage::Asked(Command::Put { key, .. } | Command::Get { key }, _)
        | SafeMessage::Done(Verdict::Stored(key, _), _) => Some(*key),
        SafeMessage::Asked(Command::Add { .. } | Command::Remove { .. }, _)
        | SafeMessage::End
        | SafeMessage::Value(..)
        | SafeMessage::Done(Verdict::Changed | Verdict::Refused(_), _)
        | SafeMessage::Join(_)
        | SafeMessage::Split(_)
        | SafeMessage::Keys(..)
        | SafeMessage::Heir(..)
        | SafeMessage::Taken
        | SafeMessage::Left(_) => None,
    }
}

fn detail(message: &SafeMessage) -> Option<String> {
    match message {
        SafeMessage::Asked(Command::Add { rank, id }, _) => Some(format!("r{rank} {id}")),
        SafeMessage::Asked(Command::Remove { id }, _) => Some(id.to_string()),
        SafeMessage::Value(Found::Value(value, _), _) => Some(value.to_string()),
        SafeMessage::Value(Found::Absent(_) | Found::OutOfRange, _) => Some("none".to_owned()),
        SafeMessage::Done(Verdict::Refused(_), _) => Some("refused".to_owned()),
        SafeMessage::Join(order) => Some(order.id.to_string()),
        SafeMessage::Split(peer) => peer.id.map(|id| id.to_string()),
        SafeMessage::Asked(Command::Put { .. } | Command::Get { .. }, _)
        | SafeMessage::End
        | SafeMessage::Done(Verdict::Stored(..) | Verdict::Changed, _)
        | SafeMessage::Keys(..)
        | SafeMessage::Heir(..)
        | SafeMessage::Taken
        | SafeMessage::Left(_) => None,
    }
}

fn moves(message: &SafeMessage) -> Option<Moves> {
    match message {
        SafeMessage::Keys(pairs) | SafeMessage::Heir(_, pairs) => {
            Some(Moves::Together { count: pairs.len() })
        }
        SafeMessage::Asked(..)
        | SafeMessage::End
        | SafeMessage::Value(..)
        | SafeMessage::Done(..)
        | SafeMessage::Join(_)
        | SafeMessage::Split(_)
        | SafeMessage::Taken
        | SafeMessage::Left(_) => None,
    }
}

/// What an event of the command node says; `None` when it is no command and no reply, but something of
/// a dialect's own.
pub(super) fn client_message(event: &Event) -> Option<Result<SafeMessage, BadMessage>> {
    match (event.op, event.tag) {
        (Op::Send, tags::PUT | tags::GET | tags::ADD | tags::REMOVE | tags::END)
        | (Op::Recv, tags::VALUE | tags::DONE) => Some(SafeMessage::parse(event.tag, &event.data)),
        (Op::Send | Op::Recv, _) => None,
    }
}
