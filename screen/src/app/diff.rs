//! Two runs side by side: which events are the same, where they part first, and how both stood there.
//!
//! The comparison is made in the background; the first divergence is shown as soon as it is known, the
//! aligned rows follow.

mod align;
mod keys;
mod names;
mod order;
mod work;

use std::path::Path;
use std::sync::mpsc::{TryRecvError, channel};

use ringscope_traces::EventIndex;
use ringscope_traces::diff::{Comparison, Divergence, First, FirstRace, Race};

pub use align::{Alignment, DiffRow, Tally, What, align};
use work::{CompareUpdate, Comparing, gates};

use super::opening::Order;
use super::{App, Controls, Prompt, Recipe};
use crate::failure::Failure;
use crate::files::shown;
use crate::host::BackgroundWork;
use crate::timeline::{Source, Timeline};

/// One of the two runs.
pub struct Side {
    /// What it is called beside the other: by what differs.
    pub name: String,
    /// The run, where it stands after the chosen row.
    pub app: App,
}

impl Side {
    fn new(name: String, of: Candidate, timeline: Timeline) -> Side {
        let mut app = App::new(timeline, &of.name, 0);
        app.recipe = of.recipe;
        Side { name, app }
    }

    /// The run.
    pub fn timeline(&self) -> &Timeline {
        &self.app.timeline
    }
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
    /// The aligned events, as soon as they are known.
    pub alignment: Alignment,
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
    /// The row to go to as soon as the rows are known, instead of that of the first divergence.
    pub awaited: Option<usize>,
    /// What is being typed.
    pub prompt: Option<Prompt>,
    /// Why the two cannot be compared.
    pub problem: Option<String>,
    news: Option<BackgroundWork<CompareUpdate>>,
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
        let sources = [a.source.clone(), b.source.clone()];
        let [name_a, name_b] = names::names([&a, &b]);
        let work = Comparing::new(sources, updates, gates_held);
        let news = BackgroundWork::begin(Box::new(work), news);
        Ok(Diff {
            a: Side::new(name_a, a, timeline_a),
            b: Side::new(name_b, b, timeline_b),
            controls: Controls::default(),
            comparison: None,
            alignment: Alignment::default(),
            tally: Tally::default(),
            overview: Vec::new(),
            first_row: None,
            chosen: 0,
            ignores_order: false,
            awaited: None,
            prompt: None,
            problem: None,
            news: Some(news),
        })
    }

    /// Takes what the background has found; whether there is anything new to show.
    pub fn poll(&mut self) -> bool {
        let mut is_new = self.a.app.timeline.poll() | self.b.app.timeline.poll();
        self.news.iter_mut().for_each(BackgroundWork::go_on);
        while let Some(news) = self.news.take() {
            match news.try_next() {
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
        self.a.app.timeline.wait();
        self.b.app.timeline.wait();
        self.look();
    }

    /// Waits until the background finds something more of the comparison; whether there was anything.
    pub fn wait_for_news(&mut self) -> bool {
        let found = self.news.as_mut().and_then(BackgroundWork::next);
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
        self.chosen = row.min(self.rows().len().saturating_sub(1));
        self.look();
    }

    /// Goes so many rows further down, or up.
    pub fn scroll(&mut self, rows: isize) {
        self.go_to(self.chosen.saturating_add_signed(rows));
    }

    /// The rows, as soon as they are known.
    pub fn rows(&self) -> &[DiffRow] {
        &self.alignment.rows
    }

    /// The events of the first divergence, in A and in B. Not always do they share a row: what one of the two does
    /// there can depend on what another rank does otherwise.
    pub(super) fn parting(&self) -> [Option<EventIndex>; 2] {
        let first = self.comparison.as_ref().and_then(|comparison| comparison.first.as_ref());
        first.map_or([None, None], |first| order::at(&first.divergence))
    }

    /// The events of A and those of B of which the sentence speaks that says where the two part.
    pub(crate) fn told(&self) -> [Vec<EventIndex>; 2] {
        let Some(comparison) = &self.comparison else { return [Vec::new(), Vec::new()] };
        let first = comparison.first.iter().map(|first| &first.divergence);
        let race = comparison.first_race.iter().map(|race| &race.divergence);
        let told: Vec<_> = first.chain(race).map(order::at).collect();
        [0, 1].map(|side: usize| told.iter().filter_map(|events| events[side]).collect())
    }

    /// What the comparison came to, in a line; and where the two part, in a sentence.
    pub fn summary(&self) -> Vec<String> {
        if let Some(problem) = &self.problem {
            return vec![problem.clone()];
        }
        let Some(comparison) = &self.comparison else {
            return vec!["comparing".to_owned()];
        };
        let vocabulary = self.a.timeline().vocabulary();
        let summary = comparison.summary(&vocabulary).to_string();
        let verdict = summary.lines().next().map(str::to_owned);
        let parting = comparison.parting(&vocabulary);
        verdict.into_iter().chain(parting.map(|parting| parting.to_string())).collect()
    }

    fn take(&mut self, news: CompareUpdate) {
        match news {
            CompareUpdate::Compared(comparison) => self.comparison = Some(*comparison),
            CompareUpdate::Problem(problem) => self.problem = Some(problem),
            CompareUpdate::Aligned(alignment) => {
                self.alignment = alignment;
                self.survey();
                self.first_row = self.rows().iter().position(|row| row.what != What::Same);
                self.go_to(self.awaited.or(self.first_row).unwrap_or(0));
            }
        }
    }

    /// What there is to say of all rows together.
    fn survey(&mut self) {
        self.tally = self.alignment.tally();
        let part = self.rows().len().div_ceil(OVERVIEW).max(1);
        let worst = |part: &[DiffRow]| part.iter().map(|row| row.what).max().unwrap_or(What::Same);
        self.overview = self.rows().chunks(part).map(worst).collect();
    }

    /// Puts both runs where they stood after the chosen row.
    fn look(&mut self) {
        let so_far = self.rows().get(..=self.chosen).unwrap_or_default();
        let last = |place: fn(&DiffRow) -> Option<EventIndex>| {
            so_far.iter().rev().find_map(place).map_or(0, |at| at.0 + 1)
        };
        let (a, b) = (last(|row| row.a), last(|row| row.b));
        self.a.app.go_to(a);
        self.b.app.go_to(b);
    }

    /// Whether a row counts as one that differs.
    fn differs(&self, row: usize) -> bool {
        let Some(row) = self.rows().get(row) else { return false };
        match row.what {
            What::OnlyA | What::OnlyB => true,
            What::Moved => !self.ignores_order,
            What::Parted => !self.ignores_order || !self.is_order_only(row),
            What::Same => false,
        }
    }

    /// Whether both have what is in a row, if at another time.
    pub fn is_order_only(&self, row: &DiffRow) -> bool {
        let is_in_b = row.a.is_none_or(|at| self.alignment.in_b(at).is_some());
        let is_in_a = row.b.is_none_or(|at| self.alignment.in_a(at).is_some());
        is_in_a && is_in_b
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
        (self.chosen + 1..self.rows().len()).find(|row| self.begins(*row))
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
        self.alignment.swap();
        self.survey();
        self.look();
    }
}

/// Of how many parts the overview is: no screen has more columns.
const OVERVIEW: usize = 1_000;

fn swapped(comparison: Comparison) -> Comparison {
    let Comparison { level, prefix, first, first_race, divergences, races, ends_differ } =
        comparison;
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
            later_a: first.later_b,
            later_b: first.later_a,
            ..first
        }),
        first_race: first_race.map(|race| FirstRace {
            divergence: divergence(race.divergence),
            later_a: race.later_b,
            later_b: race.later_a,
        }),
        divergences: divergences.into_iter().map(divergence).collect(),
        races: races.into_iter().map(|race| Race { a: race.b, b: race.a, ..race }).collect(),
        ends_differ,
    }
}

#[cfg(test)]
mod tests;
