//! How runs complete: of each state in which all ranks have stopped, every way in which the runs that lead there differ.
//!
//! What a node has answered and what it stored before is no part of a state, so a state that all ranks have stopped in can be the end of good
//! runs and of bad ones. What tells them apart is a [`Record`]. Where a scenario can have more than one, the states are gone through once
//! more, each with every record that a run has there.
//!
//! Receipts at two ranks that both store a contested key do not commute then, and a reduced search heeds that.

use std::collections::{BTreeMap, VecDeque};

use rustc_hash::FxHashMap;

use super::states::{StateId, StateSpace};
use super::steps::{NextState, Steps, Taken};
use super::{ExploreSettings, SearchProgress};
use crate::invariants::Invariant;
use crate::protocol::{Key, Protocol, Value};

/// What decides whether a run was as it should be, beside the state at its end.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Record {
    /// What was stored last of each contested key.
    stored: BTreeMap<Key, Value>,
    /// Whether a GET was answered wrongly.
    has_wrong_answer: bool,
}

/// A way in which runs complete.
#[derive(Debug)]
pub(super) struct CompletedRun {
    pub state: StateId,
    /// The steps of the shortest of them.
    pub way: Vec<Taken>,
    pub has_wrong_answer: bool,
    /// The invariants that are broken at its end.
    pub broken: Vec<Invariant>,
}

/// Where completed runs are looked for.
pub(super) struct Endings<'a, 'l, P: Protocol> {
    pub steps: &'a mut Steps<'l, P>,
    pub states: &'a StateSpace,
    pub start: &'a NextState,
    pub settings: ExploreSettings,
}

/// A state with the number of a record.
type Recorded = (StateId, u32);

/// So many states are gone on from between two questions whether to go on.
const BETWEEN_QUESTIONS: usize = 4_096;

/// About how many bytes a state with a record takes.
const BYTES: u64 = 64;

impl<P: Protocol> Endings<'_, '_, P> {
    /// Of each completed state the shortest run.
    pub(super) fn shortest(&mut self, completed: &[StateId]) -> Vec<CompletedRun> {
        completed.iter().map(|state| self.run(*state, self.states.way_to(*state))).collect()
    }

    /// Of each completed state the shortest run with each record that there is, the shorter ones first.
    ///
    /// Where that takes too much or `go_on` says `false`, the frontier is what was left.
    pub(super) fn all(
        &mut self,
        completed: &[StateId],
        (progress, go_on): (&mut SearchProgress, &mut dyn FnMut(SearchProgress) -> bool),
    ) -> Vec<CompletedRun> {
        let room = self.settings.bytes.saturating_sub(progress.bytes) / BYTES;
        let mut through = Through::default();
        let mut open = self.begin(&mut through);
        let mut done = 0;
        while let Some((at, state)) = open.pop_front() {
            self.go_from(at, &state, (&mut through, &mut open));
            done += 1;
            let is_over = through.from.len() as u64 > room
                || done % BETWEEN_QUESTIONS == 0 && !go_on(*progress);
            if is_over {
                progress.frontier = open.len() as u64;
                break;
            }
        }
        let is_completed = |at: &&Recorded| completed.binary_search(&at.0).is_ok();
        let ends: Vec<Recorded> = through.met.iter().filter(is_completed).copied().collect();
        ends.into_iter().map(|end| self.run(end.0, through.way_to(end))).collect()
    }

    fn begin(&self, through: &mut Through) -> VecDeque<(Recorded, NextState)> {
        let start = self.states.find(self.start.candidate());
        let first = start.map(|met| (met.state, through.records.number(Record::default())));
        through.met.extend(first);
        first.into_iter().map(|first| (first, self.start.clone())).collect()
    }

    fn go_from(
        &mut self,
        at: Recorded,
        state: &NextState,
        (through, open): (&mut Through, &mut VecDeque<(Recorded, NextState)>),
    ) {
        for (taken, _) in self.steps.all(&state.cells) {
            let mut next = NextState::default();
            self.steps.step(taken, state.candidate(), &mut next);
            let Some(met) = self.states.find(next.candidate()) else { continue };
            let told = self.steps.told(taken, &state.cells);
            let to = (met.state, through.records.after(at.1, told));
            if through.meet(to, (at, taken)) {
                open.push_back((to, next));
            }
        }
    }

    /// The run that takes these steps.
    fn run(&mut self, state: StateId, way: Vec<Taken>) -> CompletedRun {
        let mut record = Record::default();
        let (mut at, mut next) = (self.start.clone(), NextState::default());
        for taken in &way {
            record.take(self.steps.told(*taken, &at.cells));
            self.steps.step(*taken, at.candidate(), &mut next);
            std::mem::swap(&mut at, &mut next);
        }
        let broken = self.steps.broken_after(&at.cells, &record.stored);
        CompletedRun { state, way, has_wrong_answer: record.has_wrong_answer, broken }
    }
}

impl Record {
    /// Takes a step that has stored that, and has answered wrongly or not.
    fn take(&mut self, (stored, is_wrong): (Option<(Key, Value)>, bool)) {
        self.stored.extend(stored);
        self.has_wrong_answer |= is_wrong;
    }
}

/// Records by number.
#[derive(Default)]
struct Records {
    numbers: BTreeMap<Record, u32>,
    records: Vec<Record>,
}

impl Records {
    fn number(&mut self, record: Record) -> u32 {
        if let Some(number) = self.numbers.get(&record) {
            return *number;
        }
        let number = u32::try_from(self.records.len()).expect("fewer than 4 billion fit in memory");
        self.records.push(record.clone());
        self.numbers.insert(record, number);
        number
    }

    fn after(&mut self, before: u32, told: (Option<(Key, Value)>, bool)) -> u32 {
        if told == (None, false) {
            return before;
        }
        let mut record = self.records[before as usize].clone();
        record.take(told);
        self.number(record)
    }
}

/// The way through all states with their records.
#[derive(Default)]
struct Through {
    records: Records,
    /// In the order in which they were met.
    met: Vec<Recorded>,
    /// How each but the first was met first.
    from: FxHashMap<Recorded, (Recorded, Taken)>,
}

impl Through {
    /// Says whether it is a new one.
    fn meet(&mut self, to: Recorded, by: (Recorded, Taken)) -> bool {
        if self.met.first() == Some(&to) || self.from.contains_key(&to) {
            return false;
        }
        self.from.insert(to, by);
        self.met.push(to);
        true
    }

    fn way_to(&self, end: Recorded) -> Vec<Taken> {
        let mut way = Vec::new();
        let mut at = end;
        while let Some((before, taken)) = self.from.get(&at) {
            way.push(*taken);
            at = *before;
        }
        way.reverse();
        way
    }
}
