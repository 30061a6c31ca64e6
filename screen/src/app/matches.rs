//! All events that were looked for, counted a stretch at a time, so that the screen stays alive in a long trace.

use ringscope_traces::EventIndex;

use super::App;
use crate::language::Query;
use crate::timeline::Timeline;

/// How many events are gone through at once.
const AT_ONCE: usize = 50_000;

/// The events that a query matches, as far as they were gone through.
#[derive(Debug, Default)]
pub struct Matches {
    /// In the order of the events.
    found: Vec<EventIndex>,
    /// How many events were gone through.
    up_to: usize,
}

impl Matches {
    /// Goes on; whether anything was new.
    pub(super) fn count_on(&mut self, query: &Query, timeline: &Timeline) -> bool {
        let end = timeline.len().min(self.up_to.saturating_add(AT_ONCE));
        let new = (self.up_to..end).map(EventIndex);
        self.found.extend(new.filter(|at| query.matches(timeline, *at)));
        let is_new = end > self.up_to;
        self.up_to = end;
        is_new
    }

    /// Whether there are events that it has not gone through.
    pub(super) fn is_counting(&self, timeline: &Timeline) -> bool {
        self.up_to < timeline.len()
    }

    /// Those that were found so far.
    pub fn found(&self) -> &[EventIndex] {
        &self.found
    }
}

impl App {
    /// Goes on counting what is looked for; whether anything was new.
    pub(super) fn count_matches(&mut self) -> bool {
        let Some(query) = &self.search.sought else { return false };
        self.search.matches.count_on(query, &self.timeline)
    }

    /// Whether events are still to be gone through for what is looked for.
    pub(super) fn is_counting_matches(&self) -> bool {
        self.search.sought.is_some() && self.search.matches.is_counting(&self.timeline)
    }

    /// `3 of 24`, or `24 matches` where the event at the cursor is none of them; as far as they are counted.
    pub(crate) fn match_count(&self) -> Option<String> {
        self.search.sought.as_ref()?;
        let found = self.search.matches.found();
        let so_far = if self.is_counting_matches() { " so far" } else { "" };
        let here = self.event().and_then(|at| found.binary_search(&at).ok());
        Some(match here {
            Some(place) => format!("{} of {}{so_far}", place + 1, found.len()),
            None if found.len() == 1 => format!("1 match{so_far}"),
            None => format!("{} matches{so_far}", found.len()),
        })
    }

    /// Whether a match is known at a later event.
    pub(super) fn has_match_after(&self) -> bool {
        self.search.matches.found().last().is_some_and(|at| at.0 >= self.view.cursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::testing::{built_in, press, type_line};

    #[test]
    fn matches_are_counted_and_the_one_at_the_cursor_has_its_number() {
        let mut app = built_in("join", 0);
        press(&mut app, "/");
        type_line(&mut app, "tag INIT receives");
        assert_eq!(app.match_count().as_deref(), Some("1 of 2"));
        assert_eq!(app.controls.note.as_deref(), Some("`tag INIT receives`: 1 of 2"));
        press(&mut app, "n");
        assert_eq!(app.match_count().as_deref(), Some("2 of 2"));
        assert!(!app.has_match_after());
        press(&mut app, "n");
        assert!(app.controls.has_refused());
        press(&mut app, "l");
        assert_eq!(app.match_count().as_deref(), Some("2 matches"));
        press(&mut app, "esc");
        assert_eq!(app.match_count(), None, "the way back ends the search");
    }

    #[test]
    fn a_long_run_is_counted_a_stretch_at_a_time() {
        let query = |app: &App| {
            let lexicon = crate::language::grammar::SymbolTable::of(&app.timeline);
            Query::parse("PUT", &lexicon).expect("a query")
        };
        let mut app = built_in("join", 0);
        app.search.sought = Some(query(&app));
        assert!(app.is_counting_matches() && app.is_busy());
        assert_eq!(app.match_count().as_deref(), Some("0 matches so far"));
        assert!(app.poll() && !app.is_counting_matches());
        let all = (0..app.timeline.len()).map(EventIndex);
        let all: Vec<_> = all.filter(|at| query(&app).matches(&app.timeline, *at)).collect();
        assert_eq!(app.search.matches.found(), all);
    }
}
