//! The run's commands, read off what the last rank sends and receives.

use ringscope_sim::protocol::{Command, Unanswered};
use ringscope_sim::protocols::ProtocolId;
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
#[derive(Debug)]
pub(super) struct OpenOperations {
    protocol: ProtocolId,
    sent: usize,
    /// Each with its place among all that were sent.
    unanswered: Unanswered<usize>,
}

impl OpenOperations {
    /// Nothing has been sent yet; commands and replies are read as that protocol's.
    pub(super) fn of(protocol: ProtocolId) -> OpenOperations {
        OpenOperations { protocol, sent: 0, unanswered: Unanswered::default() }
    }

    /// Takes an event of the command node. In another dialect it counts when it has the tag and the shape
    /// that the protocol's have.
    pub(super) fn take(&mut self, at: EventIndex, event: &Event) -> Option<OperationUpdate> {
        let meaning = self.protocol.meaning(event.tag, &event.data).ok()?;
        match event.op {
            Op::Send => {
                let command = meaning.command()?;
                self.unanswered.ask(command, self.sent);
                self.sent += 1;
                Some(OperationUpdate::Sent(Operation { command, invoked: at, completed: None }))
            }
            Op::Recv => {
                let (_, place) = self.unanswered.answered_by(meaning)?;
                Some(OperationUpdate::Answered(place, at))
            }
        }
    }
}
