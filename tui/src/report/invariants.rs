//! What the invariant checker found.

use std::fmt::Write as _;

use ringscope_screen::numbers::{counted, time};
use ringscope_sim::invariants::{Invariant, InvariantChecker, Tally};
use ringscope_traces::text::Plain;

use super::{Style, wrapped};
use crate::output::Notes;

/// How many violations of an invariant are listed.
const LIMIT_SHOWN: usize = 5;

/// Each invariant, how often it was checked, and where it did not hold.
pub(crate) fn render(checker: &InvariantChecker, notes: &Notes) -> String {
    let mut text = format!("{}\n", notes.paint(Style::Name, "invariants"));
    for invariant in Invariant::ALL {
        text += &one(invariant, checker.tally(invariant), notes);
    }
    text
}

fn one(invariant: Invariant, tally: &Tally, notes: &Notes) -> String {
    let verdict = match tally.failed {
        0 => notes.paint(Style::Good, "holds "),
        _ => notes.paint(Style::Bad, "broken"),
    };
    let count = match tally.failed {
        0 => counted(tally.checked, "check"),
        failed => format!("{failed} of {}", counted(tally.checked, "check")),
    };
    let mut text = String::new();
    let _ = writeln!(text, "  {:13}  {verdict}  {count}", invariant.name());
    for violation in tally.violations.iter().take(LIMIT_SHOWN) {
        let at = format!("after message {}, {}", violation.at, time(violation.now_ns));
        let violation = format!("{at}: {}", Plain(&violation.what));
        let _ = writeln!(text, "{}", wrapped(&violation, notes.width(), "    "));
    }
    let more = tally.violations.len().saturating_sub(LIMIT_SHOWN) as u64 + tally.unlisted;
    if more > 0 {
        let _ = writeln!(text, "    and {more} more");
    }
    text
}
