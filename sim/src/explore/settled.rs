//! Whether a ring at rest is as it should be.

use ringscope_traces::Rank;

use crate::invariants::Invariant;
use crate::protocol::arithmetic::Ring;
use crate::protocol::{Key, StorageId, Value, Viewed};

/// What a ring in which nothing is in flight is to be like.
#[derive(Debug, Clone)]
pub(super) struct AtRest<K> {
    /// What some node is to hold: a key, and its value where it is known which that is.
    pub pairs: K,
    /// Up to there every key is to have an owner.
    pub last_id: StorageId,
    /// Whether a join or a leave was never ended: then the ring need not be closed.
    pub is_amid: bool,
}

impl<K: Iterator<Item = (Key, Option<Value>)>> AtRest<K> {
    /// The invariants that are broken in a ring of these nodes.
    pub(super) fn broken<N: Viewed>(mut self, nodes: &[N]) -> Vec<Invariant> {
        let is_held = |(key, value): (Key, Option<Value>)| {
            let held = nodes.iter().filter_map(|node| node.view().storage?.get(&key));
            held.into_iter().any(|held| value.is_none_or(|value| value == *held))
        };
        let is_lost = !self.pairs.all(is_held);
        let lost = is_lost.then_some(Invariant::KeysKept);
        let is_open = !self.is_amid && !is_whole(nodes, self.last_id);
        let open = is_open.then_some(Invariant::OneOwner);
        lost.into_iter().chain(open).collect()
    }
}

/// Whether the ring is closed, and no key is anywhere but at its owner.
fn is_whole<N: Viewed>(nodes: &[N], last_id: StorageId) -> bool {
    let ring = Ring::walk(nodes);
    let reaches = ring.members().last().is_some_and(|member| member.id >= last_id);
    let is_at_home = |(rank, node): (Rank, &N)| {
        let view = node.view();
        let range = view.id.and_then(|id| ring.member(rank, id)).map(|member| member.range);
        let owns = |key: &Key| range.is_some_and(|range| range.contains(*key));
        view.storage.is_none_or(|storage| storage.keys().all(owns))
    };
    let mut ranks = (0..).map(Rank).zip(nodes);
    ring.breaks().is_empty() && reaches && ranks.all(is_at_home)
}
