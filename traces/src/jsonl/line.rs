//! The kinds of lines, and the fields of each.

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::error::{Foreign, Problem};
use super::fields::{Fault, Fields, Shape, quoted};
use crate::calls::{Any, Call, CommId, Details, PlaceId, Post};
use crate::event::{
    Ending, Event, Footer, Header, MAX_RANKS, MESSAGES_ONLY, Op, Rank, Tag, VERSION,
};
use crate::payload::Payload;
use crate::text::Plain;

/// The fields of a header that are known; all others are kept as further fields.
const HEADER_FIELDS: [&str; 6] = ["trace", "source", "protocol", "ranks", "seed", "time"];

/// A line below the header.
#[derive(Debug)]
pub(super) enum Line {
    Event(Event),
    Call(Call),
    Footer(Footer),
}

/// Reads the first line.
pub(super) fn header(line: &str) -> Result<Header, Fault> {
    let fields = Fields::parse(line)?;
    match fields.find("trace")? {
        None => return Err(Problem::Foreign(Foreign::OtherJson).into()),
        Some(raw) if is_known(raw.get()) => {}
        Some(raw) => return Err(Problem::Version { found: quoted(raw.get()) }.into()),
    }
    let ranks_expected = format!("a number of processes from 1 to {MAX_RANKS}");
    let ranks = |raw: &str| raw.parse().ok().filter(|ranks| (1..=MAX_RANKS).contains(ranks));
    Ok(Header {
        source: fields.require("source", one_of("\"sim\", \"mpi\" or \"recorded\""))?,
        protocol: fields.require("protocol", one_of("the name of a protocol"))?,
        ranks: fields.require("ranks", Shape { expected: &ranks_expected, read: &ranks })?,
        seed: fields.optional("seed", one_of("a whole number, 0 or more"))?,
        time: fields.require("time", one_of("\"virtual\" or \"wall\""))?,
        more: more(&fields)?,
    })
}

fn is_known(version: &str) -> bool {
    version.parse().is_ok_and(|version: u64| (MESSAGES_ONLY..=VERSION).contains(&version))
}

fn more(fields: &Fields<'_>) -> Result<Vec<(String, Payload)>, Fault> {
    let further = fields.names().filter(|name| !HEADER_FIELDS.contains(name));
    further
        .map(|name| Ok((name.to_owned(), fields.payload(name)?.unwrap_or(Payload::Null))))
        .collect()
}

/// Reads any other line: by the fast path, and if that fails by the slow one, which either reads it or
/// reports what is wrong.
pub(super) fn event_or_footer(line: &str, ranks: u32) -> Result<Line, Fault> {
    match serde_json::from_str::<EventLine>(line) {
        Ok(read) if read.is_event_within(ranks) => Ok(Line::Event(read.into_event())),
        Ok(_) | Err(_) => carefully(line, ranks),
    }
}

fn carefully(line: &str, ranks: u32) -> Result<Line, Fault> {
    let fields = Fields::parse(line)?;
    if fields.has("end") {
        footer(&fields, ranks).map(Line::Footer)
    } else if fields.has("call") {
        call(line, ranks).map(Line::Call)
    } else {
        event(&fields, ranks).map(Line::Event)
    }
}

/// Reads a call of a kind of which there are many, if its kind stands first, as it is written.
///
/// That a kind is told by a field may stand anywhere, so the general way is to gather all fields first.
pub(super) fn call_fast(line: &str, ranks: u32) -> Option<Call> {
    fn of<T: DeserializeOwned>(line: &str, kind: fn(T) -> Call) -> Option<Call> {
        serde_json::from_str(line).ok().map(kind)
    }
    let rest = line.strip_prefix("{\"call\":\"")?;
    let call = match rest.split_once('"')?.0 {
        "enter" => of(line, Call::Enter),
        "leave" => of(line, Call::Leave),
        "post" => of(line, Call::Post),
        "complete" => of(line, Call::Complete),
        "probe" => of(line, Call::Probe),
        _ => None,
    };
    call.filter(|call| call.names().all(|rank| rank.0 < ranks))
}

fn call(line: &str, ranks: u32) -> Result<Call, Fault> {
    let unknown = |what: &str| Fault::from(Problem::Call(Plain(what).to_string()));
    let call: Call = serde_json::from_str(line).map_err(|error| unknown(&error.to_string()))?;
    let is_foreign = call.names().any(|rank| rank.0 >= ranks);
    if is_foreign {
        let what = format!("a rank in it is not {}", rank_expected(ranks));
        return Err(unknown(&what));
    }
    Ok(call)
}

