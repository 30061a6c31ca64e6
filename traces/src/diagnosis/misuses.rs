//! What ranks have done with MPI that a correct program does not, and that MPI need not notice.

use std::collections::BTreeMap;

use super::rank_calls::RankCalls;
use super::table::{Table, is_persistent};
use super::words::{self, ranks_named};
use super::{Kind, Verdict};
use crate::calls::{LastCall, Misuse, Misused, PlaceId};
use crate::event::Rank;

/// The same misuse by several ranks: which, in which call, of what, where both were, of whose memory, and how many.
type Same<'t> =
    (Misused, &'t str, Option<PlaceId>, Option<&'t str>, Option<PlaceId>, Option<Rank>, u64);

/// Says of each misuse who has done it, and where.
pub(super) fn verdicts(table: &Table<'_>, verdicts: &mut Vec<Verdict>) {
    verdicts.extend(told(table, |misuse| !is_no_fault(misuse)));
}

/// Says what was never freed, or never started: no fault by itself.
pub(super) fn remarks(table: &Table<'_>) -> Vec<Verdict> {
    told(table, is_no_fault)
}

fn is_no_fault(misuse: &Misuse) -> bool {
    matches!(misuse.what, Misused::NeverFreed | Misused::NeverStarted)
}

fn told(table: &Table<'_>, is_told: impl Fn(&Misuse) -> bool) -> Vec<Verdict> {
    let mut groups: BTreeMap<Same<'_>, Vec<Rank>> = BTreeMap::new();
    for (rank, calls) in table.each() {
        let still =
            |misuse: &&&Misuse| misuse.what != Misused::NothingActive || goes_on(calls, misuse);
        // Who fails has no time to free anything.
        let is_due = |misuse: &&&Misuse| {
            let has_failed = calls.exception.is_some() || !calls.failures.is_empty();
            !has_failed || misuse.what != Misused::NeverFreed
        };
        let all = calls.misuses.iter().filter(|misuse| is_told(misuse));
        for misuse in all.filter(still).filter(is_due) {
            let Misuse { what, ref name, at, ref of, of_at, peer, count, .. } = **misuse;
            let same = (what, name.as_str(), at, of.as_deref(), of_at, peer, count);
            groups.entry(same).or_default().push(rank);
        }
    }
    let tell = |(same, ranks): (Same<'_>, Vec<Rank>)| {
        let kind = match same.0 {
            Misused::NeverFreed => Kind::NeverFreed,
            Misused::NeverStarted => Kind::NeverStarted,
            Misused::StartedTwice
            | Misused::NeverUnlocked
            | Misused::AfterFinalize
            | Misused::OtherThread
            | Misused::NothingActive => Kind::Misuse,
        };
        let says = sentence(table, same, &ranks);
        Verdict { kind, ranks, says }
    };
    groups.into_iter().map(tell).collect()
}

/// Whether a rank that polls for nothing did so to the end.
fn goes_on(calls: &RankCalls<'_>, misuse: &Misuse) -> bool {
    let is_it = |last: &LastCall| last.name == misuse.name && last.at == misuse.at;
    calls.last.is_some_and(is_it) && !calls.has_left()
}

fn sentence(table: &Table<'_>, same: Same<'_>, ranks: &[Rank]) -> String {
    let (what, name, at, of, of_at, peer, count) = same;
    let who = ranks_named(ranks);
    let have = if ranks.len() == 1 { "has" } else { "have" };
    let call = format!("{name}{}", table.at(at));
    let thing = format!("{}{}", words::one_line(of.unwrap_or("a call")), table.at(of_at));
    match what {
        Misused::StartedTwice => format!(
            "{who} {have} started the request of {thing} by {call} while it was active: it has to be complete first"
        ),
        Misused::NeverStarted => format!(
            "{who} {have} waited by {call} for the request of {thing}, and {have} never started it by MPI_Start"
        ),
        Misused::NeverUnlocked => {
            let whose = peer.map_or("of all".to_owned(), |peer| format!("of rank {peer}"));
            format!(
                "{who} {have} locked the memory {whose} by {thing}, and not unlocked it before {call}"
            )
        }
        Misused::AfterFinalize => format!("{who} {have} called {call} after MPI_Finalize"),
        Misused::OtherThread => format!(
            "{who} {have} called {call} in another thread than the one that has initialized MPI: with {}, no other \
             may call it",
            words::one_line(of.unwrap_or("this level of thread support"))
        ),
        Misused::NothingActive => format!(
            "{who} {have} called {call} again and again, though none of its requests is active: it waits for nothing"
        ),
        Misused::NeverFreed => {
            format!("{who} {have} never freed {} {thing}", things(of.unwrap_or_default(), count))
        }
    }
}

/// `the window of`, `100 communicators of`: what a call of that name makes.
fn things(by: &str, count: u64) -> String {
    let what = match by {
        by if by.starts_with("MPI_Win_") => "window",
        by if by.starts_with("MPI_File_") => "file",
        by if by.starts_with("MPI_Type_") => "datatype",
        by if is_persistent(by) => "request",
        _ => "communicator",
    };
    match count {
        1 => format!("the {what} of"),
        many => format!("{} {what}s of", words::grouped(many)),
    }
}
