//! The command node: it sends commands to the head and blocks for the reply of the oldest.

use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use ringscope_traces::Rank;

use super::Orders;
use super::message::{ClassicMessage, tags};
use super::ring::TOPOLOGY;
use crate::protocol::{
    Activity, Command, Cursor, Links, NodeView, Outbox, Print, Role, Script, Wait,
};

const HEAD: Rank = Rank(0);

/// The last rank, which issues the commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandNode {
    script: Arc<Script>,
    next: Cursor,
    window: u32,
    in_flight: VecDeque<Command>,
}

/// The script is left out: it is the same for all states of a run.
impl Hash for CommandNode {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.next.hash(state);
        self.in_flight.hash(state);
    }
}

impl CommandNode {
    pub(super) fn new(orders: Orders) -> CommandNode {
        CommandNode {
            script: orders.script,
            next: Cursor::default(),
            window: orders.window.max(1),
            in_flight: VecDeque::new(),
        }
    }

    /// The same with other commands to come.
    pub(super) fn with_script(&self, to_come: Arc<Script>) -> CommandNode {
        CommandNode { script: to_come, next: Cursor::default(), ..self.clone() }
    }

    /// Sends commands until the window is full, and then awaits the reply of the oldest; sends END
    /// when every reply is in.
    pub(super) fn advance(&mut self, out: &mut impl Outbox<ClassicMessage>) -> Wait {
        while self.in_flight.len() < self.window as usize {
            let Some(command) = self.script.next(&mut self.next) else { break };
            out.send(HEAD, ClassicMessage::from(command));
            self.in_flight.push_back(command);
        }
        match self.in_flight.front() {
            Some(oldest) => Wait::From { source: HEAD, tag: reply_tag(*oldest) },
            None => {
                out.send(HEAD, ClassicMessage::End);
                out.print(Print::Finalizing);
                Wait::Stopped
            }
        }
    }

    // Out of the loop of a run, as the ring's.
    #[inline(never)]
    pub(super) fn receive(
        &mut self,
        reply: ClassicMessage,
        out: &mut impl Outbox<ClassicMessage>,
    ) -> Wait {
        if let ClassicMessage::RetVal { value, owner } = reply {
            out.print(Print::Found(value, owner));
        }
        self.in_flight.pop_front().expect("a reply is awaited only while a command is in flight");
        self.advance(out)
    }

    pub(super) fn view(&self) -> NodeView<'_> {
        NodeView {
            role: Role::Command,
            id: None,
            links: Links::new(&TOPOLOGY, &[]),
            storage: None,
            activity: Activity::commanding(&self.in_flight),
        }
    }
}

/// Replies are distinguished by their tag alone: a GET is answered by a RETVAL, all else by an ACK.
fn reply_tag(command: Command) -> ringscope_traces::Tag {
    match command {
        Command::Get { .. } => tags::RETVAL,
        Command::Put { .. } | Command::Add { .. } | Command::Remove { .. } => tags::ACK,
    }
}
