//! Ranks that can never go on: what each of them waits for, and why that does not come.

use std::collections::{BTreeMap, BTreeSet};

use super::collectives::first_mismatch;
use super::needs::{Envelope, Need, Role, Waiting, absent, comm_of, is_buffered, role};
use super::table::Table;
use super::windows;
use super::words::{self, ranks_named};
use super::{Diagnosis, Kind, Verdict};
use crate::calls::{ABORT, CommId, LastCall, MPI_INIT, Post};
use crate::event::{Event, Rank, Tag};
use crate::words::nth;

/// Says of the ranks that are stuck what they wait for.
pub(super) fn verdicts(table: &Table<'_>, waiting: &Waiting, verdicts: &mut Vec<Verdict>) {
    let in_sends = sends_in_a_cycle(table, waiting);
    if let Some(cycle) = &in_sends {
        let leads_there = |rank: &Rank| leads_into_sends(table, waiting, *rank);
        let senders: Vec<Rank> = waiting.stuck.iter().copied().filter(leads_there).collect();
        verdicts.push(told_of_sends(table, cycle, &senders));
    }
    let mut told: BTreeMap<(Kind, bool, String), Vec<Rank>> = BTreeMap::new();
    for (rank, calls) in table.each() {
        if in_sends.is_some() && leads_into_sends(table, waiting, rank) {
            continue;
        }
        let held = waiting.held(table, rank);
        for (kind, says) in held.into_iter().filter_map(|last| why(table, rank, last)) {
            let ranks = told.entry((kind, calls.polling().is_some(), says)).or_default();
            if ranks.last() != Some(&rank) {
                ranks.push(rank);
            }
        }
    }
    let mut told: Vec<((Kind, bool, String), Vec<Rank>)> = told.into_iter().collect();
    told.sort_by_key(|(_, ranks)| ranks.first().copied());
    for ((kind, polls, says), ranks) in told {
        let verb = if polls { "poll" } else { "wait" };
        let (s, its) = if ranks.len() == 1 { ("s", "its") } else { ("", "their") };
        let says = format!(
            "{} {verb}{s} {}",
            ranks_named(&ranks),
            says.replacen("ITS ", &format!("{its} "), 1)
        );
        verdicts.push(Verdict { kind, ranks, says });
    }
    if in_sends.is_none() {
        // Whoever polls may have something else to do.
        let waits = |rank: &Rank| table.rank(*rank).polling().is_none();
        let is_circle = |cycle: &Vec<Rank>| cycle.len() > 1 && cycle.iter().all(waits);
        verdicts.extend(waiting.cycle().filter(is_circle).map(|cycle| circle(&cycle)));
    }
}

fn circle(cycle: &[Rank]) -> Verdict {
    let mut ranks = cycle.to_vec();
    ranks.sort_unstable();
    let says = format!("{} wait for each other: {}", ranks_named(&ranks), arrows(cycle));
    Verdict { kind: Kind::Cycle, ranks: cycle.to_vec(), says }
}

/// `0 → 2 → 0`.
fn arrows(cycle: &[Rank]) -> String {
    let round = cycle.iter().chain(cycle.first());
    round.map(|rank| format!("rank {rank}")).collect::<Vec<_>>().join(" → ")
}

/// The rank that a stuck rank sends to, if it is stuck in a send to another that is stuck.
fn sends_to(table: &Table<'_>, waiting: &Waiting, rank: Rank) -> Option<Rank> {
    let last = table.rank(rank).inside().filter(|last| role(last) == Role::Send)?;
    let to = matches!(waiting.need(rank), Some(Need::Of(_))).then_some(last.peer?)?;
    waiting.stuck.contains(&to).then_some(to)
}

/// Whether a rank sends to one that sends to one, and so on, until a circle is closed.
fn leads_into_sends(table: &Table<'_>, waiting: &Waiting, rank: Rank) -> bool {
    let mut at = rank;
    for _ in 0..=waiting.stuck.len() {
        match sends_to(table, waiting, at) {
            Some(next) => at = next,
            None => return false,
        }
    }
    true
}

