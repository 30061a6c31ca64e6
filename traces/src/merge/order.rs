//! The order of merged events, found as they come: it holds the messages under way and one event of each rank.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};

use rustc_hash::FxHashMap;

use super::overtaken::Takes;
use super::{Way, way};
use crate::event::{Event, Op, Rank};

/// From so many ways on, one on which nothing is under way is forgotten.
const MANY_WAYS: usize = 1 << 12;

/// The events of one rank, in its order.
pub(crate) trait RankEvents {
    /// Why they cannot be read.
    type Error;

    /// The next one; `None` after the last.
    fn next(&mut self) -> Result<Option<Event>, Self::Error>;

    /// How many of those that are still to come are sends on a way; no more than `most` are counted.
    fn sends_ahead(&mut self, way: Way, most: u64) -> Result<u64, Self::Error>;
}

/// An event that has its place among all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The event.
    pub event: Event,
    /// Where the send stands that it receives, counted from 0; `None` for a send, and where the send is in no part.
    pub send: Option<u64>,
    /// Whether it receives a message whose send is in no part, or happened after such a receive.
    pub is_left_out: bool,
}

impl Placed {
    /// Whether it receives a message whose send is in no part.
    #[must_use]
    pub fn is_orphan(&self) -> bool {
        self.event.source().is_some() && self.send.is_none()
    }
}

/// Why there is no next event.
#[derive(Debug)]
pub(crate) enum OrderError<E> {
    /// Events cannot be read.
    Source(E),
    /// Receives and sends wait for each other in a cycle.
    Circular { rank: Rank, index: usize },
}

/// Puts the events of all ranks into one order in which no receive stands before its send.
///
/// Each rank keeps its own order. Of the events that could be next, the one with the lowest Lamport time is; of
/// those the one of the lowest rank.
#[derive(Debug)]
pub(crate) struct Order<S> {
    /// In growing order of their ranks.
    ranks: Vec<OfRank<S>>,
    /// The Lamport times and the places in `ranks` of those whose head could be next.
    candidates: BinaryHeap<Reverse<(u64, usize)>>,
    /// The ranks whose heads wait for a send of that way.
    waiting: BTreeMap<Way, usize>,
    under_way: FxHashMap<Way, UnderWay>,
    /// How many events have their places.
    placed: u64,
    /// How many messages have a number of their own.
    numbered: u64,
    /// Whether Lamport times and numbers are worked out anew.
    stamps: bool,
}

#[derive(Debug)]
struct OfRank<S> {
    rank: Rank,
    events: S,
    /// The first that has no place yet; `None` after the last.
    head: Option<Event>,
    /// How many have their places.
    placed: usize,
    /// The Lamport time of the last of these.
    clock: u64,
    /// Whether one of them has received what was never sent, so that all that follow depend on that.
    is_left_out: bool,
}

/// A message that was sent and has not been received yet.
#[derive(Debug, Clone, Copy)]
struct Sent {
    at: u64,
    /// The Lamport time of the send.
    clock: u64,
    is_left_out: bool,
    /// Its own number, on a way where messages overtake each other.
    number: Option<u64>,
}

#[derive(Debug)]
enum UnderWay {
    /// The first that was sent is the first that is received.
    InOrder(VecDeque<Sent>),
    /// Which one each receive takes is known.
    Overtaking { sent: u64, open: BTreeMap<u64, Sent>, takes: Takes },
}

impl UnderWay {
    /// Whether the message has been sent that the next receive takes.
    fn has_next(&self) -> bool {
        match self {
            UnderWay::InOrder(sent) => !sent.is_empty(),
            UnderWay::Overtaking { open, takes, .. } => {
                takes.peek().is_some_and(|which| open.contains_key(&which))
            }
        }
    }

