//! Messages must be what was sent; where they are not, which of the two lines is wrong?
//!
//! A rank is fed what its own lines say that it received, and what it then sends follows from that. So
//! the sends of a rank whose events conform are right, and a receive that differs from such a send is
//! to blame. Only the command node is free in what it sends. What it sent is told a second time, by the
//! rank where commands enter the ring: when that rank's own events conform with what it says to have
//! received, the command node's line is to blame.

use ringscope_traces::{Event, EventIndex, Rank};

use super::script::{as_heard, commands};
use super::verifier::{RankCheck, Verifier, is_receive, is_send};
use crate::protocol::{Message as _, Node, Script};
use crate::replay::finding::{Letter, What};
use crate::replay::in_flight::InFlightMessages;
use crate::replay::node::NodeReplay;

/// Where a send or a receive stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Posted {
    /// The event's place in the trace.
    pub place: EventIndex,
    /// Its place among its rank's events.
    pub index: usize,
}

/// Holds every receive against its send, and gives back what is left under way.
pub(super) fn match_messages<N: Node>(verifier: &mut Verifier<'_, N>) -> InFlightMessages<Posted> {
    let mut mail = under_way(verifier);
    let receivers: Vec<Rank> = verifier.checks.keys().copied().collect();
    let mut exchange = Exchange { verifier, mail: &mut mail, suspicion: None };
    for receiver in receivers {
        exchange.receive_all(receiver);
    }
    mail
}

/// The sends that conform.
fn under_way<N: Node>(verifier: &Verifier<'_, N>) -> InFlightMessages<Posted> {
    let mut mail = InFlightMessages::default();
    for (rank, check) in &verifier.checks {
        let places = verifier.by_rank.events(*rank).iter().take(check.conforming());
        for (index, &place) in places.enumerate() {
            if is_send(&verifier.trace[place]) {
                mail.send(place, &verifier.trace[place], Posted { place, index });
            }
        }
    }
    mail
}

struct Exchange<'t, 'a, N: Node> {
    verifier: &'t mut Verifier<'a, N>,
    mail: &'t mut InFlightMessages<Posted>,
    /// Since when the command node is judged by what was received of it.
    suspicion: Option<Suspicion<N>>,
}

/// A command node that is to blame, unless the rank that received its commands is found to have
/// received something else wrongly too.
struct Suspicion<N: Node> {
    /// The command node's check by what it sent.
    by_its_own: RankCheck<N>,
    /// The first receive that differs, and how.
    receive: Posted,
    what: What,
}

impl<N: Node> Exchange<'_, '_, N> {
    /// Matches a rank's receives, as far as its own events conform, until one is to blame.
    fn receive_all(&mut self, rank: Rank) {
        let trace = self.verifier.trace;
        let mut index = 0;
        // Asked anew each time: once this rank is to blame for something, nothing after that is judged.
        while index < self.verifier.checks[&rank].conforming() {
            let place = self.verifier.by_rank.events(rank)[index];
            let receive = Posted { place, index };
            if is_receive(&trace[place])
                && let Some(what) = self.receive(receive)
            {
                self.blame(rank, index, what);
            }
            index += 1;
        }
    }

    /// One rank is to blame rather than two: a suspicion of the command node is dropped when the rank
    /// that it rests on is to blame.
    fn blame(&mut self, rank: Rank, index: usize, what: What) {
        let checks = &mut self.verifier.checks;
        let rests = |suspicion: &mut Suspicion<N>| {
            self.verifier.trace[suspicion.receive.place].rank == rank
        };
        if let Some(Suspicion { by_its_own, receive, what }) = self.suspicion.take_if(rests) {
            checks.insert(self.verifier.command, by_its_own);
            checks.get_mut(&rank).expect(JUDGED).fail(receive.index, what);
        }
        checks.get_mut(&rank).expect(JUDGED).fail(index, what);
    }

