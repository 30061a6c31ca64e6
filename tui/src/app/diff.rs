//! Two runs side by side: which events are the same, where they part first, and how both stood there.
//!
//! The comparison is made in the background; the first divergence is shown as soon as it is known, the
//! aligned rows follow.

mod align;

use std::convert::Infallible;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread;

use ringscope_sim::simulate::{header, simulate};
use ringscope_sim::world::recording::Written;
use ringscope_traces::diff::{Comparison, Divergence, First, Level, Race, compare};
use ringscope_traces::{Place, Trace, read_trace};

pub use align::{Row, Tally, What, align};

use super::keys::KeyPress;
use super::session::Leave;
use super::{Action, Keymap, PAGE};
use crate::failure::Failure;
use crate::film::{Film, Moment, Source};
use crate::input::{self, shown};

/// One of the two runs.
pub struct Side {
    /// Its name: a scenario's or a file's.
    pub name: String,
    /// The run.
    pub film: Film,
}

/// Two runs side by side.
pub struct Diff {
    /// The one that was shown before.
    pub a: Side,
    /// The one that it is compared with.
    pub b: Side,
    /// Which keys do what.
    pub keymap: Keymap,
    /// What the comparison came to, as soon as it is known.
    pub comparison: Option<Comparison>,
    /// The aligned events, as soon as they are known; in the order of A.
    pub rows: Vec<Row>,
    /// How many rows there are of each kind.
    pub tally: Tally,
    /// The row of the first divergence, in the order of cause and effect.
    pub first_row: Option<usize>,
    /// The row that is chosen.
    pub chosen: usize,
    /// Whether the order of receives does not count.
    pub ignores_order: bool,
    /// How both stood after the chosen row.
    pub moments: Option<(Moment, Moment)>,
    /// What there is to say about the last action.
    pub note: Option<String>,
    /// Why the two cannot be compared.
    pub problem: Option<String>,
    /// Whether it goes back to the run.
    pub(super) is_left: bool,
    /// How the program is to be left, when it is.
    pub(super) leave: Option<Leave>,
    news: Option<Receiver<News>>,
}

/// What the background has found.
enum News {
    Compared(Box<Comparison>),
    Aligned(Vec<Row>),
    Problem(String),
}

impl Diff {
    /// Compares a run with the trace of that name.
    ///
    /// # Errors
    ///
    /// When the trace cannot be opened.
    pub fn open((name, a): (&str, &Source), path: &Path) -> Result<Diff, Failure> {
        Diff::between((name, a), (&shown(path), &Source::File(path.into())))
    }

    /// Compares two runs.
    ///
    /// # Errors
    ///
    /// When one of them cannot be opened.
    pub(crate) fn between(
        (a_name, a): (&str, &Source),
        (b_name, b): (&str, &Source),
    ) -> Result<Diff, Failure> {
        // What is asked for is the comparison: the films are read on when it is known.
        let (gates_held, [gate_a, gate_b]) = gates();
        let (film_a, film_b) = (Film::behind(gate_a, a)?, Film::behind(gate_b, b)?);
        let (tell, news) = channel();
        let sources = (a.clone(), b.clone());
        thread::spawn(move || {
            work(&sources, &tell);
            drop(gates_held);
        });
        Ok(Diff {
            a: Side { name: a_name.to_owned(), film: film_a },
            b: Side { name: b_name.to_owned(), film: film_b },
            keymap: Keymap::default(),
            comparison: None,
            rows: Vec::new(),
            tally: Tally::default(),
            first_row: None,
            chosen: 0,
            ignores_order: false,
            moments: None,
            note: None,
            problem: None,
            is_left: false,
            leave: None,
            news: Some(news),
        })
    }

    /// Takes what the background has found; whether there is anything new to show.
    pub fn poll(&mut self) -> bool {
        let mut is_new = self.a.film.poll() | self.b.film.poll();
        while let Some(news) = self.news.take() {
            match news.try_recv() {
                Ok(found) => {
                    self.news = Some(news);
                    self.take(found);
                    is_new = true;
                }
                Err(TryRecvError::Empty) => {
                    self.news = Some(news);
                    break;
                }
                Err(TryRecvError::Disconnected) => is_new = true,
            }
        }
        if is_new {
            self.look();
        }
        is_new
    }