    /// How many more messages must be sent before the next receive can take its own.
    fn lacking(&self) -> u64 {
        match self {
            UnderWay::InOrder(_) => 1,
            UnderWay::Overtaking { sent, takes, .. } => {
                takes.peek().map_or(1, |which| (which + 1).saturating_sub(*sent).max(1))
            }
        }
    }

    fn push(&mut self, message: Sent) {
        match self {
            UnderWay::InOrder(queue) => queue.push_back(message),
            UnderWay::Overtaking { sent, open, .. } => {
                open.insert(*sent, message);
                *sent += 1;
            }
        }
    }

    fn pop(&mut self) -> Option<Sent> {
        match self {
            UnderWay::InOrder(queue) => queue.pop_front(),
            UnderWay::Overtaking { open, takes, .. } => {
                takes.next().and_then(|which| open.remove(&which))
            }
        }
    }
}

impl<S: RankEvents> Order<S> {
    /// Begins with the first event of each rank; `takes` says of the ways on which messages overtake each other
    /// which one each receive takes. `stamps` says whether each event gets its number and its Lamport time anew,
    /// since the program carries no clocks with its messages.
    pub(crate) fn of(
        mut ranks: Vec<(Rank, S)>,
        takes: BTreeMap<Way, Takes>,
        stamps: bool,
    ) -> Result<Order<S>, OrderError<S::Error>> {
        ranks.sort_by_key(|(rank, _)| *rank);
        let of_rank = |(rank, events)| OfRank {
            rank,
            events,
            head: None,
            placed: 0,
            clock: 0,
            is_left_out: false,
        };
        let overtaking =
            |(way, takes)| (way, UnderWay::Overtaking { sent: 0, open: BTreeMap::new(), takes });
        let mut order = Order {
            ranks: ranks.into_iter().map(of_rank).collect(),
            candidates: BinaryHeap::new(),
            waiting: BTreeMap::new(),
            under_way: takes.into_iter().map(overtaking).collect(),
            placed: 0,
            numbered: 0,
            stamps,
        };
        for at in 0..order.ranks.len() {
            order.ranks[at].head = order.ranks[at].events.next().map_err(OrderError::Source)?;
        }
        (0..order.ranks.len()).for_each(|at| order.offer(at));
        Ok(order)
    }

    /// Repeats:
    /// 1. take the least of the candidates;
    /// 2. if it is a send that a receive waits for, the receive becomes a candidate;
    /// 3. the next event of its rank becomes a candidate, unless it is a receive whose send may still come.
    pub(crate) fn next(&mut self) -> Result<Option<Placed>, OrderError<S::Error>> {
        let at = match self.candidates.pop() {
            Some(Reverse((_, at))) => at,
            None if self.waiting.is_empty() => return Ok(None),
            None => self.give_up_one()?,
        };
        let next = self.ranks[at].events.next().map_err(OrderError::Source)?;
        let Some(event) = std::mem::replace(&mut self.ranks[at].head, next) else {
            return Ok(None);
        };
        let placed = self.place(at, event);
        self.offer(at);
        Ok(Some(placed))
    }

    fn place(&mut self, at: usize, mut event: Event) -> Placed {
        let way = way(&event);
        let received = event.source().and_then(|_| self.receive(way));
        if self.stamps {
            self.stamp(at, &mut event, received);
        }
        let of_rank = &mut self.ranks[at];
        of_rank.placed += 1;
        of_rank.is_left_out |=
            event.source().is_some() && received.is_none_or(|message| message.is_left_out);
        let is_left_out = of_rank.is_left_out;
        let number = match event.op {
            Op::Send => {
                let (at, clock) = (self.placed, event.clock);
                self.send(way, Sent { at, clock, is_left_out, number: None })
            }
            Op::Recv => received.and_then(|message| message.number),
        };
        if let Some(number) = number {
            event.more.get_or_insert_default().message = Some(number);
        }
        self.placed += 1;
        Placed { event, send: received.map(|message| message.at), is_left_out }
    }

