//! Which keys have been put, without a place for each of them.

use std::collections::BTreeMap;

/// A set of keys that takes as much room as there were runs of keys, however long.
///
/// Keys at equal distances are neighbours once they are divided by the distance: so the keys are kept
/// as intervals of quotients, for each distance (`step`) and each remainder.
#[derive(Debug, Default)]
pub(super) struct KeySet {
    by_step: BTreeMap<i64, BTreeMap<i64, Intervals>>,
}

/// Keys at equal distances: the first, the last, and the distance, which is 1 or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) step: i64,
}

/// The keys of a stretch that are not in a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Missing {
    pub(super) first: i64,
    pub(super) count: u64,
}

/// How many look-ups a check may still make.
#[derive(Debug)]
pub(super) struct Budget(pub(super) u64);

/// A stretch was longer than the budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spent;

impl KeySet {
    pub(super) fn insert(&mut self, keys: Stretch) {
        let Stretch { first, last, step } = keys;
        let remainders = self.by_step.entry(step).or_default();
        let intervals = remainders.entry(first.rem_euclid(step)).or_default();
        intervals.insert(first.div_euclid(step), last.div_euclid(step));
    }

    /// The keys of the stretch that are not in the set; `Ok(None)` when all are.
    pub(super) fn missing(
        &self,
        keys: Stretch,
        budget: &mut Budget,
    ) -> Result<Option<Missing>, Spent> {
        if self.covers(keys) {
            return Ok(None);
        }
        let mut missing: Option<Missing> = None;
        let mut key = Some(keys.first);
        while let Some(here) = key.filter(|&key| key <= keys.last) {
            budget.0 = budget.0.checked_sub(1 + self.by_step.len() as u64).ok_or(Spent)?;
            if !self.contains(here) {
                missing.get_or_insert(Missing { first: here, count: 0 }).count += 1;
            }
            key = here.checked_add(keys.step);
        }
        Ok(missing)
    }

    /// Whether the whole stretch lies in one interval; when not, it may still be there in pieces.
    fn covers(&self, keys: Stretch) -> bool {
        let Stretch { first, last, step } = keys;
        [1, step].iter().any(|&step| {
            self.intervals(step, first).is_some_and(|intervals| {
                intervals.cover(first.div_euclid(step), last.div_euclid(step))
            })
        })
    }

    fn contains(&self, key: i64) -> bool {
        self.by_step.iter().any(|(&step, remainders)| {
            let at = key.div_euclid(step);
            remainders.get(&key.rem_euclid(step)).is_some_and(|intervals| intervals.cover(at, at))
        })
    }

    fn intervals(&self, step: i64, key: i64) -> Option<&Intervals> {
        self.by_step.get(&step)?.get(&key.rem_euclid(step))
    }
}

/// Whole numbers as stretches without gaps: first to last, no two of which touch.
#[derive(Debug, Default)]
struct Intervals(BTreeMap<i64, i64>);

impl Intervals {
    fn insert(&mut self, mut first: i64, mut last: i64) {
        while let Some((&start, &end)) = self.0.range(..=last.saturating_add(1)).next_back() {
            if end < first.saturating_sub(1) {
                break;
            }
            self.0.remove(&start);
            (first, last) = (first.min(start), last.max(end));
        }
        self.0.insert(first, last);
    }

    fn cover(&self, first: i64, last: i64) -> bool {
        self.0.range(..=first).next_back().is_some_and(|(_, &end)| end >= last)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stretch() -> impl Strategy<Value = Stretch> {
        (1..200_i64, 0..30_i64, 1..12_i64).prop_map(|(first, more, step)| Stretch {
            first,
            last: first + more * step,
            step,
        })
    }

    fn written_out(keys: Stretch) -> impl Iterator<Item = i64> {
        (keys.first..=keys.last).step_by(usize::try_from(keys.step).expect("small"))
    }

    proptest! {
        #[test]
        fn a_set_of_stretches_misses_what_the_written_out_set_misses(
            puts in prop::collection::vec(stretch(), 0..8),
            get in stretch(),
        ) {
            let mut keys = KeySet::default();
            let mut all = std::collections::BTreeSet::new();
            for put in puts {
                keys.insert(put);
                all.extend(written_out(put));
            }
            let absent: Vec<i64> = written_out(get).filter(|key| !all.contains(key)).collect();
            let expected =
                absent.first().map(|&first| Missing { first, count: absent.len() as u64 });
            prop_assert_eq!(keys.missing(get, &mut Budget(100_000)), Ok(expected));
        }
    }

    #[test]
    fn a_billion_keys_take_no_time_when_they_were_put_alike() {
        let mut keys = KeySet::default();
        keys.insert(Stretch { first: 3, last: 7_000_000_003, step: 7 });
        let same = Stretch { first: 10, last: 7_000_000_003, step: 7 };
        assert_eq!(keys.missing(same, &mut Budget(0)), Ok(None));
        let other = Stretch { first: 1, last: 1_000_000_000, step: 1 };
        assert_eq!(keys.missing(other, &mut Budget(1_000)), Err(Spent));
    }
}
