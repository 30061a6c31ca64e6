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
pub mod choices;
mod cycles;
mod discovery;
mod endings;
mod kind;
mod local;
mod places;
mod puts;
mod reduction;
mod scripts;
mod search;
mod settled;
mod states;
mod steps;
mod way;

use std::num::NonZeroUsize;
use std::sync::Arc;

pub use discovery::{Discovery, DiscoveryKind};
pub use kind::FailureKind;
pub use scripts::{BadBounds, ScriptBounds, ScriptNames};

use crate::protocol::{Key, Protocol, StorageId, Viewed};
use crate::scenario::{Scenario, Settings};
use crate::simulate::nodes;
use cell::Numbered;
use cycles::Graph;
use endings::Endings;
use local::LocalStates;
use reduction::Rule;
use scripts::Alphabet;
use search::Search;
use steps::NextState;

/// How a search is to go, and how far it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExploreSettings {
    /// The most states.
    pub states: u64,
    /// The most bytes that states and what belongs to them may take.
    pub bytes: u64,
    /// How many threads; one when nothing is said. What is found does not depend on it.
    pub threads: Option<NonZeroUsize>,
    /// Whether receipts are left out whose order makes no difference: by persistent sets. The same is found, but for the fewest receipts to a
    /// crash, to a wrong answer and to a livelock, and fewer states are counted. Of all scripts at once nothing is left out.
    pub is_reduced: bool,
    /// Whether a state is known again by a fingerprint of 64 bits alone, which takes less memory: see
    /// [`Explored::chance_of_a_miss`].
    pub is_hashed: bool,
}

impl ExploreSettings {
    /// The most states of any search: they are counted in 32 bits, and one more stretch has to fit.
    pub const MOST_STATES: u64 = 1 << 31;
}

impl Default for ExploreSettings {
    fn default() -> ExploreSettings {
        let states = ExploreSettings::MOST_STATES;
        ExploreSettings {
            states,
            bytes: u64::MAX,
            threads: None,
            is_reduced: false,
            is_hashed: false,
        }
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
    /// Whether states were known again by their fingerprints alone.
    pub is_hashed: bool,
    /// What was found, one of each kind: completed runs first, then each kind of failure, the shortest way first.
    pub discoveries: Vec<Discovery>,
}

impl Explored {
    /// Whether every state was gone on from.
    #[must_use]
    pub fn is_exhausted(&self) -> bool {
        self.progress.frontier == 0
    }

