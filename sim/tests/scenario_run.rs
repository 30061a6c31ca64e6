//! What scenarios promise, held against the simulator.

use proptest::prelude::*;
use ringscope_sim::protocols::Classic;
use ringscope_sim::scenario::{ExpectedEnd, Scenario, builtin, random};
use ringscope_sim::simulate::nodes;
use ringscope_sim::world::recording::Recording;
use ringscope_sim::world::run::{Limits, run};
use ringscope_sim::world::{ByArrival, World};
use ringscope_traces::{Ending, Rank};

/// How a scenario ends, and what it prints.
fn ending(scenario: &Scenario, seed: u64) -> (Ending, Vec<String>) {
    let settings = &scenario.settings;
    let nodes = nodes::<Classic>(scenario);
    let order = ByArrival::new(settings.latency, seed);
    let mut recording = Recording::default();
    let mut world = World::new(nodes, order, settings.eager, &mut recording);
    let limits = Limits { messages: Some(10_000_000), ..Limits::default() };
    let outcome = run(&mut world, Rank(settings.ranks - 1), limits, &mut recording);
    let lines = recording.prints.iter().map(|(_, print)| print.to_string()).collect();
    (outcome.end.ending(), lines)
}

#[test]
fn every_built_in_scenario_ends_as_it_says() {
    for one in builtin::ALL {
        let scenario = one.scenario();
        let expected = scenario.settings.expect.unwrap_or(ExpectedEnd::Completed);
        for seed in 0..100 {
            let (ending, _) = ending(&scenario, seed);
            assert!(expected.is(&ending), "{} with seed {seed}: {ending:?}", one.name);
        }
    }
}

#[test]
fn the_race_scenarios_complete_with_one_command_in_flight() {
    for one in builtin::ALL.iter().filter(|one| one.kind == builtin::Kind::Race) {
        let mut scenario = one.scenario();
        scenario.settings.window = 1;
        assert_eq!(ending(&scenario, 1).0, Ending::Completed, "{}", one.name);
    }
}

#[test]
fn the_join_shows_keys_that_move() {
    let scenario = builtin::find("join").expect("built in").scenario();
    insta::assert_snapshot!(ending(&scenario, scenario.settings.seed).1.join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_passes_the_check_completes(seed: u64, ranks in 3..64_u32, commands in 0..300_u32) {
        prop_assert_eq!(ending(&random(seed, ranks, commands), seed).0, Ending::Completed);
    }
}
