//! Checkpoints, and the nodes at one of them.

use std::collections::BTreeMap;

use ringscope_traces::Rank;

use super::{Replay, Snapshot};
use crate::protocol::{Fault, Node, Wait};

/// The nodes of a run at its checkpoints.
#[derive(Debug)]
pub struct Checkpoints<N> {
    /// The nodes when they have started, by rank.
    nodes: Vec<N>,
    /// What those take that do not take anything.
    waits: Vec<(Rank, Wait)>,
    eager: Option<u64>,
    /// The cursors of the checkpoints, the start's first.
    cursors: Vec<usize>,
    /// Of each rank that has changed: how it stood, and since which cursor.
    versions: BTreeMap<Rank, Vec<Version<N>>>,
}

#[derive(Debug)]
struct Version<N> {
    since: usize,
    rank: RankState<N>,
}

/// How one rank stands when it has made all its sends.
#[derive(Debug, Clone)]
pub(super) struct RankState<N> {
    pub node: N,
    pub wait: Wait,
    /// Few ranks have one, and many are kept.
    pub fault: Option<Box<Fault>>,
}

/// The nodes that have changed from one place of a trace to another.
#[derive(Debug, Clone)]
pub struct Checkpoint<N> {
    /// How many events had happened.
    pub cursor: usize,
    pub(super) changed: Vec<(Rank, RankState<N>)>,
}

impl<N: Node> Checkpoints<N> {
    /// Checkpoints with nothing but the start of a replay, which has not gone further yet.
    #[must_use]
    pub fn of(start: &Replay<N>) -> Checkpoints<N> {
        let (nodes, waits, eager) = (start.nodes().to_vec(), start.waits(), start.eager());
        Checkpoints { nodes, waits, eager, cursors: vec![0], versions: BTreeMap::new() }
    }

    /// Adds a checkpoint, which is further on than those before.
    pub fn add(&mut self, checkpoint: Checkpoint<N>) {
        let since = checkpoint.cursor;
        self.cursors.push(since);
        for (rank, state) in checkpoint.changed {
            self.versions.entry(rank).or_default().push(Version { since, rank: state });
        }
    }

    /// The cursor of the last checkpoint that is not beyond a cursor.
    #[must_use]
    pub fn before(&self, cursor: usize) -> usize {
        self.cursors[self.cursors.partition_point(|at| *at <= cursor) - 1]
    }

    /// The nodes at a checkpoint's cursor.
    #[must_use]
    pub fn snapshot(&self, checkpoint: usize) -> Snapshot<N> {
        let mut snapshot = Snapshot::start(self.nodes.clone(), self.eager);
        for (rank, wait) in &self.waits {
            snapshot.set_wait(*rank, *wait);
        }
        for (rank, versions) in &self.versions {
            let count = versions.partition_point(|version| version.since <= checkpoint);
            if let Some(version) = versions[..count].last() {
                snapshot.set(*rank, &version.rank);
            }
        }
        snapshot
    }
}
