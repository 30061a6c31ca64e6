//! The comparison in the background: both traces read, compared, and their events aligned.

use std::convert::Infallible;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use ringscope_sim::conform::as_read;
use ringscope_traces::diff::{Comparison, compare};

use super::{Alignment, align};
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

/// Compares two runs, and sends each result as soon as it is known.
pub(super) fn work([a, b]: &[Source; 2], updates: &Sender<CompareUpdate>) {
    let both = thread::scope(|scope| {
        let other = scope.spawn(|| trace(b));
        (trace(a), other.join().expect("reading does not panic"))
    });
    let (a, b) = match both {
        (Ok(a), Ok(b)) => (a, b),
        (Err(failure), _) | (_, Err(failure)) => {
            // That nobody listens any more is no failure: the page was left.
            let _ = updates.send(CompareUpdate::Problem(failure.one_line()));
            return;
        }
    };
    let [a, b] = as_read([&a, &b]);
    match compare(&a, &b) {
        Ok(comparison) => {
            let _ = updates.send(CompareUpdate::Compared(Box::new(comparison.clone())));
            let _ = updates.send(CompareUpdate::Aligned(align(&a, &b, &comparison)));
        }
        Err(error) => {
            let _ =
                updates.send(CompareUpdate::Problem(format!("they cannot be compared: {error}")));
        }
    }
}
