//! A trace that conforms, replayed to check the invariants.

use ringscope_screen::numbers::counted;
use ringscope_sim::conform::check_invariants;
use ringscope_sim::invariants::{Invariant, InvariantChecker};
use ringscope_traces::{EventIndex, Trace};

use super::answer::{CheckResult, Problem, Says};

const QUESTION: &str = "invariants";

/// Whether the invariants hold in a trace that conforms.
pub(super) fn invariants(trace: &Trace) -> CheckResult {
    match check_invariants(trace) {
        Ok(checker) => answer(&checker, trace),
        Err(why) => CheckResult::not_judged(QUESTION, &why.to_string()),
    }
}

fn answer(checker: &InvariantChecker, trace: &Trace) -> CheckResult {
    let receives: Vec<_> = (0..trace.events.len())
        .map(EventIndex)
        .filter(|place| trace[*place].source().is_some())
        .collect();
    // The checker counts receives, from 1.
    let line = |at: u64| {
        let nth = usize::try_from(at).ok()?.checked_sub(1)?;
        receives.get(nth).map(|place| place.line())
    };
    let found = checker.violations().into_iter().map(|violation| Problem {
        rank: Some(violation.rank.0),
        event: None,
        line: line(violation.at),
        what: format!("{}: {}", violation.invariant.name(), violation.what),
    });
    let checks: u64 = Invariant::ALL.iter().map(|one| checker.tally(*one).checked).sum();
    let unlisted = Invariant::ALL.iter().map(|one| checker.tally(*one).unlisted).sum();
    let says = if checker.holds() { Says::Yes } else { Says::No };
    CheckResult {
        question: QUESTION,
        says,
        remark: Some(counted(checks, "check")),
        findings: found.collect(),
        more: unlisted,
    }
}
