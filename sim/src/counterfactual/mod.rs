//! What would have happened otherwise: a recorded run again, with two of its receives in the other order; and the choice after which its
//! failure could not be avoided any more.
//!
//! Both are found by running: nothing is concluded from the record but the commands that its command node sent.

mod critical;

use std::collections::VecDeque;

use ringscope_traces::{Ending, Event, EventIndex, Op, Trace};

pub use critical::{CriticalChoice, critical_choice};

use crate::conform::{Setup, setup};
use crate::explain::explain;
use crate::invariants::{Invariant, InvariantChecker};
use crate::protocol::{MessageOf, Node, Protocol};
use crate::protocols::Visitor;
use crate::world::{ByChoice, Choice, End, Observer, World};

/// The most receipts by which a run goes on after what was recorded of it.
const MOST_AFTER: usize = 10_000;

/// Two messages that a rank could have received in either order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exchange {
    /// The receive of the one that came first.
    pub first: EventIndex,
    /// The send of the other.
    pub late_sent: EventIndex,
}

/// What comes of a run in another order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherRun {
    /// How it ends; [`Ending::Stopped`] when it has not ended after very many receipts.
    pub ending: Ending,
    /// Why it does not complete.
    pub facts: Option<String>,
    /// The invariants that are broken in it.
    pub broken: Vec<Invariant>,
}

/// Runs a record again up to a receive, lets the rank receive the other message first, and goes on: as recorded, wherever that can be, and
/// else with whatever was sent first.
///
/// `None` when the record is of no protocol that is known, or the two cannot be exchanged.
#[must_use]
pub fn exchanged(trace: &Trace, exchange: Exchange) -> Option<OtherRun> {
    let setup = setup(trace).ok()?;
    setup.protocol.dispatch(Exchanging { trace, setup: &setup, exchange })
}

struct Exchanging<'a> {
    trace: &'a Trace,
    setup: &'a Setup,
    exchange: Exchange,
}

impl Visitor for Exchanging<'_> {
    type Output = Option<OtherRun>;

    fn visit<P: Protocol>(self) -> Option<OtherRun> {
        let Exchanging { trace, setup, exchange } = self;
        let mut checker = InvariantChecker::default();
        let mut world = start::<P>(setup, &mut checker);
        let (before, after) = trace.events.split_at_checked(exchange.first.0)?;
        for receipt in receipts(before) {
            world.choose(receipt, &mut checker).then_some(())?;
        }
        let late = trace.events.get(exchange.late_sent.0)?;
        let late = Choice { rank: late.peer, source: late.rank };
        let mut rest: VecDeque<Choice> = receipts(after).collect();
        await_message(&mut world, late, (&mut rest, &mut checker))?;
        forget(&mut rest, late);
        let end = go_on(&mut world, rest, &mut checker);
        let end = end.or_else(|| {
            let command = P::roles(setup.nodes.ranks).command;
            world.clone().livelock(command).map(End::Livelock)
        });
        checker.finish(world.nodes());
        Some(of_end::<P>(end.as_ref(), &world, &checker))
    }
}

/// A world in which nothing has been received yet, with the commands that a record shows.
fn start<P: Protocol>(
    setup: &Setup,
    observer: &mut impl Observer<P::Node>,
) -> World<P::Node, ByChoice> {
    World::new(setup.nodes::<P>(), ByChoice, setup.eager, observer)
}

/// The receives among events.
fn receipts(events: &[Event]) -> impl Iterator<Item = Choice> + '_ {
    events.iter().filter_map(|event| match event.op {
        Op::Recv => Some(Choice { rank: event.rank, source: event.peer }),
        Op::Send => None,
    })
}

/// Lets all others go on as recorded until the message can be received, and receives it; `None` when that never comes about.
fn await_message<N: Node>(
    world: &mut World<N, ByChoice>,
    late: Choice,
    (rest, observer): (&mut VecDeque<Choice>, &mut impl Observer<N>),
) -> Option<()> {
    let mut place = 0;
    while !world.choose(late, observer) {
        let next = *rest.get(place)?;
        if next.rank != late.rank && world.choose(next, observer) {
            rest.remove(place);
        } else {
            place += 1;
        }
    }
    Some(())
}

fn forget(rest: &mut VecDeque<Choice>, receipt: Choice) {
    if let Some(place) = rest.iter().position(|other| *other == receipt) {
        rest.remove(place);
    }
}

/// Goes on as recorded, wherever that can be; how it ends, if it does.
fn go_on<N: Node>(
    world: &mut World<N, ByChoice>,
    mut rest: VecDeque<Choice>,
    observer: &mut impl Observer<N>,
) -> Option<End<N::Message>> {
    for _ in 0..rest.len() + MOST_AFTER {
        if let Some(end) = world.end() {
            return Some(end);
        }
        match rest.iter().position(|receipt| world.choose(*receipt, observer)) {
            Some(place) => drop(rest.remove(place)),
            None => drop(world.choose_oldest(observer)),
        }
    }
    world.end()
}

fn of_end<P: Protocol>(
    end: Option<&End<MessageOf<P>>>,
    world: &World<P::Node, ByChoice>,
    checker: &InvariantChecker,
) -> OtherRun {
    let explanation = end.and_then(|end| explain::<P>(end, world.nodes()));
    let is_broken = |invariant: &Invariant| checker.tally(*invariant).failed > 0;
    OtherRun {
        ending: end.map_or(Ending::Stopped, End::ending),
        facts: explanation.map(|explanation| explanation.facts),
        broken: Invariant::ALL.into_iter().filter(is_broken).collect(),
    }
}
