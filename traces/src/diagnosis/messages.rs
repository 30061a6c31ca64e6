//! Messages that do not fit, that nobody receives, and that go round.

use std::collections::{BTreeMap, BTreeSet};

use super::needs::{Envelope, Waiting, comm_of};
use super::table::Table;
use super::words::{self, ranks_named};
use super::{Kind, Verdict};
use crate::calls::{Became, CommId, Failure, LastCall, PlaceId, Posted};
use crate::event::{Event, Op, Rank, Tag};

/// How often a probe must have found the same message before it is said that it is never received.
const MANY_PROBES: u64 = 1000;

/// The longest round of messages that is looked for, in events of a rank.
const LONGEST_ROUND: usize = 64;

/// The most sends of a round that are named.
const MOST_SENDS: usize = 4;

/// How many rounds there must be.
const MANY_ROUNDS: usize = 100;

/// Says of messages what is wrong with them.
pub(super) fn verdicts(table: &Table<'_>, waiting: &Waiting, verdicts: &mut Vec<Verdict>) {
    for (rank, calls) in table.each() {
        verdicts.extend(calls.failures.iter().filter_map(|failure| failed(table, rank, failure)));
        let Some(last) = calls.last else { continue };
        if !table.has_completed() && !waiting.stuck.contains(&rank) {
            verdicts.extend(truncated(table, rank, last));
            verdicts.extend(probed(table, rank, last));
        }
    }
    never_received(table, verdicts);
    if !table.has_completed() {
        verdicts.extend(livelock(table));
    }
}

/// A message under way to a rank that fits and is longer than the room for it: of those that could be received,
/// which are the first that fit of each sender.
fn too_long<'t>(
    table: &Table<'t>,
    rank: Rank,
    (envelope, room): (&Envelope, u64),
) -> Option<(&'t Event, u64)> {
    let under_way = table.in_flight_to(rank).map(|at| &table.trace[at]);
    let mut seen = BTreeSet::new();
    let mut firsts = under_way
        .filter(|message| envelope.fits(message))
        .filter(|message| seen.insert(message.rank));
    firsts.find_map(|message| {
        let bytes = message.more.as_ref().and_then(|more| more.bytes)?;
        (bytes > room).then_some((message, bytes))
    })
}

fn truncation(
    table: &Table<'_>,
    (rank, call): (Rank, String),
    room: u64,
    (message, bytes): (&Event, u64),
) -> Verdict {
    let at = table.at(message.more.as_ref().and_then(|more| more.at));
    let says = format!(
        "{call} of rank {rank} has room for {}, and the message of rank {} with {}{at} has {}: it is \
         truncated",
        words::bytes(room),
        message.rank,
        table.tag(message.tag),
        words::bytes(bytes)
    );
    Verdict { kind: Kind::Truncation, ranks: vec![rank, message.rank], says }
}

fn truncated(table: &Table<'_>, rank: Rank, last: &LastCall) -> Option<Verdict> {
    let is_receive = last.inside && matches!(last.name.as_str(), "MPI_Recv" | "MPI_Recv_c");
    let room = last.bytes.filter(|_| is_receive)?;
    let found = too_long(table, rank, (&Envelope::of(last), room))?;
    let call = format!("{}{}", last.name, table.at(last.at));
    Some(truncation(table, (rank, call), room, found))
}

fn failed(table: &Table<'_>, rank: Rank, failure: &Failure) -> Option<Verdict> {
    if !failure.why.to_lowercase().contains("truncat") {
        return None;
    }
    let Some(room) = failure.bytes else { return failed_wait(table, rank) };
    let Failure { comm, peer: source, tag, .. } = *failure;
    let found = too_long(table, rank, (&Envelope { comm, source, tag }, room))?;
    let call = format!("{}{}", failure.name, table.at(failure.at));
    Some(truncation(table, (rank, call), room, found))
}

/// A wait that has failed since one of its receives has too little room.
fn failed_wait(table: &Table<'_>, rank: Rank) -> Option<Verdict> {
    let calls = table.rank(rank);
    let waits = calls.last.and_then(|last| last.waits.as_ref())?;
    let posted = waits.first.iter().filter_map(|post| calls.posts.get(post));
    let mut found = posted.filter_map(|posted| {
        let Posted { comm, source, tag, .. } = **posted;
        let message = too_long(table, rank, (&Envelope { comm, source, tag }, posted.bytes?))?;
        let call = format!("{}{}", posted.name, table.at(posted.at));
        Some(truncation(table, (rank, call), posted.bytes?, message))
    });
    found.next()
}

fn probed(table: &Table<'_>, rank: Rank, last: &LastCall) -> Option<Verdict> {
    let is_probe = last.found && last.repeats >= MANY_PROBES;
    let envelope = Envelope::of(last);
    let mut under_way = table.in_flight_to(rank).map(|at| &table.trace[at]);
    let message = under_way.find(|message| is_probe && envelope.fits(message))?;
    let sent_at = table.at(message.more.as_ref().and_then(|more| more.at));
    let says = format!(
        "rank {rank} has found the message of rank {} with {}{sent_at} by {}{} {} times, and has not \
         received it",
        message.rank,
        table.tag(message.tag),
        last.name,
        table.at(last.at),
        words::grouped(last.repeats + 1)
    );
    let kind = Kind::ProbedAndNotReceived;
    Some(Verdict { kind, ranks: vec![rank, message.rank], says })
}

