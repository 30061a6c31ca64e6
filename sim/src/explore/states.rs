//! The states that were met, each once, in the order in which they were.
//!
//! They are kept in shards by their fingerprints, so that several threads can put states away at a time. A fingerprint comes
//! from what a state is, never from the order in which anything was met; so does the shard, and the order within
//! it is that of the search: the states are the same, in the same order, however many threads there are.

use std::hint::black_box;

use super::places::Places;
use super::steps::Taken;

/// A state: its shard in the lowest bits, and its number in the shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct StateId(pub u32);

/// How many bits of a fingerprint tell its shard.
pub(super) const SHARD_BITS: u32 = 4;

/// How many shards there are, however many threads.
pub(super) const SHARDS: usize = 1 << SHARD_BITS;

impl StateId {
    fn new(shard: usize, place: usize) -> StateId {
        let number = place << SHARD_BITS | shard;
        StateId(u32::try_from(number).expect("the limit of states is below"))
    }

    fn shard(self) -> usize {
        self.0 as usize & (SHARDS - 1)
    }

    fn place(self) -> usize {
        (self.0 >> SHARD_BITS) as usize
    }
}

/// The shard of a fingerprint: by bits that the table of a shard does not use.
pub(super) fn shard_of(print: u64) -> usize {
    (print >> 28) as usize & (SHARDS - 1)
}

/// The states that were met.
#[derive(Debug)]
pub(super) struct StateSpace {
    shards: Vec<Shard>,
}

/// Some of the states.
///
/// Each takes four bytes a rank, eight for its fingerprint, eight for the way to it, and eleven to sixteen in the table in which it is
/// looked up. With the hashed store its cells are dropped when it has been gone on from.
#[derive(Debug)]
pub(super) struct Shard {
    shard: usize,
    ranks: usize,
    is_hashed: bool,
    /// The numbers of the ranks' local states, state after state, from the state `dropped` on.
    cells: Vec<u32>,
    dropped: usize,
    prints: Vec<u64>,
    from: Vec<From>,
    table: Places,
    /// Those that were met before the level that is gone on from now was begun.
    before: usize,
}

/// How a state was met first.
#[derive(Debug, Clone, Copy)]
struct From {
    before: StateId,
    rank: u16,
    nth: u16,
}

/// A state that may be a new one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate<'a> {
    pub print: u64,
    pub cells: &'a [u32],
}

/// Where a state was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Met {
    pub state: StateId,
    /// Whether it was met before the level that is gone on from now was begun: it lies no deeper.
    pub is_no_deeper: bool,
}

impl StateSpace {
    /// No states yet, of a run with so many ranks.
    pub(super) fn new(ranks: usize, is_hashed: bool) -> StateSpace {
        let shards = (0..SHARDS).map(|shard| Shard::new(shard, ranks, is_hashed)).collect();
        StateSpace { shards }
    }

    /// How many there are.
    pub(super) fn len(&self) -> u64 {
        self.shards.iter().map(|shard| shard.from.len() as u64).sum()
    }

    /// The shards, to put states into.
    pub(super) fn shards(&mut self) -> &mut [Shard] {
        &mut self.shards
    }

    /// The local states of a state that has not been gone on from, by rank, and its fingerprint.
    pub(super) fn state(&self, state: StateId) -> Candidate<'_> {
        let shard = &self.shards[state.shard()];
        Candidate { print: shard.prints[state.place()], cells: shard.cells(state.place()) }
    }

    /// The state that is the same, if it was met.
    pub(super) fn find(&self, candidate: Candidate<'_>) -> Option<Met> {
        self.shards[shard_of(candidate.print)].find(candidate)
    }

    /// Looks where states with these fingerprints are, or will be: the processor has what it takes to find them at once then.
    ///
    /// A look-up by itself waits for memory twice, since where the second is is in the first. Of many, none waits for another.
    #[inline]
    pub(super) fn touch(&self, prints: &[u64]) {
        let slot = |print: &u64| self.shards[shard_of(*print)].table.slot(*print);
        black_box(prints.iter().map(slot).fold(0, u64::wrapping_add));
        let cell = |print: &u64| self.shards[shard_of(*print)].first_cell(*print);
        black_box(prints.iter().map(cell).fold(0, u32::wrapping_add));
    }

    /// Begins the next level: those that were met during the last one, in their order.
    pub(super) fn next_level(&mut self) -> Vec<StateId> {
        let mut level = Vec::new();
        for (number, shard) in self.shards.iter_mut().enumerate() {
            let new = shard.before..shard.from.len();
            level.extend(new.map(|place| StateId::new(number, place)));
            shard.next_level();
        }
        level
    }

    /// The steps that lead to a state, from the start.
    pub(super) fn way_to(&self, state: StateId) -> Vec<Taken> {
        let mut way = Vec::new();
        let mut at = state;
        loop {
            let From { before, rank, nth } = self.shards[at.shard()].from[at.place()];
            if before == at {
                break;
            }
            way.push(Taken { rank, nth });
            at = before;
        }
        way.reverse();
        way
    }

    /// How many bytes they take.
    pub(super) fn bytes(&self) -> u64 {
        self.shards.iter().map(Shard::bytes).sum()
    }
}

