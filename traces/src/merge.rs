//! Merging the parts of a run into a trace, and splitting a trace into parts.
//!
//! Under MPI each rank records its own events. [`merge()`] puts such parts into one order in
//! which no receive stands before its send; [`split`] is the inverse.

mod order;
mod overtaken;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::vec::IntoIter;

use rustc_hash::FxHashMap;
use thiserror::Error;

use crate::calls::{CommId, Numbers, Tables};
use crate::event::{Ending, Event, Footer, Header, Rank, Tag, Trace};
use crate::event_index::{ByRank, EventIndex};
use crate::words::of_rank;

pub use order::Placed;
pub(crate) use order::{Order, OrderError, RankEvents};
pub(crate) use overtaken::{Collect, Takes, Watch};

/// One trace made of parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// All events of all parts. It has a footer only when every part has one.
    pub trace: Trace,
    /// The receives in it whose sends are in no part, in its order: a part is missing, or was cut off.
    pub orphans: Vec<EventIndex>,
}

/// Why parts do not make a trace.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MergeError {
    /// There are no parts.
    #[error("there are no parts to merge")]
    NoParts,
    /// Two parts are of different runs.
    #[error("part {part} has a different `{field}` in its header than part 1")]
    HeadersDiffer {
        /// Which part, from 1.
        part: usize,
        /// The field in which it differs.
        field: String,
    },
    /// Two parts hold events of the same rank.
    #[error("parts {first} and {second} both hold events of rank {rank}")]
    RankTwice {
        /// Whose events.
        rank: Rank,
        /// A part that holds them, from 1.
        first: usize,
        /// Another, from 1.
        second: usize,
    },
    /// Receives and sends that wait for each other in a cycle: no run does that.
    #[error("{} receives a message that could only be sent after it", of_rank(*.rank, *.index))]
    Circular {
        /// Whose receive it is; the lowest of the ranks that are stuck.
        rank: Rank,
        /// The receive's index among its rank's events.
        index: usize,
    },
}

/// Merges parts of different ranks into one trace in which no receive stands before its send.
///
/// Each rank keeps its own order. Of the events that could be next, the one with the lowest Lamport time
/// is; of those the one of the lowest rank. So the order does not depend on that of the parts.
///
/// The trace ends as the worst of its parts did: crashed, deadlock, livelock, stopped, completed.
///
/// ```
/// use ringscope_traces::merge::{merge, split};
/// use ringscope_traces::{EventIndex, Rank, read_trace};
///
/// let file = r#"{"trace":1,"source":"mpi","protocol":"classic","ranks":2,"time":"wall"}
/// {"rank":1,"n":0,"op":"send","peer":0,"tag":0,"data":[9,100],"t":0,"clock":1}
/// {"rank":0,"n":0,"op":"recv","peer":1,"tag":0,"data":[9,100],"t":5,"clock":2}
/// {"end":"completed","events":2}
/// "#;
/// let (trace, _) = read_trace(file.as_bytes(), "run.jsonl")?;
/// let mut parts = split(&trace);
/// assert_eq!(merge(parts.clone())?.trace, trace);
///
/// // A part is lost: the receive of what its rank had sent is named.
/// parts.retain(|part| part.events[0].rank == Rank(0));
/// assert_eq!(merge(parts)?.orphans, [EventIndex(0)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When the parts are not of one run, hold a rank twice, or hold what no run does.
pub fn merge(mut parts: Vec<Trace>) -> Result<Merged, MergeError> {
    let first = parts.first().ok_or(MergeError::NoParts)?;
    for (i, part) in parts.iter().enumerate() {
        if let Some(field) = differing_field(&first.header, &part.header) {
            return Err(MergeError::HeadersDiffer { part: i + 1, field });
        }
    }
    each_rank_once(&parts)?;
    let (header, footer) = (first.header.clone(), common_footer(&parts));
    let calls = unify(&mut parts);
    let mut by_rank: BTreeMap<Rank, Vec<Event>> = BTreeMap::new();
    for event in parts.into_iter().flat_map(|part| part.events) {
        by_rank.entry(event.rank).or_default().push(event);
    }
    let takes = by_rank.values().flat_map(|events| takes(events)).collect();
    let in_memory = |(rank, events): (Rank, Vec<Event>)| (rank, InMemory(events.into_iter()));
    let ranks = by_rank.into_iter().map(in_memory).collect();
    let circular = |error| match error {
        OrderError::Circular { rank, index } => MergeError::Circular { rank, index },
    };
    let mut order = Order::of(ranks, takes, false).map_err(circular)?;
    let mut merged =
        Merged { trace: Trace { header, events: Vec::new(), calls, footer }, orphans: Vec::new() };
    while let Some(placed) = order.next().map_err(circular)? {
        merged.add(placed);
    }
    Ok(merged)
}

