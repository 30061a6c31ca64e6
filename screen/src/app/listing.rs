//! Which events are listed: all, those of a filter, or the causes of one.

use ringscope_traces::EventIndex;

use super::{App, Purpose, Query, Selection};
use crate::language::grammar::SymbolTable;
use crate::language::payload;

/// Which events are listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Listing {
    /// All of them.
    #[default]
    All,
    /// Those that a query asks for.
    Matching(Query),
    /// The causes of one, and itself.
    Causes(EventIndex),
}

impl App {
    /// Lists other events.
    pub fn list(&mut self, listing: Listing) {
        self.search.list(&self.timeline, listing);
    }

    pub(super) fn ask_for_filter(&mut self) {
        let filter = match &self.search.listing {
            Listing::Matching(query) => query.text.clone(),
            Listing::All | Listing::Causes(_) => String::new(),
        };
        self.search.filter_before.clone_from(&filter);
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
        if matches!(self.search.listing, Listing::Causes(_)) {
            return self.list(Listing::All);
        }
        match self.effect() {
            Some(at) => self.list(Listing::Causes(at)),
            None => self.controls.refuse("nothing has happened yet that could have causes"),
        }
    }

    /// The event whose causes are asked for: that by which what is selected came to be as it is.
    pub(super) fn effect(&self) -> Option<EventIndex> {
        let before = || (0..self.view.cursor).rev().map(EventIndex);
        match self.view.selection {
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
