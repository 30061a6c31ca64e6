//! The world that runs nodes: MPI's matching rules, latencies, and how a run ends.
//!
//! A [`World`] holds the nodes, what each of them waits for, and every message that has been sent and
//! not yet received. The only nondeterminism of a run is which sender's message a rank that takes
//! anything gets next, and it lives in the world's [`Scheduler`]: by simulated arrival ([`by_arrival`]), or by
//! choice ([`by_choice`]), be it an explorer's or that of a recorded run ([`receive_order`]).
//!
//! What it keeps of the MPI standard (version 4.1), and where:
//!
//! | rule | section | here |
//! |---|---|---|
//! | messages do not overtake each other between two ranks | 3.5, Order | by_arrival's lanes; the unexpected queue |
//! | a receive takes the first message that matches source and tag | 3.2.4, 3.5 | the search in the unexpected queue |
//! | with `MPI_ANY_SOURCE` any sender's message may come next; nothing promises fairness | 3.2.4, 3.5, Fairness | the scheduler |
//! | a standard send may be buffered, or wait for its receive | 3.4 | the setting `eager` |
//! | a send and a receive that match complete, whatever others do | 3.5, Progress | a deadlock needs a cycle of waits |

mod arena;
pub mod by_arrival;
pub mod by_choice;
mod cycle;
pub mod end;
pub mod latency;
pub mod livelock;
pub mod observe;
pub mod receive_order;
pub mod recording;
pub mod run;
mod state;
mod status;
mod wait_for_graph;
mod wheel;

use std::collections::VecDeque;

use ringscope_traces::{Op, Rank};

pub use by_arrival::ByArrival;
pub use by_choice::{ByChoice, Choice};
pub use cycle::Cycle;
pub use end::End;
pub use observe::{Observed, Observer};
pub use run::{Limits, Outcome, run};
pub use status::Status;
pub use wait_for_graph::{Blocked, Pending, WaitForGraph};

use crate::protocol::{Fault, Message, Node, Outbox as _, Wait};
use arena::Arena;

/// Who gets a message that has just been sent, and when.
pub trait Scheduler<M>: Clone {
    /// Whether the order in which messages of different senders have come to a rank decides what
    /// happens next, so that it is a part of the world's state.
    const ARRIVALS_COUNT: bool;

    /// Takes note of a message that has just been sent, and says whether it has arrived already.
    fn sent(&mut self, envelope: Envelope, bytes: impl FnOnce() -> u64) -> bool;
}

/// What a [`Scheduler`] sees of a message that has just been sent.
#[derive(Debug, Clone, Copy)]
pub struct Envelope {
    /// The message's slot.
    slot: u32,
    from: Rank,
    to: Rank,
    now_ns: u64,
}

/// The state of a run: nodes, waits, and messages in flight.
///
/// ```
/// use ringscope_sim::protocols::Classic;
/// use ringscope_sim::scenario::Scenario;
/// use ringscope_sim::simulate::start;
/// use ringscope_sim::world::{ByChoice, Choice};
/// use ringscope_traces::Rank;
///
/// let scenario = Scenario::parse("two", "window 2\nput 400 4\nget 400")?;
/// let mut world = start::<Classic, _>(&scenario, ByChoice, &mut ());
/// // Both commands are on their way, but they do not overtake: one choice.
/// let first = Choice { rank: Rank(0), source: Rank(7) };
/// assert_eq!(world.choices(), [first]);
/// let before = world.clone();
/// assert!(world.choose(first, &mut ()));
/// assert!(world != before && world.received() == 1);
/// # Ok::<(), ringscope_sim::scenario::ScenarioErrors>(())
/// ```
#[derive(Debug, Clone)]
pub struct World<N: Node, O> {
    nodes: Vec<N>,
    mailboxes: Vec<Mailbox<N::Message>>,
    /// Every message in flight, in its slot; and what a handler asks for.
    arena: Arena<N::Message>,
    /// What was noted when the messages in flight were sent, by slot.
    send_infos: Vec<SendInfo>,
    scheduler: O,
    eager: Option<u64>,
    now_ns: u64,
    sent: u64,
    received: u64,
    waiting: usize,
    /// In the order in which they crashed: by choice, others can go on after the first.
    crashes: Vec<(Rank, Fault)>,
}

