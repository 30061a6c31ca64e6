//! What a search finds: how runs end, and what goes wrong on the way, one of each kind.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use ringscope_traces::{Rank, Tag};

use super::cycles::CycleFound;
use super::kind::FailureKind;
use super::states::StateId;
use super::steps::Taken;
use crate::explain::Explanation;
use crate::invariants::Invariant;
use crate::protocol::{Fault, Role};
use crate::scenario::Scenario;
use crate::world::{Blocked, Choice};

/// What kind of thing was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiscoveryKind {
    /// Every rank stops, every GET was answered as it should be, and every invariant holds at the end.
    Completed,
    /// Ranks wait for each other, or for what nobody sends. Deadlocks are of one kind when their wait-for graphs are the same but
    /// for the numbers of the ranks.
    Deadlock,
    /// Messages go round for ever, in this order.
    Livelock {
        /// Whether another order leads out of it.
        can_be_left: bool,
    },
    /// A rank breaks its own promises.
    Crash {
        /// The part that it plays.
        role: Role,
        /// On what.
        fault: Fault,
    },
    /// A GET is not answered with the value of the last PUT before it. All wrong answers are of one kind.
    WrongAnswer {
        /// The GET, by its place in the script, from 0.
        command: u32,
    },
    /// The run completes, and an invariant is broken at its end.
    Broken(Invariant),
}

impl DiscoveryKind {
    /// Whether it is one that should not happen.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        *self != DiscoveryKind::Completed
    }

    /// Its name: `deadlock`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            DiscoveryKind::Completed => "completed",
            DiscoveryKind::Deadlock => "deadlock",
            DiscoveryKind::Livelock { .. } => "livelock",
            DiscoveryKind::Crash { .. } => "crash",
            DiscoveryKind::WrongAnswer { .. } => "wrong-answer",
            DiscoveryKind::Broken(invariant) => match invariant {
                Invariant::KeysKept => "lost-key",
                Invariant::OneOwner => "broken-ring",
                Invariant::LastPutRead => "wrong-answer",
                Invariant::SenderOrder => "overtaken-message",
            },
        }
    }
}

/// Something that can happen, with the shortest way to it.
#[derive(Debug, Clone)]
pub struct Discovery {
    /// What kind of thing.
    pub kind: DiscoveryKind,
    /// What makes a failure of another run one of the same kind; `None` when nothing failed.
    pub failure: Option<FailureKind>,
    /// In how many states it is so; of a wrong answer, how many receipts give it. Good runs and bad ones can end in one state, which counts
    /// for both.
    pub states: u64,
    /// The scenario that it happens in; where scripts were chosen, the shortest of them in which it does.
    pub scenario: Scenario,
    /// The receipts that lead there, in their order. No others lead to it in fewer, unless orders were left out.
    pub way: Vec<Choice>,
    /// What it is, in a sentence.
    pub says: String,
    /// Why the run does not complete.
    pub explanation: Option<Explanation>,
    /// The run as a trace.
    pub trace: Vec<u8>,
}

/// Collects what is found.
#[derive(Debug, Default)]
pub(super) struct Discoveries {
    pub completed: Vec<StateId>,
    pub deadlocks: BTreeMap<Shape, Counted<StateId>>,
    pub crashes: Vec<(Rank, Fault, Counted<StateId>)>,
    /// By the place of the GET: the receipt with which the command node takes the answer.
    pub wrong: BTreeMap<u32, Counted<(StateId, Taken)>>,
    /// Where scripts are chosen: completed runs after which a ring is not as it should be.
    pub broken: BTreeMap<Invariant, Counted<StateId>>,
    /// By the tags of what goes round.
    pub cycles: BTreeMap<BTreeSet<Tag>, Counted<CycleFound>>,
}

/// How large a way is: the fewest commands first, then the fewest receipts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct WaySize {
    /// How many commands were chosen on it; 0 where the script is settled.
    pub commands: u32,
    pub receipts: u32,
}

