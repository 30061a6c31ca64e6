//! Two runs side by side: which events are the same, where they part first, and how both stood there.
//!
//! The comparison is made in the background; the first divergence is shown as soon as it is known, the
//! aligned rows follow.

mod align;
mod keys;
mod work;

use std::path::Path;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;

use ringscope_traces::EventIndex;
use ringscope_traces::diff::{Comparison, Divergence, First, Level, Race};

pub use align::{DiffRow, Tally, What, align};
use work::{CompareUpdate, gates, work};

use super::opening::Order;
use super::{App, Controls, Prompt, Recipe};
use crate::failure::Failure;
use crate::files::shown;
use crate::timeline::{Snapshot, Source, Timeline};

/// One of the two runs.
pub struct Side {
    /// Its name: a scenario's or a file's.
    pub name: String,
    /// The run.
    pub timeline: Timeline,
    /// How it can be had again.
    pub recipe: Recipe,
}

/// A run that is to be compared.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Its name: a scenario's or a file's.
    pub name: String,
    /// Where its events come from.
    pub source: Source,
    /// How it can be had again.
    pub recipe: Recipe,
}

impl Candidate {
    /// The run that is shown.
    pub fn of(app: &App) -> Candidate {
        let App { name, timeline, recipe, .. } = app;
        Candidate { name: name.clone(), source: timeline.source().clone(), recipe: recipe.clone() }
    }
}

/// Two runs side by side.
pub struct Diff {
    /// The one that was shown before.
    pub a: Side,
    /// The one that it is compared with.
    pub b: Side,
    /// The keys, the list over the page, what there is to say.
    pub controls: Controls,
    /// What the comparison came to, as soon as it is known.
    pub comparison: Option<Comparison>,
    /// The aligned events, as soon as they are known; in the order of A.
    pub rows: Vec<DiffRow>,
    /// How many rows there are of each kind.
    pub tally: Tally,
    /// The worst of each of so many parts of the rows, for a bar that is that wide at most.
    pub overview: Vec<What>,
    /// The row of the first divergence, in the order of cause and effect.
    pub first_row: Option<usize>,
    /// The row that is chosen.
    pub chosen: usize,
    /// Whether the order of receives does not count.
    pub ignores_order: bool,
    /// How both stood after the chosen row.
    pub snapshots: Option<(Snapshot, Snapshot)>,
    /// The row to go to as soon as the rows are known, instead of that of the first divergence.
    pub awaited: Option<usize>,
    /// What is being typed.
    pub prompt: Option<Prompt>,
    /// Why the two cannot be compared.
    pub problem: Option<String>,
    news: Option<Receiver<CompareUpdate>>,
}

impl Diff {
    /// Compares a run with another one, a scenario's or a trace's.
    ///
    /// # Errors
    ///
    /// When there is no such scenario or trace, or it cannot be read.
    pub fn open(a: Candidate, word: &Path) -> Result<Diff, Failure> {
        let (name, source) = (shown(word), Order::of(word).source()?);
        let recipe = Recipe::of(&name);
        Diff::between(a, Candidate { name, source, recipe })
    }

    /// Compares two runs.
    ///
    /// # Errors
    ///
    /// When one of them cannot be opened.
    pub fn between(a: Candidate, b: Candidate) -> Result<Diff, Failure> {
        // What is asked for is the comparison: the timelines are read on when it is known.
        let (gates_held, [gate_a, gate_b]) = gates();
        let (timeline_a, timeline_b) =
            (Timeline::behind(gate_a, &a.source)?, Timeline::behind(gate_b, &b.source)?);
        let (updates, news) = channel();
        let sources = [a.source, b.source];
        thread::spawn(move || {
            work(&sources, &updates);
            drop(gates_held);
        });
        Ok(Diff {
            a: Side { name: a.name, timeline: timeline_a, recipe: a.recipe },
            b: Side { name: b.name, timeline: timeline_b, recipe: b.recipe },
            controls: Controls::default(),
            comparison: None,
            rows: Vec::new(),
            tally: Tally::default(),
            overview: Vec::new(),
            first_row: None,
            chosen: 0,
            ignores_order: false,
            snapshots: None,
            awaited: None,
            prompt: None,
            problem: None,
            news: Some(news),
        })
    }

