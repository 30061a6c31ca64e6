//! The world under choice: forks, states that are equal, records followed. Every order of receipts is in `explore.rs`.

mod support;

use std::hash::{DefaultHasher, Hash, Hasher};

use ringscope_sim::protocols::Classic;
use ringscope_sim::scenario::random;
use ringscope_sim::simulate::{command_rank, start};
use ringscope_sim::world::latency::Latency;
use ringscope_sim::world::receive_order::ReceiveOrder;
use ringscope_sim::world::recording::Recording;
use ringscope_sim::world::{ByArrival, ByChoice, End, Limits, Step, run};
use ringscope_traces::Rank;
use support::{Run, World, scenario};

const LATENCY: Latency = Latency::Uniform { low_ns: 50_000, high_ns: 150_000 };

fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[test]
fn a_choice_that_is_not_there_changes_nothing() {
    let mut world = start::<Classic, _>(&scenario("put 9 100"), ByChoice, &mut ());
    let before = world.clone();
    let [only] = world.choices()[..] else { panic!("{:?}", world.choices()) };
    for rank in (0..9).map(Rank) {
        for source in (0..9).map(Rank) {
            let choice = ringscope_sim::world::Choice { rank, source };
            if choice != only {
                assert!(!world.choose(choice, &mut ()));
            }
        }
    }
    assert!(world == before);
    assert!(world.choose(only, &mut ()));
    assert!(world != before);
}

#[test]
fn independent_receipts_lead_to_the_same_state_in_either_order() {
    let world = start::<Classic, _>(&scenario("ranks 8\nend"), ByChoice, &mut ());
    let mut world = world;
    let head = world.choices()[0];
    assert!(world.choose(head, &mut ()));
    let ends = world.choices();
    assert_eq!(ends.len(), 6, "END is under way to every storage rank");
    let mut forwards = world.clone();
    let mut backwards = world;
    for (first, last) in ends.iter().zip(ends.iter().rev()) {
        assert!(forwards.choose(*first, &mut ()) && backwards.choose(*last, &mut ()));
    }
    assert!(forwards == backwards);
    assert_eq!(hash_of(&forwards), hash_of(&backwards));
}

#[test]
fn a_fork_goes_its_own_way_and_a_copy_goes_the_same() {
    let scenario = random(11, 9, 80);
    let mut world = start::<Classic, _>(&scenario, ByArrival::new(LATENCY, 5), &mut ());
    for _ in 0..200 {
        world.step(&mut ());
    }
    let copy = world.clone();
    assert!(copy == world);
    let finish = |mut world: World<ByArrival>| {
        let mut recording = Recording::default();
        run(&mut world, command_rank(&scenario.settings), Limits::default(), &mut recording);
        recording.events
    };
    let mut fork = world.clone();
    assert_ne!(fork.step(&mut ()), Step::Nothing);
    assert!(fork != world, "the fork has gone on, and the world it came from has not");
    assert_eq!(finish(world), finish(copy));
}

#[test]
fn any_moment_of_a_timed_run_can_go_on_by_choice() {
    let scenario = random(3, 8, 60);
    let mut world = start::<Classic, _>(&scenario, ByArrival::new(LATENCY, 7), &mut ());
    loop {
        let mut chosen = world.to_by_choice();
        while let Some(choice) = chosen.choices().last() {
            assert!(chosen.choose(*choice, &mut ()));
        }
        assert!(chosen.all_stopped(), "at {} ns", world.now_ns());
        if world.step(&mut ()) == Step::Nothing {
            break;
        }
    }
}

#[test]
fn a_run_with_several_commands_in_flight_is_repeated_by_its_record() {
    for seed in 0..30 {
        let mut scenario = random(seed, 10, 40);
        scenario.settings.window = 4;
        scenario.settings.seed = seed;
        let first = Run::of(&scenario);
        let mut again = Recording::default();
        let mut world = start::<Classic, _>(&scenario, ByChoice, &mut again);
        ReceiveOrder::of(&first.trace()).follow(&mut world, &mut again).unwrap();
        let ours: Vec<_> = per_rank(&first.recording);
        assert_eq!(ours, per_rank(&again), "seed {seed}");
    }
}

fn per_rank(recording: &Recording<support::Message>) -> Vec<String> {
    let mut steps: Vec<_> = recording
        .events
        .iter()
        .map(|event| {
            let shown = (event.op, event.peer, &event.data);
            ((event.rank, event.n), format!("{}.{} {shown:?}", event.rank, event.n))
        })
        .collect();
    steps.sort();
    steps.into_iter().map(|(_, step)| step).collect()
}

#[test]
fn a_record_that_cannot_be_followed_says_where() {
    let mut record = ReceiveOrder::default();
    record.add(ringscope_sim::world::Choice { rank: Rank(0), source: Rank(7) });
    record.add(ringscope_sim::world::Choice { rank: Rank(6), source: Rank(3) });
    let mut world = start::<Classic, _>(&scenario("put 9 100"), ByChoice, &mut ());
    let error = record.follow(&mut world, &mut ()).unwrap_err();
    assert_eq!(error.to_string(), "rank 6 cannot receive from rank 3 as its receipt 0");
}

#[test]
fn large_maps_block_their_senders_above_the_eager_limit_and_the_run_completes_all_the_same() {
    let text = "put 1..=400 key+100000\nadd 3 200\nget 1..=400\nremove 200\nget 1..=400";
    for eager in ["none", "4096", "0"] {
        let scenario = scenario(&format!("eager {eager}\n{text}"));
        let run = Run::of(&scenario);
        assert_eq!(run.finished.outcome.end, End::Completed, "eager {eager}");
        let unlimited = Run::of(&support::scenario(text));
        assert_eq!(run.sequences(), unlimited.sequences(), "eager {eager}");
    }
}

#[test]
fn sends_that_all_block_turn_two_commands_in_flight_into_a_deadlock() {
    let text = "ranks 3\neager 0\nwindow 2\nput 1..=20 key";
    let endings: Vec<_> = (0..20)
        .map(|seed| {
            let run = Run::of(&scenario(&format!("seed {seed}\n{text}")));
            run.finished.outcome.end
        })
        .collect();
    let deadlocks = endings.iter().filter(|end| matches!(end, End::Deadlock(_))).count();
    assert!(deadlocks > 0, "{endings:?}");
}
