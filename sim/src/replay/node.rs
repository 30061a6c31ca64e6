//! One rank's judge: its node is fed what the rank received, and the rank must send what the node asks.

use std::collections::VecDeque;

use ringscope_traces::{Event, Op, Rank};

use super::finding::{Awaited, What};
use super::obligations::Obligations;
use crate::conform::Answer;
use crate::protocol::{Command, Effects, Fault, Meaning, Message, Node, NodeView};
use crate::world::Status;

/// A node on its way along the events of its rank.
#[derive(Debug, Clone)]
pub(crate) struct NodeReplay<N: Node> {
    node: N,
    obligations: Obligations<N::Message>,
    answers: Vec<Answer>,
}

impl<N: Node> NodeReplay<N> {
    /// A node that has just started, one of that many.
    pub(crate) fn start(mut node: N, ranks: u32) -> NodeReplay<N> {
        let obligations = Obligations::start(&mut node, ranks);
        NodeReplay { node, obligations, answers: Vec::new() }
    }

    /// Goes past the rank's next event, which must be what the node does.
    pub(crate) fn take(&mut self, event: &Event) -> Result<(), What> {
        let message =
            N::Message::parse(event.tag, &event.data).map_err(|bad| What::BadMessage { bad })?;
        match event.op {
            Op::Send => self.obligations.send(event, &message),
            Op::Recv => {
                self.obligations.may_receive(event)?;
                self.answers.extend(answer(self.node.view(), &message));
                let mut out = Effects::default();
                self.obligations.receive(&mut self.node, (event.peer, message), &mut out);
                Ok(())
            }
        }
    }

    /// What the rank is doing, but for whether it is in a send.
    pub(crate) fn status(&self) -> Status {
        self.obligations.status()
    }

    /// What the node takes when it owes nothing any more, for a finding.
    pub(crate) fn awaited(&self) -> Awaited {
        self.obligations.awaited()
    }

    /// What the node has still to send, in order.
    pub(crate) fn owed(&self) -> &VecDeque<(Rank, N::Message)> {
        self.obligations.owed()
    }

    /// On what the node has crashed.
    pub(crate) fn fault(&self) -> Option<&Fault> {
        self.obligations.fault()
    }

    /// The node as the events have left it.
    pub(crate) fn into_node(self) -> N {
        self.node
    }

    /// What the node shows of itself.
    pub(crate) fn view(&self) -> NodeView<'_> {
        self.node.view()
    }

    /// The answers to its GETs, in order.
    pub(crate) fn answers(&self) -> &[Answer] {
        &self.answers
    }
}

/// The answer that the message is to the oldest command in flight of a command node.
fn answer(view: NodeView<'_>, message: &impl Message) -> Option<Answer> {
    let oldest = view.activity.commands_in_flight()?.front()?;
    match (*oldest, message.meaning()) {
        (Command::Get { key }, Meaning::Found(value, owner)) => Some(Answer { key, value, owner }),
        (
            Command::Get { .. }
            | Command::Put { .. }
            | Command::Add { .. }
            | Command::Remove { .. },
            _,
        ) => None,
    }
}
