//! All nodes at one place of a run, and the way on from there.

use std::collections::BTreeMap;

use ringscope_traces::{Event, Op, Rank, Tag};

use super::checkpoints::RankState;
use crate::protocol::{Effects, Fault, Message as _, Node, Wait};
use crate::world::Status;

/// All nodes at one place of a run.
///
/// It goes past events that a [`Replay`](super::Replay) has gone past before, so it need not look whether
/// they are right; and only receives change a node, so sends need not even be read.
#[derive(Debug, Clone)]
pub struct Snapshot<N> {
    /// The nodes, by rank.
    pub nodes: Vec<N>,
    /// What their ranks are doing.
    pub statuses: Statuses,
    eager: Option<u64>,
}

/// What a rank would send for a message, as it takes it, and if another message had come first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reordered {
    /// Receivers and tags of what it sends.
    pub sends: Vec<(Rank, Tag)>,
    /// The same if the other message had come first.
    pub would_send: Vec<(Rank, Tag)>,
}

/// What every rank is doing: of one that owes sends, what it does after them.
#[derive(Debug, Clone)]
pub struct Statuses {
    /// What each takes when it has made its sends, by rank.
    waits: Vec<Wait>,
    /// Of those that have crashed.
    faults: BTreeMap<Rank, Fault>,
    /// The receivers of the sends that ranks are in.
    sending: BTreeMap<Rank, Rank>,
}

impl<N: Node> Snapshot<N> {
    /// Nodes that take anything.
    pub(super) fn start(nodes: Vec<N>, eager: Option<u64>) -> Snapshot<N> {
        let statuses = Statuses::idle(nodes.len());
        Snapshot { nodes, statuses, eager }
    }

    pub(super) fn set_wait(&mut self, rank: Rank, wait: Wait) {
        self.statuses.waits[rank.index()] = wait;
    }

    pub(super) fn set(&mut self, rank: Rank, state: &RankState<N>) {
        self.nodes[rank.index()] = state.node.clone();
        self.set_wait(rank, state.wait);
        if let Some(fault) = &state.fault {
            self.statuses.faults.insert(rank, (**fault).clone());
        }
    }

    /// Goes past an event.
    pub fn take(&mut self, event: &Event) {
        match event.op {
            Op::Send => {}
            Op::Recv => self.receive(event),
        }
    }

    fn receive(&mut self, event: &Event) {
        let Ok(message) = N::Message::parse(event.tag, &event.data) else { return };
        let rank = event.rank;
        let mut out = Effects::default();
        let received = self.nodes[rank.index()].receive(event.peer, message, &mut out);
        let outside = out.sends().find(|(to, _)| to.index() >= self.nodes.len());
        let outside = outside.map(|(to, _)| Fault::NoSuchRank { rank: i64::from(to.0) });
        match outside.map_or(received, Err) {
            Ok(wait) => self.set_wait(rank, wait),
            Err(fault) => {
                self.set_wait(rank, Wait::Stopped);
                self.statuses.faults.insert(rank, fault);
            }
        }
    }

    /// What a rank sends for a message that it receives now, and what it would send for it if another message had
    /// come before: `None` where both are the same, and where it would not take the two in that order.
    #[must_use]
    pub fn reordered(&self, received: &Event, sooner: &Event) -> Option<Reordered> {
        let actual = self.sends_for(&[received])?;
        let would = self.sends_for(&[sooner, received])?;
        let addressed = |sends: &[(Rank, N::Message)]| {
            sends.iter().map(|(to, message)| (*to, message.tag())).collect()
        };
        let reordered = || Reordered { sends: addressed(&actual), would_send: addressed(&would) };
        (actual != would).then(reordered)
    }

    /// What a rank sends for the last of these messages when it receives them one after the other; `None` where
    /// it does not take one of them, or crashes.
    fn sends_for(&self, receives: &[&Event]) -> Option<Vec<(Rank, N::Message)>> {
        let rank = receives.first()?.rank;
        let mut node = self.nodes.get(rank.index())?.clone();
        let mut status = self.statuses.of(rank)?;
        let mut sends = Vec::new();
        for event in receives {
            let message = N::Message::parse(event.tag, &event.data).ok()?;
            if !status.takes(event.peer, event.tag) {
                return None;
            }
            let mut out = Effects::default();
            status = Status::after_sends(node.receive(event.peer, message, &mut out).ok()?);
            sends = out.sends().collect();
        }
        Some(sends)
    }

    /// Whether any send of this run can hold its rank up until it is received.
    #[must_use]
    pub fn has_synchronous_sends(&self) -> bool {
        self.eager.is_some()
    }

    /// Takes note of the last event of a rank when that is a send that was not received: a rank does
    /// nothing else while it is in a send above the eager limit.
    pub fn is_last_of_its_rank(&mut self, send: &Event) {
        let is_synchronous = self.eager.is_some_and(|eager| {
            N::Message::parse(send.tag, &send.data).is_ok_and(|message| message.bytes() > eager)
        });
        if is_synchronous {
            self.statuses.sending.insert(send.rank, send.peer);
        }
    }
}

impl Statuses {
    /// So many ranks that take anything.
    #[must_use]
    pub fn idle(ranks: usize) -> Statuses {
        let waits = vec![Wait::Any; ranks];
        Statuses { waits, faults: BTreeMap::new(), sending: BTreeMap::new() }
    }

    /// What a rank is doing; `None` when there is no such rank.
    #[must_use]
    pub fn of(&self, rank: Rank) -> Option<Status> {
        match self.sending.get(&rank) {
            Some(to) => Some(Status::Sending { to: *to }),
            None => self.after_sends(rank),
        }
    }

    /// What a rank does when it has made its sends, be it in one or not.
    #[must_use]
    pub fn after_sends(&self, rank: Rank) -> Option<Status> {
        let wait = *self.waits.get(rank.index())?;
        let fault = self.faults.get(&rank).cloned();
        Some(fault.map_or_else(|| Status::after_sends(wait), Status::Crashed))
    }

    /// What every rank is doing, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Rank, Status)> {
        (0_u32..).map(Rank).map_while(|rank| Some((rank, self.of(rank)?)))
    }
}
