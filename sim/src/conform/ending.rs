//! What must be the case at the end of a run that is said to have ended so, of all ranks together.

use ringscope_traces::{Ending, Event, Op, Rank};

use super::blame::Unheard;
use super::finding::{Letter, What};
use super::mail::{Mail, Posted};
use super::own_end::is_blocked;
use super::trial::{Course, Trial};
use crate::protocol::{Node, Wait};

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
        let goes_on = sent.index + 1 < trial.by_rank.events(send.rank).len();
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
