//! Checkpoints, and the way from one of them to an event.

use std::collections::BTreeMap;

use ringscope_traces::{Event, Rank};

use super::run::{Checkpoint, Replay};
use crate::protocol::{Message as _, Node, Outbox, Wait};

/// The nodes of a run at its checkpoints.
#[derive(Debug)]
pub struct Checkpoints<N> {
    /// The nodes when they have started, by rank.
    nodes: Vec<N>,
    /// What those take that do not take anything.
    waits: Vec<(Rank, Wait)>,
    /// The cursors of the checkpoints, the start's first.
    cursors: Vec<usize>,
    /// Of each rank that has changed: how it stood, and since which cursor.
    versions: BTreeMap<Rank, Vec<Version<N>>>,
}

#[derive(Debug)]
struct Version<N> {
    since: usize,
    node: N,
    wait: Wait,
}

/// All nodes at one place of a run.
#[derive(Debug, Clone)]
pub struct Snapshot<N> {
    /// The nodes, by rank.
    pub nodes: Vec<N>,
    /// What each takes next, when it has sent what it is to send.
    pub waits: Vec<Wait>,
}

impl<N: Node> Checkpoints<N> {
    /// Checkpoints with nothing but the start of a replay, which has not gone further yet.
    #[must_use]
    pub fn of(start: &Replay<N>) -> Checkpoints<N> {
        let ranks = start.obligations_of.keys().copied();
        let mut waits: Vec<_> = ranks.map(|rank| (rank, start.wait(rank))).collect();
        waits.sort_unstable_by_key(|(rank, _)| *rank);
        let nodes = start.nodes().to_vec();
        Checkpoints { nodes, waits, cursors: vec![0], versions: BTreeMap::new() }
    }

    /// Adds a checkpoint, which is further on than those before.
    pub fn add(&mut self, checkpoint: Checkpoint<N>) {
        let since = checkpoint.cursor;
        self.cursors.push(since);
        for (rank, node, wait) in checkpoint.changed {
            self.versions.entry(rank).or_default().push(Version { since, node, wait });
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
        let mut nodes = self.nodes.clone();
        let mut waits = vec![Wait::Any; nodes.len()];
        for (rank, wait) in &self.waits {
            waits[rank.index()] = *wait;
        }
        for (rank, versions) in &self.versions {
            let count = versions.partition_point(|version| version.since <= checkpoint);
            if let Some(version) = versions[..count].last() {
                nodes[rank.index()] = version.node.clone();
                waits[rank.index()] = version.wait;
            }
        }
        Snapshot { nodes, waits }
    }
}

impl<N: Node> Snapshot<N> {
    /// Goes past an event that a [`Replay`] has gone past: only receives change anything.
    pub fn take(&mut self, event: &Event) {
        let Ok(message) = N::Message::parse(event.tag, &event.data) else { return };
        if event.source().is_some() {
            let node = &mut self.nodes[event.rank.index()];
            let mut out = Outbox::default();
            let wait = node.receive(event.peer, message, &mut out);
            let is_sound = out.sends().all(|(to, _)| to.index() < self.waits.len());
            self.waits[event.rank.index()] =
                wait.ok().filter(|_| is_sound).unwrap_or(Wait::Stopped);
        }
    }
}
