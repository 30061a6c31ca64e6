//! Why nothing could be judged, printed on standard error.

use std::fmt::Display;
use std::io::Write as _;

use ringscope_screen::failure::Failure;
use ringscope_traces::text::Plain;

use super::{Style, problems};
use crate::output::Notes;

/// Prints a failure, with the advice on a line of its own.
pub(crate) fn print(failure: &Failure, notes: &mut Notes) {
    match failure {
        Failure::Scenario(errors) => problems::print(errors, notes),
        Failure::File(error) => print_with_hint(error, error.hint(), notes),
        Failure::Trace(error) => print_with_hint(error, error.hint(), notes),
        Failure::About { hint, .. } => print_with_hint(failure, hint.as_deref(), notes),
    }
}

fn print_with_hint(what: &dyn Display, hint: Option<&str>, notes: &mut Notes) {
    // Nothing can be reported once standard error is gone.
    let program = notes.paint(Style::Bad, "ringscope");
    let _ = writeln!(notes, "{program}: {what}");
    if let Some(hint) = hint {
        let label = notes.paint(Style::Faint, "hint");
        let _ = writeln!(notes, "  {label}: {}", Plain(hint));
    }
}
