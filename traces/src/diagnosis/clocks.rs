//! Vector clocks, carried through messages and collective operations.
//!
//! A trace's order keeps each receive behind its send, and says nothing of collective operations: what a rank sent
//! behind a barrier may stand before what another received in front of it. So ranks are taken along their events here as
//! they could have gone: each waits where it waited.

use std::collections::{BTreeMap, VecDeque};

use super::table::Table;
use crate::calls::{Became, Call, CommId, Enter};
use crate::event::{Event, Rank};
use crate::event_index::EventIndex;

/// The most events times ranks for which clocks are kept.
const MOST_CLOCKS: usize = 1 << 24;

/// What each event knows of the ranks: how many events of each happened before it or are it.
pub(super) struct Clocks {
    ranks: usize,
    known: Vec<u32>,
}

impl Clocks {
    /// The clocks of a trace (Mattern, *Virtual Time and Global States of Distributed Systems*, 1988); `None` when it
    /// is too long.
    pub(super) fn of(table: &Table<'_>) -> Option<Clocks> {
        let (events, ranks) = (table.trace.events.len(), table.ranks.len());
        if events.saturating_mul(ranks) > MOST_CLOCKS {
            return None;
        }
        let clocks = Clocks { ranks, known: vec![0; events * ranks] };
        let mut walk = Walk::new(table, clocks);
        while (0..ranks).any(|rank| walk.go(rank)) {}
        Some(walk.clocks)
    }

    /// Whether an event happened before another, and both are known to have happened: behind an operation that not all
    /// are known to have entered nothing is.
    pub(super) fn before(&self, (first, rank): (EventIndex, Rank), second: EventIndex) -> bool {
        first != second && self.row(first)[rank.index()] <= self.row(second)[rank.index()]
    }

    /// Whether it is known what happened before an event of a rank.
    pub(super) fn is_known(&self, at: EventIndex, rank: Rank) -> bool {
        self.row(at)[rank.index()] > 0
    }

    fn row(&self, at: EventIndex) -> &[u32] {
        &self.known[at.0 * self.ranks..(at.0 + 1) * self.ranks]
    }
}

fn join(clock: &mut [u32], other: &[u32]) {
    clock.iter_mut().zip(other).for_each(|(own, other)| *own = (*own).max(*other));
}

/// A collective operation: the communicator, and its number there.
type Operation = (CommId, u64);

