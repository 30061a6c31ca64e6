//! A trace that conforms, played again under the eyes of the keeper of the invariants.

use ringscope_sim::conform::{Replayed, replay};
use ringscope_sim::ledger::{Invariant, Ledger};
use ringscope_traces::{EventIndex, Op, Trace};

use super::answer::{Answer, Found, Says};
use crate::report::counted;

const QUESTION: &str = "invariants";

/// Whether the invariants hold in a trace that conforms.
pub fn invariants(trace: &Trace) -> Answer {
    match replay(trace, Ledger::new) {
        Ok(Replayed { world, observer: mut ledger }) => {
            ledger.finish(world.nodes());
            answer(&ledger, trace)
        }
        Err(why) => Answer::not_judged(QUESTION, &why.to_string()),
    }
}

fn answer(ledger: &Ledger, trace: &Trace) -> Answer {
    let receives: Vec<_> = (0..trace.events.len())
        .map(EventIndex)
        .filter(|place| trace[*place].op == Op::Recv)
        .collect();
    // The ledger counts receives, from 1.
    let line = |at: u64| {
        let nth = usize::try_from(at).ok()?.checked_sub(1)?;
        receives.get(nth).map(|place| place.line())
    };
    let found = ledger.violations().into_iter().map(|violation| Found {
        rank: Some(violation.rank.0),
        event: None,
        line: line(violation.at),
        what: format!("{}: {}", violation.invariant.name(), violation.what),
    });
    let checks: u64 = Invariant::ALL.iter().map(|one| ledger.tally(*one).checked).sum();
    let unlisted = Invariant::ALL.iter().map(|one| ledger.tally(*one).unlisted).sum();
    let says = if ledger.holds() { Says::Yes } else { Says::No };
    Answer {
        question: QUESTION,
        says,
        remark: Some(counted(checks, "check")),
        findings: found.collect(),
        more: unlisted,
    }
}
