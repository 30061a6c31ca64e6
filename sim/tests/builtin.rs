//! The scenarios that come with the program end as they say, and the explanations say why.

mod support;

use ringscope_sim::explain::explain;
use ringscope_sim::protocols::Classic;
use ringscope_sim::scenario::{ExpectedEnd, builtin};
use support::Run;

#[test]
fn every_built_in_scenario_ends_as_it_says_for_a_hundred_seeds() {
    for built_in in builtin::ALL {
        let mut scenario = built_in.scenario();
        let expected = scenario.settings.expect.unwrap_or(ExpectedEnd::Completed);
        // A race is won or lost by its seed; what it shows stands at the seed that it comes with.
        let seeds = match built_in.kind {
            builtin::Kind::Race => scenario.settings.seed..scenario.settings.seed + 1,
            builtin::Kind::WellFormed | builtin::Kind::Hazard => 0..100,
        };
        for seed in seeds {
            scenario.settings.seed = seed;
            let run = Run::of(&scenario);
            let ending = run.finished.outcome.end.ending();
            assert!(expected.is(&ending), "{}, seed {seed}: {ending:?}", built_in.name);
        }
    }
}

#[test]
fn every_ending_is_explained() {
    let explained: Vec<_> = builtin::ALL
        .iter()
        .filter_map(|built_in| {
            let finished = Run::of(&built_in.scenario()).finished;
            let why = explain::<Classic>(&finished.outcome.end, finished.world.nodes())?;
            Some(format!("{}\n{}\n{}\n", built_in.name, why.facts, why.paragraph))
        })
        .collect();
    insta::assert_snapshot!(explained.join("\n"));
}
