//! The run's commands, read off what the last rank sends and receives.

use std::collections::VecDeque;

use ringscope_sim::protocol::classic::Message;
use ringscope_sim::protocol::{Command, Meaning, Message as _};
use ringscope_traces::{Event, EventIndex, Op};

/// A command of the run, as far as the timeline has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// What the command node asked for.
    pub command: Command,
    /// Where it was sent.
    pub invoked: EventIndex,
    /// Where its answer was received.
    pub completed: Option<EventIndex>,
}

/// What an event of the last rank says of the commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OperationUpdate {
    /// A command was sent.
    Sent(Operation),
    /// The command with that index was answered there.
    Answered(usize, EventIndex),
}

/// Which commands wait for an answer.
///
/// Answers are told apart by their tags alone: one is of the oldest command that such an answer can be of.
#[derive(Debug, Default)]
pub(super) struct OpenOperations {
    sent: usize,
    gets: VecDeque<usize>,
    others: VecDeque<usize>,
}

impl OpenOperations {
    /// Takes an event of the last rank. In another dialect it counts when it has the tag and the shape
    /// of the classic protocol's.
    pub fn take(&mut self, at: EventIndex, event: &Event) -> Option<OperationUpdate> {
        let meaning = Message::parse(event.tag, &event.data).ok()?.meaning();
        match (event.op, meaning) {
            (Op::Send, Meaning::Command(command)) => {
                let open = if matches!(command, Command::Get { .. }) {
                    &mut self.gets
                } else {
                    &mut self.others
                };
                open.push_back(self.sent);
                self.sent += 1;
                Some(OperationUpdate::Sent(Operation { command, invoked: at, completed: None }))
            }
            (Op::Recv, Meaning::Found(..)) => {
                Some(OperationUpdate::Answered(self.gets.pop_front()?, at))
            }
            (Op::Recv, Meaning::Done(_)) => {
                Some(OperationUpdate::Answered(self.others.pop_front()?, at))
            }
            (
                Op::Send,
                Meaning::End | Meaning::Found(..) | Meaning::Done(_) | Meaning::Membership,
            )
            | (Op::Recv, Meaning::Command(_) | Meaning::End | Meaning::Membership) => None,
        }
    }
}
