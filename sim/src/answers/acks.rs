//! Whose acknowledgement is whose.

use std::mem;

use super::register::LogicalTime;
use crate::protocol::{Command, Key, Value};

/// A command that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked {
    pub command: Command,
    pub sent: LogicalTime,
}

/// The commands that want an acknowledgement and do not have it for certain.
///
/// An acknowledgement that names the pair of a PUT is that PUT's. Of any other nobody can tell whose it
/// is while several commands wait: only when there are as many as commands, all of them are done.
#[derive(Debug, Default)]
pub(super) struct Acks {
    waiting: Vec<Asked>,
    /// When acknowledgements came that may be anybody's, fewer than commands wait.
    anonymous: Vec<LogicalTime>,
}

/// What an acknowledgement means.
#[derive(Debug)]
pub(super) struct Acknowledged {
    /// The commands of which it is certain now that they are done.
    pub done: Vec<Asked>,
    /// The PUT that waits for it, when it names another pair.
    pub misnamed: Option<Asked>,
}

impl Acks {
    /// A command is sent that wants an acknowledgement.
    pub(super) fn send(&mut self, asked: Asked) {
        self.waiting.push(asked);
    }

    /// How many commands may wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// An acknowledgement comes; `None` when no command waits for it.
    pub(super) fn receive(
        &mut self,
        pair: Option<(Key, Value)>,
        at: LogicalTime,
    ) -> Option<Acknowledged> {
        let first = *self.waiting.first()?;
        let is_named = |asked: &Asked| pair.is_some() && named_by(asked.command) == pair;
        let (mut done, mut misnamed) = (Vec::new(), None);
        if let Some(index) = self.waiting.iter().position(is_named) {
            done.push(self.waiting.remove(index));
        } else {
            let only_puts = self.waiting.iter().all(|asked| named_by(asked.command).is_some());
            misnamed = (pair.is_some() && only_puts).then_some(first);
            self.anonymous.push(at);
        }
        if self.waiting.len() == self.anonymous.len() {
            self.anonymous.clear();
            done.append(&mut self.waiting);
        }
        Some(Acknowledged { done, misnamed })
    }

    /// The commands that are left without an acknowledgement. Each one that may be anybody's is given
    /// to the command that was sent last before it: most programs wait for one before they send the next.
    pub(super) fn left(&mut self) -> Vec<Asked> {
        let mut left = mem::take(&mut self.waiting);
        for at in mem::take(&mut self.anonymous) {
            if let Some(index) = left.iter().rposition(|asked| asked.sent < at) {
                left.remove(index);
            }
        }
        left
    }
}

/// The pair that a command's acknowledgement names, if it names one.
fn named_by(command: Command) -> Option<(Key, Value)> {
    match command {
        Command::Put { key, value } => Some((key, value)),
        Command::Get { .. } | Command::Add { .. } | Command::Remove { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::StorageId;

    fn put(key: i64, index: usize) -> Asked {
        let command = Command::Put { key: Key(key), value: Value(7) };
        Asked { command, sent: LogicalTime::of_event(index) }
    }

    fn add(index: usize) -> Asked {
        let command = Command::Add { rank: 1, id: StorageId(500) };
        Asked { command, sent: LogicalTime::of_event(index) }
    }

    fn done(acks: &mut Acks, pair: Option<i64>, index: usize) -> Vec<Asked> {
        let pair = pair.map(|key| (Key(key), Value(7)));
        acks.receive(pair, LogicalTime::of_event(index)).expect("a command waits").done
    }

    #[test]
    fn an_acknowledgement_that_names_a_pair_is_that_puts() {
        let mut acks = Acks::default();
        acks.send(put(1, 0));
        acks.send(put(2, 1));
        assert_eq!(done(&mut acks, Some(2), 2), [put(2, 1)]);
        assert_eq!(done(&mut acks, Some(1), 3), [put(1, 0)]);
        assert!(acks.receive(None, LogicalTime::of_event(4)).is_none());
    }

    #[test]
    fn one_that_names_nothing_is_anybodys_until_all_have_one() {
        let mut acks = Acks::default();
        acks.send(put(1, 0));
        acks.send(add(1));
        assert_eq!(done(&mut acks, None, 2), []);
        assert_eq!(done(&mut acks, None, 3), [put(1, 0), add(1)]);
    }

    #[test]
    fn what_a_named_one_leaves_is_that_of_the_other() {
        let mut acks = Acks::default();
        acks.send(put(1, 0));
        acks.send(add(1));
        assert_eq!(done(&mut acks, None, 2), []);
        assert_eq!(done(&mut acks, Some(1), 3), [put(1, 0), add(1)]);
    }

    #[test]
    fn the_command_that_is_left_is_the_one_before_which_none_came() {
        let mut acks = Acks::default();
        acks.send(add(0));
        acks.send(add(1));
        assert_eq!(done(&mut acks, None, 2), []);
        assert_eq!(acks.left(), [add(0)]);
    }

    #[test]
    fn another_pair_is_noticed_where_only_puts_wait() {
        let mut acks = Acks::default();
        acks.send(put(1, 0));
        let other = acks.receive(Some((Key(1), Value(8))), LogicalTime::of_event(1));
        assert_eq!(other.expect("it waits").misnamed, Some(put(1, 0)));
        acks.send(add(2));
        let other = acks.receive(Some((Key(1), Value(8))), LogicalTime::of_event(3));
        assert_eq!(other.expect("it waits").misnamed, None);
    }
}
