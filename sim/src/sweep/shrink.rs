//! A run in which something fails, made as small as can be: its script, its ranks, its window, and last its order.

use std::cell::Cell;
use std::marker::PhantomData;
use std::num::NonZeroUsize;
use std::ops::Range;

use super::drawn::Drawn;
use crate::explore::{Discovery, ExploreSettings, FailureKind, explore};
use crate::protocol::plan::{Objection, Objections, Plan};
use crate::protocol::{Command, Protocol};
use crate::scenario::random::keyspace;

/// Under so many seeds a smaller scenario is run, before it is taken not to fail.
const SEEDS: u64 = 24;

/// Under so many seeds the smallest scenario is run, for one under which it fails.
const MOST_SEEDS: u64 = 2_000;

/// Scripts of up to so many commands are tried in every order.
const FEW_COMMANDS: usize = 8;

/// The most states of such a search.
const MOST_STATES: u64 = 100_000;

/// Makes runs smaller that fail in one way.
pub(super) struct Shrinker<'a, P> {
    pub kind: &'a FailureKind,
    /// Whether every search in which nothing was found went through all states.
    is_exhausted: Cell<bool>,
    /// Whether it is to end with what it has.
    pub is_over: &'a (dyn Fn() -> bool + Sync),
    protocol: PhantomData<fn() -> P>,
}

/// What is left of a run.
pub(super) struct Shrunk {
    pub drawn: Drawn,
    /// The shortest order in which it fails, where orders were tried.
    pub discovery: Option<Discovery>,
    /// Whether nothing smaller fails, in any order.
    pub is_minimal: bool,
    /// Whether its run fails under the seed that it has.
    pub fails_under_its_seed: bool,
}

impl<'a, P: Protocol> Shrinker<'a, P> {
    pub(super) fn new(
        kind: &'a FailureKind,
        is_over: &'a (dyn Fn() -> bool + Sync),
    ) -> Shrinker<'a, P> {
        Shrinker { kind, is_exhausted: Cell::new(true), is_over, protocol: PhantomData }
    }

    /// The smallest that is found.
    pub(super) fn shrink(&self, drawn: Drawn) -> Shrunk {
        let shorter = self.with_fewer_commands(drawn);
        let mut small = self.with_fewer_ranks(shorter);
        let mut discovery = self.explored(&small);
        if let Some(first) = discovery {
            (small, discovery) = self.smallest(small, first);
        }
        let seed = self.failing_seed(&small, MOST_SEEDS);
        small.settings.seed = seed.unwrap_or(small.settings.seed);
        let is_minimal = discovery.is_some() && self.is_exhausted.get() && !(self.is_over)();
        Shrunk { drawn: small, discovery, is_minimal, fails_under_its_seed: seed.is_some() }
    }

    /// Leaves out stretches of commands, from half of all down to one, as long as it fails without them.
    fn with_fewer_commands(&self, mut drawn: Drawn) -> Drawn {
        let mut length = drawn.runs.len().div_ceil(2);
        while length > 0 {
            let mut is_smaller = false;
            let mut end = drawn.runs.len();
            while end > 0 && !(self.is_over)() {
                let stretch = end.saturating_sub(length)..end;
                end = stretch.start;
                let Some(seeded) =
                    self.without(&drawn, &stretch).and_then(|less| self.seeded(less))
                else {
                    continue;
                };
                drawn = seeded;
                is_smaller = true;
                end = end.min(drawn.runs.len());
            }
            if !is_smaller || length > 1 {
                length /= 2;
            }
        }
        drawn
    }

    /// The same under a seed under which it fails.
    fn seeded(&self, mut drawn: Drawn) -> Option<Drawn> {
        drawn.settings.seed = self.failing_seed(&drawn, SEEDS)?;
        Some(drawn)
    }

    /// Its own seed, if it fails under that, or else the first one.
    fn failing_seed(&self, drawn: &Drawn, most: u64) -> Option<u64> {
        let mut tried = drawn.clone();
        std::iter::once(drawn.settings.seed).chain(1..=most).find(|seed| {
            tried.settings.seed = *seed;
            tried.run::<P>().1.iter().any(|failure| failure.kind == *self.kind)
        })
    }

    /// The ranks that join are the lowest ones, in the order in which they first join, and there are no others.
    fn with_fewer_ranks(&self, drawn: Drawn) -> Drawn {
        let Some(renamed) = renamed::<P>(&drawn) else { return drawn };
        self.seeded(renamed).unwrap_or(drawn)
    }

    /// The shortest order in which it fails, if it is small enough to look for it.
    fn explored(&self, drawn: &Drawn) -> Option<Discovery> {
        if drawn.runs.len() > FEW_COMMANDS || (self.is_over)() {
            return None;
        }
        let settings = ExploreSettings {
            states: MOST_STATES,
            threads: Some(NonZeroUsize::MIN),
            ..ExploreSettings::default()
        };
        let scenario = drawn.scenario("smallest");
        let explored = explore::<P>(&scenario, settings, &mut |_| !(self.is_over)());
        let is_exhausted = explored.is_exhausted();
        let mut all = explored.discoveries.into_iter();
        let found = all.find(|discovery| discovery.failure.as_ref() == Some(self.kind));
        self.is_exhausted.set(self.is_exhausted.get() && (is_exhausted || found.is_some()));
        found
    }

    /// Whatever can be left out, one or two commands, ranks or places of the window, as long as it fails in some order.
    fn smallest(&self, mut drawn: Drawn, mut found: Discovery) -> (Drawn, Option<Discovery>) {
        while let Some((smaller, discovery)) = self.smaller(&drawn) {
            (drawn, found) = (smaller, discovery);
        }
        (drawn, Some(found))
    }

    fn smaller(&self, drawn: &Drawn) -> Option<(Drawn, Discovery)> {
        let count = drawn.runs.len();
        let pairs =
            (0..count).flat_map(|first| (first + 1..count).map(move |second| (first, second)));
        let without_two = pairs.filter_map(|(first, second)| {
            let less = self.without(drawn, &(second..second + 1))?;
            let is_one = less.runs.len() + 1 == count;
            is_one.then(|| self.without(&less, &(first..first + 1))).flatten()
        });
        let without_one = (0..count).filter_map(|nth| self.without(drawn, &(nth..nth + 1)));
        let narrower = (1..drawn.settings.window).map(|window| {
            let mut narrower = drawn.clone();
            narrower.settings.window = window;
            narrower
        });
        let fewer_ranks = renamed::<P>(drawn);
        let all = fewer_ranks.into_iter().chain(narrower).chain(without_one).chain(without_two);
        all.take_while(|_| !(self.is_over)()).find_map(|smaller| {
            let discovery = self.explored(&smaller)?;
            Some((smaller, discovery))
        })
    }

    /// Without these commands, and those that make no sense without them; `None` when that leaves nothing.
    fn without(&self, drawn: &Drawn, left_out: &Range<usize>) -> Option<Drawn> {
        let kept = (0..).zip(&drawn.runs).filter(|(place, _)| !left_out.contains(place));
        let mut less = Drawn { runs: kept.map(|(_, run)| *run).collect(), ..drawn.clone() };
        loop {
            let wrong = wrong_runs::<P>(&less);
            if wrong.is_empty() {
                return (!less.runs.is_empty()).then_some(less);
            }
            let mut place = 0..;
            less.runs.retain(|_| !place.next().is_some_and(|place| wrong.contains(&place)));
        }
    }
}

