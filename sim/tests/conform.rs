//! Real and simulated runs conform.

use std::path::Path;

use proptest::prelude::*;
use ringscope_sim::conform::judge;
use ringscope_sim::scenario::{Scenario, builtin, random};
use ringscope_traces::{Rank, Trace};

#[path = "../../traces/tests/support/reference.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod reference;
#[path = "support/runs.rs"]
mod runs;

use reference::{reference_run, reference_runs};
use runs::{hazards, run};

fn read(path: &Path) -> Trace {
    let bytes = std::fs::read(path).expect("the file can be read");
    let name = path.display().to_string();
    ringscope_traces::read_trace(bytes.as_slice(), &name).expect("it is a trace").0
}

fn found(trace: &Trace) -> Vec<String> {
    let judgement = judge(trace).expect("it can be judged");
    judgement.findings.iter().map(ToString::to_string).collect()
}

#[test]
fn every_run_of_the_reference_program_conforms() {
    for run in reference_runs() {
        assert_eq!(found(&read(&run.with_extension("jsonl"))), [""; 0], "{}", run.display());
    }
}

#[test]
fn the_answers_are_the_lines_that_the_reference_program_printed() {
    let run = reference_run("misuse-readd");
    let judgement = judge(&read(&run.with_extension("jsonl"))).expect("it can be judged");
    let answers: Vec<_> = judgement
        .answers
        .iter()
        .map(|answer| format!("val is {}, storage id is {}\n", answer.value, answer.owner))
        .collect();
    let printed = std::fs::read_to_string(run.with_extension("out")).expect("it has an output");
    assert_eq!(answers.concat() + "command finalizing\n", printed);
}

#[test]
fn the_last_states_of_the_nodes_can_be_looked_at() {
    let scenario = Scenario::parse("a join", "ranks 8\nput 9 100\nadd 3 25\n").expect("it is one");
    let judgement = judge(&run(&scenario)).expect("it can be judged");
    let newcomer = judgement.node(Rank(3)).expect("it conforms");
    let held: Vec<_> =
        newcomer.storage.expect("it joined").iter().map(|(k, v)| (k.0, v.0)).collect();
    assert_eq!(held, [(9, 100)]);
    assert!(judgement.ranks.iter().all(|rank| rank.conforms && rank.conforming == rank.events));
}

#[test]
fn every_built_in_scenario_conforms_however_it_ends() {
    for built_in in builtin::ALL {
        let scenario = built_in.scenario();
        assert_eq!(found(&run(&scenario)), [""; 0], "{}", scenario.name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn sound_scenarios_conform(
        seed in any::<u64>(), ranks in 3_u32..16, commands in 0_u32..60,
        window in 1_u32..=4, eager in proptest::option::of(0_u64..80),
    ) {
        let mut scenario = random(seed, ranks, commands);
        scenario.settings.window = window;
        scenario.settings.eager = eager;
        scenario.settings.limit = Some(20_000);
        prop_assert_eq!(found(&run(&scenario)), [""; 0]);
    }

    #[test]
    fn runs_conform_that_end_in_a_deadlock_a_livelock_or_a_crash(scenario in hazards()) {
        prop_assert_eq!(found(&run(&scenario)), [""; 0]);
    }

    #[test]
    fn a_run_that_was_cut_off_conforms(scenario in hazards(), keep in 0..100_usize) {
        let mut trace = run(&scenario);
        trace.events.truncate(keep);
        trace.footer = None;
        prop_assert_eq!(found(&trace), [""; 0]);
    }
}
