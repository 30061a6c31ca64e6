//! Which keys are held: the counts that the header, the lessons and the panes agree on.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Bound;

use ringscope_sim::protocol::arithmetic::KeyRange;
use ringscope_sim::protocol::{Key, Storage, Viewed as _};
use ringscope_traces::Rank;

use super::NodeStates;
use crate::numbers::counted;

/// How many keys all nodes hold together; a key with copies is still one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Holdings {
    /// How many different keys are held.
    pub keys: usize,
    /// How many of them more than one node holds.
    pub copied: usize,
    /// The most nodes that hold the same key.
    pub most_holders: usize,
}

impl NodeStates {
    /// Counts the keys that are held.
    ///
    /// The ranges of the ring's nodes have no key in common, so that only a stray key, outside of its holder's range, can
    /// be held twice. Those are few, and the others need only be counted.
    pub fn holdings(&self) -> Holdings {
        let mut in_place = 0;
        let mut strays: BTreeMap<Key, usize> = BTreeMap::new();
        for (rank, node) in (0_u32..).map(Rank).zip(&self.nodes) {
            let Some(storage) = node.view().storage else { continue };
            in_place += storage.len();
            for key in strays_of(storage, self.range_of(rank)) {
                in_place -= 1;
                *strays.entry(key).or_default() += 1;
            }
        }
        let mut holdings = Holdings { keys: in_place, copied: 0, most_holders: in_place.min(1) };
        for (key, elsewhere) in strays {
            let at_owner = usize::from(self.is_at_owner(key));
            holdings.keys += 1 - at_owner;
            holdings.copied += usize::from(at_owner + elsewhere > 1);
            holdings.most_holders = holdings.most_holders.max(at_owner + elsewhere);
        }
        holdings
    }

    fn is_at_owner(&self, key: Key) -> bool {
        let owner = self.ring.owner(key).and_then(|owner| self.nodes.get(owner.rank.index()));
        owner.and_then(|node| node.view().storage).is_some_and(|held| held.contains_key(&key))
    }
}

/// The keys of a storage that are outside of its node's range.
fn strays_of(storage: &Storage, range: Option<KeyRange>) -> impl Iterator<Item = Key> {
    let owned = range.filter(|range| !range.is_empty());
    let (below, above) = match owned {
        Some(range) => (Bound::Included(Key(range.above.0)), Bound::Excluded(Key(range.up_to.0))),
        None => (Bound::Unbounded, Bound::Excluded(Key(i64::MAX))),
    };
    let outside = storage.range((Bound::Unbounded, below));
    outside.chain(storage.range((above, Bound::Unbounded))).map(|(key, _)| *key)
}

impl fmt::Display for Holdings {
    /// `6 keys`, `6 keys, 3 of them twice`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&counted(self.keys as u64, "key"))?;
        match (self.copied, self.most_holders) {
            (0, _) => Ok(()),
            (copied, 2) => write!(f, ", {copied} of them twice"),
            (copied, _) => write!(f, ", {copied} of them more than once"),
        }
    }
}
