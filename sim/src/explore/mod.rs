//! Every order in which the messages of a scenario can be received.
//!
//! Under MPI nothing is open but which sender's message a wildcard receive takes next. So the states of a run, with a
//! receipt as the step from one to the next, are a finite graph, or an infinite one where messages multiply;
//! [`explore`] goes through all of it, the states with fewest receipts first (Lamport's TLC and stateright search in the same way). What it
//! finds first is therefore the shortest way there.
//!
//! A state is one number a rank: the handlers of a node run once for each pair of a local state and a
//! message, however many states of the whole that is a step of. Collapse compression is the model checker SPIN's
//! name for it (Holzmann, *State Compression in SPIN*, 1997).

mod cell;
mod cycles;
mod discovery;
mod states;
mod steps;
mod way;

use rustc_hash::FxHashMap;

pub use discovery::{Discovery, DiscoveryKind};

use crate::protocol::{Command, Meaning, Protocol, Value};
use crate::scenario::Scenario;
use discovery::Discoveries;
use states::{StateId, StateSpace};
use steps::Steps;

/// How far the search may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExploreLimits {
    /// The most states.
    pub states: u64,
    /// The most bytes that states and what belongs to them may take.
    pub bytes: u64,
}

impl ExploreLimits {
    /// The most states of any search: they are counted in 32 bits, and one more stretch has to fit.
    pub const MOST_STATES: u64 = 1 << 31;
}

impl Default for ExploreLimits {
    fn default() -> ExploreLimits {
        ExploreLimits { states: ExploreLimits::MOST_STATES, bytes: u64::MAX }
    }
}

/// How far the search is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SearchProgress {
    /// How many states were met.
    pub states: u64,
    /// How many of these have not been gone on from.
    pub frontier: u64,
    /// How many receipts lead from one state to another, of those that were gone on from.
    pub receipts: u64,
    /// How many receipts lead to the states that are gone on from now.
    pub depth: u64,
    /// How many bytes it takes.
    pub bytes: u64,
}

/// Everything that can happen in a scenario.
#[derive(Debug)]
pub struct Explored {
    /// How far the search has gone.
    pub progress: SearchProgress,
    /// How many local states the ranks have, together.
    pub local_states: u64,
    /// What was found, one of each kind: completed runs first, then each kind of failure, the shortest way first.
    pub discoveries: Vec<Discovery>,
}

impl Explored {
    /// Whether every state was gone on from.
    #[must_use]
    pub fn is_exhausted(&self) -> bool {
        self.progress.frontier == 0
    }

    /// What went wrong in some order, one of each kind.
    pub fn failures(&self) -> impl Iterator<Item = &Discovery> {
        self.discoveries.iter().filter(|discovery| discovery.kind.is_failure())
    }
}

/// Searches all that can happen in a scenario. `go_on` is asked now and then; when it says `false` the search ends with what it
/// knows.
///
/// ```
/// use ringscope_sim::explore::{ExploreLimits, explore};
/// use ringscope_sim::protocols::Classic;
/// use ringscope_sim::scenario::Scenario;
///
/// let scenario = Scenario::parse("race", "window 2\nadd 3 500\nput 400 4\nget 400")?;
/// let explored = explore::<Classic>(&scenario, ExploreLimits::default(), &mut |_| true);
/// assert!(explored.is_exhausted());
/// assert_eq!(explored.progress.states, 124);
/// // In some orders the PUT overtakes the join, and the GET is never answered.
/// assert_eq!(explored.failures().count(), 1);
/// # Ok::<(), ringscope_sim::scenario::ScenarioErrors>(())
/// ```
pub fn explore<P: Protocol>(
    scenario: &Scenario,
    limits: ExploreLimits,
    go_on: &mut dyn FnMut(SearchProgress) -> bool,
) -> Explored {
    let mut search = Search::<P>::new(scenario, limits);
    search.go(go_on);
    search.end()
}

/// How many states are gone on from between two questions whether to go on.
const STRETCH: u64 = 4096;

/// A search.
struct Search<'a, P: Protocol> {
    scenario: &'a Scenario,
    limits: ExploreLimits,
    steps: Steps<P::Node>,
    states: StateSpace,
    found: Discoveries,
    /// What the GETs of the script are to be answered with, by their places in it.
    expected: FxHashMap<u32, Option<Value>>,
    progress: SearchProgress,
    /// Whether a step led to a state that is no deeper than the one before: only then is there a cycle.
    may_have_cycles: bool,
}