    /// How likely it is at most that two states had one fingerprint, so that one of them was taken for the other and what follows
    /// from it was not looked at; 0 where states were compared.
    ///
    /// Of `n` fingerprints of 64 bits there are `n (n - 1) / 2` pairs, each alike with a chance of `2^-64` (Wolper and Leroy, *Reliable
    /// Hashing without Collision Detection*, 1993).
    #[must_use]
    pub fn chance_of_a_miss(&self) -> f64 {
        if !self.is_hashed {
            return 0.0;
        }
        let states = u32::try_from(self.progress.states).map_or(f64::from(u32::MAX), f64::from);
        states * (states - 1.0) / 2.0 / 2_f64.powi(64)
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
/// use ringscope_sim::explore::{ExploreSettings, explore};
/// use ringscope_sim::protocols::Classic;
/// use ringscope_sim::scenario::Scenario;
///
/// let scenario = Scenario::parse("race", "window 2\nadd 3 500\nput 400 4\nget 400")?;
/// let explored = explore::<Classic>(&scenario, ExploreSettings::default(), &mut |_| true);
/// assert!(explored.is_exhausted());
/// assert_eq!(explored.progress.states, 124);
/// // In some orders the PUT overtakes the join, and the GET is never answered.
/// assert_eq!(explored.failures().count(), 1);
/// # Ok::<(), ringscope_sim::scenario::ScenarioErrors>(())
/// ```
pub fn explore<P: Protocol>(
    scenario: &Scenario,
    settings: ExploreSettings,
    go_on: &mut dyn FnMut(SearchProgress) -> bool,
) -> Explored {
    let rule = if settings.is_reduced { Rule::Persistent } else { Rule::Everything };
    explore_by::<P>(scenario, settings, rule, go_on)
}

/// The same, with a rule of what is left out.
fn explore_by<P: Protocol>(
    scenario: &Scenario,
    settings: ExploreSettings,
    rule: Rule,
    go_on: &mut dyn FnMut(SearchProgress) -> bool,
) -> Explored {
    let (local, cells) = LocalStates::<P>::new(scenario, None);
    searched(scenario, (settings, rule), (&local, &cells), go_on)
}

/// Searches all that can happen in any sound script of a size: run with these settings, of which the number of ranks is that of the size.
/// `None` when the protocol does not say how its command node goes on with another script, or the keyspace has no room.
///
/// What is found comes with the shortest script in which it happens, and of that with the fewest receipts.
///
/// ```
/// use ringscope_sim::explore::{ExploreSettings, ScriptBounds, explore_all};
/// use ringscope_sim::protocols::Classic;
/// use ringscope_sim::scenario::Settings;
///
/// let bounds: ScriptBounds = "ranks 4, keys 1, ids 1, commands 3".parse()?;
/// let one = Settings::default();
/// let all = explore_all::<Classic>((&one, bounds), ExploreSettings::default(), &mut |_| true);
/// let all = all.expect("there is room in the keyspace");
/// assert!(all.is_exhausted() && all.failures().next().is_none());
///
/// let two = Settings { window: 2, ..Settings::default() };
/// let all = explore_all::<Classic>((&two, bounds), ExploreSettings::default(), &mut |_| true);
/// let all = all.expect("there is room in the keyspace");
/// let shortest = all.failures().next().expect("a join is overtaken");
/// assert_eq!(shortest.scenario.script.len(), 2);
/// # Ok::<(), ringscope_sim::explore::BadBounds>(())
/// ```
pub fn explore_all<P: Protocol>(
    (settings, bounds): (&Settings, ScriptBounds),
    search: ExploreSettings,
    go_on: &mut dyn FnMut(SearchProgress) -> bool,
) -> Option<Explored> {
    let settings = Settings { ranks: bounds.ranks, ..settings.clone() };
    let alphabet = Alphabet::new::<P>(bounds, &settings)?;
    let scenario = Scenario::new("all", &settings, &[]);
    let nodes = nodes::<P>(&scenario);
    P::with_script(&nodes[P::roles(bounds.ranks).command.index()], Arc::default())?;
    let (local, cells) = LocalStates::<P>::new(&scenario, Some(alphabet));
    // How many commands a failure takes is not kept by what would leave some out.
    let rule = Rule::Everything;
    Some(searched(&scenario, (search, rule), (&local, &cells), go_on))
}

fn searched<P: Protocol>(
    scenario: &Scenario,
    (settings, rule): (ExploreSettings, Rule),
    (local, cells): (&LocalStates<P>, &[Numbered]),
    go_on: &mut dyn FnMut(SearchProgress) -> bool,
) -> Explored {
    let mut search = Search::new((settings, rule), local, NextState::of(cells));
    search.go(go_on);
    let (mut progress, start) = (search.progress, search.start.clone());
    let returned_to = std::mem::take(&mut search.returned_to);
    let (mut steps, states, mut found) = search.into_steps();
    if progress.frontier == 0 {
        let mut graph = Graph { steps: &mut steps, states: &states, start: &start, returned_to };
        graph.cycles().into_iter().for_each(|cycle| found.goes_round(cycle));
    }
    let are_scripts_chosen = local.are_scripts_chosen();
    let mut completed = Vec::new();
    if !are_scripts_chosen {
        found.completed.sort_unstable();
        let is_one_enough = !steps.depends_on_ways(!found.wrong.is_empty());
        let mut endings = Endings { steps: &mut steps, states: &states, start: &start, settings };
        completed = match is_one_enough || progress.frontier > 0 {
            true => endings.shortest(&found.completed),
            false => endings.all(&found.completed, (&mut progress, go_on)),
        };
    }
    let mut ways =
        way::Ways { steps, states: &states, start: &start, scenario, are_scripts_chosen };
    let discoveries = way::discoveries::<P>(&mut ways, (found, completed));
    let local_states = local.count();
    Explored { progress, local_states, is_hashed: settings.is_hashed, discoveries }
}

/// Whether a ring in which nothing is in flight is closed, with each of these keys at its owner, whichever its value.
pub(crate) fn is_sound_ring<N: Viewed>(nodes: &[N], keys: &[Key]) -> bool {
    let pairs = keys.iter().map(|key| (*key, None));
    let ring = settled::AtRest { pairs, last_id: StorageId::default(), is_amid: false };
    ring.broken(nodes).is_empty()
}
