//! A ring that has settled: every storage rank has joined, without the messages of their joins.

use std::sync::Arc;

use ringscope_traces::Rank;

use super::{ClassicMessage, ClassicNode, Orders, Record, nodes};
use crate::protocol::{Effects, Node, Peer, StorageId};

/// The processes of a run in which every rank from 1 to N-3 has joined, in order of rank and evenly
/// spaced: what that many ADDs come to, which would take a whole round of the ring each.
///
/// # Panics
///
/// With fewer than 3 ranks, or a keyspace that has no room for an id for each of them.
#[must_use]
pub(crate) fn settled_ring(ranks: u32, keyspace: i64, orders: Orders) -> Vec<ClassicNode> {
    let mut nodes = nodes(ranks, keyspace, orders);
    let permanent = ranks - 2;
    let step = keyspace / i64::from(permanent);
    assert!(step >= 1, "a keyspace of {keyspace} has no room for {permanent} ids");
    let peer = |rank: u32| {
        let id = if rank == permanent { keyspace } else { i64::from(rank) * step };
        Some(Peer { rank: Rank(rank), id: Some(StorageId(id)) })
    };
    let record = |rank: u32| {
        let maker = peer(rank + 1).expect("every rank of the ring has its place");
        Arc::new(Record { maker, parent: peer(rank - 1), next: peer(rank), storage: None })
    };
    for rank in 1..permanent {
        deliver(&mut nodes, rank, ClassicMessage::Init(record(rank)));
    }
    if permanent > 1 {
        deliver(&mut nodes, 0, ClassicMessage::UpdateParentPointers(record(1)));
        deliver(
            &mut nodes,
            permanent,
            ClassicMessage::UpdateChildPointers(peer(permanent - 1).map(Box::new)),
        );
    }
    nodes
}

/// Lets a node handle a message of a join, and drops its COMPLETE.
fn deliver(nodes: &mut [ClassicNode], rank: u32, message: ClassicMessage) {
    nodes[rank as usize]
        .receive(Rank(rank + 1), message, &mut Effects::default())
        .expect("a node takes new pointers at any time");
}
