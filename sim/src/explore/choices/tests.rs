//! The counts beside what a plain walk through all orders finds, one way after the other.

use std::collections::BTreeMap;

use proptest::prelude::*;
use ringscope_traces::{EventIndex, read_trace};

use super::run::run_by;
use super::*;
use crate::counterfactual::{CriticalChoice, critical_choice};
use crate::explore::is_sound_ring;
use crate::protocol::{Command, Key, Protocol};
use crate::protocols::{Classic, Safe};
use crate::scenario::{builtin, random};
use crate::simulate::{record, start};
use crate::world::{ByChoice, World};

/// How the ways of a scenario end, as a walk along each of them finds it; `None` when they are more than this, or one goes round.
fn walked<P: Protocol>(scenario: &Scenario, most: u64) -> Option<BTreeMap<&'static str, u64>> {
    let put = |command| match command {
        Command::Put { key, .. } => Some(key),
        Command::Get { .. } | Command::Add { .. } | Command::Remove { .. } => None,
    };
    let keys: Vec<Key> = scenario.script.commands().filter_map(put).collect();
    let mut ends = BTreeMap::new();
    let start = start::<P, _>(scenario, ByChoice, &mut ());
    walk::<P>((start, &mut Vec::new()), &keys, &mut |end| {
        *ends.entry(end).or_insert(0) += 1;
        ends.values().sum::<u64>() <= most
    })?;
    Some(ends)
}

type Standing<'a, N> = (World<N, ByChoice>, &'a mut Vec<World<N, ByChoice>>);

fn walk<P: Protocol>(
    (world, past): Standing<'_, P::Node>,
    keys: &[Key],
    note: &mut dyn FnMut(&'static str) -> bool,
) -> Option<()> {
    if past.contains(&world) {
        return None;
    }
    let end = match world.end() {
        None => {
            past.push(world.clone());
            for choice in world.choices() {
                let mut next = world.clone();
                assert!(next.choose(choice, &mut ()));
                walk::<P>((next, past), keys, note)?;
            }
            past.pop();
            return Some(());
        }
        Some(crate::world::End::Completed) if is_sound_ring(world.nodes(), keys) => "good",
        Some(crate::world::End::Completed) => "broken",
        Some(end) => end.ending().name(),
    };
    note(end).then_some(())
}

/// The same counts of a graph.
fn counted(ways: WayCounts) -> BTreeMap<&'static str, u64> {
    let mut counted = BTreeMap::new();
    for end in WayEnd::ALL {
        let name = match end {
            WayEnd::Completed | WayEnd::WrongAnswer => "good",
            WayEnd::LostKey | WayEnd::BrokenRing => "broken",
            WayEnd::Deadlock => "deadlock",
            WayEnd::Crash => "crashed",
            WayEnd::GoesRound => "round",
            WayEnd::Unexplored => "unexplored",
        };
        if ways.count(end) > 0 {
            *counted.entry(name).or_insert(0) += ways.count(end);
        }
    }
    counted
}

fn explored(scenario: &Scenario) -> ChoiceGraph {
    ChoiceGraph::explore(scenario, ExploreSettings::default(), &mut |_| true)
}

fn scenario(text: &str) -> Scenario {
    Scenario::parse("test", text).expect("the test's scenario is good")
}

/// The receipts of a trace, with their places.
fn receipts(trace: &ringscope_traces::Trace) -> Vec<(EventIndex, Choice)> {
    let events = trace.events.iter().enumerate().filter(|(_, event)| event.source().is_some());
    let receipt = |(at, event): (usize, &ringscope_traces::Event)| {
        (EventIndex(at), Choice { rank: event.rank, source: event.peer })
    };
    events.map(receipt).collect()
}

