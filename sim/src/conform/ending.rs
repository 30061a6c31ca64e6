//! What must be the case at the end of a run that is said to have ended so, of all ranks together.

use ringscope_traces::{Ending, Event, Op, Rank};

use super::blame::{Posted, Unheard};
use super::verifier::{RankCheck, Verifier, is_send};
use crate::protocol::Node;
use crate::replay::finding::{Letter, What};
use crate::replay::in_flight::InFlightMessages;
use crate::world::Status;

/// Judges what is left under way when every rank's own events are judged.
pub(super) fn judge_left<N: Node>(verifier: &mut Verifier<'_, N>, mail: &InFlightMessages<Posted>) {
    long_sends_are_last(verifier, mail);
    match verifier.ending() {
        Some(Ending::Completed) => nothing_is_left(verifier, mail),
        Some(Ending::Deadlock) => nothing_can_be_taken(verifier, mail),
        Some(Ending::Crashed { rank: None, .. }) => somebody_crashes(verifier, mail),
        Some(Ending::Livelock) => something_moves(verifier, mail),
        Some(Ending::Stopped) => something_is_stopped(verifier, mail),
        Some(Ending::Crashed { rank: Some(_), .. }) | None => {}
    }
}

/// A rank does not go on before a send above the eager limit is received.
fn long_sends_are_last<N: Node>(verifier: &mut Verifier<'_, N>, mail: &InFlightMessages<Posted>) {
    if verifier.eager.is_none() {
        return;
    }
    for (_, sent) in mail.in_order() {
        let send = &verifier.trace[sent.place];
        let later = verifier.by_rank.events(send.rank).len() - sent.index - 1;
        if later == 0 || !verifier.waits(send) {
            continue;
        }
        let superfluous = verifier.superfluous_command(*sent);
        if let Some(index) = superfluous.filter(|_| verifier.has_no_finding(send.peer)) {
            let got = Letter::of_event::<N::Message>(send);
            verifier.fail(send.rank, index, What::NeverReceived { got });
        } else if later > 1 && verifier.would_take(sent) && verifier.is_known(send) {
            // Two events that should not be are less likely than one that is missing.
            let next = next_of::<N>(send);
            verifier.fail_at_end(send.peer, What::EndsBeforeReceiving { next });
        } else if verifier.is_known(send) {
            let sent_letter = Letter::of_event::<N::Message>(send);
            verifier.fail(
                send.rank,
                sent.index + 1,
                What::GoesOnWhileSending { sent: sent_letter },
            );
        }
    }
}

fn nothing_is_left<N: Node>(verifier: &mut Verifier<'_, N>, mail: &InFlightMessages<Posted>) {
    for (_, sent) in mail.in_order() {
        let send = &verifier.trace[sent.place];
        if verifier.is_known(send) {
            let got = Letter::of_event::<N::Message>(send);
            verifier.fail(send.rank, sent.index, What::NeverReceived { got });
        }
    }
}

fn nothing_can_be_taken<N: Node>(verifier: &mut Verifier<'_, N>, mail: &InFlightMessages<Posted>) {
    for (_, sent) in mail.in_order() {
        let send = &verifier.trace[sent.place];
        if verifier.would_take(sent)
            && verifier.is_known(send)
            && !command_is_to_blame(verifier, send)
        {
            let next = next_of::<N>(send);
            verifier.fail_at_end(send.peer, What::EndsBeforeReceiving { next });
        }
    }
    if all_have_finished(verifier) {
        verifier.fail_at_end(verifier.last_rank(), What::NobodyWaits { ending: "deadlock" });
    }
}

/// Whether every rank has finished. Whether anything is left in flight is another matter.
fn all_have_finished<N: Node>(verifier: &Verifier<'_, N>) -> bool {
    let has_finished =
        |check: &RankCheck<N>| check.failed.is_none() && check.replay.status() == Status::Finished;
    verifier.silent.waiting == 0 && verifier.checks.values().all(has_finished)
}

/// In a livelock messages go round, so something can be received: what has come to its end, be it complete
/// or a deadlock, is none.
fn something_moves<N: Node>(verifier: &mut Verifier<'_, N>, mail: &InFlightMessages<Posted>) {
    if !is_quiet(verifier, mail) {
        return;
    }
    let what = if all_have_finished(verifier) {
        What::NobodyWaits { ending: "livelock" }
    } else {
        What::NothingMoves { ending: "livelock" }
    };
    verifier.fail_at_end(verifier.last_rank(), what);
}