/// The one of its kind with the smallest way, and how many there are.
#[derive(Debug)]
pub(super) struct Counted<T> {
    pub first: T,
    size: WaySize,
    pub count: u64,
}

impl<T> Counted<T> {
    fn one((first, size): (T, WaySize)) -> Counted<T> {
        Counted { first, size, count: 1 }
    }

    /// Counts those that were found later.
    fn absorb(&mut self, later: Counted<T>) {
        let count = self.count + later.count;
        if later.size < self.size {
            *self = later;
        }
        self.count = count;
    }
}

impl Discoveries {
    pub(super) fn completed(&mut self, at: StateId) {
        self.completed.push(at);
    }

    pub(super) fn broken(&mut self, at: (StateId, WaySize), invariant: Invariant) {
        absorb(self.broken.entry(invariant), Counted::one(at));
    }

    pub(super) fn deadlocked(&mut self, at: (StateId, WaySize), shape: Shape) {
        absorb(self.deadlocks.entry(shape), Counted::one(at));
    }

    pub(super) fn crashed(&mut self, at: (StateId, WaySize), (rank, fault): (Rank, Fault)) {
        self.absorb_crash((rank, fault, Counted::one(at)));
    }

    pub(super) fn answered_wrongly(&mut self, by: ((StateId, Taken), WaySize), command: u32) {
        absorb(self.wrong.entry(command), Counted::one(by));
    }

    pub(super) fn goes_round(&mut self, cycle: CycleFound) {
        let size = cycle.size;
        absorb(self.cycles.entry(cycle.tags.clone()), Counted::one((cycle, size)));
    }

    /// Takes what was found after this.
    pub(super) fn absorb(&mut self, later: Discoveries) {
        let Discoveries { completed, deadlocks, crashes, wrong, broken, cycles } = later;
        self.completed.extend(completed);
        crashes.into_iter().for_each(|crash| self.absorb_crash(crash));
        absorb_all(&mut self.deadlocks, deadlocks);
        absorb_all(&mut self.wrong, wrong);
        absorb_all(&mut self.broken, broken);
        absorb_all(&mut self.cycles, cycles);
    }

    fn absorb_crash(&mut self, (rank, fault, counted): (Rank, Fault, Counted<StateId>)) {
        let known = |(other, on, _): &&mut (Rank, Fault, _)| *other == rank && *on == fault;
        match self.crashes.iter_mut().find(known) {
            Some((.., before)) => before.absorb(counted),
            None => self.crashes.push((rank, fault, counted)),
        }
    }
}

fn absorb_all<K: Ord, T>(all: &mut BTreeMap<K, Counted<T>>, later: BTreeMap<K, Counted<T>>) {
    later.into_iter().for_each(|(kind, counted)| absorb(all.entry(kind), counted));
}

fn absorb<K: Ord, T>(entry: Entry<'_, K, Counted<T>>, later: Counted<T>) {
    match entry {
        Entry::Vacant(place) => drop(place.insert(later)),
        Entry::Occupied(mut known) => known.get_mut().absorb(later),
    }
}

/// A wait-for graph without the numbers of the ranks: each of its parts as a text that is the same for all graphs of its form.
///
/// Each rank waits for one other at most. So a part is a tree that grows from a rank that waits for nobody, or from a
/// circle; trees are told apart as by Aho, Hopcroft and Ullman (*The Design and Analysis of Computer Algorithms*, 1974,
/// section 3.2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Shape(Vec<String>);

impl Shape {
    /// The form of a graph, of ranks that play these parts.
    pub(super) fn of(blocked: &[Blocked], roles: &BTreeMap<Rank, Role>) -> Shape {
        let on: BTreeMap<Rank, &Blocked> = blocked.iter().map(|one| (one.rank, one)).collect();
        let graph = Graph { on, roles };
        let mut parts = Vec::new();
        let mut in_circles = BTreeSet::new();
        for start in graph.on.keys() {
            let circle = graph.circle_from(*start);
            if circle.first() == Some(start) {
                in_circles.extend(circle.iter().copied());
                parts.push(graph.circle(&circle));
            }
        }
        let ends: BTreeSet<Rank> = graph.on.values().map(|one| one.on).collect();
        let ends = ends.into_iter().filter(|rank| !graph.on.contains_key(rank));
        parts.extend(ends.map(|rank| graph.tree(rank, &in_circles)));
        parts.sort_unstable();
        Shape(parts)
    }

