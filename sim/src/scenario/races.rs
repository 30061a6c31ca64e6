//! Commands that can be in flight together and get in each other's way.

use std::ops::RangeInclusive;

use super::Scenario;
use super::errors::{Findings, Problem};
use crate::protocol::Command;

/// Looks for joins and leaves that other commands can be in flight with.
///
/// PUTs and GETs alone are safe: they take the same way round the ring, and none overtakes another.
pub(super) fn look(scenario: &Scenario, found: &mut Findings) {
    let others = u64::from(scenario.settings.window) - 1;
    if others == 0 {
        return;
    }
    let starts: Vec<u64> = scenario
        .runs
        .iter()
        .scan(0_u64, |next, run| {
            let start = *next;
            *next = next.saturating_add(run.count);
            Some(start)
        })
        .collect();
    let run_of = |command: u64| starts.partition_point(|&start| start <= command) - 1;
    for (at, run) in scenario.runs.iter().enumerate() {
        let danger = match run.first {
            Command::Add { .. } => {
                "a command that overtakes the join's pointer updates goes the old way round the ring"
            }
            Command::Remove { .. } => {
                "a command behind it finds a node that has left, and two neighbours that leave wait \
                 for each other"
            }
            Command::Put { .. } | Command::Get { .. } => continue,
        };
        let before = run_of(starts[at].saturating_sub(others));
        let after = run_of(starts[at].saturating_add(others));
        if let Some(company) = company(at, before..=after, &scenario.lines) {
            found.add(|| warn(scenario, at, &format!("{company}: {danger}")));
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

fn warn(scenario: &Scenario, at: usize, company: &str) -> Problem {
    let (window, line) = (scenario.settings.window, scenario.lines[at]);
    let (start, text) = scenario.source.line(line);
    let indent = text.len() - text.trim_start().len();
    let command = scenario.runs[at].first;
    let message = format!("window {window}: `{command}` can be in flight together {company}");
    let words = super::parser::without_comment(text).trim().len();
    Problem::error(&scenario.source, message).at(start + indent..start + indent + words)
}
