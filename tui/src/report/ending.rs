//! How a run ended.

use std::io::Write as _;

use ringscope_screen::numbers::{counted, time};
use ringscope_sim::scenario::{Scenario, Settings};
use ringscope_sim::simulate::Summary;
use ringscope_traces::Ending;
use ringscope_traces::text::Plain;

use super::{Style, wrapped};
use crate::output::Notes;

/// Whether a run completed, and was not expected to end otherwise.
pub(crate) fn is_as_it_should_be(summary: &Summary, settings: &Settings) -> bool {
    let is_expected = settings.expect.is_none_or(|expected| expected.is(&summary.ending));
    summary.ending == Ending::Completed && is_expected
}

/// Prints how a run ended, and why.
pub(crate) fn print(scenario: &Scenario, summary: &Summary, notes: &mut Notes) {
    let ending = &summary.ending;
    let settings = &scenario.settings;
    let expectation = match settings.expect {
        Some(expected) if !expected.is(ending) => format!(", and not {}", expected.name()),
        Some(_) if *ending != Ending::Completed => ", as expected".to_owned(),
        Some(_) | None => String::new(),
    };
    let style = if is_as_it_should_be(summary, settings) { Style::Good } else { Style::Bad };
    let name = notes.paint(Style::Name, Plain(&scenario.name));
    let text = notes.paint(style, ending.name());
    let _ = writeln!(notes, "{name}: {text}{expectation}");
    if let Some(explanation) = &summary.explanation {
        let facts = wrapped(&explanation.facts, notes.width(), "  ");
        let paragraph = wrapped(&explanation.paragraph, notes.width(), "  ");
        let _ = writeln!(notes, "{facts}\n\n{paragraph}\n");
    }
    let _ = writeln!(notes, "  {}", cost(summary));
}

fn cost(summary: &Summary) -> String {
    let Summary { received, unreceived, now_ns, .. } = summary;
    let never = match unreceived {
        0 => String::new(),
        some => format!(" ({some} never received)"),
    };
    let messages = counted(received + unreceived, "message");
    format!("{messages}{never}, {} of virtual time", time(*now_ns))
}
