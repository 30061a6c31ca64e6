//! The pairs that were stored, and where they are.

use std::collections::BTreeSet;

use ringscope_traces::Rank;
use rustc_hash::FxHashMap;

use crate::protocol::arithmetic::Ring;
use crate::protocol::{Key, Value, Viewed};

/// The last pair that was stored for each key, wherever that was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Pairs {
    stored: FxHashMap<Key, Pair>,
    audits: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pair {
    value: Value,
    /// Who stored it.
    rank: Rank,
    /// The audit that last found it.
    found: u64,
}

impl Pairs {
    /// A rank has stored a pair.
    pub(super) fn stored(&mut self, (key, value): (Key, Value), rank: Rank) {
        self.stored.insert(key, Pair { value, rank, found: self.audits });
    }

    /// The keys whose last pair no node holds, in order.
    pub(super) fn lost<N: Viewed>(&mut self, nodes: &[N], holders: &BTreeSet<Rank>) -> Vec<Key> {
        self.audits += 1;
        // Each pair carries the number of the audit that found it, and of two holders only the first counts: so an
        // audit that misses nothing, as nearly all do, builds no set and no list.
        let mut found = 0;
        for rank in holders {
            let Some(storage) = nodes[rank.index()].view().storage else { continue };
            for (key, value) in storage.iter() {
                let pair = self.stored.get_mut(key);
                let pair = pair.filter(|p| p.found < self.audits && p.value == *value);
                if let Some(pair) = pair {
                    pair.found = self.audits;
                    found += 1;
                }
            }
        }
        if found == self.stored.len() {
            return Vec::new();
        }
        let missing = self.stored.iter().filter(|(_, pair)| pair.found < self.audits);
        let mut lost: Vec<_> = missing.map(|(key, _)| *key).collect();
        lost.sort_unstable();
        lost
    }

    /// That a pair is lost, in words.
    pub(super) fn lost_words<N: Viewed>(
        &self,
        key: Key,
        nodes: &[N],
        holders: &BTreeSet<Rank>,
    ) -> (Rank, String) {
        let Pair { value, rank, .. } = self.stored[&key];
        let other = holders.iter().find_map(|holder| {
            let storage = nodes[holder.index()].view().storage?;
            Some((holder, storage.get(&key)?))
        });
        let now = match other {
            None => format!("no node holds key {key} any more"),
            Some((holder, other)) => format!("rank {holder} holds {other}"),
        };
        (rank, format!("key {key} was stored on rank {rank} with value {value}, but {now}"))
    }
}

/// The keys that are not with their owner: by rank, and by key. The ring comes round.
pub(super) fn misplaced<N: Viewed>(
    ring: &Ring,
    nodes: &[N],
    holders: &BTreeSet<Rank>,
) -> Vec<(Rank, Key)> {
    let mut misplaced = Vec::new();
    for &rank in holders {
        let view = nodes[rank.index()].view();
        let Some(storage) = view.storage else { continue };
        let range = view.id.and_then(|id| ring.member(rank, id)).map(|member| member.range);
        let owns = |key: &Key| range.is_some_and(|range| range.contains(*key));
        // Storage is in order of keys: where the outermost ones belong, all do.
        let ends = storage.first_key_value().into_iter().chain(storage.last_key_value());
        if !ends.into_iter().all(|(key, _)| owns(key)) {
            misplaced.extend(storage.keys().filter(|key| !owns(key)).map(|key| (rank, *key)));
        }
    }
    misplaced
}

/// That a key is not with its owner, in words.
pub(super) fn misplaced_words<N: Viewed>(
    ring: &Ring,
    nodes: &[N],
    (rank, key): (Rank, Key),
) -> (Rank, String) {
    let place = match ring.range_of(rank, &nodes[rank.index()].view()) {
        Some(range) => format!("owns {range}"),
        None => "not in the ring".to_owned(),
    };
    let owner = match ring.owner(key) {
        None => "but no node owns that key".to_owned(),
        Some(owner) => {
            let storage = nodes[owner.rank.index()].view().storage;
            let too = storage.is_some_and(|storage| storage.contains_key(&key));
            let too = if too { ", which holds it too" } else { "" };
            format!("but its owner is rank {} (owns {}){too}", owner.rank, owner.range)
        }
    };
    (rank, format!("key {key} is on rank {rank} ({place}), {owner}"))
}
