//! A lesson on the screen: its steps, the runs that stop where it says, and what is answered.

mod answer;
mod end;
mod keys;

use std::time::Duration;

use super::diff::{Candidate, Diff};
use super::keys::KeyPress;
use super::{App, Controls, Keymap, Recipe, Selection};
use crate::timeline::Timeline;
use crate::tour::{LessonRun, Progress, Question, Record, Step, Stop, Tour};

pub(crate) use answer::{Draft, Reply};
pub(crate) use end::{Sequel, StepMark};

/// A lesson on the screen.
pub struct Lesson {
    /// The lesson.
    pub tour: Tour,
    /// The keys, the list over the page, what there is to say.
    pub controls: Controls,
    /// The step that is shown, from 0.
    pub step: usize,
    /// What came of each question, by step.
    pub replies: Vec<Vec<Reply>>,
    /// The answer that is being given.
    pub draft: Draft,
    /// Whether the last right answer is still looked at: the next question comes with Enter.
    pub is_pausing: bool,
    /// By how many lines the text is scrolled.
    pub scrolled: usize,
    /// How much of the text is seen, as who draws it has found.
    pub room: Room,
    /// What comes after it.
    pub sequel: Sequel,
    /// Whether it was gone through to its end.
    is_done: bool,
    /// Whether one has come back from its end to what was skipped.
    comes_back: bool,
    /// The runs, in the order of the lesson's.
    apps: Vec<App>,
    /// The comparison of the step, if it is one.
    diff: Option<Box<Diff>>,
    /// Whether the run is still on its way to the stop, and how far that is.
    moving: Option<Moving>,
}

/// How much of the text is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Room {
    /// How many lines there are.
    pub lines: usize,
    /// How many can be seen at once.
    pub height: usize,
}

/// A run on its way to a stop.
#[derive(Debug, Clone, Copy)]
struct Moving {
    from: usize,
    to: usize,
    elapsed: Duration,
}

/// The longest time that a run is on its way to a stop.
const LONGEST_WAY: Duration = Duration::from_millis(1500);

/// The longest time of an event on that way.
const LONGEST_EVENT: Duration = Duration::from_millis(150);

impl Lesson {
    /// A lesson from its beginning, or from where somebody left it.
    ///
    /// # Panics
    ///
    /// When one of its runs cannot be had again; they are kept in memory.
    pub fn new(tour: Tour, keymap: Keymap, progress: &Progress) -> Lesson {
        // Of a lesson that was changed meanwhile nobody knows which step is which.
        let record = progress.of(&tour.name).filter(|record| record.steps == tour.steps.len());
        let apps = tour.runs.iter().map(shown).collect();
        let replies = tour.steps.iter().map(|step| vec![Reply::Open; step.questions.len()]);
        let mut lesson = Lesson {
            controls: Controls::new(keymap),
            step: 0,
            replies: replies.collect(),
            draft: Draft::None,
            is_pausing: false,
            scrolled: 0,
            room: Room::default(),
            sequel: Sequel::of(&tour.name, progress),
            is_done: false,
            comes_back: false,
            apps,
            diff: None,
            moving: None,
            tour,
        };
        record.into_iter().for_each(|record| lesson.take_up(record));
        lesson.stand();
        lesson
    }

    fn take_up(&mut self, record: &Record) {
        self.step = record.step.min(self.tour.steps.len() - 1);
        self.is_done = record.is_done;
        if self.is_done {
            // Who begins it again begins it.
            self.step = 0;
            return;
        }
        for (step, question, at_once) in &record.right {
            let replies = self.replies.get_mut(*step);
            if let Some(reply) = replies.and_then(|replies| replies.get_mut(*question)) {
                *reply = Reply::Right { at_once: *at_once };
            }
        }
        // Who came so far and did not answer has skipped it.
        for reply in self.replies[..self.step].iter_mut().flatten() {
            if *reply == Reply::Open {
                *reply = Reply::Left;
            }
        }
        if self.step > 0 {
            self.controls.say("you were here before: Backspace goes back");
        }
    }

    /// How far somebody has come.
    pub fn record(&self) -> Record {
        let steps = self.replies.iter().enumerate();
        let right = steps.flat_map(|(step, replies)| {
            replies.iter().enumerate().filter_map(move |(question, reply)| match reply {
                Reply::Right { at_once } => Some((step, question, *at_once)),
                Reply::Open | Reply::Wrong(_) | Reply::Left => None,
            })
        });
        Record {
            step: self.step,
            steps: self.tour.steps.len(),
            is_done: self.is_done,
            questions: self.replies.iter().map(Vec::len).sum(),
            right: right.collect(),
        }
    }

    /// The step that is shown.
    pub fn shown(&self) -> &Step {
        &self.tour.steps[self.step]
    }

    /// Where its run stands.
    pub fn stop(&self) -> &Stop {
        &self.shown().stop
    }

    /// The run that is shown.
    pub fn app(&self) -> &App {
        &self.apps[self.stop().run]
    }

