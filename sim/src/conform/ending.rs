//! What must be the case at the end of a run that is said to have ended so.

use ringscope_traces::{Channel, Ending, Event, Op, Rank};

use super::blame::Unheard;
use super::finding::{Letter, What};
use super::mail::{Mail, Posted};
use super::trial::{Course, Trial};
use crate::protocol::{Message as _, Node, Wait};

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
                must_owe_nothing(course);
            }
        }
        Ending::Livelock | Ending::Stopped => must_not_crash(course, ending),
        Ending::Crashed { rank: Some(crashed), .. } if *crashed == rank => must_crash(course),
        Ending::Crashed { .. } => {}
    }
    if *ending == Ending::Completed {
        must_have_finished(course);
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

fn must_owe_nothing<N: Node>(course: &mut Course<N>) {
    if let Some((to, message)) = course.walk.owed().front() {
        let owed = Letter::of_message(*to, message);
        course.fail(course.events, What::EndsOwing { owed });
    }
}

/// A run completes when every rank has stopped with nothing left to send.
pub(super) fn must_have_finished<N: Node>(course: &mut Course<N>) {
    must_owe_nothing(course);
    if course.walk.wait() != Wait::Stopped {
        course.fail(course.events, What::EndsWaiting { wait: course.walk.awaited() });
    }
}

/// Whether a rank's last event is a send that waits to be received, and was not.
fn is_blocked<N: Node>(trial: &Trial<'_, N>, rank: Rank, course: &Course<N>) -> bool {
    let places = trial.by_rank.places(rank);
    let (Some(&last), None) = (places.last(), &course.failed) else { return false };
    let send = &trial.trace[last];
    if send.op != Op::Send || !trial.waits(send) {
        return false;
    }
    let count = |rank: Rank, op: Op| {
        let events = trial.by_rank.places(rank).iter().map(|place| &trial.trace[*place]);
        let channel = Channel::of(send);
        events.filter(|event| event.op == op && Channel::of(event) == channel).count()
    };
    count(send.peer, Op::Recv) < count(rank, Op::Send)
}

/// Judges what is left under way when every rank's own events are judged.
pub(super) fn judge_left<N: Node>(trial: &mut Trial<'_, N>, mail: &Mail) {
    long_sends_are_last(trial, mail);
    match trial.ending() {
        Some(Ending::Completed) => nothing_is_left(trial, mail),
        Some(Ending::Deadlock) => nothing_can_be_taken(trial, mail),
        Some(Ending::Crashed { rank: None, .. }) => somebody_crashes(trial, mail),
        Some(Ending::Crashed { rank: Some(_), .. } | Ending::Livelock | Ending::Stopped) | None => {
        }
    }
}

/// A rank does not go on before a send above the eager limit is received.
fn long_sends_are_last<N: Node>(trial: &mut Trial<'_, N>, mail: &Mail) {
    if trial.eager.is_none() {
        return;
    }
    for sent in mail.left() {
        let send = &trial.trace[sent.place];
        let goes_on = sent.index + 1 < trial.by_rank.places(send.rank).len();
        if !goes_on || !trial.waits(send) {
            continue;
        }
        let superfluous = trial.superfluous_command(sent);
        if let Some(index) = superfluous.filter(|_| trial.has_no_finding(send.peer)) {
            let got = Letter::of_event::<N::Message>(send);
            trial.fail(send.rank, index, What::NeverReceived { got });
        } else if trial.is_known(send) {
            let sent_letter = Letter::of_event::<N::Message>(send);
            trial.fail(send.rank, sent.index + 1, What::GoesOnWhileSending { sent: sent_letter });
        }
    }
}

fn nothing_is_left<N: Node>(trial: &mut Trial<'_, N>, mail: &Mail) {
    for sent in mail.left() {
        let send = &trial.trace[sent.place];
        if trial.is_known(send) {
            let got = Letter::of_event::<N::Message>(send);
            trial.fail(send.rank, sent.index, What::NeverReceived { got });
        }
    }
}

fn nothing_can_be_taken<N: Node>(trial: &mut Trial<'_, N>, mail: &Mail) {
    for sent in mail.left() {
        let send = &trial.trace[sent.place];
        if trial.would_take(sent) && trial.is_known(send) && !command_is_to_blame(trial, send) {
            let next = next_of::<N>(send);
            trial.fail_at_end(send.peer, What::EndsBeforeReceiving { next });
        }
    }
    let finished = |course: &Course<N>| {
        course.failed.is_none()
            && course.walk.fault().is_none()
            && course.walk.wait() == Wait::Stopped
    };
    let all_finished =
        |(_, course): (&Rank, &Course<N>)| finished(course) && course.walk.owed().is_empty();
    if trial.silent.waiting == 0 && trial.courses.iter().all(all_finished) {
        trial.fail_at_end(trial.last_rank(), What::NobodyWaits);
    }
}

/// Where commands enter the ring each one has consequences: when there are none of a command that
/// could be taken, it is the command that is too much.
fn command_is_to_blame<N: Node>(trial: &mut Trial<'_, N>, send: &Event) -> bool {
    if send.rank != trial.command {
        return false;
    }
    let heard = trial.as_heard(send.peer, Unheard::Superfluous);
    let Some(course) = heard.filter(|course| course.failed.is_some()) else { return false };
    trial.courses.insert(trial.command, course);
    true
}

/// Where the trace does not say who crashed, somebody must have: or else the one that would have on
/// what it did not receive, or else the last of whom anything is known.
fn somebody_crashes<N: Node>(trial: &mut Trial<'_, N>, mail: &Mail) {
    let settled = |course: &Course<N>| course.failed.is_some() || course.walk.fault().is_some();
    if trial.courses.values().any(settled) {
        return;
    }
    for sent in mail.left() {
        let send = &trial.trace[sent.place];
        if trial.would_take(sent) && trial.would_crash(send) {
            return trial
                .fail_at_end(send.peer, What::EndsBeforeReceiving { next: next_of::<N>(send) });
        }
    }
    trial.fail_at_end(trial.last_rank(), What::DoesNotCrash);
}

/// A send's message as its receiver sees it.
fn next_of<N: Node>(send: &Event) -> Letter {
    Letter { peer: send.rank, ..Letter::of_event::<N::Message>(send) }
}

impl<N: Node> Trial<'_, N> {
    /// Whether neither the sender nor the receiver of a message has a finding.
    fn is_known(&self, send: &Event) -> bool {
        self.has_no_finding(send.rank) && self.has_no_finding(send.peer)
    }

    fn has_no_finding(&self, rank: Rank) -> bool {
        self.courses.get(&rank).is_some_and(|course| course.failed.is_none())
    }

    /// Whether a send is above the eager limit.
    fn waits(&self, send: &Event) -> bool {
        self.eager.is_some_and(|eager| {
            N::Message::parse(send.tag, &send.data).is_ok_and(|message| message.bytes() > eager)
        })
    }

    fn would_take(&self, sent: Posted) -> bool {
        let send = &self.trace[sent.place];
        self.courses.get(&send.peer).is_some_and(|receiver| {
            receiver.walk.wait().takes(send.rank, send.tag)
                && !is_blocked(self, send.peer, receiver)
        })
    }

    fn would_crash(&self, send: &Event) -> bool {
        let receive = Event { rank: send.peer, peer: send.rank, op: Op::Recv, ..send.clone() };
        self.courses.get(&send.peer).is_some_and(|receiver| {
            let mut walk = receiver.walk.clone();
            walk.take(&receive).is_ok() && walk.fault().is_some()
        })
    }

    /// The rank of the trace's last event.
    fn last_rank(&self) -> Rank {
        let last = self.trace.events.iter().rev().find(|e| self.courses.contains_key(&e.rank));
        last.map_or(self.command, |event| event.rank)
    }

    fn fail(&mut self, rank: Rank, index: usize, what: What) {
        if let Some(course) = self.courses.get_mut(&rank) {
            course.fail(index, what);
        }
    }

    fn fail_at_end(&mut self, rank: Rank, what: What) {
        let end = self.courses.get(&rank).map_or(0, |course| course.events);
        self.fail(rank, end, what);
    }
}
