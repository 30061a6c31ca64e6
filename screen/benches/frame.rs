//! How long a full frame takes: the mean by criterion, and p50 and p99 of single frames.

#![allow(missing_docs, clippy::disallowed_methods, reason = "a benchmark measures")]
#![allow(clippy::print_stdout, reason = "percentiles are printed beside what criterion prints")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use ratatui_core::backend::TestBackend;
use ratatui_core::terminal::Terminal;
use ringscope_screen::app::{App, Pane};
use ringscope_screen::timeline::{Flight, NodeStates, Timeline};
use ringscope_screen::view::symbols::Symbols;
use ringscope_screen::view::theme::{Palette, Theme};
use ringscope_screen::view::{Look, draw};
use ringscope_sim::protocol::arithmetic::Ring;
use ringscope_sim::protocol::{
    Effects, Key, MessageOf, Node as _, NodeSetup, NodeState, Protocol as _, Script, Value,
    Viewed as _,
};
use ringscope_sim::protocols::Classic;
use ringscope_sim::replay::Statuses;
use ringscope_sim::scenario::Scenario;
use ringscope_traces::{EventIndex, Op, Rank};

type Message = MessageOf<Classic>;

const KEYS: i64 = 1_000;
const FLIGHTS: u32 = 100;

/// A settled ring that holds a thousand keys, with a hundred messages under way.
fn app(nodes: u32) -> App {
    let ranks = nodes + 2;
    let keyspace = i64::from(nodes) * 100;
    let step = keyspace / KEYS;
    let text = format!(
        "ranks {ranks}\nkeyspace {keyspace}\nwindow {FLIGHTS}\nput {step}..={keyspace} step {step} key\n"
    );
    let timeline = Timeline::live(Scenario::parse("frame", &text).expect("a scenario"));
    let middle = timeline.len() / 2;
    let mut app = App::new(timeline, "frame", middle);
    app.view.snapshot.states = Some(states(ranks, (keyspace, step)));
    let sends =
        (0..middle).rev().map(EventIndex).filter(|at| app.timeline.info(*at).op == Op::Send);
    let flights = (0_u32..FLIGHTS).zip(sends).map(|(number, sent)| {
        let from = Rank(1 + number * 31 % nodes);
        let to = Rank(1 + (number * 31 + 1) % nodes);
        Flight { sent, from, to, tag: app.timeline.info(sent).tag }
    });
    app.view.snapshot.flights = flights.collect();
    app.view.snapshot.flights.reverse();
    app
}

fn states(ranks: u32, (keyspace, step): (i64, i64)) -> NodeStates {
    let script = Arc::new(Script::new(Vec::new()));
    let mut nodes = Classic::settled(&NodeSetup { ranks, keyspace, window: 1, script });
    let ring = Ring::walk(&nodes);
    for number in 1..=KEYS {
        let (key, value) = (Key(number * step), Value(number));
        let owner = ring.owner(key).expect("every key has an owner").rank;
        let put = Message::Put { key, value };
        let done = nodes[owner.index()].receive(Rank(0), put, &mut Effects::default());
        done.expect("an owner takes a pair");
    }
    let nodes: Vec<_> = nodes.iter().map(|node| NodeState::of(&node.view())).collect();
    let before = Some((Rank(1), nodes[1].clone()));
    let statuses = Statuses::idle(nodes.len());
    NodeStates { statuses, ring: Ring::walk(&nodes), nodes, before, ring_before: None }
}

/// What is measured: nodes, columns, rows, what is zoomed, and the bar for the slowest frame but one in
/// a hundred.
const CASES: [(u32, u16, u16, Option<Pane>, Duration); 5] = [
    (64, 80, 24, None, Duration::from_millis(2)),
    (64, 240, 67, None, Duration::from_millis(5)),
    (1_000, 240, 67, None, Duration::from_millis(10)),
    (1_000, 240, 67, Some(Pane::Ring), Duration::from_millis(10)),
    (1_000, 240, 67, Some(Pane::SpaceTime), Duration::from_millis(10)),
];

fn frames(criterion: &mut Criterion) {
    let look =
        Look { theme: Theme::new(Palette::Rgb), symbols: Symbols::Braille, reduce_motion: false };
    let mut group = criterion.benchmark_group("frame");
    group.sample_size(20).measurement_time(Duration::from_secs(3));
    for (nodes, width, height, zoomed, bar) in CASES {
        let mut app = app(nodes);
        if let Some(pane) = zoomed {
            (app.view.focus, app.view.is_zoomed) = (pane, true);
        }
        let what = zoomed.map_or("all panes", Pane::name);
        let name = format!("{width}x{height}, {nodes} nodes, {what}");
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a test backend");
        let mut frame = || {
            terminal.draw(|frame| draw(frame, black_box(&app), &look)).expect("memory takes it");
        };
        percentiles(&name, bar, &mut frame);
        group.bench_function(&name, |bencher| bencher.iter(&mut frame));
    }
}

/// Criterion shows means; what is felt is the slow frame.
fn percentiles(name: &str, bar: Duration, frame: &mut impl FnMut()) {
    const FRAMES: usize = 2_000;
    let mut times: Vec<Duration> = (0..FRAMES)
        .map(|_| {
            let start = Instant::now();
            frame();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    let (p50, p99) = (times[FRAMES / 2], times[FRAMES * 99 / 100]);
    let verdict = if p99 <= bar { "reached" } else { "MISSED" };
    let [p50, p99, bar] = [p50, p99, bar].map(|time| time.as_micros());
    println!("frame/{name}: p50 {p50} us, p99 {p99} us, bar {bar} us {verdict}");
}

criterion_group!(benches, frames);
criterion_main!(benches);