    fn app_mut(&mut self) -> &mut App {
        let run = self.stop().run;
        &mut self.apps[run]
    }

    /// The comparison that is shown, at a stop that compares.
    pub fn diff(&self) -> Option<&Diff> {
        self.diff.as_deref()
    }

    /// The questions of the step that are seen: those that were answered, and the one that is asked.
    pub fn seen(&self) -> &[Question] {
        let replies = &self.replies[self.step];
        let closed = replies.iter().take_while(|reply| reply.is_closed()).count();
        let seen = if self.is_pausing { closed } else { closed + 1 };
        &self.shown().questions[..seen.min(replies.len())]
    }

    /// The question that is asked, by its number in the step.
    pub fn asked(&self) -> Option<usize> {
        let open = self.replies[self.step].iter().position(|reply| !reply.is_closed());
        open.filter(|_| !self.is_pausing)
    }

    /// Puts the run where the step says, at once.
    fn stand(&mut self) {
        let Stop { cursor, selection, pane, .. } = *self.stop();
        self.moving = None;
        let app = self.app_mut();
        app.go_to(cursor);
        (app.view.selection, app.view.focus) = (selection, pane);
        self.draft = Draft::None;
        self.diff = self.compared();
    }

    /// The comparison of the step, at the row of its event.
    fn compared(&self) -> Option<Box<Diff>> {
        let stop = self.stop();
        let (a, b) = (&self.tour.runs[stop.run], &self.tour.runs[stop.against?]);
        let of = |run: &LessonRun| Candidate {
            name: run.what.clone(),
            source: run.timeline.source().clone(),
            recipe: Recipe::none(),
        };
        let mut diff = Diff::between(of(a), of(b)).ok()?;
        diff.wait();
        let event = self.app().timeline.event_at(stop.cursor);
        let row = diff.rows().iter().position(|row| row.a.is_some() && row.a == event);
        let row = row.filter(|_| event != diff.parting()[0]);
        diff.go_to(row.or(diff.first_row).unwrap_or(0));
        diff.controls.keymap = self.controls.keymap.clone();
        Some(Box::new(diff))
    }

    /// Goes to a step, or to the last one; the run is at its stop at once.
    pub fn go_to(&mut self, step: usize) {
        self.go_to_step(step.min(self.tour.steps.len() - 1));
        self.arrive();
    }

    /// Goes to a step; the run is seen to go on where it goes on.
    fn go_to_step(&mut self, step: usize) {
        let is_next = step == self.step + 1;
        self.step = step;
        (self.scrolled, self.is_pausing) = (0, false);
        self.stand();
        let Stop { from, cursor, .. } = *self.stop();
        if is_next && from < cursor && self.diff.is_none() {
            self.set_out(from, cursor);
        }
    }

    fn set_out(&mut self, from: usize, to: usize) {
        self.app_mut().go_to(from);
        self.app_mut().view.selection = Selection::Cursor;
        self.moving = Some(Moving { from, to, elapsed: Duration::ZERO });
    }

    /// The run is at its stop, however far it had come.
    pub fn arrive(&mut self) {
        if self.moving.take().is_some() {
            let Stop { cursor, selection, .. } = *self.stop();
            let app = self.app_mut();
            app.go_to(cursor);
            app.view.selection = selection;
        }
    }

    /// Lets time pass; whether there is anything new to show.
    pub fn tick(&mut self, elapsed: Duration) -> bool {
        let Some(moving) = &mut self.moving else { return false };
        moving.elapsed += elapsed;
        let Moving { from, to, elapsed } = *moving;
        let events = to - from;
        let whole =
            (LONGEST_EVENT * u32::try_from(events).unwrap_or(u32::MAX).min(100)).min(LONGEST_WAY);
        if elapsed >= whole {
            self.arrive();
            return true;
        }
        let part = elapsed.as_millis() * events as u128 / whole.as_millis().max(1);
        let cursor = from + usize::try_from(part).unwrap_or(events).min(events);
        let is_new = cursor != self.app().view.cursor;
        self.app_mut().go_to(cursor);
        is_new
    }

    /// Whether what is shown changes by itself.
    pub fn is_busy(&self) -> bool {
        self.moving.is_some()
    }

    /// Takes a key: for the list over the page, the answer that is given, or an action.
    pub fn press(&mut self, key: KeyPress) {
        self.press_key(key);
    }
}

/// A run as the screen has it.
fn shown(run: &LessonRun) -> App {
    let timeline = Timeline::of(run.timeline.source()).expect("a lesson's runs are kept in memory");
    let mut app = App::new(timeline, &run.what, 0);
    app.recipe = match &run.recipe {
        Some((word, flags)) => Recipe {
            word: Some(word.clone()),
            flags: flags.iter().map(|(flag, value)| (flag.clone(), Some(value.clone()))).collect(),
            kept: None,
        },
        None => Recipe::none(),
    };
    app
}

#[cfg(test)]
mod tests;
