//! A failed run in another order, and the choice that could not be undone.

mod support;

use ringscope_sim::counterfactual::{Exchange, critical_choice, exchanged};
use ringscope_sim::explore::{ExploreSettings, explore};
use ringscope_sim::protocol::Protocol;
use ringscope_sim::protocols::{Classic, ProtocolId, Safe};
use ringscope_sim::scenario::{Scenario, random};
use ringscope_sim::simulate::{record, start};
use ringscope_sim::world::{ByChoice, Choice};
use ringscope_traces::{Ending, Event, EventIndex, Op, Rank, Trace, read_trace};
use support::scenario;

/// A PUT that overtakes a join, and the GET that is never answered.
const LATE: &str = "ranks 5\nwindow 2\nadd 1 500\nput 400 4\nget 400";

/// The shortest run of a scenario that fails.
fn failing(scenario: &Scenario) -> Option<Trace> {
    let explored = explore::<Classic>(scenario, ExploreSettings::default(), &mut |_| true);
    let failure = explored.failures().find(|failure| failure.kind.name() == "deadlock")?;
    Some(read_trace(&failure.trace[..], "failing").expect("it is a trace").0)
}

fn receives(trace: &Trace) -> impl Iterator<Item = (EventIndex, &Event)> {
    let events = (0..).map(EventIndex).zip(&trace.events);
    events.filter(|(_, event)| event.op == Op::Recv)
}

/// Whether every order from behind so many events of a run on fails.
fn is_doomed(scenario: &Scenario, trace: &Trace, events: usize) -> bool {
    let mut world = start::<Classic, _>(scenario, ByChoice, &mut ());
    for event in trace.events.iter().take(events).filter(|event| event.op == Op::Recv) {
        assert!(world.choose(Choice { rank: event.rank, source: event.peer }, &mut ()));
    }
    let mut open = vec![world];
    let mut met = std::collections::HashSet::new();
    while let Some(world) = open.pop() {
        if world.all_stopped() && world.crash().is_none() {
            return false;
        }
        for choice in world.choices() {
            let mut next = world.clone();
            next.choose(choice, &mut ());
            if met.insert(format!("{:?}{:?}", next.nodes(), next.pending())) {
                open.push(next);
            }
        }
    }
    true
}

#[test]
fn the_other_order_of_a_race_is_run_to_its_end() {
    let scenario = scenario(LATE);
    let trace = failing(&scenario).expect("the GET is not answered");
    // The head takes the PUT before it is told that its successor has changed.
    let (first, _) = receives(&trace)
        .find(|(_, event)| event.rank == Rank(0) && event.peer == Rank(4) && event.tag.0 == 0)
        .expect("the head takes the PUT");
    let late_sent = (0..)
        .map(EventIndex)
        .zip(&trace.events)
        .find(|(_, event)| event.op == Op::Send && event.peer == Rank(0) && event.rank == Rank(3));
    let (late_sent, _) = late_sent.expect("the head is told");
    let other = exchanged(&trace, Exchange { first, late_sent }).expect("they can be exchanged");
    assert_eq!((other.ending, other.facts, other.broken), (Ending::Completed, None, Vec::new()));
}

#[test]
fn after_the_critical_choice_every_order_fails_and_before_it_not() {
    let mut found = 0;
    let mut texts = vec![LATE.to_owned()];
    texts.extend((0..12).map(|seed| {
        let text = random(seed, 5, 5).to_text();
        format!("window 2\n{text}")
    }));
    for text in texts {
        let scenario = scenario(&text);
        let Some(trace) = failing(&scenario) else { continue };
        let Some(critical) = critical_choice(&trace) else { continue };
        found += 1;
        assert!(is_doomed(&scenario, &trace, critical.at.0 + 1), "{text}");
        assert!(!is_doomed(&scenario, &trace, critical.at.0), "{text}");
    }
    assert!(found > 0, "no run was looked at");
}

#[test]
fn a_run_that_ends_well_has_no_critical_choice() {
    let recorded = record(&scenario("add 3 500\nput 400 4\nget 400"), Vec::new()).expect("memory");
    let (trace, _) = read_trace(&recorded.to[..], "good").expect("it is a trace");
    assert_eq!(critical_choice(&trace), None);
}

/// Whether two messages can be waiting for one rank that takes any, with one command in flight.
fn races_alone<P: Protocol>() -> bool {
    let text = "put 100 1\nadd 3 500\nput 400 2\nadd 1 300\nget 400\nremove 500\nget 400";
    let text = format!("protocol {}\nranks 6\n{text}", P::INFO.name);
    let mut open = vec![start::<P, _>(&scenario(&text), ByChoice, &mut ())];
    // A few thousand states, most of them in the first breaths of each order.
    for _ in 0..20_000 {
        let Some(world) = open.pop() else { break };
        let choices = world.choices();
        if choices.windows(2).any(|pair| pair[0].rank == pair[1].rank) {
            return true;
        }
        let first = choices.first().copied();
        open.extend(first.into_iter().chain(choices.last().copied()).map(|choice| {
            let mut next = world.clone();
            next.choose(choice, &mut ());
            next
        }));
    }
    false
}

#[test]
fn a_protocol_says_whether_messages_of_one_command_race() {
    for (protocol, races) in
        [("classic", races_alone::<Classic>()), ("safe", races_alone::<Safe>())]
    {
        let protocol = ProtocolId::named(protocol).expect("it is listed");
        assert_eq!(protocol.info().has_races_of_one_command, races, "{}", protocol.name());
    }
}