fn trace(bytes: &[u8]) -> ringscope_traces::Trace {
    read_trace(bytes, "test").expect("what was written can be read").0
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Scenarios without rounds: each order is one way.
    #[test]
    fn the_ways_are_those_that_a_walk_along_each_of_them_finds(
        seed in 0_u64..10_000, ranks in 4_u32..6, commands in 1_u32..4, window in 1_u32..4,
    ) {
        let mut scenario = random(seed, ranks, commands);
        scenario.settings.window = window;
        if let Some(walked) = walked::<Classic>(&scenario, 20_000) {
            let graph = explored(&scenario);
            prop_assert!(graph.is_exhausted());
            prop_assert_eq!(counted(graph.ways(graph.start())), walked);
        }
    }
}

#[test]
fn a_race_and_a_safe_join_have_the_ways_that_a_walk_finds() {
    let text = "ranks 5\nwindow 2\nadd 2 500\nput 400 4";
    let race = scenario(text);
    let graph = explored(&race);
    let walked_race = walked::<Classic>(&race, 1_000_000).expect("few ways");
    assert_eq!(counted(graph.ways(graph.start())), walked_race);
    assert!(walked_race.len() > 1, "{walked_race:?}");
    let safe = scenario(&format!("protocol safe\n{text}"));
    let graph = explored(&safe);
    let walked_safe = walked::<Safe>(&safe, 1_000_000).expect("few ways");
    assert_eq!(counted(graph.ways(graph.start())), walked_safe);
    assert_eq!(walked_safe.keys().collect::<Vec<_>>(), [&"good"]);
}

#[test]
fn what_can_be_received_next_is_what_the_world_offers_and_its_ways_sum_up() {
    let race = scenario("window 2\nadd 3 500\nput 400 4\nget 400");
    let graph = explored(&race);
    let mut world = start::<Classic, _>(&race, ByChoice, &mut ());
    let mut at = graph.start();
    loop {
        let alternatives = graph.alternatives(at);
        let choices: Vec<Choice> = alternatives.iter().map(|one| one.choice).collect();
        assert_eq!(choices, world.choices());
        let mut sum = WayCounts::default();
        alternatives.iter().for_each(|one| sum.absorb(one.ways));
        let Some(next) = alternatives.last() else { break };
        assert_eq!(sum, graph.ways(at));
        world.choose(next.choice, &mut ());
        at = next.to.expect("all is explored");
    }
    assert!(world.end().is_some());
}

#[test]
fn a_round_is_one_way_and_so_is_each_way_out_of_it() {
    let round = builtin::find("remove-nobody").expect("it is built in").scenario();
    let graph = explored(&round);
    let ways = graph.ways(graph.start());
    assert_eq!(walked::<Classic>(&round, 1_000_000), None, "a walk never ends");
    assert!(ways.count(WayEnd::GoesRound) > 0 && ways.completing() == 0, "{ways:?}");
}

#[test]
fn a_search_that_is_cut_says_that_there_may_be_more() {
    let race = scenario("window 2\nadd 3 500\nput 400 4\nget 400");
    let few = ExploreSettings { states: 40, ..ExploreSettings::default() };
    let cut = ChoiceGraph::explore(&race, few, &mut |_| true);
    assert!(!cut.is_exhausted() && cut.ways(cut.start()).unexplored() > 0);
    let whole = explored(&race);
    let (least, all) = (cut.ways(cut.start()), whole.ways(whole.start()));
    for end in WayEnd::ALL.into_iter().filter(|end| *end != WayEnd::Unexplored) {
        assert!(least.count(end) <= all.count(end), "{end:?}");
    }
    let receipts: Vec<Choice> = receipts(&trace(&record(&race, Vec::new()).expect("memory").to))
        .into_iter()
        .map(|(_, receipt)| receipt)
        .collect();
    assert_eq!(cut.critical(&receipts), Critical::Unknown);
}

#[test]
fn more_ways_than_can_be_counted_are_the_most_and_no_fewer() {
    let mut ways = WayCounts::one(WayEnd::Deadlock);
    ways.add(WayEnd::Deadlock, u64::MAX - 1);
    ways.absorb(WayCounts::one(WayEnd::Deadlock));
    ways.absorb(WayCounts::one(WayEnd::Crash));
    assert_eq!((ways.count(WayEnd::Deadlock), ways.failing()), (WayCounts::MOST, WayCounts::MOST));
}

