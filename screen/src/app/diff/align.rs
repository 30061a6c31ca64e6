//! Which event of one run is which of the other.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};

use ringscope_traces::diff::Comparison;
use ringscope_traces::threads::both;
use ringscope_traces::{ByRank, EventContent, EventIndex, Rank, Trace};
use rustc_hash::FxHashMap;

use super::order::{OrderedRows, Parts, in_order};

/// An event of A, of B, or of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiffRow {
    /// Its place in A.
    pub a: Option<EventIndex>,
    /// Its place in B.
    pub b: Option<EventIndex>,
    /// How the two compare.
    pub what: What,
}

/// How the events of a row compare; what says more is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// The rank did the same, in the same order.
    Same,
    /// The rank did the same in the other run, at another time: there it has another row.
    Moved,
    /// Only A has it.
    OnlyA,
    /// Only B has it.
    OnlyB,
    /// Here the two part: what the rank did in A, and what it did in B instead.
    Parted,
}

impl What {
    /// The same seen from the other side.
    #[must_use]
    pub fn swapped(self) -> What {
        match self {
            What::Same => What::Same,
            What::Moved => What::Moved,
            What::OnlyA => What::OnlyB,
            What::OnlyB => What::OnlyA,
            What::Parted => What::Parted,
        }
    }
}

/// How many events there are of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// In both, in the same order.
    pub same: usize,
    /// In both, in another order.
    pub moved: usize,
    /// In A only.
    pub only_a: usize,
    /// In B only.
    pub only_b: usize,
}

/// Two runs side by side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alignment {
    /// The rows. What happened before something in either run stands above it.
    pub rows: Vec<DiffRow>,
    /// The events that both have at different times, with their places in A and in B, in the order of A.
    moved: Vec<(EventIndex, EventIndex)>,
    /// The same with their places in B and in A, in the order of B.
    moved_back: Vec<(EventIndex, EventIndex)>,
}

impl Alignment {
    fn new(OrderedRows { rows, mut moved }: OrderedRows) -> Alignment {
        moved.sort_unstable();
        let mut moved_back: Vec<_> = moved.iter().map(|(a, b)| (*b, *a)).collect();
        moved_back.sort_unstable();
        Alignment { rows, moved, moved_back }
    }

    /// Where B has an event that A has at another time.
    pub fn in_b(&self, at: EventIndex) -> Option<EventIndex> {
        partner(&self.moved, at)
    }

    /// Where A has an event that B has at another time.
    pub fn in_a(&self, at: EventIndex) -> Option<EventIndex> {
        partner(&self.moved_back, at)
    }

    /// A and B change places.
    pub(super) fn swap(&mut self) {
        std::mem::swap(&mut self.moved, &mut self.moved_back);
        for row in &mut self.rows {
            *row = DiffRow { a: row.b, b: row.a, what: row.what.swapped() };
        }
    }

    /// Counts the events.
    pub fn tally(&self) -> Tally {
        let same = self.rows.iter().filter(|row| row.what == What::Same).count();
        let moved = self.moved.len();
        let of_a = self.rows.iter().filter(|row| row.a.is_some()).count();
        let of_b = self.rows.iter().filter(|row| row.b.is_some()).count();
        Tally { same, moved, only_a: of_a - same - moved, only_b: of_b - same - moved }
    }
}

fn partner(pairs: &[(EventIndex, EventIndex)], at: EventIndex) -> Option<EventIndex> {
    let place = pairs.binary_search_by_key(&at, |(one, _)| *one).ok()?;
    Some(pairs[place].1)
}

/// Aligns two traces rank by rank: what a rank did alike in both is one row. The rows stand in the order of A; what
/// only B has stands behind its causes. The first of the rows that differ is that of the first divergence.
pub fn align(a: &Trace, b: &Trace, comparison: &Comparison) -> Alignment {
    let Some(first) = &comparison.first else {
        let rows = (0..a.events.len()).map(EventIndex);
        let by_rank = (ByRank::of(a), ByRank::of(b));
        let same = |at: EventIndex| {
            let rank = a[at].rank;
            let index = by_rank.0.index(rank, at).expect("each event is among its rank's");
            DiffRow { a: Some(at), b: Some(by_rank.1.events(rank)[index]), what: What::Same }
        };
        return Alignment { rows: rows.map(same).collect(), ..Alignment::default() };
    };
    let parts = Parts { first: &first.divergence, all: &comparison.divergences };
    Alignment::new(in_order([a, b], &Pairs::of(a, b), &parts))
}

