//! Walkthroughs: lessons on live runs. A lesson is a text that stops at conditions of its runs, asks, and
//! states nothing about them that is not computed from them or checked against them.
//!
//! The way of a lesson: [`Shelf`] (where its text lies) to `format` (its parts, with their places) to
//! `bind` (every stop, fact, claim and answer worked out from the runs), and then it is a [`Tour`]. What
//! does not hold on that way is reported all at once, each with its place. Nothing here knows a terminal.

mod asked;
mod bind;
pub mod builtin;
mod every_order;
mod facts;
#[cfg(test)]
pub(crate) use facts::fact_in_words;
mod format;
mod guide;
mod markdown;
mod place;
mod progress;
mod prose;
mod question;
mod runs;
mod score;
mod shelf;
mod stop;
#[cfg(test)]
mod tests;

use ringscope_sim::scenario::ScenarioErrors;
use ringscope_traces::Op;
use ringscope_traces::text::Plain;
use ringscope_traces::words::tag_label;

pub use guide::guide;
pub use progress::{Progress, Record};
pub use prose::{Block, Tone, ToneSpan, WrappedLine, set_in_lines, set_pieces};
pub use question::{Answer, LETTERS, Question, QuestionKind};
pub use runs::LessonRun;
pub use score::Score;
pub use shelf::{FilesBeside, Shelf};
pub use stop::Stop;

/// A lesson, worked out.
pub struct Tour {
    /// By what it is called: a built-in lesson's name, or a file's.
    pub name: String,
    /// What it is called for people.
    pub title: String,
    /// What it is about, in a line.
    pub about: String,
    /// Its runs, the main one first.
    pub runs: Vec<LessonRun>,
    /// What it consists of; at least one.
    pub steps: Vec<Step>,
    /// How many facts, claims and questions were worked out.
    pub asked: usize,
}

/// A step of a lesson: where the run stands, what there is to read, and what is asked.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its heading.
    pub title: String,
    /// Where the run stands, and what is looked at.
    pub stop: Stop,
    /// What there is to read.
    pub blocks: Vec<Block>,
    /// What is asked, one after the other.
    pub questions: Vec<Question>,
}

/// What does not hold in a lesson.
#[derive(Debug)]
pub struct Faults {
    /// Each, with its place.
    pub errors: ScenarioErrors,
    /// Whether it could be judged at all: everything could be read, and something does not hold.
    pub is_judged: bool,
}

impl Tour {
    /// Reads a lesson and works it out.
    ///
    /// # Errors
    ///
    /// Everything in it that cannot be read or does not hold, each with its line and column.
    ///
    /// ```
    /// use ringscope_screen::tour::{Shelf, Tour, builtin};
    ///
    /// let lesson = builtin::find("joining").expect("it is built in");
    /// let tour = Tour::open(&Shelf::built_in(lesson)).expect("it holds");
    /// assert!(tour.questions() > 0);
    ///
    /// let faults = Tour::open(&Shelf::alone("mine.md", "no heading")).err().expect("it is no lesson");
    /// assert!(faults.errors.to_string().starts_with("mine.md:1"));
    /// ```
    pub fn open(shelf: &Shelf) -> Result<Tour, Faults> {
        bind::bind(shelf)
    }

    /// How many questions there are.
    pub fn questions(&self) -> usize {
        self.steps.iter().map(|step| step.questions.len()).sum()
    }

    /// Where a run stands at a stop, in lines: which run, after which event, and what that did.
    pub fn stands(&self, stop: &Stop) -> Vec<String> {
        let run = &self.runs[stop.run];
        let timeline = &run.timeline;
        let event = timeline.event_at(stop.cursor).map(|at| timeline.info(at));
        let did = event.map_or_else(
            || "nothing has happened yet".to_owned(),
            |event| {
                let names = timeline.vocabulary();
                let tag = tag_label(event.tag, &names);
                match event.op {
                    Op::Send => format!("rank {} sends {tag} to rank {}", event.rank, event.peer),
                    Op::Recv => {
                        format!("rank {} receives {tag} from rank {}", event.rank, event.peer)
                    }
                }
            },
        );
        let here = format!("{}: event {} of {}: {did}", run.what, stop.cursor, timeline.len());
        let against = stop.against.map(|other| format!("beside it: {}", self.runs[other].what));
        let lines = std::iter::once(here).chain(against);
        lines.map(|line| Plain(&line).to_string()).collect()
    }
}

/// What a list says of a lesson.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// What it is called.
    pub title: String,
    /// What it is about, in a line.
    pub about: String,
    /// How many steps it has.
    pub steps: usize,
}

/// What a list says of a lesson, which is not worked out for that.
pub fn heading(shelf: &Shelf) -> Heading {
    let draft = format::parse(&shelf.text, &mut format::Findings::new(&shelf.name, ""));
    Heading {
        title: in_a_line(&draft.title.text),
        about: in_a_line(&draft.about.text),
        steps: draft.steps.len(),
    }
}

/// A text that may have been written in several lines.
fn in_a_line(text: &str) -> String {
    Plain(&text.split_whitespace().collect::<Vec<_>>().join(" ")).to_string()
}
