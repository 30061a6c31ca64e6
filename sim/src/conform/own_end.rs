//! What must be the case at the end of one rank's events, when the run is said to have ended so.

use std::collections::BTreeMap;

use ringscope_traces::{ByRank, Ending, Event, Matching, Rank, Trace};

use super::verifier::{RankCheck, Verifier, is_send};
use crate::protocol::{Message, Node};
use crate::replay::finding::What;

/// Judges the end of each rank's events by themselves.
pub(super) fn judge_ends<N: Node>(verifier: &mut Verifier<'_, N>) {
    let ranks: Vec<Rank> = verifier.checks.keys().copied().collect();
    for rank in ranks {
        let mut check = verifier.checks.remove(&rank).expect("the ranks are its keys");
        judge_end(verifier, rank, &mut check);
        verifier.checks.insert(rank, check);
    }
}

/// Judges the end of a rank's events by themselves.
pub(super) fn judge_end<N: Node>(verifier: &Verifier<'_, N>, rank: Rank, check: &mut RankCheck<N>) {
    let Some(ending) = verifier.ending() else { return };
    if check.failed.is_some() {
        return;
    }
    match ending {
        Ending::Completed => must_not_crash(check, ending),
        Ending::Deadlock => {
            must_not_crash(check, ending);
            if !verifier.is_blocked(rank, check) {
                check.must_owe_nothing();
            }
        }
        Ending::Livelock | Ending::Stopped => must_not_crash(check, ending),
        Ending::Crashed { rank: Some(crashed), .. } if *crashed == rank => must_crash(check),
        Ending::Crashed { .. } => {}
    }
    if *ending == Ending::Completed {
        check.must_have_finished();
    }
}

/// A crash comes when everything that was asked for before it has been sent.
fn must_not_crash<N: Node>(check: &mut RankCheck<N>, ending: &Ending) {
    let Some(fault) = check.replay.fault().cloned() else { return };
    if check.replay.owed().is_empty() {
        let what = What::Crashes { fault, ending: ending.name() };
        check.fail(check.events.saturating_sub(1), what);
    }
}

fn must_crash<N: Node>(check: &mut RankCheck<N>) {
    if check.replay.fault().is_none() {
        check.fail(check.events, What::DoesNotCrash);
    }
}

/// The sends in which ranks are where their events end, by rank, each with its receiver: a rank's last
/// event, when that is a send above the eager limit and was not received.
pub(super) fn blocked_sends<M: Message>(
    trace: &Trace,
    by_rank: &ByRank,
    eager: Option<u64>,
) -> BTreeMap<Rank, Rank> {
    let Some(eager) = eager else { return BTreeMap::new() };
    let matching = Matching::of(trace);
    let receiver = |rank: Rank| {
        let last = *by_rank.events(rank).last()?;
        let is_unreceived = is_send(&trace[last]) && matching.partner(last).is_none();
        (is_unreceived && is_above::<M>(&trace[last], eager)).then_some((rank, trace[last].peer))
    };
    by_rank.ranks().filter_map(receiver).collect()
}

/// Whether a send's message takes more bytes than that.
fn is_above<M: Message>(send: &Event, eager: u64) -> bool {
    M::parse(send.tag, &send.data).is_ok_and(|message| message.bytes() > eager)
}

impl<N: Node> Verifier<'_, N> {
    /// Whether a send is above the eager limit.
    pub(super) fn waits(&self, send: &Event) -> bool {
        self.eager.is_some_and(|eager| is_above::<N::Message>(send, eager))
    }

    /// Whether a rank is in a send where its events end, as far as it conforms.
    pub(super) fn is_blocked(&self, rank: Rank, check: &RankCheck<N>) -> bool {
        check.failed.is_none() && self.blocked.contains_key(&rank)
    }
}