/// Messages of the same kind: sender, receiver, tag, communicator, and where they were sent.
type Same = (Rank, Rank, Tag, CommId, Option<PlaceId>);

/// Messages that were never received, of receivers that have left.
fn never_received(table: &Table<'_>, verdicts: &mut Vec<Verdict>) {
    let mut counts: BTreeMap<Same, u64> = BTreeMap::new();
    for (_, message) in table.in_flight() {
        let to = message.peer;
        let has_left = table.rank(to).has_left() && table.rank(to).failures.is_empty();
        if has_left && !may_be_received(table, to, message) {
            let at = message.more.as_ref().and_then(|more| more.at);
            let same = (message.rank, to, message.tag, comm_of(message), at);
            *counts.entry(same).or_default() += 1;
        }
    }
    for ((from, to, tag, comm, at), count) in counts {
        let what = match count {
            1 => "a message".to_owned(),
            many => format!("{many} messages"),
        };
        let (on, at, tag) = (table.on(comm), table.at(at), table.tag(tag));
        let says = format!(
            "rank {from} has sent rank {to} {what} with {tag}{on}{at} that rank {to} has never received"
        );
        verdicts.push(Verdict { kind: Kind::NeverReceived, ranks: vec![from, to], says });
    }
}

/// Whether a receive of which nobody knows how it ended could have taken a message.
fn may_be_received(table: &Table<'_>, rank: Rank, message: &Event) -> bool {
    let calls = table.rank(rank);
    let is_unknown = |posted: &&Posted| {
        let how = calls.completed.get(&posted.post).map(|completed| completed.how);
        matches!(how, Some(Became::Freed | Became::Unseen | Became::Failed))
    };
    let mut unknown = calls.posts.values().copied().filter(is_unknown);
    unknown.any(|posted| {
        let Posted { comm, source, tag, .. } = *posted;
        Envelope { comm, source, tag }.fits(message)
    })
}

/// How many of a rank's last events are looked at.
pub(super) const MOST_STEPS: usize = LONGEST_ROUND * (MANY_ROUNDS + 1);

/// What a rank did with a message, for the comparison of rounds.
type Step = (Op, Rank, Tag, u64);

/// The same messages that go round and round until the run was ended.
fn livelock(table: &Table<'_>) -> Option<Verdict> {
    let mut in_rounds: Vec<(Rank, usize, usize)> = Vec::new();
    for (rank, calls) in table.each() {
        let steps = last_steps(table, rank);
        let round = round(&steps);
        match round {
            Some((length, times)) => in_rounds.push((rank, length, times)),
            None if calls.has_left() || calls.waiting().is_some() => {}
            None => return None,
        }
    }
    let (_, _, times) = *in_rounds.first()?;
    let ranks: Vec<Rank> = in_rounds.iter().map(|(rank, ..)| *rank).collect();
    let sends = ranks.iter().take(MOST_SENDS).filter_map(|rank| last_send(table, *rank));
    let says = format!(
        "{} have passed the same messages on for at least {times} rounds, and nothing else happened: {} again \
         and again",
        ranks_named(&ranks),
        sends.collect::<Vec<_>>().join(", ")
    );
    Some(Verdict { kind: Kind::Livelock, ranks, says })
}

/// `rank 0 sends tag 7 to rank 1 (a.c:31)`: what a rank has sent last.
fn last_send(table: &Table<'_>, rank: Rank) -> Option<String> {
    let events = table.trace.events.iter().rev();
    let mut sends = events.filter(|event| event.rank == rank && event.destination().is_some());
    let message = sends.next()?;
    let at = table.at(message.more.as_ref().and_then(|more| more.at));
    Some(format!("rank {rank} sends {} to rank {}{at}", table.tag(message.tag), message.peer))
}

/// A rank's last events, the last one first, as many as are looked at.
fn last_steps(table: &Table<'_>, rank: Rank) -> Vec<Step> {
    let own = table.trace.events.iter().rev().filter(|event| event.rank == rank);
    // Without a hash nobody knows whether it is the same message.
    let step = |event: &Event| Some((event.op, event.peer, event.tag, event.more.as_ref()?.hash?));
    own.map_while(step).take(MOST_STEPS).collect()
}

/// How long the shortest round is with which a rank's events end, and how often it was gone through.
fn round(steps: &[Step]) -> Option<(usize, usize)> {
    (1..=LONGEST_ROUND).find_map(|length| {
        let same = steps.iter().zip(steps.get(length..)?).take_while(|(one, before)| one == before);
        let times = same.count() / length + 1;
        (times >= MANY_ROUNDS).then_some((length, times))
    })
}
