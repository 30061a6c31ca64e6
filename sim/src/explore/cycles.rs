//! Cycles among the states: runs that need never end.
//!
//! Strongly connected components, by Tarjan's algorithm (*Depth-First Search and Linear Graph Algorithms*, 1972), with a
//! stack of its own instead of recursion. Every step is a receipt, so a component of more than one state, or a state that
//! leads to itself, is a livelock that can be entered. The local states of a state are made again on the way, since not every
//! store keeps them.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, VecDeque};

use ringscope_traces::Tag;
use rustc_hash::{FxHashMap, FxHashSet};

use super::discovery::WaySize;
use super::states::{StateId, StateSpace};
use super::steps::{NextState, Steps, Taken};
use crate::protocol::Protocol;

/// States that lead to each other.
#[derive(Debug)]
pub(super) struct CycleFound {
    /// The one of them that takes fewest receipts to come to.
    pub entry: StateId,
    /// Receipts that lead from there back to it.
    pub round: Vec<Taken>,
    /// The tags of the messages that are received on the way.
    pub tags: BTreeSet<Tag>,
    /// Whether a receipt leads out of it.
    pub can_be_left: bool,
    /// How large the way to it and once round is.
    pub size: WaySize,
}

/// A step between two states that were met.
struct Edge {
    taken: Taken,
    tag: Tag,
    to: StateId,
    state: NextState,
}

/// Where cycles are looked for.
pub(super) struct Graph<'a, 'l, P: Protocol> {
    pub steps: &'a mut Steps<'l, P>,
    pub states: &'a StateSpace,
    pub start: &'a NextState,
    /// The states to which a step led from no higher up: there is one on each cycle.
    pub returned_to: Vec<StateId>,
}

/// What is known of a state on the way through all of them.
#[derive(Debug, Clone, Copy)]
struct Mark {
    order: u32,
    lowest: u32,
    is_on_stack: bool,
}

/// A state that is being gone on from.
struct Frame {
    at: StateId,
    state: NextState,
    to: Vec<(StateId, Taken)>,
}

/// The way through all states.
#[derive(Default)]
struct Through {
    marks: FxHashMap<StateId, Mark>,
    stack: Vec<StateId>,
    frames: Vec<Frame>,
    /// The states that lead to themselves.
    loops: FxHashSet<StateId>,
}

impl<P: Protocol> Graph<'_, '_, P> {
    /// All cycles, one of each component.
    pub(super) fn cycles(&mut self) -> Vec<CycleFound> {
        let mut components = self.components();
        components.iter_mut().for_each(|component| component.sort_unstable());
        components.iter().filter_map(|component| self.cycle_in(component)).collect()
    }

    /// The steps from a state, and whether there is one to a state that was left out.
    fn edges(&mut self, from: &NextState) -> (Vec<Edge>, bool) {
        let (mut edges, mut has_left_out) = (Vec::new(), false);
        for (taken, tag) in self.steps.all(&from.cells) {
            let mut state = NextState::default();
            self.steps.step(taken, from.candidate(), &mut state);
            match self.states.find(state.candidate()) {
                Some(met) => edges.push(Edge { taken, tag, to: met.state, state }),
                None => has_left_out = true,
            }
        }
        (edges, has_left_out)
    }

    /// The components that a run can stay in.
    fn components(&mut self) -> Vec<Vec<StateId>> {
        let (mut through, mut found) = (Through::default(), Vec::new());
        for root in std::mem::take(&mut self.returned_to) {
            if through.marks.contains_key(&root) {
                continue;
            }
            let state = self.steps.end_of(self.start, &self.states.way_to(root));
            self.enter(root, state, &mut through);
            while let Some(frame) = through.frames.last_mut() {
                let at = frame.at;
                let Some((next, taken)) = frame.to.pop() else {
                    found.extend(through.leave(at));
                    continue;
                };
                match through.marks.get(&next).copied() {
                    None => {
                        let mut state = NextState::default();
                        self.steps.step(taken, frame.state.candidate(), &mut state);
                        self.enter(next, state, &mut through);
                    }
                    Some(mark) if mark.is_on_stack => through.lower(at, mark.order),
                    Some(_) => {}
                }
            }
        }
        found
    }

    fn enter(&mut self, at: StateId, state: NextState, through: &mut Through) {
        let order = u32::try_from(through.marks.len()).expect("states are counted in 32 bits");
        through.marks.insert(at, Mark { order, lowest: order, is_on_stack: true });
        let (mut to, mut next) = (Vec::new(), NextState::default());
        for (taken, _) in self.steps.all(&state.cells) {
            self.steps.step(taken, state.candidate(), &mut next);
            if let Some(met) = self.states.find(next.candidate()) {
                to.push((met.state, taken));
            }
        }
        if to.iter().any(|(to, _)| *to == at) {
            through.loops.insert(at);
        }
        through.frames.push(Frame { at, state, to });
        through.stack.push(at);
    }

    /// The way round in a component; `None` where there is none.
    fn cycle_in(&mut self, component: &[StateId]) -> Option<CycleFound> {
        let ways = component.iter().map(|state| (self.states.way_to(*state), *state));
        let (way, entry) = ways.min_by_key(|(way, _)| way.len())?;
        let members: FxHashSet<StateId> = component.iter().copied().collect();
        let mut met: FxHashMap<StateId, (StateId, Taken, Tag)> = FxHashMap::default();
        let first = self.steps.end_of(self.start, &way);
        let state = first.cells.clone();
        let mut open = VecDeque::from([(entry, first)]);
        let mut can_be_left = false;
        while let Some((at, state)) = open.pop_front() {
            let (edges, has_left_out) = self.edges(&state);
            can_be_left |= has_left_out;
            for Edge { taken, tag, to, state } in edges {
                if !members.contains(&to) {
                    can_be_left = true;
                } else if let Entry::Vacant(place) = met.entry(to) {
                    place.insert((at, taken, tag));
                    open.push_back((to, state));
                }
            }
        }
        let (mut round, mut tags) = (Vec::new(), BTreeSet::new());
        let mut at = entry;
        loop {
            let (before, taken, tag) = *met.get(&at)?;
            round.push(taken);
            tags.insert(tag);
            at = before;
            if at == entry {
                break;
            }
        }
        round.reverse();
        let steps = u32::try_from(way.len() + round.len()).expect("states are counted in 32 bits");
        let size = self.steps.size(&state, steps);
        Some(CycleFound { entry, round, tags, can_be_left, size })
    }
}

impl Through {
    fn lower(&mut self, at: StateId, to: u32) {
        if let Some(mark) = self.marks.get_mut(&at) {
            mark.lowest = mark.lowest.min(to);
        }
    }

    /// All that a state leads to is known; gives the component that it is the first of, if a run can stay in it.
    fn leave(&mut self, at: StateId) -> Option<Vec<StateId>> {
        self.frames.pop();
        let mark = *self.marks.get(&at)?;
        if let Some(before) = self.frames.last().map(|frame| frame.at) {
            self.lower(before, mark.lowest);
        }
        if mark.lowest != mark.order {
            return None;
        }
        let mut component = Vec::new();
        while let Some(member) = self.stack.pop() {
            if let Some(mark) = self.marks.get_mut(&member) {
                mark.is_on_stack = false;
            }
            component.push(member);
            if member == at {
                break;
            }
        }
        (component.len() > 1 || self.loops.contains(&at)).then_some(component)
    }
}
