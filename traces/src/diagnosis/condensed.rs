//! A trace without what has come to its end, for the diagnosis of one that is too large to be held.
//!
//! Where a run stands when it ends is told by the messages that were not received, the requests that are not complete
//! and the calls that the ranks are in. Messages that were received, requests that are complete and collective
//! operations that all have called alike say nothing of that; they are dropped as they go by.

use std::collections::{BTreeMap, VecDeque};
use std::hash::{Hash as _, Hasher as _};

use rustc_hash::{FxHashMap, FxHasher};

use super::beginning::Beginning;
use super::collectives::said;
use super::table::Table;
use super::{Diagnosis, messages, remarks, stuck, verdicts};
use crate::calls::{Became, Call, CommId, Enter, Post};
use crate::event::{Event, Footer, Header, Rank, Trace};
use crate::event_index::EventIndex;
use crate::matching::Matching;
use crate::merge::Placed;
use crate::payload::Payload;

/// How many of the last events are kept, of all ranks together, to see whether they repeat.
const LAST_EVENTS: usize = 1 << 17;

/// What has to be known of the calls before the events are gone through.
#[derive(Debug, Default)]
pub(crate) struct Beforehand {
    /// Requests that are complete, of which there is nothing to say.
    completed: BTreeMap<Rank, Numbers>,
    collectives: BTreeMap<CommId, Alike>,
    members: BTreeMap<CommId, usize>,
    /// How many collective operations the rank that is gone through has entered on each communicator.
    entered: BTreeMap<CommId, usize>,
}

/// The collective operations on a communicator that all of its members have called alike.
#[derive(Debug, Default)]
struct Alike {
    /// What the rank has called that has called most, as hashes.
    called: Vec<u64>,
    /// How many all have called alike that were gone through.
    alike: Option<usize>,
    ranks: usize,
}

impl Beforehand {
    /// The next call of a rank, with the numbers of the whole.
    pub(crate) fn see(&mut self, rank: Rank, call: &Call) {
        match call {
            Call::Complete(done) if done.how == Became::Completed && !done.changed => {
                self.completed.entry(rank).or_default().insert(done.post);
            }
            Call::Enter(enter) if enter.number.is_some() => self.enter(enter),
            Call::Complete(_)
            | Call::Enter(_)
            | Call::Place(_)
            | Call::Address(_)
            | Call::Communicator(_)
            | Call::Leave(_)
            | Call::Post(_)
            | Call::Probe(_)
            | Call::Fail(_)
            | Call::Misuse(_)
            | Call::Exception(_)
            | Call::Exit(_)
            | Call::Died(_)
            | Call::Last(_) => {}
        }
    }

    fn enter(&mut self, enter: &Enter) {
        let alike = self.collectives.entry(enter.comm).or_default();
        let at = self.entered.entry(enter.comm).or_default();
        let mut hasher = FxHasher::default();
        said(enter).hash(&mut hasher);
        let said = hasher.finish();
        match alike.called.get(*at) {
            Some(called) if *called == said => {}
            Some(_) => alike.alike = Some(alike.alike.map_or(*at, |before| before.min(*at))),
            None => alike.called.push(said),
        }
        *at += 1;
    }

    /// All calls of a rank were seen.
    pub(crate) fn end_of_rank(&mut self) {
        for (comm, entered) in std::mem::take(&mut self.entered) {
            let alike = self.collectives.entry(comm).or_default();
            alike.ranks += 1;
            alike.alike = Some(alike.alike.map_or(entered, |before| before.min(entered)));
        }
    }

    /// How many collective operations on each communicator need not be kept: all but the last of those that all
    /// members have called alike.
    fn to_drop(&self, header: &Header) -> BTreeMap<CommId, u64> {
        let of_world = |comm: &CommId| comm.is_world().then_some(header.ranks as usize);
        let members = |comm: &CommId| self.members.get(comm).copied().or(of_world(comm));
        let of = |(comm, alike): (&CommId, &Alike)| {
            let are_all_there = members(comm) == Some(alike.ranks);
            let alike = alike.alike.filter(|_| are_all_there).unwrap_or_default();
            (*comm, (alike as u64).saturating_sub(1))
        };
        self.collectives.iter().map(of).collect()
    }

    /// How many members a communicator has.
    pub(crate) fn know_members(&mut self, tables: &[Call]) {
        for call in tables {
            if let Call::Communicator(communicator) = call {
                self.members.insert(communicator.comm, communicator.members.len());
            }
        }
    }
}

/// Numbers of requests, a bit each.
#[derive(Debug, Default)]
struct Numbers(FxHashMap<u64, u64>);

impl Numbers {
    fn insert(&mut self, post: Post) {
        *self.0.entry(post.0 / 64).or_default() |= 1 << (post.0 % 64);
    }

    fn contains(&self, post: Post) -> bool {
        self.0.get(&(post.0 / 64)).is_some_and(|bits| bits >> (post.0 % 64) & 1 == 1)
    }
}

/// What is kept of a trace that goes by, to say what is wrong with it.
#[derive(Debug)]
pub struct Condensed {
    header: Header,
    completed: BTreeMap<Rank, Numbers>,
    received: BTreeMap<Rank, Numbers>,
    /// How many collective operations are dropped.
    dropped: BTreeMap<CommId, u64>,
    /// The events that are kept, by their places among all.
    kept: FxHashMap<u64, Kept>,
    /// The places of each rank's last events.
    last: BTreeMap<Rank, VecDeque<u64>>,
    most_last: usize,
    calls: Vec<Call>,
    /// How many of the calls are tables: places and communicators.
    tables: usize,
    events: u64,
    beginning: Beginning,
}