/// The critical choice of a run beside that which `counterfactual` finds by running.
fn compare_critical(scenario: &Scenario, graph: &ChoiceGraph, bytes: &[u8]) -> bool {
    let trace = trace(bytes);
    let receipts = receipts(&trace);
    let only: Vec<Choice> = receipts.iter().map(|(_, receipt)| *receipt).collect();
    let here = match graph.critical(&only) {
        Critical::At(CriticalReceipt { nth, instead }) => {
            Some(CriticalChoice { at: receipts[nth].0, instead })
        }
        Critical::None | Critical::NeverAvoidable => None,
        Critical::Unknown => panic!("{}: all was explored", scenario.name),
    };
    let there = critical_choice(&trace);
    // Of a run that ends well with a wrong answer the other says nothing.
    if there.is_some() || !ends_well(graph, &only) {
        assert_eq!(here, there, "{}", scenario.name);
    }
    here.is_some()
}

fn ends_well(graph: &ChoiceGraph, receipts: &[Choice]) -> bool {
    let last = graph.walk(receipts).last().copied();
    last.is_some_and(|last| graph.ways(last).can_end_well())
}

/// Whether the command node has sent its whole script: of that the record knows no more.
fn is_all_sent(scenario: &Scenario, bytes: &[u8]) -> bool {
    let setup = crate::conform::setup(&trace(bytes)).expect("it is of the protocol");
    setup.nodes.script.len() == scenario.script.len()
}

#[test]
fn the_critical_choice_is_that_of_the_counterfactual() {
    let mut found = 0;
    for seed in 0..60 {
        let mut scenario = random(seed, 5, 4);
        scenario.settings.window = 3;
        let graph = explored(&scenario);
        if !graph.is_exhausted() || graph.ways(graph.start()).failing() == 0 {
            continue;
        }
        // Along each of the worst ways: that which most ways fail behind.
        let mut chosen = Vec::new();
        let mut at = graph.start();
        while let Some(worst) =
            graph.alternatives(at).into_iter().max_by_key(|one| (one.ways.failing(), one.choice))
            && chosen.len() < 200
        {
            chosen.push(worst.choice);
            at = worst.to.expect("all is explored");
        }
        let bytes = run_by(&scenario, &chosen, &[]).expect("it was possible");
        if is_all_sent(&scenario, &bytes) {
            found += u32::from(compare_critical(&scenario, &graph, &bytes));
        }
    }
    assert!(found > 5, "{found} runs have a critical choice");
}

#[test]
fn a_chosen_run_begins_as_it_was_chosen_and_goes_on_to_its_end() {
    let race = scenario("window 2\nadd 3 500\nput 400 4\nget 400");
    let graph = explored(&race);
    let first = receipts(&trace(&record(&race, Vec::new()).expect("memory").to));
    let first: Vec<Choice> = first.into_iter().map(|(_, receipt)| receipt).collect();
    for (nth, at) in graph.walk(&first).into_iter().enumerate() {
        for alternative in graph.alternatives(at) {
            let bytes = run_otherwise(&race, &first, (nth, alternative.choice));
            let bytes = bytes.expect("it can come next");
            let trace = trace(&bytes);
            let run = receipts(&trace);
            let run: Vec<Choice> = run.into_iter().map(|(_, receipt)| receipt).collect();
            assert_eq!((&run[..nth], run[nth]), (&first[..nth], alternative.choice));
            let last = graph.walk(&run).last().copied().expect("it has a start");
            assert!(graph.alternatives(last).is_empty(), "it goes on to an end");
            if alternative.choice == first[nth.min(first.len() - 1)] {
                assert_eq!(run, first, "the same choice is the same run");
            }
        }
    }
    let none = Choice { rank: first[0].source, source: first[0].source };
    assert_eq!(run_otherwise(&race, &first, (0, none)), None);
}
