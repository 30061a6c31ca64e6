//! What there is to say of the thirteen messages to those who do not know them.

use ringscope_traces::{Event, Op, Payload, Tag};

use super::message::{ClassicMessage, Record, tags};
use crate::protocol::definition::{Described, KeysIn, Moves, PlaceChange, Purpose, TagInfo};
use crate::protocol::{BadMessage, Key, Message as _};

/// What a program of another dialect keeps of this protocol.
pub(super) const CLIENT_HELP: &str = "\
Commands have the tags 0 PUT [key,value], 1 GET key, 2 ADD [rank,id], 3 REMOVE id, 4 END;
a list of one number is the number. Replies may come from any rank: 5 RETVAL [value,id],
6 ACK with anything in it, though a PUT's may not name another pair. The owner of a key is
the smallest id that is not below it; the permanent node has the id 1000, or what the
header says as `keyspace`.";

/// Every tag, by tag.
pub(super) const TAGS: &[TagInfo] = &[
    TagInfo { keys: KeysIn::FirstItem, ..command(tags::PUT, "PUT") },
    TagInfo { keys: KeysIn::Payload, ..command(tags::GET, "GET") },
    command(tags::ADD, "ADD"),
    command(tags::REMOVE, "REMOVE"),
    TagInfo { unread: Some(0), ..command(tags::END, "END") },
    TagInfo { kind: Purpose::Reply, ..command(tags::RETVAL, "RETVAL") },
    TagInfo { kind: Purpose::Reply, keys: KeysIn::FirstItem, ..command(tags::ACK, "ACK") },
    TagInfo { receipt: PlaceChange::Joins, ..membership(tags::INIT, "INIT") },
    TagInfo {
        receipt: PlaceChange::LeavesAfter(tags::UPDATE_CHILD_POINTERS),
        ..membership(tags::COMPLETE, "COMPLETE")
    },
    TagInfo { short: "CHILD", ..membership(tags::UPDATE_CHILD_POINTERS, "UPDATE_CHILD_POINTERS") },
    TagInfo {
        short: "PARENT",
        ..membership(tags::UPDATE_PARENT_POINTERS, "UPDATE_PARENT_POINTERS")
    },
    TagInfo {
        short: "REDIST",
        moves_pairs: true,
        ..membership(tags::REDISTRIBUTE_REMOVE, "REDISTRIBUTE_REMOVE")
    },
    TagInfo {
        short: "REDIST",
        moves_pairs: true,
        ..membership(tags::REDISTRIBUTE_ADD, "REDISTRIBUTE_ADD")
    },
];

const fn command(tag: Tag, name: &'static str) -> TagInfo {
    let (kind, keys, receipt) = (Purpose::Command, KeysIn::Maps, PlaceChange::Nothing);
    TagInfo { tag, name, short: name, kind, keys, unread: None, moves_pairs: false, receipt }
}

const fn membership(tag: Tag, name: &'static str) -> TagInfo {
    TagInfo { kind: Purpose::Membership, ..command(tag, name) }
}

/// What there is to say of a message.
pub(super) fn describe(message: &ClassicMessage) -> Described {
    Described {
        meaning: message.meaning(),
        detail: detail(message),
        key: key(message),
        moves: moves(message),
    }
}

fn key(message: &ClassicMessage) -> Option<Key> {
    match message {
        ClassicMessage::Put { key, .. }
        | ClassicMessage::Get { key }
        | ClassicMessage::Ack(Some((key, _))) => Some(*key),
        ClassicMessage::Add { .. }
        | ClassicMessage::Remove { .. }
        | ClassicMessage::End
        | ClassicMessage::RetVal { .. }
        | ClassicMessage::Ack(None)
        | ClassicMessage::Init(_)
        | ClassicMessage::Complete(_)
        | ClassicMessage::UpdateChildPointers(_)
        | ClassicMessage::UpdateParentPointers(_)
        | ClassicMessage::RedistributeRemove(_)
        | ClassicMessage::RedistributeAdd(_) => None,
    }
}

fn detail(message: &ClassicMessage) -> Option<String> {
    match message {
        ClassicMessage::Put { key, .. }
        | ClassicMessage::Get { key }
        | ClassicMessage::Ack(Some((key, _))) => Some(key.to_string()),
        ClassicMessage::Add { rank, id } => Some(format!("r{rank} {id}")),
        ClassicMessage::Remove { id } => Some(id.to_string()),
        ClassicMessage::RetVal { value, .. } => Some(value.to_string()),
        ClassicMessage::Init(record) => {
            record.next.and_then(|next| next.id).map(|id| id.to_string())
        }
        ClassicMessage::End
        | ClassicMessage::Ack(None)
        | ClassicMessage::Complete(_)
        | ClassicMessage::UpdateChildPointers(_)
        | ClassicMessage::UpdateParentPointers(_)
        | ClassicMessage::RedistributeRemove(_)
        | ClassicMessage::RedistributeAdd(_) => None,
    }
}

