//! What the PUTs of a scenario come to: what its GETs are to find, and what the ring is to hold when all of them are done.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::protocol::{Command, Key, StorageId, Value};
use crate::scenario::Scenario;

/// The keys that a script puts.
#[derive(Debug)]
pub(super) struct Puts {
    /// Each with its value, or `None` where it is contested.
    keys: BTreeMap<Key, Option<Value>>,
    /// The last id of the ring at the start: up to there, every key is to have an owner.
    pub last_id: StorageId,
}

impl Puts {
    /// Those of a scenario. A key that is out of range is not stored by anybody.
    pub(super) fn of(scenario: &Scenario, last_id: StorageId) -> Puts {
        let range = 1..=scenario.settings.keyspace;
        let mut keys: BTreeMap<Key, Option<Value>> = BTreeMap::new();
        for command in scenario.script.commands() {
            match command {
                Command::Put { key, value } if range.contains(&key.0) => {
                    let known = keys.entry(key).or_insert(Some(value));
                    *known = known.filter(|known| *known == value);
                }
                Command::Put { .. }
                | Command::Get { .. }
                | Command::Add { .. }
                | Command::Remove { .. } => {}
            }
        }
        Puts { keys, last_id }
    }

    /// The pair of a PUT whose key is *contested*: put with different values, so that it depends on the order which of them is the last.
    pub(super) fn contested(&self, command: Command) -> Option<(Key, Value)> {
        match command {
            Command::Put { key, value } => {
                self.keys.get(&key).filter(|known| known.is_none()).map(|_| (key, value))
            }
            Command::Get { .. } | Command::Add { .. } | Command::Remove { .. } => None,
        }
    }

    /// Whether any key is contested.
    pub(super) fn are_contested(&self) -> bool {
        self.keys.values().any(Option::is_none)
    }

    /// What some node is to hold in the end: of a contested key what was stored last.
    pub(super) fn at_the_end(
        &self,
        stored: &BTreeMap<Key, Value>,
    ) -> impl Iterator<Item = (Key, Option<Value>)> {
        self.keys.iter().map(|(key, value)| (*key, value.or_else(|| stored.get(key).copied())))
    }
}

/// What the GETs of a script are to be answered with, by their places in it: with the value of the last PUT of the same key
/// before it, in the order in which the command node sends them.
pub(super) fn expected(scenario: &Scenario) -> FxHashMap<u32, Option<Value>> {
    let keys = 1..=scenario.settings.keyspace;
    let mut last = FxHashMap::default();
    let mut expected = FxHashMap::default();
    for (place, command) in (0..).zip(scenario.script.commands()) {
        match command {
            Command::Put { key, value } if keys.contains(&key.0) => drop(last.insert(key, value)),
            Command::Get { key } => drop(expected.insert(place, last.get(&key).copied())),
            Command::Put { .. } | Command::Add { .. } | Command::Remove { .. } => {}
        }
    }
    expected
}
