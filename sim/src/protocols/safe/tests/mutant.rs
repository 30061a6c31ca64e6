//! The protocol with one step of its argument left out.

use std::hash::Hash;

use ringscope_traces::{Event, Rank};

use super::super::message::{Found, SafeMessage, Verdict, tags};
use super::super::{Safe, SafeNode};
use crate::explain::Explanation;
use crate::protocol::definition::{Described, Info, NodeSetup, Protocol, Roles};
use crate::protocol::plan::{Objections, Plan};
use crate::protocol::{
    BadMessage, Command, Effects, Fault, Node, NodeView, Outbox, Peer, StorageId, Viewed, Wait,
};
use crate::world::End;

/// A step of the argument in `docs/protocol-safe.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum ArgumentStep {
    Stream,
    OneWay,
    Both,
    Flush,
    HandedOver,
    Cut,
    Heir,
    Links,
    Refuse,
    Absent,
    Once,
    InTurn,
    Hold,
    Upwards,
}

impl ArgumentStep {
    pub(super) const ALL: [ArgumentStep; 14] = [
        ArgumentStep::Stream,
        ArgumentStep::OneWay,
        ArgumentStep::Both,
        ArgumentStep::Flush,
        ArgumentStep::HandedOver,
        ArgumentStep::Cut,
        ArgumentStep::Heir,
        ArgumentStep::Links,
        ArgumentStep::Refuse,
        ArgumentStep::Absent,
        ArgumentStep::Once,
        ArgumentStep::InTurn,
        ArgumentStep::Hold,
        ArgumentStep::Upwards,
    ];

    /// Its name on the page.
    pub(super) fn name(self) -> &'static str {
        match self {
            ArgumentStep::Stream => "stream",
            ArgumentStep::OneWay => "one-way",
            ArgumentStep::Both => "both",
            ArgumentStep::Flush => "flush",
            ArgumentStep::HandedOver => "handed-over",
            ArgumentStep::Cut => "cut",
            ArgumentStep::Heir => "heir",
            ArgumentStep::Links => "links",
            ArgumentStep::Refuse => "refuse",
            ArgumentStep::Absent => "absent",
            ArgumentStep::Once => "once",
            ArgumentStep::InTurn => "in-turn",
            ArgumentStep::Hold => "hold",
            ArgumentStep::Upwards => "upwards",
        }
    }
}

/// The protocol without the step that has that place in [`ArgumentStep::ALL`].
pub(super) struct Mutant<const STEP: usize>;

/// One of its processes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct MutantNode<const STEP: usize> {
    rank: Rank,
    inner: SafeNode,
    /// A message that is kept back.
    kept: Option<(Rank, SafeMessage)>,
    /// The successor before the last join.
    former: Option<Rank>,
    /// How many TAKEN are still to come that nobody waits for.
    late: u8,
}

type Handled = Result<Wait, Fault>;

impl<const STEP: usize> MutantNode<STEP> {
    const STEP: ArgumentStep = ArgumentStep::ALL[STEP];

    /// Alters what comes in.
    fn take(
        &mut self,
        (from, message): (Rank, SafeMessage),
        out: &mut Effects<SafeMessage>,
    ) -> Handled {
        let is_head = self.rank == Rank(0);
        match (Self::STEP, message) {
            // A PUT lets the next command pass.
            (ArgumentStep::Stream, message @ SafeMessage::Asked(Command::Put { .. }, _))
                if is_head && self.kept.is_none() =>
            {
                self.kept = Some((from, message));
                Ok(Wait::Any)
            }
            (ArgumentStep::Stream, message) => {
                let wait = self.inner.receive(from, message, out)?;
                match self.kept.take_if(|_| wait == Wait::Any) {
                    Some((from, kept)) => self.inner.receive(from, kept, out),
                    None => Ok(wait),
                }
            }
            // Nobody waits for the pairs.
            (ArgumentStep::Both, message @ SafeMessage::Join(_)) => {
                self.inner.receive(from, message, out)?;
                Ok(Wait::Any)
            }
            // Nobody waits for LEFT.
            (ArgumentStep::Flush, message @ SafeMessage::Asked(Command::Remove { .. }, _)) => {
                let wait = self.inner.receive(from, message, out)?;
                let is_for_left = matches!(wait, Wait::From { tag: tags::LEFT, .. });
                Ok(if is_for_left { Wait::Any } else { wait })
            }
            // Nobody waits for TAKEN.
            (ArgumentStep::HandedOver, SafeMessage::Taken) if self.late > 0 => {
                self.late -= 1;
                Ok(Wait::Any)
            }
            (ArgumentStep::HandedOver, message @ SafeMessage::Asked(Command::Remove { .. }, _)) => {
                match self.inner.receive(from, message, out)? {
                    Wait::From { source, tag: tags::TAKEN } => {
                        self.late += 1;
                        self.inner.receive(source, SafeMessage::Taken, out)
                    }
                    wait @ (Wait::Any | Wait::From { .. } | Wait::Stopped) => Ok(wait),
                }
            }
            // The pair of the newcomer's own id stays.
            (ArgumentStep::Cut, SafeMessage::Split(Peer { rank, id: Some(id) })) => {
                let less = Peer { rank, id: Some(StorageId(id.0 - 1)) };
                self.inner.receive(from, SafeMessage::Split(less), out)
            }
            // The predecessor stays who it was.
            (ArgumentStep::Links, SafeMessage::Heir(_, pairs)) => {
                let id = self.inner.view().predecessor().and_then(|peer| peer.id);
                let same = Peer { rank: from, id };
                self.inner.receive(from, SafeMessage::Heir(same, pairs), out)
            }
            // Every key is let in.
            (ArgumentStep::Refuse, message @ SafeMessage::Asked(Command::Put { .. }, _))
                if is_head =>
            {
                let successor = self.inner.view().successor().expect("the head has one");
                out.send(successor.rank, message);
                Ok(Wait::Any)
            }
            // Answers are handed over as they come.
            (ArgumentStep::InTurn, message @ (SafeMessage::Value(..) | SafeMessage::Done(..)))
                if is_head =>
            {
                let SafeNode::Member(head) = &mut self.inner else { return Ok(Wait::Any) };
                let command = head.desk().expect("it is the head").command();
                out.send(command, message);
                Ok(Wait::Any)
            }
            // No ADD waits.
            (ArgumentStep::Hold, message @ SafeMessage::Asked(..)) if is_head => {
                let wait = self.inner.receive(from, message, out)?;
                if let SafeNode::Member(head) = &mut self.inner {
                    head.desk().expect("it is the head").forget_leaving();
                }
                Ok(wait)
            }
            // Whoever takes over waits for the node before it.
            (ArgumentStep::Upwards, SafeMessage::Heir(predecessor, pairs)) => {
                self.inner.receive(from, SafeMessage::Heir(predecessor, pairs), out)?;
                Ok(Wait::From { source: predecessor.rank, tag: tags::PUT })
            }
            (_, message) => self.inner.receive(from, message, out),
        }
    }

