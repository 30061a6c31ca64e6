//! Through the run: by event, by command, from violation to violation, to a number.

use ringscope_traces::EventIndex;
use ringscope_traces::text::Plain;

use super::{Action, App};
use crate::language::grammar::ParseError;
use crate::timeline::{LoadProgress, Operation};

impl App {
    /// Time does not run by itself while somebody moves by hand.
    pub(super) fn stop_for(&mut self, action: Action) {
        let keeps_on = matches!(
            action,
            Action::PlayOrPause
                | Action::Slower
                | Action::Faster
                | Action::NextRank
                | Action::PreviousRank
                | Action::NextPane
                | Action::PreviousPane
                | Action::Focus(_)
                | Action::Zoom
                | Action::Help
                | Action::Palette
                | Action::Theme
                | Action::Mark
        );
        if !keeps_on {
            self.playback.is_playing = false;
            self.search.seek = None;
        }
    }

    pub(super) fn step(&mut self, events: usize) {
        if !self.timeline.calls().rows().is_empty() {
            return self.step_past_calls(events);
        }
        if self.view.cursor == self.timeline.len() {
            return self.say_how_it_ended();
        }
        self.go_to(self.view.cursor.saturating_add(events));
    }

    pub(super) fn step_back(&mut self, events: usize) {
        if !self.timeline.calls().rows().is_empty() {
            return self.step_back_past_calls(events);
        }
        if self.view.cursor == 0 {
            return self.controls.refuse("the run begins here");
        }
        self.go_to(self.view.cursor.saturating_sub(events));
    }

    pub(super) fn say_how_it_ended(&mut self) {
        let note = match self.timeline.ending() {
            Some(ending) => format!("the run ends here: {}", ending.name()),
            None if self.is_reading() => "it is not read any further yet".to_owned(),
            None => {
                let cut_off =
                    self.timeline.cut_off().or(self.timeline.problem().map(str::to_owned));
                format!("the trace ends here: {}", cut_off.unwrap_or_default())
            }
        };
        self.controls.say(note);
    }

    /// To the last event, and says how the run ended.
    pub(super) fn go_to_end(&mut self) {
        self.go_to(self.timeline.len());
        self.say_how_it_ended();
    }

    /// To the end of the first command that has not ended.
    pub(super) fn next_command(&mut self) {
        let end = |operation: &Operation| {
            operation.completed.map_or(self.timeline.len(), |answered| answered.0 + 1)
        };
        let next =
            self.timeline.operations().iter().map(end).filter(|end| *end > self.view.cursor).min();
        if self.view.cursor == self.timeline.len() {
            return self.say_how_it_ended();
        }
        self.go_to(next.unwrap_or(self.timeline.len()));
    }

    /// To the start of the last command that has begun.
    pub(super) fn previous_command(&mut self) {
        if self.view.cursor == 0 {
            return self.controls.refuse("the run begins here");
        }
        let operations = self.timeline.operations();
        let begun = operations.partition_point(|operation| operation.invoked.0 < self.view.cursor);
        self.go_to(begun.checked_sub(1).map_or(0, |last| operations[last].invoked.0));
    }

    pub(super) fn next_violation(&mut self) {
        let next = self.wrongs().into_iter().find(|(at, _)| at.0 >= self.view.cursor);
        self.go_to_wrong(next, "after");
    }

    /// Whether something is wrong at a later event.
    pub(super) fn has_wrong_after(&self) -> bool {
        let last = self.timeline.violations().last().map(|violation_at| violation_at.at);
        let departure = self.timeline.departure().map(|departure| departure.at);
        last.max(departure).is_some_and(|at| at.0 >= self.view.cursor)
    }

    pub(super) fn previous_violation(&mut self) {
        let before = self.wrongs().into_iter().rev().find(|(at, _)| at.0 + 1 < self.view.cursor);
        self.go_to_wrong(before, "before");
    }

    fn go_to_wrong(&mut self, wrong: Option<(EventIndex, String)>, side: &str) {
        match wrong {
            Some((at, what)) => {
                self.go_to(at.0 + 1);
                self.controls.say(what);
            }
            None => {
                let so_far = match self.timeline.progress() {
                    LoadProgress::Done => "",
                    LoadProgress::Reading(_) | LoadProgress::Checking(_) => " so far",
                };
                self.controls.refuse(format!("no invariant is violated {side} this{so_far}"));
            }
        }
    }

