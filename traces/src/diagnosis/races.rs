//! Messages of different senders that the same wildcard receive could have taken.

use std::collections::{BTreeMap, VecDeque};

use super::needs::comm_of;
use super::table::Table;
use super::{Kind, Verdict};
use crate::calls::{Any, CommId, PlaceId};
use crate::event::{Event, Rank};
use crate::event_index::EventIndex;

/// The most events times ranks for which vector clocks are kept.
const MOST_CLOCKS: usize = 1 << 24;

/// How many messages to a rank are looked at for each of its receives, from the first on that it has not received:
/// those behind them are no more alike.
const MOST_CANDIDATES: usize = 64;

/// What each event knows of the ranks: how many events of each happened before it or are it.
struct Clocks {
    ranks: usize,
    known: Vec<u32>,
}

impl Clocks {
    /// The clocks of a trace (Mattern, *Virtual Time and Global States of Distributed Systems*, 1988), carried
    /// through collective operations as well; `None` when it is too long.
    fn of(table: &Table<'_>) -> Option<Clocks> {
        let (trace, ranks) = (table.trace, table.ranks.len());
        if trace.events.len().saturating_mul(ranks) > MOST_CLOCKS {
            return None;
        }
        let mut clocks = Clocks { ranks, known: vec![0; trace.events.len() * ranks] };
        let mut now: Vec<Vec<u32>> = vec![vec![0; ranks]; ranks];
        let mut meetings = Meetings::of(table);
        for (i, event) in trace.events.iter().enumerate() {
            let rank = event.rank.index();
            let count = now[rank][rank];
            meetings.pass(table, (event.rank, u64::from(count)), &mut now);
            if event.source().is_some()
                && let Some(send) = table.matching.partner(EventIndex(i)).filter(|send| send.0 < i)
            {
                let sent = clocks.row(send).to_vec();
                join(&mut now[rank], &sent);
            }
            now[rank][rank] += 1;
            let own = now[rank].clone();
            clocks.known[i * ranks..(i + 1) * ranks].copy_from_slice(&own);
        }
        Some(clocks)
    }

    fn row(&self, at: EventIndex) -> &[u32] {
        &self.known[at.0 * self.ranks..(at.0 + 1) * self.ranks]
    }

    /// Whether the first event happened before the second.
    fn before(&self, (first, rank): (EventIndex, Rank), second: EventIndex) -> bool {
        first != second && self.row(first)[rank.index()] <= self.row(second)[rank.index()]
    }
}

fn join(clock: &mut [u32], other: &[u32]) {
    clock.iter_mut().zip(other).for_each(|(own, other)| *own = (*own).max(*other));
}

/// Collective operations in which all wait for all, through which clocks are carried when a rank leaves them.
struct Meetings {
    /// By rank, those that it has yet to pass, in order: after how many of its events, on which communicator, the
    /// number there.
    ahead: Vec<VecDeque<(u64, CommId, u64)>>,
    /// What the ranks knew that have come to one.
    known: BTreeMap<(CommId, u64), Vec<u32>>,
}

/// Operations that no rank leaves before all have entered: only these order what stands before and behind.
const FOR_ALL: [&str; 4] = ["MPI_Barrier", "MPI_Allreduce", "MPI_Allgather", "MPI_Alltoall"];

impl Meetings {
    fn of(table: &Table<'_>) -> Meetings {
        let is_for_all = |name: &str| FOR_ALL.contains(&name.strip_suffix("_c").unwrap_or(name));
        let of_rank = |rank: Rank| {
            let mut all: Vec<(u64, CommId, u64)> = table
                .enters(rank)
                .filter(|enter| is_for_all(&enter.name))
                .map(|enter| (enter.after, enter.comm, enter.number.unwrap_or_default()))
                .collect();
            all.sort_unstable();
            all.into()
        };
        let ahead = table.each().map(|(rank, _)| of_rank(rank)).collect();
        Meetings { ahead, known: BTreeMap::new() }
    }

    /// Takes a rank, with all whom it meets, through the operations that stand before its next event.
    fn pass(&mut self, table: &Table<'_>, (rank, events): (Rank, u64), now: &mut [Vec<u32>]) {
        while let Some((_, comm, number)) = self.next(rank, events) {
            // All of those that meet have come as far in any order of the events: what they know now is
            // what they knew when they entered.
            for member in table.members(comm) {
                let at_most = u64::from(now[member.index()][member.index()]);
                let is_next = self.ahead[member.index()].front() == Some(&(at_most, comm, number));
                if is_next {
                    let known =
                        self.known.entry((comm, number)).or_insert_with(|| vec![0; now.len()]);
                    join(known, &now[member.index()]);
                }
            }
            if let Some(known) = self.known.get(&(comm, number)) {
                join(&mut now[rank.index()], known);
            }
            self.ahead[rank.index()].pop_front();
        }
    }

    fn next(&self, rank: Rank, events: u64) -> Option<(u64, CommId, u64)> {
        self.ahead[rank.index()].front().copied().filter(|(after, ..)| *after <= events)
    }
}

/// A wildcard receive that could have taken another message: where, the first of both kinds, and how often.
struct Race<'t> {
    receive: &'t Event,
    other: &'t Event,
    times: u64,
}

/// The races of a run, one for each place at which a rank receives.
pub(super) fn remarks(table: &Table<'_>) -> Vec<Verdict> {
    let is_wild = |event: &&Event| any_source(event).is_some();
    if !table.trace.events.iter().any(|event| is_wild(&event)) {
        return Vec::new();
    }
    let Some(clocks) = Clocks::of(table) else { return Vec::new() };
    let mut races: BTreeMap<(Rank, Option<PlaceId>), Race<'_>> = BTreeMap::new();
    let mut candidates = Candidates::of(table);
    for (i, receive) in table.trace.events.iter().enumerate() {
        let Some(any) = any_source(receive) else { continue };
        let others = candidates.at(table, EventIndex(i));
        let Some(other) = another(table, &clocks, (EventIndex(i), any), others) else { continue };
        let place = receive.more.as_ref().and_then(|more| more.at);
        let race = races.entry((receive.rank, place)).or_insert(Race { receive, other, times: 0 });
        race.times += 1;
    }
    races.into_iter().map(|((rank, place), race)| told(table, rank, (place, race))).collect()
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
fn any_source(event: &Event) -> Option<Any> {
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
        is_alike && !clocks.before((at, receive.rank), *other)
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