impl Merged {
    /// Adds the next event.
    pub(crate) fn add(&mut self, placed: Placed) {
        if placed.is_orphan() {
            self.orphans.push(EventIndex(self.trace.events.len()));
        }
        self.trace.events.push(placed.event);
    }
}

/// The events of a rank that are in memory.
#[derive(Debug)]
struct InMemory(IntoIter<Event>);

impl RankEvents for InMemory {
    type Error = Infallible;

    fn next(&mut self) -> Result<Option<Event>, Infallible> {
        Ok(self.0.next())
    }

    fn sends_ahead(&mut self, on: Way, most: u64) -> Result<u64, Infallible> {
        let ahead = self.0.as_slice().iter().filter(|event| event.source().is_none());
        let on_way = ahead.filter(|event| way(event) == on).count();
        Ok((on_way as u64).min(most))
    }
}

/// Messages from one rank to another, through one communicator and with one tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Way {
    pub(crate) comm: CommId,
    pub(crate) sender: Rank,
    pub(crate) receiver: Rank,
    pub(crate) tag: Tag,
}

/// The way of an event's message.
pub(crate) fn way(event: &Event) -> Way {
    let comm = event.more.as_ref().map_or(CommId::WORLD, |details| details.comm);
    Way { comm, sender: event.sender(), receiver: event.receiver(), tag: event.tag }
}

/// Of a rank's ways on which receives overtake each other, which message each receive takes.
fn takes(events: &[Event]) -> impl Iterator<Item = (Way, Takes)> {
    let receives = || {
        let post = |event: &Event| event.more.as_ref().and_then(|details| details.post);
        let receives = events.iter().filter(|event| event.source().is_some());
        receives.filter_map(move |event| Some((way(event), post(event)?)))
    };
    let mut watch = Watch::default();
    receives().for_each(|(way, post)| watch.see(way, post));
    let mut collect = Collect::on(watch.found());
    receives().for_each(|(way, post)| collect.see(way, post));
    collect.takes()
}

/// Numbers the places and communicators of all parts anew; returns the tables, and all other calls behind them.
fn unify(parts: &mut [Trace]) -> Vec<crate::calls::Call> {
    let mut tables = Tables::default();
    let mut others = Vec::new();
    for part in parts {
        let mut numbers = Numbers::default();
        let calls = std::mem::take(&mut part.calls);
        others.extend(calls.into_iter().filter_map(|call| tables.take(&mut numbers, call)));
        part.events.iter_mut().for_each(|event| numbers.renumber_event(event));
    }
    tables.into_lines().into_iter().chain(others).collect()
}

/// A trace of each rank that has events, in growing order; a trace without events is its only part.
#[must_use]
pub fn split(trace: &Trace) -> Vec<Trace> {
    let by_rank = ByRank::of(trace);
    let part = |events: Vec<Event>| {
        let footer = trace
            .footer
            .as_ref()
            .map(|footer| Footer { ending: footer.ending.clone(), events: events.len() as u64 });
        let rank = events.first().map(|event| event.rank);
        let calls = trace.calls.iter().filter(|call| rank.is_none() || call.rank() == rank);
        let calls = calls.cloned().collect();
        Trace { header: trace.header.clone(), events, calls, footer }
    };
    let of_rank = |rank| by_rank.events(rank).iter().map(|at| trace[*at].clone()).collect();
    let parts: Vec<Trace> = by_rank.ranks().map(|rank| part(of_rank(rank))).collect();
    if parts.is_empty() { vec![trace.clone()] } else { parts }
}

