//! Random scenarios, one for each seed: which kinds of failure there are, and a minimal run of each.
//!
//! Exploring goes through every order of a small scenario; a sweep goes through one order of each of many large ones (random
//! testing, as QuickCheck has it: Claessen and Hughes, *QuickCheck: A Lightweight Tool for Random Testing of Haskell Programs*, 2000).
//! A seed is a scenario and an order. Runs are counted by kind of failure, and of each kind the smallest run is shrunk: its script by
//! delta debugging (Zeller and Hildebrandt, *Simplifying and Isolating Failure-Inducing Input*, 2002), its order by exploring what is left.
//!
//! What is found depends on the seeds and on nothing else: counts are sums, and of two runs of a kind the smaller one is kept, by its
//! receipts and then by its seed. So seeds may be gone through in any order, by any number of threads or of processes.

mod bounds;
mod counts;
mod drawn;
mod files;
mod report;
mod shrink;
mod shrinking;

use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

pub use bounds::{SweepBounds, numbers, seeds};
pub use counts::{SmallestRun, SweepCounts};
pub use files::{CannotWriteFindings, FindingFiles, make_folder, write_findings};
pub use report::{ReportLine, SweepReport, Tone};
pub use shrinking::{SweepFinding, shrink_all};

use crate::protocol::Protocol;

/// How many seeds a thread takes at a time.
const SEEDS_AT_A_TIME: u64 = 256;

/// Runs a scenario for each seed. `go_on` is asked now and then, with what is known; when it says `false` the sweep ends.
///
/// ```
/// use ringscope_sim::protocols::{Classic, Safe};
/// use ringscope_sim::sweep::{SweepBounds, sweep};
///
/// let bounds = SweepBounds { seeds: 1..=200, ranks: 3..=8, commands: 20, window: 2..=4 };
/// let counts = sweep::<Classic>(&bounds, None, &mut |_| true);
/// assert_eq!(counts.runs, 200);
/// assert!(counts.kinds().any(|(kind, _)| kind.name() == "deadlock"));
/// assert_eq!(sweep::<Safe>(&bounds, None, &mut |_| true).kinds().count(), 0);
/// ```
pub fn sweep<P: Protocol>(
    bounds: &SweepBounds,
    threads: Option<NonZeroUsize>,
    go_on: &mut dyn FnMut(&SweepCounts) -> bool,
) -> SweepCounts {
    /// Between two questions each thread takes so many stretches.
    const STRETCHES: u64 = 16;
    let threads = threads.map_or(1, NonZeroUsize::get);
    let mut counts = SweepCounts::default();
    let mut first = *bounds.seeds.start();
    let last = *bounds.seeds.end();
    while go_on(&counts) {
        let round = SEEDS_AT_A_TIME * STRETCHES * threads as u64;
        let end = first.saturating_add(round - 1).min(last);
        counts.absorb(on_threads::<P>(
            &SweepBounds { seeds: first..=end, ..bounds.clone() },
            threads,
        ));
        if end == last {
            break;
        }
        first = end + 1;
    }
    counts
}

/// The same without a question, on that many threads.
fn on_threads<P: Protocol>(bounds: &SweepBounds, threads: usize) -> SweepCounts {
    let next = AtomicU64::new(*bounds.seeds.start());
    let last = *bounds.seeds.end();
    let work = || {
        let mut counts = SweepCounts::default();
        loop {
            let first = next.fetch_add(SEEDS_AT_A_TIME, Ordering::Relaxed);
            if first > last || first < *bounds.seeds.start() {
                return counts;
            }
            let end = first.saturating_add(SEEDS_AT_A_TIME - 1).min(last);
            counts.absorb(counted::<P>(bounds, first..=end));
        }
    };
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut counts = work();
        for other in others {
            counts.absorb(other.join().expect("a run does not panic"));
        }
        counts
    })
}

/// Runs the scenarios of some of the seeds, on this thread.
#[must_use]
pub fn counted<P: Protocol>(bounds: &SweepBounds, seeds: RangeInclusive<u64>) -> SweepCounts {
    let mut counts = SweepCounts::default();
    for seed in seeds {
        counts.count(seed, drawn::Drawn::of::<P>(bounds, seed).run::<P>());
    }
    counts
}
