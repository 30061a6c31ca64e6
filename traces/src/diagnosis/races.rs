//! Messages of different senders that the same wildcard receive could have taken.

use std::collections::{BTreeMap, VecDeque};

use super::clocks::Clocks;
use super::needs::comm_of;
use super::table::Table;
use super::{Kind, Verdict};
use crate::calls::{Any, PlaceId};
use crate::event::{Event, Rank};
use crate::event_index::EventIndex;

/// How many messages to a rank are looked at for each of its receives, from the first on that it has not received:
/// those behind them are no more alike.
const MOST_CANDIDATES: usize = 64;

/// A wildcard receive that could have taken another message: where, the first of both kinds, and how often.
struct Race<'t> {
    receive: &'t Event,
    other: &'t Event,
    times: u64,
}

/// The races of a run, one for each place at which a rank receives.
pub(super) fn remarks(table: &Table<'_>) -> Vec<Verdict> {
    found(table).unwrap_or_default()
}

/// The same; `None` when the trace is too long for them to be looked for.
pub(super) fn found(table: &Table<'_>) -> Option<Vec<Verdict>> {
    let is_wild = |event: &&Event| any_source(event).is_some();
    if !table.trace.events.iter().any(|event| is_wild(&event)) {
        return Some(Vec::new());
    }
    let clocks = Clocks::of(table)?;
    let mut races: BTreeMap<(Rank, Option<PlaceId>), Race<'_>> = BTreeMap::new();
    let mut candidates = Candidates::of(table);
    for (i, receive) in table.trace.events.iter().enumerate() {
        let any = any_source(receive).filter(|_| clocks.is_known(EventIndex(i), receive.rank));
        let Some(any) = any else { continue };
        let others = candidates.at(table, EventIndex(i));
        let Some(other) = another(table, &clocks, (EventIndex(i), any), others) else { continue };
        let place = receive.more.as_ref().and_then(|more| more.at);
        let race = races.entry((receive.rank, place)).or_insert(Race { receive, other, times: 0 });
        race.times += 1;
    }
    Some(races.into_iter().map(|((rank, place), race)| told(table, rank, (place, race))).collect())
}

/// The messages to each rank, in the order of sending, from the first on that it has not received yet.
struct Candidates {
    to: BTreeMap<Rank, VecDeque<EventIndex>>,
}

impl Candidates {
    fn of(table: &Table<'_>) -> Candidates {
        let mut to: BTreeMap<Rank, VecDeque<EventIndex>> = BTreeMap::new();
        for (i, event) in table.trace.events.iter().enumerate() {
            if let Some(receiver) = event.destination() {
                to.entry(receiver).or_default().push_back(EventIndex(i));
            }
        }
        Candidates { to }
    }

    /// Those that the receive at that place could have taken, as far as it is known by what was received before.
    fn at(&mut self, table: &Table<'_>, at: EventIndex) -> Vec<EventIndex> {
        let sent = self.to.entry(table.trace[at].rank).or_default();
        let is_taken =
            |send: &EventIndex| table.matching.partner(*send).is_some_and(|taken| taken <= at);
        let first = sent.drain(..MOST_CANDIDATES.min(sent.len()));
        let open: Vec<EventIndex> = first.filter(|send| !is_taken(send)).collect();
        open.iter().rev().for_each(|send| sent.push_front(*send));
        open
    }
}

/// What a wildcard receive left open, if it is one of any source.
pub(super) fn any_source(event: &Event) -> Option<Any> {
    event.source()?;
    event.more.as_ref()?.any.filter(|any| any.source())
}

/// A message of another sender that the receive could have taken: it was not received before, and did not come
/// of the receive.
fn another<'t>(
    table: &Table<'t>,
    clocks: &Clocks,
    (at, any): (EventIndex, Any),
    others: Vec<EventIndex>,
) -> Option<&'t Event> {
    let trace = table.trace;
    let receive = &trace[at];
    let other = others.into_iter().find(|other| {
        let send = &trace[*other];
        let is_alike = send.rank != receive.peer
            && comm_of(send) == comm_of(receive)
            && (any.tag() || send.tag == receive.tag);
        is_alike && clocks.is_known(*other, send.rank) && !clocks.before((at, receive.rank), *other)
    })?;
    Some(&trace[other])
}

fn told(table: &Table<'_>, rank: Rank, (place, race): (Option<PlaceId>, Race<'_>)) -> Verdict {
    let Race { receive, other, times } = race;
    let sent_at = |event: &Event| table.at(event.more.as_ref().and_then(|more| more.at));
    let often = if times == 1 { "once".to_owned() } else { format!("{times} times") };
    let says = format!(
        "a race at the wildcard receive{} of rank {rank}, {often}: it took a message of rank {} with {}, \
         and could have taken one of rank {} with {}{}",
        table.at(place),
        receive.peer,
        table.tag(receive.tag),
        other.rank,
        table.tag(other.tag),
        sent_at(other)
    );
    Verdict { kind: Kind::Race, ranks: vec![rank, receive.peer, other.rank], says }
}
