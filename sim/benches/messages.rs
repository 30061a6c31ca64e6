//! Simulated messages per second, beside the plain loop that every figure is quoted against.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::hint::black_box;
use std::io::{self, Write};
use std::sync::Arc;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use ringscope_sim::invariants::InvariantChecker;
use ringscope_sim::protocol::{Command, Key, NodeSetup, Protocol, Run, Script, Value};
use ringscope_sim::protocols::{Classic, Safe};
use ringscope_sim::scenario::{Scenario, Settings, random};
use ringscope_sim::simulate::{header, simulate};
use ringscope_sim::sweep::{SweepBounds, counted};
use ringscope_sim::world::latency::Latency;
use ringscope_sim::world::recording::Written;
use ringscope_sim::world::{ByArrival, Limits, World, run};
use ringscope_traces::{Ending, Rank};

const MESSAGES: u64 = 1_000_000;
const LATENCY: Latency = Latency::Uniform { low_ns: 50_000, high_ns: 150_000 };

/// A message of the plain loop: when, which, for whom, and how much further it goes.
type Plain = Reverse<(u64, u64, u32, [u64; 2])>;

/// What any simulator does at least: a heap of messages, each of which is forwarded round a ring.
fn plain_loop(ranks: u32, in_flight: u64) -> u64 {
    let mut rng = ChaCha8Rng::from_seed([7; 32]);
    let mut heap: BinaryHeap<Plain> = BinaryHeap::new();
    let mut received = vec![0_u64; ranks as usize];
    for number in 0..in_flight {
        let to = u32::try_from(number % u64::from(ranks)).unwrap();
        heap.push(Reverse((50_000 + number, number, to, [number, 1])));
    }
    for number in in_flight..in_flight + MESSAGES {
        let Reverse((at_ns, _, to, data)) = heap.pop().unwrap();
        received[to as usize] += 1;
        let latency_ns = 50_000 + ((u64::from(rng.next_u32()) * 100_001) >> 32);
        heap.push(Reverse((at_ns + latency_ns, number, (to + 1) % ranks, data)));
    }
    received[0]
}

/// A settled ring that answers GETs of keys all over the ring, `window` at a time.
fn ring(ranks: u32, window: u32) -> World<<Classic as Protocol>::Node, ByArrival> {
    let keyspace = i64::from(ranks) * 100;
    let puts = Command::Put { key: Key(50), value: Value(1) };
    let gets = Command::Get { key: Key(50) };
    let count = u64::from(ranks) - 2;
    let mut runs = vec![Run { first: puts, count, key_step: 100, value_step: 1 }];
    runs.resize(1 + 100_000, Run { first: gets, count, key_step: 100, value_step: 0 });
    let setup = NodeSetup { ranks, keyspace, window, script: Arc::new(Script::new(runs)) };
    World::new(Classic::settled(&setup), ByArrival::new(LATENCY, 7), None, &mut ())
}

/// Where to stop a run that is measured.
fn limits(messages: u64) -> Limits {
    Limits { messages: Some(messages), ..Limits::default() }
}