    /// It as one text.
    pub(super) fn into_text(self) -> String {
        self.0.join("; ")
    }
}

struct Graph<'a> {
    on: BTreeMap<Rank, &'a Blocked>,
    roles: &'a BTreeMap<Rank, Role>,
}

impl Graph<'_> {
    /// The circle that a rank is in, from its lowest rank on; empty when it is in none.
    fn circle_from(&self, start: Rank) -> Vec<Rank> {
        let mut circle = vec![start];
        let mut at = start;
        for _ in 0..self.on.len() {
            let Some(next) = self.on.get(&at).map(|one| one.on) else { return Vec::new() };
            if next == start {
                let lowest = circle.iter().enumerate().min_by_key(|(_, rank)| **rank);
                let lowest = lowest.map_or(0, |(place, _)| place);
                circle.rotate_left(lowest);
                return circle;
            }
            circle.push(next);
            at = next;
        }
        Vec::new()
    }

    /// A circle, from wherever its text comes first.
    fn circle(&self, circle: &[Rank]) -> String {
        let of_circle: BTreeSet<Rank> = circle.iter().copied().collect();
        let texts: Vec<String> = circle.iter().map(|rank| self.tree(*rank, &of_circle)).collect();
        let turned = (0..texts.len()).map(|by| {
            let mut texts = texts.clone();
            texts.rotate_left(by);
            texts.concat()
        });
        format!("circle {}", turned.min().unwrap_or_default())
    }

    /// Those who wait for a rank, and who waits for these.
    fn tree(&self, root: Rank, in_circles: &BTreeSet<Rank>) -> String {
        let waits = |one: &&&Blocked| one.on == root && !in_circles.contains(&one.rank);
        let mut branches: Vec<String> =
            self.on.values().filter(waits).map(|one| self.tree(one.rank, in_circles)).collect();
        branches.sort_unstable();
        let tag = self.on.get(&root).map(|one| one.tag);
        format!("({:?} {tag:?} {})", self.roles.get(&root), branches.concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rank `i` waits for the rank that stands at place `i`; `9` stands for nobody.
    fn shape(on: &[u32]) -> Shape {
        let wait = |(rank, on): (u32, &u32)| Blocked { rank: Rank(rank), on: Rank(*on), tag: None };
        let all: Vec<Blocked> = (0..).zip(on).filter(|(_, on)| **on != 9).map(wait).collect();
        let roles = (0..9).map(|rank| (Rank(rank), Role::Storage)).collect();
        Shape::of(&all, &roles)
    }

    #[test]
    fn graphs_are_of_one_form_when_only_the_numbers_differ() {
        assert_eq!(shape(&[1, 0, 9, 9]), shape(&[9, 9, 3, 2]));
        assert_eq!(shape(&[1, 2, 9, 9]), shape(&[9, 0, 1, 9]));
        assert_ne!(shape(&[1, 0, 9, 9]), shape(&[1, 9, 9, 9]));
    }

    #[test]
    fn two_circles_of_two_are_no_circle_of_four() {
        assert_ne!(shape(&[1, 0, 3, 2]), shape(&[1, 2, 3, 0]));
    }

    #[test]
    fn trees_are_told_apart_by_where_they_branch() {
        // 1 and 2 wait for 0, 3 and 4 each for one of these, or both for 1.
        assert_ne!(shape(&[9, 0, 0, 1, 2]), shape(&[9, 0, 0, 1, 1]));
        assert_eq!(shape(&[9, 0, 0, 1, 1]), shape(&[9, 0, 0, 2, 2]));
    }
}
