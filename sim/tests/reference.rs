//! The simulator against recorded runs of the reference program under real MPI.

mod support;

use std::fs;
use std::path::Path;

use ringscope_sim::protocols::Classic;
use ringscope_sim::scenario::Scenario;
use ringscope_sim::simulate::start;
use ringscope_sim::world::ByChoice;
use ringscope_sim::world::receive_order::ReceiveOrder;
use ringscope_sim::world::recording::Recording;
use ringscope_traces::Trace;
use ringscope_traces::diff::{Level, compare};
use ringscope_traces::jsonl::read_trace;
use support::Run;
use support::reference::reference_runs;

/// A recorded run: its scenario, its trace, and what its command node printed.
struct Recorded {
    scenario: Scenario,
    trace: Trace,
    printed: String,
}

fn recorded(run: &Path) -> Recorded {
    let name = run.display().to_string();
    let bytes = |ending| fs::read(run.with_extension(ending)).unwrap();
    Recorded {
        scenario: Scenario::parse_bytes(&name, &bytes("dht")).unwrap(),
        trace: read_trace(bytes("jsonl").as_slice(), &name).unwrap().0,
        printed: String::from_utf8(bytes("out")).unwrap(),
    }
}

#[test]
fn every_recorded_run_is_simulated_event_by_event_for_fifty_seeds() {
    for run in reference_runs() {
        let mut recorded = recorded(&run);
        for seed in 0..50 {
            recorded.scenario.settings.seed = seed;
            let simulated = Run::of(&recorded.scenario);
            let ours = simulated.trace();
            let name = run.display();
            let comparison = compare(&ours, &recorded.trace).unwrap();
            assert_eq!(comparison.level, Level::Equal, "{name}, seed {seed}");
            assert_eq!(simulated.printed(), recorded.printed, "{name}, seed {seed}");
            let ending = |trace: &Trace| trace.footer.clone().unwrap().ending.name();
            assert_eq!(ending(&ours), ending(&recorded.trace), "{name}, seed {seed}");
        }
    }
}

#[test]
fn the_receive_order_of_every_recorded_run_can_be_followed() {
    for run in reference_runs() {
        let recorded = recorded(&run);
        let mut recording = Recording::default();
        let mut world = start::<Classic, _>(&recorded.scenario, ByChoice, &mut recording);
        ReceiveOrder::of(&recorded.trace).follow(&mut world, &mut recording).unwrap();
        assert_eq!(recording.events.len(), recorded.trace.events.len(), "{}", run.display());
        assert!(world.choices().is_empty(), "{}", run.display());
    }
}