#[derive(Debug)]
struct Kept {
    event: Event,
    is_open: bool,
    is_received: bool,
    is_of_last: bool,
}

impl Kept {
    fn is_needed(&self) -> bool {
        let is_under_way = self.event.source().is_none() && !self.is_received;
        self.is_open || self.is_of_last || is_under_way
    }
}

impl Condensed {
    /// Nothing has gone by yet.
    pub(crate) fn new(header: Header, mut beforehand: Beforehand, tables: &[Call]) -> Condensed {
        beforehand.know_members(tables);
        let dropped = beforehand.to_drop(&header);
        let ranks = (header.ranks as usize).max(1);
        Condensed {
            completed: beforehand.completed,
            received: BTreeMap::new(),
            dropped,
            kept: FxHashMap::default(),
            last: BTreeMap::new(),
            most_last: (LAST_EVENTS / ranks).clamp(1, messages::MOST_STEPS),
            calls: tables.to_vec(),
            tables: tables.len(),
            events: 0,
            beginning: Beginning::default(),
            header,
        }
    }

    /// The next event.
    pub fn event(&mut self, placed: &Placed) {
        let at = self.events;
        self.events += 1;
        let &Event { rank, n, op, peer, tag, t, clock, .. } = &placed.event;
        let more = placed.event.more.clone();
        let mut event = Event { rank, n, op, peer, tag, data: Payload::Null, t, clock, more };
        let post = event.more.as_ref().and_then(|more| more.post);
        let is_receive = event.source().is_some();
        if let Some(post) = post.filter(|_| is_receive) {
            self.received.entry(rank).or_default().insert(post);
        }
        self.beginning.event(&event);
        let is_complete = |post| self.completed.get(&rank).is_some_and(|all| all.contains(post));
        let is_open = !is_receive && post.is_some_and(|post| !is_complete(post));
        if let Some(more) = event.more.as_mut().filter(|_| !is_receive && !is_open) {
            // That its request is complete will not be there: the line of it is dropped.
            more.post = None;
        }
        let kept = Kept { event, is_open, is_received: false, is_of_last: true };
        self.kept.insert(at, kept);
        if let Some(send) = placed.send {
            self.change(send, |send| send.is_received = true);
        }
        let last = self.last.entry(rank).or_default();
        last.push_back(at);
        let oldest = if last.len() > self.most_last { last.pop_front() } else { None };
        if let Some(oldest) = oldest {
            self.change(oldest, |oldest| oldest.is_of_last = false);
        }
    }

    fn change(&mut self, at: u64, change: impl FnOnce(&mut Kept)) {
        let Some(kept) = self.kept.get_mut(&at) else { return };
        change(kept);
        if !kept.is_needed() {
            self.kept.remove(&at);
        }
    }

    /// The next call; all events have gone by.
    pub fn call(&mut self, mut call: Call) {
        self.beginning.call(&call);
        let has = |all: &BTreeMap<Rank, Numbers>, rank: Rank, post: Post| {
            all.get(&rank).is_some_and(|all| all.contains(post))
        };
        let is_kept = match &mut call {
            Call::Leave(_)
            | Call::Probe(_)
            | Call::Place(_)
            | Call::Address(_)
            | Call::Communicator(_) => false,
            Call::Enter(enter) => {
                let is_dropped = |number: u64| {
                    self.dropped.get(&enter.comm).is_some_and(|dropped| number < *dropped)
                };
                // That a request is complete will not be there: the line of it is dropped.
                enter.post = enter.post.filter(|post| !has(&self.completed, enter.rank, *post));
                let is_open = enter.post.is_some();
                // One that is open is kept for its request, and does not count among the others.
                !enter.number.is_some_and(is_dropped) || is_open
            }
            Call::Post(posted) => {
                !has(&self.received, posted.rank, posted.post)
                    && !has(&self.completed, posted.rank, posted.post)
            }
            Call::Complete(done) => done.how != Became::Completed || done.changed,
            Call::Fail(_)
            | Call::Misuse(_)
            | Call::Exception(_)
            | Call::Exit(_)
            | Call::Died(_)
            | Call::Last(_) => true,
        };
        if is_kept {
            self.calls.push(call);
        }
    }

    /// What is wrong with the run, and where those ranks are that no verdict is about, of a run that was cut off.
    #[must_use]
    pub fn diagnose(self, footer: Option<Footer>) -> (Diagnosis, Option<String>) {
        let mut kept: Vec<(u64, Kept)> = self.kept.into_iter().collect();
        kept.sort_unstable_by_key(|(at, _)| *at);
        // Of what was received no more is asked than whether it was.
        let partner = |kept: &Kept| kept.is_received.then_some(EventIndex(0));
        let matching = Matching::known(kept.iter().map(|(_, kept)| partner(kept)).collect());
        let events = kept.into_iter().map(|(_, kept)| kept.event).collect();
        let races =
            self.beginning.remarks(&self.header, self.calls.get(..self.tables).unwrap_or_default());
        let trace = Trace { header: self.header, events, calls: self.calls, footer };
        let table = Table::with(&trace, matching, self.dropped);
        let remarks = [remarks(&table), races].concat();
        let diagnosis = Diagnosis { verdicts: verdicts(&table), remarks };
        let others = stuck::others(&table, &diagnosis);
        (diagnosis, others)
    }
}
