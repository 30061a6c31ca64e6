//! Legal races: receives from any source that got another sender's message.

use std::collections::{BTreeMap, VecDeque};

use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::causality::Causality;
use crate::event::{Op, Rank, Tag};
use crate::event_index::EventIndex;
use crate::payload::Payload;

use super::divergence::Split;
use super::{Ordered, Side, Step};

/// How many of the messages that a receive could have taken are given.
pub const LIMIT_ALTERNATIVES: usize = 8;

/// For how many races they are computed; for any further ones only the two messages that were received are
/// given.
pub const LIMIT_RACES_WITH_ALTERNATIVES: usize = 64;

/// A receive that took different senders' messages in the two traces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Race {
    /// Whose receive it is.
    pub rank: Rank,
    /// Which of its receives, from 0: sends do not count, since they may move with the receives.
    pub receive: usize,
    /// The receive in A.
    pub a: Step,
    /// The receive in B.
    pub b: Step,
    /// The sends in A of the messages that the receive could have taken there, its own among them: each
    /// sender's oldest that was not yet taken, unless it was only sent because of this receive.
    /// At most [`LIMIT_ALTERNATIVES`], for the first [`LIMIT_RACES_WITH_ALTERNATIVES`] races.
    pub alternatives: Vec<Step>,
}

/// Whether races are all that the two traces differ by.
///
/// Every rank that differs must do so first where it receives from different senders: a program that
/// received the same does the same. And the rest of its events must carry the same through every channel.
pub(super) fn explain(splits: &[Split], a: &Side<'_>, b: &Side<'_>) -> bool {
    splits.iter().all(|split| begins_with_a_race(split, a, b))
        && splits.iter().all(|split| carries_the_same(split, a, b))
}

fn begins_with_a_race(split: &Split, a: &Side<'_>, b: &Side<'_>) -> bool {
    match (split.a, split.b) {
        (Some(in_a), Some(in_b)) => {
            let (in_a, in_b) = (&a.trace[in_a], &b.trace[in_b]);
            in_a.source().is_some() && in_b.source().is_some() && in_a.peer != in_b.peer
        }
        (Some(_), None) | (None, Some(_)) | (None, None) => false,
    }
}

/// Whether from the split on, the rank's events of each channel are the same in both.
fn carries_the_same(split: &Split, a: &Side<'_>, b: &Side<'_>) -> bool {
    let rest_a = &a.events(split.rank)[split.index..];
    let rest_b = &b.events(split.rank)[split.index..];
    let mut carried: FxHashMap<(Op, Rank, Tag), VecDeque<&Payload>> = FxHashMap::default();
    for at in rest_a {
        let event = &a.trace[*at];
        carried.entry((event.op, event.peer, event.tag)).or_default().push_back(&event.data);
    }
    let also_in_b = |at: &EventIndex| {
        let event = &b.trace[*at];
        let in_a = carried.get_mut(&(event.op, event.peer, event.tag));
        in_a.and_then(VecDeque::pop_front) == Some(&event.data)
    };
    rest_a.len() == rest_b.len() && rest_b.iter().all(also_in_b)
}

/// All receives that got another sender's message, in order of rank and index.
pub(super) fn races(
    splits: &[Split],
    Ordered { side: a, causes }: &Ordered<'_>,
    b: &Side<'_>,
) -> Vec<Race> {
    let mut incoming = Incoming::of(a);
    let mut races = Vec::new();
    for split in splits {
        let mut waiting = incoming.take(split.rank);
        let receives_a = receives(split.rank, a);
        let receives_b = receives(split.rank, b);
        for (receive, (in_a, in_b)) in receives_a.into_iter().zip(receives_b).enumerate() {
            if a.trace[in_a].peer != b.trace[in_b].peer {
                let is_within_limit = races.len() < LIMIT_RACES_WITH_ALTERNATIVES;
                let alternatives =
                    if is_within_limit { waiting.takeable(in_a, causes) } else { Vec::new() };
                races.push(Race {
                    rank: split.rank,
                    receive,
                    a: a.step(in_a),
                    b: b.step(in_b),
                    alternatives: alternatives.iter().map(|send| a.step(*send)).collect(),
                });
            }
            waiting.remove(causes.partner(in_a));
        }
    }
    races
}

fn receives(rank: Rank, side: &Side<'_>) -> Vec<EventIndex> {
    let indices = side.events(rank).iter().copied();
    indices.filter(|at| side.trace[*at].source().is_some()).collect()
}

/// The sends to each rank, in the order of the trace.
struct Incoming(FxHashMap<Rank, Vec<(Rank, EventIndex)>>);

impl Incoming {
    fn of(side: &Side<'_>) -> Self {
        let mut sends: FxHashMap<Rank, Vec<(Rank, EventIndex)>> = FxHashMap::default();
        for (i, event) in side.trace.events.iter().enumerate() {
            if event.destination().is_some() {
                sends.entry(event.peer).or_default().push((event.rank, EventIndex(i)));
            }
        }
        Incoming(sends)
    }

    fn take(&mut self, receiver: Rank) -> Waiting {
        let mut by_sender: BTreeMap<Rank, VecDeque<EventIndex>> = BTreeMap::new();
        let sends = self.0.remove(&receiver).unwrap_or_default();
        let senders: FxHashMap<EventIndex, Rank> =
            sends.iter().map(|(sender, at)| (*at, *sender)).collect();
        for (sender, at) in sends {
            by_sender.entry(sender).or_default().push_back(at);
        }
        Waiting { by_sender, senders }
    }
}

/// The messages to one rank that it has not taken yet, oldest first for each sender.
struct Waiting {
    by_sender: BTreeMap<Rank, VecDeque<EventIndex>>,
    senders: FxHashMap<EventIndex, Rank>,
}

impl Waiting {
    /// The sends of the messages that a receive could take, in the order of the trace.
    fn takeable(&self, receive: EventIndex, causes: &Causality) -> Vec<EventIndex> {
        let because_of_it = causes.future_of([receive]);
        let oldest = self.by_sender.values().filter_map(|sends| sends.front().copied());
        let mut takeable: Vec<EventIndex> =
            oldest.filter(|send| !because_of_it.contains(*send)).collect();
        takeable.sort_unstable();
        takeable.truncate(LIMIT_ALTERNATIVES);
        takeable
    }

    /// A receive for one tag may take a message that is not its sender's oldest.
    fn remove(&mut self, send: Option<EventIndex>) {
        let Some(send) = send else { return };
        let sender = self.senders.get(&send);
        let Some(sends) = sender.and_then(|sender| self.by_sender.get_mut(sender)) else { return };
        if let Some(i) = sends.iter().position(|waiting| *waiting == send) {
            sends.remove(i);
        }
    }
}
