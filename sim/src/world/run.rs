//! A run from its start to its end.

use ringscope_traces::Rank;

use super::end::End;
use super::livelock::{LivelockDetector, Seen};
use super::{ByArrival, Observer, Step, World};
use crate::protocol::Node;

/// What a run may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most messages in the whole run; `None` for no limit.
    pub messages: Option<u64>,
    /// The most messages without progress of any command: the second net for a livelock in which no
    /// state of the world recurs.
    pub quiet_messages: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { messages: None, quiet_messages: 1_000_000 }
    }
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome<M> {
    /// How it ended.
    pub end: End<M>,
    /// How many messages were received.
    pub received: u64,
    /// How many messages were sent and never received.
    pub unreceived: u64,
    /// Virtual time at the end, in nanoseconds.
    pub now_ns: u64,
}

/// Runs a world to its end. Commands make progress whenever `driver`, the rank that issues them,
/// receives something.
pub fn run<N: Node>(
    world: &mut World<N, ByArrival>,
    driver: Rank,
    limits: Limits,
    observer: &mut impl Observer<N>,
) -> Outcome<N::Message> {
    let end = run_to_end(world, driver, limits, observer);
    Outcome {
        end,
        received: world.received(),
        unreceived: world.sent - world.received,
        now_ns: world.now_ns(),
    }
}

fn run_to_end<N: Node>(
    world: &mut World<N, ByArrival>,
    driver: Rank,
    limits: Limits,
    observer: &mut impl Observer<N>,
) -> End<N::Message> {
    let limit_messages = limits.messages.unwrap_or(u64::MAX);
    let mut look_at = look_for_livelock_at(world);
    loop {
        let is_anything_left = world.sent > world.received();
        if world.received() >= limit_messages && is_anything_left {
            return End::Stopped { limit_messages };
        }
        match world.step(observer) {
            Step::Received(rank) if rank == driver => look_at = look_for_livelock_at(world),
            Step::Received(_) => {}
            Step::Nothing => return end_of_quiet(world),
        }
        if world.received() >= look_at {
            let mut detector = LivelockDetector::new(world, driver);
            if let Seen::Livelock(cycle) = detector.follow(world, limits, observer) {
                return End::Livelock(cycle);
            }
            look_at = look_for_livelock_at(world);
        }
    }
}

/// A message goes round the ring once at most: so many messages after the last progress of a command
/// there is reason to look for a livelock.
fn look_for_livelock_at<N: Node>(world: &World<N, ByArrival>) -> u64 {
    let a_few_rounds = 4 * world.nodes().len() as u64 + 256;
    world.received() + a_few_rounds * (world.sent - world.received()).max(1)
}

/// How a run ended in which nothing more will be received.
fn end_of_quiet<N: Node>(world: &World<N, ByArrival>) -> End<N::Message> {
    match world.crash() {
        Some((rank, fault)) => End::Crashed { rank: *rank, fault: fault.clone() },
        None if world.all_stopped() => End::Completed,
        None => End::Deadlock(world.wait_for_graph()),
    }
}