impl Shard {
    fn new(shard: usize, ranks: usize, is_hashed: bool) -> Shard {
        Shard {
            shard,
            ranks,
            is_hashed,
            cells: Vec::new(),
            dropped: 0,
            prints: Vec::new(),
            from: Vec::new(),
            table: Places::default(),
            before: 0,
        }
    }

    /// Which shard it is.
    pub(super) fn number(&self) -> usize {
        self.shard
    }

    fn cells(&self, place: usize) -> &[u32] {
        let start = (place - self.dropped) * self.ranks;
        &self.cells[start..start + self.ranks]
    }

    /// As [`StateSpace::touch`], of states that are this shard's.
    pub(super) fn touch(&self, prints: &[u64]) {
        black_box(prints.iter().map(|print| self.table.slot(*print)).fold(0, u64::wrapping_add));
    }

    /// The number of the first rank's local state in the state that a fingerprint may be of; 0 where there is none.
    #[inline]
    fn first_cell(&self, print: u64) -> u32 {
        let place = self.table.first(print).filter(|_| !self.is_hashed);
        place.map_or(0, |place| self.cells(place).first().copied().unwrap_or_default())
    }

    #[inline]
    fn find(&self, Candidate { print, cells }: Candidate<'_>) -> Option<Met> {
        let is_same = |place: usize| match self.is_hashed {
            true => self.prints[place] == print,
            false => is_equal(self.cells(place), cells),
        };
        let place = self.table.find(print, is_same)?;
        let is_no_deeper = place < self.before;
        Some(Met { state: StateId::new(self.shard, place), is_no_deeper })
    }

    /// Puts a state away if it is a new one; `by` is how it was met, and `None` for the start.
    pub(super) fn meet(&mut self, candidate: Candidate<'_>, by: Option<(StateId, Taken)>) {
        if self.find(candidate).is_some() {
            return;
        }
        let place = self.from.len();
        let state = StateId::new(self.shard, place);
        self.table.insert(candidate.print, place, &self.prints);
        make_room(&mut self.prints, 1);
        self.prints.push(candidate.print);
        let (before, Taken { rank, nth }) = by.unwrap_or((state, Taken::default()));
        make_room(&mut self.from, 1);
        self.from.push(From { before, rank, nth });
        make_room(&mut self.cells, self.ranks);
        self.cells.extend_from_slice(candidate.cells);
    }

    fn next_level(&mut self) {
        if self.is_hashed {
            self.cells.drain(..(self.before - self.dropped) * self.ranks);
            self.dropped = self.before;
        }
        self.before = self.from.len();
    }

    fn bytes(&self) -> u64 {
        let cells = self.cells.capacity() * size_of::<u32>();
        let from = self.from.capacity() * size_of::<From>();
        let prints = self.prints.capacity() * size_of::<u64>();
        (cells + from + prints + self.table.bytes()) as u64
    }
}

/// Whether two states have the same local states: so few numbers are compared faster here than by a call.
#[inline]
fn is_equal(one: &[u32], other: &[u32]) -> bool {
    one.iter().zip(other).fold(0, |differ, (one, other)| differ | (one ^ other)) == 0
}

/// Makes room for more by a quarter of what there is: by half as much again, a vector that has just grown would waste a third.
fn make_room<T>(vector: &mut Vec<T>, more: usize) {
    if vector.len() + more > vector.capacity() {
        vector.reserve_exact((vector.len() / 4).max(64 * more));
    }
}