/// What is noted of a message when it is sent.
#[derive(Debug, Clone, Copy, Default)]
struct SendInfo {
    /// The sender's Lamport time.
    clock: u64,
    /// The message's number among all messages sent in the run, from 0.
    number: u64,
}

/// What the world keeps for each rank beside its node.
#[derive(Debug, Clone)]
struct Mailbox<M> {
    wait: Wait,
    /// The Lamport time of the rank's last event.
    clock: u64,
    /// Messages that have arrived and that the rank does not take yet, in order of arrival: the unexpected
    /// queue of every MPI library. One queue for all senders, because a receive from any source takes the
    /// first that has come; the order of each sender, which is all that MPI promises (MPI 4.1, section 3.5),
    /// is kept by the way.
    unexpected: VecDeque<u32>,
    /// The send in which the rank is blocked.
    blocked: Option<Box<BlockedSend<M>>>,
}

/// A rank inside a standard send of a message above the eager limit.
///
/// MPI leaves it to the library whether a standard send is buffered or waits for its receive (MPI 4.1,
/// section 3.4), so a program that needs the buffer is wrong on some machine. The limit is the size up to which
/// libraries buffer in practice.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct BlockedSend<M> {
    /// Whom it sends to.
    to: Rank,
    /// The number of the message that is to be received before the rank goes on.
    number: u64,
    /// What it sends after that.
    rest: Vec<(Rank, M)>,
    /// What it takes after that.
    then: Wait,
}

/// What became of a send.
enum Sent {
    /// It returned at once.
    Buffered,
    /// It returns when the message is received.
    Blocked,
    /// MPI refused it.
    NoSuchRank,
}

/// What became of one step of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// This rank received a message and handled it.
    Received(Rank),
    /// Nothing is left to receive, or a rank has crashed.
    Nothing,
}

impl<N: Node, O: Scheduler<N::Message>> World<N, O> {
    /// A world in which every node has started, by rank. With `eager` a send of more bytes than that
    /// blocks until it is received; without it none does.
    pub fn new(
        nodes: Vec<N>,
        scheduler: O,
        eager: Option<u64>,
        observer: &mut impl Observer<N>,
    ) -> World<N, O> {
        observer.started(&nodes);
        let mailbox =
            || Mailbox { wait: Wait::Any, clock: 0, unexpected: VecDeque::new(), blocked: None };
        let mut world = World {
            mailboxes: (0..nodes.len()).map(|_| mailbox()).collect(),
            waiting: nodes.len(),
            nodes,
            arena: Arena::default(),
            send_infos: Vec::new(),
            scheduler,
            eager,
            now_ns: 0,
            sent: 0,
            received: 0,
            crashes: Vec::new(),
        };
        for rank in world.ranks() {
            let wait = world.nodes[rank.index()].start(&mut world.arena);
            world.after_handler(rank, wait, observer);
        }
        world
    }

    /// All ranks.
    pub fn ranks(&self) -> impl Iterator<Item = Rank> + use<N, O> {
        let count = u32::try_from(self.nodes.len()).expect("ranks are counted in 32 bits");
        (0..count).map(Rank)
    }

    /// The nodes, by rank.
    #[must_use]
    pub fn nodes(&self) -> &[N] {
        &self.nodes
    }

    /// What a rank is doing.
    #[must_use]
    pub fn status(&self, rank: Rank) -> Status {
        let mailbox = &self.mailboxes[rank.index()];
        match (self.fault(rank), &mailbox.blocked) {
            (Some(fault), _) => Status::Crashed(fault.clone()),
            (None, Some(blocked)) => Status::Sending { to: blocked.to },
            (None, None) => Status::after_sends(mailbox.wait),
        }
    }

    fn fault(&self, rank: Rank) -> Option<&Fault> {
        self.crashes.iter().find(|(crashed, _)| *crashed == rank).map(|(_, fault)| fault)
    }

    /// Virtual time in nanoseconds.
    #[must_use]
    pub fn now_ns(&self) -> u64 {
        self.now_ns
    }

