//! Cycles among the states: runs that need never end.
//!
//! Strongly connected components, by Tarjan's algorithm (*Depth-First Search and Linear Graph Algorithms*, 1972), with a
//! stack of its own instead of recursion. Every step is a receipt, so a component of more than one state, or a state that
//! leads to itself, is a livelock that can be entered.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, VecDeque};

use ringscope_traces::Tag;
use rustc_hash::{FxHashMap, FxHashSet};

use super::states::{StateId, StateSpace};
use super::steps::Steps;
use crate::protocol::Node;
use crate::world::Choice;

/// StateSpace that lead to each other.
#[derive(Debug)]
pub(super) struct CycleFound {
    /// The one of them that takes fewest receipts to come to.
    pub entry: StateId,
    /// Receipts that lead from there back to it.
    pub round: Vec<Choice>,
    /// The tags of the messages that are received on the way.
    pub tags: BTreeSet<Tag>,
    /// Whether a receipt leads out of it.
    pub can_be_left: bool,
}

/// A step between two states that were met.
struct Edge {
    choice: Choice,
    tag: Option<Tag>,
    to: StateId,
}

/// The steps from a state.
fn edges<N: Node>(steps: &mut Steps<N>, states: &StateSpace, from: StateId) -> Vec<Edge> {
    let state = states.cells(from);
    if steps.crash(state).is_some() {
        return Vec::new();
    }
    let (mut found, mut next) = (Vec::new(), Vec::new());
    for rank in steps.ranks() {
        for nth in 0..steps.moves(rank, state[rank.index()]) {
            let tag = steps.tag((rank, nth), state);
            let choice = steps.step((rank, nth), state, &mut next).choice;
            found.extend(states.find(&next).map(|to| Edge { choice, tag, to }));
        }
    }
    found
}

/// All cycles, one of each component.
pub(super) fn cycles<N: Node>(steps: &mut Steps<N>, states: &StateSpace) -> Vec<CycleFound> {
    let mut found = Vec::new();
    for component in components(steps, states) {
        found.extend(cycle_in(steps, states, &component));
    }
    found
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
    to: Vec<StateId>,
}

/// The components that a run can stay in.
fn components<N: Node>(steps: &mut Steps<N>, states: &StateSpace) -> Vec<Vec<StateId>> {
    let mut marks: FxHashMap<StateId, Mark> = FxHashMap::default();
    let (mut stack, mut frames, mut found) = (Vec::new(), Vec::new(), Vec::new());
    let enter = |at: StateId, marks: &mut FxHashMap<StateId, Mark>, steps: &mut Steps<N>| {
        let order = u32::try_from(marks.len()).expect("states are counted in 32 bits");
        marks.insert(at, Mark { order, lowest: order, is_on_stack: true });
        let mut to: Vec<StateId> =
            edges(steps, states, at).into_iter().map(|edge| edge.to).collect();
        to.sort_unstable();
        to.dedup();
        Frame { at, to }
    };
    frames.push(enter(StateId(0), &mut marks, steps));
    stack.push(StateId(0));
    while let Some(frame) = frames.last_mut() {
        let at = frame.at;
        if let Some(next) = frame.to.pop() {
            match marks.get(&next).copied() {
                None => {
                    let entered = enter(next, &mut marks, steps);
                    frames.push(entered);
                    stack.push(next);
                }
                Some(mark) if mark.is_on_stack => lower(&mut marks, at, mark.order),
                Some(_) => {}
            }
            continue;
        }
        frames.pop();
        let Some(mark) = marks.get(&at).copied() else { continue };
        if let Some(before) = frames.last() {
            lower(&mut marks, before.at, mark.lowest);
        }
        if mark.lowest == mark.order {
            let mut component = Vec::new();
            while let Some(member) = stack.pop() {
                if let Some(mark) = marks.get_mut(&member) {
                    mark.is_on_stack = false;
                }
                component.push(member);
                if member == at {
                    break;
                }
            }
            found.push(component);
        }
    }
    found
}

fn lower(marks: &mut FxHashMap<StateId, Mark>, at: StateId, to: u32) {
    if let Some(mark) = marks.get_mut(&at) {
        mark.lowest = mark.lowest.min(to);
    }
}

/// The way round in a component; `None` where there is none.
fn cycle_in<N: Node>(
    steps: &mut Steps<N>,
    states: &StateSpace,
    component: &[StateId],
) -> Option<CycleFound> {
    // StateSpace were met in the order of their depths.
    let entry = *component.iter().min()?;
    let members: FxHashSet<StateId> = component.iter().copied().collect();
    let mut met: FxHashMap<StateId, (StateId, Choice, Option<Tag>)> = FxHashMap::default();
    let mut open = VecDeque::from([entry]);
    let mut can_be_left = false;
    while let Some(at) = open.pop_front() {
        for Edge { choice, tag, to } in edges(steps, states, at) {
            if !members.contains(&to) {
                can_be_left = true;
            } else if let Entry::Vacant(place) = met.entry(to) {
                place.insert((at, choice, tag));
                open.push_back(to);
            }
        }
    }
    let (mut round, mut tags) = (Vec::new(), BTreeSet::new());
    let mut at = entry;
    loop {
        let (before, choice, tag) = *met.get(&at)?;
        round.push(choice);
        tags.extend(tag);
        at = before;
        if at == entry {
            break;
        }
    }
    round.reverse();
    Some(CycleFound { entry, round, tags, can_be_left })
}
