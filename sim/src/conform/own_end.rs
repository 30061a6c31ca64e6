//! What must be the case at the end of one rank's events, when the run is said to have ended so.

use ringscope_traces::{Channel, Ending, Event, Rank};

use super::verifier::{RankCheck, Verifier, is_receive, is_send};
use crate::protocol::{Message as _, Node};
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
            if !is_blocked(verifier, rank, check) {
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

/// Whether a rank's last event is a send that waits to be received, and was not.
pub(super) fn is_blocked<N: Node>(
    verifier: &Verifier<'_, N>,
    rank: Rank,
    check: &RankCheck<N>,
) -> bool {
    let places = verifier.by_rank.events(rank);
    let (Some(&last), None) = (places.last(), &check.failed) else { return false };
    let send = &verifier.trace[last];
    if !is_send(send) || !verifier.waits(send) {
        return false;
    }
    let count = |rank: Rank, is_counted: fn(&Event) -> bool| {
        let events = verifier.by_rank.events(rank).iter().map(|place| &verifier.trace[*place]);
        let channel = Channel::of(send);
        events.filter(|event| is_counted(event) && Channel::of(event) == channel).count()
    };
    count(send.peer, is_receive) < count(rank, is_send)
}

impl<N: Node> Verifier<'_, N> {
    /// Whether a send is above the eager limit.
    pub fn waits(&self, send: &Event) -> bool {
        self.eager.is_some_and(|eager| {
            N::Message::parse(send.tag, &send.data).is_ok_and(|message| message.bytes() > eager)
        })
    }
}
