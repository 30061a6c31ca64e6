//! How nodes join and leave: the handlers of the messages between those whom it concerns.
//!
//! The comments name the steps of the argument in `docs/protocol-safe.md`.

use std::sync::Arc;

use ringscope_traces::Rank;

use super::member::{Handled, MemberNode, PREDECESSOR, Phase, SUCCESSOR};
use super::message::{JoinOrder, SafeMessage, Ticket, Verdict, tags};
use crate::protocol::{Command, Fault, Key, Outbox, Peer, Storage, StorageId, Wait};

impl MemberNode {
    /// `one-way`: what comes after the ADD takes the new way, and what came before it has taken the old one.
    pub(super) fn admit(
        &mut self,
        newcomer: Peer,
        ticket: Ticket,
        out: &mut impl Outbox<SafeMessage>,
    ) -> Handled {
        let successor = self.link(SUCCESSOR, "ADD")?;
        let predecessor = Peer { rank: self.rank, id: self.id };
        let id = newcomer.id.ok_or(Fault::NoId { asked: "ADD" })?;
        let order = JoinOrder { id, predecessor, successor, ticket };
        out.send(newcomer.rank, SafeMessage::Join(Box::new(order)));
        out.send(successor.rank, SafeMessage::Split(newcomer));
        self.links[SUCCESSOR] = Some(newcomer);
        Ok(Wait::Any)
    }

    /// `cut`: the pairs that move, and no others, go to the newcomer, and are here no more.
    pub(super) fn split(&mut self, newcomer: Peer, out: &mut impl Outbox<SafeMessage>) -> Handled {
        let storage = self.storage.as_mut().ok_or(Fault::NoStorage { asked: "SPLIT" })?;
        let bound = newcomer.id.ok_or(Fault::NoId { asked: "SPLIT" })?;
        let moved = match bound.0.checked_add(1) {
            Some(above) if storage.first_key_value().is_some_and(|(key, _)| key.0 < above) => {
                let storage = Arc::make_mut(storage);
                let kept = storage.split_off(&Key(above));
                std::mem::replace(storage, kept)
            }
            Some(_) | None => Storage::new(),
        };
        self.links[PREDECESSOR] = Some(newcomer);
        out.send(newcomer.rank, SafeMessage::Keys(Arc::new(moved)));
        Ok(Wait::Any)
    }

    pub(super) fn join(&mut self, order: JoinOrder, out: &mut impl Outbox<SafeMessage>) -> Handled {
        let JoinOrder { id, predecessor, successor, ticket } = order;
        self.id = Some(id);
        self.links = [Some(predecessor), Some(successor), None];
        match std::mem::replace(&mut self.phase, Phase::Idle) {
            Phase::AwaitingJoin { pairs } => self.begin(pairs, ticket, out),
            // `both`: it takes no command before its pairs.
            Phase::Idle => {
                self.phase = Phase::AwaitingKeys { ticket };
                Ok(Wait::From { source: successor.rank, tag: tags::KEYS })
            }
            Phase::AwaitingKeys { .. }
            | Phase::AwaitingLeft { .. }
            | Phase::AwaitingTaken { .. } => Err(unexpected("JOIN")),
        }
    }

    pub(super) fn keys(
        &mut self,
        pairs: Arc<Storage>,
        out: &mut impl Outbox<SafeMessage>,
    ) -> Handled {
        match std::mem::replace(&mut self.phase, Phase::Idle) {
            Phase::AwaitingKeys { ticket } => self.begin(pairs, ticket, out),
            // Nothing else can come before the JOIN: nobody but the new predecessor sends it anything, and the JOIN first.
            Phase::Idle if self.id.is_none() => {
                self.phase = Phase::AwaitingJoin { pairs };
                Ok(Wait::Any)
            }
            Phase::Idle
            | Phase::AwaitingJoin { .. }
            | Phase::AwaitingLeft { .. }
            | Phase::AwaitingTaken { .. } => Err(unexpected("KEYS")),
        }
    }

    /// A newcomer has its place and its pairs.
    fn begin(
        &mut self,
        pairs: Arc<Storage>,
        ticket: Ticket,
        out: &mut impl Outbox<SafeMessage>,
    ) -> Handled {
        self.storage = Some(pairs);
        self.answer(ticket, SafeMessage::Done(Verdict::Changed, ticket), out)?;
        Ok(Wait::Any)
    }

    /// `flush`: the node before the one that leaves sends nothing on until that has left.
    pub(super) fn let_go(
        &mut self,
        id: StorageId,
        ticket: Ticket,
        out: &mut impl Outbox<SafeMessage>,
    ) -> Handled {
        let successor = self.link(SUCCESSOR, "REMOVE")?;
        out.send(successor.rank, SafeMessage::Asked(Command::Remove { id }, ticket));
        if successor.id != Some(id) {
            return Ok(Wait::Any);
        }
        self.phase = Phase::AwaitingLeft { ticket };
        Ok(Wait::From { source: successor.rank, tag: tags::LEFT })
    }

    /// `heir`: all pairs go to the successor, behind all commands that were passed on to it.
    pub(super) fn leave(&mut self, out: &mut impl Outbox<SafeMessage>) -> Handled {
        let successor = self.link(SUCCESSOR, "REMOVE")?;
        let predecessor = self.link(PREDECESSOR, "REMOVE")?;
        let pairs = self.storage.clone().ok_or(Fault::NoStorage { asked: "REMOVE" })?;
        out.send(successor.rank, SafeMessage::Heir(predecessor, pairs));
        self.phase = Phase::AwaitingTaken { predecessor: predecessor.rank };
        Ok(Wait::From { source: successor.rank, tag: tags::TAKEN })
    }

    pub(super) fn heir(
        &mut self,
        from: Rank,
        predecessor: Peer,
        (pairs, out): (&Storage, &mut impl Outbox<SafeMessage>),
    ) -> Handled {
        let storage = self.storage.as_mut().ok_or(Fault::NoStorage { asked: "HEIR" })?;
        if !pairs.is_empty() {
            Arc::make_mut(storage).extend(pairs.iter().map(|(key, value)| (*key, *value)));
        }
        self.links[PREDECESSOR] = Some(predecessor);
        out.send(from, SafeMessage::Taken);
        Ok(Wait::Any)
    }

    /// `handed-over`: the new way is open when its end has the pairs.
    pub(super) fn taken(&mut self, out: &mut impl Outbox<SafeMessage>) -> Handled {
        let Phase::AwaitingTaken { predecessor } = self.phase else {
            return Err(unexpected("TAKEN"));
        };
        let successor = self.link(SUCCESSOR, "TAKEN")?;
        out.send(predecessor, SafeMessage::Left(successor));
        *self = MemberNode::idle(self.rank);
        Ok(Wait::Any)
    }

    pub(super) fn left(&mut self, successor: Peer, out: &mut impl Outbox<SafeMessage>) -> Handled {
        let Phase::AwaitingLeft { ticket } = self.phase else {
            return Err(unexpected("LEFT"));
        };
        self.phase = Phase::Idle;
        self.links[SUCCESSOR] = Some(successor);
        self.answer(ticket, SafeMessage::Done(Verdict::Changed, ticket), out)?;
        self.accept(out)
    }
}

/// A message that no node sends to one that is in the middle of something else.
fn unexpected(message: &'static str) -> Fault {
    Fault::BadReply { message, missing: "what this node is to do now" }
}
