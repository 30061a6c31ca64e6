//! Lines written and read per second, and two long traces compared.

use std::hint::black_box;
use std::io;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ringscope_traces::diff::{Level, compare};
use ringscope_traces::{
    Ending, Event, Header, Op, Payload, Rank, Reader, Source, Tag, TimeKind, Trace, Writer,
    read_trace, write_trace,
};

const RANKS: u32 = 8;
const LINES: u64 = 100_000;

/// A message that goes round a ring, its payload a key and a value.
fn round_the_ring(events: u64) -> Trace {
    let ranks = u64::from(RANKS);
    let rank = |hop: u64| Rank(u32::try_from(hop % ranks).expect("a few"));
    let event = |i: u64| {
        let hop = i / 2;
        let data = Payload::list([Payload::Int(9), Payload::Int(100)]);
        let (op, me, peer, n) = if i.is_multiple_of(2) {
            (Op::Send, rank(hop), rank(hop + 1), hop / ranks * 2 + u64::from(hop >= ranks))
        } else {
            (Op::Recv, rank(hop + 1), rank(hop), (hop + 1) / ranks * 2)
        };
        Event { rank: me, n, op, peer, tag: Tag(0), data, t: i * 81_250, clock: i + 1, more: None }
    };
    let header = Header {
        source: Source::Sim,
        protocol: "classic".to_owned(),
        ranks: RANKS,
        seed: Some(42),
        time: TimeKind::Virtual,
        more: Vec::new(),
    };
    Trace { header, events: (0..events).map(event).collect(), calls: Vec::new(), footer: None }
}

fn lines(criterion: &mut Criterion) {
    let trace = round_the_ring(LINES);
    let file = write_trace(Vec::new(), &trace).expect("memory takes everything");
    let mut group = criterion.benchmark_group("lines");
    group.throughput(Throughput::Elements(LINES)).sample_size(20);
    group.bench_function("write", |bencher| {
        bencher.iter(|| {
            let mut writer = Writer::new(io::sink(), &trace.header).expect("a header");
            for event in &trace.events {
                writer.event(event).expect("a sink takes everything");
            }
            writer.finish(&Ending::Completed).expect("a sink takes everything").1
        });
    });
    group.bench_function("write a pair of numbers", |bencher| {
        bencher.iter(|| {
            let mut writer = Writer::new(io::sink(), &trace.header).expect("a header");
            for event in &trace.events {
                let Event { rank, n, op, peer, tag, t, clock, .. } = *event;
                let pair =
                    Event { rank, n, op, peer, tag, data: (9_i64, 100_i64), t, clock, more: None };
                writer.event(&pair).expect("a sink takes everything");
            }
            writer.finish(&Ending::Completed).expect("a sink takes everything").1
        });
    });
    group.bench_function("read", |bencher| {
        bencher.iter(|| {
            let reader = Reader::new(&*file, "bench").expect("a header");
            reader.map(|event| event.expect("a good line").clock).sum::<u64>()
        });
    });
    group.finish();
}

fn long_traces(criterion: &mut Criterion) {
    const EVENTS: u64 = 1_000_000;
    let a = round_the_ring(EVENTS);
    let mut b = a.clone();
    let mut group = criterion.benchmark_group("a million events");
    group.sample_size(10);
    group.bench_function("compare, equal", |bencher| {
        bencher.iter(|| compare(black_box(&a), black_box(&b)).map(|found| found.level));
    });
    b.events[500_000].tag = Tag(1);
    group.bench_function("compare, different", |bencher| {
        bencher.iter(|| {
            let found = compare(black_box(&a), black_box(&b)).expect("they can be compared");
            assert_eq!(found.level, Level::Different);
        });
    });
    let file = write_trace(Vec::new(), &a).expect("memory takes everything");
    group.bench_function("read into memory", |bencher| {
        bencher.iter(|| read_trace(black_box(&*file), "bench").map(|read| read.0.events.len()));
    });
    group.finish();
}

criterion_group!(benches, lines, long_traces);
criterion_main!(benches);
