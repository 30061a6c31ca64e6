//! Requests that were never completed or were freed too early, and buffers that were written to while they were being sent.

use std::collections::BTreeMap;

use super::rank_calls::RankCalls;
use super::table::Table;
use super::{Kind, Verdict};
use crate::calls::{Became, FINALIZE, LastCall, PlaceId, Post};
use crate::event::{Rank, Tag};

/// A request as it was made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Made {
    /// By which call, or what it does.
    what: String,
    /// To or from whom.
    with: Option<Rank>,
    at: Option<PlaceId>,
}

/// Says of requests what is wrong with them.
pub(super) fn verdicts(table: &Table<'_>, verdicts: &mut Vec<Verdict>) {
    for (rank, calls) in table.each() {
        changed(table, (rank, calls), verdicts);
        freed(table, (rank, calls), verdicts);
        // Of a rank that is in a call, or that computes, nobody knows whether it would have completed them.
        let is_outside = calls.last.is_some_and(|last| !last.inside);
        let has_ended = calls.exit.is_some() || calls.died.is_some() || table.ended_by_itself();
        if calls.finalize.is_some() || (is_outside && has_ended) {
            never_completed(table, (rank, calls), verdicts);
        }
    }
}

/// How a request was made, and its tag.
fn made(table: &Table<'_>, calls: &RankCalls<'_>, post: Post) -> Option<(Made, Option<i32>)> {
    if let Some(posted) = calls.posts.get(&post) {
        let (what, with, at) = (posted.name.clone(), posted.source, posted.at);
        return Some((Made { what, with, at }, posted.tag));
    }
    if let Some(enter) = calls.begun.get(&post) {
        let (what, at) = (enter.name.clone(), enter.at);
        return Some((Made { what, with: None, at }, None));
    }
    let send = &table.trace[*calls.sends.get(&post)?];
    let at = send.more.as_ref().and_then(|more| more.at);
    let what = "nonblocking send".to_owned();
    Some((Made { what, with: Some(send.peer), at }, Some(send.tag.0)))
}

impl Made {
    /// `its nonblocking send to rank 1 with tag 0 (a.py:11)`, `8 of its nonblocking sends ...`.
    fn told(&self, table: &Table<'_>, tags: &[Option<i32>]) -> String {
        let one = tags.len() == 1;
        let Made { what, with, at } = self;
        let what = match (one, what.starts_with("MPI_")) {
            (true, _) => format!("its {what}"),
            (false, true) => format!("{} requests of its {what}", tags.len()),
            (false, false) => format!("{} of its {what}s", tags.len()),
        };
        let way = if self.what.starts_with("MPI_") { "from" } else { "to" };
        let with = with.map(|rank| format!(" {way} rank {rank}")).unwrap_or_default();
        let tag = tags.first().copied().flatten().filter(|_| one);
        let tag = tag.map(|tag| format!(" with {}", table.tag(Tag(tag)))).unwrap_or_default();
        format!("{what}{with}{tag}{}", table.at(*at))
    }
}

fn changed(table: &Table<'_>, whose: (Rank, &RankCalls<'_>), verdicts: &mut Vec<Verdict>) {
    let (rank, calls) = whose;
    let mut found: BTreeMap<(Made, Option<PlaceId>), Vec<Option<i32>>> = BTreeMap::new();
    for completed in calls.completed.values().filter(|completed| completed.changed) {
        if let Some((made, tag)) = made(table, calls, completed.post) {
            found.entry((made, completed.at)).or_default().push(tag);
        }
    }
    for ((made, until), tags) in found {
        let buffers = if tags.len() == 1 { "the buffer" } else { "the buffers" };
        let says = format!(
            "rank {rank} has written to {buffers} of {} before it was complete{}",
            made.told(table, &tags),
            table.at(until)
        );
        verdicts.push(Verdict { kind: Kind::BufferChanged, ranks: vec![rank], says });
    }
}

fn never_completed(table: &Table<'_>, whose: (Rank, &RankCalls<'_>), verdicts: &mut Vec<Verdict>) {
    let rank = whose.0;
    for (made, tags) in open(table, whose) {
        let says = format!(
            "rank {rank} has never completed {}, by MPI_Wait or MPI_Test",
            made.told(table, &tags)
        );
        verdicts.push(Verdict { kind: Kind::NeverCompleted, ranks: vec![rank], says });
    }
}

/// The requests that are not complete, those that were made alike together, with their tags.
fn open(
    table: &Table<'_>,
    (rank, calls): (Rank, &RankCalls<'_>),
) -> BTreeMap<Made, Vec<Option<i32>>> {
    let all = calls.posts.keys().chain(calls.begun.keys()).chain(calls.sends.keys());
    let is_open =
        |post: &&Post| !calls.completed.contains_key(post) && !table.has_received(rank, **post);
    let mut found: BTreeMap<Made, Vec<Option<i32>>> = BTreeMap::new();
    for (made, tag) in all.filter(is_open).filter_map(|post| made(table, calls, *post)) {
        found.entry(made).or_default().push(tag);
    }
    found
}

/// The most kinds of requests that are named of a rank that a signal has ended.
const MOST_OPEN: usize = 3;

/// `; not complete then: ...`, of a rank that a fault of its own has ended in a call: MPI may have used a buffer that was
/// given back.
pub(super) fn open_at_the_end(table: &Table<'_>, whose: (Rank, &RankCalls<'_>)) -> String {
    let is_meant = |last: &LastCall| last.inside && last.name != FINALIZE && last.signal.is_some();
    if !whose.1.last.is_some_and(is_meant) {
        return String::new();
    }
    let open = open(table, whose);
    let named = open.iter().take(MOST_OPEN).map(|(made, tags)| made.told(table, tags));
    let named: Vec<String> = named.collect();
    if named.is_empty() {
        String::new()
    } else {
        format!("; not complete then: {}", named.join(", "))
    }
}

/// The requests of receives that were freed while these were active: nobody can tell when what they receive is there (MPI 4.1,
/// section 3.7.3).
fn freed(table: &Table<'_>, (rank, calls): (Rank, &RankCalls<'_>), verdicts: &mut Vec<Verdict>) {
    let mut found: BTreeMap<(Made, Option<PlaceId>), Vec<Option<i32>>> = BTreeMap::new();
    for done in calls.completed.values().filter(|done| done.how == Became::Freed) {
        let receive = calls.posts.get(&done.post).and_then(|_| made(table, calls, done.post));
        if let Some((made, tag)) = receive {
            found.entry((made, done.at)).or_default().push(tag);
        }
    }
    for ((made, at), tags) in found {
        let says = format!(
            "rank {rank} has freed {} by MPI_Request_free{} before it was complete: whether the message has come \
             cannot be known any more",
            made.told(table, &tags),
            table.at(at)
        );
        verdicts.push(Verdict { kind: Kind::FreedReceive, ranks: vec![rank], says });
    }
}