    /// How many messages have been received.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.received
    }

    /// The first rank that crashed, and on what.
    #[must_use]
    pub fn crash(&self) -> Option<&(Rank, Fault)> {
        self.crashes.first()
    }

    /// Whether every rank has stopped.
    #[must_use]
    pub fn all_stopped(&self) -> bool {
        self.waiting == 0
    }

    /// Every message that has been sent and not received, in the order of sending.
    #[must_use]
    pub fn pending(&self) -> Vec<Pending<N::Message>> {
        let in_flight = self.slots_in_order().into_iter().map(|slot| self.arena.in_flight(slot));
        let pending = in_flight.map(|in_flight| Pending {
            from: in_flight.from,
            to: in_flight.to,
            message: in_flight.message().clone(),
        });
        pending.collect()
    }

    /// The slots of all messages in flight, in the order of sending.
    fn slots_in_order(&self) -> Vec<u32> {
        let mut slots: Vec<_> = self.arena.slots().collect();
        slots.sort_unstable_by_key(|&slot| self.send_info(slot).number);
        slots
    }

    #[inline]
    fn send_info(&self, slot: u32) -> SendInfo {
        self.send_infos[slot as usize]
    }

    /// Whether every message that is in flight and has not arrived has at least that number.
    pub(super) fn all_in_flight_sent_since(&self, number: u64) -> bool {
        let arrived = |slot| {
            let to = self.arena.in_flight(slot).to;
            self.mailboxes[to.index()].unexpected.contains(&slot)
        };
        self.arena.slots().all(|slot| self.send_info(slot).number >= number || arrived(slot))
    }

    /// The same state without arrival times: every message in flight can be chosen next.
    #[must_use]
    pub fn to_by_choice(&self) -> World<N, ByChoice> {
        let mut mailboxes = self.mailboxes.clone();
        for mailbox in &mut mailboxes {
            mailbox.unexpected.clear();
        }
        for slot in self.slots_in_order() {
            mailboxes[self.arena.in_flight(slot).to.index()].unexpected.push_back(slot);
        }
        World {
            nodes: self.nodes.clone(),
            mailboxes,
            arena: self.arena.clone(),
            send_infos: self.send_infos.clone(),
            scheduler: ByChoice,
            eager: self.eager,
            now_ns: self.now_ns,
            sent: self.sent,
            received: self.received,
            waiting: self.waiting,
            crashes: self.crashes.clone(),
        }
    }

    /// Hands a message to its receiver, which takes it now.
    // A message takes 2 to 8 % longer without.
    #[inline(always)]
    fn receive(&mut self, slot: u32, observer: &mut impl Observer<N>) -> Rank {
        let SendInfo { clock, number } = self.send_info(slot);
        let in_flight = self.arena.in_flight(slot);
        let (from, to) = (in_flight.from, in_flight.to);
        let mailbox = &mut self.mailboxes[to.index()];
        mailbox.clock = mailbox.clock.max(clock) + 1;
        self.received += 1;
        observer.observed(&Observed {
            rank: to,
            op: Op::Recv,
            peer: from,
            message: in_flight.message(),
            now_ns: self.now_ns,
            clock: mailbox.clock,
            number,
        });
        let node = &mut self.nodes[to.index()];
        // Taken where it is handed over: by way of a variable of its own it would be copied once more.
        match node.receive(from, self.arena.take(slot), &mut self.arena) {
            Ok(wait) => self.after_handler(to, wait, observer),
            Err(fault) => self.after_fault(to, fault, observer),
        }
        // After the handler: the receiver goes on with what it has before its sender hears that it was taken.
        if self.eager.is_some() {
            self.release(from, number, observer);
        }
        observer.handled(to, &self.nodes);
        to
    }

    /// What a handler had sent before it crashed is in flight.
    #[cold]
    fn after_fault(&mut self, rank: Rank, fault: Fault, observer: &mut impl Observer<N>) {
        self.after_handler(rank, Wait::Stopped, observer);
        if self.fault(rank).is_none() {
            self.crashes.push((rank, fault));
        }
    }

    /// Does what a handler asked for, and records what its rank takes next: nothing, as soon as a send
    /// blocks.
    #[inline]
    fn after_handler(&mut self, rank: Rank, wait: Wait, observer: &mut impl Observer<N>) {
        let mut then = wait;
        let mut nth = 0;
        while let Some(slot) = self.arena.asked(nth) {
            match self.send(rank, slot, observer) {
                Sent::Buffered => {}
                Sent::Blocked => {
                    self.block(rank, nth, wait);
                    then = Wait::Stopped;
                    break;
                }
                Sent::NoSuchRank => {
                    let no_rank =
                        Fault::NoSuchRank { rank: i64::from(self.arena.in_flight(slot).to.0) };
                    self.crashes.push((rank, no_rank));
                    self.arena.take_back(nth);
                    then = Wait::Stopped;
                    break;
                }
            }
            nth += 1;
        }
        self.arena.all_sent();
        if self.arena.has_prints() {
            self.arena.prints().for_each(|print| observer.printed(rank, print));
        }
        self.set_wait(rank, then);
    }

    /// Blocks a rank in the send of the `nth` message of those it asked for.
    #[cold]
    fn block(&mut self, rank: Rank, nth: usize, then: Wait) {
        let slot = self.arena.asked(nth).expect("that send has just blocked");
        let rest = self.arena.take_back(nth + 1);
        let (to, number) = (self.arena.in_flight(slot).to, self.send_info(slot).number);
        let blocked = BlockedSend { to, number, rest, then };
        self.mailboxes[rank.index()].blocked = Some(Box::new(blocked));
    }

    /// A rank that is blocked in a send takes nothing, but it has not stopped.
    #[inline]
    fn set_wait(&mut self, rank: Rank, wait: Wait) {
        let mailbox = &mut self.mailboxes[rank.index()];
        mailbox.wait = wait;
        if wait == Wait::Stopped && mailbox.blocked.is_none() {
            self.waiting -= 1;
        }
    }

    /// Sends the message at a slot.
    #[inline]
    fn send(&mut self, from: Rank, slot: u32, observer: &mut impl Observer<N>) -> Sent {
        let to = self.arena.in_flight(slot).to;
        if to.index() >= self.nodes.len() {
            return Sent::NoSuchRank;
        }
        self.arena.sign(slot, from);
        let mailbox = &mut self.mailboxes[from.index()];
        mailbox.clock += 1;
        let send_info = SendInfo { clock: mailbox.clock, number: self.sent };
        self.sent += 1;
        if slot as usize >= self.send_infos.len() {
            self.send_infos.resize(slot as usize + 1, SendInfo::default());
        }
        self.send_infos[slot as usize] = send_info;
        let message = self.arena.in_flight(slot).message();
        observer.observed(&Observed {
            rank: from,
            op: Op::Send,
            peer: to,
            message,
            now_ns: self.now_ns,
            clock: send_info.clock,
            number: send_info.number,
        });
        let envelope = Envelope { slot, from, to, now_ns: self.now_ns };
        // Also of a send that blocks: a receive has to find it before it returns (MPI 4.1, section 3.5,
        // Progress).
        if self.scheduler.sent(envelope, || message.bytes()) {
            self.mailboxes[to.index()].unexpected.push_back(slot);
        }
        match self.eager {
            Some(eager) if message.bytes() > eager => Sent::Blocked,
            Some(_) | None => Sent::Buffered,
        }
    }

    /// Lets a sender go on whose message has been received.
    fn release(&mut self, sender: Rank, number: u64, observer: &mut impl Observer<N>) {
        let mailbox = &mut self.mailboxes[sender.index()];
        let Some(blocked) = mailbox.blocked.take_if(|blocked| blocked.number == number) else {
            return;
        };
        let BlockedSend { rest, then, .. } = *blocked;
        for (to, message) in rest {
            self.arena.send(to, message);
        }
        self.after_handler(sender, then, observer);
    }

    /// The first message in a rank's unexpected queue that it would take now, as its index there.
    ///
    /// The first, and not any: of two from one sender that both match, the one that was sent first is
    /// received first (MPI 4.1, section 3.5, Order), whatever else lies between them.
    #[inline]
    fn first_match(&self, rank: Rank) -> Option<usize> {
        let mailbox = &self.mailboxes[rank.index()];
        mailbox.unexpected.iter().position(|&slot| {
            let in_flight = self.arena.in_flight(slot);
            mailbox.wait.takes(in_flight.from, in_flight.message().tag())
        })
    }
}
