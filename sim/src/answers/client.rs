//! The commands and replies between the command node and the ring, whichever way a dialect writes them.

use ringscope_traces::{Event, Trace};

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
    /// The answer to a GET of a key that nobody has stored.
    Absent,
    /// An acknowledgement; the pair that it names, if it names one.
    Done(Option<(Key, Value)>),
    /// The answer to a command that cannot be done.
    Refused,
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
        Ok(Meaning::Absent) => Some(Ok(ClientMessage::Absent)),
        Ok(Meaning::Done(pair)) => Some(Ok(ClientMessage::Done(pair))),
        Ok(Meaning::Refused) => Some(Ok(ClientMessage::Refused)),
        Ok(Meaning::Membership) => None,
        Err(bad) => Some(Err(bad)),
    }
}

/// The commands that the last rank of a trace sends, in order, as far as they can be read.
#[must_use]
pub fn commands(trace: &Trace) -> Vec<Command> {
    let protocol = ProtocolId::spoken_with(&trace.header.protocol);
    let client = protocol.roles(trace.header.ranks).command;
    let own = trace.events.iter().filter(|event| event.rank == client);
    own.filter_map(|event| match classify(protocol, event)? {
        Ok(ClientMessage::Command(command)) => Some(command),
        Ok(
            ClientMessage::End
            | ClientMessage::Found(..)
            | ClientMessage::Absent
            | ClientMessage::Done(_)
            | ClientMessage::Refused,
        )
        | Err(_) => None,
    })
    .collect()
}

/// Whether the last rank of a trace does what a command node does, whatever happens between the other ranks:
/// all that it sends are commands, all that it receives are replies, and it has sent one and received one.
///
/// A program in which that is so by chance is hardly one of few ranks with other tags; so its answers can be
/// judged although nobody said that it is a hash table.
#[must_use]
pub fn has_client(trace: &Trace) -> bool {
    let protocol = ProtocolId::spoken_with(&trace.header.protocol);
    if trace.header.ranks < protocol.info().fewest_ranks {
        return false;
    }
    let client = protocol.roles(trace.header.ranks).command;
    let mut own = trace.events.iter().filter(|event| event.rank == client).peekable();
    let begins = own.peek().is_some_and(|event| {
        matches!(classify(protocol, event), Some(Ok(ClientMessage::Command(_))))
    });
    let (mut is_answered, mut speaks) = (false, begins);
    for event in own {
        speaks &= classify(protocol, event).is_some();
        is_answered |= event.source().is_some();
    }
    speaks && is_answered
}