/// A circle of ranks each of which sends to the next.
fn sends_in_a_cycle(table: &Table<'_>, waiting: &Waiting) -> Option<Vec<Rank>> {
    waiting.stuck.iter().find_map(|start| {
        let mut way = vec![*start];
        while let Some(next) = sends_to(table, waiting, *way.last()?) {
            if next == *start {
                return Some(way);
            }
            if way.contains(&next) {
                return None;
            }
            way.push(next);
        }
        None
    })
}

fn told_of_sends(table: &Table<'_>, cycle: &[Rank], senders: &[Rank]) -> Verdict {
    let last = |rank: &Rank| table.rank(*rank).inside();
    let mut groups: BTreeMap<String, Vec<Rank>> = BTreeMap::new();
    for rank in senders {
        let Some(last) = last(rank) else { continue };
        let of = last.bytes.map(|bytes| format!(" of {}", words::bytes(bytes)));
        let call = format!("{}{}{}", last.name, of.unwrap_or_default(), table.at(last.at));
        groups.entry(call).or_default().push(*rank);
    }
    let each: Vec<String> = groups
        .into_iter()
        .map(|(call, mut ranks)| {
            ranks.sort_unstable();
            let are = if ranks.len() == 1 { "is" } else { "are" };
            format!("{} {are} in {call}", ranks_named(&ranks))
        })
        .collect();
    let is_synchronous = |rank: &Rank| last(rank).is_some_and(|last| last.name.contains("Ssend"));
    let why = match senders.iter().all(is_synchronous) {
        true => "A synchronous send",
        false => "MPI does not buffer messages of that size: each of these sends",
    };
    let says = format!(
        "{}: a cycle of sends, {}. {why} returns when the message is received, and no rank comes to its receive",
        each.join("; "),
        arrows(cycle)
    );
    Verdict { kind: Kind::SendsInACycle, ranks: senders.to_vec(), says }
}

/// In which call a rank waits, or by which it polls and how often in vain.
fn waits_in(table: &Table<'_>, rank: Rank, last: &LastCall) -> String {
    let call = format!("{}{}{}", last.name, table.on(last.comm), table.at(last.at));
    match table.rank(rank).polling() {
        // Ranks that poll alike are told together.
        Some(last) => {
            let times = 10_u64.pow(last.repeats.max(1).ilog10());
            format!("by {call}, at least {} times in vain,", words::grouped(times))
        }
        None => format!("in {call}"),
    }
}

/// What a rank waits for, behind `rank 3 waits`; `None` where another verdict says it. `ITS` stands for the
/// word whose number is not known yet.
fn why(table: &Table<'_>, rank: Rank, last: &LastCall) -> Option<(Kind, String)> {
    let call = waits_in(table, rank, last);
    match role(last) {
        Role::Send => {
            let to = last.peer?;
            let kind = kind_of_wait(table, to);
            let what = message(table, &Envelope::of(last));
            let state = standing(table, to);
            Some((kind, format!("{call} for rank {to} to receive its message{what}; {state}")))
        }
        Role::Receive | Role::Probe => {
            let (kind, what) = for_message(table, rank, (&Envelope::of(last), ""));
            Some((kind, format!("{call} for {what}")))
        }
        Role::Collective => {
            let number = last.number?;
            is_told_elsewhere(table, last.comm, number)?;
            let (kind, what) = for_members(table, last.comm, number, "it");
            let which = last.nth.map(|count| format!("in ITS {} {}", nth(count), last.name));
            let call = which.map_or(call, |which| {
                format!("{which}{}{}", table.on(last.comm), table.at(last.at))
            });
            Some((kind, format!("{call} for {what}")))
        }
        Role::Wait | Role::Exchange => {
            let waits = last.waits.as_ref()?;
            let mut awaited = table.awaited(rank, waits);
            // A send may be complete though nobody has received it, and a receive is not.
            awaited.sort_by_key(|post| table.rank(rank).sends.contains_key(post));
            let open = awaited.into_iter().find_map(|post| for_request(table, (rank, last), post));
            match open {
                Some((kind, what)) => Some((kind, format!("{call} for {what}"))),
                None if role(last) == Role::Exchange => {
                    let to = last.peer?;
                    let state = standing(table, to);
                    let says = format!("{call} for rank {to} to receive its message; {state}");
                    Some((kind_of_wait(table, to), says))
                }
                None => None,
            }
        }
        Role::Window => {
            let awaited = windows::awaited(last)?;
            let others: Vec<Rank> = table.others(last.comm, rank);
            let kind = match others.iter().all(|other| table.rank(*other).has_left()) {
                true => Kind::WaitsForOneThatLeft,
                false => Kind::Waits,
            };
            Some((kind, format!("{call} for {awaited}; {}", standings(table, &others))))
        }
        Role::Other => None,
    }
}

