//! What is wrong with a recorded run, said with rank, call and line.
//!
//! It looks at what the trace shows and at nothing else: which calls the ranks were in when it ended, what they
//! had called before, and which messages nobody has received. Whoever could still have gone on is never called
//! stuck. The wait-for graph has edges of both kinds, as that of MUST has (Hilbrich et al., *MPI Runtime Error
//! Detection with MUST*, 2012): a rank that needs all of several others, and one that needs any of them.

mod amounts;
mod beginning;
mod clocks;
mod collectives;
mod condensed;
mod ends;
mod messages;
mod misuses;
mod needs;
mod races;
mod rank_calls;
mod requests;
mod spawned;
mod stuck;
mod table;
mod types;
mod windows;
mod words;

use std::fmt;

use serde::Serialize;

use crate::calls::Call;
use crate::event::{Rank, Trace};

pub(crate) use condensed::Beforehand;
pub use condensed::Condensed;
use needs::Waiting;
use table::Table;

/// What kind of thing is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Ranks have called different collective operations where all must call the same.
    DifferentCollectives,
    /// A rank has done with MPI what a correct program does not.
    Misuse,
    /// Ranks wait in a collective operation that others have not entered.
    CollectiveNotEntered,
    /// Ranks wait for one that has left.
    WaitsForOneThatLeft,
    /// A rank waits for a message that nobody will send.
    NobodySends,
    /// Sends wait for each other's receives.
    SendsInACycle,
    /// A rank waits for others that wait themselves.
    Waits,
    /// Ranks wait for each other.
    Cycle,
    /// A message has more bytes than the receive has room for.
    Truncation,
    /// Numbers are received as others than they were sent as.
    Types,
    /// A call has returned an error.
    FailedCall,
    /// An exception has ended a rank's program.
    Exception,
    /// A rank's process has ended without `MPI_Finalize`, or with an exit code that is not 0.
    Ended,
    /// A buffer was written to while it was being sent.
    BufferChanged,
    /// A message was found by probes again and again, and was not received.
    ProbedAndNotReceived,
    /// The same messages went to and fro until the run was ended.
    Livelock,
    /// The request of a receive was freed while it was active.
    FreedReceive,
    /// A request was never completed.
    NeverCompleted,
    /// A message was never received.
    NeverReceived,
    /// A wildcard receive could have taken another message: no fault by itself.
    Race,
    /// A persistent request was waited for and never started: no fault by itself.
    NeverStarted,
    /// Something was never freed: no fault by itself.
    NeverFreed,
    /// Processes were spawned: what ranks they are.
    Spawned,
}

impl Kind {
    /// Whether it is about messages, buffers and requests: then where its ranks are is not said with it.
    pub(crate) fn is_of_data(self) -> bool {
        matches!(
            self,
            Kind::Types
                | Kind::BufferChanged
                | Kind::FreedReceive
                | Kind::NeverCompleted
                | Kind::NeverReceived
        )
    }

    /// It in a few words, as a heading: `different collectives`.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Kind::DifferentCollectives => "different collectives",
            Kind::Misuse => "a call that a correct program does not make",
            Kind::CollectiveNotEntered => "a collective that not all enter",
            Kind::WaitsForOneThatLeft => "a wait for one that has left",
            Kind::NobodySends => "a message that nobody sends",
            Kind::SendsInACycle => "a cycle of sends",
            Kind::Waits => "a wait without an end",
            Kind::Cycle => "ranks that wait for each other",
            Kind::Truncation => "a message too long for its receive",
            Kind::Types => "types that do not fit",
            Kind::FailedCall => "a call that failed",
            Kind::Exception => "an exception",
            Kind::Ended => "a rank that ended badly",
            Kind::BufferChanged => "a buffer changed while it was sent",
            Kind::ProbedAndNotReceived => "a message probed and not received",
            Kind::Livelock => "a livelock",
            Kind::FreedReceive => "a receive freed while it was active",
            Kind::NeverCompleted => "a request never completed",
            Kind::NeverReceived => "a message never received",
            Kind::Race => "a race",
            Kind::NeverStarted => "a request never started",
            Kind::NeverFreed => "something never freed",
            Kind::Spawned => "processes that were spawned",
        }
    }
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// What kind of thing.
    pub kind: Kind,
    /// The ranks that it is about.
    pub ranks: Vec<Rank>,
    /// The sentence.
    pub says: String,
}

/// All that is wrong with a run, the first cause first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// What is wrong; empty when nothing is.
    pub verdicts: Vec<Verdict>,
    /// What is no fault by itself, and may have led to one.
    pub remarks: Vec<Verdict>,
}

impl Diagnosis {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.verdicts.is_empty()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.says)
    }
}

/// Whether a trace says what its ranks called: one of messages alone cannot be diagnosed.
#[must_use]
pub fn can_diagnose(trace: &Trace) -> bool {
    let says_calls = |call: &Call| matches!(call, Call::Last(_) | Call::Enter(_) | Call::Exit(_));
    trace.calls.iter().any(says_calls)
}

/// Where all ranks are when a trace ends: `ranks 0 and 1 are in MPI_Barrier (a.c:11); rank 2 is ...`.
#[must_use]
pub fn standings(trace: &Trace) -> String {
    stuck::all(&Table::of(trace))
}

/// Where those ranks are that no verdict is about, when a trace ends that was cut off; `None` when there are none.
#[must_use]
pub fn standings_of_others(trace: &Trace, diagnosis: &Diagnosis) -> Option<String> {
    stuck::others(&Table::of(trace), diagnosis)
}

/// Says what is wrong with a run, of a trace that says what its ranks called.
#[must_use]
pub fn diagnose(trace: &Trace) -> Diagnosis {
    let table = Table::of(trace);
    let remarks = [remarks(&table), races::remarks(&table)].concat();
    Diagnosis { verdicts: verdicts(&table), remarks }
}

/// What is no fault by itself, but for races, which are looked for in traces that are held as a whole.
fn remarks(table: &Table<'_>) -> Vec<Verdict> {
    [spawned::remarks(table), misuses::remarks(table)].concat()
}

fn verdicts(table: &Table<'_>) -> Vec<Verdict> {
    let mut verdicts = collectives::mismatches(table);
    verdicts.extend(amounts::mismatches(table));
    let waiting = Waiting::of(table);
    stuck::verdicts(table, &waiting, &mut verdicts);
    messages::verdicts(table, &waiting, &mut verdicts);
    types::verdicts(table, &mut verdicts);
    requests::verdicts(table, &mut verdicts);
    misuses::verdicts(table, &mut verdicts);
    table.ends(&mut verdicts);
    // A cause before what came of it; what was found first stays first.
    verdicts.sort_by_key(|verdict| verdict.kind);
    verdicts.dedup();
    verdicts
}
