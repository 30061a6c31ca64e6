//! Livelocks, found and proven: a state of the world that recurs without progress of any command.
//!
//! Brent's method ("An improved Monte Carlo factorization algorithm", 1980): the state at a step that
//! is a power of two is kept, and every later state is compared with it until the next power of two.
//! A sum of hashes, kept up to date step by step, shows which states are worth comparing.

use std::hash::{Hash, Hasher};

use ringscope_traces::{Op, Rank};
use rustc_hash::FxHasher;

use super::cycle::{Cycle, Receipts};
use super::observe::Observed;
use super::{ByArrival, ByChoice, Limits, Observer, Scheduler, Step, World};
use crate::protocol::Node;

/// Follows a run that makes no progress, until its state recurs.
pub(super) struct LivelockDetector<N: Node, O> {
    driver: Rank,
    ranks: Vec<u64>,
    sum: u64,
    kept: World<N, O>,
    kept_sum: u64,
    /// After how many steps a state is kept next.
    keep_at: u64,
}

/// What the detector has found.
pub(super) enum Seen<M> {
    /// Messages go round forever.
    Livelock(Cycle<M>),
    /// A command made progress, or the run has come to its end or to its limit of messages.
    NoLivelock,
}

impl<M> Seen<M> {
    fn of(cycle: Option<Cycle<M>>) -> Seen<M> {
        cycle.map_or(Seen::NoLivelock, Seen::Livelock)
    }
}

/// The part of the sum that is kept up to date by what happens.
struct Sums<'a> {
    ranks: &'a mut Vec<u64>,
    sum: &'a mut u64,
}

impl<N: Node> Observer<N> for Sums<'_> {
    fn observed(&mut self, observed: &Observed<'_, N::Message>) {
        let Observed { rank, peer, message, .. } = *observed;
        *self.sum = match observed.op {
            Op::Send => self.sum.wrapping_add(hash_of(&(rank, peer, message))),
            Op::Recv => self.sum.wrapping_sub(hash_of(&(peer, rank, message))),
        };
    }

    fn handled(&mut self, rank: Rank, nodes: &[N]) {
        let new = hash_of(&(rank, &nodes[rank.index()]));
        let old = std::mem::replace(&mut self.ranks[rank.index()], new);
        *self.sum = self.sum.wrapping_sub(old).wrapping_add(new);
    }
}

/// A world that knows by itself which message is received next.
pub(super) trait Advance<N: Node>: Clone + Eq {
    /// Lets the next message be received.
    fn advance(&mut self, observer: &mut impl Observer<N>) -> Step;
}

impl<N: Node> Advance<N> for World<N, ByArrival> {
    fn advance(&mut self, observer: &mut impl Observer<N>) -> Step {
        self.step(observer)
    }
}

/// Whatever was sent first is received first.
impl<N: Node> Advance<N> for World<N, ByChoice> {
    fn advance(&mut self, observer: &mut impl Observer<N>) -> Step {
        self.choose_oldest(observer).map_or(Step::Nothing, Step::Received)
    }
}

impl<N: Node> World<N, ByChoice> {
    /// What goes round forever from here on, when whatever was sent first is received first; `None` when
    /// `driver` receives something, or the run ends.
    #[must_use]
    pub fn livelock(mut self, driver: Rank) -> Option<Cycle<N::Message>> {
        const MOST_STEPS: u64 = 1 << 16;
        let a_few_rounds = 4 * self.nodes().len() as u64 + 256;
        let in_flight = (self.sent - self.received).max(1);
        let mut detector = LivelockDetector::new(&self, driver);
        // A run that was seen to go round is in its cycle already: its first state is the one that recurs.
        detector.keep_at = a_few_rounds * in_flight;
        let quiet_messages = MOST_STEPS.max(2 * detector.keep_at);
        match detector.follow(&mut self, Limits { messages: None, quiet_messages }, &mut ()) {
            Seen::Livelock(cycle) => Some(cycle),
            Seen::NoLivelock => None,
        }
    }
}

impl<N: Node, O: Scheduler<N::Message>> LivelockDetector<N, O>
where
    World<N, O>: Advance<N>,
{
    /// A detector for that world, from now on.
    pub(super) fn new(world: &World<N, O>, driver: Rank) -> LivelockDetector<N, O> {
        let ranks: Vec<_> =
            world.ranks().map(|rank| hash_of(&(rank, &world.nodes()[rank.index()]))).collect();
        let nodes = ranks.iter().fold(0_u64, |sum, hash| sum.wrapping_add(*hash));
        let in_flight = world.arena.slots().map(|slot| world.arena.in_flight(slot));
        let in_flight = in_flight
            .map(|in_flight| hash_of(&(in_flight.from, in_flight.to, in_flight.message())));
        let sum = in_flight.fold(nodes, u64::wrapping_add);
        LivelockDetector { driver, ranks, sum, kept: world.clone(), kept_sum: sum, keep_at: 1 }
    }

    /// Runs the world until one of [`Seen`] is the case: a livelock when a state has come again, or when
    /// `limits.quiet_messages` have been received without progress.
    pub(super) fn follow(
        &mut self,
        world: &mut World<N, O>,
        limits: Limits,
        observer: &mut impl Observer<N>,
    ) -> Seen<N::Message> {
        for step in 1..=limits.quiet_messages {
            if limits.messages.is_some_and(|most| world.received() >= most) {
                return Seen::NoLivelock;
            }
            let mut sums = Sums { ranks: &mut self.ranks, sum: &mut self.sum };
            match world.advance(&mut (&mut *observer, &mut sums)) {
                Step::Received(rank) if rank != self.driver => {}
                Step::Received(_) | Step::Nothing => return Seen::NoLivelock,
            }
            if self.sum == self.kept_sum && self.recurs(world) {
                let period = world.received() - self.kept.received();
                return Seen::of(cycle(world, period, Some(period)));
            }
            if step == self.keep_at {
                self.keep_at *= 2;
                self.kept = world.clone();
                self.kept_sum = self.sum;
            }
        }
        Seen::of(cycle(world, 4 * world.nodes().len() as u64, None))
    }

    /// A state that recurs proves a livelock only when nothing was left behind on the way: else a
    /// message that is still in flight could end it.
    fn recurs(&self, world: &World<N, O>) -> bool {
        world.all_in_flight_sent_since(self.kept.sent) && *world == self.kept
    }
}

/// What goes round, seen by going on for some messages more in a copy of the world.
fn cycle<N: Node, W: Advance<N>>(
    world: &W,
    messages: u64,
    period: Option<u64>,
) -> Option<Cycle<N::Message>> {
    let mut copy = world.clone();
    let mut seen = Receipts::default();
    for _ in 0..messages {
        copy.advance(&mut seen);
    }
    Cycle::of(&seen, period)
}

fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    hasher.finish()
}
