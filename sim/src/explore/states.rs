//! The states that were met, each once, in the order in which they were.

use std::hash::Hasher as _;

use hashbrown::HashTable;
use ringscope_traces::Rank;
use rustc_hash::FxHasher;

use crate::world::Choice;

/// A state, by its number in the order in which they were met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct StateId(pub u32);

/// The states that were met.
///
/// Each takes four bytes a rank, twelve for the way to it, and about six in the table in which it is looked up.
#[derive(Debug)]
pub(super) struct StateSpace {
    ranks: usize,
    /// The numbers of the ranks' local states, state after state.
    cells: Vec<u32>,
    from: Vec<From>,
    table: HashTable<StateId>,
}

/// How a state was met first.
#[derive(Debug, Clone, Copy)]
struct From {
    before: u32,
    depth: u32,
    rank: u16,
    source: u16,
}

impl StateSpace {
    /// No states yet, of a run with so many ranks.
    pub(super) fn new(ranks: usize) -> StateSpace {
        StateSpace { ranks, cells: Vec::new(), from: Vec::new(), table: HashTable::new() }
    }

    /// How many there are.
    pub(super) fn len(&self) -> u64 {
        self.from.len() as u64
    }

    /// The local states of a state, by rank.
    pub(super) fn cells(&self, state: StateId) -> &[u32] {
        let start = state.0 as usize * self.ranks;
        &self.cells[start..start + self.ranks]
    }

    /// How many receipts lead to it at least.
    pub(super) fn depth(&self, state: StateId) -> u32 {
        self.from[state.0 as usize].depth
    }

    /// Takes a state that was met; says which it is, and whether for the first time.
    pub(super) fn meet(&mut self, cells: &[u32], by: Option<(StateId, Choice)>) -> (StateId, bool) {
        let StateSpace { ranks, cells: all, from, table } = self;
        let of = |state: &StateId| {
            let start = state.0 as usize * *ranks;
            &all[start..start + *ranks]
        };
        let hash = hash_of(cells);
        if let Some(met) = table.find(hash, |state| of(state) == cells) {
            return (*met, false);
        }
        let state = StateId(u32::try_from(from.len()).expect("the limit of states is below"));
        table.insert_unique(hash, state, |state| hash_of(of(state)));
        let narrow = |rank: Rank| u16::try_from(rank.0).expect("more ranks are never explored");
        from.push(match by {
            Some((before, Choice { rank, source })) => From {
                before: before.0,
                depth: from[before.0 as usize].depth + 1,
                rank: narrow(rank),
                source: narrow(source),
            },
            None => From { before: 0, depth: 0, rank: 0, source: 0 },
        });
        all.extend_from_slice(cells);
        (state, true)
    }

    /// The state with these local states, if it was met.
    pub(super) fn find(&self, cells: &[u32]) -> Option<StateId> {
        self.table.find(hash_of(cells), |state| self.cells(*state) == cells).copied()
    }

    /// The receipts that lead to a state, from the start.
    pub(super) fn way_to(&self, state: StateId) -> Vec<Choice> {
        let mut way = Vec::new();
        let mut at = state;
        while at.0 != 0 {
            let From { before, rank, source, .. } = self.from[at.0 as usize];
            way.push(Choice { rank: Rank(rank.into()), source: Rank(source.into()) });
            at = StateId(before);
        }
        way.reverse();
        way
    }

    /// How many bytes they take.
    pub(super) fn bytes(&self) -> u64 {
        let cells = self.cells.capacity() * size_of::<u32>();
        let from = self.from.capacity() * size_of::<From>();
        // A byte of control for each place in the table.
        let table = self.table.capacity() * (size_of::<StateId>() + 1);
        (cells + from + table) as u64
    }
}

fn hash_of(cells: &[u32]) -> u64 {
    let mut hasher = FxHasher::default();
    for cell in cells {
        hasher.write_u32(*cell);
    }
    hasher.finish()
}
