//! What is wrong with an answer, in words.

use std::fmt;

use ringscope_traces::words::ordinal;

use crate::conform::Letter;
use crate::protocol::{BadMessage, Command, Key, StorageId, Value};

/// What is wrong with an answer, or with there being none.
///
/// Where it names an event, that is an event of the command node, by its index.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// A command or an answer carries what cannot be understood.
    #[error(transparent)]
    Unreadable(#[from] BadMessage),
    /// A GET is answered with a value that its key does not have.
    #[error("get {key} is answered with {got}; expected {expected}")]
    Value {
        /// The key.
        key: Key,
        /// The value that is no right one.
        got: Value,
        /// The right ones, with the PUT that set each; `None`: no answer.
        expected: OneOf<Option<Value>>,
    },
    /// A GET is answered in the name of a node that does not own the key.
    #[error("get {key} is answered by {got}; its owner is {expected}")]
    Owner {
        /// The key.
        key: Key,
        /// The id that is not its owner's.
        got: StorageId,
        /// The owner's, with the ADD by which it came.
        expected: OneOf<StorageId>,
    },
    /// A GET is answered, and its key was never put.
    #[error("get {key} is answered with {got}, but no PUT had stored {key}")]
    NeverPut {
        /// The key.
        key: Key,
        /// The value that it cannot have.
        got: Value,
    },
    /// A command has no reply.
    #[error("{command} has no {}", reply_name(command))]
    NoReply {
        /// The command.
        command: Command,
    },
    /// A reply that no command waits for.
    #[error("{got} from rank {}, and no command waits for it", got.peer)]
    Unasked {
        /// The reply.
        got: Letter,
    },
    /// An acknowledgement instead of an answer, or an answer instead of an acknowledgement.
    #[error("{got} from rank {}; {command} (its {} event) wants an {}", got.peer, ordinal(*.sent), reply_name(command))]
    WrongKind {
        /// The reply.
        got: Letter,
        /// The command that has no other.
        command: Command,
        /// The event by which it was sent.
        sent: usize,
    },
    /// A PUT's acknowledgement names another pair.
    #[error("{got} from rank {} is for {put} (its {} event), and names another pair", got.peer, ordinal(*.sent))]
    OtherPair {
        /// The acknowledgement.
        got: Letter,
        /// The PUT.
        put: Command,
        /// The event by which it was sent.
        sent: usize,
    },
    /// A command after END.
    #[error("{got} to rank {} after END", got.peer)]
    AfterEnd {
        /// The command.
        got: Letter,
    },
    /// The run is over, every command has its reply, and END was not sent.
    #[error("no END was sent")]
    NoEnd,
}

fn reply_name(command: &Command) -> &'static str {
    match command {
        Command::Get { .. } => "answer",
        Command::Put { .. } | Command::Add { .. } | Command::Remove { .. } => "acknowledgement",
    }
}

/// What would be right: one thing, or one of several when several commands were in flight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneOf<T> {
    /// The first of them, each with the event of the command that made it so.
    pub first: Vec<(T, Option<usize>)>,
    /// How many more there are.
    pub more: usize,
}

impl<T> OneOf<T> {
    /// How many are listed.
    pub const MOST_LISTED: usize = 4;
}

impl<T> FromIterator<(T, Option<usize>)> for OneOf<T> {
    fn from_iter<I: IntoIterator<Item = (T, Option<usize>)>>(items: I) -> OneOf<T> {
        let mut items = items.into_iter();
        let first = items.by_ref().take(Self::MOST_LISTED).collect();
        OneOf { first, more: items.count() }
    }
}

/// `2 (put by its 4th event) or no answer`.
impl fmt::Display for OneOf<Option<Value>> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.list(f, "put", |value| {
            value.map_or_else(|| "no answer".to_owned(), |value| value.to_string())
        })
    }
}

/// `500 (added by its 5th event) or 1000`.
impl fmt::Display for OneOf<StorageId> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.list(f, "added", StorageId::to_string)
    }
}

impl<T> OneOf<T> {
    fn list(
        &self,
        f: &mut fmt::Formatter<'_>,
        made: &str,
        word: impl Fn(&T) -> String,
    ) -> fmt::Result {
        if self.first.is_empty() {
            return f.write_str("nobody");
        }
        for (i, (item, event)) in self.first.iter().enumerate() {
            let or = if i == 0 { "" } else { " or " };
            let made = event.map(|event| format!(" ({made} by its {} event)", ordinal(event)));
            write!(f, "{or}{}{}", word(item), made.unwrap_or_default())?;
        }
        match self.more {
            0 => Ok(()),
            more => write!(f, " or one of {more} more"),
        }
    }
}
