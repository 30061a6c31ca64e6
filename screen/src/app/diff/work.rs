//! The comparison in the background: both traces read, compared, and their events aligned.

use std::borrow::Cow;
use std::convert::Infallible;
use std::sync::mpsc::{Receiver, Sender, channel};

use ringscope_sim::conform::as_read;
use ringscope_traces::Trace;
use ringscope_traces::diff::{Comparison, compare};
use ringscope_traces::threads::both;

use super::{Alignment, align};
use crate::host::Work;
use crate::timeline::{Source, trace};

/// What the background has found.
pub(super) enum CompareUpdate {
    Compared(Box<Comparison>),
    Aligned(Alignment),
    Problem(String),
}

/// Two gates, and what keeps them shut.
pub(super) fn gates() -> ([Sender<Infallible>; 2], [Receiver<Infallible>; 2]) {
    let (held_a, gate_a) = channel();
    let (held_b, gate_b) = channel();
    ([held_a, held_b], [gate_a, gate_b])
}

/// The comparison of two runs, which sends each result as soon as it is known.
pub(super) struct Comparing {
    stage: Stage,
    updates: Sender<CompareUpdate>,
    /// Shut until the comparison is over: what waits behind them is less urgent.
    _gates: [Sender<Infallible>; 2],
}

/// What is to be done next.
enum Stage {
    Read(Box<[Source; 2]>),
    Compare(Box<[Trace; 2]>),
    Align(Box<[Trace; 2]>, Box<Comparison>),
    Over,
}

impl Comparing {
    /// Holds the gates shut as long as it lives.
    pub(super) fn new(
        sources: [Source; 2],
        updates: Sender<CompareUpdate>,
        gates: [Sender<Infallible>; 2],
    ) -> Comparing {
        Comparing { stage: Stage::Read(Box::new(sources)), updates, _gates: gates }
    }

    /// Sends what was found; that nobody listens any more is no failure: the page was left.
    fn tell(&self, update: CompareUpdate) {
        let _ = self.updates.send(update);
    }

    fn read(&self, [a, b]: &[Source; 2]) -> Stage {
        match both(|| trace(a), || trace(b)) {
            (Ok(a), Ok(b)) => {
                let [settled_a, settled_b] = as_read([&a, &b]).map(owned);
                Stage::Compare(Box::new([settled_a.unwrap_or(a), settled_b.unwrap_or(b)]))
            }
            (Err(failure), _) | (_, Err(failure)) => {
                self.tell(CompareUpdate::Problem(failure.one_line()));
                Stage::Over
            }
        }
    }

    fn compare(&self, traces: Box<[Trace; 2]>) -> Stage {
        let [a, b] = &*traces;
        match compare(a, b) {
            Ok(comparison) => {
                self.tell(CompareUpdate::Compared(Box::new(comparison.clone())));
                Stage::Align(traces, Box::new(comparison))
            }
            Err(error) => {
                self.tell(CompareUpdate::Problem(format!("they cannot be compared: {error}")));
                Stage::Over
            }
        }
    }
}

/// What had to be changed; `None` where nothing had to.
fn owned(trace: Cow<'_, Trace>) -> Option<Trace> {
    match trace {
        Cow::Owned(trace) => Some(trace),
        Cow::Borrowed(_) => None,
    }
}

impl Work for Comparing {
    fn go_on(&mut self) -> bool {
        self.stage = match std::mem::replace(&mut self.stage, Stage::Over) {
            Stage::Read(sources) => self.read(&sources),
            Stage::Compare(traces) => self.compare(traces),
            Stage::Align(traces, comparison) => {
                let [a, b] = &*traces;
                self.tell(CompareUpdate::Aligned(align(a, b, &comparison)));
                Stage::Over
            }
            Stage::Over => Stage::Over,
        };
        !matches!(self.stage, Stage::Over)
    }
}
