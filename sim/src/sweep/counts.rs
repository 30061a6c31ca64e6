//! What a sweep has come to so far: how many runs failed, by kind, and the smallest run of each kind.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::drawn::RunFailure;
use crate::explore::FailureKind;

/// How many runs there were, and how many of them failed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepCounts {
    /// How many runs there were.
    pub runs: u64,
    /// How many messages were received in them.
    pub receipts: u64,
    /// In how many something failed.
    pub failed: u64,
    #[serde(with = "pairs")]
    kinds: BTreeMap<FailureKind, SmallestRun>,
}

/// The smallest run in which something failed, and in how many it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmallestRun {
    /// How many runs failed like that.
    pub count: u64,
    /// How many messages had been received when this one did.
    pub receipts: u64,
    /// Its seed.
    pub seed: u64,
}

impl SweepCounts {
    /// Every kind of failure that there was.
    pub fn kinds(&self) -> impl Iterator<Item = (&FailureKind, SmallestRun)> {
        self.kinds.iter().map(|(kind, smallest)| (kind, *smallest))
    }

    /// Takes note of a run: after how many receipts it ended, and what failed.
    pub(super) fn count(&mut self, seed: u64, (receipts, failures): (u64, Vec<RunFailure>)) {
        self.runs += 1;
        self.receipts += receipts;
        self.failed += u64::from(!failures.is_empty());
        for RunFailure { kind, receipts } in failures {
            self.keep(kind, SmallestRun { count: 1, receipts, seed });
        }
    }

    /// Takes what other seeds have come to.
    pub fn absorb(&mut self, others: SweepCounts) {
        self.runs += others.runs;
        self.receipts += others.receipts;
        self.failed += others.failed;
        others.kinds.into_iter().for_each(|(kind, smallest)| self.keep(kind, smallest));
    }

    /// Of two runs of a kind the one with fewer receipts is the smaller, of equal ones that of the lower seed.
    fn keep(&mut self, kind: FailureKind, other: SmallestRun) {
        let kept = self.kinds.entry(kind).or_insert(SmallestRun { count: 0, ..other });
        let count = kept.count + other.count;
        if (other.receipts, other.seed) < (kept.receipts, kept.seed) {
            *kept = other;
        }
        kept.count = count;
    }
}

/// A map whose keys are no texts, as JSON has it.
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::{FailureKind, SmallestRun};

    type Kinds = BTreeMap<FailureKind, SmallestRun>;

    pub(super) fn serialize<S: Serializer>(kinds: &Kinds, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(kinds)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Kinds, D::Error> {
        let pairs = Vec::<(FailureKind, SmallestRun)>::deserialize(from)?;
        Ok(pairs.into_iter().collect())
    }
}
