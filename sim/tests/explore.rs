//! Every order of receipts: the search held against a plain one over whole worlds, and what it finds held against what is known.

mod support;

use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::num::NonZeroUsize;

use proptest::prelude::*;
use ringscope_sim::conform::judge;
use ringscope_sim::explore::{DiscoveryKind, ExploreSettings, Explored, explore};
use ringscope_sim::protocols::Classic;
use ringscope_sim::scenario::{Scenario, random};
use ringscope_sim::simulate::start;
use ringscope_sim::world::ByChoice;
use ringscope_traces::{Ending, read_trace};
use support::scenario;

fn explored(scenario: &Scenario) -> Explored {
    explore::<Classic>(scenario, ExploreSettings::default(), &mut |_| true)
}

/// How many states there are, and how many of each ending: by worlds that are cloned and hashed.
fn plainly(scenario: &Scenario, most: usize) -> Option<(usize, BTreeMap<&'static str, u64>)> {
    let world = start::<Classic, _>(scenario, ByChoice, &mut ());
    let key = |world: &support::World<ByChoice>| {
        let mut hasher = DefaultHasher::new();
        // Worlds are equal whoever has crashed; what has crashed goes on no further.
        (world, world.crash()).hash(&mut hasher);
        hasher.finish()
    };
    let mut seen = HashSet::from([key(&world)]);
    let mut open = vec![world];
    let mut endings = BTreeMap::new();
    while let Some(state) = open.pop() {
        let choices = if state.crash().is_some() { Vec::new() } else { state.choices() };
        if choices.is_empty() {
            let ending = match (state.crash(), state.all_stopped()) {
                (Some(_), _) => "crash",
                (None, true) => "completed",
                (None, false) => "deadlock",
            };
            *endings.entry(ending).or_default() += 1;
        }
        for choice in choices {
            let mut next = state.clone();
            assert!(next.choose(choice, &mut ()));
            if seen.insert(key(&next)) {
                open.push(next);
            }
        }
        if seen.len() > most {
            return None;
        }
    }
    Some((seen.len(), endings))
}

/// How many states have each ending, by the search.
fn endings(explored: &Explored) -> BTreeMap<&'static str, u64> {
    let mut endings = BTreeMap::new();
    for discovery in &explored.discoveries {
        let name = match discovery.kind {
            DiscoveryKind::Completed | DiscoveryKind::Broken(_) => "completed",
            DiscoveryKind::Deadlock => "deadlock",
            DiscoveryKind::Crash { .. } => "crash",
            DiscoveryKind::Livelock { .. } | DiscoveryKind::WrongAnswer { .. } => continue,
        };
        *endings.entry(name).or_default() += discovery.states;
    }
    endings
}

fn kinds(explored: &Explored) -> Vec<&'static str> {
    explored.discoveries.iter().map(|discovery| discovery.kind.name()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_states_and_endings_are_those_of_a_plain_search(
        seed in 0_u64..10_000, ranks in 4_u32..8, commands in 1_u32..6, window in 1_u32..4,
        eager in prop::option::of(0_u64..24),
    ) {
        let mut scenario = random(seed, ranks, commands);
        scenario.settings.window = window;
        scenario.settings.eager = eager;
        let Some((states, expected)) = plainly(&scenario, 20_000) else { return Ok(()) };
        let explored = explored(&scenario);
        prop_assert!(explored.is_exhausted());
        prop_assert_eq!(explored.progress.states, states as u64);
        let found = endings(&explored);
        // A completed run may break two invariants, and counts for both.
        let sum = |of: &BTreeMap<&'static str, u64>, name| of.get(name).copied().unwrap_or(0);
        prop_assert_eq!(sum(&found, "deadlock"), sum(&expected, "deadlock"));
        prop_assert_eq!(sum(&found, "crash"), sum(&expected, "crash"));
        prop_assert!(sum(&found, "completed") >= sum(&expected, "completed"));
    }

    #[test]
    fn with_one_command_in_flight_nothing_can_go_wrong(
        seed in 0_u64..10_000, ranks in 4_u32..8, commands in 1_u32..8,
    ) {
        let explored = explored(&random(seed, ranks, commands));
        prop_assert_eq!(kinds(&explored), ["completed"]);
    }
}

#[test]
fn the_race_of_a_put_with_a_join_loses_the_key_or_not() {
    let explored = explored(&scenario("window 2\nadd 3 500\nput 400 4\nget 400"));
    assert_eq!(explored.progress.states, 124);
    assert_eq!(kinds(&explored), ["completed", "deadlock"]);
    let lost = explored.failures().next().expect("the key is lost in some orders");
    assert!(lost.says.contains("does not hold"), "{}", lost.says);
}

