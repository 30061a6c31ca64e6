//! Random traces of runs that could have been, and the recorded runs of real ones.
#![allow(dead_code, reason = "each test file uses a part")]

pub(crate) mod reference;

use std::collections::VecDeque;
use std::sync::Arc;

use proptest::prelude::*;
use ringscope_traces::payload::Key;
use ringscope_traces::{
    Ending, Event, Footer, Header, Op, Payload, Rank, Source, Tag, TimeKind, Trace, read_trace,
    write_trace,
};

/// One step of a random program: who, to or from whom, and what.
#[derive(Debug, Clone)]
struct Move {
    is_send: bool,
    rank: usize,
    choice: usize,
    tag: i32,
    data: Payload,
}

/// A run of a few ranks that send what they like and receive what there is, in the order of MPI.
pub(crate) fn run() -> impl Strategy<Value = Trace> {
    run_of(payload())
}

/// The same with payloads that often repeat, so that neighbours are often equal.
pub(crate) fn dull_run() -> impl Strategy<Value = Trace> {
    run_of((0_i64..2).prop_map(Payload::Int))
}

fn run_of(data: impl Strategy<Value = Payload>) -> impl Strategy<Value = Trace> {
    let a_move = (any::<bool>(), 0..100_usize, 0..100_usize, 0..3, data);
    let a_move = a_move.prop_map(|(is_send, rank, choice, tag, data)| Move {
        is_send,
        rank,
        choice,
        tag,
        data,
    });
    (1..6_usize, header(), ending(), prop::collection::vec(a_move, 0..60)).prop_map(
        |(ranks, mut header, ending, moves)| {
            header.ranks = u32::try_from(ranks).expect("a few");
            let events = play(ranks, moves);
            let footer = ending.map(|ending| Footer { ending, events: events.len() as u64 });
            Trace { header, events, calls: Vec::new(), footer }
        },
    )
}

fn play(ranks: usize, moves: Vec<Move>) -> Vec<Event> {
    let mut clocks = vec![0; ranks];
    let mut counts = vec![0; ranks];
    let mut in_flight: Vec<VecDeque<Event>> = vec![VecDeque::new(); ranks];
    let mut events = Vec::new();
    for (t, Move { is_send, rank, choice, tag, data }) in moves.into_iter().enumerate() {
        let me = rank % ranks;
        let (op, peer, tag, data, sent) = if is_send {
            (Op::Send, as_rank(choice % ranks), Tag(tag), data, 0)
        } else {
            let Some(message) = take(&mut in_flight[me], choice) else { continue };
            (Op::Recv, message.rank, message.tag, message.data, message.clock)
        };
        clocks[me] = 1 + sent.max(clocks[me]);
        let (n, clock) = (counts[me], clocks[me]);
        counts[me] += 1;
        let event = Event {
            rank: as_rank(me),
            n,
            op,
            peer,
            tag,
            data,
            t: t as u64 * 10,
            clock,
            more: None,
        };
        if is_send {
            in_flight[peer.index()].push_back(event.clone());
        }
        events.push(event);
    }
    events
}

/// The oldest message of some sender.
fn take(queue: &mut VecDeque<Event>, choice: usize) -> Option<Event> {
    let sender = queue.get(choice % queue.len().max(1))?.rank;
    let oldest = queue.iter().position(|message| message.rank == sender)?;
    queue.remove(oldest)
}

fn as_rank(index: usize) -> Rank {
    Rank(u32::try_from(index).expect("a few"))
}

fn header() -> impl Strategy<Value = Header> {
    let source = prop_oneof![Just(Source::Sim), Just(Source::Mpi), Just(Source::Recorded)];
    let time = prop_oneof![Just(TimeKind::Virtual), Just(TimeKind::Wall)];
    let more = prop::option::of(payload()).prop_map(|value| {
        value.into_iter().map(|value| ("window \u{1b}".to_owned(), value)).collect()
    });
    (source, time, any::<String>(), any::<Option<u64>>(), more).prop_map(
        |(source, time, protocol, seed, more)| Header {
            source,
            protocol,
            ranks: 1,
            seed,
            time,
            more,
        },
    )
}

fn ending() -> impl Strategy<Value = Option<Ending>> {
    prop_oneof![
        Just(None),
        Just(Some(Ending::Completed)),
        Just(Some(Ending::Deadlock)),
        Just(Some(Ending::Livelock)),
        Just(Some(Ending::Stopped)),
        any::<Option<String>>()
            .prop_map(|reason| Some(Ending::Crashed { rank: Some(Rank(0)), reason })),
    ]
}

/// Any payload, numbers of many digits and nested maps among them.
pub(crate) fn payload() -> impl Strategy<Value = Payload> {
    let number = prop_oneof![
        (i64::MAX as u64 + 1..).prop_map(|value: u64| value.to_string()),
        "[1-9][0-9]{20,30}",
        "-[1-9][0-9]{20,30}",
        prop::num::f64::NORMAL.prop_map(|value| serde_json::to_string(&value).expect("a number")),
    ];
    let leaf = prop_oneof![
        Just(Payload::Null),
        any::<bool>().prop_map(Payload::Bool),
        any::<i64>().prop_map(Payload::Int),
        number.prop_map(|text| Payload::Number(text.into())),
        any::<String>().prop_map(|text| Payload::Text(text.into())),
    ];
    leaf.prop_recursive(3, 20, 5, |inner| {
        let list = prop::collection::vec(inner.clone(), 0..5).prop_map(Payload::list);
        let key = prop_oneof![
            any::<i64>().prop_map(Key::Int),
            "[a-z\u{1b}\"]{0,5}".prop_map(|text| Key::Text(text.into())),
        ];
        let map = prop::collection::vec((key, inner), 0..5).prop_map(Payload::map);
        prop_oneof![list, map]
    })
}

/// The trace as a file.
pub(crate) fn bytes(trace: &Trace) -> Vec<u8> {
    write_trace(Vec::new(), trace).expect("memory takes everything")
}

/// The trace that a file of these bytes holds.
pub(crate) fn read(bytes: &[u8]) -> Trace {
    match read_trace(bytes, "test.jsonl") {
        Ok((trace, _)) => trace,
        Err(error) => panic!("{error}"),
    }
}

/// A trace of these lines, as a person would write one.
pub(crate) fn lines(ranks: u32, events: &[(u32, &str, u32, i32, i64)]) -> Trace {
    let mut counts = vec![0; ranks as usize];
    let mut trace = read(
        format!(
            "{{\"trace\":1,\"source\":\"sim\",\"protocol\":\"test\",\"ranks\":{ranks},\"time\":\"virtual\"}}\n"
        )
        .as_bytes(),
    );
    for (i, (rank, op, peer, tag, data)) in events.iter().enumerate() {
        let n = counts[*rank as usize];
        counts[*rank as usize] += 1;
        trace.events.push(Event {
            rank: Rank(*rank),
            n,
            op: if *op == "send" { Op::Send } else { Op::Recv },
            peer: Rank(*peer),
            tag: Tag(*tag),
            data: Payload::List(Arc::from([Payload::Int(*data)])),
            t: 0,
            clock: i as u64 + 1,
            more: None,
        });
    }
    trace
}