    /// Waits until the background finds something more of the comparison; whether there was anything.
    pub fn wait_for_news(&mut self) -> bool {
        let found = self.news.as_ref().and_then(|news| news.recv().ok());
        let is_new = found.is_some();
        found.into_iter().for_each(|found| self.take(found));
        is_new
    }

    /// Whether the background is still at work.
    pub fn is_busy(&self) -> bool {
        self.news.is_some()
    }

    /// Takes a key.
    pub fn press(&mut self, key: KeyPress) {
        self.note = None;
        if let Some(action) = self.keymap.action(key) {
            self.update(action);
        }
    }

    /// Does something.
    pub fn update(&mut self, action: Action) {
        match action {
            Action::NextEvent | Action::Down => self.scroll(1),
            Action::PreviousEvent | Action::Up => self.scroll(-1),
            Action::PageDown => self.scroll(PAGE),
            Action::PageUp => self.scroll(-PAGE),
            Action::Start => self.go_to(0),
            Action::End => self.go_to(usize::MAX),
            Action::NextViolation => self.next_divergence(),
            Action::PreviousViolation => self.previous_divergence(),
            Action::IgnoreOrder => self.ignore_order(),
            Action::Swap => self.swap(),
            Action::Back => self.is_left = true,
            Action::Quit => self.leave = Some(Leave::Clean),
            Action::QuitAndKeep => self.leave = Some(Leave::Keep),
            Action::NextCommand
            | Action::PreviousCommand
            | Action::NextBreak
            | Action::PreviousBreak
            | Action::PlayOrPause
            | Action::Slower
            | Action::Faster
            | Action::GoTo
            | Action::Search
            | Action::NextMatch
            | Action::PreviousMatch
            | Action::Filter
            | Action::OnlyCauses
            | Action::Open
            | Action::NextPane
            | Action::Focus(_)
            | Action::Zoom
            | Action::Command
            | Action::Fork
            | Action::Mark
            | Action::Jump
            | Action::Break
            | Action::Diff
            | Action::Tour
            | Action::Export
            | Action::Reproduce
            | Action::Palette
            | Action::Help => self.note = Some(KEYS.to_owned()),
        }
    }

    /// Goes to a row, or to the last one.
    pub fn go_to(&mut self, row: usize) {
        self.chosen = row.min(self.rows.len().saturating_sub(1));
        self.look();
    }

    /// Goes so many rows further down, or up.
    pub fn scroll(&mut self, rows: isize) {
        self.go_to(self.chosen.saturating_add_signed(rows));
    }

    /// What the comparison came to, in a line; and where the two part first, in another.
    pub fn in_words(&self) -> Vec<String> {
        if let Some(problem) = &self.problem {
            return vec![problem.clone()];
        }
        let Some(comparison) = &self.comparison else {
            return vec!["comparing".to_owned()];
        };
        let told = comparison.told(self.a.film.vocabulary()).to_string();
        let lines = told.lines().filter(|line| !line.starts_with("first, in the order"));
        lines.take(2).map(str::to_owned).collect()
    }

    fn take(&mut self, news: News) {
        match news {
            News::Compared(comparison) => self.comparison = Some(*comparison),
            News::Problem(problem) => self.problem = Some(problem),
            News::Aligned(rows) => {
                self.tally = Tally::of(&rows);
                self.rows = rows;
                self.first_row = self.find_first_row();
                self.go_to(self.first_row.unwrap_or(0));
            }
        }
    }

    fn find_first_row(&self) -> Option<usize> {
        let divergence = &self.comparison.as_ref()?.first.as_ref()?.divergence;
        let place = |line: usize| Place(line - Place(0).line());
        let a = divergence.a.as_ref().map(|step| place(step.line));
        let b = divergence.b.as_ref().map(|step| place(step.line));
        let is_it = |row: &Row| {
            row.what != What::Same && ((a.is_some() && row.a == a) || (a.is_none() && row.b == b))
        };
        self.rows.iter().position(is_it)
    }

    /// How both stood after the chosen row.
    fn look(&mut self) {
        let so_far = self.rows.get(..=self.chosen).unwrap_or_default();
        let last = |place: fn(&Row) -> Option<Place>| {
            so_far.iter().rev().find_map(place).map_or(0, |at| at.0 + 1)
        };
        let (a, b) = (last(|row| row.a), last(|row| row.b));
        let (a, b) = (a.min(self.a.film.len()), b.min(self.b.film.len()));
        self.moments = Some((self.a.film.moment(a), self.b.film.moment(b)));
    }