fn event(fields: &Fields<'_>, ranks: u32) -> Result<Event, Fault> {
    const WHOLE: &str = "a whole number, 0 or more";
    let rank_expected = rank_expected(ranks);
    let rank = |raw: &str| read_rank(raw, ranks);
    let rank_shape = Shape { expected: &rank_expected, read: &rank };
    Ok(Event {
        rank: fields.require("rank", rank_shape)?,
        n: fields.require("n", one_of(WHOLE))?,
        op: fields.require("op", one_of("\"send\" or \"recv\""))?,
        peer: fields.require("peer", rank_shape)?,
        tag: fields.require("tag", one_of("an MPI tag, a whole number of 32 bits"))?,
        data: fields.payload("data")?.ok_or_else(|| Problem::Missing {
            field: "data",
            expected: "the message's payload".to_owned(),
        })?,
        t: fields.require("t", one_of("a whole number of nanoseconds, 0 or more"))?,
        clock: fields.require("clock", one_of(WHOLE))?,
        more: details(fields)?,
    })
}

fn details(fields: &Fields<'_>) -> Result<Option<Box<Details>>, Fault> {
    const WHOLE: &str = "a whole number, 0 or more";
    let comm = fields.optional("comm", one_of("the number of a communicator"))?;
    let details = Details {
        comm: comm.unwrap_or_default(),
        message: fields.optional("message", one_of(WHOLE))?,
        post: fields.optional("post", one_of(WHOLE))?,
        any: fields.optional("any", one_of("\"source\", \"tag\" or \"both\""))?,
        bytes: fields.optional("bytes", one_of(WHOLE))?,
        hash: fields.optional("hash", one_of("a whole number of 64 bits"))?,
        cut: fields.optional("cut", one_of(WHOLE))?,
        at: fields.optional("at", one_of("the number of a place"))?,
    };
    Ok(boxed(details))
}

/// Details that say something.
fn boxed(details: Details) -> Option<Box<Details>> {
    (details != Details::default()).then(|| Box::new(details))
}

fn footer(fields: &Fields<'_>, ranks: u32) -> Result<Footer, Fault> {
    const ENDINGS: &str = "\"completed\", \"deadlock\", \"livelock\", \"crashed\" or \"stopped\"";
    let rank_expected = rank_expected(ranks);
    let rank = |raw: &str| read_rank(raw, ranks);
    let named = |raw: &str| serde_json::from_str(raw).ok().and_then(ending_named);
    let ending = match fields.require("end", Shape { expected: ENDINGS, read: &named })? {
        Ending::Crashed { .. } => Ending::Crashed {
            rank: fields.optional("rank", Shape { expected: &rank_expected, read: &rank })?,
            reason: fields.optional("reason", one_of("a reason in words"))?,
        },
        known @ (Ending::Completed | Ending::Deadlock | Ending::Livelock | Ending::Stopped) => {
            known
        }
    };
    Ok(Footer { ending, events: fields.require("events", one_of("the number of events"))? })
}

fn ending_named(name: String) -> Option<Ending> {
    let crashed = Ending::Crashed { rank: None, reason: None };
    [Ending::Completed, Ending::Deadlock, Ending::Livelock, crashed, Ending::Stopped]
        .into_iter()
        .find(|ending| ending.name() == name)
}

fn rank_expected(ranks: u32) -> String {
    format!("a rank from 0 to {}", ranks.saturating_sub(1))
}

fn read_rank(raw: &str, ranks: u32) -> Option<Rank> {
    raw.parse().ok().filter(|rank| *rank < ranks).map(Rank)
}

/// Whatever JSON can be read as a `T`.
fn one_of<T: DeserializeOwned>(expected: &str) -> Shape<'_, T> {
    Shape { expected, read: &|raw| serde_json::from_str(raw).ok() }
}

/// An event as it stands in its line.
#[derive(Deserialize)]
struct EventLine {
    rank: Rank,
    n: u64,
    op: Op,
    peer: Rank,
    tag: Tag,
    data: Payload,
    t: u64,
    clock: u64,
    #[serde(default)]
    comm: CommId,
    #[serde(default)]
    message: Option<u64>,
    #[serde(default)]
    post: Option<Post>,
    #[serde(default)]
    any: Option<Any>,
    #[serde(default)]
    bytes: Option<u64>,
    #[serde(default)]
    hash: Option<u64>,
    #[serde(default)]
    cut: Option<u64>,
    #[serde(default)]
    at: Option<PlaceId>,
    #[serde(default)]
    end: Option<IgnoredAny>,
}

impl EventLine {
    fn is_event_within(&self, ranks: u32) -> bool {
        self.end.is_none() && self.rank.0 < ranks && self.peer.0 < ranks
    }

    fn into_event(self) -> Event {
        let EventLine { rank, n, op, peer, tag, data, t, clock, .. } = self;
        let EventLine { comm, message, post, any, bytes, hash, cut, at, .. } = self;
        let more = boxed(Details { comm, message, post, any, bytes, hash, cut, at });
        Event { rank, n, op, peer, tag, data, t, clock, more }
    }
}
