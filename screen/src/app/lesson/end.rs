//! How a lesson went so far, and what comes after it.

use super::{Lesson, Reply};
use crate::app::PageRequest;
use crate::tour::builtin::{ALL, BuiltIn, after};
use crate::tour::{Progress, Score, Shelf, heading};

/// What comes after a lesson.
#[derive(Debug, Clone)]
pub enum Sequel {
    /// The next lesson of the course, and its title.
    Lesson(&'static BuiltIn, String),
    /// The list: it is the last lesson of the course, and so many others were not gone through.
    LastOf(usize),
    /// The list: it is no lesson of the course.
    List,
}

impl Sequel {
    /// That of the lesson of this name, for somebody who has come so far.
    pub(super) fn of(name: &str, progress: &Progress) -> Sequel {
        if let Some(one) = after(name) {
            return Sequel::Lesson(one, heading(&Shelf::built_in(one)).title);
        }
        let is_open = |one: &&BuiltIn| progress.of(one.name).is_none_or(|record| !record.is_done);
        match ALL.iter().any(|one| one.name == name) {
            true => {
                Sequel::LastOf(ALL.iter().filter(|one| one.name != name).filter(is_open).count())
            }
            false => Sequel::List,
        }
    }

    /// What Enter does then, in the words of a key bar.
    pub(super) fn in_bar(&self) -> &'static str {
        match self {
            Sequel::Lesson(..) => "next lesson",
            Sequel::LastOf(_) | Sequel::List => "list of lessons",
        }
    }

    /// What Enter does then, in a sentence.
    pub fn words(&self) -> String {
        match self {
            Sequel::Lesson(_, title) => format!("Enter: next lesson, {title}."),
            Sequel::LastOf(0) => {
                "It was the last one: the series is done. Enter: back to the list.".to_owned()
            }
            Sequel::LastOf(1) => {
                "It was the last one; one is left before it. Enter: back to the list.".to_owned()
            }
            Sequel::LastOf(left) => {
                format!("It was the last one; {left} are left before it. Enter: back to the list.")
            }
            Sequel::List => "Enter: the list of lessons.".to_owned(),
        }
    }
}

/// How a step stands in the row of all steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepMark {
    /// It is the one that is shown.
    Shown,
    /// Somebody has gone through it, and everything in it is answered.
    Done,
    /// A question in it was left open.
    Skipped,
    /// It is still to come.
    ToCome,
}

impl Lesson {
    /// How a step stands in the row of all steps.
    pub fn mark(&self, step: usize) -> StepMark {
        let replies = &self.replies[step];
        let is_right = replies.iter().all(|reply| reply.is_right());
        if step == self.step {
            StepMark::Shown
        } else if self.has_skipped(step) {
            StepMark::Skipped
        } else if step < self.step || (is_right && !replies.is_empty()) {
            StepMark::Done
        } else {
            StepMark::ToCome
        }
    }

    /// Whether everything is read and answered or left open, so that what follows is the end.
    pub fn is_over(&self) -> bool {
        let is_last = self.step + 1 == self.tour.steps.len();
        is_last && self.replies[self.step].iter().all(|reply| reply.is_closed())
    }

    /// How it went so far.
    pub fn score(&self) -> Score {
        let all = || self.replies.iter().flatten();
        let right = |at_first: bool| {
            all().filter(|reply| **reply == Reply::Right { at_once: at_first }).count()
        };
        let skipped = (0..self.replies.len()).filter(|step| self.has_skipped(*step));
        Score {
            questions: all().count(),
            at_first_try: right(true),
            later: right(false),
            skipped: skipped.map(|step| step + 1).collect(),
        }
    }

    /// Leaves the question open that is asked; where none is, comes back to one that was left open.
    pub(super) fn skip(&mut self) {
        if let Some(asked) = self.asked() {
            self.replies[self.step][asked] = Reply::Left;
            self.draft = super::Draft::None;
            self.scrolled = usize::MAX;
            return;
        }
        match self.skipped_next() {
            Some(step) => self.ask_again(step),
            None if self.comes_back && !self.is_over() => self.go_to(self.tour.steps.len() - 1),
            None => self.controls.refuse("there is no question: Enter goes on"),
        }
    }

    /// Where a question was left open that can be asked again: here, or once the end has been seen in any step, from here
    /// on round.
    fn skipped_next(&self) -> Option<usize> {
        let steps = self.tour.steps.len();
        let has_seen_the_end = self.comes_back || self.is_over();
        let looked_at = if has_seen_the_end { steps } else { 1 };
        let mut round = (self.step..self.step + looked_at).map(|step| step % steps);
        round.find(|step| self.has_skipped(*step))
    }

    /// What is done with questions that are left open, in the words of a key bar, where anything can be.
    pub(super) fn bar_of_skip(&self) -> Option<&'static str> {
        match (self.asked(), self.skipped_next()) {
            (Some(_), _) => Some("skip"),
            (None, Some(step)) if step == self.step => Some("ask again"),
            (None, Some(_)) => Some("back to what was skipped"),
            (None, None) if self.comes_back && !self.is_over() => Some("to the end"),
            (None, None) => None,
        }
    }

    /// Whether a question of a step was left open.
    fn has_skipped(&self, step: usize) -> bool {
        self.replies[step].contains(&Reply::Left)
    }

    /// Asks once more what was left open in a step.
    fn ask_again(&mut self, step: usize) {
        self.comes_back |= self.is_over();
        if step != self.step {
            self.go_to(step);
        }
        self.is_pausing = false;
        self.scrolled = usize::MAX;
        for reply in &mut self.replies[step] {
            if *reply == Reply::Left {
                *reply = Reply::Open;
            }
        }
    }

    /// To what comes after the lesson, which is done.
    pub(super) fn end(&mut self) {
        self.is_done = true;
        self.controls.ask(match &self.sequel {
            Sequel::Lesson(one, _) => PageRequest::Lesson(one),
            Sequel::LastOf(_) | Sequel::List => PageRequest::Lessons,
        });
    }
}
