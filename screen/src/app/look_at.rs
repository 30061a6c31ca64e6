//! What is looked at in a run, as a command line says it: the pane, the zoom, the selection, what is listed.

use ringscope_sim::protocol::Key;
use ringscope_traces::{EventIndex, Rank};

use super::reproduce::quoted;
use super::{App, Condition, Listing, Pane, Query, Selection, View};
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
    /// What is looked for, as it is typed.
    pub search: Option<String>,
    /// The conditions to break on, as they are typed.
    pub breaks: Vec<String>,
    /// Cursors that are marked: a letter, `=`, and the event, such as `a=37`.
    pub marks: Vec<String>,
    /// By how many rows panes are scrolled, such as `inspector=4`.
    pub scroll: Vec<String>,
    /// The row that is chosen in the pane that has the keys, from 1.
    pub row: Option<usize>,
    /// Whether the whole explanation of how the run ended lies over the panes.
    pub explains: bool,
}

impl Looking {
    /// The flags that are given, for somebody who has no screen for them.
    pub fn given(&self) -> Vec<&'static str> {
        let given = [
            (self.pane.is_some(), "--pane"),
            (self.is_zoomed, "--zoom"),
            (self.select.is_some(), "--select"),
            (self.filter.is_some(), "--filter"),
            (self.why.is_some(), "--why"),
            (self.search.is_some(), "--search"),
            (!self.breaks.is_empty(), "--break"),
            (!self.marks.is_empty(), "--mark"),
            (!self.scroll.is_empty(), "--scroll"),
            (self.row.is_some(), "--row"),
            (self.explains, "--explain"),
        ];
        given.into_iter().filter_map(|(is_given, flag)| is_given.then_some(flag)).collect()
    }

    /// Whether it is about events, which have to have been read for it.
    fn is_about_events(&self) -> bool {
        self.select.is_some()
            || self.why.is_some()
            || !self.marks.is_empty()
            || self.row.is_some()
            || self.explains
    }
}

/// What a query is, for somebody who has typed another thing.
const QUERY: &str = "write words as `/` takes them: `rank 3`, `key 612`, `PUT`";

/// What a condition is, for somebody who has typed another thing.
const CONDITION: &str =
    "write a condition as `b` takes it: `key 612 moves`, `rank 3 waits`, `GET unanswered`";

impl App {
    /// Looks at what is said.
    ///
    /// # Errors
    ///
    /// When there is no such pane, rank or event, or one of the lines is none.
    pub fn look(&mut self, looking: &Looking) -> Result<(), Failure> {
        if let Some(word) = &looking.pane {
            let pane = pane("--pane", word)?;
            if !self.has_pane(pane) {
                let failure = Failure::about("--pane", self.missing(pane));
                return Err(failure.hint("`--pane space-time` is there"));
            }
            self.view.focus = pane;
        }
        self.view.is_zoomed = looking.is_zoomed;
        if looking.is_about_events() {
            // An event has its number as soon as it has been read.
            self.wait();
            self.go_where_awaited();
        }
        if let Some(word) = &looking.select {
            let selection = self.meant_selection(word)?;
            self.view.look_at(selection);
        }
        self.look_for(looking)?;
        for mark in &looking.marks {
            let (letter, cursor) = self.meant_mark(mark)?;
            self.marks.insert(letter, cursor);
        }
        for scroll in &looking.scroll {
            let (pane, rows) = meant_scroll(scroll)?;
            self.view.scrolled.insert(pane, rows);
        }
        if let Some(row) = looking.row {
            self.choose_row(row)?;
        }
        if looking.explains {
            self.view.explains = self.has_explanation();
            if !self.view.explains {
                let what = "there is nothing to explain in this run";
                let failure = Failure::about("--explain", what);
                return Err(failure.hint("only the end of a run that went wrong is explained"));
            }
        }
        Ok(())
    }

    /// What is listed, looked for, and broken on.
    fn look_for(&mut self, looking: &Looking) -> Result<(), Failure> {
        let symbols = SymbolTable::of(&self.timeline);
        let query = |flag: &str, line: &Option<String>| {
            let query = line.as_ref().map(|line| Query::parse(line, &symbols)).transpose();
            query.map_err(|wrong| Failure::about(flag, wrong.to_string()).hint(QUERY))
        };
        let (filter, sought) =
            (query("--filter", &looking.filter)?, query("--search", &looking.search)?);
        let condition = |line: &String| {
            let condition = Condition::parse(line, &symbols);
            condition.map_err(|wrong| Failure::about("--break", wrong.to_string()).hint(CONDITION))
        };
        let breaks: Vec<Condition> =
            looking.breaks.iter().map(condition).collect::<Result<_, _>>()?;
        self.search.chosen_break = breaks.len().saturating_sub(1);
        (self.search.breaks, self.search.sought) = (breaks, sought);
        if let Some(filter) = filter {
            self.list(Listing::Matching(filter));
        }
        if let Some(number) = looking.why {
            self.list(Listing::Causes(self.numbered("--why", number)?));
        }
        Ok(())
    }