#[test]
fn two_neighbours_that_leave_wait_for_each_other() {
    let text = "ranks 6\nwindow 2\nadd 3 500\nadd 2 300\nremove 500\nremove 300";
    let explored = explored(&scenario(text));
    assert!(kinds(&explored).contains(&"deadlock"), "{:?}", kinds(&explored));
}

#[test]
fn an_id_that_nobody_has_goes_round_for_ever() {
    let explored = explored(&scenario("ranks 5\nremove 777"));
    assert_eq!(kinds(&explored), ["livelock"]);
    let [livelock] = &explored.discoveries[..] else { panic!("one discovery") };
    assert_eq!(livelock.kind, DiscoveryKind::Livelock { can_be_left: false });
    assert!(livelock.says.contains("REMOVE"), "{}", livelock.says);
}

#[test]
fn each_finding_is_a_trace_of_a_run_that_can_happen() {
    let text = "ranks 6\nwindow 3\nadd 3 500\nput 400 4\nget 400\nadd 2 300\nremove 500\nget 400";
    let explored = explored(&scenario(text));
    assert!(explored.failures().count() > 1, "{:?}", kinds(&explored));
    for discovery in &explored.discoveries {
        let (trace, _) = read_trace(discovery.trace.as_slice(), "found").expect("it is a trace");
        assert!(judge(&trace).expect("it can be judged").conforms(), "{:?}", discovery.kind);
        let receipts = trace.events.iter().filter(|event| event.source().is_some()).count();
        assert!(receipts >= discovery.way.len());
        let ending = trace.footer.expect("it is whole").ending;
        let is_as_said = match discovery.kind {
            DiscoveryKind::Completed | DiscoveryKind::Broken(_) => ending == Ending::Completed,
            DiscoveryKind::Deadlock => ending == Ending::Deadlock,
            DiscoveryKind::Livelock { .. } => ending == Ending::Livelock,
            DiscoveryKind::Crash { .. } => matches!(ending, Ending::Crashed { .. }),
            DiscoveryKind::WrongAnswer { .. } => true,
        };
        assert!(is_as_said, "{:?} {ending:?}", discovery.kind);
    }
}

#[test]
fn a_search_that_is_ended_says_how_much_is_left() {
    let scenario = scenario("window 2\nadd 3 500\nput 400 4\nget 400");
    let limits = ExploreSettings { states: 50, ..ExploreSettings::default() };
    let cut = explore::<Classic>(&scenario, limits, &mut |_| true);
    assert!(!cut.is_exhausted() && cut.progress.states >= 50 && cut.progress.frontier > 0);
    let ended = explore::<Classic>(&scenario, ExploreSettings::default(), &mut |_| false);
    assert_eq!((ended.progress.states, ended.progress.frontier), (1, 1));
}

/// What does not depend on who looked.
fn told(explored: Explored) -> (u64, u64, Vec<(u64, Vec<u8>)>) {
    let discoveries = explored.discoveries.into_iter();
    let discoveries = discoveries.map(|discovery| (discovery.states, discovery.trace)).collect();
    (explored.progress.states, explored.progress.receipts, discoveries)
}

#[test]
fn any_number_of_threads_finds_the_same_and_so_does_the_hashed_store() {
    // Large enough for levels that are shared.
    let text =
        "ranks 7\nwindow 4\nadd 3 500\nput 400 4\nadd 2 300\nget 400\nremove 500\nremove 300";
    let scenario = scenario(text);
    let alone = explored(&scenario);
    assert!(alone.progress.states > 5_000, "{:?}", alone.progress);
    assert_eq!(alone.chance_of_a_miss(), 0.0);
    let alone = told(alone);
    for threads in [2, 3, 7] {
        let settings =
            ExploreSettings { threads: NonZeroUsize::new(threads), ..ExploreSettings::default() };
        let together = explore::<Classic>(&scenario, settings, &mut |_| true);
        assert_eq!(told(together), alone, "{threads} threads");
    }
    let settings = ExploreSettings { is_hashed: true, ..ExploreSettings::default() };
    let hashed = explore::<Classic>(&scenario, settings, &mut |_| true);
    assert!(hashed.chance_of_a_miss() > 0.0 && hashed.chance_of_a_miss() < 1e-9);
    assert_eq!(told(hashed), alone);
}

#[test]
fn the_same_scenario_gives_the_same_findings() {
    let text = "ranks 6\nwindow 3\nadd 3 500\nput 400 4\nget 400\nadd 2 300\nremove 500";
    let traces = |explored: Explored| {
        explored.discoveries.into_iter().map(|discovery| discovery.trace).collect::<Vec<_>>()
    };
    assert_eq!(traces(explored(&scenario(text))), traces(explored(&scenario(text))));
}
