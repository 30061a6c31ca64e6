//! What a node is to do next: its rank must send what the node asks, and receive what it takes.

use std::collections::VecDeque;

use ringscope_traces::{Event, Rank};

use super::finding::{Awaited, Letter, What};
use crate::protocol::{Effects, Fault, Message, Node, Wait};
use crate::world::Status;

/// What a node is to do next.
#[derive(Debug, Clone)]
pub(crate) struct Obligations<M> {
    ranks: u32,
    /// What it has asked to send, in order.
    owed: VecDeque<(Rank, M)>,
    /// What it takes when nothing is owed.
    wait: Wait,
    fault: Option<Fault>,
}

impl<M: Message> Obligations<M> {
    /// The obligations of a node that is started here, one of that many.
    pub(crate) fn start<N: Node<Message = M>>(node: &mut N, ranks: u32) -> Obligations<M> {
        let mut out = Effects::default();
        let wait = node.start(&mut out);
        let mut obligations = Obligations { ranks, owed: VecDeque::new(), wait, fault: None };
        obligations.owe(&mut out);
        obligations
    }

    /// The obligations of a node that owes nothing and takes anything.
    pub(crate) fn idle(ranks: u32) -> Obligations<M> {
        Obligations { ranks, owed: VecDeque::new(), wait: Wait::Any, fault: None }
    }

    /// The rank sends a message, which must be the next one that is owed.
    pub(crate) fn send(&mut self, event: &Event, message: &M) -> Result<(), What> {
        let got = || Letter::of_event::<M>(event);
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

    /// Whether the rank may receive an event's message now.
    pub(crate) fn may_receive(&self, event: &Event) -> Result<(), What> {
        let got = || Letter::of_event::<M>(event);
        if let Some((to, owed)) = self.owed.front() {
            return Err(What::ReceivesEarly { got: got(), owed: Letter::of_message(*to, owed) });
        }
        if self.fault.is_some() || !self.wait.takes(event.peer, event.tag) {
            let other = What::ReceivesOther { got: got(), wait: self.awaited() };
            return Err(self.unless_crashed(other));
        }
        Ok(())
    }

    /// The node receives a message that it may receive. `out` is empty, and is so again.
    pub(crate) fn receive<N: Node<Message = M>>(
        &mut self,
        node: &mut N,
        (from, message): (Rank, M),
        out: &mut Effects<M>,
    ) {
        match node.receive(from, message, out) {
            Ok(wait) => self.wait = wait,
            Err(fault) => {
                self.wait = Wait::Stopped;
                self.fault = Some(fault);
            }
        }
        self.owe(out);
    }

    /// Nothing is sent to a rank that does not exist, nor anything after that.
    fn owe(&mut self, out: &mut Effects<M>) {
        out.prints();
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

    /// What the rank is doing; whether it is in a send, those who know the other ranks can say.
    pub(crate) fn status(&self) -> Status {
        match (self.owed.front(), &self.fault) {
            (Some((to, _)), _) => Status::Owing { to: *to },
            (None, Some(fault)) => Status::Crashed(fault.clone()),
            (None, None) => Status::after_sends(self.wait),
        }
    }

    /// What the node takes when it owes nothing any more.
    pub(crate) fn wait(&self) -> Wait {
        self.wait
    }

    /// The same, for a finding.
    pub(crate) fn awaited(&self) -> Awaited {
        Awaited::new::<M>(self.wait)
    }

    /// What the node has still to send, in order.
    pub(crate) fn owed(&self) -> &VecDeque<(Rank, M)> {
        &self.owed
    }

    /// On what the node has crashed.
    pub(crate) fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }
}