fn moves(message: &ClassicMessage) -> Option<Moves> {
    match message {
        ClassicMessage::RedistributeAdd(record) => Some(Moves::OneByOne(handed_over(record))),
        ClassicMessage::RedistributeRemove(record) => {
            Some(Moves::Together { count: record.storage.as_ref().map_or(0, |pairs| pairs.len()) })
        }
        ClassicMessage::Put { .. }
        | ClassicMessage::Get { .. }
        | ClassicMessage::Add { .. }
        | ClassicMessage::Remove { .. }
        | ClassicMessage::End
        | ClassicMessage::RetVal { .. }
        | ClassicMessage::Ack(_)
        | ClassicMessage::Init(_)
        | ClassicMessage::Complete(_)
        | ClassicMessage::UpdateChildPointers(_)
        | ClassicMessage::UpdateParentPointers(_) => None,
    }
}

/// The keys that a join moves, in growing order: those up to the newcomer's id.
fn handed_over(record: &Record) -> Vec<Key> {
    let id = record.next.and_then(|next| next.id);
    let (Some(id), Some(storage)) = (id, &record.storage) else { return Vec::new() };
    storage.range(..=Key(id.0)).map(|(key, _)| *key).collect()
}

/// What an event of the command node says; `None` when it is no command and no reply, but something of
/// a dialect's own.
pub(super) fn client_message(event: &Event) -> Option<Result<ClassicMessage, BadMessage>> {
    match (event.op, event.tag) {
        (Op::Send, tags::PUT | tags::ADD) | (Op::Recv, tags::RETVAL) => Some(parse(event)),
        // A program in C may send an array of one number.
        (Op::Send, tags::GET | tags::REMOVE) => {
            Some(ClassicMessage::parse(event.tag, unwrapped(&event.data)))
        }
        // All that counts of an END is that it is one.
        (Op::Send, tags::END) => Some(Ok(ClassicMessage::End)),
        // A dialect may acknowledge with whatever it likes.
        (Op::Recv, tags::ACK) => Some(Ok(parse(event).unwrap_or(ClassicMessage::Ack(None)))),
        (Op::Send | Op::Recv, _) => None,
    }
}

fn parse(event: &Event) -> Result<ClassicMessage, BadMessage> {
    ClassicMessage::parse(event.tag, &event.data)
}

/// A list of one is what is in it.
fn unwrapped(payload: &Payload) -> &Payload {
    match payload.as_list() {
        Some([only]) => only,
        Some(_) | None => payload,
    }
}

#[cfg(test)]
mod tests {
    use ringscope_traces::Rank;

    use super::*;
    use crate::protocol::{StorageId, Value};

    fn said(op: Op, tag: Tag, data: Payload) -> Option<Result<ClassicMessage, BadMessage>> {
        let (rank, peer) = (Rank(7), Rank(0));
        client_message(&Event { rank, n: 0, op, peer, tag, data, t: 0, clock: 1, more: None })
    }

    #[test]
    fn a_list_of_one_number_is_the_number() {
        let get = Some(Ok(ClassicMessage::Get { key: Key(9) }));
        assert_eq!(said(Op::Send, tags::GET, Payload::Int(9)), get);
        assert_eq!(said(Op::Send, tags::GET, Payload::list([9.into()])), get);
        let remove = said(Op::Send, tags::REMOVE, Payload::list([500.into()]));
        assert_eq!(remove, Some(Ok(ClassicMessage::Remove { id: StorageId(500) })));
        let two = said(Op::Send, tags::GET, Payload::list([9.into(), 0.into()]));
        let words = two.expect("it is a command").expect_err("it has two numbers").to_string();
        assert_eq!(words, "a GET carries a key, not [9,0]");
    }

    #[test]
    fn an_acknowledgement_may_carry_anything() {
        let done = |data| said(Op::Recv, tags::ACK, data);
        assert_eq!(done(Payload::Null), Some(Ok(ClassicMessage::Ack(None))));
        assert_eq!(done(Payload::Text("ok".into())), Some(Ok(ClassicMessage::Ack(None))));
        let pair = Payload::list([9.into(), 100.into()]);
        assert_eq!(done(pair), Some(Ok(ClassicMessage::Ack(Some((Key(9), Value(100)))))));
    }

    #[test]
    fn an_end_may_carry_anything() {
        assert_eq!(said(Op::Send, tags::END, Payload::Null), Some(Ok(ClassicMessage::End)));
    }

    #[test]
    fn a_command_is_sent_and_a_reply_is_received_and_all_else_is_the_dialects_own() {
        assert_eq!(said(Op::Recv, tags::GET, Payload::Int(9)), None);
        assert_eq!(said(Op::Send, tags::ACK, Payload::Null), None);
        assert_eq!(said(Op::Recv, tags::COMPLETE, Payload::Null), None);
        assert_eq!(said(Op::Send, Tag(-3), Payload::Null), None);
    }
}
