//! Small traces for the tests of this crate.

use crate::event::{Ending, Event, Footer, Header, Op, Rank, Source, Tag, TimeKind, Trace};
use crate::payload::Payload;

/// `from` sends to `to`.
pub fn send(from: u32, to: u32, tag: i32) -> Event {
    event(Op::Send, from, to, tag)
}

/// `at` receives from `from`.
pub fn recv(at: u32, from: u32, tag: i32) -> Event {
    event(Op::Recv, at, from, tag)
}

/// A complete trace of these events, `n` and Lamport times set as they must be.
pub fn trace(ranks: u32, events: impl IntoIterator<Item = Event>) -> Trace {
    let mut trace = Trace {
        header: Header {
            source: Source::Sim,
            protocol: "test".to_owned(),
            ranks,
            seed: None,
            time: TimeKind::Virtual,
            more: Vec::new(),
        },
        events: events.into_iter().collect(),
        footer: None,
    };
    let events = trace.events.len() as u64;
    trace.footer = Some(Footer { ending: Ending::Completed, events });
    set_indices(&mut trace);
    set_clocks(&mut trace);
    trace
}

fn event(op: Op, rank: u32, peer: u32, tag: i32) -> Event {
    let (rank, peer) = (Rank(rank), Rank(peer));
    Event { rank, n: 0, op, peer, tag: Tag(tag), data: Payload::Null, t: 0, clock: 1 }
}

fn set_indices(trace: &mut Trace) {
    let mut next = vec![0; trace.header.ranks as usize];
    for event in &mut trace.events {
        event.n = next[event.rank.index()];
        next[event.rank.index()] += 1;
    }
}

fn set_clocks(trace: &mut Trace) {
    let matching = crate::matching::Matching::of(trace);
    let mut clocks = vec![0; trace.header.ranks as usize];
    for i in 0..trace.events.len() {
        let rank = trace.events[i].rank.index();
        let sent = match trace.events[i].op {
            Op::Send => 0,
            Op::Recv => matching.partner(crate::Place(i)).map_or(0, |send| trace[send].clock),
        };
        clocks[rank] = 1 + sent.max(clocks[rank]);
        trace.events[i].clock = clocks[rank];
    }
}