impl<'a, P: Protocol> Search<'a, P> {
    fn new(scenario: &'a Scenario, limits: ExploreLimits) -> Search<'a, P> {
        let (steps, start) = Steps::new::<P>(scenario);
        let mut states = StateSpace::new(start.len());
        states.meet(&start, None);
        Search {
            scenario,
            limits,
            steps,
            states,
            found: Discoveries::default(),
            expected: expected(scenario),
            progress: SearchProgress { states: 1, frontier: 1, ..SearchProgress::default() },
            may_have_cycles: false,
        }
    }

    /// Goes on from one state after the other, in the order in which they were met.
    fn go(&mut self, go_on: &mut dyn FnMut(SearchProgress) -> bool) {
        let (mut state, mut next) = (Vec::new(), Vec::new());
        let mut at = StateId(0);
        while u64::from(at.0) < self.states.len() {
            if u64::from(at.0) % STRETCH == 0 {
                self.progress.bytes = self.states.bytes() + self.steps.bytes();
                let is_too_large = self.progress.bytes > self.limits.bytes;
                if is_too_large || !go_on(self.progress) {
                    break;
                }
            }
            if self.states.len() > self.limits.states {
                break;
            }
            self.progress.depth = u64::from(self.states.depth(at));
            state.clear();
            state.extend_from_slice(self.states.cells(at));
            self.go_from(at, &state, &mut next);
            at.0 += 1;
            self.progress.states = self.states.len();
            self.progress.frontier = self.states.len() - u64::from(at.0);
        }
        self.progress.bytes = self.states.bytes() + self.steps.bytes();
    }

    /// Goes on from a state, with these local states.
    fn go_from(&mut self, at: StateId, state: &[u32], next: &mut Vec<u32>) {
        if let Some(crash) = self.steps.crash(state) {
            self.found.crashed(at, crash);
            return;
        }
        let mut has_moved = false;
        for rank in self.steps.ranks() {
            for nth in 0..self.steps.moves(rank, state[rank.index()]) {
                has_moved = true;
                self.progress.receipts += 1;
                let step = self.steps.step((rank, nth), state, next);
                let (met, is_new) = self.states.meet(next, Some((at, step.choice)));
                if !is_new && self.states.depth(met) <= self.states.depth(at) {
                    self.may_have_cycles = true;
                }
                if let Some((command, value)) = step.answered
                    && let Some(expected) = self.expected.get(&command)
                    && *expected != Some(value)
                {
                    self.found.answered_wrongly((at, step.choice), command);
                }
            }
        }
        if !has_moved {
            match self.steps.all_stopped(state) {
                true => self.found.completed(at),
                false => self.found.deadlocked(at, self.steps.wait_for_shape(state)),
            }
        }
    }

    /// What was found.
    fn end(mut self) -> Explored {
        if self.may_have_cycles && self.progress.frontier == 0 {
            for cycle in cycles::cycles(&mut self.steps, &self.states) {
                self.found.goes_round(cycle);
            }
        }
        let local_states = self.steps.local_states();
        let discoveries = way::discoveries::<P>(self.scenario, &self.states, self.found);
        Explored { progress: self.progress, local_states, discoveries }
    }
}

/// What the GETs of a script are to be answered with, by their places in it: with the value of the last PUT of the same key
/// before it, in the order in which the command node sends them.
fn expected(scenario: &Scenario) -> FxHashMap<u32, Option<Value>> {
    let mut last = FxHashMap::default();
    let mut expected = FxHashMap::default();
    for (place, command) in (0..).zip(scenario.script.commands()) {
        match command {
            Command::Put { key, value } => drop(last.insert(key, value)),
            Command::Get { key } => drop(expected.insert(place, last.get(&key).copied())),
            Command::Add { .. } | Command::Remove { .. } => {}
        }
    }
    expected
}

/// The value with which a message answers a GET.
fn found(meaning: Meaning) -> Option<Value> {
    match meaning {
        Meaning::Found(value, _) => Some(value),
        Meaning::Command(_) | Meaning::End | Meaning::Done(_) | Meaning::Membership => None,
    }
}