/// The commands with which the protocol's own check finds fault.
fn wrong_runs<P: Protocol>(drawn: &Drawn) -> Vec<usize> {
    let settings = &drawn.settings;
    let lines: Vec<u32> = (1..).take(drawn.runs.len()).collect();
    let plan = Plan {
        ranks: settings.ranks,
        keyspace: settings.keyspace,
        window: settings.window,
        runs: &drawn.runs,
        lines: &lines,
    };
    let mut wrong = WrongRuns(Vec::new());
    P::check(&plan, &mut wrong);
    wrong.0
}

struct WrongRuns(Vec<usize>);

impl Objections for WrongRuns {
    fn error(&mut self, objection: Objection) {
        self.0.push(objection.run);
    }

    fn warning(&mut self, _: Objection) {}
}

/// The same with no ranks but those that join, numbered in the order in which they first do; `None` when it is so already.
fn renamed<P: Protocol>(drawn: &Drawn) -> Option<Drawn> {
    let ranks = drawn.settings.ranks;
    let newcomers = P::roles(ranks).newcomers;
    let others = ranks - u32::try_from(newcomers.len()).ok()?;
    let mut joined: Vec<i64> = Vec::new();
    let mut less = drawn.clone();
    for run in &mut less.runs {
        if let Command::Add { rank, .. } = &mut run.first {
            let place = joined.iter().position(|known| known == rank).unwrap_or_else(|| {
                joined.push(*rank);
                joined.len() - 1
            });
            *rank = i64::from(newcomers.start) + i64::try_from(place).ok()?;
        }
    }
    let fewest = P::INFO.fewest_ranks;
    less.settings.ranks = (others + u32::try_from(joined.len()).ok()?).max(fewest);
    less.settings.keyspace = keyspace(less.settings.ranks).max(less.settings.keyspace);
    let is_other = less.settings.ranks != ranks || less.runs != drawn.runs;
    is_other.then_some(less)
}
