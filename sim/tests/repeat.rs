//! A recorded run is repeated by the simulator, event by event, or it is said where it departs.

mod support;

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::Index;
use ringscope_sim::conform::{Departure, as_read, repeat};
use ringscope_sim::scenario::{Scenario, builtin, random};
use ringscope_traces::diff::{Level, compare};
use ringscope_traces::wellformed::{self, Flaw};
use ringscope_traces::{Ending, Footer, Op, Payload, Rank, Tag, Trace};

#[path = "support/mutation.rs"]
#[allow(dead_code, reason = "it repairs traces for other tests, too")]
mod mutation;
#[path = "support/runs.rs"]
mod runs;

use mutation::{Mutation, is_possible, mutate};
use runs::{hazards, run};
use support::reference::reference_runs;
use support::scenario;

/// Where a trace departs from what the simulator does; it must not where it is repeated, nor the other
/// way round, by the word of `ringscope diff`.
fn departure(trace: &Trace) -> Option<Departure> {
    let repeated = repeat(trace).expect("its header says by which nodes");
    let [read, again] = as_read([trace, &repeated.trace]);
    let comparison = compare(&read, &again).expect("they are of one program");
    if repeated.departure.is_none() {
        assert_eq!(comparison.level, Level::Equal, "{comparison:?}");
        assert_eq!(wellformed::check(&repeated.trace), []);
        if let Some(footer) = &trace.footer {
            assert_eq!(repeated.trace.footer.map(|own| own.ending), Some(footer.ending.clone()));
        }
    }
    repeated.departure
}

#[test]
fn every_built_in_scenario_is_repeated_whatever_the_seed_and_the_window() {
    for built_in in builtin::ALL {
        for (seed, window) in (0..10).zip([1, 4].into_iter().cycle()) {
            let mut scenario = built_in.scenario();
            (scenario.settings.seed, scenario.settings.window) = (seed, window);
            let at = format!("{} with seed {seed} and window {window}", built_in.name);
            assert_eq!(departure(&run(&scenario)), None, "{at}");
        }
    }
}

#[test]
fn every_run_of_the_reference_program_is_repeated_with_what_it_printed() {
    for path in reference_runs() {
        let bytes = std::fs::read(path.with_extension("jsonl")).expect("the run has a trace");
        let (trace, _) =
            ringscope_traces::read_trace(bytes.as_slice(), "a run").expect("it is one");
        assert_eq!(departure(&trace), None, "{}", path.display());
        let repeated = repeat(&trace).expect("its header says by which nodes");
        let printed: String = repeated.prints.iter().map(|print| format!("{print}\n")).collect();
        let expected = std::fs::read_to_string(path.with_extension("out")).expect("and an output");
        assert_eq!(printed, expected, "{}", path.display());
    }
}

#[test]
fn what_was_printed_is_what_the_simulator_printed() {
    let run = support::Run::of(&builtin::find("crowded").expect("it is built in").scenario());
    let repeated = repeat(&run.trace()).expect("its header says by which nodes");
    let printed: String = repeated.prints.iter().map(|print| format!("{print}\n")).collect();
    assert_eq!(printed, run.printed());
}

#[test]
fn a_departure_is_told_with_what_the_simulator_does_there() {
    let trace = run(&scenario("put 9 100\nget 9"));
    let place = |rank: u32, n: u64| {
        let found = trace.events.iter().position(|e| e.rank.0 == rank && e.n == n);
        found.expect("the rank has that event")
    };
    let difference = |altered: &Trace| {
        let departure = departure(altered).expect("it is altered");
        let line = departure.place.map(|place| place.line());
        (line, departure.rank.0, departure.index, departure.what)
    };
    let at = place(0, 1);
    let data = Mutation::Data(Payload::list([Payload::Int(9), Payload::Int(7)]));
    assert_eq!(
        difference(&mutate(&trace, at, &data).expect("it can be")),
        (
            Some(at + 2),
            0,
            1,
            "sends PUT [9,7] to rank 6; simulated, it sends PUT [9,100] to rank 6".into()
        )
    );
    assert_eq!(
        difference(&mutate(&trace, place(6, 0), &Mutation::Peer(Rank(3))).expect("it can be")),
        (
            Some(place(6, 0) + 2),
            6,
            0,
            "receives PUT [9,100] from rank 3; simulated, it waits for any message, and nothing from \
             rank 3 is under way to it"
                .into()
        )
    );
    assert_eq!(
        difference(&mutate(&trace, place(7, 4), &Mutation::Drop).expect("it can be")),
        (None, 7, 4, "the record ends here; simulated, it sends END 0 to rank 0".into())
    );
    let cut = Trace { footer: None, ..trace.clone() };
    assert_eq!(
        difference(&mutate(&cut, place(7, 4), &Mutation::Drop).expect("it can be")),
        (
            Some(place(0, 8) + 1),
            0,
            8,
            "receives END 0 from rank 7; the record ends before rank 7 sends it".into()
        )
    );
}