    /// Whether a row counts as one that differs.
    fn differs(&self, row: usize) -> bool {
        match self.rows.get(row).map(|row| row.what) {
            Some(What::OnlyA | What::OnlyB) => true,
            Some(What::Moved) => !self.ignores_order,
            Some(What::Same) | None => false,
        }
    }

    /// Whether a stretch of rows that differ begins there.
    fn begins(&self, row: usize) -> bool {
        self.differs(row) && !row.checked_sub(1).is_some_and(|before| self.differs(before))
    }

    fn next_divergence(&mut self) {
        let next = (self.chosen + 1..self.rows.len()).find(|row| self.begins(*row));
        self.go_to_divergence(next, "after");
    }

    fn previous_divergence(&mut self) {
        let before = (0..self.chosen).rev().find(|row| self.begins(*row));
        self.go_to_divergence(before, "before");
    }

    fn go_to_divergence(&mut self, row: Option<usize>, side: &str) {
        match row {
            Some(row) => self.go_to(row),
            None => self.note = Some(format!("they do not differ {side} this")),
        }
    }

    fn ignore_order(&mut self) {
        self.ignores_order = !self.ignores_order;
        self.note = Some(match self.ignores_order {
            true => "the order of receives does not count".to_owned(),
            false => "the order of receives counts".to_owned(),
        });
    }

    /// A and B change places.
    fn swap(&mut self) {
        std::mem::swap(&mut self.a, &mut self.b);
        self.comparison = self.comparison.take().map(swapped);
        for row in &mut self.rows {
            *row = Row { a: row.b, b: row.a, what: row.what.swapped() };
        }
        self.tally = Tally::of(&self.rows);
        self.look();
    }
}

/// What can be done here.
const KEYS: &str = "`[` `]` divergences, arrows rows, `o` ignores order, `s` swaps, Esc goes back";

fn swapped(comparison: Comparison) -> Comparison {
    let Comparison { level, prefix, first, divergences, races } = comparison;
    let divergence = |Divergence { rank, index, a, b, last_common }| Divergence {
        rank,
        index,
        a: b,
        b: a,
        last_common,
    };
    Comparison {
        level,
        prefix,
        first: first.map(|first| First {
            divergence: divergence(first.divergence),
            around_a: first.around_b,
            around_b: first.around_a,
            ..first
        }),
        divergences: divergences.into_iter().map(divergence).collect(),
        races: races.into_iter().map(|race| Race { a: race.b, b: race.a, ..race }).collect(),
    }
}

/// Two gates, and what keeps them shut.
fn gates() -> ([Sender<Infallible>; 2], [Receiver<Infallible>; 2]) {
    let (held_a, gate_a) = channel();
    let (held_b, gate_b) = channel();
    ([held_a, held_b], [gate_a, gate_b])
}

/// Compares two runs, and tells what is found as it is.
fn work((a, b): &(Source, Source), tell: &Sender<News>) {
    let both = thread::scope(|scope| {
        let other = scope.spawn(|| trace(b));
        (trace(a), other.join().expect("reading does not panic"))
    });
    let (a, b) = match both {
        (Ok(a), Ok(b)) => (a, b),
        (Err(failure), _) | (_, Err(failure)) => {
            // That nobody listens any more is no failure: the page was left.
            let _ = tell.send(News::Problem(failure.one_line()));
            return;
        }
    };
    match compare(&a, &b) {
        Ok(comparison) => {
            let is_equal = comparison.level == Level::Equal;
            let _ = tell.send(News::Compared(Box::new(comparison)));
            let _ = tell.send(News::Aligned(align(&a, &b, is_equal)));
        }
        Err(error) => {
            let _ = tell.send(News::Problem(format!("they cannot be compared: {error}")));
        }
    }
}

/// All events of a run.
pub(crate) fn trace(source: &Source) -> Result<Trace, Failure> {
    match source {
        Source::File(path) => Ok(input::trace(path)?.0),
        Source::Kept(name, bytes) => Ok(read_trace(&bytes[..], name)?.0),
        Source::Live(scenario) => {
            let written = Written::new(Vec::new(), &header(&scenario.settings));
            let mut written = written.expect("memory takes a trace");
            let finished = simulate(scenario, &mut written);
            let ending = finished.outcome.end.ending();
            let (bytes, _) = written.finish(&ending).expect("memory takes a trace");
            Ok(read_trace(&bytes[..], &scenario.name)?.0)
        }
    }
}

#[cfg(test)]
mod tests;
