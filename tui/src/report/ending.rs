//! How a run ended.

use std::io::Write as _;

use ringscope_sim::explain::explain;
use ringscope_sim::scenario::{Scenario, Settings};
use ringscope_sim::simulate::Finished;
use ringscope_sim::world::{End, Outcome};
use ringscope_traces::text::Plain;

use super::{Style, counted, time, wrapped};
use crate::output::Notes;

/// Whether a run completed, and was not expected to end otherwise.
pub fn is_as_it_should_be(finished: &Finished, settings: &Settings) -> bool {
    let ending = finished.outcome.end.ending();
    let is_expected = settings.expect.is_none_or(|expected| expected.is(&ending));
    matches!(finished.outcome.end, End::Completed) && is_expected
}

/// Prints how a run ended, and why.
pub fn print(scenario: &Scenario, finished: &Finished, notes: &mut Notes) {
    let end = &finished.outcome.end;
    let ending = end.ending();
    let settings = &scenario.settings;
    let expectation = match settings.expect {
        Some(expected) if !expected.is(&ending) => format!(", and not {}", expected.name()),
        Some(_) if !matches!(end, End::Completed) => ", as expected".to_owned(),
        Some(_) | None => String::new(),
    };
    let style = if is_as_it_should_be(finished, settings) { Style::Good } else { Style::Bad };
    let name = notes.paint(Style::Name, Plain(&scenario.name));
    let text = notes.paint(style, ending.name());
    let _ = writeln!(notes, "{name}: {text}{expectation}");
    if let Some(explanation) = explain(end, finished.world.nodes()) {
        let facts = wrapped(&explanation.facts, notes.width(), "  ");
        let paragraph = wrapped(&explanation.paragraph, notes.width(), "  ");
        let _ = writeln!(notes, "{facts}\n\n{paragraph}\n");
    }
    let _ = writeln!(notes, "  {}", cost(&finished.outcome));
}

fn cost<M>(outcome: &Outcome<M>) -> String {
    let Outcome { received, unreceived, now_ns, .. } = outcome;
    let never = match unreceived {
        0 => String::new(),
        some => format!(" ({some} never received)"),
    };
    let messages = counted(received + unreceived, "message");
    format!("{messages}{never}, {} of virtual time", time(*now_ns))
}
