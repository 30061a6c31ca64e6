//! Which event caused which: Lamport's happened-before relation.
//!
//! An event happened before another when it stands before it on the same rank, when it is the send of
//! the other's message, or through events between the two. (Lamport, *Time, Clocks, and the Ordering of
//! Events in a Distributed System*, 1978.)

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use crate::event::{Op, Rank, Trace};
use crate::event_index::EventIndex;
use crate::matching::Matching;

/// Gives each event its Lamport time and its number among its rank's events anew, for a trace of a
/// program that carries no clocks with its messages.
///
/// Receives must not stand before their sends, as they do not after [`merge`](crate::merge::merge): one
/// that does counts as if its message had never been sent.
pub fn stamp(trace: &mut Trace) {
    let matching = Matching::of(trace);
    let mut ranks: FxHashMap<Rank, (u64, u64)> = FxHashMap::default();
    for at in 0..trace.events.len() {
        let event = &trace.events[at];
        let send =
            matching.partner(EventIndex(at)).filter(|send| event.source().is_some() && send.0 < at);
        let sent = send.map_or(0, |send| trace[send].clock);
        let (n, clock) = ranks.entry(event.rank).or_default();
        *clock = sent.max(*clock) + 1;
        let event = &mut trace.events[at];
        (event.n, event.clock) = (*n, *clock);
        *n += 1;
    }
}

/// The happened-before relation of one trace.
///
/// It keeps two indices per event, not a vector clock: what a query reaches is walked on demand.
/// It also works on traces that are not well-formed: a receive without its send has no cause, and
/// of the order of the file only the order on each rank counts.
///
/// ```
/// use ringscope_traces::{Causality, EventIndex, read_trace};
///
/// let file = r#"{"trace":1,"source":"sim","protocol":"classic","ranks":3,"time":"virtual"}
/// {"rank":1,"n":0,"op":"send","peer":0,"tag":0,"data":1,"t":0,"clock":1}
/// {"rank":2,"n":0,"op":"send","peer":0,"tag":0,"data":2,"t":0,"clock":1}
/// {"rank":0,"n":0,"op":"recv","peer":2,"tag":0,"data":2,"t":7,"clock":2}
/// "#;
/// let (trace, _) = read_trace(file.as_bytes(), "race.jsonl")?;
/// let causality = Causality::of(&trace);
/// let [first, second, receive] = [0, 1, 2].map(EventIndex);
/// assert_eq!(causality.cause(receive), Some(second));
/// assert!(causality.happened_before(second, receive));
/// assert_eq!(causality.concurrent_with(first), [second, receive]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Causality {
    matching: Matching,
    ops: Vec<Op>,
    before: Vec<Option<EventIndex>>,
    after: Vec<Option<EventIndex>>,
    /// Whether no receive stands before its send, so that causes always stand before effects.
    is_in_order: bool,
}

impl Causality {
    /// Finds the partners and neighbours of a trace's events.
    #[must_use]
    pub fn of(trace: &Trace) -> Self {
        let count = trace.events.len();
        let (mut before, mut after) = (vec![None; count], vec![None; count]);
        let mut last: FxHashMap<Rank, EventIndex> = FxHashMap::default();
        for (index, event) in trace.events.iter().enumerate() {
            let at = EventIndex(index);
            if let Some(previous) = last.insert(event.rank, at) {
                (before[index], after[previous.0]) = (Some(previous), Some(at));
            }
        }
        let matching = Matching::of(trace);
        let ops: Vec<Op> = trace.events.iter().map(|event| event.op).collect();
        let stands_early = |(i, op): (usize, &Op)| {
            matches!(op, Op::Recv) && matching.partner(EventIndex(i)).is_some_and(|send| send.0 > i)
        };
        let is_in_order = !ops.iter().enumerate().any(stands_early);
        Causality { matching, ops, before, after, is_in_order }
    }

    /// What made an event happen: a receive's send; a send's cause is the event before it on its rank.
    ///
    /// `None` for a rank's first send, and for a receive whose send the trace does not have.
    #[must_use]
    pub fn cause(&self, event: EventIndex) -> Option<EventIndex> {
        match self.ops.get(event.0)? {
            Op::Send => self.before[event.0],
            Op::Recv => self.matching.partner(event),
        }
    }

    /// The event before it on its rank.
    #[must_use]
    pub fn previous(&self, event: EventIndex) -> Option<EventIndex> {
        self.before.get(event.0).copied().flatten()
    }

    /// The event after it on its rank.
    #[must_use]
    pub fn next(&self, event: EventIndex) -> Option<EventIndex> {
        self.after.get(event.0).copied().flatten()
    }

    /// A send's receive, or a receive's send.
    #[must_use]
    pub fn partner(&self, event: EventIndex) -> Option<EventIndex> {
        self.matching.partner(event)
    }

    /// Everything that happened before an event, in the order of the trace.
    #[must_use]
    pub fn past(&self, event: EventIndex) -> Vec<EventIndex> {
        self.walk([event], Direction::Back, |_| true).indices()
    }

