//! The simulator's side.

use ringscope_sim::explain::explain;
use ringscope_sim::scenario::Scenario;
use ringscope_sim::simulate::{Finished, header, simulate};
use ringscope_sim::world::recording::Written;
use ringscope_sim::world::{Blocked, End};
use ringscope_traces::{Completeness, Trace, read_trace};

use crate::failure::Failure;
use crate::launch::Stopwatch;
use crate::report::trace_file::ending_summary;

/// A run under MPI may go round this many times as long as the simulated one took to be a livelock.
const ROUNDS: u64 = 20;

/// And so many messages at least, of which a launcher's start-up takes longer.
const FEWEST_MESSAGES: u64 = 2_000;

/// And so many at most: what mpi-runner takes for a livelock by itself.
const MOST_MESSAGES: u64 = 100_000;

/// A simulated run.
pub struct Simulated {
    pub trace: Trace,
    pub elapsed_ns: u64,
    finished: Finished,
    bytes: Vec<u8>,
}

impl Simulated {
    /// Simulates the scenario with its own seed.
    pub fn of(scenario: &Scenario) -> Result<Simulated, Failure> {
        let watch = Stopwatch::start();
        let mut written = Written::new(Vec::new(), &header(&scenario.settings))?;
        let finished = simulate(scenario, &mut written);
        let (bytes, _) = written.finish(&finished.outcome.end.ending())?;
        let elapsed_ns = watch.elapsed_ns();
        let (trace, _) = read_trace(bytes.as_slice(), "the simulated run")?;
        Ok(Simulated { trace, elapsed_ns, finished, bytes })
    }

    /// The trace as its file has it.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Who waits for whom at the end, where nobody moves any more.
    pub fn blocked(&self) -> Option<&[Blocked]> {
        match &self.finished.outcome.end {
            End::Deadlock(graph) => Some(&graph.blocked),
            End::Completed | End::Livelock(_) | End::Crashed { .. } | End::Stopped { .. } => None,
        }
    }

    /// Why it did not complete, in short.
    pub fn facts(&self) -> Option<String> {
        let explanation = explain(&self.finished.outcome.end, self.finished.world.nodes())?;
        Some(explanation.facts)
    }

    /// How it ended, and why.
    pub fn end(&self) -> String {
        let end = ending_summary(self.trace.footer.as_ref(), Completeness::Whole);
        match self.finished.outcome.end {
            End::Deadlock(_) | End::Livelock(_) => {
                format!("{end}, {}", self.facts().unwrap_or_default())
            }
            End::Completed | End::Crashed { .. } | End::Stopped { .. } => end,
        }
    }

    /// After how many messages without progress the run under MPI is to be ended: soon, where it is known
    /// that it would go round for ever.
    pub fn limit_for_mpi(&self) -> u64 {
        match self.finished.outcome.end {
            End::Livelock(_) => {
                let rounds = self.finished.outcome.received.saturating_mul(ROUNDS);
                rounds.clamp(FEWEST_MESSAGES, MOST_MESSAGES)
            }
            End::Completed | End::Deadlock(_) | End::Crashed { .. } | End::Stopped { .. } => {
                MOST_MESSAGES
            }
        }
    }
}
