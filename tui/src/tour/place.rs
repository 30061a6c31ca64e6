//! Places: where in a run a stop is, or a fact is asked, as a table of forms.

use ringscope_traces::diff::Comparison;
use ringscope_traces::{EventIndex as Event, Op};

use super::facts::nth_deed;
use crate::film::Film;
use crate::language::grammar::{self, Form, Lexicon, Meant, Misread, Piece};

/// From where a place is looked for.
#[derive(Clone, Copy)]
pub struct From<'a> {
    pub film: &'a Film,
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
    Row { form: &[Piece::Word("start")], what: "before the first event", cursor: |_, _| Ok(0) },
    Row {
        form: &[Piece::Word("end")],
        what: "after the last event",
        cursor: |from, _| Ok(from.film.len()),
    },
    Row {
        form: &[Piece::Word("event"), Piece::Number],
        what: "after so many events",
        cursor: |from, number| from.within(Some(number)),
    },
    Row {
        form: &[Piece::Word("next"), Piece::Word("event")],
        what: "an event further on",
        cursor: |from, _| from.within(Some(from.cursor + 1)),
    },
    Row {
        form: &[Piece::Word("previous"), Piece::Word("event")],
        what: "an event back",
        cursor: |from, _| from.within(from.cursor.checked_sub(1)),
    },
    Row {
        form: &[Piece::Word("receipt")],
        what: "where the message is received that the event at which the run stands has sent",
        cursor: |from, _| from.receipt(),
    },
    Row {
        form: &[Piece::Word("before"), Piece::Word("command"), Piece::Number],
        what: "where the command is just not sent yet; commands count from 1",
        cursor: |from, number| Ok(nth_deed(from.film, number)?.sent.0),
    },
    Row {
        form: &[Piece::Word("command"), Piece::Number],
        what: "where the command has just been sent",
        cursor: |from, number| Ok(after(nth_deed(from.film, number)?.sent)),
    },
    Row {
        form: &[Piece::Word("answer"), Piece::Number],
        what: "where the answer of the command has just been received",
        cursor: |from, number| {
            let answered = nth_deed(from.film, number)?.answered;
            answered.map(after).ok_or_else(|| format!("command {number} is never answered"))
        },
    },
    Row {
        form: &[Piece::Word("violation")],
        what: "where an invariant is violated first",
        cursor: |from, _| {
            let first = from.film.sightings().first().map(|sighting| after(sighting.at));
            first.ok_or_else(|| "no invariant is violated in this run".to_owned())
        },
    },
    Row {
        form: &[Piece::Word("divergence")],
        what: "at a stop that compares: where this run first does what the other one does not",
        cursor: |from, _| from.divergence(),
    },
];

fn after(event: Event) -> usize {
    event.0 + 1
}

impl From<'_> {
    fn within(self, cursor: Option<usize>) -> Result<usize, String> {
        let last = self.film.len();
        let is_there = |cursor: &usize| *cursor <= last;
        cursor.filter(is_there).ok_or_else(|| format!("the run has the events 0 to {last} only"))
    }

    fn receipt(self) -> Result<usize, String> {
        let event = self.film.event_at(self.cursor);
        let sent = event.filter(|event| self.film.fact(*event).op == Op::Send);
        let sent = sent.ok_or("the event at which the run stands sends nothing")?;
        let received = self.film.partner(sent).map(after);
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
pub fn help() -> impl Iterator<Item = (String, &'static str)> {
    ROWS.iter().map(|row| (grammar::shown(row.form), row.what))
}

/// A place that can be looked for.
#[derive(Debug, Clone, Copy)]
pub struct Spot {
    row: usize,
    number: usize,
}

impl Spot {
    /// Reads a place.
    ///
    /// # Errors
    ///
    /// The first word that is none of a place, and what was expected.
    pub fn parse(text: &str, lexicon: &Lexicon) -> Result<Spot, Misread> {
        let forms: Vec<Form> = ROWS.iter().map(|row| row.form).collect();
        let words: Vec<&str> = text.split_whitespace().collect();
        let (row, meant) = grammar::read(&forms, &words, lexicon)?;
        let number = meant.iter().find_map(|one| match one {
            Meant::Number(number) => Some(*number),
            Meant::Word | Meant::Rank(_) | Meant::Tag(_) | Meant::Key(_) => None,
        });
        Ok(Spot { row, number: number.unwrap_or_default() })
    }

    /// The cursor there.
    ///
    /// # Errors
    ///
    /// Why there is no such place in the run: in a sentence.
    pub fn cursor(self, from: From<'_>) -> Result<usize, String> {
        (ROWS[self.row].cursor)(from, self.number)
    }
}