pub(crate) fn differing_field(one: &Header, other: &Header) -> Option<String> {
    let known = [
        ("source", one.source == other.source),
        ("protocol", one.protocol == other.protocol),
        ("ranks", one.ranks == other.ranks),
        ("seed", one.seed == other.seed),
        ("time", one.time == other.time),
    ];
    let differing = known.iter().find(|(_, agrees)| !agrees).map(|(name, _)| (*name).to_owned());
    differing.or_else(|| {
        let of_either = one.more.iter().chain(&other.more);
        of_either.map(|(name, _)| name).find(|name| one.field(name) != other.field(name)).cloned()
    })
}

fn each_rank_once(parts: &[Trace]) -> Result<(), MergeError> {
    let mut holders: FxHashMap<Rank, usize> = FxHashMap::default();
    for (i, part) in parts.iter().enumerate() {
        for event in &part.events {
            let first = *holders.entry(event.rank).or_insert(i);
            if first != i {
                let (first, second) = (first + 1, i + 1);
                return Err(MergeError::RankTwice { rank: event.rank, first, second });
            }
        }
    }
    Ok(())
}

fn common_footer(parts: &[Trace]) -> Option<Footer> {
    let footers: Option<Vec<&Footer>> = parts.iter().map(|part| part.footer.as_ref()).collect();
    let events = parts.iter().map(|part| part.events.len() as u64).sum();
    let worst = footers?.into_iter().min_by_key(|footer| how_well(&footer.ending))?;
    Some(Footer { ending: worst.ending.clone(), events })
}

pub(crate) fn how_well(ending: &Ending) -> u8 {
    match ending {
        Ending::Crashed { .. } => 0,
        Ending::Deadlock => 1,
        Ending::Livelock => 2,
        Ending::Stopped => 3,
        Ending::Completed => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{recv, send, trace};

    fn pingpong() -> Trace {
        trace(3, [send(0, 1, 5), recv(1, 0, 5), send(1, 2, 6), recv(2, 1, 6)])
    }

    #[test]
    fn what_was_split_is_merged_whatever_the_order_of_the_parts() {
        let mut parts = split(&pingpong());
        parts.reverse();
        let merged = merge(parts).expect("the parts are of one run");
        assert_eq!(merged, Merged { trace: pingpong(), orphans: vec![] });
    }

    #[test]
    fn without_the_part_of_a_sender_the_rest_is_kept_and_its_receiver_named() {
        let mut parts = split(&pingpong());
        parts.remove(1);
        let merged = merge(parts).expect("the parts are of one run");
        assert_eq!(merged.trace.events.len(), 2);
        assert_eq!(merged.orphans, [EventIndex(1)]);
    }

    #[test]
    fn a_part_that_was_cut_off_leaves_the_whole_without_a_footer() {
        let mut parts = split(&pingpong());
        parts[2].footer = None;
        assert_eq!(merge(parts).map(|merged| merged.trace.footer), Ok(None));
    }

    #[test]
    fn the_whole_ends_as_the_worst_of_its_parts() {
        let mut parts = split(&pingpong());
        parts[1].footer = Some(Footer { ending: Ending::Deadlock, events: 2 });
        let footer = merge(parts).map(|merged| merged.trace.footer);
        assert_eq!(footer, Ok(Some(Footer { ending: Ending::Deadlock, events: 4 })));
    }

    #[test]
    fn parts_of_different_runs_are_refused_with_the_field_that_differs() {
        let mut parts = split(&pingpong());
        parts[1].header.seed = Some(7);
        let field = "seed".to_owned();
        assert_eq!(merge(parts), Err(MergeError::HeadersDiffer { part: 2, field }));
    }

    #[test]
    fn a_rank_in_two_parts_is_refused() {
        let twice = vec![pingpong(), pingpong()];
        let error = MergeError::RankTwice { rank: Rank(0), first: 1, second: 2 };
        assert_eq!(merge(twice), Err(error));
        assert_eq!(merge(vec![]), Err(MergeError::NoParts));
    }

    #[test]
    fn receives_that_wait_for_each_other_are_refused() {
        let tied = trace(2, [recv(0, 1, 5), send(0, 1, 5), recv(1, 0, 5), send(1, 0, 5)]);
        assert_eq!(merge(vec![tied]), Err(MergeError::Circular { rank: Rank(0), index: 0 }));
    }

    #[test]
    fn a_trace_without_events_is_its_only_part() {
        let mut empty = pingpong();
        empty.events.clear();
        assert_eq!(split(&empty), [empty.clone()]);
    }
}
