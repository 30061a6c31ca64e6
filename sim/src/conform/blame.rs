//! Messages must be what was sent; where they are not, which of the two lines is wrong?
//!
//! A rank is fed what its own lines say that it received, and what it then sends follows from that. So
//! the sends of a rank whose events conform are right, and a receive that differs from such a send is
//! to blame. Only the command node is free in what it sends. What it sent is told a second time, by the
//! rank where commands enter the ring: when that rank's own events conform with what it says to have
//! received, the command node's line is to blame.

use ringscope_traces::{Event, Op, Rank};

use super::finding::{Letter, What};
use super::mail::{Mail, Posted};
use super::rank::Walk;
use super::script::{as_heard, commands};
use super::trial::{Course, Trial};
use crate::protocol::{Message as _, Node, Script};

/// Holds every receive against its send, and gives back what is left under way.
pub(super) fn match_messages<N: Node>(trial: &mut Trial<'_, N>) -> Mail {
    let mut mail = under_way(trial);
    let receivers: Vec<Rank> = trial.courses.keys().copied().collect();
    let mut exchange = Exchange { trial, mail: &mut mail, heard_entry: false };
    for receiver in receivers {
        exchange.receive_all(receiver);
    }
    mail
}

/// The sends that conform.
fn under_way<N: Node>(trial: &Trial<'_, N>) -> Mail {
    let mut mail = Mail::default();
    for (rank, course) in &trial.courses {
        let places = trial.by_rank.places(*rank).iter().take(course.conforming());
        for (index, &place) in places.enumerate() {
            if trial.trace[place].op == Op::Send {
                mail.add(&trial.trace[place], Posted { place, index });
            }
        }
    }
    mail
}

struct Exchange<'t, 'a, N: Node> {
    trial: &'t mut Trial<'a, N>,
    mail: &'t mut Mail,
    /// The command node's sends have been judged by what was received of them.
    heard_entry: bool,
}

impl<N: Node> Exchange<'_, '_, N> {
    /// Matches a rank's receives, as far as its own events conform, until one is to blame.
    fn receive_all(&mut self, rank: Rank) {
        let trace = self.trial.trace;
        let mut index = 0;
        while index < self.trial.courses[&rank].conforming() {
            let place = self.trial.by_rank.places(rank)[index];
            let receive = Posted { place, index };
            if trace[place].op == Op::Recv
                && let Some(what) = self.receive(receive)
            {
                let course = self.trial.courses.get_mut(&rank).expect("it is being judged");
                course.fail(index, what);
            }
            index += 1;
        }
    }

    /// Takes the message of a receive from the mail; what is wrong when it is not there and the
    /// receive is to blame.
    fn receive(&mut self, receive: Posted) -> Option<What> {
        let trace = self.trial.trace;
        let event = &trace[receive.place];
        let any_tag = self.trial.courses[&event.rank].took_any[receive.index];
        // No receive stands before its send.
        let sent = self.mail.next(event, any_tag).filter(|sent| sent.place < receive.place);
        if let Some(sent) = sent {
            let send = &trace[sent.place];
            if send.tag == event.tag && send.data == event.data {
                self.mail.take(event.rank, send);
                return None;
            }
        }
        if self.sender_is_to_blame(event, sent) {
            return None;
        }
        let got = Letter::of_event::<N::Message>(event);
        Some(match sent {
            Some(sent) => {
                let sent = Letter::of_event::<N::Message>(&trace[sent.place]);
                What::NotAsSent { got, sent }
            }
            None => What::NeverSent { got },
        })
    }

    fn sender_is_to_blame(&mut self, receive: &Event, sent: Option<Posted>) -> bool {
        if receive.peer == self.trial.command && self.command_is_to_blame(receive) {
            return true;
        }
        let Some(sender) = self.trial.courses.get_mut(&receive.peer) else { return false };
        if sent.is_some() {
            return false;
        }
        // Of what a rank sends itself, it is to blame one way or the other.
        if receive.peer == receive.rank {
            return false;
        }
        // What comes after a sender's finding is not known.
        sender.failed.is_some() || owes(sender, receive)
    }

    /// Judges the command node by the commands that were received of it.
    fn command_is_to_blame(&mut self, receive: &Event) -> bool {
        if self.heard_entry {
            return true;
        }
        let Some(mut course) = self.trial.as_heard(receive.rank, Unheard::Sent) else {
            return false;
        };
        if course.failed.is_none() && !owes(&mut course, receive) {
            return false;
        }
        self.trial.courses.insert(self.trial.command, course);
        self.heard_entry = true;
        true
    }
}

/// What is made of the commands that were sent and not received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unheard {
    /// They belong to the script.
    Sent,
    /// There should be none.
    Superfluous,
}

/// Whether a rank whose events end has still to send what was received: then that is missing.
fn owes<N: Node>(sender: &mut Course<N>, receive: &Event) -> bool {
    let message = N::Message::parse(receive.tag, &receive.data);
    let is_received = |(to, owed): &(Rank, N::Message)| {
        *to == receive.rank && message.as_ref().is_ok_and(|message| message == owed)
    };
    let Some((to, next)) = sender.walk.owed().front() else { return false };
    let owed = Letter::of_message(*to, next);
    if sender.failed.is_some() || !sender.walk.owed().iter().any(is_received) {
        return false;
    }
    sender.fail(sender.events, What::EndsOwing { owed });
    true
}

impl<'a, N: Node> Trial<'a, N> {
    /// The command node's course when its script is what that rank received of it; `None` when that
    /// rank is not one to go by.
    pub fn as_heard(&self, rank: Rank, unheard: Unheard) -> Option<Course<N>> {
        let command = self.command;
        if self.entry() != Some(rank) || self.courses.get(&rank)?.failed.is_some() {
            return None;
        }
        let sends = self.events_of(command).filter(|event| event.op == Op::Send);
        let receives = self.events_of(rank).filter(|e| e.op == Op::Recv && e.peer == command);
        let heard = commands::<N>(receives);
        let script = match unheard {
            Unheard::Sent => as_heard(heard, commands::<N>(sends).0),
            Unheard::Superfluous => heard.0.into_iter().collect(),
        };
        let mut course = self.follow(command, (self.commander)(script));
        super::ending::judge_end(self, command, &mut course);
        Some(course)
    }

    fn events_of(&self, rank: Rank) -> impl Iterator<Item = &'a Event> {
        let trace = self.trace;
        self.by_rank.places(rank).iter().map(move |place| &trace[*place])
    }

    /// The rank where commands enter the ring: the first one that the command node sends to.
    fn entry(&self) -> Option<Rank> {
        let fresh = Walk::start((self.commander)(Script::default()), self.trace.header.ranks);
        fresh.owed().front().map(|(to, _)| *to)
    }
}
