//! Who caused what, held against the definition.

mod support;

use proptest::prelude::*;
use ringscope_traces::{Causality, EventIndex, Matching, Op, Trace};
use support::run;

/// The happened-before relation as it is defined: closed under transitivity, step by step.
fn naive(trace: &Trace) -> Vec<Vec<bool>> {
    let count = trace.events.len();
    let matching = Matching::of(trace);
    let is_step = |a: usize, b: usize| {
        let (before, after) = (&trace.events[a], &trace.events[b]);
        let is_message =
            after.op == Op::Recv && matching.partner(EventIndex(b)) == Some(EventIndex(a));
        is_message || (before.rank == after.rank && a < b)
    };
    let mut before: Vec<Vec<bool>> =
        (0..count).map(|a| (0..count).map(|b| is_step(a, b)).collect()).collect();
    for between in 0..count {
        for a in 0..count {
            for b in 0..count {
                before[a][b] |= before[a][between] && before[between][b];
            }
        }
    }
    before
}

fn agrees(trace: &Trace) -> Result<(), TestCaseError> {
    let before = naive(trace);
    let causality = Causality::of(trace);
    let indices = || (0..trace.events.len()).map(EventIndex);
    for event in indices() {
        let of = |test: &dyn Fn(usize) -> bool| -> Vec<EventIndex> {
            indices().filter(|at| test(at.0)).collect()
        };
        let e = event.0;
        prop_assert_eq!(causality.past(event), of(&|p| before[p][e]));
        prop_assert_eq!(causality.future(event), of(&|p| before[e][p]));
        let concurrent = of(&|p| p != e && !before[p][e] && !before[e][p]);
        prop_assert_eq!(causality.concurrent_with(event), concurrent);
        for other in indices() {
            prop_assert_eq!(causality.happened_before(event, other), before[e][other.0]);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn causality_agrees_with_its_definition(trace in run()) {
        agrees(&trace)?;
    }

    #[test]
    fn so_it_does_where_the_file_is_in_no_causal_order(trace in run(), seed in any::<u64>()) {
        let mut trace = trace;
        let key = |n: usize| (n as u64 + 1).wrapping_mul(seed | 1).rotate_left(17);
        let mut events: Vec<_> = trace.events.drain(..).enumerate().collect();
        events.sort_by_key(|(n, event)| (key(event.rank.index()), *n));
        trace.events = events.into_iter().map(|(_, event)| event).collect();
        agrees(&trace)?;
    }
}
