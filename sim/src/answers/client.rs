//! The commands and replies between the command node and the ring, whichever way a dialect writes them.

use ringscope_traces::Event;

use crate::protocol::{BadMessage, Command, Key, Meaning, StorageId, Value};
use crate::protocols::ProtocolId;

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

/// The command or reply that an event of the command node carries; `None` for messages of the dialect's
/// own.
pub(super) fn classify(
    protocol: ProtocolId,
    event: &Event,
) -> Option<Result<ClientMessage, BadMessage>> {
    match protocol.client_message(event)? {
        Ok(Meaning::Command(command)) => Some(Ok(ClientMessage::Command(command))),
        Ok(Meaning::End) => Some(Ok(ClientMessage::End)),
        Ok(Meaning::Found(value, owner)) => Some(Ok(ClientMessage::Found(value, owner))),
        Ok(Meaning::Done(pair)) => Some(Ok(ClientMessage::Done(pair))),
        Ok(Meaning::Membership) => None,
        Err(bad) => Some(Err(bad)),
    }
}
