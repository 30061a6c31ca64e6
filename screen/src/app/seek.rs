//! Looking for an event, a stretch at a time, so that the screen stays alive in a long trace.

use ringscope_traces::EventIndex;
use ringscope_traces::text::Plain;

use super::{App, Condition, Pane, Query};
use crate::timeline::Timeline;

/// How many events are gone through at once.
const AT_ONCE: usize = 20_000;

/// What is being looked for, and how far that has got.
#[derive(Debug, Clone)]
pub(super) struct Seek {
    what: Sought,
    forwards: bool,
    /// The cursor that is looked at next.
    at: usize,
}

#[derive(Debug, Clone)]
enum Sought {
    Match(Query),
    Break(Vec<Condition>),
}

impl Sought {
    fn is_at(&self, timeline: &Timeline, at: EventIndex) -> Option<String> {
        match self {
            Sought::Match(query) => query.matches(timeline, at).then(String::new),
            Sought::Break(conditions) => {
                let condition = conditions.iter().find(|condition| condition.holds(timeline, at));
                condition.map(|condition| format!("break: {}", condition.text))
            }
        }
    }

    fn describe(&self) -> String {
        match self {
            Sought::Match(query) => format!("`{}`", query.text),
            Sought::Break(conditions) => {
                let texts: Vec<_> =
                    conditions.iter().map(|one| format!("`{}`", one.text)).collect();
                texts.join(" or ")
            }
        }
    }
}

/// What is said where there is none.
const NO_BREAK: &str = "there is no condition to break on yet: `b` sets one";

impl App {
    /// On or back to the next event that was looked for.
    pub(super) fn seek_match(&mut self, forwards: bool) {
        match self.search.sought.clone() {
            Some(query) => self.seek(Sought::Match(query), forwards),
            None => self.controls.refuse("nothing was looked for yet: `/` does"),
        }
    }

    /// On or back to the next condition that comes to hold.
    pub(super) fn seek_break(&mut self, forwards: bool) {
        if self.search.breaks.is_empty() {
            return self.controls.refuse(NO_BREAK);
        }
        self.seek(Sought::Break(self.search.breaks.clone()), forwards);
    }

    /// On to the next event at which the chosen condition comes to hold.
    pub(super) fn seek_chosen_break(&mut self) {
        let chosen = self.search.breaks.get(self.search.chosen_break).cloned();
        self.seek(Sought::Break(chosen.into_iter().collect()), true);
    }

    /// The conditions to break on, as a list that the keys go through.
    pub(super) fn list_breaks(&mut self) {
        self.view.focus = Pane::Watches;
        if self.search.breaks.is_empty() {
            self.controls.refuse(NO_BREAK);
        }
    }

    /// Removes the chosen condition to break on, in the list of them.
    pub(super) fn remove_break(&mut self) {
        if self.view.focus != Pane::Watches || self.search.breaks.is_empty() {
            return self.list_breaks();
        }
        let last = self.search.breaks.len() - 1;
        let gone = self.search.breaks.remove(self.search.chosen_break.min(last));
        self.search.chosen_break = self.search.chosen_break.min(last.saturating_sub(1));
        self.controls.say(format!("no break on `{}` any more", Plain(&gone.text)));
    }

    /// The first cursor in a stretch at which a condition comes to hold.
    pub(super) fn break_within(&self, cursors: std::ops::RangeInclusive<usize>) -> Option<usize> {
        let mut places = cursors.filter_map(|cursor| self.timeline.event_at(cursor));
        let holds =
            |at: &EventIndex| self.search.breaks.iter().any(|one| one.holds(&self.timeline, *at));
        if self.search.breaks.is_empty() {
            return None;
        }
        places.find(holds).map(|at| at.0 + 1)
    }

    fn seek(&mut self, what: Sought, forwards: bool) {
        let at = if forwards { self.view.cursor + 1 } else { self.view.cursor.saturating_sub(1) };
        self.search.seek = Some(Seek { what, forwards, at });
        self.seek_on();
    }

    /// Goes on with what is looked for; whether there is anything new to show.
    pub(super) fn seek_on(&mut self) -> bool {
        let Some(mut seek) = self.search.seek.take() else { return false };
        for _ in 0..AT_ONCE {
            let is_over = if seek.forwards { seek.at > self.timeline.len() } else { seek.at == 0 };
            if is_over {
                return self.has_not_found(seek);
            }
            let at = self.timeline.event_at(seek.at).expect("a cursor after the first event");
            if let Some(note) = seek.what.is_at(&self.timeline, at) {
                self.go_to(seek.at);
                match (&seek.what, self.match_count()) {
                    (Sought::Match(query), Some(count)) => {
                        self.controls.say(format!("`{}`: {count}", Plain(&query.text)));
                    }
                    (Sought::Match(_), None) => self.controls.note = None,
                    (Sought::Break(_), _) => self.controls.say(note),
                }
                return true;
            }
            seek.at = if seek.forwards { seek.at + 1 } else { seek.at - 1 };
        }
        self.controls.say(format!("looking for {}: event {}", seek.what.describe(), seek.at));
        self.search.seek = Some(seek);
        true
    }

    /// What there is to say, or to wait for, where the events end.
    fn has_not_found(&mut self, seek: Seek) -> bool {
        if seek.forwards && self.is_reading() {
            self.search.seek = Some(seek);
            return false;
        }
        let side = if seek.forwards { "after" } else { "before" };
        let none = format!("there is no {} {side} this event", seek.what.describe());
        match seek.what {
            Sought::Match(_) => self.controls.refuse(none),
            // That it never comes to hold is an answer.
            Sought::Break(_) => self.controls.say(none),
        }
        true
    }
}
