//! What every rank of a recorded run owes, waits for and holds, as its events go by.

use ringscope_traces::{Event, EventIndex, Rank};
use rustc_hash::FxHashMap;

use super::finding::{Letter, What};
use super::in_flight::{Address, InFlightMessages};
use super::obligations::Obligations;
use crate::protocol::{Effects, Message as _, Node};
use crate::world::{Pending, Status, WaitForGraph};

/// All ranks of a recorded run, on their way along its events.
///
/// Each node is fed what its rank received; the rank must have sent what the node asks, and received what
/// was sent to it. What this costs grows with what happens: ranks without events take anything.
#[derive(Debug)]
pub(super) struct Ranks<N: Node> {
    nodes: Vec<N>,
    /// Of the ranks that have events, and of those that do something at their start.
    obligations: FxHashMap<Rank, Obligations<N::Message>>,
    in_flight: InFlightMessages<N::Message>,
    /// The most bytes of a send that does not wait to be received.
    eager: Option<u64>,
    /// The sends that ranks are in.
    sending: FxHashMap<Rank, Address>,
    effects: Effects<N::Message>,
}

impl<N: Node> Ranks<N> {
    /// Starts every node; says which have done something then, in order.
    pub(super) fn start(mut nodes: Vec<N>, eager: Option<u64>) -> (Ranks<N>, Vec<Rank>) {
        let mut obligations = FxHashMap::default();
        let mut started = Vec::new();
        let count = count(&nodes);
        for (rank, node) in (0..count).map(Rank).zip(&mut nodes) {
            let own = Obligations::start(node, count);
            match own.status() {
                Status::WaitingForAny => {}
                Status::Waiting { .. }
                | Status::Sending { .. }
                | Status::Owing { .. }
                | Status::Crashed(_)
                | Status::Finished => {
                    obligations.insert(rank, own);
                    started.push(rank);
                }
            }
        }
        let (in_flight, sending) = (InFlightMessages::default(), FxHashMap::default());
        let effects = Effects::default();
        (Ranks { nodes, obligations, in_flight, eager, sending, effects }, started)
    }

    /// The message of an event, if there is such a rank and such a message.
    pub(super) fn parse(&self, event: &Event) -> Result<N::Message, What> {
        let ranks = count(&self.nodes);
        if event.rank.0 >= ranks || event.peer.0 >= ranks {
            return Err(What::NoSuchRank { ranks });
        }
        N::Message::parse(event.tag, &event.data).map_err(|bad| What::BadMessage { bad })
    }

    /// A rank sends what its node has asked for.
    pub(super) fn send(
        &mut self,
        at: EventIndex,
        event: &Event,
        message: N::Message,
    ) -> Result<(), What> {
        self.of(event.rank).send(event, &message)?;
        let is_synchronous = self.eager.is_some_and(|eager| message.bytes() > eager);
        let address = self.in_flight.send(at, event, message);
        if is_synchronous {
            self.sending.insert(event.rank, address);
        }
        Ok(())
    }

    /// Whether a rank may receive this now; says which send it is of.
    pub(super) fn may_receive(
        &mut self,
        event: &Event,
        message: &N::Message,
    ) -> Result<Address, What> {
        let own = self.of(event.rank);
        own.may_receive(event)?;
        let takes_any = own.status() == Status::WaitingForAny;
        let got = || Letter::of_event::<N::Message>(event);
        match self.in_flight.next(event, takes_any) {
            Some((address, sent)) if sent == message => Ok(address),
            Some((_, sent)) => {
                Err(What::NotAsSent { got: got(), sent: Letter::of_message(event.rank, sent) })
            }
            None => Err(What::NeverSent { got: got() }),
        }
    }

    /// A rank receives what it may.
    pub(super) fn receive(&mut self, address: Address, message: N::Message) {
        let Address { to, from, .. } = address;
        self.in_flight.take(address);
        // The sender goes on.
        if self.sending.get(&from) == Some(&address) {
            self.sending.remove(&from);
        }
        let own = self.obligations.get_mut(&to).expect("it may receive, so it has started");
        own.receive(&mut self.nodes[to.index()], (from, message), &mut self.effects);
    }

    /// Every node has been started; of those that take anything and owe nothing nothing was kept.
    fn of(&mut self, rank: Rank) -> &mut Obligations<N::Message> {
        let ranks = count(&self.nodes);
        self.obligations.entry(rank).or_insert_with(|| Obligations::idle(ranks))
    }

    /// The nodes as they stand, by rank.
    pub(super) fn nodes(&self) -> &[N] {
        &self.nodes
    }

    /// What the node of a rank has asked for and the rank has done or not; `None` while it takes anything
    /// and has done nothing.
    pub(super) fn obligations(&self, rank: Rank) -> Option<&Obligations<N::Message>> {
        self.obligations.get(&rank)
    }

    /// The most bytes of a send that does not wait to be received.
    pub(super) fn eager(&self) -> Option<u64> {
        self.eager
    }

    /// The ranks that have done anything, in order.
    pub(super) fn active(&self) -> Vec<Rank> {
        let mut active: Vec<Rank> = self.obligations.keys().copied().collect();
        active.sort_unstable();
        active
    }

    /// What a rank is doing.
    pub(super) fn status(&self, rank: Rank) -> Status {
        match (self.sending.get(&rank), self.obligations.get(&rank)) {
            (Some(send), _) => Status::Sending { to: send.to },
            (None, Some(own)) => own.status(),
            (None, None) => Status::WaitingForAny,
        }
    }

    /// Who waits for whom, and what is in flight.
    pub(super) fn wait_for_graph(&self) -> WaitForGraph<N::Message> {
        let pending = self.in_flight.in_order().into_iter().map(|(address, message)| {
            let Address { to, from, .. } = address;
            Pending { from, to, message: message.clone() }
        });
        let statuses = self.active().into_iter().map(|rank| (rank, self.status(rank)));
        WaitForGraph::of(statuses, pending.collect())
    }
}

fn count<N>(nodes: &[N]) -> u32 {
    u32::try_from(nodes.len()).expect("ranks are counted in 32 bits")
}

#[cfg(test)]
mod tests;