    /// Everything that happened after an event, in the order of the trace.
    #[must_use]
    pub fn future(&self, event: EventIndex) -> Vec<EventIndex> {
        self.future_of([event]).indices()
    }

    /// Whether the first event happened before the second.
    #[must_use]
    pub fn happened_before(&self, first: EventIndex, second: EventIndex) -> bool {
        let may_lead_there = |at: EventIndex| !self.is_in_order || at >= first;
        may_lead_there(second)
            && self.walk([second], Direction::Back, may_lead_there).contains(first)
    }

    /// Whether neither of two events happened before the other; no event is concurrent with itself.
    #[must_use]
    pub fn concurrent(&self, one: EventIndex, other: EventIndex) -> bool {
        one != other && !self.happened_before(one, other) && !self.happened_before(other, one)
    }

    /// Everything that is concurrent with an event, in the order of the trace.
    #[must_use]
    pub fn concurrent_with(&self, event: EventIndex) -> Vec<EventIndex> {
        let past = self.walk([event], Direction::Back, |_| true);
        let future = self.future_of([event]);
        (0..self.ops.len())
            .map(EventIndex)
            .filter(|at| *at != event && !past.contains(*at) && !future.contains(*at))
            .collect()
    }

    /// Everything that happened after any of these events.
    pub(crate) fn future_of(&self, events: impl IntoIterator<Item = EventIndex>) -> Reached {
        self.walk(events, Direction::Forward, |_| true)
    }

    /// Everything that is reached from these events, themselves only when something leads back to them.
    fn walk(
        &self,
        from: impl IntoIterator<Item = EventIndex>,
        direction: Direction,
        may_go: impl Fn(EventIndex) -> bool,
    ) -> Reached {
        let mut reached = Reached(vec![false; self.ops.len()]);
        let mut to_visit: VecDeque<EventIndex> =
            from.into_iter().filter(|at| at.0 < self.ops.len()).collect();
        while let Some(at) = to_visit.pop_front() {
            for next in self.neighbours(at, direction).into_iter().flatten() {
                if may_go(next) && !reached.contains(next) {
                    reached.0[next.0] = true;
                    to_visit.push_back(next);
                }
            }
        }
        reached
    }

    fn neighbours(&self, at: EventIndex, direction: Direction) -> [Option<EventIndex>; 2] {
        match (direction, self.ops[at.0]) {
            (Direction::Back, Op::Send) => [self.before[at.0], None],
            (Direction::Back, Op::Recv) => [self.before[at.0], self.matching.partner(at)],
            (Direction::Forward, Op::Send) => [self.after[at.0], self.matching.partner(at)],
            (Direction::Forward, Op::Recv) => [self.after[at.0], None],
        }
    }
}

#[derive(Clone, Copy)]
enum Direction {
    Back,
    Forward,
}

/// A set of events.
pub(crate) struct Reached(Vec<bool>);

impl Reached {
    pub(crate) fn contains(&self, at: EventIndex) -> bool {
        self.0.get(at.0).copied().unwrap_or(false)
    }

    fn indices(self) -> Vec<EventIndex> {
        self.0.iter().enumerate().filter(|(_, is_in)| **is_in).map(|(i, _)| EventIndex(i)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{recv, send, trace};

    /// Rank 0 asks 1, who asks 2; meanwhile 3 talks to 2.
    fn relay() -> Trace {
        trace(
            4,
            [
                send(0, 1, 0),
                send(3, 2, 0),
                recv(1, 0, 0),
                send(1, 2, 0),
                recv(2, 1, 0),
                recv(2, 3, 0),
            ],
        )
    }

    #[test]
    fn a_receive_is_caused_by_its_send_and_a_send_by_what_its_rank_did_before() {
        let causality = Causality::of(&relay());
        assert_eq!(causality.cause(EventIndex(4)), Some(EventIndex(3)));
        assert_eq!(causality.cause(EventIndex(3)), Some(EventIndex(2)));
        assert_eq!(causality.cause(EventIndex(0)), None);
    }

    #[test]
    fn the_past_goes_through_messages_and_ranks() {
        let causality = Causality::of(&relay());
        assert_eq!(causality.past(EventIndex(4)), [EventIndex(0), EventIndex(2), EventIndex(3)]);
        assert_eq!(causality.future(EventIndex(1)), [EventIndex(5)]);
        assert!(causality.happened_before(EventIndex(0), EventIndex(5)));
        assert!(!causality.happened_before(EventIndex(5), EventIndex(0)));
    }

    #[test]
    fn what_neither_caused_nor_was_caused_is_concurrent() {
        let causality = Causality::of(&relay());
        assert!(causality.concurrent(EventIndex(1), EventIndex(4)));
        assert_eq!(causality.concurrent_with(EventIndex(1)), [0, 2, 3, 4].map(EventIndex));
    }

    #[test]
    fn a_place_that_the_trace_does_not_have_has_no_past() {
        assert_eq!(Causality::of(&relay()).past(EventIndex(99)), []);
    }
}
