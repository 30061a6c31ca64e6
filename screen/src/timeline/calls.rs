//! What the ranks of a recorded program called beside sends and receives, and when, as the screen asks for it.
//!
//! A cursor counts events, and calls are none. So a [`Moment`] is a cursor and a time: after so many events, of the calls
//! before the next event those have been made that were made by then.

mod collective;

use std::collections::{BTreeMap, BTreeSet};

use ringscope_traces::calls::{Call, CommId, Communicator, FINALIZE, LastCall, Place, PlaceId};
use ringscope_traces::indexed::{Index, IndexedCalls};
use ringscope_traces::{EventIndex, Rank};

pub use collective::{Collective, Entered};

/// A moment of a run: after so many events, and of the calls since then those up to a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Moment {
    /// How many events have happened.
    pub cursor: usize,
    /// Up to which time, in nanoseconds since the run began, the calls behind them have been made.
    pub t: u64,
}

impl Moment {
    /// After so many events, and all calls before the next one.
    pub fn after(cursor: usize) -> Moment {
        Moment { cursor, t: u64::MAX }
    }
}

/// A call of a rank, and when it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimedCall {
    /// When.
    pub moment: Moment,
    /// What.
    pub call: Call,
    /// The collective operation that it enters, by its place in the list.
    pub enters: Option<usize>,
}

/// What has a row of its own among the events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallMark {
    /// A collective operation, by its place in the list: when the last rank of those that do enters it.
    Collective(usize),
    /// A call of a rank, by its place among that rank's calls.
    Of(Rank, usize),
}

/// A row among the events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallRow {
    /// When it is passed.
    pub moment: Moment,
    /// What it shows.
    pub mark: CallMark,
}

/// What the ranks of a run called beside sends and receives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calls {
    ranks: Vec<Vec<TimedCall>>,
    rows: Vec<CallRow>,
    collectives: Vec<Collective>,
    places: BTreeMap<PlaceId, Place>,
    communicators: BTreeMap<CommId, Communicator>,
    left_out: u64,
    /// Whether all places are in one file, so that a line's number says all.
    is_of_one_file: bool,
}

impl Calls {
    /// Sorts the calls of a run whose events have all been indexed.
    pub(super) fn of(index: &Index, found: IndexedCalls) -> Calls {
        let mut calls = Calls { left_out: found.left_out, ..Calls::default() };
        if !found.calls.is_empty() {
            calls.ranks.resize_with(index.header().ranks as usize, Vec::new);
        }
        let mut clocks: BTreeMap<Rank, Clock> = BTreeMap::new();
        for call in found.calls {
            let Some(rank) = call.rank() else {
                calls.note(call);
                continue;
            };
            let clock = clocks.entry(rank).or_insert_with(|| Clock::of(index, rank));
            let moment = clock.moment(index, &call);
            if let Some(of_rank) = calls.ranks.get_mut(rank.index()) {
                of_rank.push(TimedCall { moment, call, enters: None });
            }
        }
        calls.collectives = collective::all(&calls, index.header().ranks);
        let files: BTreeSet<&str> = calls.places.values().map(|place| &*place.file).collect();
        calls.is_of_one_file = files.len() == 1;
        calls.note_collectives();
        calls.rows = calls.marks();
        calls
    }

    /// Takes note of a place or a communicator.
    pub(crate) fn note(&mut self, call: Call) {
        if let Call::Place(place) = call {
            self.places.insert(place.place, place);
        } else if let Call::Communicator(one) = call {
            self.communicators.insert(one.comm, one);
        }
    }

    fn note_collectives(&mut self) {
        for (at, collective) in self.collectives.iter().enumerate() {
            for entered in &collective.entered {
                let of_rank = self.ranks.get_mut(entered.rank.index());
                if let Some(call) = of_rank.and_then(|calls| calls.get_mut(entered.place)) {
                    call.enters = Some(at);
                }
            }
        }
    }

    /// The rows, in the order in which they are passed.
    fn marks(&self) -> Vec<CallRow> {
        let collectives = self
            .collectives
            .iter()
            .enumerate()
            .map(|(at, one)| CallRow { moment: one.moment, mark: CallMark::Collective(at) });
        let of_ranks = (0..).map(Rank).zip(&self.ranks).flat_map(|(rank, calls)| {
            let shown = calls.iter().enumerate().filter(|(_, one)| has_row(&one.call));
            shown.map(move |(at, one)| CallRow { moment: one.moment, mark: CallMark::Of(rank, at) })
        });
        let mut rows: Vec<CallRow> = collectives.chain(of_ranks).collect();
        rows.sort_by_key(|row| row.moment);
        rows
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ranks.iter().all(Vec::is_empty)
    }

    /// How many calls of a very long run are not kept.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// The rows among the events.
    pub fn rows(&self) -> &[CallRow] {
        &self.rows
    }

    /// How many of the rows have been passed at a moment.
    pub fn passed(&self, now: Moment) -> usize {
        self.rows.partition_point(|row| row.moment <= now)
    }

    /// How many of the rows stand before an event.
    pub fn rows_before(&self, at: EventIndex) -> usize {
        self.rows.partition_point(|row| row.moment.cursor <= at.0)
    }

    /// The calls of a rank up to a moment, in their order.
    pub fn of_rank(&self, rank: Rank, now: Moment) -> &[TimedCall] {
        let calls = self.ranks.get(rank.index()).map_or(&[][..], Vec::as_slice);
        &calls[..calls.partition_point(|one| one.moment <= now)]
    }