/// Which event of A is which of B, whether in the same order or not.
pub(super) struct Pairs {
    /// Those that a rank has in the same order in both.
    pub same: Vec<(EventIndex, EventIndex)>,
    /// Those that it has in another order.
    pub moved: Vec<(EventIndex, EventIndex)>,
}

impl Pairs {
    fn of(a: &Trace, b: &Trace) -> Pairs {
        let (by_rank_a, by_rank_b) = (ByRank::of(a), ByRank::of(b));
        let mut ranks: Vec<Rank> = by_rank_a.ranks().chain(by_rank_b.ranks()).collect();
        ranks.sort_unstable();
        ranks.dedup();
        // Two threads take one rank after the other; in which order does not matter.
        let next = AtomicUsize::new(0);
        let work = || {
            let mut pairs = Pairs { same: Vec::new(), moved: Vec::new() };
            while let Some(rank) = ranks.get(next.fetch_add(1, Ordering::Relaxed)) {
                let (in_a, in_b) = (by_rank_a.events(*rank), by_rank_b.events(*rank));
                pairs.add(Steps { trace: a, of: in_a }, Steps { trace: b, of: in_b });
            }
            pairs
        };
        let (mut pairs, other) = both(work, work);
        pairs.same.extend(other.same);
        pairs.moved.extend(other.moved);
        pairs
    }

    /// Adds a rank's: as long as it did the same they are the same; from there on the first of A that did this is the
    /// first of B that did.
    fn add(&mut self, a: Steps<'_>, b: Steps<'_>) {
        let common = a.done().zip(b.done()).take_while(|(in_a, in_b)| in_a == in_b).count();
        self.same.extend(a.of[..common].iter().copied().zip(b.of[..common].iter().copied()));
        let (a, b) = (a.rest(common), b.rest(common));
        let mut waiting: FxHashMap<EventContent<'_>, VecDeque<usize>> = FxHashMap::default();
        for (index, did) in b.done().enumerate() {
            waiting.entry(did).or_default().push_back(index);
        }
        let partner = |did| waiting.get_mut(&did).and_then(VecDeque::pop_front);
        let partners: Vec<Option<usize>> = a.done().map(partner).collect();
        let in_order = longest_growing(&partners);
        for (index, partner) in partners.iter().enumerate() {
            let Some(partner) = *partner else { continue };
            let pair = (a.of[index], b.of[partner]);
            let kind = if in_order[index] { &mut self.same } else { &mut self.moved };
            kind.push(pair);
        }
    }
}

/// Events of one rank in a trace, in their order.
#[derive(Clone, Copy)]
struct Steps<'a> {
    trace: &'a Trace,
    of: &'a [EventIndex],
}

impl<'a> Steps<'a> {
    /// What each of them did.
    fn done(self) -> impl Iterator<Item = EventContent<'a>> {
        self.of.iter().map(move |at| self.trace[*at].content())
    }

    /// Those behind the first so many.
    fn rest(self, first: usize) -> Steps<'a> {
        Steps { of: &self.of[first..], ..self }
    }
}

/// Which of the numbers belong to a longest growing sequence of them (by patience sorting, Fredman 1975).
fn longest_growing(numbers: &[Option<usize>]) -> Vec<bool> {
    let mut ends: Vec<(usize, usize)> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; numbers.len()];
    for (index, number) in numbers.iter().enumerate() {
        let Some(number) = *number else { continue };
        let length = ends.partition_point(|(end, _)| *end < number);
        before[index] = length.checked_sub(1).map(|shorter| ends[shorter].1);
        if length == ends.len() {
            ends.push((number, index));
        } else {
            ends[length] = (number, index);
        }
    }
    let mut belongs = vec![false; numbers.len()];
    let mut at = ends.last().map(|(_, index)| *index);
    while let Some(index) = at {
        belongs[index] = true;
        at = before[index];
    }
    belongs
}
