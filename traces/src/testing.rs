//! Small traces for the tests of this crate.

use crate::causality::stamp;
use crate::event::{Ending, Event, Footer, Header, Op, Rank, Source, Tag, TimeKind, Trace};
use crate::payload::Payload;

/// `from` sends to `to`.
pub(crate) fn send(from: u32, to: u32, tag: i32) -> Event {
    event(Op::Send, from, to, tag)
}

/// `at` receives from `from`.
pub(crate) fn recv(at: u32, from: u32, tag: i32) -> Event {
    event(Op::Recv, at, from, tag)
}

/// A complete trace of these events, `n` and Lamport times set as they must be.
pub(crate) fn trace(ranks: u32, events: impl IntoIterator<Item = Event>) -> Trace {
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
        calls: Vec::new(),
        footer: None,
    };
    let events = trace.events.len() as u64;
    trace.footer = Some(Footer { ending: Ending::Completed, events });
    stamp(&mut trace);
    trace
}

fn event(op: Op, rank: u32, peer: u32, tag: i32) -> Event {
    let (rank, peer) = (Rank(rank), Rank(peer));
    Event { rank, n: 0, op, peer, tag: Tag(tag), data: Payload::Null, t: 0, clock: 1, more: None }
}
