//! What is looked at in a run, as a command line says it: the pane, the zoom, the selection, what is listed.

use ringscope_sim::protocol::Key;
use ringscope_traces::{EventIndex, Rank};

use super::reproduce::quoted;
use super::{App, Listing, Pane, Query, Selection};
use crate::failure::Failure;
use crate::language::grammar::SymbolTable;

/// What is looked at, as it is said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looking {
    /// The word of the pane that has the keys.
    pub pane: Option<String>,
    /// Whether it has the whole screen.
    pub is_zoomed: bool,
    /// What is selected: `r3`, `key 400`, `message 6` (the number of its send).
    pub select: Option<String>,
    /// Which events are listed, as a filter is typed.
    pub filter: Option<String>,
    /// The number of the event whose causes are listed.
    pub why: Option<usize>,
}

impl App {
    /// Looks at what is said.
    ///
    /// # Errors
    ///
    /// When there is no such pane, rank, event or filter.
    pub fn look(&mut self, looking: &Looking) -> Result<(), Failure> {
        if let Some(word) = &looking.pane {
            let words: Vec<&str> = Pane::ALL.iter().map(|pane| pane.spec().word).collect();
            self.view.focus = Pane::named(word).ok_or_else(|| {
                let failure = Failure::about("--pane", format!("there is no pane {word}"));
                failure.hint(format!("it is one of {}", words.join(", ")))
            })?;
        }
        self.view.is_zoomed = looking.is_zoomed;
        if looking.select.is_some() || looking.why.is_some() {
            // An event has its number as soon as it has been read.
            self.wait();
        }
        if let Some(word) = &looking.select {
            let selection = self.meant_selection(word)?;
            self.view.look_at(selection);
        }
        if let Some(line) = &looking.filter {
            let query = Query::parse(line, &SymbolTable::of(&self.timeline));
            let query = query.map_err(|wrong| Failure::about("--filter", wrong.to_string()))?;
            self.list(Listing::Matching(query));
        }
        if let Some(number) = looking.why {
            self.list(Listing::Causes(self.numbered("--why", number)?));
        }
        Ok(())
    }

    fn meant_selection(&self, word: &str) -> Result<Selection, Failure> {
        let wrong = || {
            let failure = Failure::about("--select", format!("`{word}` is nothing in a run"));
            failure
                .hint("write `r3` for a rank, `key 400`, or `message 6` by the event of its send")
        };
        let ranks = self.timeline.header().ranks;
        let words: Vec<&str> = word.split_whitespace().collect();
        match words[..] {
            ["key", key] => Ok(Selection::Key(Key(key.parse().map_err(|_| wrong())?))),
            ["message", number] => {
                let at = self.numbered("--select", number.parse().map_err(|_| wrong())?)?;
                match self.timeline.info(at).destination() {
                    Some(_) => Ok(Selection::Message(at)),
                    None => Err(Failure::about("--select", format!("event {number} is no send"))),
                }
            }
            [rank] => {
                let rank = rank.strip_prefix('r').and_then(|rank| rank.parse().ok());
                let rank: u32 = rank.ok_or_else(wrong)?;
                let is_there = rank < ranks;
                let none = || {
                    let failure = Failure::about("--select", format!("there is no rank {rank}"));
                    failure.hint(format!("ranks are 0 to {}", ranks.saturating_sub(1)))
                };
                is_there.then_some(Selection::Rank(Rank(rank))).ok_or_else(none)
            }
            _ => Err(wrong()),
        }
    }

    fn numbered(&self, flag: &str, number: usize) -> Result<EventIndex, Failure> {
        let events = self.timeline.len();
        let at = number.checked_sub(1).filter(|at| *at < events).map(EventIndex);
        at.ok_or_else(|| Failure::about(flag, format!("there are events 1 to {events}")))
    }

    /// The flags that say what is looked at; `None` when no shell can have them.
    pub(super) fn looking(&self) -> Option<Vec<String>> {
        let mut words = Vec::new();
        if self.view.focus != Pane::Ring {
            words.extend(["--pane".to_owned(), self.view.focus.spec().word.to_owned()]);
        }
        if self.view.is_zoomed {
            words.push("--zoom".to_owned());
        }
        let selection = match self.view.selection {
            Selection::Cursor => None,
            Selection::Rank(rank) => Some(format!("r{rank}")),
            Selection::Key(key) => Some(format!("key {key}")),
            Selection::Message(sent) => Some(format!("message {}", sent.0 + 1)),
        };
        if let Some(selection) = selection {
            words.extend(["--select".to_owned(), quoted(&selection)?]);
        }
        match &self.search.listing {
            Listing::All => {}
            Listing::Matching(query) => {
                words.extend(["--filter".to_owned(), quoted(&query.text)?]);
            }
            Listing::Causes(at) => words.extend(["--why".to_owned(), (at.0 + 1).to_string()]),
        }
        Some(words)
    }
}
