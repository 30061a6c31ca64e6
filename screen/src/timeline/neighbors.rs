//! Which ranks are ever beside each other on the ring, by the commands of a run.

use std::collections::{BTreeMap, BTreeSet};

use ringscope_sim::protocol::arithmetic::Member;
use ringscope_sim::protocol::{Command, StorageId};
use ringscope_traces::Rank;

use super::Timeline;

/// Which ranks are ever beside each other on the ring.
///
/// It comes from the commands and not from the nodes, so that it is known before the run has been gone along. Where
/// commands overlap, two nodes can be beside each other for a moment that the commands' order does not show.
#[derive(Debug, Clone, Default)]
pub struct Neighbors {
    /// The nodes in the ring after the commands that have been read; without the head, which owns nothing.
    ring: BTreeMap<StorageId, Rank>,
    /// All that were ever in it, in the order in which they came.
    joined: Vec<Rank>,
    /// By rank, whether it is one of these.
    is_noted: Vec<bool>,
    /// By rank, who is ever beside it.
    beside: Vec<BTreeSet<Rank>>,
    /// How many commands have been read.
    read: usize,
}

impl Neighbors {
    /// Takes in what has become known of a run since; whether there was anything.
    pub fn learn(&mut self, timeline: &Timeline) -> bool {
        if self.joined.is_empty() {
            let Some(states) = timeline.snapshot(0).states else { return false };
            self.start(states.ring.owners());
        }
        let new = &timeline.operations()[self.read..];
        self.read += new.len();
        for operation in new {
            match operation.command {
                Command::Add { rank, id } => {
                    let roles = timeline.roles();
                    let may_join = |rank: &Rank| {
                        roles.as_ref().is_some_and(|roles| roles.newcomers.contains(&rank.0))
                    };
                    let rank = Command::rank(rank).filter(may_join);
                    rank.into_iter().for_each(|rank| self.join(rank, id));
                }
                Command::Remove { id } => self.leave(id),
                Command::Put { .. } | Command::Get { .. } => {}
            }
        }
        !new.is_empty()
    }

    /// All ranks that are ever in the ring, in the order in which they come into it.
    pub fn ranks(&self) -> &[Rank] {
        &self.joined
    }

    /// Those who are ever beside a rank.
    pub fn of(&self, rank: Rank) -> impl Iterator<Item = Rank> {
        self.beside.get(rank.index()).into_iter().flatten().copied()
    }

    /// Those of a ring that stays as it is.
    #[cfg(test)]
    pub(crate) fn of_ring(owners: &[Member]) -> Neighbors {
        let mut neighbors = Neighbors::default();
        neighbors.start(owners);
        neighbors
    }

    fn start(&mut self, owners: &[Member]) {
        for owner in owners {
            self.note(owner.rank);
            self.ring.insert(owner.id, owner.rank);
        }
        for (index, owner) in owners.iter().enumerate() {
            self.meet(owner.rank, owners[(index + 1) % owners.len()].rank);
        }
    }

    fn join(&mut self, rank: Rank, id: StorageId) {
        self.note(rank);
        for other in self.around(id).into_iter().flatten() {
            self.meet(rank, other);
        }
        self.ring.insert(id, rank);
    }

    fn leave(&mut self, id: StorageId) {
        if self.ring.remove(&id).is_some() {
            let [before, after] = self.around(id);
            before.zip(after).into_iter().for_each(|(before, after)| self.meet(before, after));
        }
    }

    /// The nodes before and after an id, all round.
    fn around(&self, id: StorageId) -> [Option<Rank>; 2] {
        let before = self.ring.range(..id).next_back().or(self.ring.last_key_value());
        let after = self.ring.range(id..).next().or(self.ring.first_key_value());
        [before, after].map(|node| node.map(|(_, rank)| *rank))
    }

    fn note(&mut self, rank: Rank) {
        if self.beside.len() <= rank.index() {
            self.beside.resize_with(rank.index() + 1, BTreeSet::new);
            self.is_noted.resize(rank.index() + 1, false);
        }
        if !std::mem::replace(&mut self.is_noted[rank.index()], true) {
            self.joined.push(rank);
        }
    }

    fn meet(&mut self, one: Rank, other: Rank) {
        if one != other {
            self.beside[one.index()].insert(other);
            self.beside[other.index()].insert(one);
        }
    }
}
