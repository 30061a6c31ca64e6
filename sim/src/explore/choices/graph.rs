//! The graph of the states, made of what a search has met.

use std::collections::BTreeMap;
use std::collections::hash_map::Entry;
use std::num::NonZeroU32;

use ringscope_traces::{Rank, Tag};
use rustc_hash::FxHashMap;

use super::super::local::LocalStates;
use super::super::reduction::Rule;
use super::super::search::Search;
use super::super::states::{StateId, StateSpace};
use super::super::steps::{NextState, Steps, Taken};
use super::super::{ExploreSettings, SearchProgress};
use super::ways::WayEnd;
use crate::invariants::Invariant;
use crate::protocol::Protocol;
use crate::scenario::Scenario;
use crate::world::Choice;

/// States by number, the start first, and the receipts that lead from each to the next.
#[derive(Debug, Default)]
pub(super) struct StateGraph {
    edges: Vec<Edge>,
    /// By state: behind which edge its own end.
    until: Vec<u32>,
    /// By state: how a run ends that gets there; `None` where it can go on.
    ends: Vec<Option<WayEnd>>,
}

/// A receipt that leads from one state to another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    rank: u16,
    source: u16,
    pub tag: Tag,
    /// Whether it answers a GET wrongly.
    pub is_wrong: bool,
    /// The number of the state, from 1; `None` where the search did not get there.
    pub to: Option<NonZeroU32>,
}

impl Edge {
    /// The receipt.
    pub(super) fn choice(&self) -> Choice {
        Choice { rank: Rank(self.rank.into()), source: Rank(self.source.into()) }
    }

    /// The state that it leads to.
    pub(super) fn target(&self) -> Option<u32> {
        self.to.map(|to| to.get() - 1)
    }
}

impl StateGraph {
    /// How many states there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The receipts that are possible in a state, by rank and then by source.
    pub(super) fn edges(&self, state: u32) -> &[Edge] {
        let state = state as usize;
        let until = |state: usize| self.until.get(state).map_or(0, |until| *until as usize);
        let from = state.checked_sub(1).map_or(0, until);
        self.edges.get(from..until(state)).unwrap_or_default()
    }

    /// How a run ends that gets to a state.
    pub(super) fn end(&self, state: u32) -> Option<WayEnd> {
        self.ends.get(state as usize).copied().flatten()
    }
}

/// Searches a scenario, and makes a graph of what the search has met.
pub(super) fn explored<P: Protocol>(
    scenario: &Scenario,
    settings: ExploreSettings,
    go_on: &mut dyn FnMut(SearchProgress) -> bool,
) -> (StateGraph, SearchProgress) {
    let (local, cells) = LocalStates::<P>::new(scenario, None);
    let mut search = Search::new((settings, Rule::Everything), &local, NextState::of(&cells));
    search.go(go_on);
    let (progress, start) = (search.progress, search.start.clone());
    let (steps, states, _) = search.into_steps();
    let mut making = Making::<P> {
        steps,
        states: &states,
        numbers: FxHashMap::default(),
        order: Vec::new(),
        graph: StateGraph::default(),
    };
    making.make(&start);
    (making.graph, progress)
}

/// A graph that is being made: every state that was met is gone on from once more, in the order in which they are come to.
struct Making<'a, 'l, P: Protocol> {
    steps: Steps<'l, P>,
    states: &'a StateSpace,
    numbers: FxHashMap<StateId, NonZeroU32>,
    order: Vec<StateId>,
    graph: StateGraph,
}

impl<P: Protocol> Making<'_, '_, P> {
    fn make(&mut self, start: &NextState) {
        let Some(met) = self.states.find(start.candidate()) else { return };
        self.number(met.state);
        let mut next = NextState::default();
        let mut at = 0;
        while let Some(state) = self.order.get(at).copied() {
            let before = self.graph.edges.len();
            for (taken, tag) in self.steps.all(self.states.state(state).cells) {
                let edge = self.edge(state, (taken, tag), &mut next);
                self.graph.edges.push(edge);
            }
            let has_ended = self.graph.edges.len() == before;
            let end = has_ended.then(|| self.end(self.states.state(state).cells));
            self.graph.ends.push(end);
            let until = u32::try_from(self.graph.edges.len());
            self.graph.until.push(until.expect("edges of so few states are counted in 32 bits"));
            at += 1;
        }
    }

    fn edge(&mut self, from: StateId, (taken, tag): (Taken, Tag), next: &mut NextState) -> Edge {
        let from = self.states.state(from);
        let rank = Rank(taken.rank.into());
        let known = self.steps.known(rank, from.cells[rank.index()]);
        let source = known.moves[usize::from(taken.nth)].source;
        let source = u16::try_from(source.0).expect("more ranks are never explored");
        let is_wrong = self.steps.step(taken, from, next).is_some();
        let met = self.states.find(next.candidate());
        let to = met.map(|met| self.number(met.state));
        Edge { rank: taken.rank, source, tag, is_wrong, to }
    }

    /// The number of a state, from 1: a new one where it is come to first.
    fn number(&mut self, state: StateId) -> NonZeroU32 {
        match self.numbers.entry(state) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(place) => {
                self.order.push(state);
                let number = u32::try_from(self.order.len()).ok().and_then(NonZeroU32::new);
                *place.insert(number.expect("states are counted in 32 bits"))
            }
        }
    }

    /// How a run has ended in which nothing can be received any more.
    fn end(&mut self, cells: &[u32]) -> WayEnd {
        if self.steps.crash(cells).is_some() {
            return WayEnd::Crash;
        }
        if !self.steps.all_stopped(cells) {
            return WayEnd::Deadlock;
        }
        // What was stored last of a key that is put with different values depends on the way: any of them will do.
        match self.steps.broken_after(cells, &BTreeMap::new())[..] {
            [] => WayEnd::Completed,
            [Invariant::KeysKept, ..] => WayEnd::LostKey,
            [Invariant::OneOwner | Invariant::LastPutRead | Invariant::SenderOrder, ..] => {
                WayEnd::BrokenRing
            }
        }
    }
}
