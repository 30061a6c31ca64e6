//! How long it takes until a trace of millions of events is on the screen, and to go about in it.
//!
//! The traces are made by the simulator when the benchmark starts. What is quoted beside is the least
//! that anybody does with such a file: to read it and count its lines.

mod support;

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use ringscope_screen::timeline::{LoadProgress, Timeline};
use ringscope_traces::EventIndex;
use tempfile::TempDir;

use support::{count_lines, record};

/// How many jumps the percentiles are of.
const JUMPS: usize = 2_000;

#[expect(clippy::disallowed_methods, reason = "benchmarks measure")]
fn now() -> Instant {
    Instant::now()
}

/// Opens a timeline, and has what a first frame shows.
fn first_frame(path: &Path) -> Timeline {
    let timeline = Timeline::open(path).expect("it is a trace");
    let cursor = timeline.len().min(50);
    black_box(timeline.snapshot(cursor));
    (0..cursor).for_each(|at| drop(black_box(timeline.data(EventIndex(at)))));
    timeline
}

/// Opens a timeline, and waits until all its events are there.
fn indexed(path: &Path) -> Timeline {
    let mut timeline = first_frame(path);
    while matches!(timeline.progress(), LoadProgress::Reading(_)) {
        timeline.poll();
        std::thread::yield_now();
    }
    timeline
}

fn known(path: &Path) -> Timeline {
    let mut timeline = first_frame(path);
    timeline.wait();
    timeline
}

/// Cursors all over a timeline.
fn cursors(timeline: &Timeline) -> impl Iterator<Item = usize> + use<> {
    let len = timeline.len() as u64 + 1;
    let mut state = 7_u64;
    std::iter::from_fn(move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((state >> 33) % len).ok()
    })
}

fn percentiles(timeline: &Timeline) -> String {
    let time = |cursor| {
        let start = now();
        black_box(timeline.snapshot(cursor));
        start.elapsed()
    };
    let mut times: Vec<Duration> = cursors(timeline).take(JUMPS).map(time).collect();
    times.sort_unstable();
    let (middle, high) = (times[JUMPS / 2], times[JUMPS * 99 / 100]);
    format!("p50 {middle:.0?}, p99 {high:.0?}, longest {:.0?}", times[JUMPS - 1])
}

#[expect(clippy::print_stdout, reason = "criterion has no percentiles")]
fn timelines(criterion: &mut Criterion) {
    let folder = TempDir::new().expect("a folder for traces");
    let sizes = [(8, 1_000_000), (64, 1_000_000), (1_000, 1_000_000), (8, 5_000_000)];
    for (ranks, events) in sizes {
        let path = record(folder.path(), ranks, (events, 0));
        let timeline = known(&path);
        let megabytes = fs::metadata(&path).map_or(0, |found| found.len()) / 1_000_000;
        let name = format!("{ranks} ranks, {} events, {megabytes} MB", timeline.len());
        println!("{name}: jump to a random event: {}", percentiles(&timeline));
        let states = timeline.states();
        assert_eq!(states, timeline.len(), "{:?} {:?}", timeline.departure(), timeline.problem());
        of_a_film(criterion, (&path, &timeline), &name);
        drop(timeline);
        fs::remove_file(path).expect("it is there");
    }
}

fn of_a_film(criterion: &mut Criterion, (path, timeline): (&Path, &Timeline), name: &str) {
    let mut group = criterion.benchmark_group("timeline");
    group.sample_size(10);
    let mut measure = |what, work: &dyn Fn(&Path) -> usize| {
        group.bench_function(BenchmarkId::new(what, name), |bencher| bencher.iter(|| work(path)));
    };
    measure("count the lines", &count_lines);
    measure("first frame", &|path| first_frame(path).len());
    measure("all indexed", &|path| indexed(path).len());
    measure("all known", &|path| known(path).len());
    let mut jumps = cursors(timeline);
    group.bench_function(BenchmarkId::new("jump", name), |bencher| {
        bencher.iter(|| timeline.snapshot(jumps.next().expect("they do not end")));
    });
    let mut cursor = timeline.len() / 2;
    group.bench_function(BenchmarkId::new("step forward", name), |bencher| {
        bencher.iter(|| {
            cursor = (cursor + 1) % timeline.len();
            timeline.snapshot(cursor)
        });
    });
    group.bench_function(BenchmarkId::new("step back", name), |bencher| {
        bencher.iter(|| {
            cursor = cursor.checked_sub(1).unwrap_or(timeline.len());
            timeline.snapshot(cursor)
        });
    });
    group.finish();
}

criterion_group!(benches, timelines);
criterion_main!(benches);
