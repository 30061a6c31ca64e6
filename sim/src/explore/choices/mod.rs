//! The choices of a run: what may be received next, and how many ways from there end well and how many fail.
//!
//! The states of a scenario are a graph, with a receipt as the step from one to the next (see [`super`]). Here the graph is kept,
//! and for each of its states the ways from it are counted, by how they end. So whoever stands somewhere in a run
//! sees what each receipt that can come next may lead to, and which receipt was the last after which a failure could not be avoided.

mod count;
mod critical;
mod graph;
mod run;
#[cfg(test)]
mod tests;
mod ways;

use ringscope_traces::Tag;

pub use critical::{Critical, CriticalReceipt};
pub use run::run_otherwise;
pub use ways::{WayCounts, WayEnd};

use super::{ExploreSettings, SearchProgress};
use crate::protocol::Protocol;
use crate::protocols::Visitor;
use crate::scenario::Scenario;
use crate::world::Choice;
use graph::StateGraph;

/// The states of a scenario, the receipts between them, and how the ways from each of them end.
///
/// ```
/// use ringscope_sim::explore::ExploreSettings;
/// use ringscope_sim::explore::choices::{ChoiceGraph, WayEnd};
/// use ringscope_sim::scenario::Scenario;
///
/// let scenario = Scenario::parse("race", "window 2\nadd 3 500\nput 400 4\nget 400")?;
/// let graph = ChoiceGraph::explore(&scenario, ExploreSettings::default(), &mut |_| true);
/// let ways = graph.ways(graph.start());
/// assert_eq!((graph.states(), ways.unexplored()), (124, 0));
/// // Whoever takes each receipt that can come next has taken all ways.
/// let next = graph.alternatives(graph.start());
/// let failing = next.iter().map(|one| one.ways.failing()).sum::<u64>();
/// assert_eq!(failing, ways.failing());
/// assert_eq!(ways.failing(), ways.count(WayEnd::Deadlock));
/// # Ok::<(), ringscope_sim::scenario::ScenarioErrors>(())
/// ```
#[derive(Debug)]
pub struct ChoiceGraph {
    graph: StateGraph,
    /// By state.
    ways: Vec<WayCounts>,
    progress: SearchProgress,
}

/// A state of a scenario, in its [`ChoiceGraph`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place(u32);

/// A receipt that can come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alternative {
    /// Who receives, and whose message.
    pub choice: Choice,
    /// The message's tag.
    pub tag: Tag,
    /// Whether it answers a GET with another value than the last PUT's before it.
    pub is_wrong_answer: bool,
    /// The ways that begin with it.
    pub ways: WayCounts,
    /// Where it leads; `None` where the search did not get there.
    pub to: Option<Place>,
}

impl ChoiceGraph {
    /// The most ranks of a scenario that is explored.
    pub const MOST_RANKS: u32 = 1_000;

    /// Searches all that can happen in a scenario, and counts. `go_on` is asked as by [`super::explore`].
    ///
    /// Of the settings, those that leave out orders or states are not obeyed: every way counts. The scenario has
    /// [`ChoiceGraph::MOST_RANKS`] at most.
    pub fn explore(
        scenario: &Scenario,
        settings: ExploreSettings,
        go_on: &mut dyn FnMut(SearchProgress) -> bool,
    ) -> ChoiceGraph {
        let settings = ExploreSettings { is_reduced: false, is_hashed: false, ..settings };
        let exploring = Exploring { scenario, settings, go_on };
        scenario.settings.protocol.dispatch(exploring)
    }

    /// How far the search has gone.
    #[must_use]
    pub fn progress(&self) -> SearchProgress {
        self.progress
    }

    /// How many states there are.
    #[must_use]
    pub fn states(&self) -> usize {
        self.ways.len()
    }

    /// Whether all is known: else the counts are the least that there can be.
    #[must_use]
    pub fn is_exhausted(&self) -> bool {
        self.ways(self.start()).unexplored() == 0
    }

    /// The state in which nothing has been received yet.
    #[must_use]
    pub fn start(&self) -> Place {
        Place(0)
    }

    /// The ways from a state, by how they end.
    ///
    /// A way is an order of receipts from there to an end. Where ways go round there are no finitely many: all that go round together
    /// count as one way, which goes round for ever, and ways that leave the round count as if they had not gone round before.
    #[must_use]
    pub fn ways(&self, at: Place) -> WayCounts {
        self.ways.get(at.0 as usize).copied().unwrap_or_default()
    }

    /// What can be received next, by rank and then by source; nothing where the run has ended.
    #[must_use]
    pub fn alternatives(&self, at: Place) -> Vec<Alternative> {
        let edges = self.graph.edges(at.0).iter();
        let alternative = |edge: &graph::Edge| Alternative {
            choice: edge.choice(),
            tag: edge.tag,
            is_wrong_answer: edge.is_wrong,
            ways: count::along(edge, &self.ways),
            to: edge.to.map(|to| Place(to.get() - 1)),
        };
        edges.map(alternative).collect()
    }

    /// Where a receipt leads; `None` when it cannot come next, or the search did not get there.
    #[must_use]
    pub fn after(&self, at: Place, receipt: Choice) -> Option<Place> {
        let mut edges = self.graph.edges(at.0).iter();
        let edge = edges.find(|edge| edge.choice() == receipt)?;
        Some(Place(edge.to?.get() - 1))
    }

    /// The states that a run goes through, the start first; fewer than it has receipts where the search did not get to them.
    #[must_use]
    pub fn walk(&self, receipts: &[Choice]) -> Vec<Place> {
        let mut places = vec![self.start()];
        let mut at = self.start();
        for receipt in receipts {
            let Some(next) = self.after(at, *receipt) else { break };
            places.push(next);
            at = next;
        }
        places
    }
}

struct Exploring<'a> {
    scenario: &'a Scenario,
    settings: ExploreSettings,
    go_on: &'a mut dyn FnMut(SearchProgress) -> bool,
}

impl Visitor for Exploring<'_> {
    type Output = ChoiceGraph;

    fn visit<P: Protocol>(self) -> ChoiceGraph {
        let Exploring { scenario, settings, go_on } = self;
        let (graph, progress) = graph::explored::<P>(scenario, settings, go_on);
        let ways = count::ways(&graph);
        ChoiceGraph { graph, ways, progress }
    }
}
