//! Which event of one run is which of the other.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use ringscope_traces::{ByRank, EventContent, EventIndex, Rank, Trace};
use rustc_hash::FxHashMap;

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
    /// The rank did the same, at another time: the order differs.
    Moved,
    /// Only A has it.
    OnlyA,
    /// Only B has it.
    OnlyB,
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
        }
    }
}

/// How many rows there are of each kind.
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

impl Tally {
    /// Counts rows.
    pub fn of(rows: &[DiffRow]) -> Tally {
        let mut tally = Tally::default();
        for row in rows {
            match row.what {
                What::Same => tally.same += 1,
                What::Moved => tally.moved += 1,
                What::OnlyA => tally.only_a += 1,
                What::OnlyB => tally.only_b += 1,
            }
        }
        tally
    }
}

/// Aligns two traces rank by rank: what a rank did alike in both is one row. The rows stand in the order
/// of A; what only B has stands behind what its rank did before it.
///
/// Of traces that are known to be equal only the order has to be found.
pub fn align(a: &Trace, b: &Trace, is_equal: bool) -> Vec<DiffRow> {
    let (by_rank_a, by_rank_b) = (ByRank::of(a), ByRank::of(b));
    let mut ranks: Vec<Rank> = by_rank_a.ranks().chain(by_rank_b.ranks()).collect();
    ranks.sort_unstable();
    ranks.dedup();
    // Two threads take one rank after the other; the keys put the rows in order, whoever made them.
    let next = AtomicUsize::new(0);
    let work = || {
        let mut rows = Vec::new();
        while let Some(rank) = ranks.get(next.fetch_add(1, Ordering::Relaxed)) {
            let (in_a, in_b) = (by_rank_a.events(*rank), by_rank_b.events(*rank));
            let (a, b) = (Steps { trace: a, of: in_a }, Steps { trace: b, of: in_b });
            align_rank(a, b, is_equal, &mut rows);
        }
        rows
    };
    let mut rows = thread::scope(|scope| {
        let other = scope.spawn(work);
        let mut rows = work();
        rows.append(&mut other.join().expect("aligning does not panic"));
        rows
    });
    rows.sort_by_key(|keyed| keyed.key);
    rows.into_iter().map(|keyed| keyed.row).collect()
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

fn align_rank(a: Steps<'_>, b: Steps<'_>, is_equal: bool, rows: &mut Vec<Keyed>) {
    let same = if is_equal { a.of.len() } else { common(a, b) };
    rows.extend(a.of[..same].iter().zip(&b.of[..same]).map(|(in_a, in_b)| Keyed {
        key: (*in_a, None),
        row: DiffRow { a: Some(*in_a), b: Some(*in_b), what: What::Same },
    }));
    let before = same.checked_sub(1).map(|last| a.of[last]);
    align_rest(a.rest(same), b.rest(same), before, rows);
}

/// A row, and what its place follows: the place in A of it or of what its rank did before it, then, of
/// what only B has, the place in B.
struct Keyed {
    key: (EventIndex, Option<EventIndex>),
    row: DiffRow,
}

fn common(a: Steps<'_>, b: Steps<'_>) -> usize {
    a.done().zip(b.done()).take_while(|(in_a, in_b)| in_a == in_b).count()
}

/// From where the rank no longer did the same: the first of A that did this is the first of B that did.
fn align_rest(a: Steps<'_>, b: Steps<'_>, before: Option<EventIndex>, rows: &mut Vec<Keyed>) {
    let (in_a, in_b) = (a.of, b.of);
    let mut waiting: FxHashMap<EventContent<'_>, VecDeque<usize>> = FxHashMap::default();
    for (index, did) in b.done().enumerate() {
        waiting.entry(did).or_default().push_back(index);
    }
    let mut partners: Vec<Option<usize>> = Vec::with_capacity(in_a.len());
    for did in a.done() {
        partners.push(waiting.get_mut(&did).and_then(VecDeque::pop_front));
    }
    let in_order = longest_growing(&partners);
    let mut place_of = vec![None; in_b.len()];
    for (index, place) in in_a.iter().enumerate() {
        let (partner, is_in_order) = (partners[index], in_order[index]);
        let what = match (partner, is_in_order) {
            (None, _) => What::OnlyA,
            (Some(_), true) => What::Same,
            (Some(_), false) => What::Moved,
        };
        if let Some(partner) = partner {
            place_of[partner] = Some(*place);
        }
        let row = DiffRow { a: Some(*place), b: partner.map(|partner| in_b[partner]), what };
        rows.push(Keyed { key: (*place, None), row });
    }
    let mut behind = before.unwrap_or(EventIndex(0));
    for (index, place) in in_b.iter().enumerate() {
        match place_of[index] {
            Some(in_a) => behind = in_a,
            None => {
                let row = DiffRow { a: None, b: Some(*place), what: What::OnlyB };
                rows.push(Keyed { key: (behind, Some(*place)), row });
            }
        }
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
