//! Writes command lists that make sense, at random.

use std::collections::{BTreeMap, BTreeSet};

use ringscope_sim::protocol::{Command, Key, StorageId, Value};

/// What a list of commands has done to the ring so far, so that the next one makes sense.
pub(crate) struct Writer {
    random: u64,
    idle: BTreeSet<i64>,
    joined: BTreeMap<i64, i64>,
    put: BTreeSet<i64>,
}

impl Writer {
    /// So many commands for so many ranks.
    pub(crate) fn commands(ranks: u32, count: usize, seed: u64) -> Vec<Command> {
        let idle = (1..i64::from(ranks) - 2).collect();
        let mut writer =
            Writer { random: seed, idle, joined: BTreeMap::new(), put: BTreeSet::new() };
        (0..count).map(|_| writer.command()).collect()
    }

    fn command(&mut self) -> Command {
        match self.below(10) {
            0 | 1 if !self.idle.is_empty() => self.add(),
            2 if !self.joined.is_empty() => self.remove(),
            3..=6 if !self.put.is_empty() => Command::Get { key: Key(self.one_put()) },
            _ => self.put(),
        }
    }

    fn add(&mut self) -> Command {
        let place = self.below(self.idle.len());
        let rank = *self.idle.iter().nth(place).expect("a rank below their number");
        let id = loop {
            let id = self.key().min(999);
            if !self.joined.contains_key(&id) {
                break id;
            }
        };
        self.idle.remove(&rank);
        self.joined.insert(id, rank);
        Command::Add { rank, id: StorageId(id) }
    }

    fn remove(&mut self) -> Command {
        let place = self.below(self.joined.len());
        let id = *self.joined.keys().nth(place).expect("an id below their number");
        self.idle.extend(self.joined.remove(&id));
        Command::Remove { id: StorageId(id) }
    }

    fn put(&mut self) -> Command {
        let key = self.key();
        self.put.insert(key);
        Command::Put { key: Key(key), value: Value(self.key()) }
    }

    fn one_put(&mut self) -> i64 {
        let place = self.below(self.put.len());
        *self.put.iter().nth(place).expect("a key below their number")
    }

    fn key(&mut self) -> i64 {
        i64::try_from(1 + self.below(1000)).expect("at most 1000")
    }

    /// SplitMix64.
    fn below(&mut self, bound: usize) -> usize {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let bound = u64::try_from(bound).expect("a length");
        usize::try_from((z ^ (z >> 31)) % bound).expect("below a length")
    }
}
