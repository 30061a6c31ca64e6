//! Commands that can be in flight together and get in each other's way.

use std::ops::RangeInclusive;

use crate::protocol::Command;
use crate::protocol::plan::{Objection, Objections, Part, Plan};

/// Looks for joins and leaves that other commands can be in flight with.
///
/// PUTs and GETs alone are safe: they take the same way round the ring, and none overtakes another.
pub(super) fn look(plan: &Plan<'_>, objections: &mut dyn Objections) {
    let others = u64::from(plan.window) - 1;
    if others == 0 {
        return;
    }
    let starts: Vec<u64> = plan
        .runs
        .iter()
        .scan(0_u64, |next, run| {
            let start = *next;
            *next = next.saturating_add(run.count);
            Some(start)
        })
        .collect();
    let run_of = |command: u64| starts.partition_point(|&start| start <= command) - 1;
    for (at, run) in plan.runs.iter().enumerate() {
        let danger = match run.first {
            Command::Add { .. } => {
                "a command that overtakes the join's pointer updates takes the old path round the ring"
            }
            Command::Remove { .. } => {
                "a command behind it finds a node that has left, and two neighbours that leave wait \
                 for each other"
            }
            Command::Put { .. } | Command::Get { .. } => continue,
        };
        let before = run_of(starts[at].saturating_sub(others));
        let after = run_of(starts[at].saturating_add(others));
        if let Some(company) = company(at, before..=after, plan.lines) {
            objections.warning(warning(plan, at, &format!("{company}: {danger}")));
        }
    }
}

/// The lines that a line can be in flight with, in words; `None` when it is alone.
fn company(at: usize, with: RangeInclusive<usize>, lines: &[u32]) -> Option<String> {
    let (first, last) = (*with.start(), *with.end());
    let others = [(first < at).then(|| lines[first]), (at < last).then(|| lines[last])];
    match others {
        [None, None] => None,
        [Some(line), None] | [None, Some(line)] => Some(format!("with line {line}")),
        [Some(first), Some(last)] => Some(format!("with lines {first} to {last}")),
    }
}

fn warning(plan: &Plan<'_>, run: usize, company: &str) -> Objection {
    let (window, command) = (plan.window, plan.runs[run].first);
    let message = format!("window {window}: `{command}` can be in flight together {company}");
    Objection { run, part: Part::Whole, message, hint: None }
}
