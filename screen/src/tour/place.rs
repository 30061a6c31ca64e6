//! Places: where in a run a stop is, or a fact is asked, as a table of forms.

use ringscope_traces::EventIndex as Event;
use ringscope_traces::diff::Comparison;

use super::facts::nth_operation;
use crate::language::grammar::{self, Argument, Form, ParseError, SymbolTable, Token};
use crate::timeline::Timeline;

/// From where a place is looked for.
#[derive(Clone, Copy)]
pub(super) struct From<'a> {
    pub timeline: &'a Timeline,
    /// The cursor at which the run stands.
    pub cursor: usize,
    /// What came of comparing it with another run.
    pub comparison: Option<&'a Comparison>,
}

/// The cursor of a place; the number is that of its form.
type Found = fn(From<'_>, usize) -> Result<usize, String>;

struct Row {
    form: Form,
    what: &'static str,
    cursor: Found,
}

/// Every place.
const ROWS: &[Row] = &[
    Row { form: &[Token::Word("start")], what: "before the first event", cursor: |_, _| Ok(0) },
    Row {
        form: &[Token::Word("end")],
        what: "after the last event",
        cursor: |from, _| Ok(from.timeline.len()),
    },
    Row {
        form: &[Token::Word("event"), Token::Number],
        what: "after N events",
        cursor: |from, number| from.within(Some(number)),
    },
    Row {
        form: &[Token::Word("next"), Token::Word("event")],
        what: "an event further on",
        cursor: |from, _| from.within(Some(from.cursor + 1)),
    },
    Row {
        form: &[Token::Word("previous"), Token::Word("event")],
        what: "an event back",
        cursor: |from, _| from.within(from.cursor.checked_sub(1)),
    },
    Row {
        form: &[Token::Word("receipt")],
        what: "where the message that the current event sends is received",
        cursor: |from, _| from.receipt(),
    },
    Row {
        form: &[Token::Word("before"), Token::Word("command"), Token::Number],
        what: "just before the command is sent; commands count from 1",
        cursor: |from, number| Ok(nth_operation(from.timeline, number)?.invoked.0),
    },
    Row {
        form: &[Token::Word("command"), Token::Number],
        what: "where the command has just been sent",
        cursor: |from, number| Ok(after(nth_operation(from.timeline, number)?.invoked)),
    },
    Row {
        form: &[Token::Word("answer"), Token::Number],
        what: "where the answer of the command has just been received",
        cursor: |from, number| {
            let answered = nth_operation(from.timeline, number)?.completed;
            answered.map(after).ok_or_else(|| format!("command {number} is never answered"))
        },
    },
    Row {
        form: &[Token::Word("violation")],
        what: "where an invariant is first violated",
        cursor: |from, _| {
            let first =
                from.timeline.violations().first().map(|violation_at| after(violation_at.at));
            first.ok_or_else(|| "no invariant is violated in this run".to_owned())
        },
    },
    Row {
        form: &[Token::Word("divergence")],
        what: "at a stop that compares: the first event in which this run differs from the other",
        cursor: |from, _| from.divergence(),
    },
];

fn after(event: Event) -> usize {
    event.0 + 1
}

impl From<'_> {
    fn within(self, cursor: Option<usize>) -> Result<usize, String> {
        let last = self.timeline.len();
        let is_there = |cursor: &usize| *cursor <= last;
        cursor.filter(is_there).ok_or_else(|| format!("the run has the events 0 to {last} only"))
    }

    fn receipt(self) -> Result<usize, String> {
        let event = self.timeline.event_at(self.cursor);
        let sent = event.filter(|event| self.timeline.info(*event).destination().is_some());
        let sent = sent.ok_or("the current event sends nothing")?;
        let received = self.timeline.partner(sent).map(after);
        received.ok_or_else(|| "the message is never received".to_owned())
    }

    fn divergence(self) -> Result<usize, String> {
        let comparison = self.comparison.ok_or("nothing is compared at this stop")?;
        let first = comparison.first.as_ref().ok_or("the two runs are equal")?;
        let step = first.divergence.a.as_ref();
        let step = step.ok_or("this run does nothing more where they part")?;
        self.within(Some(after(Event(step.line - Event(0).line()))))
    }
}

/// Every place as it is written, and where it is.
pub(super) fn help() -> impl Iterator<Item = (String, &'static str)> {
    ROWS.iter().map(|row| (grammar::shown(row.form), row.what))
}

/// A place that can be looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct StopPlace {
    row: usize,
    number: usize,
}

impl StopPlace {
    /// Reads a place.
    ///
    /// # Errors
    ///
    /// The first word that is none of a place, and what was expected.
    pub(super) fn parse(text: &str, lexicon: &SymbolTable) -> Result<StopPlace, ParseError> {
        let forms: Vec<Form> = ROWS.iter().map(|row| row.form).collect();
        let words: Vec<&str> = text.split_whitespace().collect();
        let (row, meant) = grammar::read(&forms, &words, lexicon)?;
        let number = meant.iter().find_map(|one| match one {
            Argument::Number(number) => Some(*number),
            Argument::Word | Argument::Rank(_) | Argument::Tag(_) | Argument::Key(_) => None,
        });
        Ok(StopPlace { row, number: number.unwrap_or_default() })
    }

    /// The cursor there.
    ///
    /// # Errors
    ///
    /// Why there is no such place in the run: in a sentence.
    pub(super) fn cursor(self, from: From<'_>) -> Result<usize, String> {
        (ROWS[self.row].cursor)(from, self.number)
    }
}
