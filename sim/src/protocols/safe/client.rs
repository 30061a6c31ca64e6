//! The command node: it numbers the commands, sends them to the head, and blocks for the reply of the oldest.

use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use ringscope_traces::{Rank, Tag};

use super::member::TOPOLOGY;
use super::message::{Found, SafeMessage, Ticket, Verdict, tags};
use crate::protocol::{
    Activity, Command, Cursor, Fault, Links, Message as _, NodeSetup, NodeView, Outbox, Print,
    Role, Script, Wait,
};

const HEAD: Rank = Rank(0);

/// The last rank, which issues the commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientNode {
    script: Arc<Script>,
    next: Cursor,
    window: u32,
    /// The number of the next command.
    number: Ticket,
    /// The number of the next answer.
    awaited: Ticket,
    in_flight: VecDeque<Command>,
}

/// The script is left out: it is the same for all states of a run. So is the number of the next answer, which follows from the others.
impl Hash for ClientNode {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.next.hash(state);
        self.number.hash(state);
        self.in_flight.hash(state);
    }
}

impl ClientNode {
    pub(super) fn new(setup: &NodeSetup) -> ClientNode {
        ClientNode {
            script: Arc::clone(&setup.script),
            next: Cursor::default(),
            window: setup.window.max(1),
            number: Ticket::FIRST,
            awaited: Ticket::FIRST,
            in_flight: VecDeque::new(),
        }
    }

    /// The same with other commands to come, which go on with its numbers.
    pub(super) fn with_script(&self, to_come: Arc<Script>) -> ClientNode {
        ClientNode { script: to_come, next: Cursor::default(), ..self.clone() }
    }

    /// Sends commands until the window is full, and then awaits the reply of the oldest; sends END
    /// when every reply is in.
    pub(super) fn advance(&mut self, out: &mut impl Outbox<SafeMessage>) -> Wait {
        while self.in_flight.len() < self.window as usize {
            let Some(command) = self.script.next(&mut self.next) else { break };
            out.send(HEAD, SafeMessage::Asked(command, self.number));
            self.number = self.number.next();
            self.in_flight.push_back(command);
        }
        match self.in_flight.front() {
            Some(oldest) => Wait::From { source: HEAD, tag: reply_tag(*oldest) },
            None => {
                out.send(HEAD, SafeMessage::End);
                out.print(Print::Finalizing);
                Wait::Stopped
            }
        }
    }

    pub(super) fn receive(
        &mut self,
        reply: &SafeMessage,
        out: &mut impl Outbox<SafeMessage>,
    ) -> Result<Wait, Fault> {
        let message = SafeMessage::tag_name(reply.tag()).unwrap_or("reply");
        let wrong = Fault::BadReply { message, missing: "the number of the oldest command" };
        let (print, ticket) = answer(reply, self.in_flight.front()).ok_or(wrong.clone())?;
        if ticket != self.awaited {
            return Err(wrong);
        }
        if let Some(print) = print {
            out.print(print);
        }
        self.in_flight.pop_front();
        self.awaited = self.awaited.next();
        Ok(self.advance(out))
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

/// What there is to print of an answer to that command, and the command's number.
fn answer(reply: &SafeMessage, oldest: Option<&Command>) -> Option<(Option<Print>, Ticket)> {
    let oldest = *oldest?;
    match (reply, oldest) {
        (SafeMessage::Value(Found::Value(value, owner), ticket), Command::Get { .. }) => {
            Some((Some(Print::Found(*value, *owner)), *ticket))
        }
        (SafeMessage::Value(Found::Absent(_), ticket), Command::Get { key }) => {
            Some((Some(Print::Absent(key)), *ticket))
        }
        (SafeMessage::Value(Found::OutOfRange, ticket), _)
        | (SafeMessage::Done(Verdict::Refused(_), ticket), _) => {
            Some((Some(Print::Refused(oldest)), *ticket))
        }
        (SafeMessage::Done(Verdict::Stored(..) | Verdict::Changed, ticket), _) => {
            Some((None, *ticket))
        }
        (_, _) => None,
    }
}

/// What answers a command.
fn reply_tag(command: Command) -> Tag {
    match command {
        Command::Get { .. } => tags::VALUE,
        Command::Put { .. } | Command::Add { .. } | Command::Remove { .. } => tags::DONE,
    }
}