    fn stamp(&mut self, at: usize, event: &mut Event, received: Option<Sent>) {
        let of_rank = &mut self.ranks[at];
        let sent = received.map_or(0, |message| message.clock);
        of_rank.clock = sent.max(of_rank.clock) + 1;
        (event.n, event.clock) = (of_rank.placed as u64, of_rank.clock);
    }

    /// A message is under way; returns its own number, if it has one.
    fn send(&mut self, way: Way, mut message: Sent) -> Option<u64> {
        let on_way =
            self.under_way.entry(way).or_insert_with(|| UnderWay::InOrder(VecDeque::new()));
        if let UnderWay::Overtaking { .. } = on_way {
            message.number = Some(self.numbered);
            self.numbered += 1;
        }
        on_way.push(message);
        if on_way.has_next()
            && let Some(receiver) = self.waiting.remove(&way)
        {
            self.stand_for_election(receiver);
        }
        message.number
    }

    fn receive(&mut self, way: Way) -> Option<Sent> {
        let on_way = self.under_way.get_mut(&way)?;
        let message = on_way.pop();
        let is_idle = matches!(on_way, UnderWay::InOrder(queue) if queue.is_empty());
        if is_idle && self.under_way.len() > MANY_WAYS {
            self.under_way.remove(&way);
        }
        message
    }

    /// Makes a rank's head a candidate, or has it wait for its send.
    fn offer(&mut self, at: usize) {
        let Some(head) = &self.ranks[at].head else { return self.ended(at) };
        let way = way(head);
        let is_there = || self.under_way.get(&way).is_some_and(UnderWay::has_next);
        match head.source() {
            Some(source) if !is_there() && self.may_still_send(source) => {
                self.waiting.insert(way, at);
            }
            Some(_) | None => self.stand_for_election(at),
        }
    }

    fn stand_for_election(&mut self, at: usize) {
        if let Some(head) = &self.ranks[at].head {
            self.candidates.push(Reverse((head.clock, at)));
        }
    }

    fn may_still_send(&self, rank: Rank) -> bool {
        self.find(rank).is_some_and(|at| self.ranks[at].head.is_some())
    }

    fn find(&self, rank: Rank) -> Option<usize> {
        self.ranks.binary_search_by_key(&rank, |of_rank| of_rank.rank).ok()
    }

    /// A rank has no more events: what others wait for of it is lost.
    fn ended(&mut self, at: usize) {
        let sender = self.ranks[at].rank;
        let lost: Vec<Way> =
            self.waiting.keys().copied().filter(|way| way.sender == sender).collect();
        for way in lost {
            if let Some(receiver) = self.waiting.remove(&way) {
                self.stand_for_election(receiver);
            }
        }
    }

    /// Every rank waits for a send: finds a receive whose send is in no part, and gives up waiting for it.
    fn give_up_one(&mut self) -> Result<usize, OrderError<S::Error>> {
        let clock = |at: usize| self.ranks[at].head.as_ref().map(|head| head.clock);
        let mut waiting: Vec<(Option<u64>, usize, Way)> =
            self.waiting.iter().map(|(way, at)| (clock(*at), *at, *way)).collect();
        waiting.sort_unstable();
        for (_, at, way) in &waiting {
            let lacking = self.under_way.get(way).map_or(1, UnderWay::lacking);
            let Some(sender) = self.find(way.sender) else { continue };
            // The sender's head is a receive, or it would be a candidate.
            let ahead = self.ranks[sender].events.sends_ahead(*way, lacking);
            if ahead.map_err(OrderError::Source)? < lacking {
                self.waiting.remove(way);
                return Ok(*at);
            }
        }
        let of =
            |(_, at, _): &(Option<u64>, usize, Way)| (self.ranks[*at].rank, self.ranks[*at].placed);
        let (rank, index) = waiting.iter().map(of).min().unwrap_or_default();
        Err(OrderError::Circular { rank, index })
    }
}
