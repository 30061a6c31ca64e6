//! A ring that has settled: every storage rank has joined, without the messages of their joins.

use ringscope_traces::Rank;

use super::{SafeNode, nodes};
use crate::protocol::{NodeSetup, Peer, StorageId};

/// The processes of a run in which every rank from 1 to N-3 has joined, in order of rank and evenly spaced.
///
/// # Panics
///
/// With fewer than 3 ranks, or a keyspace that has no room for an id for each of them.
pub(super) fn settled(setup: &NodeSetup) -> Vec<SafeNode> {
    let mut nodes = nodes(setup);
    let (ranks, keyspace) = (setup.ranks, setup.keyspace);
    let permanent = ranks - 2;
    let step = keyspace / i64::from(permanent);
    assert!(step >= 1, "a keyspace of {keyspace} has no room for {permanent} ids");
    let place = |rank: u32| {
        let id = if rank == permanent { keyspace } else { i64::from(rank) * step };
        (StorageId(id), Peer { rank: Rank(rank), id: Some(StorageId(id)) })
    };
    let mut books = Vec::new();
    for (rank, node) in (0..ranks).zip(&mut nodes) {
        let SafeNode::Member(node) = node else { continue };
        let before = rank.checked_sub(1).unwrap_or(permanent);
        let behind = if rank == permanent { 0 } else { rank + 1 };
        let (id, _) = place(rank);
        node.settle(id, place(before).1, place(behind).1);
        if (1..permanent).contains(&rank) {
            books.push((Rank(rank), id));
        }
    }
    let desk = nodes.first_mut().and_then(|node| match node {
        SafeNode::Member(head) => head.desk(),
        SafeNode::Client(_) => None,
    });
    let desk = desk.expect("the first rank is the head");
    for (rank, id) in books {
        desk.settle(rank, id);
    }
    nodes
}
