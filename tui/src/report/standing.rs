//! How a recorded run stood when its record ends.

use std::io::Write as _;

use ringscope_screen::numbers::counted;
use ringscope_sim::conform::{EndSummary, end_summary};
use ringscope_traces::text::Plain;
use ringscope_traces::words::ordinal;
use ringscope_traces::{Ending, Trace};

use super::{Style, wrapped};
use crate::output::Notes;

/// Tells how the run of a trace stood at the trace's end, and why, in the simulator's words.
pub(crate) fn print(trace: &Trace, notes: &mut Notes) {
    match end_summary(trace, &[]) {
        Ok(end_state) => print_end_state(&end_state, notes),
        Err(cannot) => {
            let text = format!("the state of the run is not known: {cannot}");
            let _ = writeln!(notes, "{}", wrapped(&text, notes.width(), "  "));
        }
    }
}

fn print_end_state(end_state: &EndSummary, notes: &mut Notes) {
    let (word, style) = match &end_state.ending {
        Some(Ending::Completed) => ("completed: every rank has stopped".to_owned(), Style::Good),
        Some(ending) => (ending.name().to_owned(), Style::Bad),
        None if end_state.strays.is_empty() => {
            (format!("it could have gone on: {}", end_state.picture), Style::Warning)
        }
        None => (left_the_protocol(end_state), Style::Warning),
    };
    let (head, rest) = word.split_once(':').unwrap_or((&word, ""));
    let colon = if rest.is_empty() { "" } else { ":" };
    let text = format!("{}{colon}{rest}", notes.paint(style, head));
    let _ = writeln!(notes, "{}", wrapped(&text, notes.width(), "  "));
    if let Some(explanation) = &end_state.explanation {
        let facts = wrapped(&explanation.facts, notes.width(), "  ");
        let paragraph = wrapped(&explanation.paragraph, notes.width(), "  ");
        let _ = writeln!(notes, "{facts}\n\n{paragraph}\n");
    }
}

fn left_the_protocol(end_state: &EndSummary) -> String {
    let count = counted(end_state.strays.len() as u64, "rank");
    let first = end_state.strays.first().map(|stray| {
        let (rank, index, what) = (stray.rank, stray.index, stray.what.to_string());
        format!(", rank {rank} at its {} event: {}", ordinal(index), Plain(&what))
    });
    let first = first.unwrap_or_default();
    format!("the state of the run is not known: {count} did what the protocol does not{first}")
}
