//! A Mermaid sequence diagram: one arrow per message, where it is received.
//!
//! Mermaid's arrows take no time. Standing where it is received, an arrow is below everything that led
//! to it, and what a rank receives is in the order in which it does. Source of the syntax:
//! <https://mermaid.js.org/syntax/sequenceDiagram.html>.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write;

use ringscope_traces::{Event, Op, Rank};

use super::feed::{Feed, FeedEvent};
use super::names::Names;
use super::{ExportError, Part};
use crate::trace_summary::header_summary;

/// The longest text that Mermaid draws as it comes, its `maxTextSize`; its `maxEdges` is not for
/// sequence diagrams.
const MOST_CHARS: usize = 50_000;

/// What is kept free for how the run ended.
const ENDING_CHARS: usize = 1_000;

/// The most ranks of a verdict that are drawn though they have no message.
const MOST_ACCUSED: usize = 16;

/// Said of a message that was under way when the part ended, and of one that the run never received.
const UNDER_WAY: &str = "under way";
const NEVER: &str = "never received";

/// Between what a message is and what is said of it.
const GAP: &str = ", ";

/// Writes the diagram.
pub(super) fn write(feed: &mut Feed<'_>, sink: &mut dyn Write) -> Result<(), ExportError> {
    let mut diagram = Diagram::new(feed);
    while let Some(FeedEvent { at, message, event, .. }) = feed.next()? {
        diagram.take(&event, message);
        if diagram.length() > MOST_CHARS {
            let what = format!("Mermaid draws no text longer than {MOST_CHARS} characters");
            let part = Part { from: feed.from(), to: Some(at.0) };
            return Err(ExportError::too_much("mermaid", what, &part));
        }
    }
    Ok(sink.write_all(diagram.finish(feed).as_bytes())?)
}

/// A diagram as far as the events have been read.
struct Diagram {
    names: Names,
    title: String,
    ranks: BTreeSet<Rank>,
    arrows: Vec<Arrow>,
    /// The messages that are under way, by number.
    open: BTreeMap<u64, Arrow>,
    /// How long its lines are, but for what is said of messages that are never received.
    chars: usize,
}

struct Arrow {
    from: Rank,
    to: Rank,
    label: String,
}

impl Diagram {
    fn new(feed: &Feed<'_>) -> Diagram {
        let title = escaped(&header_summary(feed.header()));
        let (names, chars) = (feed.names(), title.len() + 40);
        let (ranks, arrows, open) = (BTreeSet::new(), Vec::new(), BTreeMap::new());
        let mut diagram = Diagram { names, title, ranks, arrows, open, chars };
        // A diagram of nobody is none.
        diagram.involve(Rank::FIRST);
        diagram
    }

    fn take(&mut self, event: &Event, message: u64) {
        self.involve(event.sender());
        self.involve(event.receiver());
        if let Some(arrow) = self.open.remove(&message) {
            self.arrows.push(arrow);
            return;
        }
        let label = escaped(&self.names.message(event));
        let arrow = Arrow { from: event.sender(), to: event.receiver(), label };
        self.chars += arrow.line("->>", "").len();
        match event.op {
            Op::Send => drop(self.open.insert(message, arrow)),
            Op::Recv => self.arrows.push(arrow),
        }
    }

    /// How long it is at most if nothing follows.
    fn length(&self) -> usize {
        self.chars + self.open.len() * (GAP.len() + NEVER.len()) + ENDING_CHARS
    }

    fn involve(&mut self, rank: Rank) {
        if self.ranks.insert(rank) {
            self.chars += self.participant(rank).len();
        }
    }

    fn participant(&self, rank: Rank) -> String {
        format!("  participant r{rank} as {}\n", escaped(&self.names.rank(rank)))
    }