/// Nothing when the operations of a communicator differ before that one: then that is the verdict.
fn is_told_elsewhere(table: &Table<'_>, comm: CommId, number: u64) -> Option<()> {
    let differs = first_mismatch(table, comm).is_some_and(|at| at <= number);
    (!differs).then_some(())
}

fn kind_of_wait(table: &Table<'_>, of: Rank) -> Kind {
    if table.rank(of).has_left() { Kind::WaitsForOneThatLeft } else { Kind::Waits }
}

/// What a request that is not complete waits for.
fn for_request(
    table: &Table<'_>,
    (rank, last): (Rank, &LastCall),
    post: Post,
) -> Option<(Kind, String)> {
    let calls = table.rank(rank);
    if let Some(posted) = calls.posts.get(&post) {
        let envelope = Envelope::posted(posted);
        if table.has_received(rank, post) || table.comes(rank, &envelope, Some(post)) {
            return None;
        }
        let of = match role(last) == Role::Exchange {
            true => String::new(),
            false => format!(", by its {}{}", posted.name, table.at(posted.at)),
        };
        return Some(for_message(table, rank, (&envelope, &of)));
    }
    if let Some(send) = calls.sends.get(&post) {
        let message = &table.trace[*send];
        let is_open = table.matching.partner(*send).is_none() && !is_buffered(message);
        let to = message.destination().filter(|_| is_open)?;
        let at = table.at(message.more.as_ref().and_then(|more| more.at));
        let state = standing(table, to);
        let says = format!("rank {to} to receive what it sends{at}; {state}");
        return Some((kind_of_wait(table, to), says));
    }
    let enter = calls.begun.get(&post)?;
    let number = enter.number?;
    is_told_elsewhere(table, enter.comm, number)?;
    let operation = format!("the {}{}", enter.name, table.at(enter.at));
    Some(for_members(table, enter.comm, number, &operation))
}

/// Who has not entered a collective operation, which is called so.
fn for_members(table: &Table<'_>, comm: CommId, number: u64, operation: &str) -> (Kind, String) {
    let absent = absent(table, comm, number);
    let has_one_left = absent.iter().any(|rank| table.rank(*rank).has_left());
    let kind = if has_one_left { Kind::WaitsForOneThatLeft } else { Kind::CollectiveNotEntered };
    let have = if absent.len() == 1 { "has" } else { "have" };
    let entered = if table.what(comm) == "persistent operation" { "started" } else { "entered" };
    let says = format!(
        "{}, which {have} not {entered} {operation}: {}",
        ranks_named(&absent),
        standings(table, &absent)
    );
    (kind, says)
}

