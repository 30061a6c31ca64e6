//! Which events are listed: all, those of a filter, or the causes of one.

use ringscope_traces::EventIndex;

use super::{App, Purpose, Query, Selection};
use crate::language::grammar::SymbolTable;
use crate::language::payload;

/// How many events are gone through at once.
const AT_ONCE: usize = 50_000;

/// Which events are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listing {
    /// All of them.
    All,
    /// Those that a query asks for.
    Matching(Query),
    /// The causes of one, and itself.
    Causes(EventIndex),
}

impl App {
    /// Lists other events.
    pub fn list(&mut self, listing: Listing) {
        self.listed_up_to = 0;
        (self.listed, self.filter) = match &listing {
            Listing::All => (None, String::new()),
            Listing::Matching(query) if query.is_empty() => (None, String::new()),
            Listing::Matching(query) => (Some(Vec::new()), query.text.clone()),
            Listing::Causes(at) => {
                (Some(self.timeline.causes(*at)), format!("causes of event {}", at.0 + 1))
            }
        };
        self.listing = if self.listed.is_some() { listing } else { Listing::All };
        self.list_on();
    }

    /// Goes on with the events of a filter; whether there is anything new to show.
    pub(super) fn list_on(&mut self) -> bool {
        let (Listing::Matching(query), Some(listed)) = (&self.listing, &mut self.listed) else {
            return false;
        };
        let end = self.timeline.len().min(self.listed_up_to.saturating_add(AT_ONCE));
        let new = (self.listed_up_to..end).map(EventIndex);
        listed.extend(new.filter(|at| query.matches(&self.timeline, *at)));
        let is_new = end > self.listed_up_to;
        self.listed_up_to = end;
        is_new
    }

    /// Whether there are events that the filter has not gone through.
    pub(super) fn is_listing(&self) -> bool {
        matches!(self.listing, Listing::Matching(_)) && self.listed_up_to < self.timeline.len()
    }

    pub(super) fn ask_for_filter(&mut self) {
        let filter = match &self.listing {
            Listing::Matching(query) => query.text.clone(),
            Listing::All | Listing::Causes(_) => String::new(),
        };
        self.filter_before.clone_from(&filter);
        self.ask(Purpose::Filter, &filter);
    }

    /// Lists what a line asks for; a line that asks for nothing lists all.
    pub(super) fn filter_by(&mut self, line: &str) {
        // Where the line is wrong the box says so, and what was listed stays.
        if let Ok(query) = Query::parse(line, &SymbolTable::of(&self.timeline)) {
            self.list(Listing::Matching(query));
        }
    }

    /// Lists the causes of what is selected, or all again.
    pub(super) fn only_causes(&mut self) {
        if matches!(self.listing, Listing::Causes(_)) {
            return self.list(Listing::All);
        }
        match self.effect() {
            Some(at) => self.list(Listing::Causes(at)),
            None => self.say("nothing has happened yet that could have causes"),
        }
    }

    /// The event whose causes are asked for: that by which what is selected came to be as it is.
    fn effect(&self) -> Option<EventIndex> {
        let before = || (0..self.cursor).rev().map(EventIndex);
        match self.selection {
            Selection::Cursor => self.event(),
            Selection::Message(sent) => Some(sent),
            Selection::Rank(rank) => before().find(|at| self.timeline.info(*at).rank == rank),
            Selection::Key(key) => before().find(|at| {
                let fact = self.timeline.info(*at);
                fact.source().is_some()
                    && payload::is_about(
                        &self.timeline.data(*at),
                        key,
                        self.timeline.commands_of().tag(fact.tag),
                    )
            }),
        }
    }
}
