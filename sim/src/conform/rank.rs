//! One rank's judge: its node is fed what the rank received, and the rank must send what the node asks.

use std::collections::VecDeque;

use ringscope_traces::{Event, Op, Rank};

use super::Answer;
use super::finding::{Awaited, Letter, What};
use crate::protocol::{Command, Fault, Meaning, Message, Node, NodeView, Outbox, Phase, Wait};

/// A node on its way along the events of its rank.
#[derive(Debug, Clone)]
pub(super) struct Walk<N: Node> {
    node: N,
    ranks: u32,
    /// What it has asked to send, in order.
    owed: VecDeque<(Rank, N::Message)>,
    /// What it takes when nothing is owed.
    wait: Wait,
    fault: Option<Fault>,
    answers: Vec<Answer>,
}

impl<N: Node> Walk<N> {
    /// A node that has just started, one of that many.
    pub fn start(mut node: N, ranks: u32) -> Walk<N> {
        let mut out = Outbox::default();
        let wait = node.start(&mut out);
        let (owed, answers) = (VecDeque::new(), Vec::new());
        let mut walk = Walk { node, ranks, owed, wait, fault: None, answers };
        walk.owe(&mut out);
        walk
    }

    /// Goes past the rank's next event, which must be what the node does.
    pub fn take(&mut self, event: &Event) -> Result<(), What> {
        let message =
            N::Message::parse(event.tag, &event.data).map_err(|bad| What::BadMessage { bad })?;
        match event.op {
            Op::Send => self.send(event, &message),
            Op::Recv => self.receive(event, message),
        }
    }

    fn send(&mut self, event: &Event, message: &N::Message) -> Result<(), What> {
        let got = || Letter::of_event::<N::Message>(event);
        match self.owed.front() {
            Some((to, owed)) if *to == event.peer && owed == message => {
                self.owed.pop_front();
                Ok(())
            }
            Some((to, owed)) => {
                Err(What::SendsOther { got: got(), owed: Letter::of_message(*to, owed) })
            }
            None => {
                Err(self.unless_crashed(What::SendsUnasked { got: got(), wait: self.awaited() }))
            }
        }
    }

    fn receive(&mut self, event: &Event, message: N::Message) -> Result<(), What> {
        let got = || Letter::of_event::<N::Message>(event);
        if let Some((to, owed)) = self.owed.front() {
            return Err(What::ReceivesEarly { got: got(), owed: Letter::of_message(*to, owed) });
        }
        if self.fault.is_some() || !self.wait.takes(event.peer, event.tag) {
            let other = What::ReceivesOther { got: got(), wait: self.awaited() };
            return Err(self.unless_crashed(other));
        }
        self.answers.extend(answer(self.node.view(), &message));
        let mut out = Outbox::default();
        match self.node.receive(event.peer, message, &mut out) {
            Ok(wait) => self.wait = wait,
            Err(fault) => {
                self.wait = Wait::Stopped;
                self.fault = Some(fault);
            }
        }
        self.owe(&mut out);
        Ok(())
    }

    /// Nothing is sent to a rank that does not exist, nor anything after that.
    fn owe(&mut self, out: &mut Outbox<N::Message>) {
        for (to, message) in out.sends() {
            if to.0 >= self.ranks {
                self.wait = Wait::Stopped;
                self.fault = Some(Fault::NoSuchRank { rank: i64::from(to.0) });
                break;
            }
            self.owed.push_back((to, message));
        }
    }

    fn unless_crashed(&self, otherwise: What) -> What {
        match &self.fault {
            Some(fault) => What::GoesOnAfterCrash { fault: fault.clone() },
            None => otherwise,
        }
    }

    /// What the node takes next; nothing while it owes something.
    pub fn wait(&self) -> Wait {
        if self.owed.is_empty() { self.wait } else { Wait::Stopped }
    }

    /// The same, for a finding.
    pub fn awaited(&self) -> Awaited {
        Awaited::new::<N::Message>(self.wait)
    }

    /// What the node has still to send, in order.
    pub fn owed(&self) -> &VecDeque<(Rank, N::Message)> {
        &self.owed
    }

    /// On what the node has crashed.
    pub fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// The node as the events have left it.
    pub fn into_node(self) -> N {
        self.node
    }

    /// What the node shows of itself.
    pub fn view(&self) -> NodeView<'_> {
        self.node.view()
    }

    /// The answers to its GETs, in order.
    pub fn answers(&self) -> &[Answer] {
        &self.answers
    }
}

/// The answer that the message is to the oldest command in flight of a command node.
fn answer(view: NodeView<'_>, message: &impl Message) -> Option<Answer> {
    match (view.phase, message.meaning()) {
        (Phase::Commanding(in_flight), Meaning::Found(value, owner)) => match in_flight.front()? {
            Command::Get { key } => Some(Answer { key: *key, value, owner }),
            Command::Put { .. } | Command::Add { .. } | Command::Remove { .. } => None,
        },
        (Phase::Commanding(_) | Phase::Idle | Phase::Joining(_) | Phase::Leaving(_), _) => None,
    }
}
