//! How runs complete: what an exploration says of completed states, held against runs that are each judged by themselves.
//!
//! A state does not show what was answered on the way to it, nor which of two PUTs was stored last. Here every world is kept with that.

mod support;

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use ringscope_sim::explore::{DiscoveryKind, ExploreSettings, explore};
use ringscope_sim::invariants::{Invariant, InvariantChecker};
use ringscope_sim::protocol::{Command, Key, Meaning, Message as _, Value, Viewed as _};
use ringscope_sim::protocols::Classic;
use ringscope_sim::scenario::Scenario;
use ringscope_sim::simulate::start;
use ringscope_sim::world::{ByChoice, Observed, Observer};
use ringscope_traces::{Op, Rank};
use support::{ClassicNode, Message, World, scenario};

/// What of a run its states do not show.
#[derive(Debug, Clone, Default, Hash)]
struct Witness {
    command: Rank,
    /// The PUT that is being handled, and whether it was passed on.
    put: Option<(Key, Value)>,
    /// What was stored last.
    stored: BTreeMap<Key, Value>,
    /// What was put last of each key, in the order of the script, and what the GETs in flight are to be answered with.
    put_last: BTreeMap<Key, Value>,
    expected: VecDeque<Option<Value>>,
    is_wrong: bool,
}

impl Observer<ClassicNode> for Witness {
    fn started(&mut self, nodes: &[ClassicNode]) {
        self.command = Rank(u32::try_from(nodes.len() - 1).expect("there are few"));
    }

    fn observed(&mut self, observed: &Observed<'_, Message>) {
        let is_command = observed.rank == self.command;
        match (observed.op, observed.message.meaning()) {
            (Op::Send, Meaning::Command(command)) if is_command => match command {
                Command::Put { key, value } => drop(self.put_last.insert(key, value)),
                Command::Get { key } => {
                    self.expected.push_back(self.put_last.get(&key).copied());
                }
                Command::Add { .. } | Command::Remove { .. } => {}
            },
            (Op::Send, Meaning::Command(_)) => self.put = None,
            (Op::Recv, Meaning::Command(Command::Put { key, value })) => {
                self.put = Some((key, value));
            }
            (Op::Recv, Meaning::Found(value, _)) if is_command => {
                let expected = self.expected.pop_front().flatten();
                self.is_wrong |= expected != Some(value);
            }
            (Op::Send | Op::Recv, _) => {}
        }
    }

    fn handled(&mut self, rank: Rank, nodes: &[ClassicNode]) {
        let Some((key, value)) = self.put.take() else { return };
        let holds =
            nodes[rank.index()].view().storage.is_some_and(|held| held.get(&key) == Some(&value));
        if holds {
            self.stored.insert(key, value);
        }
    }
}

impl Witness {
    /// What is wrong with a run that ends so.
    fn judge(&self, world: &World<ByChoice>) -> BTreeSet<&'static str> {
        let nodes = world.nodes();
        let mut wrong = BTreeSet::new();
        let is_held = |(key, value): (&Key, &Value)| {
            let mut storages = nodes.iter().filter_map(|node| node.view().storage);
            storages.any(|storage| storage.get(key) == Some(value))
        };
        if !self.stored.iter().all(is_held) {
            wrong.insert("lost-key");
        }
        let mut checker = InvariantChecker::new(nodes);
        checker.finish(nodes);
        let mut in_flight = world.pending().into_iter().map(|pending| pending.message.meaning());
        let is_amid = in_flight.any(|meaning| meaning == Meaning::Membership);
        if checker.tally(Invariant::OneOwner).failed > 0 && !is_amid {
            wrong.insert("broken-ring");
        }
        if self.is_wrong {
            wrong.insert("wrong-answer");
        }
        wrong
    }
}

/// In how many completed states, and after how few receipts.
type Endings = BTreeMap<&'static str, (u64, usize)>;

