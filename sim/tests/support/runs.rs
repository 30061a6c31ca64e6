//! Simulated runs as traces, for the judge.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use ringscope_sim::protocols::Classic;
use ringscope_sim::scenario::Scenario;
use ringscope_sim::simulate::{header, simulate};
use ringscope_sim::world::recording::Written;
use ringscope_traces::Trace;

/// The trace of a scenario's run, written and read.
pub(crate) fn run(scenario: &Scenario) -> Trace {
    let mut written =
        Written::new(Vec::new(), &header(&scenario.settings)).expect("memory takes it");
    let finished = simulate::<Classic>(scenario, &mut written);
    let ending = finished.outcome.end.ending();
    let (bytes, _) = written.finish(&ending).expect("memory takes it");
    ringscope_traces::read_trace(bytes.as_slice(), "the run").expect("it is a trace").0
}

/// Scenarios of 7 ranks and few keys and ids, in which everything may go wrong.
pub(crate) fn hazards() -> impl Strategy<Value = Scenario> {
    let key = || prop_oneof![20 => select(vec![1, 9, 250, 400, 401, 1000]), 1 => select(vec![0, -3, 1001])];
    let id =
        || prop_oneof![12 => select(vec![5, 25, 300, 500, 700]), 1 => select(vec![0, 1000, -5])];
    let rank = prop_oneof![12 => 1..5, 1 => 0..9];
    let command = prop_oneof![
        4 => (key(), 0..3).prop_map(|(key, value)| format!("put {key} {value}")),
        2 => key().prop_map(|key| format!("get {key}")),
        3 => (rank, id()).prop_map(|(rank, id)| format!("add {rank} {id}")),
        1 => id().prop_map(|id| format!("remove {id}")),
    ];
    let settings = (1_u64..1_000_000, 1_u32..=4, option::weighted(0.3, 0_u64..80));
    (settings, vec(command, 0..12)).prop_map(|((seed, window, eager), lines)| {
        let text = format!("ranks 7\nseed {seed}\nlimit 2000\n{}\n", lines.join("\n"));
        let mut scenario = Scenario::parse("hazard", &text).expect("its words are right");
        (scenario.settings.window, scenario.settings.eager) = (window, eager);
        scenario
    })
}