    /// What is wrong with the run, in the order of its events.
    fn wrongs(&self) -> Vec<(EventIndex, String)> {
        let violations = self.timeline.violations().iter().map(|violation_at| {
            let violation = &violation_at.violation;
            (violation_at.at, format!("{}: {}", violation.invariant.name(), violation.what))
        });
        let departure = self.timeline.departure();
        let departure = departure.map(|departure| (departure.at, departure.what.clone()));
        let mut wrongs: Vec<_> = violations.chain(departure).collect();
        wrongs.sort_by_key(|(at, _)| *at);
        wrongs
    }

    /// The cursor that a line means: a number, one that is so far from here, or a percentage.
    pub(super) fn cursor_meant(&self, line: &str) -> Result<usize, ParseError> {
        let (here, last) = (self.view.cursor, self.timeline.len());
        meant(line, &Numbered { here, last, one: "an event", many: "events" })
    }

    /// Goes to where it was opened, once that has been read.
    pub(super) fn go_where_awaited(&mut self) -> bool {
        let Some(cursor) = self.view.awaited else { return false };
        let is_there = cursor <= self.timeline.len() || !self.is_reading();
        if is_there {
            self.go_to(cursor);
        }
        is_there
    }

    /// Whether the timeline is still being read.
    pub(super) fn is_reading(&self) -> bool {
        match self.timeline.progress() {
            LoadProgress::Reading(_) => true,
            LoadProgress::Checking(_) | LoadProgress::Done => false,
        }
    }

    /// Up or down in the events that are listed.
    pub(super) fn step_listed(&mut self, rows: isize) {
        let Some(listed) = &self.search.listed else {
            let events = rows.unsigned_abs();
            return if rows > 0 { self.step(events) } else { self.step_back(events) };
        };
        let here = match rows > 0 {
            true => {
                listed.partition_point(|at| at.0 < self.view.cursor).checked_add_signed(rows - 1)
            }
            false => {
                let before = listed.partition_point(|at| at.0 + 1 < self.view.cursor);
                before.checked_add_signed(rows).or(Some(0)).filter(|_| before > 0)
            }
        };
        let at =
            here.and_then(|row| listed.get(row).or(if rows > 0 { listed.last() } else { None }));
        match at.map(|at| at.0 + 1) {
            Some(cursor) if cursor != self.view.cursor => self.go_to(cursor),
            Some(_) | None => self.controls.refuse("nothing further is listed"),
        }
    }
}

/// Things that are gone to by their numbers, from 0.
pub(super) struct Numbered {
    /// Which one is the one here.
    pub here: usize,
    /// The number of the last one.
    pub last: usize,
    /// One of them, in words.
    pub one: &'static str,
    /// Several of them, in words.
    pub many: &'static str,
}

/// Which of so many things a line means, from 0: a number, so many further or back, or a percentage.
///
/// # Errors
///
/// When it is none of these, or there are not so many.
pub(super) fn meant(line: &str, numbered: &Numbered) -> Result<usize, ParseError> {
    let Numbered { here, last, one, many } = *numbered;
    let line = line.trim();
    let expected = format!("expected {one} (0 to {last}) or a percentage");
    let wrong = || ParseError(format!("{expected}, found `{}`", Plain(line)));
    if line.is_empty() {
        return Err(ParseError(expected));
    }
    if let Some(percent) = line.strip_suffix('%') {
        let percent: f64 = percent.trim().parse().map_err(|_| wrong())?;
        let is_one = (0.0..=100.0).contains(&percent);
        return if is_one { Ok(share(last, percent)) } else { Err(wrong()) };
    }
    let number: usize = line.trim_start_matches(['+', '-']).parse().map_err(|_| wrong())?;
    match line.chars().next() {
        Some('+') => Ok(here.saturating_add(number).min(last)),
        Some('-') => Ok(here.saturating_sub(number)),
        Some(_) | None if number <= last => Ok(number),
        Some(_) | None => Err(ParseError(format!("there are {last} {many}"))),
    }
}

/// So many hundredths of a number, rounded.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
fn share(of: usize, percent: f64) -> usize {
    (of as f64 * percent / 100.0).round() as usize
}