#[test]
fn an_end_that_is_not_the_simulators_is_told() {
    let with_end = |text: &str, ending: &str| {
        let trace = run(&scenario(text));
        let other = run(&scenario(ending));
        Trace { footer: other.footer, ..trace }
    };
    let difference = |trace: &Trace| departure(trace).map(|departure| departure.what);
    let completed = with_end("get 9", "put 9 100");
    assert_eq!(
        difference(&completed).as_deref(),
        Some("the record says completed; simulated, it waits for any message")
    );
    let deadlock = with_end("put 9 100", "get 9");
    assert_eq!(
        difference(&deadlock).as_deref(),
        Some("the record says deadlock; simulated, it has stopped, and so has every rank")
    );
    let crashed = with_end("put 9 100", "put 0 100");
    assert_eq!(
        difference(&crashed).as_deref(),
        Some("the record says crashed; simulated, it has stopped")
    );
}

#[test]
fn what_has_come_to_its_end_goes_round_no_more_and_cannot_be_stopped() {
    let said = |text: &str, ending: Ending| {
        let trace = run(&scenario(text));
        let events = trace.events.len() as u64;
        let told = departure(&Trace { footer: Some(Footer { ending, events }), ..trace });
        told.map(|departure| departure.what)
    };
    assert_eq!(
        said("put 9 100", Ending::Livelock).as_deref(),
        Some("the record says livelock; simulated, it has stopped, and so has every rank")
    );
    assert_eq!(
        said("get 9", Ending::Livelock).as_deref(),
        Some(
            "the record says livelock; simulated, it waits for RETVAL from rank 0, and no rank can \
             receive anything"
        )
    );
    assert_eq!(
        said("put 9 100", Ending::Stopped).as_deref(),
        Some("the record says stopped; simulated, it has stopped, and so has every rank")
    );
    assert_eq!(said("get 9", Ending::Stopped), None, "whoever hangs can be stopped by hand");
}

#[test]
fn a_record_that_was_cut_off_is_repeated_as_far_as_it_goes_and_what_would_follow_is_counted() {
    let mut trace = Trace { footer: None, ..run(&scenario("put 9 100\nget 9")) };
    let forwards = trace.events.iter().position(|e| e.rank == Rank(0) && e.op == Op::Send);
    trace.events.truncate(forwards.expect("the head passes it on"));
    let repeated = repeat(&trace).expect("its header says by which nodes");
    assert_eq!(repeated.departure, None);
    assert_eq!(repeated.beyond, BTreeMap::from([(Rank(0), 1)]));
    assert_eq!(repeated.trace.events.len(), trace.events.len());
    assert_eq!(repeated.trace.footer, None);
}

#[test]
fn a_deadlock_that_was_cut_off_is_repeated_to_its_end() {
    let trace = Trace { footer: None, ..run(&scenario("get 9")) };
    let footer = repeat(&trace).expect("its header says by which nodes").trace.footer;
    assert_eq!(footer.map(|footer| footer.ending), Some(Ending::Deadlock));
}

fn mutations() -> impl Strategy<Value = Mutation> {
    let data = prop_oneof![
        (-2_i64..1100).prop_map(Payload::Int),
        (-2_i64..1100, 0_i64..10).prop_map(|(a, b)| Payload::list([a.into(), b.into()])),
        Just(Payload::Null),
    ];
    prop_oneof![
        Just(Mutation::Drop),
        Just(Mutation::Duplicate),
        Just(Mutation::Swap),
        data.prop_map(Mutation::Data),
        (0_u32..7).prop_map(|rank| Mutation::Peer(Rank(rank))),
        (-1_i32..14).prop_map(|tag| Mutation::Tag(Tag(tag))),
        Just(Mutation::Op),
    ]
}

