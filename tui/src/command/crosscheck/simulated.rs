//! The simulator's side.

use ringscope_screen::failure::Failure;
use ringscope_screen::trace_summary::ending_summary;
use ringscope_sim::scenario::Scenario;
use ringscope_sim::simulate::{Recorded, Summary, record};
use ringscope_sim::world::Blocked;
use ringscope_traces::{Completeness, Ending, Trace, read_trace};

use crate::launch::Stopwatch;

/// A run under MPI may go round this many times as long as the simulated one took to be a livelock.
const ROUNDS: u64 = 20;

/// And so many messages at least, of which a launcher's start-up takes longer.
const FEWEST_MESSAGES: u64 = 2_000;

/// And so many at most: what mpi-runner takes for a livelock by itself.
const MOST_MESSAGES: u64 = 100_000;

/// A simulated run.
pub(super) struct Simulated {
    pub trace: Trace,
    pub elapsed_ns: u64,
    summary: Summary,
    bytes: Vec<u8>,
}

impl Simulated {
    /// Simulates the scenario with its own seed.
    pub(super) fn of(scenario: &Scenario) -> Result<Simulated, Failure> {
        let watch = Stopwatch::start();
        let Recorded { to: bytes, summary, .. } = record(scenario, Vec::new())?;
        let elapsed_ns = watch.elapsed_ns();
        let (trace, _) = read_trace(bytes.as_slice(), "the simulated run")?;
        Ok(Simulated { trace, elapsed_ns, summary, bytes })
    }

    /// The trace as its file has it.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Who waits for whom at the end, where nobody moves any more.
    pub(super) fn blocked(&self) -> Option<&[Blocked]> {
        self.summary.blocked.as_deref()
    }

    /// Why it did not complete, in short.
    pub(super) fn facts(&self) -> Option<String> {
        self.summary.explanation.as_ref().map(|explanation| explanation.facts.clone())
    }

    /// How it ended, and why.
    pub(super) fn end(&self) -> String {
        let end = ending_summary(self.trace.footer.as_ref(), Completeness::Whole);
        match self.summary.ending {
            Ending::Deadlock | Ending::Livelock => {
                format!("{end}, {}", self.facts().unwrap_or_default())
            }
            Ending::Completed | Ending::Crashed { .. } | Ending::Stopped => end,
        }
    }

    /// After how many messages without progress the run under MPI is to be ended: soon, where it is known
    /// that it would go round for ever.
    pub(super) fn quiet_messages_for_mpi(&self) -> u64 {
        match self.summary.ending {
            Ending::Livelock => {
                let rounds = self.summary.received.saturating_mul(ROUNDS);
                rounds.clamp(FEWEST_MESSAGES, MOST_MESSAGES)
            }
            Ending::Completed | Ending::Deadlock | Ending::Crashed { .. } | Ending::Stopped => {
                MOST_MESSAGES
            }
        }
    }
}
