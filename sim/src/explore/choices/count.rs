//! The ways from each state, counted from the ends backwards.
//!
//! Strongly connected components by Tarjan's algorithm (*Depth-First Search and Linear Graph Algorithms*, 1972), which gives them up
//! in an order in which each comes behind all to which it leads. So when a component is given up, the ways from all that it leads to are
//! known, and it is one sum over the receipts that lead out of it.

use super::graph::{Edge, StateGraph};
use super::ways::{WayCounts, WayEnd};

/// The ways from each state, by its number.
pub(super) fn ways(graph: &StateGraph) -> Vec<WayCounts> {
    let mut counting = Counting {
        graph,
        marks: vec![Mark::default(); graph.len()],
        ways: vec![WayCounts::default(); graph.len()],
        stack: Vec::new(),
        frames: Vec::new(),
        met: 0,
    };
    if graph.len() > 0 {
        counting.go_from(0);
    }
    counting.ways
}

/// The ways that begin with a receipt.
pub(super) fn along(edge: &Edge, ways: &[WayCounts]) -> WayCounts {
    let Some(to) = edge.target() else { return WayCounts::one(WayEnd::Unexplored) };
    let ways = ways.get(to as usize).copied().unwrap_or_default();
    // Nothing goes round with an answer in it: a command is answered once.
    if edge.is_wrong { ways.after_wrong_answer() } else { ways }
}

/// What is known of a state on the way through all of them.
#[derive(Debug, Clone, Copy, Default)]
struct Mark {
    /// When it was met, from 1; 0 as long as it was not.
    order: u32,
    lowest: u32,
    is_on_stack: bool,
}

struct Counting<'a> {
    graph: &'a StateGraph,
    marks: Vec<Mark>,
    ways: Vec<WayCounts>,
    stack: Vec<u32>,
    /// The states that are being gone on from, and how many of their receipts were taken.
    frames: Vec<(u32, usize)>,
    met: u32,
}

impl Counting<'_> {
    fn go_from(&mut self, root: u32) {
        self.enter(root);
        while let Some((at, taken)) = self.frames.last_mut() {
            let (at, edge) = (*at, self.graph.edges(*at).get(*taken));
            *taken += 1;
            let Some(edge) = edge else {
                self.leave(at);
                continue;
            };
            let Some(to) = edge.target() else { continue };
            match self.mark(to) {
                Mark { order: 0, .. } => self.enter(to),
                Mark { is_on_stack: true, order, .. } => self.lower(at, order),
                Mark { .. } => {}
            }
        }
    }

    fn mark(&self, state: u32) -> Mark {
        self.marks[state as usize]
    }

    fn lower(&mut self, state: u32, to: u32) {
        let mark = &mut self.marks[state as usize];
        mark.lowest = mark.lowest.min(to);
    }

    fn enter(&mut self, state: u32) {
        self.met += 1;
        let mark = Mark { order: self.met, lowest: self.met, is_on_stack: true };
        self.marks[state as usize] = mark;
        self.stack.push(state);
        self.frames.push((state, 0));
    }

    /// All that a state leads to is known.
    fn leave(&mut self, state: u32) {
        self.frames.pop();
        let mark = self.mark(state);
        if let Some((before, _)) = self.frames.last().copied() {
            self.lower(before, mark.lowest);
        }
        if mark.lowest == mark.order {
            let first = self.stack.iter().rposition(|member| *member == state);
            let component = self.stack.split_off(first.unwrap_or_default());
            self.count(&component);
        }
    }

    /// The ways from states that lead to each other; from one that leads to no other.
    fn count(&mut self, component: &[u32]) {
        let mut ways = WayCounts::default();
        let mut goes_round = false;
        for state in component {
            self.graph.end(*state).into_iter().for_each(|end| ways.add(end, 1));
            for edge in self.graph.edges(*state) {
                // Of those that are still on the stack it can lead to its own component alone.
                match edge.target().map(|to| self.mark(to)) {
                    Some(Mark { is_on_stack: true, .. }) => goes_round = true,
                    Some(Mark { is_on_stack: false, .. }) | None => {
                        ways.absorb(along(edge, &self.ways));
                    }
                }
            }
        }
        if goes_round {
            ways.add(WayEnd::GoesRound, 1);
        }
        for state in component {
            self.ways[*state as usize] = ways;
            self.marks[*state as usize].is_on_stack = false;
        }
    }
}
