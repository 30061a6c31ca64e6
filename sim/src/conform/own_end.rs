//! What must be the case at the end of one rank's events, when the run is said to have ended so.

use ringscope_traces::{Channel, Ending, Event, Op, Rank};

use super::finding::What;
use super::trial::{Course, Trial};
use crate::protocol::{Message as _, Node};

/// Judges the end of each rank's events by themselves.
pub(super) fn judge_ends<N: Node>(trial: &mut Trial<'_, N>) {
    let ranks: Vec<Rank> = trial.courses.keys().copied().collect();
    for rank in ranks {
        let mut course = trial.courses.remove(&rank).expect("the ranks are its keys");
        judge_end(trial, rank, &mut course);
        trial.courses.insert(rank, course);
    }
}

/// Judges the end of a rank's events by themselves.
pub(super) fn judge_end<N: Node>(trial: &Trial<'_, N>, rank: Rank, course: &mut Course<N>) {
    let Some(ending) = trial.ending() else { return };
    if course.failed.is_some() {
        return;
    }
    match ending {
        Ending::Completed => must_not_crash(course, ending),
        Ending::Deadlock => {
            must_not_crash(course, ending);
            if !is_blocked(trial, rank, course) {
                course.must_owe_nothing();
            }
        }
        Ending::Livelock | Ending::Stopped => must_not_crash(course, ending),
        Ending::Crashed { rank: Some(crashed), .. } if *crashed == rank => must_crash(course),
        Ending::Crashed { .. } => {}
    }
    if *ending == Ending::Completed {
        course.must_have_finished();
    }
}

/// A crash comes when everything that was asked for before it has been sent.
fn must_not_crash<N: Node>(course: &mut Course<N>, ending: &Ending) {
    let Some(fault) = course.walk.fault().cloned() else { return };
    if course.walk.owed().is_empty() {
        let what = What::Crashes { fault, ending: ending.name() };
        course.fail(course.events.saturating_sub(1), what);
    }
}

fn must_crash<N: Node>(course: &mut Course<N>) {
    if course.walk.fault().is_none() {
        course.fail(course.events, What::DoesNotCrash);
    }
}

/// Whether a rank's last event is a send that waits to be received, and was not.
pub(super) fn is_blocked<N: Node>(trial: &Trial<'_, N>, rank: Rank, course: &Course<N>) -> bool {
    let places = trial.by_rank.events(rank);
    let (Some(&last), None) = (places.last(), &course.failed) else { return false };
    let send = &trial.trace[last];
    if send.op != Op::Send || !trial.waits(send) {
        return false;
    }
    let count = |rank: Rank, op: Op| {
        let events = trial.by_rank.events(rank).iter().map(|place| &trial.trace[*place]);
        let channel = Channel::of(send);
        events.filter(|event| event.op == op && Channel::of(event) == channel).count()
    };
    count(send.peer, Op::Recv) < count(rank, Op::Send)
}

impl<N: Node> Trial<'_, N> {
    /// Whether a send is above the eager limit.
    pub fn waits(&self, send: &Event) -> bool {
        self.eager.is_some_and(|eager| {
            N::Message::parse(send.tag, &send.data).is_ok_and(|message| message.bytes() > eager)
        })
    }
}
