//! In which order the rows of two runs stand: what happened before something in either run stands above it.
//!
//! A row that both runs share ties their orders together. Where two such ties contradict each other (each of two ranks
//! did two things in the other order, and messages lead from one to the other), one of them is untied: its two events
//! get rows of their own.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use ringscope_traces::diff::{Divergence, Step};
use ringscope_traces::threads::both;
use ringscope_traces::{Causality, EventIndex, Trace};

use super::align::{DiffRow, Pairs, What};

/// A and B, as indices of the two sides.
const A: usize = 0;
const B: usize = 1;

/// OrderedRows in their order, and the pairs of events that have rows of their own.
pub(super) struct OrderedRows {
    pub rows: Vec<DiffRow>,
    pub moved: Vec<(EventIndex, EventIndex)>,
}

/// Puts the rows in order, that of the first divergence before all others that differ.
///
/// What one of the two does there can depend on what another rank does otherwise in it. Then that stands further down,
/// in a row of its own.
pub(super) fn in_order([a, b]: [&Trace; 2], pairs: &Pairs, parts: &Parts<'_>) -> OrderedRows {
    let mut sides: [Side<'_>; 2] = both(|| Side::of(a), || Side::of(b)).into();
    for (in_a, in_b) in &pairs.same {
        sides[0].tied[in_a.0] = Some(*in_b);
        sides[1].tied[in_b.0] = Some(*in_a);
    }
    for (in_a, in_b) in &pairs.moved {
        (sides[0].is_moved[in_a.0], sides[1].is_moved[in_b.0]) = (true, true);
    }
    let Parts { first, all } = parts;
    let mut parting = at(first);
    for side in [A, B] {
        let others = all.iter().filter(|other| other.rank != first.rank);
        let others: Vec<EventIndex> = others.filter_map(|other| at(other)[side]).collect();
        let depends = |event: &EventIndex| {
            let past = sides[side].causes.past(*event);
            others.iter().any(|other| past.binary_search(other).is_ok())
        };
        if parting[1 - side].is_some() && parting[side].as_ref().is_some_and(depends) {
            parting[side] = None;
        }
    }
    let mut moved = pairs.moved.clone();
    // What the one does there the other may do later, and that in the same order as something else.
    moved.extend(parting[A].and_then(|at| untie(&mut sides, at)));
    let in_a = parting[B].and_then(|at| sides[B].tied[at.0]);
    moved.extend(in_a.and_then(|at| untie(&mut sides, at)));
    let mut merge = Merge {
        sides,
        parting,
        parting_ready: parting.map(|at| at.is_none()),
        has_parted: false,
        ready: BinaryHeap::new(),
        tied_up: BinaryHeap::new(),
        put_off: Vec::new(),
        forced_up_to: [0, 0],
        rows: OrderedRows { rows: Vec::new(), moved },
    };
    merge.run();
    merge.rows
}

/// Where the ranks part, and which of them does first.
pub(super) struct Parts<'a> {
    pub first: &'a Divergence,
    pub all: &'a [Divergence],
}

/// The events of a divergence, in A and in B.
pub(super) fn at(divergence: &Divergence) -> [Option<EventIndex>; 2] {
    [&divergence.a, &divergence.b].map(|step| step.as_ref().map(Step::at))
}

/// Gives an event of A and that of B which it is tied to rows of their own; where they stand, if they were tied.
fn untie(sides: &mut [Side<'_>; 2], at: EventIndex) -> Option<(EventIndex, EventIndex)> {
    let other = sides[A].tied[at.0].take()?;
    sides[B].tied[other.0] = None;
    (sides[A].is_moved[at.0], sides[B].is_moved[other.0]) = (true, true);
    Some((at, other))
}

/// One of the two runs.
struct Side<'a> {
    trace: &'a Trace,
    causes: Causality,
    /// How many of an event's direct causes have no row yet.
    missing: Vec<u8>,
    /// Where the other run has the same in the same order.
    tied: Vec<Option<EventIndex>>,
    /// Whether the other run has it at another time.
    is_moved: Vec<bool>,
    /// Behind which event of A, at least, an event stands that has no place in A.
    behind: Vec<usize>,
    /// Whether an event has its row.
    is_done: Vec<bool>,
}

impl<'a> Side<'a> {
    fn of(trace: &'a Trace) -> Side<'a> {
        let causes = Causality::of(trace);
        let count = trace.events.len();
        let missing = |at: EventIndex| {
            let has_send = trace[at].source().is_some() && causes.partner(at).is_some();
            u8::from(causes.previous(at).is_some()) + u8::from(has_send)
        };
        let missing = (0..count).map(EventIndex).map(missing).collect();
        Side {
            trace,
            causes,
            missing,
            tied: vec![None; count],
            is_moved: vec![false; count],
            behind: vec![0; count],
            is_done: vec![false; count],
        }
    }

    fn is_ready(&self, at: EventIndex) -> bool {
        self.missing[at.0] == 0
    }
}

/// Where a row wants to stand: behind which event of A, those of A first; then which event it is.
type Wish = Reverse<(usize, usize, EventIndex)>;

struct Merge<'a> {
    sides: [Side<'a>; 2],
    /// The events at which the two part.
    parting: [Option<EventIndex>; 2],
    /// Whether their causes have rows.
    parting_ready: [bool; 2],
    has_parted: bool,
    /// The events of which all causes have rows.
    ready: BinaryHeap<Wish>,
    /// Those of A that are ready while what they are tied to in B is not.
    tied_up: BinaryHeap<Wish>,
    /// Those that differ and wait until the two have parted.
    put_off: Vec<Wish>,
    /// Before which event of either side all have rows.
    forced_up_to: [usize; 2],
    rows: OrderedRows,
}

impl Merge<'_> {
    fn run(&mut self) {
        for side in [A, B] {
            for at in (0..self.sides[side].missing.len()).map(EventIndex) {
                if self.sides[side].is_ready(at) {
                    self.becomes_ready(side, at);
                }
            }
        }
        loop {
            match self.ready.pop() {
                Some(Reverse((_, side, at))) if !self.sides[side].is_done[at.0] => {
                    self.place(side, at);
                }
                Some(_) => {}
                None if self.untie() || self.force() => {}
                None => return,
            }
        }
    }

