//! The scenario of a seed, and its run.

use std::sync::Arc;

use super::SweepBounds;
use crate::explore::FailureKind;
use crate::invariants::{Invariant, InvariantChecker};
use crate::protocol::{Protocol, Run, Script};
use crate::protocols::ProtocolId;
use crate::scenario::random::{Dice, keyspace, random_commands};
use crate::scenario::{Scenario, Settings};
use crate::simulate::command_rank;
use crate::world::latency::Latency;
use crate::world::{ByArrival, End, Limits, World, run};

/// Separates this use of a seed from others.
const PURPOSE: &[u8; 24] = b"ringscope sweep settings";

/// How long messages take: about as long as each other, or so that some overtake many.
const LATENCIES: [Latency; 2] = [
    Latency::Uniform { low_ns: 50_000, high_ns: 150_000 },
    Latency::Uniform { low_ns: 1_000, high_ns: 1_000_000 },
];

/// After so many messages without progress of a command a run is a livelock, should no state have come again.
const QUIET_MESSAGES: u64 = 100_000;

/// A scenario, before it has a text.
#[derive(Debug, Clone)]
pub(super) struct Drawn {
    pub settings: Settings,
    pub runs: Vec<Run>,
}

/// Something that failed in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RunFailure {
    pub kind: FailureKind,
    /// How many messages had been received by then.
    pub receipts: u64,
}

impl Drawn {
    /// The scenario of a seed.
    pub(super) fn of<P: Protocol>(bounds: &SweepBounds, seed: u64) -> Drawn {
        let mut dice = Dice::new(seed, PURPOSE);
        let mut between = |low: u32, high: u32| {
            let drawn = dice.below(u64::from(high - low) + 1);
            low + u32::try_from(drawn).expect("it is below a number of 32 bits")
        };
        let ranks = between(*bounds.ranks.start(), *bounds.ranks.end());
        let window = between(*bounds.window.start(), *bounds.window.end());
        let [usual, wide] = LATENCIES;
        let settings = Settings {
            protocol: ProtocolId::named(P::INFO.name).unwrap_or_default(),
            ranks,
            seed,
            window,
            keyspace: keyspace(ranks),
            latency: if between(0, 1) == 0 { usual } else { wide },
            ..Settings::default()
        };
        let runs = random_commands(&settings, bounds.commands);
        Drawn { settings, runs }
    }

    /// It as a scenario of that name.
    pub(super) fn scenario(&self, name: &str) -> Scenario {
        Scenario::new(name, &self.settings, &self.runs)
    }

    /// How many messages its run takes, and what fails in it.
    pub(super) fn run<P: Protocol>(&self) -> (u64, Vec<RunFailure>) {
        let settings = &self.settings;
        let script = Arc::new(Script::new(self.runs.clone()));
        let mut checker = InvariantChecker::default();
        let scheduler = ByArrival::new(settings.latency, settings.seed);
        let nodes = P::nodes(&settings.node_setup(script));
        let mut world = World::new(nodes, scheduler, settings.eager, &mut checker);
        let limits = Limits { quiet_messages: QUIET_MESSAGES, ..Limits::default() };
        let outcome = run(&mut world, command_rank(settings), limits, &mut checker);
        checker.finish(world.nodes());
        if outcome.end == End::Completed && checker.holds() {
            return (outcome.received, Vec::new());
        }
        let failed = FailureKind::of_end::<P>(&outcome.end, settings.ranks);
        let mut failures: Vec<RunFailure> = failed
            .map(|kind| RunFailure { kind, receipts: outcome.received })
            .into_iter()
            .collect();
        failures.extend(broken(&checker, outcome.end == End::Completed));
        (outcome.received, failures)
    }
}

/// Which invariants are broken: of a run that did not complete only what was answered counts, as where every order is explored.
fn broken(checker: &InvariantChecker, has_completed: bool) -> impl Iterator<Item = RunFailure> {
    let counts = move |invariant: &Invariant| match invariant {
        Invariant::LastPutRead => true,
        Invariant::KeysKept | Invariant::OneOwner | Invariant::SenderOrder => has_completed,
    };
    Invariant::ALL.into_iter().filter(counts).filter_map(|invariant| {
        let first = checker.tally(invariant).violations.first()?;
        Some(RunFailure { kind: FailureKind::of_broken(invariant), receipts: first.at })
    })
}