/// How runs complete: by worlds with their witnesses, the shortest runs first; `None` when there are too many.
///
/// Also says whether a good run and a bad one end in one state.
fn one_by_one(scenario: &Scenario, most: usize) -> Option<(Endings, bool)> {
    let hash_of = |value: &dyn Fn(&mut DefaultHasher)| {
        let mut hasher = DefaultHasher::new();
        value(&mut hasher);
        hasher.finish()
    };
    let mut witness = Witness::default();
    let world: World<ByChoice> = start::<Classic, _>(scenario, ByChoice, &mut witness);
    let mut met = HashSet::new();
    let mut open = VecDeque::from([(world, witness, 0)]);
    let mut endings: BTreeMap<&'static str, (HashSet<u64>, usize)> = BTreeMap::new();
    while let Some((world, witness, depth)) = open.pop_front() {
        if world.crash().is_some() {
            continue;
        }
        if world.all_stopped() {
            let wrong = witness.judge(&world);
            let good = wrong.is_empty().then_some("completed");
            let state = hash_of(&|hasher| world.hash(hasher));
            for kind in wrong.into_iter().chain(good) {
                endings.entry(kind).or_insert((HashSet::new(), depth)).0.insert(state);
            }
        }
        for choice in world.choices() {
            let (mut next, mut witness) = (world.clone(), witness.clone());
            assert!(next.choose(choice, &mut witness));
            if met.insert(hash_of(&|hasher| (&next, next.crash(), &witness).hash(hasher))) {
                open.push_back((next, witness, depth + 1));
            }
        }
        if met.len() > most {
            return None;
        }
    }
    let good = endings.get("completed").map(|(states, _)| states.clone()).unwrap_or_default();
    let is_shared = endings
        .iter()
        .any(|(kind, (states, _))| *kind != "completed" && !states.is_disjoint(&good));
    let counted =
        |(kind, (states, depth)): (_, (HashSet<u64>, usize))| (kind, (states.len() as u64, depth));
    Some((endings.into_iter().map(counted).collect(), is_shared))
}

/// The same by the search.
fn together(scenario: &Scenario, is_reduced: bool) -> Endings {
    let settings = ExploreSettings { is_reduced, ..ExploreSettings::default() };
    let explored = explore::<Classic>(scenario, settings, &mut |_| true);
    assert!(explored.is_exhausted());
    let completed = explored.discoveries.iter().filter(|found| match found.kind {
        DiscoveryKind::Completed | DiscoveryKind::Broken(_) => true,
        DiscoveryKind::Deadlock
        | DiscoveryKind::Livelock { .. }
        | DiscoveryKind::Crash { .. }
        | DiscoveryKind::WrongAnswer { .. } => false,
    });
    completed
        .map(|found| {
            assert!(!found.says.is_empty(), "{:?} is said in words", found.kind);
            (found.kind.name(), (found.states, found.way.len()))
        })
        .collect()
}

/// A script in which keys are put again and again, while nodes join and leave.
fn script(seed: u64) -> Scenario {
    let mut state = seed;
    let mut below = |n: u64| {
        // Steele, Lea and Flood, *Fast splittable pseudorandom number generators*, 2014.
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % n
    };
    let mut text = format!("ranks {}\nwindow {}\n", 4 + below(3), 1 + below(4));
    for nth in 0..3 + below(4) {
        text += &match below(8) {
            0 | 1 => format!("add {} {}\n", 1 + below(3), 250 * (1 + below(3))),
            2 => format!("remove {}\n", 250 * (1 + below(3))),
            3 => format!("get {}\n", 240 + 20 * below(2)),
            _ => format!("put {} {}\n", 240 + 20 * below(2), nth % 3),
        };
    }
    scenario(&text)
}

#[test]
fn completed_states_are_judged_by_every_way_to_them() {
    let (mut judged, mut shared, mut kinds) = (0, 0, BTreeSet::new());
    for seed in 0..400 {
        let scenario = script(seed);
        let Some((mut expected, is_shared)) = one_by_one(&scenario, 20_000) else { continue };
        // A wrong answer is told where it is given, whether the run completes or not.
        expected.remove("wrong-answer");
        assert_eq!(together(&scenario, false), expected, "seed {seed}\n{}", scenario.to_text());
        kinds.extend(expected.keys().copied());
        judged += 1;
        shared += u32::from(is_shared);
    }
    assert!(judged > 300 && shared > 0, "{judged} scenarios, {shared} with such states");
    assert_eq!(kinds, BTreeSet::from(["broken-ring", "completed", "lost-key"]));
}

#[test]
fn the_reduced_search_judges_completed_states_alike() {
    for seed in 0..400 {
        let scenario = script(seed);
        let (all, reduced) = (together(&scenario, false), together(&scenario, true));
        assert_eq!(reduced, all, "seed {seed}\n{}", scenario.to_text());
    }
}
