//! Two traces compared rank by rank.
//!
//! A comparison reports the strongest of three levels that holds ([`Level`]). It looks at what each rank
//! did, in its own order: operation, peer, tag and payload. Times, Lamport times, `n`, and how the lines
//! of different ranks interleave in the file never count.

mod divergence;
mod parting;
mod races;
mod summary;

use serde::Serialize;
use thiserror::Error;

use crate::causality::Causality;
use crate::event::{Ending, Event, Header, NO_PROTOCOL, Op, Rank, Tag, Trace};
use crate::event_index::{ByRank, EventIndex};
use crate::payload::Payload;
use crate::text::Plain;
use crate::threads::both;

pub use parting::Parting;
pub use races::{LIMIT_ALTERNATIVES, LIMIT_RACES_WITH_ALTERNATIVES, Race};
pub use summary::Summary;

/// How many events of the causal past are given.
pub const LIMIT_PAST: usize = 8;

/// How many events of a rank are given on either side of its divergence.
pub const LIMIT_AROUND: usize = 3;

/// How much two traces agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Every rank did the same in the same order.
    Equal,
    /// Every channel (sender, receiver, tag) carried the same payloads in the same order, and every rank
    /// that differs does so first where it received from different senders: a legal race.
    Reordered,
    /// Something else differs.
    Different,
}

/// The result of comparing two traces, called A and B.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The strongest level that holds.
    pub level: Level,
    /// Whether wherever the two differ, one of them has just ended: each rank's events in one are the
    /// beginning of those in the other. So it is when the same run was cut off at different times.
    pub prefix: bool,
    /// The first divergence, with what led to it; `None` when the traces are equal.
    pub first: Option<First>,
    /// The first rank that took another sender's message, where that is not the first divergence itself.
    pub first_race: Option<FirstRace>,
    /// Each rank's first divergence, in order of rank.
    pub divergences: Vec<Divergence>,
    /// When reordered: the receives that got another sender's message, in order of rank and index.
    pub races: Vec<Race>,
    /// Whether their last lines say that they ended differently. The level is of the events alone.
    pub ends_differ: bool,
}

/// Where a rank stops doing the same in both traces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Divergence {
    /// Which rank.
    pub rank: Rank,
    /// The index among its events, from 0.
    pub index: usize,
    /// What it does there in A; `None` when it does nothing more.
    pub a: Option<Step>,
    /// What it does there in B; `None` when it does nothing more.
    pub b: Option<Step>,
    /// The last event before it that both have, as it stands in A.
    pub last_common: Option<Step>,
}

/// The first divergence of all, in the happens-before order.
///
/// A divergence comes before another when its event, in either trace, happened before the other's. Of
/// those before which there is none, the one with the lowest Lamport time is the first, then that of the
/// lowest rank. (Where happens-before has a cycle, as in no run, all divergences are such.)
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct First {
    /// The divergence: it is one of [`Comparison::divergences`], too.
    pub divergence: Divergence,
    /// Its rank's events around it in A, in order, at most [`LIMIT_AROUND`] on either side.
    pub around_a: Vec<Step>,
    /// Its rank's events around it in B.
    pub around_b: Vec<Step>,
    /// Where the rank does in A, later on, what it does here in B; `None` when it never does, or B ends here.
    pub later_a: Option<Step>,
    /// Where it does in B, later on, what it does here in A.
    pub later_b: Option<Step>,
    /// The last [`LIMIT_PAST`] events that happened before it, in A if it has an event there, else in B.
    pub past: Vec<Step>,
    /// How many events happened before it there.
    pub past_events: usize,
}

/// The first divergence at which a rank takes messages of different senders: what another order of sends came to.
///
/// It is the one with the lowest Lamport time, then that of the lowest rank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FirstRace {
    /// The divergence: it is one of [`Comparison::divergences`], too.
    pub divergence: Divergence,
    /// Where the rank takes in A, later on, what it takes here in B.
    pub later_a: Option<Step>,
    /// Where it takes in B, later on, what it takes here in A.
    pub later_b: Option<Step>,
}

/// One event, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The line of its file, the header being line 1.
    pub line: usize,
    /// Whose event it is.
    pub rank: Rank,
    /// Its index among that rank's events, from 0.
    pub index: usize,
    /// Sent or received.
    pub op: Op,
    /// The other rank.
    pub peer: Rank,
    /// The message's tag.
    pub tag: Tag,
    /// The payload.
    pub data: Payload,
    /// Nanoseconds since the start of the run.
    pub t: u64,
    /// Lamport time.
    pub clock: u64,
}

impl Step {
    /// Its index in its trace.
    #[must_use]
    pub fn at(&self) -> EventIndex {
        EventIndex(self.line - EventIndex(0).line())
    }
}

