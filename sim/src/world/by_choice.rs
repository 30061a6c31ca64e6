//! Scheduling by choice: the caller chooses which message is received next.

use ringscope_traces::Rank;

use super::cycle::{Cycle, Receipts};
use super::{End, Envelope, Observer, Scheduler, World};
use crate::protocol::{Message as _, Node, Wait};

/// Every message arrives as soon as it is sent; which one is taken next is chosen from outside.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct ByChoice;

impl<M> Scheduler<M> for ByChoice {
    const ARRIVALS_COUNT: bool = false;

    fn sent(&mut self, _envelope: Envelope, _bytes: impl FnOnce() -> u64) -> bool {
        true
    }
}

/// A receipt that can come next: MPI's rules leave nothing open but the rank and the sender. Which of a sender's
/// messages it is follows from their order (MPI 4.1, section 3.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Choice {
    /// Who receives.
    pub rank: Rank,
    /// Whose message.
    pub source: Rank,
}

impl<N: Node> World<N, ByChoice> {
    /// Every receipt that can come next, by rank and then by source.
    ///
    /// A rank that has crashed receives nothing more; the others can go on, as they do under real MPI
    /// until it ends them.
    #[must_use]
    pub fn choices(&self) -> Vec<Choice> {
        self.ranks().flat_map(|rank| self.sources(rank)).collect()
    }

    /// Makes that receipt happen; returns `false`, and changes nothing, if it cannot.
    pub fn choose(&mut self, choice: Choice, observer: &mut impl Observer<N>) -> bool {
        let Some(mailbox) = self.mailboxes.get_mut(choice.rank.index()) else { return false };
        let arena = &self.arena;
        let nth = mailbox.unexpected.iter().position(|&slot| {
            let in_flight = arena.in_flight(slot);
            in_flight.from == choice.source
                && mailbox.wait.takes(in_flight.from, in_flight.message().tag())
        });
        let Some(nth) = nth else { return false };
        let slot = mailbox.unexpected.remove(nth).expect("the match was just found there");
        self.now_ns += 1;
        self.receive(slot, observer);
        true
    }

    /// How the run has ended; `None` when it can go on. One that has crashed is not gone on with.
    #[must_use]
    pub fn end(&self) -> Option<End<N::Message>> {
        match self.crash() {
            Some((rank, fault)) => Some(End::Crashed { rank: *rank, fault: fault.clone() }),
            None if self.all_stopped() => Some(End::Completed),
            None if self.choices().is_empty() => Some(End::Deadlock(self.wait_for_graph())),
            None => None,
        }
    }

    /// What goes round when these are received, after which the world stands where it does now; `None` when one of them cannot be.
    #[must_use]
    pub fn goes_round(&self, round: &[Choice]) -> Option<Cycle<N::Message>> {
        let mut receipts = Receipts::default();
        let mut world = self.clone();
        let were_possible = round.iter().all(|choice| world.choose(*choice, &mut receipts));
        let period = round.len() as u64;
        Cycle::of(&receipts, Some(period)).filter(|_| were_possible)
    }

    /// Lets the message be received that was sent first of those that can be; says by whom.
    pub(crate) fn choose_oldest(&mut self, observer: &mut impl Observer<N>) -> Option<Rank> {
        self.slots_in_order().into_iter().find_map(|slot| {
            let in_flight = self.arena.in_flight(slot);
            let choice = Choice { rank: in_flight.to, source: in_flight.from };
            self.choose(choice, observer).then_some(choice.rank)
        })
    }

    /// The senders whose message a rank can receive next, in order.
    fn sources(&self, rank: Rank) -> Vec<Choice> {
        let mailbox = &self.mailboxes[rank.index()];
        let mut sources: Vec<_> = match mailbox.wait {
            Wait::Any => {
                mailbox.unexpected.iter().map(|&slot| self.arena.in_flight(slot).from).collect()
            }
            Wait::From { source, .. } => {
                self.first_match(rank).map(|_| source).into_iter().collect()
            }
            Wait::Stopped => Vec::new(),
        };
        sources.sort_unstable();
        sources.dedup();
        sources.into_iter().map(|source| Choice { rank, source }).collect()
    }
}