    /// Alters what goes out.
    fn send(&mut self, (to, message): (Rank, SafeMessage), out: &mut impl Outbox<SafeMessage>) {
        match (Self::STEP, message) {
            // What comes behind the ADD still takes the old way.
            (ArgumentStep::OneWay, message @ SafeMessage::Split(_)) => {
                self.former = Some(to);
                out.send(to, message);
            }
            (ArgumentStep::OneWay, message @ SafeMessage::Asked(..)) => {
                out.send(self.former.take().unwrap_or(to), message);
            }
            // One pair is left behind.
            (ArgumentStep::Heir, SafeMessage::Heir(predecessor, mut pairs)) => {
                std::sync::Arc::make_mut(&mut pairs).pop_first();
                out.send(to, SafeMessage::Heir(predecessor, pairs));
            }
            (ArgumentStep::Absent, SafeMessage::Value(Found::Absent(_), _)) => {}
            // The predecessor answers the ADD too.
            (ArgumentStep::Once, SafeMessage::Join(order)) => {
                out.send(Rank(0), SafeMessage::Done(Verdict::Changed, order.ticket));
                out.send(to, SafeMessage::Join(order));
            }
            (_, message) => out.send(to, message),
        }
    }
}

impl<const STEP: usize> Node for MutantNode<STEP> {
    type Message = SafeMessage;

    fn start(&mut self, out: &mut impl Outbox<SafeMessage>) -> Wait {
        self.inner.start(out)
    }

    fn receive(
        &mut self,
        from: Rank,
        message: SafeMessage,
        out: &mut impl Outbox<SafeMessage>,
    ) -> Handled {
        let mut effects = Effects::default();
        let wait = self.take((from, message), &mut effects)?;
        for sent in effects.sends() {
            self.send(sent, out);
        }
        Ok(wait)
    }
}

impl<const STEP: usize> Viewed for MutantNode<STEP> {
    fn view(&self) -> NodeView<'_> {
        self.inner.view()
    }
}

impl<const STEP: usize> Protocol for Mutant<STEP> {
    type Node = MutantNode<STEP>;

    const INFO: Info = Safe::INFO;

    fn nodes(setup: &NodeSetup) -> Vec<MutantNode<STEP>> {
        let mutant = |(rank, inner)| MutantNode { rank, inner, kept: None, former: None, late: 0 };
        (0..).map(Rank).zip(Safe::nodes(setup)).map(mutant).collect()
    }

    fn settled(setup: &NodeSetup) -> Vec<MutantNode<STEP>> {
        Self::nodes(setup)
    }

    fn roles(ranks: u32) -> Roles {
        Safe::roles(ranks)
    }

    fn describe(message: &SafeMessage) -> Described {
        Safe::describe(message)
    }

    fn client_message(event: &Event) -> Option<Result<SafeMessage, BadMessage>> {
        Safe::client_message(event)
    }

    fn check(plan: &Plan<'_>, objections: &mut dyn Objections) {
        Safe::check(plan, objections);
    }

    fn explain(end: &End<SafeMessage>, nodes: &[MutantNode<STEP>]) -> Option<Explanation> {
        let nodes: Vec<_> = nodes.iter().map(|node| node.inner.clone()).collect();
        Safe::explain(end, &nodes)
    }
}