    /// All causes of an event have rows: it can have one, or waits for what it is tied to.
    fn becomes_ready(&mut self, side: usize, at: EventIndex) {
        if self.parting[side] == Some(at) {
            self.parting_ready[side] = true;
            if self.parting_ready != [true; 2] {
                return;
            }
        }
        let wish = |merge: &Merge<'_>, side: usize, at: EventIndex| match side {
            A => Reverse((at.0, A, at)),
            _ => Reverse((merge.sides[B].behind[at.0], B, at)),
        };
        match self.sides[side].tied[at.0] {
            Some(other) if self.sides[1 - side].is_ready(other) => {
                let in_a = if side == A { at } else { other };
                self.ready.push(wish(self, A, in_a));
            }
            Some(_) if side == A => self.tied_up.push(wish(self, A, at)),
            Some(_) => {}
            None => self.ready.push(wish(self, side, at)),
        }
    }

    /// Gives an event its row, or puts it off.
    fn place(&mut self, side: usize, at: EventIndex) {
        if self.sides[side].tied[at.0].is_none() && !self.has_parted && !self.is_parting(side, at) {
            self.put_off.push(Reverse((self.behind(side, at), side, at)));
            return;
        }
        let other = self.sides[side].tied[at.0];
        let row = if self.is_parting(side, at) {
            self.has_parted = true;
            self.ready.extend(self.put_off.drain(..));
            self.parted()
        } else {
            let what = other.map_or_else(|| self.alone(side, at), |_| What::Same);
            let (a, b) = if side == A { (Some(at), other) } else { (other, Some(at)) };
            DiffRow { a, b, what }
        };
        let behind = self.behind(side, at);
        self.rows.rows.push(row);
        for (side, at) in [(A, row.a), (B, row.b)] {
            if let Some(at) = at {
                self.is_placed(side, at, behind);
            }
        }
    }

    fn is_parting(&self, side: usize, at: EventIndex) -> bool {
        !self.has_parted && self.parting[side] == Some(at)
    }

    /// The row at which the two part: what either side does in it.
    fn parted(&self) -> DiffRow {
        let [a, b] = self.parting;
        let what = match (a, b) {
            (Some(at), None) => self.alone(A, at),
            (None, Some(at)) => self.alone(B, at),
            (Some(_), Some(_)) | (None, None) => What::Parted,
        };
        DiffRow { a, b, what }
    }

    /// How an event compares that has a row of its own.
    fn alone(&self, side: usize, at: EventIndex) -> What {
        match (self.sides[side].is_moved[at.0], side) {
            (true, _) => What::Moved,
            (false, A) => What::OnlyA,
            (false, _) => What::OnlyB,
        }
    }

    fn behind(&self, side: usize, at: EventIndex) -> usize {
        if side == A { at.0 } else { self.sides[B].behind[at.0] }
    }

    /// An event has its row: what it causes lacks one cause less. What only B has goes on one row of A further with
    /// each step, so that both runs go on side by side.
    fn is_placed(&mut self, side: usize, at: EventIndex, behind: usize) {
        self.sides[side].is_done[at.0] = true;
        let Side { causes, trace, .. } = &self.sides[side];
        let receive = causes.partner(at).filter(|_| trace[at].destination().is_some());
        let effects = [causes.next(at), receive];
        for effect in effects.into_iter().flatten() {
            let side_of = &mut self.sides[side];
            let Some(missing) = side_of.missing[effect.0].checked_sub(1) else { continue };
            side_of.missing[effect.0] = missing;
            side_of.behind[effect.0] = side_of.behind[effect.0].max(behind + 1);
            if missing == 0 {
                self.becomes_ready(side, effect);
            }
        }
    }

    /// Takes the first event without a row as if its causes had rows; whether there is one. A trace in which an event
    /// happened before itself is of no run, and is shown all the same.
    fn force(&mut self) -> bool {
        self.has_parted = true;
        self.ready.extend(self.put_off.drain(..));
        for side in [A, B] {
            let is_done = &self.sides[side].is_done;
            let from = self.forced_up_to[side];
            let Some(at) = is_done[from..].iter().position(|is_done| !is_done) else { continue };
            let at = EventIndex(from + at);
            self.forced_up_to[side] = at.0;
            self.sides[side].missing[at.0] = 0;
            let in_a = if side == A { Some(at) } else { self.sides[B].tied[at.0] };
            self.rows.moved.extend(in_a.and_then(|at| untie(&mut self.sides, at)));
            self.ready.push(Reverse((self.behind(side, at), side, at)));
            return true;
        }
        false
    }

    /// Unties the first event that waits for what it is tied to; whether there was one.
    fn untie(&mut self) -> bool {
        while let Some(Reverse((_, _, at))) = self.tied_up.pop() {
            if self.sides[A].is_done[at.0] {
                continue;
            }
            let Some(pair) = untie(&mut self.sides, at) else { continue };
            self.rows.moved.push(pair);
            self.ready.push(Reverse((at.0, A, at)));
            return true;
        }
        false
    }
}
