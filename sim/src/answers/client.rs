//! What the command node and the others say to each other, in whichever way a dialect writes it.

use ringscope_traces::{Event, Op, Payload};

use crate::protocol::classic::{Message, tags};
use crate::protocol::{BadMessage, Command, Key, Meaning, Message as _, StorageId, Value};

/// A command or a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClientMessage {
    /// A command that wants a reply.
    Command(Command),
    /// No more commands.
    End,
    /// The answer to a GET.
    Found(Value, StorageId),
    /// An acknowledgement; the pair that it names, if it names one.
    Done(Option<(Key, Value)>),
}

/// What an event of the command node says; `None` when it is no command and no reply, but something
/// of the dialect's own.
pub(super) fn classify(event: &Event) -> Option<Result<ClientMessage, BadMessage>> {
    let is_command = event.op == Op::Send;
    match event.tag {
        tags::PUT | tags::GET | tags::ADD | tags::REMOVE if is_command => Some(parse(event)),
        // All that counts of an END is that it is one.
        tags::END if is_command => Some(Ok(ClientMessage::End)),
        tags::RETVAL if !is_command => Some(parse(event)),
        // A dialect may acknowledge with whatever it likes.
        tags::ACK if !is_command => Some(Ok(parse(event).unwrap_or(ClientMessage::Done(None)))),
        _ => None,
    }
}

fn parse(event: &Event) -> Result<ClientMessage, BadMessage> {
    let message = match event.tag {
        tags::GET | tags::REMOVE => Message::parse(event.tag, unwrapped(&event.data)),
        _ => Message::parse(event.tag, &event.data),
    };
    match message?.meaning() {
        Meaning::Command(command) => Ok(ClientMessage::Command(command)),
        Meaning::End => Ok(ClientMessage::End),
        Meaning::Found(value, owner) => Ok(ClientMessage::Found(value, owner)),
        Meaning::Done(pair) => Ok(ClientMessage::Done(pair)),
        Meaning::Membership => Err(BadMessage::UnknownTag(event.tag)),
    }
}

/// A list of one is what is in it: a program in C may send an array of one number.
fn unwrapped(payload: &Payload) -> &Payload {
    match payload.as_list() {
        Some([only]) => only,
        Some(_) | None => payload,
    }
}

#[cfg(test)]
mod tests {
    use ringscope_traces::{Rank, Tag};

    use super::*;

    fn said(op: Op, tag: Tag, data: Payload) -> Option<Result<ClientMessage, BadMessage>> {
        let (rank, peer) = (Rank(7), Rank(0));
        classify(&Event { rank, n: 0, op, peer, tag, data, t: 0, clock: 1 })
    }

    #[test]
    fn a_list_of_one_number_is_the_number() {
        let get = Some(Ok(ClientMessage::Command(Command::Get { key: Key(9) })));
        assert_eq!(said(Op::Send, tags::GET, Payload::Int(9)), get);
        assert_eq!(said(Op::Send, tags::GET, Payload::list([9.into()])), get);
        let remove = said(Op::Send, tags::REMOVE, Payload::list([500.into()]));
        assert_eq!(
            remove,
            Some(Ok(ClientMessage::Command(Command::Remove { id: StorageId(500) })))
        );
        let two = said(Op::Send, tags::GET, Payload::list([9.into(), 0.into()]));
        let words = two.expect("it is a command").expect_err("it has two numbers").to_string();
        assert_eq!(words, "a GET carries a key, not [9,0]");
    }

    #[test]
    fn an_acknowledgement_may_carry_anything() {
        let done = |data| said(Op::Recv, tags::ACK, data);
        assert_eq!(done(Payload::Null), Some(Ok(ClientMessage::Done(None))));
        assert_eq!(done(Payload::Text("ok".into())), Some(Ok(ClientMessage::Done(None))));
        let pair = Payload::list([9.into(), 100.into()]);
        assert_eq!(done(pair), Some(Ok(ClientMessage::Done(Some((Key(9), Value(100)))))));
    }

    #[test]
    fn an_end_may_carry_anything() {
        assert_eq!(said(Op::Send, tags::END, Payload::Null), Some(Ok(ClientMessage::End)));
    }

    #[test]
    fn a_command_is_sent_and_a_reply_is_received_and_all_else_is_the_dialects_own() {
        assert_eq!(said(Op::Recv, tags::GET, Payload::Int(9)), None);
        assert_eq!(said(Op::Send, tags::ACK, Payload::Null), None);
        assert_eq!(said(Op::Recv, tags::COMPLETE, Payload::Null), None);
        assert_eq!(said(Op::Send, Tag(-3), Payload::Null), None);
    }
}
