//! Which scenarios a sweep runs, and how that is written on a command line.

use std::ops::RangeInclusive;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::protocols::ProtocolId;
use crate::scenario::{RANKS, WINDOW};

/// Which scenarios are run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepBounds {
    /// A scenario for each of these.
    pub seeds: RangeInclusive<u64>,
    /// Between how many processes a scenario has, both included.
    pub ranks: RangeInclusive<u32>,
    /// How many commands it has.
    pub commands: u32,
    /// Between how many of them may be in flight, both included.
    pub window: RangeInclusive<u32>,
}

impl SweepBounds {
    /// The most commands of a scenario.
    pub const MOST_COMMANDS: u32 = 10_000;

    /// The most ranks of a scenario.
    pub const MOST_RANKS: u32 = 1_000;

    /// What is wrong with them for a protocol, in a sentence; `None` when nothing is.
    #[must_use]
    pub fn objection(&self, protocol: ProtocolId) -> Option<String> {
        let (fewest, most) = (*self.ranks.start(), *self.ranks.end());
        let least = protocol.info().fewest_ranks.max(*RANKS.start());
        let lists = [self.seeds.is_empty(), self.ranks.is_empty(), self.window.is_empty()];
        match self {
            _ if lists.contains(&true) => {
                Some("a range that ends before it begins has nothing in it".to_owned())
            }
            _ if fewest < least => Some(format!("a run has {least} ranks at least")),
            _ if most > SweepBounds::MOST_RANKS => {
                Some(format!("a sweep takes at most {} ranks", SweepBounds::MOST_RANKS))
            }
            _ if self.commands > SweepBounds::MOST_COMMANDS => {
                Some(format!("a sweep takes at most {} commands", SweepBounds::MOST_COMMANDS))
            }
            _ if !WINDOW.contains(self.window.start()) || !WINDOW.contains(self.window.end()) => {
                Some(format!("a window is {} to {}", WINDOW.start(), WINDOW.end()))
            }
            _ => None,
        }
    }

    /// The command that runs the scenario of one seed.
    #[must_use]
    pub fn command(&self, protocol: ProtocolId, seed: u64) -> String {
        let SweepBounds { ranks, commands, window, .. } = self;
        format!(
            "ringscope sweep --protocol {} --seeds {seed}..{seed} --ranks {}..{} --commands {commands} --window {}..{}",
            protocol.name(),
            ranks.start(),
            ranks.end(),
            window.start(),
            window.end(),
        )
    }

    /// How many seeds there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        (self.seeds.end() - self.seeds.start()).saturating_add(1)
    }
}

/// Numbers on a command line, both ends included: `3..16`, or `8` for 8 alone.
///
/// ```
/// use ringscope_sim::sweep::{numbers, seeds};
///
/// assert_eq!(numbers("3..16"), Ok(3..=16_u32));
/// assert_eq!(numbers("8"), Ok(8..=8_u32));
/// assert!(numbers::<u32>("16..3").is_err());
/// // Of seeds one number says how many.
/// assert_eq!(seeds("1000"), Ok(1..=1000));
/// assert_eq!(seeds("17..17"), Ok(17..=17));
/// ```
///
/// # Errors
///
/// In a sentence, when it is written otherwise or has nothing in it.
pub fn numbers<T: FromStr + Copy + PartialOrd>(text: &str) -> Result<RangeInclusive<T>, String> {
    let (low, high) = text.split_once("..").unwrap_or((text, text));
    let number = |word: &str| word.trim().parse::<T>().ok();
    match (number(low), number(high)) {
        (Some(low), Some(high)) if low <= high => Ok(low..=high),
        (Some(_), Some(_)) => Err("the first number is greater than the last".to_owned()),
        _ => Err("expected numbers as `3..16`, both ends included, or one number".to_owned()),
    }
}

/// Seeds on a command line: how many, from 1 on, or from which to which.
///
/// # Errors
///
/// In a sentence, when it is written otherwise or there are none.
pub fn seeds(text: &str) -> Result<RangeInclusive<u64>, String> {
    match text.trim().parse() {
        Ok(0) => Err("without a seed nothing is run".to_owned()),
        Ok(count) => Ok(1..=count),
        Err(_) => numbers(text),
    }
}