/// A run that hangs can be stopped by hand, and whatever goes on by a limit; where every rank has finished
/// and has received all that it was sent, there is nothing to stop.
fn something_is_stopped<N: Node>(verifier: &mut Verifier<'_, N>, mail: &InFlightMessages<Posted>) {
    if mail.in_order().is_empty() && all_have_finished(verifier) {
        verifier.fail_at_end(verifier.last_rank(), What::NobodyWaits { ending: "stopped" });
    }
}

/// Whether no rank has anything to send, or anything to receive of what is in flight; not so where the
/// state of some rank is not known.
fn is_quiet<N: Node>(verifier: &Verifier<'_, N>, mail: &InFlightMessages<Posted>) -> bool {
    let stands_still = |(rank, check): (&Rank, &RankCheck<N>)| {
        let owes = !check.replay.owed().is_empty();
        check.failed.is_none() && (!owes || verifier.is_blocked(*rank, check))
    };
    verifier.checks.iter().all(stands_still)
        && !mail.in_order().into_iter().any(|(_, sent)| verifier.would_take(sent))
}

/// Where commands enter the ring each one has consequences: when there are none of a command that
/// could be taken, it is the command that is too much.
fn command_is_to_blame<N: Node>(verifier: &mut Verifier<'_, N>, send: &Event) -> bool {
    if send.rank != verifier.command {
        return false;
    }
    let heard = verifier.as_heard(send.peer, Unheard::Superfluous);
    let Some(check) = heard.filter(|check| check.failed.is_some()) else { return false };
    verifier.checks.insert(verifier.command, check);
    true
}

/// Where the trace does not say who crashed, somebody must have: or else the one that would have on
/// what it did not receive, or else the last of whom anything is known.
fn somebody_crashes<N: Node>(verifier: &mut Verifier<'_, N>, mail: &InFlightMessages<Posted>) {
    let settled = |check: &RankCheck<N>| check.failed.is_some() || check.replay.fault().is_some();
    if verifier.checks.values().any(settled) {
        return;
    }
    for (_, sent) in mail.in_order() {
        let send = &verifier.trace[sent.place];
        if verifier.would_take(sent) && verifier.would_crash(send) {
            return verifier
                .fail_at_end(send.peer, What::EndsBeforeReceiving { next: next_of::<N>(send) });
        }
    }
    verifier.fail_at_end(verifier.last_rank(), What::DoesNotCrash);
}

/// A send's message as its receiver sees it.
fn next_of<N: Node>(send: &Event) -> Letter {
    Letter { peer: send.rank, ..Letter::of_event::<N::Message>(send) }
}

impl<N: Node> Verifier<'_, N> {
    /// Whether neither the sender nor the receiver of a message has a finding.
    fn is_known(&self, send: &Event) -> bool {
        self.has_no_finding(send.rank) && self.has_no_finding(send.peer)
    }

    fn has_no_finding(&self, rank: Rank) -> bool {
        self.checks.get(&rank).is_some_and(|check| check.failed.is_none())
    }

    fn would_take(&self, sent: &Posted) -> bool {
        let send = &self.trace[sent.place];
        self.checks.get(&send.peer).is_some_and(|receiver| {
            receiver.replay.status().takes(send.rank, send.tag)
                && !self.is_blocked(send.peer, receiver)
                && !self.may_be_blocked(send.peer)
        })
    }

    /// Whether a rank's last event is a send above the eager limit of which nobody knows whether it was received, since its
    /// receiver does not conform.
    fn may_be_blocked(&self, rank: Rank) -> bool {
        let last = self.by_rank.events(rank).last().map(|place| &self.trace[*place]);
        last.is_some_and(|last| {
            is_send(last) && self.waits(last) && !self.has_no_finding(last.peer)
        })
    }

    fn would_crash(&self, send: &Event) -> bool {
        let receive = Event { rank: send.peer, peer: send.rank, op: Op::Recv, ..send.clone() };
        self.checks.get(&send.peer).is_some_and(|receiver| {
            let mut replay = receiver.replay.clone();
            replay.take(&receive).is_ok() && replay.fault().is_some()
        })
    }

    /// The rank of the trace's last event.
    fn last_rank(&self) -> Rank {
        let last = self.trace.events.iter().rev().find(|e| self.checks.contains_key(&e.rank));
        last.map_or(self.command, |event| event.rank)
    }

    fn fail(&mut self, rank: Rank, index: usize, what: What) {
        if let Some(check) = self.checks.get_mut(&rank) {
            check.fail(index, what);
        }
    }

    fn fail_at_end(&mut self, rank: Rank, what: What) {
        let end = self.checks.get(&rank).map_or(0, |check| check.events);
        self.fail(rank, end, what);
    }
}
