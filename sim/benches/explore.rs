//! States generated per second while every order of receipts is explored, beside stateright on the same model.
//!
//! A state is generated each time a receipt leads to it, whether it was met before or not: stateright counts
//! in the same way, and adds one for the start.

use std::hash::{Hash, Hasher};
use std::hint::black_box;
use std::io::{Write as _, stdout};
use std::num::NonZero;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ringscope_sim::explore::{ExploreSettings, Explored, SearchProgress, explore};
use ringscope_sim::protocol::Protocol;
use ringscope_sim::protocols::Classic;
use ringscope_sim::scenario::Scenario;
use ringscope_sim::simulate::start;
use ringscope_sim::world::{ByChoice, Choice, World};
use stateright::{Checker as _, Model, Property};

/// Scenarios of 8 ranks, with what they are called.
const SCENARIOS: &[(&str, &str)] = &[
    (
        "joins and leaves, window 4",
        "ranks 8\nwindow 4\nadd 1 500\nput 400 4\nadd 2 300\nget 400\nadd 3 700\nremove 500\nput 250 1\n\
         add 4 200\nremove 300\nget 250",
    ),
    (
        "joins, window 5",
        "ranks 8\nwindow 5\nadd 1 500\nput 400 4\nadd 2 300\nget 400\nput 250 1\nadd 3 700\nput 650 1\n\
         add 4 200\nget 650\nget 250\nput 10 1\nget 10",
    ),
];

fn scenario(text: &str) -> Scenario {
    Scenario::parse("bench", text).expect("the scenario is well-formed")
}

fn explored(scenario: &Scenario, cores: usize) -> Explored {
    let settings = ExploreSettings { threads: NonZero::new(cores), ..ExploreSettings::default() };
    let explored = explore::<Classic>(scenario, settings, &mut |_| true);
    assert!(explored.is_exhausted());
    explored
}

/// A scenario as stateright sees it: a world and what can be received next.
struct Receipts(Scenario);

/// A state, which is another one where another rank has crashed.
#[derive(Debug, Clone)]
struct State(World<<Classic as Protocol>::Node, ByChoice>);

impl Hash for State {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.0, self.0.crash()).hash(state);
    }
}

impl PartialEq for State {
    fn eq(&self, other: &State) -> bool {
        self.0 == other.0 && self.0.crash() == other.0.crash()
    }
}

impl Model for Receipts {
    type State = State;
    type Action = Choice;

    fn init_states(&self) -> Vec<State> {
        vec![State(start::<Classic, _>(&self.0, ByChoice, &mut ()))]
    }

    fn actions(&self, State(world): &State, actions: &mut Vec<Choice>) {
        if world.crash().is_none() {
            actions.extend(world.choices());
        }
    }

    fn next_state(&self, State(world): &State, choice: Choice) -> Option<State> {
        let mut next = world.clone();
        next.choose(choice, &mut ()).then_some(State(next))
    }

    /// One that always holds, so that the search goes through all states as ours does.
    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("no rank is lost", |_, State(world)| !world.nodes().is_empty())]
    }
}

/// How many states there are, and how many were generated, by stateright.
fn by_stateright(scenario: &Scenario) -> (u64, u64) {
    let checked = Receipts(scenario.clone()).checker().spawn_bfs().join();
    (checked.unique_state_count() as u64, checked.state_count() as u64 - 1)
}

fn generated(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("explore");
    group.sample_size(10);
    for (name, text) in SCENARIOS {
        let scenario = scenario(text);
        let progress = explored(&scenario, 1).progress;
        assert_eq!(by_stateright(&scenario), (progress.states, progress.receipts), "{name}");
        let bytes = progress.bytes.div_ceil(progress.states);
        let SearchProgress { states, receipts, .. } = progress;
        writeln!(stdout(), "{name}: {states} states, {receipts} generated, {bytes} bytes a state")
            .expect("it can be written");
        group.throughput(Throughput::Elements(progress.receipts));
        for (cores, words) in [(1, "one core"), (2, "two cores")] {
            group.bench_function(
                BenchmarkId::new(format!("ringscope, {words}"), name),
                |bencher| {
                    bencher.iter(|| explored(black_box(&scenario), cores).progress.states);
                },
            );
        }
        group.bench_function(BenchmarkId::new("stateright, one core", name), |bencher| {
            bencher.iter(|| by_stateright(black_box(&scenario)));
        });
    }
    group.finish();
}

criterion_group!(benches, generated);
criterion_main!(benches);
