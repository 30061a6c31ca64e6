//! Random scenarios that the ring can do: for tests, benchmarks, and looking around.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use super::{Scenario, Settings};
use crate::protocol::{Command, Key, Run, StorageId, Value};

/// Separates this use of a seed from others.
const PURPOSE: &[u8; 24] = b"ringscope random command";

/// A scenario of that many commands that passes every check: joins and leaves mixed with puts, and
/// gets of what was put. The same arguments give the same scenario in every version.
///
/// The keyspace is 1000, and larger for more than 100 ranks.
///
/// # Panics
///
/// When there cannot be a ring of that many ranks.
#[must_use]
pub fn random(seed: u64, ranks: u32, commands: u32) -> Scenario {
    let settings = Settings { ranks, seed, keyspace: keyspace(ranks), ..Settings::default() };
    let runs = random_commands(&settings, commands);
    Scenario::new(&format!("random-{seed}"), &settings, &runs)
}

/// The keyspace in which there is room for that many ranks.
pub(crate) fn keyspace(ranks: u32) -> i64 {
    i64::from(ranks.max(100)) * 10
}

/// The commands of a scenario with these settings: what [`random`] draws from their seed.
pub(crate) fn random_commands(settings: &Settings, commands: u32) -> Vec<Run> {
    let Settings { protocol, ranks, seed, keyspace, .. } = *settings;
    let mut ring = Ring {
        dice: Dice::new(seed, PURPOSE),
        keyspace,
        idle: protocol.roles(ranks).newcomers.map(i64::from).collect(),
        joined: Vec::new(),
        put: Vec::new(),
    };
    (0..commands).map(|_| Run::one(ring.command())).collect()
}

/// Random numbers for one purpose.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    /// The numbers that a seed gives for a purpose.
    pub(crate) fn new(seed: u64, purpose: &[u8; 24]) -> Dice {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        bytes[8..].copy_from_slice(purpose);
        Dice(ChaCha8Rng::from_seed(bytes))
    }

    /// A number from 0 to below `n`, all as likely as can be with 64 bits: the high half of a product.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        let product = u128::from(self.0.next_u64()) * u128::from(n);
        u64::try_from(product >> 64).expect("a high half has 64 bits")
    }

    fn one_to(&mut self, most: i64) -> i64 {
        1 + self.below(most.unsigned_abs()).cast_signed()
    }

    fn index<T>(&mut self, of: &[T]) -> usize {
        usize::try_from(self.below(of.len() as u64)).expect("an index of a slice")
    }
}

struct Ring {
    dice: Dice,
    keyspace: i64,
    idle: Vec<i64>,
    joined: Vec<(i64, i64)>,
    put: Vec<i64>,
}

impl Ring {
    /// Of a hundred commands some 14 join, 10 leave and 38 get; the rest, and what cannot be, puts.
    fn command(&mut self) -> Command {
        let command = match self.dice.below(100) {
            0..14 => self.add(),
            14..24 => self.remove(),
            24..62 => self.get(),
            _ => None,
        };
        command.unwrap_or_else(|| self.put())
    }

    fn add(&mut self) -> Option<Command> {
        let id = self.dice.one_to(self.keyspace - 1);
        if self.idle.is_empty() || self.joined.iter().any(|&(_, taken)| taken == id) {
            return None;
        }
        let rank = self.idle.swap_remove(self.dice.index(&self.idle));
        self.joined.push((rank, id));
        Some(Command::Add { rank, id: StorageId(id) })
    }

    fn remove(&mut self) -> Option<Command> {
        if self.joined.is_empty() {
            return None;
        }
        let (rank, id) = self.joined.swap_remove(self.dice.index(&self.joined));
        self.idle.push(rank);
        Some(Command::Remove { id: StorageId(id) })
    }

    fn get(&mut self) -> Option<Command> {
        let key = *self.put.get(self.dice.index(&self.put))?;
        Some(Command::Get { key: Key(key) })
    }

    fn put(&mut self) -> Command {
        let key = self.dice.one_to(self.keyspace);
        self.put.push(key);
        Command::Put { key: Key(key), value: Value(self.dice.one_to(1_000_000)) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_seed_means_the_same_scenario_for_ever() {
        let text = random(7, 8, 12).to_text();
        insta::assert_snapshot!(text);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_random_scenario_is_sound(seed: u64, ranks in 3..64_u32, commands in 0..400_u32) {
            let scenario = random(seed, ranks, commands);
            prop_assert_eq!(scenario.check(), Ok(vec![]));
            prop_assert_eq!(scenario.script.len(), u64::from(commands));
        }
    }
}
