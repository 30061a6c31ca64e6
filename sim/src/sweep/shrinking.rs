//! From counts to findings: of each kind of failure the smallest run, shrunk.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use ringscope_traces::Header;

use super::SweepBounds;
use super::counts::{SmallestRun, SweepCounts};
use super::drawn::Drawn;
use super::shrink::{Shrinker, Shrunk};
use crate::explore::FailureKind;
use crate::invariants::InvariantChecker;
use crate::protocol::Protocol;
use crate::scenario::Scenario;
use crate::simulate::{header, simulate};
use crate::world::recording::Written;

/// A kind of failure, with the smallest run that was found of it.
#[derive(Debug, Clone)]
pub struct SweepFinding {
    /// What kind.
    pub kind: FailureKind,
    /// The smallest run of the sweep, from which this was made, and how many there are of the kind.
    pub smallest: SmallestRun,
    /// The scenario that is left.
    pub scenario: Scenario,
    /// How many messages are received in the run.
    pub receipts: u64,
    /// Whether it fails in this way in no order with fewer receipts, and in no order at all without one or two of its commands, with fewer
    /// ranks or in a smaller window. All of that was tried.
    pub is_minimal: bool,
    /// Whether the scenario fails when it is run with the seed that it has.
    pub fails_when_run: bool,
    /// What fails, in a sentence.
    pub says: String,
    /// The run as a trace.
    pub trace: Vec<u8>,
}

/// Shrinks the smallest run of each kind, on that many threads. The findings with the fewest commands come first, of these those with the
/// fewest receipts.
///
/// When `is_over` says so, what has not been shrunk by then stays as it is.
pub fn shrink_all<P: Protocol>(
    bounds: &SweepBounds,
    counts: &SweepCounts,
    threads: Option<NonZeroUsize>,
    is_over: &(dyn Fn() -> bool + Sync),
) -> Vec<SweepFinding> {
    let kinds: Vec<(&FailureKind, SmallestRun)> = counts.kinds().collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let places = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
        let taken = places.map_while(|place| kinds.get(place));
        taken.map(|(kind, smallest)| finding::<P>(bounds, (kind, *smallest), is_over)).collect()
    };
    let mut findings: Vec<SweepFinding> = thread::scope(|scope| {
        let threads = threads.map_or(1, NonZeroUsize::get);
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut all: Vec<SweepFinding> = work();
        for other in others {
            all.extend(other.join().expect("a run does not panic"));
        }
        all
    });
    findings.sort_by(|one, other| {
        let size = |one: &SweepFinding| (one.scenario.script.len(), one.receipts);
        (size(one), &one.kind).cmp(&(size(other), &other.kind))
    });
    findings
}

fn finding<P: Protocol>(
    bounds: &SweepBounds,
    (kind, smallest): (&FailureKind, SmallestRun),
    is_over: &(dyn Fn() -> bool + Sync),
) -> SweepFinding {
    let drawn = Drawn::of::<P>(bounds, smallest.seed);
    let Shrunk { drawn, discovery, is_minimal, fails_under_its_seed } = match is_over() {
        true => Shrunk { drawn, discovery: None, is_minimal: false, fails_under_its_seed: true },
        false => Shrinker::<P>::new(kind, is_over).shrink(drawn),
    };
    let scenario = drawn.scenario(kind.name());
    let (receipts, says, trace) = match discovery {
        Some(found) => (found.way.len() as u64, found.says, found.trace),
        None => simulated::<P>(kind, &scenario),
    };
    SweepFinding {
        kind: kind.clone(),
        smallest,
        scenario,
        receipts,
        is_minimal,
        fails_when_run: fails_under_its_seed,
        says,
        trace,
    }
}

/// The run of a scenario under its seed: how many messages are received, what fails, and its trace.
fn simulated<P: Protocol>(kind: &FailureKind, scenario: &Scenario) -> (u64, String, Vec<u8>) {
    let header: Header = header(&scenario.settings);
    let written = Written::new(Vec::new(), &header).expect("memory takes all that is written");
    let mut observer = (InvariantChecker::default(), written);
    let run = simulate::<P>(scenario, &mut observer);
    let (mut checker, written) = observer;
    checker.finish(run.world.nodes());
    let summary = run.summary();
    let (trace, _) = written.finish(&summary.ending).expect("memory takes all that is written");
    let of_invariant =
        kind.invariant().and_then(|invariant| checker.tally(invariant).violations.first());
    let says = match (of_invariant, summary.explanation) {
        (Some(violation), _) => violation.what.clone(),
        (None, Some(explanation)) => explanation.facts,
        (None, None) => String::new(),
    };
    (summary.received, says, trace)
}