    /// Takes the message of a receive from the mail; what is wrong when it is not there and the
    /// receive is to blame.
    fn receive(&mut self, receive: Posted) -> Option<What> {
        let trace = self.verifier.trace;
        let event = &trace[receive.place];
        let any_tag = self.verifier.checks[&event.rank].took_any[receive.index];
        // A send that stands further down is another message's: in a trace no receive stands before its send.
        let next = self.mail.next(event, any_tag).map(|(address, sent)| (address, *sent));
        let next = next.filter(|(_, sent)| sent.place < receive.place);
        if let Some((address, sent)) = next {
            let send = &trace[sent.place];
            if send.tag == event.tag && send.data == event.data {
                self.mail.take(address);
                return None;
            }
        }
        let sent = next.map(|(_, sent)| sent);
        let what = self.difference(event, sent);
        if event.peer == self.verifier.command && self.command_is_to_blame(receive, sent, &what) {
            return None;
        }
        (!self.sender_is_to_blame(event, sent)).then_some(what)
    }

    fn difference(&self, event: &Event, sent: Option<Posted>) -> What {
        let got = Letter::of_event::<N::Message>(event);
        match sent {
            Some(sent) => {
                let sent = Letter::of_event::<N::Message>(&self.verifier.trace[sent.place]);
                What::NotAsSent { got, sent }
            }
            None => What::NeverSent { got },
        }
    }

    fn sender_is_to_blame(&mut self, receive: &Event, sent: Option<Posted>) -> bool {
        let Some(sender) = self.verifier.checks.get_mut(&receive.peer) else { return false };
        // Only sends that conform are in flight: the sender did what its node asks, so it is the receive that is wrong.
        if sent.is_some() {
            return false;
        }
        // A rank that sends to itself has written both lines: it is to blame one way or the other, and once.
        if receive.peer == receive.rank {
            return false;
        }
        // What comes after a sender's finding is not known.
        sender.failed.is_some() || owes(sender, receive)
    }

    /// Judges the command node by the commands that were received of it.
    fn command_is_to_blame(&mut self, receive: Posted, sent: Option<Posted>, what: &What) -> bool {
        // Its script was taken from all that was received of it, so this receive speaks for the same suspicion.
        if self.suspicion.is_some() {
            return true;
        }
        let event = &self.verifier.trace[receive.place];
        // Then one wrong line explains it, the receive with its source; a suspicion would need two.
        if self.is_under_way_elsewhere(receive) && self.is_received_later(sent, receive) {
            return false;
        }
        let Some(mut check) = self.verifier.as_heard(event.rank, Unheard::Sent) else {
            return false;
        };
        // With the commands as they were received its own lines are right as well: then they are not what is wrong.
        if check.failed.is_none() && !owes(&mut check, event) {
            return false;
        }
        let by_its_own = self.verifier.checks.insert(self.verifier.command, check).expect(JUDGED);
        self.suspicion = Some(Suspicion { by_its_own, receive, what: what.clone() });
        true
    }

    /// Whether what was sent instead is the next that is received from there, or nothing else is: messages of one rank do
    /// not overtake each other, but where a receive takes a single tag.
    fn is_received_later(&self, sent: Option<Posted>, receive: Posted) -> bool {
        let Some(sent) = sent else { return true };
        let trace = self.verifier.trace;
        let (event, send) = (&trace[receive.place], &trace[sent.place]);
        let places = self.verifier.by_rank.events(event.rank).iter();
        let conforming = places.zip(&self.verifier.checks[&event.rank].took_any);
        let mut later = conforming.skip(receive.index + 1).filter_map(|(place, takes_any)| {
            let next = &trace[*place];
            let can_take = *takes_any || next.tag == send.tag;
            (next.source() == Some(event.peer) && can_take).then_some(next)
        });
        later.next().is_none_or(|next| next.tag == send.tag && next.data == send.data)
    }

    /// Whether another rank has sent just that: then the receive names the wrong one.
    fn is_under_way_elsewhere(&self, receive: Posted) -> bool {
        let event = &self.verifier.trace[receive.place];
        let mut firsts = self.mail.firsts_to(event.rank);
        firsts.any(|(address, sent)| {
            address.from != event.peer && address.tag == event.tag && self.fits(*sent, receive)
        })
    }

