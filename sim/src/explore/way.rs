//! From the states that were found to runs: each is made again, by its receipts, as a world of its own.

use std::collections::{BTreeMap, BTreeSet};

use ringscope_traces::{Ending, Header};

use super::discovery::{Counted, Discoveries, Discovery, DiscoveryKind};
use super::endings::CompletedRun;
use super::kind::FailureKind;
use super::states::{StateId, StateSpace};
use super::steps::{NextState, Steps, Taken};
use crate::explain::{Explanation, explain};
use crate::invariants::{Invariant, InvariantChecker};
use crate::protocol::{Protocol, Run};
use crate::scenario::Scenario;
use crate::simulate::{header, start};
use crate::world::recording::Written;
use crate::world::{ByChoice, Choice, End, World};

/// The most receipts by which a run goes on after what was found in it.
const MOST_AFTER: usize = 10_000;

/// Finds the ways to states.
pub(super) struct Ways<'a, 'l, P: Protocol> {
    pub steps: Steps<'l, P>,
    pub states: &'a StateSpace,
    pub start: &'a NextState,
    pub scenario: &'a Scenario,
    /// Whether the scenario has no commands but those that were chosen.
    pub are_scripts_chosen: bool,
}

impl<P: Protocol> Ways<'_, '_, P> {
    /// The receipts that lead to a state, and from there on.
    fn way_to(&mut self, state: StateId, on: &[Taken]) -> Way {
        let mut way = self.states.way_to(state);
        way.extend(on);
        self.way(&way)
    }

    /// The receipts of some steps from the start.
    fn way(&mut self, way: &[Taken]) -> Way {
        let (choices, commands) = self.steps.choices(self.start, way);
        let Scenario { name, settings, .. } = self.scenario;
        let scenario = match self.are_scripts_chosen {
            true => {
                let runs: Vec<Run> = commands.into_iter().map(Run::one).collect();
                Scenario::new(name, settings, &runs)
            }
            false => self.scenario.clone(),
        };
        Way { scenario, choices, round: 0 }
    }
}

/// Receipts of a scenario.
#[derive(Clone)]
struct Way {
    scenario: Scenario,
    choices: Vec<Choice>,
    /// How many of the last receipts lead from a state back to it.
    round: usize,
}

/// What was found, one of each kind; the shortest script first, and the shortest way.
pub(super) fn discoveries<P: Protocol>(
    ways: &mut Ways<'_, '_, P>,
    (found, completed): (Discoveries, Vec<CompletedRun>),
) -> Vec<Discovery> {
    let runs = Runs::<P>(std::marker::PhantomData);
    let roles = P::roles(ways.scenario.settings.ranks);
    let Discoveries { completed: complete, deadlocks, crashes, wrong, broken, cycles } = found;
    let mut failures = Vec::new();
    for Counted { first, count, .. } in deadlocks.into_values() {
        failures.push(runs.ended(DiscoveryKind::Deadlock, count, ways.way_to(first, &[])));
    }
    for (rank, fault, Counted { first, count, .. }) in crashes {
        let kind = DiscoveryKind::Crash { role: roles.of(rank), fault };
        failures.push(runs.ended(kind, count, ways.way_to(first, &[])));
    }
    for (command, Counted { first: (at, choice), count, .. }) in wrong {
        let way = ways.way_to(at, &[choice]);
        failures.push(runs.ended(DiscoveryKind::WrongAnswer { command }, count, way));
    }
    for (invariant, Counted { first, count, .. }) in broken {
        let way = ways.way_to(first, &[]);
        failures.push(runs.ended(DiscoveryKind::Broken(invariant), count, way));
    }
    for Counted { first, count, .. } in cycles.into_values() {
        let round = first.round.len();
        let way = Way { round, ..ways.way_to(first.entry, &first.round) };
        let kind = DiscoveryKind::Livelock { can_be_left: first.can_be_left };
        failures.push(runs.ended(kind, count, way));
    }
    let good = if ways.are_scripts_chosen {
        let count = complete.len() as u64;
        let first = complete.first().map(|at| ways.way_to(*at, &[]));
        first.map(|way| runs.ended(DiscoveryKind::Completed, count, way))
    } else {
        let (good, broken) = judged(completed);
        let broken = broken.into_iter().map(|(invariant, (way, count))| {
            runs.ended(DiscoveryKind::Broken(invariant), count, ways.way(&way))
        });
        failures.extend(broken);
        good.map(|(way, count)| runs.ended(DiscoveryKind::Completed, count, ways.way(&way)))
    };
    failures.sort_by_key(|found| (found.scenario.script.len(), found.way.len()));
    good.into_iter().chain(one_of_each_kind(failures)).collect()
}

/// The shortest of some runs, and in how many states they end.
type Shortest = (Vec<Taken>, u64);