/// An altered trace is found, unless it is one that the simulator can make.
fn is_caught(scenario: &Scenario, at: &Index, mutation: &Mutation) -> Result<(), TestCaseError> {
    let trace = run(scenario);
    prop_assume!(!trace.events.is_empty());
    let altered = mutate(&trace, at.index(trace.events.len()), mutation);
    prop_assume!(altered.is_some());
    let altered = altered.expect("it can be altered there");
    let departure = departure(&altered);
    if departure.is_none() {
        prop_assert!(is_possible(&altered, &scenario.settings), "{:?}", mutation);
    } else if every_receive_has_its_send(&altered) {
        prop_assert!(!is_possible(&altered, &scenario.settings), "{:?} {:?}", mutation, departure);
    }
    Ok(())
}

/// Whether every receive is of what was sent before: `is_possible` does not mind.
fn every_receive_has_its_send(trace: &Trace) -> bool {
    let is_sendless =
        |flaw: &Flaw| matches!(flaw, Flaw::BeforeItsSend { .. } | Flaw::NeverSent { .. });
    !wellformed::check(trace).iter().any(|finding| is_sendless(&finding.flaw))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn random_runs_are_repeated(
        seed in any::<u64>(), ranks in 3_u32..16, commands in 0_u32..60,
        window in 1_u32..=4, eager in proptest::option::of(0_u64..80),
    ) {
        let mut scenario = random(seed, ranks, commands);
        scenario.settings.window = window;
        scenario.settings.eager = eager;
        scenario.settings.limit = Some(20_000);
        prop_assert_eq!(departure(&run(&scenario)), None);
    }

    #[test]
    fn runs_that_end_otherwise_are_repeated(scenario in hazards()) {
        prop_assert_eq!(departure(&run(&scenario)), None);
    }

    #[test]
    fn what_was_cut_off_is_repeated_as_far_as_it_goes(scenario in hazards(), keep in 0..100_usize) {
        let mut trace = Trace { footer: None, ..run(&scenario) };
        trace.events.truncate(keep);
        prop_assert_eq!(departure(&trace), None);
    }

    #[test]
    fn one_altered_event_of_a_sound_run_is_caught(
        (seed, ranks, commands) in (any::<u64>(), 3_u32..9, 1_u32..20),
        window in 1_u32..=4, at in any::<Index>(), mutation in mutations(),
    ) {
        let mut scenario = random(seed, ranks, commands);
        scenario.settings.window = window;
        scenario.settings.limit = Some(2_000);
        is_caught(&scenario, &at, &mutation)?;
    }

    #[test]
    fn one_altered_event_of_any_run_is_caught(
        scenario in hazards(), at in any::<Index>(), mutation in mutations(),
    ) {
        is_caught(&scenario, &at, &mutation)?;
    }
}

/// Longer runs say nothing more, and take long.
const MOST_EVENTS: usize = 120;

/// Every event of a run altered in each way: nearly all are caught at the altered rank.
#[test]
fn of_the_built_in_runs_every_altered_event_is_caught_but_for_legal_races() {
    let mutations = [
        Mutation::Drop,
        Mutation::Duplicate,
        Mutation::Swap,
        Mutation::Data(Payload::list([Payload::Int(77), Payload::Int(7)])),
    ];
    let (mut caught, mut possible) = (0, 0);
    for built_in in builtin::ALL {
        let scenario = built_in.scenario();
        let trace = run(&scenario);
        if trace.events.len() > MOST_EVENTS {
            continue;
        }
        for (place, mutation) in
            (0..trace.events.len()).flat_map(|at| mutations.iter().map(move |m| (at, m)))
        {
            let Some(altered) = mutate(&trace, place, mutation) else { continue };
            if essence(&altered) == essence(&trace) {
                continue;
            }
            match departure(&altered) {
                Some(_) => caught += 1,
                None => possible += 1,
            }
        }
    }
    assert!(caught > 50 * possible, "{caught} caught, {possible} not");
}

fn essence(trace: &Trace) -> Vec<Vec<mutation::Essence>> {
    (0..trace.header.ranks).map(|rank| mutation::of_rank(trace, Rank(rank))).collect()
}