    /// A call of a rank.
    pub fn call(&self, rank: Rank, at: usize) -> Option<&TimedCall> {
        self.ranks.get(rank.index())?.get(at)
    }

    /// The collective operations.
    pub fn collectives(&self) -> &[Collective] {
        &self.collectives
    }

    /// The collective operation that a rank is in, by its place in the list.
    pub fn collective_of(&self, rank: Rank, now: Moment) -> Option<usize> {
        let mut before = self.of_rank(rank, now).iter().rev().take(FARTHEST);
        let last = before.find(|one| matches!(&one.call, Call::Enter(_) | Call::Leave(_)))?;
        let is_waited_in = matches!(&last.call, Call::Enter(enter) if enter.post.is_none());
        last.enters.filter(|_| is_waited_in)
    }

    /// The call in which a rank is when the run ends.
    pub fn last_of(&self, rank: Rank) -> Option<&LastCall> {
        let calls = self.ranks.get(rank.index())?;
        calls.iter().rev().find_map(|one| {
            let Call::Last(last) = &one.call else { return None };
            Some(last)
        })
    }

    /// The call that a rank has not returned from when the run ends.
    pub fn blocked_in(&self, rank: Rank) -> Option<&LastCall> {
        self.last_of(rank).filter(|last| last.inside)
    }

    /// A place in the source.
    pub fn place(&self, at: Option<PlaceId>) -> Option<&Place> {
        self.places.get(&at?)
    }

    /// Whether all places are in one file, so that a line's number says all.
    pub fn is_of_one_file(&self) -> bool {
        self.is_of_one_file
    }

    /// All places, by their numbers.
    pub fn places(&self) -> impl Iterator<Item = &Place> {
        self.places.values()
    }

    /// The ranks of a communicator that is not the world; `None` where the trace does not say.
    pub fn communicator(&self, comm: CommId) -> Option<&Communicator> {
        self.communicators.get(&comm)
    }

    /// All communicators but the world.
    pub fn communicators(&self) -> impl Iterator<Item = &Communicator> {
        self.communicators.values().filter(|one| !one.comm.is_world())
    }
}

/// What has a row of its own: what is no collective operation, says something at the place where it stands, and is not said by
/// an event.
fn has_row(call: &Call) -> bool {
    match call {
        Call::Probe(_) | Call::Fail(_) | Call::Misuse(_) | Call::Exception(_) | Call::Died(_) => {
            true
        }
        Call::Exit(exit) => exit.code != 0,
        Call::Last(last) => last.inside && last.number.is_none() && last.name != FINALIZE,
        Call::Place(_)
        | Call::Address(_)
        | Call::Communicator(_)
        | Call::Enter(_)
        | Call::Leave(_)
        | Call::Post(_)
        | Call::Complete(_) => false,
    }
}

/// How many calls of a rank are gone through for the collective operation that it is in.
const FARTHEST: usize = 1_000;

/// Where a rank's calls stand among the events, as they go by.
struct Clock {
    /// The moment of the call before.
    last: Moment,
    /// How many of the rank's events are behind.
    events: u64,
    /// The rank's next event.
    next: Option<EventIndex>,
}

impl Clock {
    fn of(index: &Index, rank: Rank) -> Clock {
        Clock { last: Moment { cursor: 0, t: 1 }, events: 0, next: index.first(rank) }
    }

    /// When a call was made: behind the events that its rank had before, and, of the others, behind those that were not later
    /// by the clock.
    fn moment(&mut self, index: &Index, call: &Call) -> Moment {
        let (after, t) = when(call);
        while self.events < after
            && let Some(event) = self.next
        {
            self.events += 1;
            self.next = index.next(event);
            self.last = Moment { cursor: event.0 + 1, t: index.outline(event).t.max(self.last.t) };
        }
        let most = self.next.map_or(index.len(), |next| next.0);
        let t = t.unwrap_or(self.last.t).max(self.last.t).max(1);
        let mut cursor = self.last.cursor;
        while cursor < most && index.outline(EventIndex(cursor)).t <= t {
            cursor += 1;
        }
        // What a rank is in at the end, and how it ended, stands behind all that the others did.
        // The note of a send is written before the send is an event.
        let is_end = matches!(call, Call::Last(last) if last.inside);
        let cursor = if is_end { index.len() } else { cursor };
        self.last = Moment { cursor, t };
        self.last
    }
}

/// How many events its rank had before a call, and the time, where it has one.
fn when(call: &Call) -> (u64, Option<u64>) {
    match call {
        Call::Enter(one) => (one.after, Some(one.t)),
        Call::Leave(one) => (one.after, Some(one.t)),
        Call::Post(one) => (one.after, None),
        Call::Complete(one) => (one.after, None),
        Call::Probe(one) => (one.after, Some(one.t)),
        Call::Fail(one) => (one.after, None),
        Call::Misuse(one) => (one.after, None),
        Call::Exception(one) => (one.after, None),
        Call::Exit(one) => (one.after, None),
        Call::Last(one) => (one.after, Some(one.t)),
        Call::Died(_) => (u64::MAX, None),
        Call::Place(_) | Call::Address(_) | Call::Communicator(_) => (0, None),
    }
}

/// When a call was made, in nanoseconds since the run began, where it says so.
pub(crate) fn time(call: &Call) -> Option<u64> {
    when(call).1
}
