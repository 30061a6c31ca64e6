//! What is wrong with a recorded run, by what its ranks called.

use ringscope_traces::diagnosis::{Diagnosis, can_diagnose, diagnose, standings};
use ringscope_traces::indexed::{Index, IndexedCalls};
use ringscope_traces::{Event, EventIndex, Footer, Trace};

/// What is wrong with a recorded run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosed {
    /// What is wrong, and what may have led to it.
    pub diagnosis: Diagnosis,
    /// Where the ranks are when the trace ends.
    pub standings: String,
}

impl Diagnosed {
    /// Diagnoses a run; `None` when its trace does not say enough.
    pub(crate) fn of(trace: &Trace) -> Option<Diagnosed> {
        let diagnosed = || Diagnosed { diagnosis: diagnose(trace), standings: standings(trace) };
        can_diagnose(trace).then(diagnosed)
    }

    /// What is wrong in a few words, as a heading; `None` when nothing is.
    pub fn title(&self) -> Option<&'static str> {
        self.diagnosis.verdicts.first().map(|first| first.kind.title())
    }
}

/// The most events of a run that is diagnosed here: all of them are in memory meanwhile.
pub(crate) const MOST_EVENTS_DIAGNOSED: usize = 1 << 18;

/// What is said of a longer one.
pub(super) const TOO_LONG: &str =
    "the run is too long to be diagnosed here: `ringscope check` says what is wrong with it";

/// Diagnoses a run whose events have all been indexed; `None` when it is too long, cannot be read, or does not say enough.
pub(super) fn of(
    index: &Index,
    found: &IndexedCalls,
    footer: Option<&Footer>,
) -> Option<Diagnosed> {
    if index.len() > MOST_EVENTS_DIAGNOSED || found.left_out > 0 {
        return None;
    }
    let mut lines = index.lines();
    let events: Option<Vec<Event>> =
        (0..index.len()).map(|at| lines.event(EventIndex(at)).ok()).collect();
    let trace = Trace {
        header: index.header().clone(),
        events: events?,
        calls: found.calls.clone(),
        footer: footer.cloned(),
    };
    Diagnosed::of(&trace)
}
