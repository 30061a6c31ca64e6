//! Livelocks, found and proven: a state of the world that comes again without progress of any command.
//!
//! Brent's method ("An improved Monte Carlo factorization algorithm", 1980): the state at a step that
//! is a power of two is kept, and every later state is compared with it until the next power of two.
//! A sum of hashes, kept up to date step by step, tells which states are worth comparing.

use std::hash::{Hash, Hasher};

use ringscope_traces::{Op, Rank};
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use super::end::Cycle;
use super::observe::Observed;
use super::{ByArrival, Limits, Observer, Step, World};
use crate::protocol::Node;

/// Looks on at a run that makes no progress.
pub(super) struct LivelockDetector<N: Node> {
    driver: Rank,
    ranks: Vec<u64>,
    sum: u64,
    kept: World<N, ByArrival>,
    kept_sum: u64,
}

/// What a watch has come to.
pub(super) enum Seen<M> {
    /// Messages go round for ever.
    Livelock(Cycle<M>),
    /// A command made progress, or the run has come to its end or to its limit of messages.
    NoLivelock,
}

impl<M> Seen<M> {
    fn of(circle: Option<Cycle<M>>) -> Seen<M> {
        circle.map_or(Seen::NoLivelock, Seen::Livelock)
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

impl<N: Node> LivelockDetector<N> {
    /// A watch over that world, from now on.
    pub fn new(world: &World<N, ByArrival>, driver: Rank) -> LivelockDetector<N> {
        let ranks: Vec<_> =
            world.ranks().map(|rank| hash_of(&(rank, &world.nodes()[rank.index()]))).collect();
        let nodes = ranks.iter().fold(0_u64, |sum, hash| sum.wrapping_add(*hash));
        let in_flight = world.outbox.slots().map(|slot| world.outbox.in_flight(slot));
        let under_way = in_flight
            .map(|in_flight| hash_of(&(in_flight.from, in_flight.to, in_flight.message())));
        let sum = under_way.fold(nodes, u64::wrapping_add);
        LivelockDetector { driver, ranks, sum, kept: world.clone(), kept_sum: sum }
    }

    /// Runs the world until one of [`Seen`] is the case: a livelock when a state has come again, or when
    /// `limits.quiet_messages` have been received without progress.
    pub fn follow(
        &mut self,
        world: &mut World<N, ByArrival>,
        limits: Limits,
        observer: &mut impl Observer<N>,
    ) -> Seen<N::Message> {
        let mut keep_at = 1;
        for step in 1..=limits.quiet_messages {
            if limits.messages.is_some_and(|most| world.received() >= most) {
                return Seen::NoLivelock;
            }
            let mut sums = Sums { ranks: &mut self.ranks, sum: &mut self.sum };
            match world.step(&mut (&mut *observer, &mut sums)) {
                Step::Received(rank) if rank != self.driver => {}
                Step::Received(_) | Step::Nothing => return Seen::NoLivelock,
            }
            if self.sum == self.kept_sum && self.recurs(world) {
                let period = world.received() - self.kept.received();
                return Seen::of(circle(world, period, Some(period)));
            }
            if step == keep_at {
                keep_at *= 2;
                self.kept = world.clone();
                self.kept_sum = self.sum;
            }
        }
        Seen::of(circle(world, 4 * world.nodes().len() as u64, None))
    }

    /// A state that comes again proves a livelock only when nothing was left behind on the way: else a
    /// message that is still in flight could end it.
    fn recurs(&self, world: &World<N, ByArrival>) -> bool {
        world.all_in_flight_sent_since(self.kept.sent) && *world == self.kept
    }
}

/// What goes round, seen by going on for some messages more in a copy of the world.
fn circle<N: Node>(
    world: &World<N, ByArrival>,
    messages: u64,
    period: Option<u64>,
) -> Option<Cycle<N::Message>> {
    let mut copy = world.clone();
    let mut seen = Receipts::default();
    for _ in 0..messages {
        copy.step(&mut seen);
    }
    let mut counts: FxHashMap<&N::Message, u64> = FxHashMap::default();
    for (_, message) in &seen.0 {
        *counts.entry(message).or_default() += 1;
    }
    // The last of those that are most common is the first one seen, so that a seed says the same for ever.
    let (_, message) = seen.0.iter().rev().max_by_key(|(_, message)| counts[message])?;
    let mut been_there = FxHashSet::default();
    let through = seen.0.iter().filter(|(_, other)| other == message).map(|(rank, _)| *rank);
    let through = through.take_while(|rank| been_there.insert(*rank)).collect();
    let message = message.clone();
    Some(Cycle { message, through, period })
}

/// Who received what.
struct Receipts<M>(Vec<(Rank, M)>);

impl<M> Default for Receipts<M> {
    fn default() -> Self {
        Receipts(Vec::new())
    }
}

impl<N: Node> Observer<N> for Receipts<N::Message> {
    fn observed(&mut self, observed: &Observed<'_, N::Message>) {
        if observed.source().is_some() {
            self.0.push((observed.rank, observed.message.clone()));
        }
    }
}

fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    hasher.finish()
}
