//! What a node may ask its host for: messages to send and lines to print.

use std::fmt;
use std::vec::Drain;

use ringscope_traces::Rank;

use super::{Command, Key, StorageId, Value};

/// What a node asks of its host, as far as the node can see it: to send, in order, and to print.
///
/// The host decides what becomes of that. The simulator puts a message straight where it stays while it
/// is in flight; hosts that look at what was asked before they do it take [`Effects`].
pub trait Outbox<M> {
    /// Asks for a standard blocking send.
    fn send(&mut self, to: Rank, message: M);

    /// Asks for a line on the program's output.
    fn print(&mut self, print: Print);
}

/// What nodes have asked for and nobody has done yet, in lists.
///
/// ```
/// use ringscope_sim::protocol::{Effects, Outbox as _};
/// use ringscope_traces::Rank;
///
/// let mut effects = Effects::default();
/// effects.send(Rank(1), "hello");
/// assert_eq!(effects.sends().collect::<Vec<_>>(), [(Rank(1), "hello")]);
/// assert!(effects.is_empty());
/// ```
#[derive(Debug, Clone)]
pub struct Effects<M> {
    sends: Vec<(Rank, M)>,
    prints: Vec<Print>,
}

impl<M> Default for Effects<M> {
    fn default() -> Self {
        Effects { sends: Vec::new(), prints: Vec::new() }
    }
}

impl<M> Outbox<M> for Effects<M> {
    fn send(&mut self, to: Rank, message: M) {
        self.sends.push((to, message));
    }

    fn print(&mut self, print: Print) {
        self.prints.push(print);
    }
}

impl<M> Effects<M> {
    /// Takes the messages to send, with their receivers, in the order they were asked for.
    pub fn sends(&mut self) -> Drain<'_, (Rank, M)> {
        self.sends.drain(..)
    }

    /// The messages to send, with their receivers, in the order they were asked for.
    pub(crate) fn asked(&self) -> &[(Rank, M)] {
        &self.sends
    }

    /// Takes the lines to print.
    pub fn prints(&mut self) -> Drain<'_, Print> {
        self.prints.drain(..)
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sends.is_empty() && self.prints.is_empty()
    }
}

/// A line that the command node prints; in the reference program's words, where that has such a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Print {
    /// The answer to a GET.
    Found(Value, StorageId),
    /// The answer to a GET of a key that nobody has stored.
    Absent(Key),
    /// The answer to a command that cannot be done.
    Refused(Command),
    /// The command node has sent END.
    Finalizing,
}

impl fmt::Display for Print {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Print::Found(value, owner) => write!(f, "val is {value}, storage id is {owner}"),
            Print::Absent(key) => write!(f, "no value is at key {key}"),
            Print::Refused(command) => write!(f, "{command} is refused"),
            Print::Finalizing => f.write_str("command finalizing"),
        }
    }
}