    fn finish(mut self, feed: &Feed<'_>) -> String {
        let verdicts = feed.diagnosed().into_iter().flat_map(|all| &all.diagnosis.verdicts);
        let few = verdicts.filter(|verdict| verdict.ranks.len() <= MOST_ACCUSED);
        few.flat_map(|verdict| &verdict.ranks).for_each(|rank| self.involve(*rank));
        let mut text = format!("sequenceDiagram\n  title {}\n", self.title);
        text.extend(self.ranks.iter().map(|rank| self.participant(*rank)));
        text.extend(self.arrows.iter().map(|arrow| arrow.line("->>", "")));
        let ending = feed.ending();
        let (line, remark) = if ending.is_some() { ("-x", NEVER) } else { ("--)", UNDER_WAY) };
        text.extend(self.open.values().map(|arrow| arrow.line(line, remark)));
        if let (Some(ending), Some(first), Some(last)) =
            (ending, self.ranks.first(), self.ranks.last())
        {
            let ending: String = ending.chars().take(ENDING_CHARS / 10).collect();
            let _ = writeln!(text, "  Note over r{first},r{last}: {}", escaped(&ending));
        }
        self.put_verdicts(feed, &mut text);
        text
    }

    /// What is wrong with a recorded run, as notes over the ranks that it is about.
    fn put_verdicts(&self, feed: &Feed<'_>, text: &mut String) {
        let verdicts = feed.diagnosed().into_iter().flat_map(|all| &all.diagnosis.verdicts);
        for verdict in verdicts {
            let drawn = || verdict.ranks.iter().filter(|rank| self.ranks.contains(rank));
            let first = drawn().min().or(self.ranks.first());
            let last = drawn().max().or(self.ranks.last());
            let (Some(first), Some(last)) = (first, last) else { return };
            let note = format!("  Note over r{first},r{last}: {}\n", escaped(&verdict.says));
            if text.len() + note.len() > MOST_CHARS {
                return;
            }
            *text += &note;
        }
    }
}

impl Arrow {
    fn line(&self, line: &str, remark: &str) -> String {
        let Arrow { from, to, label } = self;
        let gap = if remark.is_empty() { "" } else { GAP };
        format!("  r{from}{line}r{to}: {label}{gap}{remark}\n")
    }
}

/// Text that is nothing to Mermaid: whatever could be is written by its number.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        let is_plain = c.is_ascii_alphanumeric() || matches!(c, ' ' | ',' | '.' | '-' | '_');
        let _ = if is_plain { write!(out, "{c}") } else { write!(out, "#{};", u32::from(c)) };
        out
    })
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::super::testing::{HOSTILE, HUNG, endless, exported, exported_from};
    use super::*;

    #[test]
    fn a_message_is_an_arrow_where_it_is_received() {
        assert_snapshot!(exported("mermaid", "get-missing", Part::default()));
    }

    #[test]
    fn what_is_wrong_with_a_recorded_run_is_a_note_over_its_ranks() {
        let text = exported_from("mermaid", HUNG, Part::default()).expect("it can be carried");
        assert_snapshot!(text);
    }

    #[test]
    fn in_a_part_of_a_run_messages_come_from_before_and_stay_under_way() {
        assert_snapshot!(exported("mermaid", "get-missing", Part { from: 3, to: Some(7) }));
    }

    #[test]
    fn no_text_of_a_trace_is_syntax() {
        let text = exported_from("mermaid", HOSTILE, Part::default()).expect("it can be carried");
        assert_snapshot!(text);
    }

    #[test]
    fn what_mermaid_does_not_draw_is_refused_with_the_part_that_it_does() {
        let trace = endless(4_000);
        let refused = exported_from("mermaid", &trace, Part::default()).expect_err("too long");
        assert!(refused.contains("no text longer than 50000 characters"), "{refused}");
        let (_, advice) = refused.split_once("--events ").expect("it says what fits");
        let part: Part = advice.trim_end_matches(')').parse().expect("a part");
        let text = exported_from("mermaid", &trace, part).expect("it fits");
        assert!((MOST_CHARS - 2 * ENDING_CHARS..=MOST_CHARS).contains(&text.len()), "{part}");
    }
}