/// How many messages a second, alone and with all invariants checked, beside the plain loop.
fn messages(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("messages");
    group.throughput(Throughput::Elements(MESSAGES)).sample_size(10);
    for (ranks, in_flight) in [(8, 1), (1_000, 1), (1_000, 1_000), (100_000, 1_000)] {
        let name = format!("{ranks} ranks, {in_flight} in flight");
        group.bench_function(BenchmarkId::new("plain heap loop", &name), |bencher| {
            bencher.iter(|| plain_loop(black_box(ranks), u64::from(in_flight)));
        });
        let world = ring(ranks, in_flight);
        group.bench_function(BenchmarkId::new("trace off", &name), |bencher| {
            bencher.iter_batched_ref(
                || world.clone(),
                |world| run(world, Rank(ranks - 1), limits(MESSAGES), &mut ()),
                BatchSize::PerIteration,
            );
        });
        let checker = InvariantChecker::new(world.nodes());
        group.bench_function(BenchmarkId::new("all invariants", &name), |bencher| {
            bencher.iter_batched_ref(
                || (world.clone(), checker.clone()),
                |(world, checker)| run(world, Rank(ranks - 1), limits(MESSAGES), checker),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

/// How many trace lines a second while simulating, into a file and into nothing.
fn trace_lines(criterion: &mut Criterion) {
    // Few enough that the system need not write the file to the disk meanwhile.
    const TRACED: u64 = 250_000;
    let mut group = criterion.benchmark_group("trace lines");
    group.throughput(Throughput::Elements(2 * TRACED)).sample_size(10);
    let folder = tempfile::tempdir().expect("a folder for traces");
    for (ranks, in_flight) in [(8, 1), (1_000, 1_000), (100_000, 1_000)] {
        let name = format!("{ranks} ranks, {in_flight} in flight");
        let world = ring(ranks, in_flight);
        let header = header(&Settings { ranks, ..Settings::default() });
        let mut measure = |to, open: &dyn Fn() -> Box<dyn Write>| {
            group.bench_function(BenchmarkId::new(to, &name), |bencher| {
                bencher.iter_batched(
                    || (world.clone(), Written::new(open(), &header).expect("it can be written")),
                    |(mut world, mut trace)| {
                        run(&mut world, Rank(ranks - 1), limits(TRACED), &mut trace);
                        trace.finish(&Ending::Stopped).expect("it can be written").1
                    },
                    BatchSize::PerIteration,
                );
            });
        };
        measure("digest only", &|| Box::new(io::sink()));
        let path = folder.path().join("trace.jsonl");
        measure("into a file", &|| Box::new(File::create(&path).expect("it can be created")));
    }
    group.finish();
}

/// How many whole runs a second, set-up included: 8 ranks and 100 commands, mostly PUT and GET, and a
/// random mixture in which one command in five joins or leaves.
fn runs(criterion: &mut Criterion) {
    const COMMANDS: &str = "add 3 333\nadd 1 666\nput 20..=980 step 20 key+7\nget 20..=980 step 20";
    let mut work = Scenario::parse("bench", COMMANDS).expect("the scenario is well-formed");
    assert_eq!(work.script.len(), 100);
    let mixtures: Vec<_> = (0..50).map(|seed| random(seed, 8, 100)).collect();
    let mut group = criterion.benchmark_group("runs");
    group.throughput(Throughput::Elements(1));
    group.bench_function("8 ranks, 100 commands, PUT and GET", |bencher| {
        bencher.iter(|| {
            work.settings.seed += 1;
            simulate::<Classic>(&work, &mut ()).outcome.received
        });
    });
    group.throughput(Throughput::Elements(mixtures.len() as u64));
    group.bench_function("8 ranks, 100 commands, a random mixture", |bencher| {
        let received = |scenario| simulate::<Classic>(scenario, &mut ()).outcome.received;
        bencher.iter(|| mixtures.iter().map(received).sum::<u64>());
    });
    group.finish();
}

/// How many runs a second a sweep makes, each of another scenario, with all invariants: beside runs by themselves.
fn sweeps(criterion: &mut Criterion) {
    const SEEDS: std::ops::RangeInclusive<u64> = 1..=200;
    let bounds = SweepBounds { seeds: SEEDS, ranks: 8..=8, commands: 100, window: 1..=1 };
    let scenarios: Vec<_> = SEEDS.map(|seed| random(seed, 8, 100)).collect();
    let mut group = criterion.benchmark_group("sweeps");
    group.throughput(Throughput::Elements(scenarios.len() as u64));
    group.bench_function("classic, 8 ranks, 100 commands, all invariants", |bencher| {
        bencher.iter(|| counted::<Classic>(black_box(&bounds), SEEDS));
    });
    group.bench_function("safe, 8 ranks, 100 commands, all invariants", |bencher| {
        bencher.iter(|| counted::<Safe>(black_box(&bounds), SEEDS));
    });
    group.bench_function("classic, the runs alone", |bencher| {
        let received = |scenario| simulate::<Classic>(scenario, &mut ()).outcome.received;
        bencher.iter(|| scenarios.iter().map(received).sum::<u64>());
    });
    group.finish();
}

criterion_group!(benches, messages, trace_lines, runs, sweeps);
criterion_main!(benches);