/// Of runs that complete: those that are as they should be, and those in which each invariant is broken.
///
/// A wrong answer has been found where it is given, whether the run completes or not.
fn judged(completed: Vec<CompletedRun>) -> (Option<Shortest>, BTreeMap<Invariant, Shortest>) {
    let mut ends: BTreeMap<Option<Invariant>, (Vec<Taken>, BTreeSet<StateId>)> = BTreeMap::new();
    for CompletedRun { state, way, has_wrong_answer, broken } in completed {
        let is_good = broken.is_empty() && !has_wrong_answer;
        let kinds = broken.into_iter().map(Some).chain(is_good.then_some(None));
        for kind in kinds {
            let (shortest, states) = ends.entry(kind).or_default();
            if states.is_empty() || way.len() < shortest.len() {
                shortest.clone_from(&way);
            }
            states.insert(state);
        }
    }
    let counted = |(way, states): (Vec<Taken>, BTreeSet<StateId>)| (way, states.len() as u64);
    let good = ends.remove(&None).map(counted);
    let broken = ends.into_iter().filter_map(|(kind, end)| Some((kind?, counted(end)))).collect();
    (good, broken)
}

/// Of each kind of failure the first, with all the states in which there is one of that kind.
fn one_of_each_kind(all: Vec<Discovery>) -> Vec<Discovery> {
    let mut kinds: Vec<Discovery> = Vec::new();
    for found in all {
        let same = kinds.iter_mut().find(|known| known.failure == found.failure);
        match same.filter(|_| found.failure.is_some()) {
            Some(known) => known.states += found.states,
            None => kinds.push(found),
        }
    }
    kinds
}

/// Makes runs of ways.
struct Runs<P>(std::marker::PhantomData<fn() -> P>);

/// A run that was made again.
struct Made<P: Protocol> {
    world: World<P::Node, ByChoice>,
    checker: InvariantChecker,
    written: Written<Vec<u8>>,
}

impl<P: Protocol> Runs<P> {
    fn make(&self, Way { scenario, choices, .. }: &Way) -> Made<P> {
        let settings = &scenario.settings;
        // No seed leads there.
        let header = Header { seed: None, ..header(settings) };
        let written = Written::new(Vec::new(), &header).expect("memory takes all that is written");
        let mut observer = (InvariantChecker::default(), written);
        let mut world = start::<P, _>(scenario, ByChoice, &mut observer);
        for choice in choices {
            let was_possible = world.choose(*choice, &mut observer);
            assert!(was_possible, "what the search has found can happen in a world");
        }
        let (mut checker, written) = observer;
        checker.finish(world.nodes());
        Made { world, checker, written }
    }

    /// The discovery of that kind at the end of a way.
    fn ended(&self, kind: DiscoveryKind, states: u64, way: Way) -> Discovery {
        let mut made = self.make(&way);
        let end = match &kind {
            DiscoveryKind::Livelock { .. } => {
                let round = way.choices.len().saturating_sub(way.round);
                made.world.goes_round(&way.choices[round..]).map(End::Livelock)
            }
            DiscoveryKind::WrongAnswer { .. } => {
                made.go_on();
                made.world.end()
            }
            DiscoveryKind::Completed
            | DiscoveryKind::Deadlock
            | DiscoveryKind::Crash { .. }
            | DiscoveryKind::Broken(_) => made.world.end(),
        };
        let explanation = end.as_ref().and_then(|end| explain::<P>(end, made.world.nodes()));
        let says = self.says(&kind, explanation.as_ref(), &made.checker);
        let failure = FailureKind::of::<P>(&kind, end.as_ref(), way.scenario.settings.ranks);
        let ending = match (&kind, end) {
            (DiscoveryKind::Livelock { .. }, _) => Ending::Livelock,
            (_, Some(end)) => end.ending(),
            (_, None) => Ending::Stopped,
        };
        let (trace, _) = made.written.finish(&ending).expect("memory takes all that is written");
        let Way { scenario, choices: way, .. } = way;
        Discovery { kind, failure, states, scenario, way, says, explanation, trace }
    }

    fn says(
        &self,
        kind: &DiscoveryKind,
        explanation: Option<&Explanation>,
        checker: &InvariantChecker,
    ) -> String {
        let facts = || explanation.map(|explanation| explanation.facts.clone()).unwrap_or_default();
        match kind {
            DiscoveryKind::Completed => "every rank stops".to_owned(),
            DiscoveryKind::Deadlock | DiscoveryKind::Crash { .. } => facts(),
            DiscoveryKind::Livelock { can_be_left: false } => facts(),
            DiscoveryKind::Livelock { can_be_left: true } => {
                format!("{}; in another order it ends", facts())
            }
            DiscoveryKind::WrongAnswer { command } => {
                let violations = &checker.tally(Invariant::LastPutRead).violations;
                let place = format!("command {} is answered wrongly", command + 1);
                violations.last().map_or(place, |violation| violation.what.clone())
            }
            DiscoveryKind::Broken(invariant) => {
                let violations = &checker.tally(*invariant).violations;
                violations.first().map(|violation| violation.what.clone()).unwrap_or_default()
            }
        }
    }
}

impl<P: Protocol> Made<P> {
    /// Lets the run go on somehow, so that its trace is whole.
    fn go_on(&mut self) {
        let mut observer = (&mut self.checker, &mut self.written);
        for _ in 0..MOST_AFTER {
            let next = self.world.choices().first().copied();
            let Some(choice) = next.filter(|_| self.world.crash().is_none()) else { return };
            self.world.choose(choice, &mut observer);
        }
    }
}
