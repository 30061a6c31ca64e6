//! Ranks that did not end well: by an exit code, a signal, an exception, or a call that failed.

use std::collections::BTreeMap;

use super::rank_calls::RankCalls;
use super::table::Table;
use super::words::list;
use super::{Kind, Verdict};
use crate::calls::{ABORT, FINALIZE, Failure};
use crate::event::Rank;

impl Table<'_> {
    /// How ranks ended that did not end well.
    pub(super) fn ends(&self, verdicts: &mut Vec<Verdict>) {
        for (rank, calls) in self.each() {
            if calls.has_aborted() {
                let at = self.at(calls.last.and_then(|last| last.at));
                let says = format!("rank {rank} has ended the program by {ABORT}{at}");
                verdicts.push(Verdict { kind: Kind::Ended, ranks: vec![rank], says });
            }
            let at_finalize = if calls.finalize.is_some() { "" } else { " without MPI_Finalize" };
            if let Some(exception) = calls.exception {
                verdicts.push(Verdict {
                    kind: Kind::Exception,
                    ranks: vec![rank],
                    says: format!(
                        "an exception has ended the program of rank {rank}: {}{}",
                        super::words::of_mpi(&exception.what),
                        self.at(exception.at)
                    ),
                });
            } else if calls.ends_all() {
                // How its process ended is what came of it.
            } else if let Some(code) = calls.exit.filter(|code| *code != 0) {
                let says = format!(
                    "rank {rank} has ended with exit code {code}{at_finalize}{}",
                    self.beside_last(calls)
                );
                verdicts.push(Verdict { kind: Kind::Ended, ranks: vec![rank], says });
            } else if calls.was_killed() {
                let how = match (calls.signal(), calls.died) {
                    (Some(signal), _) => format!("was ended by {}", super::words::signal(signal)),
                    (None, Some(died)) if died.first => {
                        "was the first to go, without a word: killed from outside (SIGKILL, \
                         as by `kill -9`, or by the system when memory runs out), or ended by _exit"
                            .to_owned()
                    }
                    (None, _) => "has died without a word".to_owned(),
                };
                let open = super::requests::open_at_the_end(self, (rank, calls));
                let says = format!("rank {rank} {how}{}{open}", self.beside_last(calls));
                verdicts.push(Verdict { kind: Kind::Ended, ranks: vec![rank], says });
            }
        }
        self.failed_calls(verdicts);
        self.exits_without_finalize(verdicts);
    }

    /// `, inside MPI_Recv (a.c:31)` or `, after ...`: where a rank was when it ended; nothing once it had finalized.
    fn beside_last(&self, calls: &RankCalls<'_>) -> String {
        let last = calls.last.filter(|last| last.inside || last.name != FINALIZE);
        let beside = last.map(|last| {
            let when = if last.inside { "inside" } else { "after" };
            format!(", {when} {}{}", last.name, self.at(last.at))
        });
        beside.unwrap_or_default()
    }

    /// Calls that have failed, the same of several ranks together.
    fn failed_calls(&self, verdicts: &mut Vec<Verdict>) {
        let mut all: Vec<(String, Vec<Rank>)> = Vec::new();
        for (rank, calls) in self.each() {
            for what in calls.failures.iter().map(|failure| self.failed(failure)) {
                match all.iter_mut().find(|(known, _)| *known == what) {
                    Some((_, ranks)) if ranks.contains(&rank) => {}
                    Some((_, ranks)) => ranks.push(rank),
                    None => all.push((what, vec![rank])),
                }
            }
        }
        verdicts.extend(all.into_iter().map(|(what, ranks)| {
            let says = format!("{}: {what}", list("rank", &ranks));
            Verdict { kind: Kind::FailedCall, ranks, says }
        }));
    }

    /// `MPI_Send of 4 bytes (a.c:15) has failed: invalid rank`.
    fn failed(&self, failure: &Failure) -> String {
        let of = failure.bytes.map(|bytes| format!(" of {}", super::words::bytes(bytes)));
        format!(
            "{}{}{} has failed: {}",
            failure.name,
            of.unwrap_or_default(),
            self.at(failure.at),
            super::words::of_mpi(&failure.why)
        )
    }

    fn exits_without_finalize(&self, verdicts: &mut Vec<Verdict>) {
        let is_early = |calls: &RankCalls<'_>| calls.exit == Some(0) && calls.finalize.is_none();
        let mut early: BTreeMap<String, Vec<Rank>> = BTreeMap::new();
        for (rank, calls) in self.each().filter(|(_, calls)| is_early(calls)) {
            early.entry(self.beside_last(calls)).or_default().push(rank);
        }
        for (beside, ranks) in early {
            let have = if ranks.len() == 1 { "has" } else { "have" };
            let says =
                format!("{} {have} ended without MPI_Finalize{beside}", list("rank", &ranks));
            verdicts.push(Verdict { kind: Kind::Ended, ranks, says });
        }
    }
}
