//! Whether runs are linearizable by key: those of the classic protocol with several commands in flight are not, all others are.

use ringscope_sim::linearizability::{HistoryObserver, Linearizability, linearizability};
use ringscope_sim::protocol::Protocol;
use ringscope_sim::protocols::{Classic, ProtocolId, Safe};
use ringscope_sim::scenario::{Scenario, random};
use ringscope_sim::simulate::{record, simulate};
use ringscope_traces::read_trace;

/// Runs a random scenario as that protocol, with so many commands in flight.
fn run<P: Protocol>(seed: u64, window: u32) -> (Scenario, Linearizability) {
    let mut scenario = random(seed, 6, 30);
    scenario.settings.protocol = ProtocolId::named(P::INFO.name).expect("it is listed");
    scenario.settings.window = window;
    let mut history = HistoryObserver::default();
    simulate::<P>(&scenario, &mut history);
    (scenario, history.finish())
}

/// How many runs of that protocol are not linearizable.
fn violated<P: Protocol>(seeds: u64, window: u32) -> usize {
    let found = (0..seeds).map(|seed| run::<P>(seed, window).1);
    let broken = found.filter(|found| {
        assert_eq!(found.undecided, []);
        assert!(found.violations.iter().all(|one| one.is_smallest));
        !found.holds()
    });
    broken.count()
}

#[test]
fn one_command_at_a_time_is_linearizable() {
    assert_eq!(violated::<Classic>(300, 1), 0);
}

#[test]
fn classic_is_not_linearizable_with_several_commands_in_flight() {
    for window in 2..=4 {
        assert!(violated::<Classic>(300, window) > 0, "window {window}");
    }
}

#[test]
fn safe_is_linearizable_with_any_number_of_commands_in_flight() {
    for window in [1, 2, 3, 4, 8, 16] {
        assert_eq!(violated::<Safe>(300, window), 0, "window {window}");
    }
}

#[test]
fn a_trace_says_the_same_as_the_run_of_which_it_is() {
    for seed in 0..60 {
        let (scenario, observed) = run::<Classic>(seed, 4);
        let recorded = record(&scenario, Vec::new()).expect("memory");
        let (trace, _) = read_trace(&recorded.to[..], "a run").expect("it is a trace");
        assert_eq!(linearizability(&trace), observed, "seed {seed}");
    }
}

/// What is said of a run of these commands, under the seed that is the first to break it.
fn first_violation(text: &str) -> String {
    for seed in 1..2000 {
        let scenario =
            Scenario::parse("a run", &format!("seed {seed}\n{text}")).expect("it is one");
        let mut history = HistoryObserver::default();
        simulate::<Classic>(&scenario, &mut history);
        if let Some(violation) = history.finish().violations.first() {
            return violation.to_string();
        }
    }
    panic!("no seed breaks it")
}

#[test]
fn the_commands_that_do_not_fit_are_named_with_their_events() {
    let race = "window 2\nput 400 1\nput 900 2\nadd 3 500\nput 400 4\nget 900\nget 400";
    let said = "no order explains put 400 1 (events 1 to 15), put 400 4 (events 18 to 45) and get 400, \
                which found 1 (events 46 to 64)";
    assert_eq!(first_violation(race), said);
}