    /// Takes what the background has found; whether there is anything new to show.
    pub fn poll(&mut self) -> bool {
        let mut is_new = self.a.timeline.poll() | self.b.timeline.poll();
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

    /// Waits until there is nothing more to know.
    pub fn wait(&mut self) {
        while self.wait_for_news() {}
        self.news = None;
        self.a.timeline.wait();
        self.b.timeline.wait();
        self.look();
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
    pub fn summary(&self) -> Vec<String> {
        if let Some(problem) = &self.problem {
            return vec![problem.clone()];
        }
        let Some(comparison) = &self.comparison else {
            return vec!["comparing".to_owned()];
        };
        let summary = comparison.summary(self.a.timeline.vocabulary()).to_string();
        let mut lines = summary.lines().filter(|line| !line.starts_with("the first divergence, "));
        let verdict = lines.next().map(str::to_owned);
        // What either side took of a race stands in the two lines below it.
        let more = if comparison.level == Level::Reordered { 3 } else { 1 };
        let first: Vec<&str> = lines.take(more).map(str::trim).collect();
        let first = (!first.is_empty()).then(|| first.join("; "));
        verdict.into_iter().chain(first).collect()
    }

    fn take(&mut self, news: CompareUpdate) {
        match news {
            CompareUpdate::Compared(comparison) => self.comparison = Some(*comparison),
            CompareUpdate::Problem(problem) => self.problem = Some(problem),
            CompareUpdate::Aligned(rows) => {
                self.rows = rows;
                self.survey();
                self.first_row = self.find_first_row();
                self.go_to(self.awaited.or(self.first_row).unwrap_or(0));
            }
        }
    }

    /// What there is to say of all rows together.
    fn survey(&mut self) {
        self.tally = Tally::of(&self.rows);
        let part = self.rows.len().div_ceil(OVERVIEW).max(1);
        let worst = |part: &[DiffRow]| part.iter().map(|row| row.what).max().unwrap_or(What::Same);
        self.overview = self.rows.chunks(part).map(worst).collect();
    }

    fn find_first_row(&self) -> Option<usize> {
        let divergence = &self.comparison.as_ref()?.first.as_ref()?.divergence;
        let place = |line: usize| EventIndex(line - EventIndex(0).line());
        let a = divergence.a.as_ref().map(|step| place(step.line));
        let b = divergence.b.as_ref().map(|step| place(step.line));
        // What the one did there, the other may have done later: then only the other's is a row of its own.
        let is_it = |row: &DiffRow| {
            let has = |place: Option<EventIndex>, its: Option<EventIndex>| {
                place.is_some() && its == place
            };
            row.what != What::Same && (has(a, row.a) || has(b, row.b))
        };
        self.rows.iter().position(is_it)
    }

    /// How both stood after the chosen row.
    fn look(&mut self) {
        let so_far = self.rows.get(..=self.chosen).unwrap_or_default();
        let last = |place: fn(&DiffRow) -> Option<EventIndex>| {
            so_far.iter().rev().find_map(place).map_or(0, |at| at.0 + 1)
        };
        let (a, b) = (last(|row| row.a), last(|row| row.b));
        let (a, b) = (a.min(self.a.timeline.len()), b.min(self.b.timeline.len()));
        self.snapshots = Some((self.a.timeline.snapshot(a), self.b.timeline.snapshot(b)));
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
        self.go_to_divergence(self.divergence_after(), "after");
    }

    fn previous_divergence(&mut self) {
        self.go_to_divergence(self.divergence_before(), "before");
    }

    fn divergence_after(&self) -> Option<usize> {
        (self.chosen + 1..self.rows.len()).find(|row| self.begins(*row))
    }

    fn divergence_before(&self) -> Option<usize> {
        (0..self.chosen).rev().find(|row| self.begins(*row))
    }

    fn go_to_divergence(&mut self, row: Option<usize>, side: &str) {
        match row {
            Some(row) => self.go_to(row),
            None => self.controls.refuse(format!("they do not differ {side} this")),
        }
    }

    fn ignore_order(&mut self) {
        self.ignores_order = !self.ignores_order;
        self.controls.say(match self.ignores_order {
            true => "the order of receives does not count",
            false => "the order of receives counts",
        });
    }

    /// A and B change places.
    fn swap(&mut self) {
        std::mem::swap(&mut self.a, &mut self.b);
        self.comparison = self.comparison.take().map(swapped);
        for row in &mut self.rows {
            *row = DiffRow { a: row.b, b: row.a, what: row.what.swapped() };
        }
        self.survey();
        self.look();
    }
}

/// Of how many parts the overview is: no screen has more columns.
const OVERVIEW: usize = 1_000;

fn swapped(comparison: Comparison) -> Comparison {
    let Comparison { level, prefix, first, divergences, races, ends_differ } = comparison;
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
        ends_differ,
    }
}

#[cfg(test)]
mod tests;
