//! What is wrong with a scenario: for eyes with its lines and the places marked, for tools in plain lines.

use std::io::Write as _;

use miette::{GraphicalReportHandler, GraphicalTheme};
use ringscope_sim::scenario::{Problem, ScenarioErrors, Warning};

use super::marked::Marked;
use crate::output::Notes;

/// Tells the errors of a scenario, or the same as notes.
pub(crate) fn print(errors: &ScenarioErrors, notes: &mut Notes) {
    if !notes.is_marked() {
        let _ = writeln!(notes, "{errors}");
        return;
    }
    for problem in errors.problems() {
        let text = drawn(problem, notes);
        let _ = writeln!(notes, "{}\n", text.trim_end());
    }
    if let Some(closing) = errors.closing() {
        let _ = writeln!(notes, "{closing}");
    }
}

/// Tells a warning about a scenario.
pub(crate) fn warn(warning: &Warning, notes: &mut Notes) {
    let text = if notes.is_marked() { drawn(warning, notes) } else { warning.plain().to_string() };
    let _ = writeln!(notes, "{}", text.trim_end());
}

fn drawn(problem: &Problem, notes: &Notes) -> String {
    let theme = if notes.is_coloured() {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let handler = GraphicalReportHandler::new_themed(theme).with_links(false);
    let mut text = String::new();
    handler
        .with_width(notes.width())
        .render_report(&mut text, &Marked(problem))
        .expect("a string takes everything, and every place is in its text");
    text
}