/// What a receive waits for, and why it does not come; `of` says which receive, where that is not the call.
fn for_message(table: &Table<'_>, rank: Rank, (envelope, of): (&Envelope, &str)) -> (Kind, String) {
    let from = match envelope.source {
        Some(source) => format!("a message from rank {source}"),
        None => "a message from any rank".to_owned(),
    };
    let what = format!("{from}{}{of}", message(table, envelope));
    let nearest = nearest(table, rank, envelope);
    let others: Vec<Rank> = match envelope.source {
        Some(source) => vec![source],
        None => table.others(envelope.comm, rank),
    };
    let have_all_left = others.iter().all(|other| table.rank(*other).has_left());
    let kind = match (&nearest, have_all_left) {
        (Some(_), _) => Kind::NobodySends,
        (None, true) => Kind::WaitsForOneThatLeft,
        (None, false) => Kind::Waits,
    };
    let mut says = vec![what];
    says.extend(nearest);
    says.push(match envelope.source {
        None if have_all_left => "all other ranks have left".to_owned(),
        _ => standings(table, &others),
    });
    (kind, says.join("; "))
}

fn message(table: &Table<'_>, envelope: &Envelope) -> String {
    envelope.tag.map(|tag| format!(" with {}", table.tag(Tag(tag)))).unwrap_or_default()
}

/// The message under way that is most like the one that is waited for.
fn nearest(table: &Table<'_>, rank: Rank, envelope: &Envelope) -> Option<String> {
    let fits_source = |message: &Event| envelope.source.is_none_or(|from| from == message.rank);
    let fits_tag = |message: &Event| envelope.tag.is_none_or(|tag| tag == message.tag.0);
    let in_comm = |message: &Event| comm_of(message) == envelope.comm;
    let likeness =
        |message: &Event| match (fits_source(message), in_comm(message), fits_tag(message)) {
            (true, true, false) => Some(0),
            (true, false, true) => Some(1),
            (false, true, true) => Some(2),
            (true, false, false) => Some(3),
            (true, true, true) | (false, _, _) => None,
        };
    let under_way = table.unreserved(rank).map(|at| &table.trace[at]);
    let (likeness, message) = under_way
        .filter_map(|message| Some((likeness(message)?, message)))
        .min_by_key(|(likeness, _)| *likeness)?;
    let at = table.at(message.more.as_ref().and_then(|more| more.at));
    let (from, tag) = (message.rank, table.tag(message.tag));
    let other_comm = match comm_of(message) {
        comm if comm == envelope.comm => String::new(),
        comm if comm.is_world() => " on MPI_COMM_WORLD".to_owned(),
        comm => table.on(comm),
    };
    let what = match likeness {
        0 | 3 => "with another tag",
        1 => "through another communicator",
        _ => "from another rank",
    };
    Some(format!(
        "under way to it is a message {what}: from rank {from} with {tag}{other_comm}{at}"
    ))
}

/// Where ranks are: `rank 2 is in MPI_Recv (a.c:28)`.
fn standings(table: &Table<'_>, ranks: &[Rank]) -> String {
    grouped(ranks, |rank| state(table, rank))
}

/// Ranks of which the same is to be said, together.
fn grouped(ranks: &[Rank], state: impl Fn(Rank) -> String) -> String {
    let mut groups: BTreeMap<String, Vec<Rank>> = BTreeMap::new();
    for rank in ranks {
        groups.entry(state(*rank)).or_default().push(*rank);
    }
    let mut groups: Vec<(String, Vec<Rank>)> = groups.into_iter().collect();
    groups.sort_by_key(|(_, ranks)| ranks.first().copied());
    let each = groups.into_iter().map(|(state, ranks)| {
        let is = if ranks.len() == 1 { "is" } else { "are" };
        let has = if ranks.len() == 1 { "has" } else { "have" };
        let state =
            state.replacen("IS ", &format!("{is} "), 1).replacen("HAS ", &format!("{has} "), 1);
        format!("{} {state}", ranks_named(&ranks))
    });
    each.collect::<Vec<_>>().join("; ")
}

fn standing(table: &Table<'_>, rank: Rank) -> String {
    standings(table, &[rank])
}

