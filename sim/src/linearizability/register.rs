//! Whether the commands of one key can be ordered: Wing and Gong's search as Lowe's just-in-time linearization.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{RegisterStep, TimedCommand};
use crate::protocol::Value;

/// The most states in which a key can be at one time; beyond that it is not known whether its commands can be ordered.
const MOST_STATES: usize = 1 << 18;

/// The most commands of a key that can be in flight together.
const MOST_OPEN: u32 = u64::BITS;

/// Whether commands can be ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ordered {
    Yes,
    No,
    Unknown,
}

/// What a key can be: its value, and which of the commands in flight have taken effect, by their slots.
type State = (Option<Value>, u64);

/// The commands of a key, in the order of their invocations.
pub(super) struct OfKey<'a> {
    pub(super) commands: &'a [TimedCommand],
    /// The places of the PUTs, by value.
    puts: FxHashMap<Value, Vec<usize>>,
}

impl<'a> OfKey<'a> {
    pub(super) fn new(commands: &'a [TimedCommand]) -> OfKey<'a> {
        let mut puts: FxHashMap<Value, Vec<usize>> = FxHashMap::default();
        for (place, command) in commands.iter().enumerate() {
            if let RegisterStep::Write(value) = command.does {
                puts.entry(value).or_default().push(place);
            }
        }
        OfKey { commands, puts }
    }

    /// The places of all commands.
    pub(super) fn all(&self) -> Vec<usize> {
        (0..self.commands.len()).collect()
    }

    /// Whether the commands can be ordered when those count that have these places, in growing order. A PUT that does not
    /// count may take effect once, at any time, or never.
    pub(super) fn order(&self, counting: &[usize]) -> Ordered {
        match self.search(counting) {
            None => Ordered::Unknown,
            Some(true) => Ordered::Yes,
            Some(false) => Ordered::No,
        }
    }

    fn search(&self, counting: &[usize]) -> Option<bool> {
        let mut search = Search::new();
        self.let_others_be(&mut search, counting)?;
        for (_, moment) in moments(self.commands, counting) {
            match moment {
                Moment::Invoked(place) => search.open(Some(place), self.commands[place].does)?,
                Moment::Completed(place) => {
                    search.complete(place)?;
                    if search.states.is_empty() {
                        return Some(false);
                    }
                }
            }
        }
        Some(true)
    }

    /// The PUTs that do not count are in flight all the time: as many of each value as there are GETs that found it.
    fn let_others_be(&self, search: &mut Search, counting: &[usize]) -> Option<()> {
        let mut wanted: BTreeMap<Value, usize> = BTreeMap::new();
        for &place in counting {
            if let RegisterStep::Read(Some(value)) = self.commands[place].does {
                *wanted.entry(value).or_default() += 1;
            }
        }
        for (value, most) in wanted {
            let puts = self.puts.get(&value).into_iter().flatten();
            let others = puts.filter(|place| counting.binary_search(place).is_err());
            for _ in others.take(most) {
                search.open(None, RegisterStep::Write(value))?;
            }
        }
        Some(())
    }
}

#[derive(Debug, Clone, Copy)]
enum Moment {
    Invoked(usize),
    Completed(usize),
}

/// Invocations and completions in their order.
fn moments(commands: &[TimedCommand], counting: &[usize]) -> Vec<(usize, Moment)> {
    let mut moments = Vec::with_capacity(2 * counting.len());
    for &place in counting {
        let TimedCommand { does, invoked, completed } = commands[place];
        // Of a GET without an answer nothing is known.
        if completed.is_some() || matches!(does, RegisterStep::Write(_)) {
            moments.push((invoked.0, Moment::Invoked(place)));
        }
        moments.extend(completed.map(|completed| (completed.0, Moment::Completed(place))));
    }
    moments.sort_unstable_by_key(|(at, _)| *at);
    moments
}

struct Search {
    states: FxHashSet<State>,
    /// The commands that are in flight, by slot, each with its place if it counts.
    slots: Vec<Option<(Option<usize>, RegisterStep)>>,
}

impl Search {
    fn new() -> Search {
        Search { states: FxHashSet::from_iter([(None, 0)]), slots: Vec::new() }
    }

    /// A command is in flight from now on; `None` when too many are.
    fn open(&mut self, place: Option<usize>, does: RegisterStep) -> Option<()> {
        let command = Some((place, does));
        match self.slots.iter().position(Option::is_none) {
            Some(free) => self.slots[free] = command,
            None if self.slots.len() < MOST_OPEN as usize => self.slots.push(command),
            None => return None,
        }
        Some(())
    }

    /// A command is complete: only those states are left in which it can have taken effect. `None` when there are too many.
    fn complete(&mut self, place: usize) -> Option<()> {
        let is_meant = |slot: &Option<(Option<usize>, RegisterStep)>| {
            slot.is_some_and(|(other, _)| other == Some(place))
        };
        let slot = self.slots.iter().position(is_meant)?;
        let bit = 1_u64 << slot;
        let mut open: Vec<State> = self.states.drain().collect();
        let mut met: FxHashSet<State> = open.iter().copied().collect();
        while let Some((value, effective)) = open.pop() {
            // A GET that is right now may as well take effect now: it changes nothing.
            let effective = effective | self.right_now(value);
            if effective & bit != 0 {
                self.states.insert((value, effective & !bit));
                continue;
            }
            for (write, written) in self.writes(effective) {
                let next = (Some(written), effective | write);
                if met.insert(next) {
                    open.push(next);
                }
            }
            if met.len() > MOST_STATES {
                return None;
            }
        }
        self.slots[slot] = None;
        Some(())
    }

    /// The GETs in flight that find that value.
    fn right_now(&self, value: Option<Value>) -> u64 {
        let finds = |does| does == RegisterStep::Read(value);
        let slots = (0..).zip(&self.slots);
        slots
            .filter(|(_, slot)| slot.is_some_and(|(_, does)| finds(does)))
            .fold(0, |all, (slot, _): (u32, _)| all | 1 << slot)
    }

    /// The PUTs in flight that have not taken effect, each with its slot's bit.
    fn writes(&self, effective: u64) -> impl Iterator<Item = (u64, Value)> {
        (0_u32..).zip(&self.slots).filter_map(move |(slot, command)| {
            let bit = 1 << slot;
            match command.filter(|_| effective & bit == 0) {
                Some((_, RegisterStep::Write(value))) => Some((bit, value)),
                Some((_, RegisterStep::Read(_))) | None => None,
            }
        })
    }
}