    /// Whether a receive can be of that send: what is received later of the same tag and from the same rank is then what
    /// was sent next, and had been sent by then.
    fn fits(&self, sent: Posted, receive: Posted) -> bool {
        let (trace, by_rank) = (self.verifier.trace, &self.verifier.by_rank);
        let (source, event) = (trace[sent.place].rank, &trace[receive.place]);
        let sends = by_rank.events(source).iter().copied().skip(sent.index);
        let mut sends = sends.filter(|place| {
            let send = &trace[*place];
            is_send(send) && send.peer == event.rank && send.tag == event.tag
        });
        let later = by_rank.events(event.rank).iter().copied().skip(receive.index + 1);
        let later = later.filter(|place| {
            let next = &trace[*place];
            next.source() == Some(source) && next.tag == event.tag
        });
        std::iter::once(receive.place).chain(later).all(|received| {
            let send = sends.next();
            send.is_some_and(|send| send < received && trace[send].data == trace[received].data)
        })
    }
}

const JUDGED: &str = "every rank with an event has a check";

/// What is made of the commands that were sent and not received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unheard {
    /// They belong to the script.
    Sent,
    /// There should be none.
    Superfluous,
}

/// Whether a rank whose events end has still to send what was received: then that is missing.
fn owes<N: Node>(sender: &mut RankCheck<N>, receive: &Event) -> bool {
    let message = N::Message::parse(receive.tag, &receive.data);
    let is_received = |(to, owed): &(Rank, N::Message)| {
        *to == receive.rank && message.as_ref().is_ok_and(|message| message == owed)
    };
    let Some((to, next)) = sender.replay.owed().front() else { return false };
    let owed = Letter::of_message(*to, next);
    if sender.failed.is_some() || !sender.replay.owed().iter().any(is_received) {
        return false;
    }
    sender.fail(sender.events, What::EndsOwing { owed });
    true
}

impl<'a, N: Node> Verifier<'a, N> {
    /// The command node's check when its script is what that rank received of it; `None` when that
    /// rank is not one to go by.
    pub(super) fn as_heard(&self, rank: Rank, unheard: Unheard) -> Option<RankCheck<N>> {
        let command = self.command;
        if self.entry() != Some(rank) || self.checks.get(&rank)?.failed.is_some() {
            return None;
        }
        let sends = self.events_of(command).filter(|event| is_send(event));
        let receives = self.events_of(rank).filter(|e| e.source() == Some(command));
        let heard = commands::<N>(receives);
        let script = match unheard {
            Unheard::Sent => as_heard(heard, commands::<N>(sends).0),
            Unheard::Superfluous => heard.0.into_iter().collect(),
        };
        let mut check = self.follow(command, (self.commander)(script));
        // Its end counts like its events: a script that is too long shows only in what is missing there.
        super::own_end::judge_end(self, command, &mut check);
        Some(check)
    }

    /// Where a command is too much, if all is well with the command node without it: at the last of
    /// equal ones.
    pub(super) fn superfluous_command(&self, sent: Posted) -> Option<usize> {
        let mut events: Vec<&Event> = self.events_of(self.command).collect();
        if self.trace[sent.place].rank != self.command {
            return None;
        }
        let event = events.remove(sent.index);
        let (script, _) = commands::<N>(events.iter().copied().filter(|e| is_send(e)));
        let node = (self.commander)(script.into_iter().collect());
        let check = RankCheck::follow(node, self.trace.header.ranks, events.iter().copied());
        let equal = |other: &&&Event| other.content() == event.content();
        let equals = events.get(sent.index..)?.iter().take_while(equal).count();
        check.failed.is_none().then_some(sent.index + equals)
    }

    fn events_of(&self, rank: Rank) -> impl Iterator<Item = &'a Event> {
        let trace = self.trace;
        self.by_rank.events(rank).iter().map(move |place| &trace[*place])
    }

    /// The rank where commands enter the ring: the first one that the command node sends to.
    fn entry(&self) -> Option<Rank> {
        let fresh = NodeReplay::start((self.commander)(Script::default()), self.trace.header.ranks);
        fresh.owed().front().map(|(to, _)| *to)
    }
}
