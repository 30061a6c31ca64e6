//! The calls of a recorded program as the page has them: rows between the events.

use ringscope_traces::Rank;
use ringscope_traces::calls::Call;
use serde::Serialize;

use super::super::Reel;
use crate::timeline::{CallMark, CallRow, Collective, TimedCall};
use crate::view::call_words;
use crate::view::symbols::Symbols;

/// A row between the events.
#[derive(Debug, Serialize)]
pub(super) struct PageCall {
    /// Behind which event it stands, by the cursor.
    after: usize,
    words: String,
    /// The ranks that it is about: those that enter a collective operation, or the one that calls.
    ranks: Vec<Rank>,
    /// Those that never enter the collective operation.
    missing: Vec<Rank>,
    /// The communicator of a collective operation, by its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    comm: Option<u32>,
    /// Whether something is wrong: a call that failed or never returned, a collective operation that not all enter.
    bad: bool,
}

/// The rows of the part that is wanted.
pub(super) fn calls(reel: &Reel<'_>) -> Vec<PageCall> {
    let rows = reel.timeline().calls().rows().iter();
    let within = rows.filter(|row| (reel.from..=reel.to).contains(&row.moment.cursor));
    within.filter_map(|row| page_call(reel, row)).collect()
}

fn page_call(reel: &Reel<'_>, row: &CallRow) -> Option<PageCall> {
    let calls = reel.timeline().calls();
    match row.mark {
        CallMark::Collective(at) => Some(collective(reel, row, calls.collectives().get(at)?)),
        CallMark::Of(rank, at) => Some(of_rank(reel, rank, calls.call(rank, at)?)),
    }
}

fn collective(reel: &Reel<'_>, row: &CallRow, collective: &Collective) -> PageCall {
    PageCall {
        after: row.moment.cursor,
        words: most_words(call_words::collective(reel.timeline().calls(), collective)),
        ranks: collective.entered.iter().map(|entered| entered.rank).collect(),
        missing: collective.missing.clone(),
        comm: Some(collective.comm.0),
        bad: !collective.missing.is_empty(),
    }
}

fn of_rank(reel: &Reel<'_>, rank: Rank, one: &TimedCall) -> PageCall {
    let calls = reel.timeline().calls();
    PageCall {
        after: one.moment.cursor,
        words: most_words(call_words::of_rank(calls, rank, &one.call, Symbols::Braille)),
        ranks: vec![rank],
        missing: Vec::new(),
        comm: None,
        bad: !matches!(one.call, Call::Probe(_)),
    }
}

/// The texts come with the longest first.
fn most_words(texts: Vec<String>) -> String {
    texts.into_iter().next().unwrap_or_default()
}