/// What a rank does with a collective operation.
#[derive(Debug, Clone, Copy)]
enum Step<'t> {
    Enters(&'t Enter),
    /// Or sees that one is complete which it has begun.
    Leaves(&'t Enter),
}

/// Ranks on their way along their events.
struct Walk<'a, 't> {
    table: &'a Table<'t>,
    clocks: Clocks,
    /// What each rank knows where it is.
    now: Vec<Vec<u32>>,
    /// The events of each rank that are still to come.
    events: Vec<VecDeque<EventIndex>>,
    /// Its steps that are still to come, each with the number of events before it.
    steps: Vec<VecDeque<(u64, Step<'t>)>>,
    /// What those knew who have entered an operation that somebody has yet to leave.
    entered: BTreeMap<Operation, Entered>,
}

/// A collective operation that is going on.
#[derive(Default)]
struct Entered {
    known: BTreeMap<Rank, Vec<u32>>,
    have_left: usize,
}

impl<'a, 't> Walk<'a, 't> {
    fn new(table: &'a Table<'t>, clocks: Clocks) -> Walk<'a, 't> {
        let ranks = clocks.ranks;
        let mut events = vec![VecDeque::new(); ranks];
        for (i, event) in table.trace.events.iter().enumerate() {
            events[event.rank.index()].push_back(EventIndex(i));
        }
        let now = vec![vec![0; ranks]; ranks];
        Walk { table, clocks, now, events, steps: steps(table), entered: BTreeMap::new() }
    }

    /// Takes a rank as far as it comes; returns whether that is further than it was.
    fn go(&mut self, rank: usize) -> bool {
        let mut has_moved = false;
        while self.step(rank) {
            has_moved = true;
        }
        has_moved
    }

    fn step(&mut self, rank: usize) -> bool {
        let count = u64::from(self.now[rank][rank]);
        match self.steps[rank].front() {
            Some((after, step)) if *after <= count => {
                let can_go = match *step {
                    Step::Enters(enter) => self.enter(enter),
                    Step::Leaves(enter) => self.leave(enter),
                };
                if can_go {
                    self.steps[rank].pop_front();
                }
                can_go
            }
            Some(_) | None => self.event(rank),
        }
    }

    fn event(&mut self, rank: usize) -> bool {
        let Some(at) = self.events[rank].front().copied() else { return false };
        let event: &Event = &self.table.trace[at];
        let send = self.table.matching.partner(at).filter(|_| event.source().is_some());
        if let Some(send) = send {
            if !self.clocks.is_known(send, event.peer) {
                return false;
            }
            join(&mut self.now[rank], self.clocks.row(send));
        }
        self.events[rank].pop_front();
        self.now[rank][rank] += 1;
        let row = at.0 * self.clocks.ranks..(at.0 + 1) * self.clocks.ranks;
        self.clocks.known[row].copy_from_slice(&self.now[rank]);
        true
    }

    fn enter(&mut self, enter: &Enter) -> bool {
        let known = self.now[enter.rank.index()].clone();
        let operation = self.entered.entry(operation(enter)).or_default();
        operation.known.insert(enter.rank, known);
        true
    }

    fn leave(&mut self, enter: &Enter) -> bool {
        let members = self.table.members(enter.comm);
        let Some(operation) = self.entered.get_mut(&operation(enter)) else { return true };
        let awaited = awaited(enter, &members);
        if awaited.iter().any(|other| !operation.known.contains_key(other)) {
            return false;
        }
        for other in &awaited {
            join(&mut self.now[enter.rank.index()], &operation.known[other]);
        }
        operation.have_left += 1;
        if operation.have_left >= members.len() {
            self.entered.remove(&self::operation(enter));
        }
        true
    }
}

fn operation(enter: &Enter) -> Operation {
    (enter.comm, enter.number.unwrap_or_default())
}

/// What each rank does with collective operations, in its order.
fn steps<'t>(table: &Table<'t>) -> Vec<VecDeque<(u64, Step<'t>)>> {
    let mut steps = vec![VecDeque::new(); table.ranks.len()];
    for call in &table.trace.calls {
        let Some(of_rank) = call.rank().and_then(|rank| steps.get_mut(rank.index())) else {
            continue;
        };
        match call {
            Call::Enter(enter) if enter.number.is_some() => {
                of_rank.push_back((enter.after, Step::Enters(enter)));
                if enter.post.is_none() {
                    of_rank.push_back((enter.after, Step::Leaves(enter)));
                }
            }
            Call::Complete(done) if done.how == Became::Completed => {
                let begun = table.rank(done.rank).begun.get(&done.post);
                of_rank.extend(begun.map(|enter| (done.after, Step::Leaves(enter))));
            }
            Call::Enter(_)
            | Call::Complete(_)
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
    steps
}

/// Whom a rank cannot leave an operation without: those whose contributions it gets (MPI 4.1, chapter 6).
///
/// Of what is not known, such as who is whose neighbour, it counts as all: then something is taken for ordered that may not
/// be, and a race is missed, but none is told that is none.
fn awaited(enter: &Enter, members: &[Rank]) -> Vec<Rank> {
    let others = || members.iter().copied().filter(|other| *other != enter.rank);
    match (plain(&enter.name).as_str(), enter.root) {
        ("bcast" | "scatter" | "scatterv", Some(root)) => {
            others().filter(|other| *other == root).collect()
        }
        ("reduce" | "gather" | "gatherv", Some(root)) if root != enter.rank => Vec::new(),
        ("scan" | "exscan", _) => {
            members.iter().copied().take_while(|other| *other != enter.rank).collect()
        }
        _ => others().collect(),
    }
}

/// The operation of a call: `bcast` of `MPI_Ibcast_c`.
fn plain(name: &str) -> String {
    let name = name.strip_suffix("_c").unwrap_or(name);
    let name = name.strip_prefix("MPI_").unwrap_or(name);
    let blocking = name.strip_prefix('I').filter(|rest| rest.starts_with(char::is_lowercase));
    blocking.unwrap_or(name).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rank_leaves_with_those_whose_contributions_it_gets() {
        let members = [Rank(2), Rank(0), Rank(1)];
        let awaited = |name: &str, root: Option<u32>| {
            let enter = Enter { root: root.map(Rank), ..Enter::named(Rank(0), name) };
            awaited(&enter, &members)
        };
        assert_eq!(awaited("MPI_Bcast", Some(1)), [Rank(1)]);
        assert_eq!(awaited("MPI_Ibcast_c", Some(0)), []);
        assert_eq!(awaited("MPI_Reduce", Some(1)), []);
        assert_eq!(awaited("MPI_Igatherv", Some(0)), [Rank(2), Rank(1)]);
        assert_eq!(awaited("MPI_Exscan", None), [Rank(2)]);
        for name in ["MPI_Ibarrier", "MPI_Allreduce_c", "MPI_Comm_split", "MPI_Win_fence"] {
            assert_eq!(awaited(name, None), [Rank(2), Rank(1)], "{name}");
        }
    }
}