/// What a rank is in; `IS` and `HAS` stand for the verb, whose number is not known yet.
fn state(table: &Table<'_>, rank: Rank) -> String {
    let calls = table.rank(rank);
    if let Some(exception) = calls.exception {
        let what = words::of_mpi(&exception.what);
        return format!("HAS left with an exception, {what}{}", table.at(exception.at));
    }
    if calls.has_aborted() {
        let at = table.at(calls.last.and_then(|last| last.at));
        return format!("HAS ended the program by {ABORT}{at}");
    }
    if let Some(failure) = calls.fatal() {
        return format!("HAS failed in {}{}", failure.name, table.at(failure.at));
    }
    if let Some(finalize) = calls.finalize {
        return format!("HAS called MPI_Finalize{}", table.at(finalize.at));
    }
    if let Some(code) = calls.exit {
        return format!("HAS ended with exit code {code}");
    }
    if let Some(signal) = calls.signal() {
        return format!("HAS been ended by {}", words::signal(signal));
    }
    if calls.died.is_some() {
        return "HAS died".to_owned();
    }
    if let Some(last) = calls.polling() {
        return format!("IS polling by {}{}{}", last.name, table.on(last.comm), table.at(last.at));
    }
    match calls.last {
        Some(last) if last.inside => {
            let call = |last: &LastCall| {
                format!("{}{}{}", last.name, table.on(last.comm), table.at(last.at))
            };
            let beside = calls.beside.iter().map(|last| format!(" and in {}", call(last)));
            format!("IS in {}{}{}", call(last), beside.collect::<String>(), outside(last.outside))
        }
        Some(last) => format!("IS outside of MPI, after {}{}", last.name, table.at(last.at)),
        // The others could not have come out of it had this one not called it.
        None if table.each().any(|(_, calls)| calls.last.is_some()) => {
            format!("HAS not come out of {MPI_INIT}")
        }
        None => "HAS called nothing".to_owned(),
    }
}

/// That threads of a rank are outside of MPI while another one is inside.
fn outside(threads: u64) -> String {
    match threads {
        0 => String::new(),
        1 => ", and outside of MPI with another thread".to_owned(),
        threads => format!(", and outside of MPI with {threads} other threads"),
    }
}

/// Where all ranks are at the end of a run that was cut off, in groups.
pub(super) fn all(table: &Table<'_>) -> String {
    let ranks: Vec<Rank> = table.each().map(|(rank, _)| rank).collect();
    with_waiters(table, &ranks)
}

/// Where those ranks are of which no verdict says it, at the end of a run that was cut off.
pub(super) fn others(table: &Table<'_>, diagnosis: &Diagnosis) -> Option<String> {
    let of_ranks = diagnosis.verdicts.iter().filter(|told| !told.kind.is_of_data());
    let told: BTreeSet<Rank> = of_ranks.flat_map(|told| told.ranks.iter().copied()).collect();
    let is_told = |rank: &Rank| told.contains(rank);
    let ranks = table.each().map(|(rank, _)| rank).filter(|rank| !is_told(rank));
    let ranks: Vec<Rank> = ranks.filter(|_| !table.has_completed()).collect();
    (!ranks.is_empty()).then(|| with_waiters(table, &ranks))
}

/// Where ranks are, and of those that could have gone on who waits for them.
fn with_waiters(table: &Table<'_>, ranks: &[Rank]) -> String {
    let waiting = Waiting::of(table);
    let state = |rank: Rank| {
        let needs_it = |other: &Rank| waiting.need(*other).is_some_and(|need| need.needs(rank));
        let all = table.each().map(|(rank, _)| rank);
        let waiters: Vec<Rank> = all.filter(needs_it).collect();
        let state = state(table, rank);
        let s = if waiters.len() == 1 { "s" } else { "" };
        match waiting.is_free_by_itself(rank) && !waiters.is_empty() {
            true => format!("{state}, and {} wait{s} for it", ranks_named(&waiters)),
            false => state,
        }
    };
    grouped(ranks, state)
}