/// Why two traces cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CannotCompare {
    /// They are of different numbers of processes.
    #[error("A has {a} ranks, B has {b}")]
    Ranks {
        /// The number in A.
        a: u32,
        /// The number in B.
        b: u32,
    },
    /// They are of different protocols.
    #[error("A is of the protocol `{}`, B of `{}`", Plain(.a), Plain(.b))]
    Protocols {
        /// The protocol of A.
        a: String,
        /// The protocol of B.
        b: String,
    },
}

/// Compares two traces.
///
/// ```
/// use ringscope_traces::diff::{Level, compare};
/// use ringscope_traces::{NoNames, read_trace};
///
/// let file = r#"{"trace":1,"source":"sim","protocol":"classic","ranks":3,"time":"virtual"}
/// {"rank":1,"n":0,"op":"send","peer":0,"tag":0,"data":1,"t":0,"clock":1}
/// {"rank":2,"n":0,"op":"send","peer":0,"tag":0,"data":2,"t":0,"clock":1}
/// {"rank":0,"n":0,"op":"recv","peer":1,"tag":0,"data":1,"t":5,"clock":2}
/// {"rank":0,"n":1,"op":"recv","peer":2,"tag":0,"data":2,"t":7,"clock":3}
/// "#;
/// let (one, _) = read_trace(file.as_bytes(), "one.jsonl")?;
/// let mut other = one.clone();
/// other.events.swap(2, 3);
/// // The other message was there first: a race that MPI allows.
/// let comparison = compare(&one, &other)?;
/// assert_eq!(comparison.level, Level::Reordered);
/// assert!(comparison.summary(&NoNames).to_string().starts_with("reordered"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When they are of different protocols or numbers of processes.
pub fn compare(a: &Trace, b: &Trace) -> Result<Comparison, CannotCompare> {
    judge_headers(a, b)?;
    let ends_differ = ends_differ(a, b);
    let (a, b) = (Side::of(a), Side::of(b));
    let splits = divergence::splits(&a, &b);
    if splits.is_empty() {
        return Ok(Comparison {
            level: Level::Equal,
            prefix: true,
            first: None,
            first_race: None,
            divergences: Vec::new(),
            races: Vec::new(),
            ends_differ,
        });
    }
    // Nothing in here takes longer.
    let (a, b) = both(|| Ordered::of(&a), || Ordered::of(&b));
    let is_race = races::explain(&splits, a.side, b.side);
    let races = if is_race { races::races(&splits, &a, b.side) } else { vec![] };
    let first = divergence::first(&splits, &a, &b);
    Ok(Comparison {
        level: if is_race { Level::Reordered } else { Level::Different },
        prefix: splits.iter().all(|split| split.a.is_none() || split.b.is_none()),
        first_race: divergence::first_race(&splits, first, [a.side, b.side]),
        first: first.map(|split| divergence::first_of(split, &a, &b)),
        divergences: splits
            .iter()
            .map(|split| divergence::divergence_of(split, a.side, b.side))
            .collect(),
        races,
        ends_differ,
    })
}

/// Whether two last lines cannot be of the same run. The reason of a crash is text, which each maker of
/// traces puts in its own way; and a trace that was cut off says nothing.
fn ends_differ(a: &Trace, b: &Trace) -> bool {
    let (Some(a), Some(b)) = (&a.footer, &b.footer) else { return false };
    match (&a.ending, &b.ending) {
        (Ending::Crashed { rank: Some(a), .. }, Ending::Crashed { rank: Some(b), .. }) => a != b,
        (a, b) => a.name() != b.name(),
    }
}

fn judge_headers(a: &Trace, b: &Trace) -> Result<(), CannotCompare> {
    let (a, b) = (&a.header, &b.header);
    if a.ranks != b.ranks {
        return Err(CannotCompare::Ranks { a: a.ranks, b: b.ranks });
    }
    let is_named = |header: &Header| header.protocol != NO_PROTOCOL;
    if a.protocol != b.protocol && is_named(a) && is_named(b) {
        let (a, b) = (a.protocol.clone(), b.protocol.clone());
        return Err(CannotCompare::Protocols { a, b });
    }
    Ok(())
}

/// One of the two traces, with what happened before what.
struct Ordered<'a> {
    side: &'a Side<'a>,
    causes: Causality,
}

impl<'a> Ordered<'a> {
    fn of(side: &'a Side<'a>) -> Self {
        Ordered { side, causes: Causality::of(side.trace) }
    }
}

/// One of the two traces, its events by rank.
struct Side<'a> {
    trace: &'a Trace,
    by_rank: ByRank,
}

impl<'a> Side<'a> {
    fn of(trace: &'a Trace) -> Self {
        Side { trace, by_rank: ByRank::of(trace) }
    }

    fn events(&self, rank: Rank) -> &[EventIndex] {
        self.by_rank.events(rank)
    }

    fn step(&self, at: EventIndex) -> Step {
        let Event { rank, op, peer, tag, ref data, t, clock, .. } = self.trace[at];
        let index = self.by_rank.index(rank, at).expect("each event is among its rank's");
        Step { line: at.line(), rank, index, op, peer, tag, data: data.clone(), t, clock }
    }
}
