//! Order by simulated arrival: each message takes a time drawn from the latency model.

use ringscope_traces::Rank;
use rustc_hash::FxHashMap;

use super::latency::{Latency, Sampler};
use super::wheel::{Due, Wheel};
use super::{Envelope, Observer, Scheduler, Step, World};
use crate::protocol::{Message as _, Node};

/// Messages arrive when their time is over, and are taken in the order in which they arrive.
#[derive(Debug, Clone)]
pub struct ByArrival {
    wheel: Wheel,
    sampler: Sampler,
    lanes: Lanes,
    /// Ranks that can take a message which has arrived before they were ready for it.
    ready: std::collections::VecDeque<Rank>,
}

impl ByArrival {
    /// The arrivals of that latency model for that seed.
    #[must_use]
    pub fn new(latency: Latency, seed: u64) -> ByArrival {
        ByArrival {
            wheel: Wheel::new(latency.usual_ns()),
            sampler: Sampler::new(latency, seed),
            lanes: Lanes::default(),
            ready: std::collections::VecDeque::new(),
        }
    }
}

impl<M> Scheduler<M> for ByArrival {
    const ARRIVALS_COUNT: bool = true;

    #[inline]
    fn sent(&mut self, envelope: Envelope, bytes: impl FnOnce() -> u64) -> bool {
        let drawn_ns = envelope.now_ns.saturating_add(self.sampler.draw(bytes));
        let at_ns = self.lanes.arrival(envelope, drawn_ns);
        self.wheel.insert(Due { at_ns, slot: envelope.slot });
        false
    }
}

impl<N: Node> World<N, ByArrival> {
    /// Goes on to the next receipt.
    #[inline]
    pub fn step(&mut self, observer: &mut impl Observer<N>) -> Step {
        if !self.crashes.is_empty() {
            return Step::Nothing;
        }
        if let Some(rank) = self.take_ready(observer) {
            return Step::Received(rank);
        }
        while let Some(Due { at_ns, slot }) = self.scheduler.wheel.pop() {
            self.now_ns = at_ns;
            let in_flight = self.arena.in_flight(slot);
            let mailbox = &mut self.mailboxes[in_flight.to.index()];
            // Whatever has arrived earlier and waits is nothing that the rank takes now.
            if mailbox.wait.takes(in_flight.from, in_flight.message().tag()) {
                return Step::Received(self.deliver(slot, observer));
            }
            mailbox.unexpected.push_back(slot);
        }
        Step::Nothing
    }

    #[inline]
    fn take_ready(&mut self, observer: &mut impl Observer<N>) -> Option<Rank> {
        while let Some(rank) = self.scheduler.ready.pop_front() {
            if let Some(nth) = self.first_match(rank) {
                let unexpected = &mut self.mailboxes[rank.index()].unexpected;
                let slot = unexpected.remove(nth).expect("the match was just found there");
                return Some(self.deliver(slot, observer));
            }
        }
        None
    }

    /// Lets a message be received, after which its receiver, and a sender that was blocked in it, may
    /// take what has arrived before.
    // A message takes 5 to 10 % longer without.
    #[inline(always)]
    fn deliver(&mut self, slot: u32, observer: &mut impl Observer<N>) -> Rank {
        let sender = self.arena.in_flight(slot).from;
        let rank = self.receive(slot, observer);
        self.note_ready(rank);
        if self.eager.is_some() {
            self.note_ready(sender);
        }
        rank
    }

    /// Remembers a rank whose wait has changed: a message that it takes now may have arrived already.
    #[inline]
    fn note_ready(&mut self, rank: Rank) {
        if !self.mailboxes[rank.index()].unexpected.is_empty() {
            self.scheduler.ready.push_back(rank);
        }
    }
}

/// When the last message from one rank to another arrives: MPI keeps the order between two ranks (MPI 4.1,
/// section 3.5, Order), so none that is sent later arrives earlier, whatever latency is drawn for it.
///
/// A rank mostly sends to one other, its successor, so the last lane of each sender is kept in a
/// list, and only other lanes with a message in flight are in the map.
#[derive(Debug, Clone, Default)]
struct Lanes {
    latest: Vec<Lane>,
    others: FxHashMap<(Rank, Rank), u64>,
    /// How many entries of `others` are worth looking through for those that are over.
    prune_at: usize,
}

#[derive(Debug, Clone, Copy, Default)]
struct Lane {
    to: Rank,
    arrives_ns: u64,
}

impl Lanes {
    /// When a message arrives that would by itself arrive at `drawn_ns`.
    #[inline]
    fn arrival(&mut self, envelope: Envelope, drawn_ns: u64) -> u64 {
        let sender = envelope.from.index();
        if sender >= self.latest.len() {
            self.latest.resize(sender + 1, Lane::default());
        }
        let lane = &mut self.latest[sender];
        if lane.to == envelope.to {
            lane.arrives_ns = lane.arrives_ns.max(drawn_ns);
            return lane.arrives_ns;
        }
        self.switch(envelope, drawn_ns)
    }

    fn switch(&mut self, envelope: Envelope, drawn_ns: u64) -> u64 {
        let lane = &mut self.latest[envelope.from.index()];
        if lane.arrives_ns > envelope.now_ns {
            self.others.insert((envelope.from, lane.to), lane.arrives_ns);
        }
        let earlier = if self.others.is_empty() {
            None
        } else {
            self.others.remove(&(envelope.from, envelope.to))
        };
        *lane = Lane { to: envelope.to, arrives_ns: drawn_ns.max(earlier.unwrap_or(0)) };
        let arrives_ns = lane.arrives_ns;
        self.prune(envelope.now_ns);
        arrives_ns
    }

    fn prune(&mut self, now_ns: u64) {
        const FEW: usize = 64;
        if self.others.len() > self.prune_at.max(FEW) {
            self.others.retain(|_, arrives_ns| *arrives_ns > now_ns);
            self.prune_at = 2 * self.others.len();
        }
    }
}
