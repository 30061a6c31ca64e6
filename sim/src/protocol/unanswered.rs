//! Which command a reply answers, for whoever sees no more than the messages of the command node.

use std::collections::VecDeque;

use super::{Command, Key, Meaning, Value};

/// The commands that wait for an answer, each with what is kept of it.
///
/// Replies carry no number that all protocols have, so they are told apart by what they mean: a GET is answered with a value, or that there
/// is none, and the oldest GET is the one that is meant. Everything else is acknowledged or refused.
///
/// ```
/// use ringscope_sim::protocol::{Command, Key, Meaning, Unanswered, Value};
///
/// let (put, get) = (Command::Put { key: Key(9), value: Value(1) }, Command::Get { key: Key(9) });
/// let mut unanswered = Unanswered::default();
/// unanswered.ask(put, "first");
/// unanswered.ask(get, "second");
/// assert_eq!(unanswered.answered_by(Meaning::Absent), Some((get, "second")));
/// assert_eq!(unanswered.answered_by(Meaning::Absent), None);
/// assert_eq!(unanswered.answered_by(Meaning::Done(None)), Some((put, "first")));
/// ```
#[derive(Debug, Clone)]
pub struct Unanswered<T> {
    /// Oldest first, as the others.
    gets: VecDeque<(Command, T)>,
    others: VecDeque<(Command, T)>,
}

impl<T> Default for Unanswered<T> {
    fn default() -> Self {
        Unanswered { gets: VecDeque::new(), others: VecDeque::new() }
    }
}

impl<T> Unanswered<T> {
    /// The command node sends a command.
    pub fn ask(&mut self, command: Command, kept: T) {
        let of_kind = match command {
            Command::Get { .. } => &mut self.gets,
            Command::Put { .. } | Command::Add { .. } | Command::Remove { .. } => &mut self.others,
        };
        of_kind.push_back((command, kept));
    }

    /// The command that a message to the command node answers; `None` when it is no reply, or none that anything waits for.
    pub fn answered_by(&mut self, reply: Meaning) -> Option<(Command, T)> {
        match reply {
            Meaning::Found(..) | Meaning::Absent => self.gets.pop_front(),
            Meaning::Done(pair) => self.acknowledged(pair),
            Meaning::Refused => self.others.pop_front(),
            Meaning::Command(_) | Meaning::End | Meaning::Membership => None,
        }
    }

    /// Whether an acknowledgement that names no pair can be that of a command which has none.
    pub(crate) fn awaits_acknowledgements(&self) -> bool {
        !self.others.is_empty()
    }

    /// An acknowledgement that names a pair is that PUT's. One that names none is that of the oldest join or leave, or, in a dialect whose
    /// acknowledgements name no pairs, of the oldest PUT.
    fn acknowledged(&mut self, pair: Option<(Key, Value)>) -> Option<(Command, T)> {
        let is_meant = |(command, _): &(Command, T)| match (*command, pair) {
            (Command::Put { key, value }, Some(pair)) => (key, value) == pair,
            (Command::Put { .. } | Command::Get { .. }, _) => false,
            (Command::Add { .. } | Command::Remove { .. }, pair) => pair.is_none(),
        };
        let oldest = pair.is_none().then_some(0);
        let place = self.others.iter().position(is_meant).or(oldest)?;
        self.others.remove(place)
    }
}
