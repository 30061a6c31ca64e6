//! Whether a ring at rest is as it should be.

use crate::invariants::Invariant;
use crate::protocol::arithmetic::{Member, Ring};
use crate::protocol::{Key, Viewed};

/// The invariant that is broken in a ring in which nothing is in flight and in which these keys were put.
///
/// Which value a key has is not looked at: of two PUTs in flight together either may be the last; a GET behind them shows it.
pub(super) fn broken<N: Viewed>(nodes: &[N], keys: impl Iterator<Item = Key>) -> Option<Invariant> {
    let ring = Ring::walk(nodes);
    let holds =
        |node: &N, key: Key| node.view().storage.is_some_and(|storage| storage.contains_key(&key));
    let mut is_misplaced = !ring.breaks().is_empty();
    for key in keys {
        // Where the ring is broken, a node that cannot be reached may have it.
        if !nodes.iter().any(|node| holds(node, key)) {
            return Some(Invariant::KeysKept);
        }
        let owner = ring.owner(key);
        is_misplaced |= !owner.is_some_and(|owner| holds(&nodes[owner.rank.index()], key));
    }
    let is_outside = |member: &Member| {
        let storage = nodes[member.rank.index()].view().storage;
        storage.is_some_and(|storage| storage.keys().any(|key| !member.range.contains(*key)))
    };
    is_misplaced |= ring.members().iter().any(is_outside);
    is_misplaced.then_some(Invariant::OneOwner)
}