    /// Chooses a row in the pane that has the keys.
    fn choose_row(&mut self, row: usize) -> Result<(), Failure> {
        let (focus, rows) = (self.view.focus, self.rows_to_choose());
        let word = focus.spec().word;
        let Some(place) = row.checked_sub(1).filter(|place| *place < rows) else {
            let failure =
                Failure::about("--row", format!("there is no row {row} to choose in {word}"));
            return Err(failure.hint(match rows {
                0 => {
                    "`--pane inspector` has such rows, and `--pane watches` with --break".to_owned()
                }
                _ => format!("its rows are 1 to {rows}"),
            }));
        };
        match focus {
            Pane::Inspector => self.view.chosen_link = Some(place),
            Pane::Watches => self.search.chosen_break = place,
            Pane::Choices => self.choose_alternative_row(place),
            Pane::Ring | Pane::Events | Pane::SpaceTime | Pane::Ownership => {}
        }
        Ok(())
    }

    /// How many rows of the pane that has the keys can be chosen among.
    fn rows_to_choose(&self) -> usize {
        match self.view.focus {
            Pane::Inspector => self.links().len(),
            Pane::Watches => self.search.breaks.len(),
            Pane::Choices => self.choices_here().map_or(0, |here| here.alternatives.len()),
            Pane::Ring | Pane::Events | Pane::SpaceTime | Pane::Ownership => 0,
        }
    }

    /// The row that is chosen there, from 0, where that is not the usual one.
    fn chosen_row(&self) -> Option<usize> {
        let last = self.rows_to_choose().checked_sub(1)?;
        match self.view.focus {
            Pane::Inspector => self.view.chosen_link.map(|row| row.min(last)),
            Pane::Watches => Some(self.search.chosen_break).filter(|row| *row < last),
            Pane::Choices => {
                let here = self.choices_here()?;
                Some(here.chosen).filter(|row| *row != here.taken.unwrap_or(0))
            }
            Pane::Ring | Pane::Events | Pane::SpaceTime | Pane::Ownership => None,
        }
    }

    fn meant_mark(&self, text: &str) -> Result<(char, usize), Failure> {
        let events = self.timeline.len();
        let parts = text.split_once('=').and_then(|(name, at)| {
            let mut letters = name.chars();
            let letter = letters.next().filter(|letter| letter.is_alphanumeric())?;
            letters.next().is_none().then_some((letter, at.parse::<usize>().ok()?))
        });
        match parts {
            Some((letter, cursor)) if cursor <= events => Ok((letter, cursor)),
            Some((_, cursor)) => {
                let failure = Failure::about("--mark", format!("there is no event {cursor}"));
                Err(failure.hint(format!("there are events 0 to {events}")))
            }
            None => {
                let failure = Failure::about("--mark", format!("`{text}` is no mark"));
                Err(failure.hint("write a letter or a digit, `=`, and an event: a=37"))
            }
        }
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
                    None => {
                        let failure =
                            Failure::about("--select", format!("event {number} is no send"));
                        Err(failure.hint("a message is named by the event that sends it"))
                    }
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
        at.ok_or_else(|| {
            let failure = Failure::about(flag, format!("there is no event {number}"));
            failure.hint(format!("there are events 1 to {events}"))
        })
    }

    /// The flags that say what is looked at; `None` when no shell can have them.
    pub(super) fn looking(&self) -> Option<Vec<String>> {
        let mut words = Vec::new();
        let first = match self.choices {
            Some(_) => Pane::Choices,
            None => View::first_focus(&self.timeline),
        };
        if self.view.focus != first {
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
        if let Some(query) = &self.search.sought {
            words.extend(["--search".to_owned(), quoted(&query.text)?]);
        }
        for condition in &self.search.breaks {
            words.extend(["--break".to_owned(), quoted(&condition.text)?]);
        }
        words.extend(self.looking_on());
        Some(words)
    }

    /// The flags behind those: marks, and where panes with rows stand.
    fn looking_on(&self) -> Vec<String> {
        let mut words = Vec::new();
        for (letter, cursor) in &self.marks {
            words.extend(["--mark".to_owned(), format!("{letter}={cursor}")]);
        }
        for (pane, rows) in self.view.scrolled.iter().filter(|(_, rows)| **rows > 0) {
            words.extend(["--scroll".to_owned(), format!("{}={rows}", pane.spec().word)]);
        }
        if let Some(row) = self.chosen_row() {
            words.extend(["--row".to_owned(), (row + 1).to_string()]);
        }
        if self.view.explains {
            words.push("--explain".to_owned());
        }
        words
    }
}

/// The pane of that word.
fn pane(flag: &str, word: &str) -> Result<Pane, Failure> {
    let words: Vec<&str> = Pane::ALL.iter().map(|pane| pane.spec().word).collect();
    Pane::named(word).ok_or_else(|| {
        let failure = Failure::about(flag, format!("there is no pane {word}"));
        failure.hint(format!("it is one of {}", words.join(", ")))
    })
}

/// A pane and by how many rows it is scrolled.
fn meant_scroll(text: &str) -> Result<(Pane, usize), Failure> {
    let parts = text.split_once('=').and_then(|(word, rows)| Some((word, rows.parse().ok()?)));
    let Some((word, rows)) = parts else {
        let failure = Failure::about("--scroll", format!("`{text}` is no pane with its rows"));
        return Err(failure.hint("write a pane, `=`, and by how many rows: inspector=4"));
    };
    Ok((pane("--scroll", word)?, rows))
}
