//! Who waits for whom: the one graph that the world, the judges, the screen and the lessons ask.

use std::collections::BTreeSet;

use ringscope_traces::{Rank, Tag};

use super::{Scheduler, Status, World};
use crate::protocol::Node;

/// Who waits for what when nothing moves any more.
///
/// ```
/// use ringscope_sim::protocols::Classic;
/// use ringscope_sim::scenario::Scenario;
/// use ringscope_sim::simulate::simulate;
/// use ringscope_sim::world::End;
/// use ringscope_traces::Rank;
///
/// // Nobody answers the GET of a key that was never put.
/// let run = simulate::<Classic>(&Scenario::parse("missing", "get 400")?, &mut ());
/// let End::Deadlock(graph) = run.outcome.end else { panic!("the command node waits for ever") };
/// assert_eq!(graph.blocked(Rank(7)).map(|blocked| blocked.on), Some(Rank(0)));
/// assert!(graph.pending.is_empty() && graph.cycle().is_empty());
/// # Ok::<(), ringscope_sim::scenario::ScenarioErrors>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitForGraph<M> {
    /// The ranks that wait inside a handler or in a send, by rank; all others take anything or have
    /// stopped.
    pub blocked: Vec<Blocked>,
    /// What was sent and not received, in the order of sending: nobody takes it.
    pub pending: Vec<Pending<M>>,
}

/// A rank that waits for one other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blocked {
    /// The rank that waits.
    pub rank: Rank,
    /// The rank that it waits for.
    pub on: Rank,
    /// The tag that it would take; `None` when it waits for a message of its own to be received.
    pub tag: Option<Tag>,
}

/// A message that was sent and not received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending<M> {
    /// The sender.
    pub from: Rank,
    /// The receiver.
    pub to: Rank,
    /// The message.
    pub message: M,
}

impl<M> WaitForGraph<M> {
    /// The graph of ranks that stand so; given in order of rank.
    pub fn of(statuses: impl Iterator<Item = (Rank, Status)>, pending: Vec<Pending<M>>) -> Self {
        let blocked = statuses.filter_map(|(rank, status)| status.blocked(rank)).collect();
        WaitForGraph { blocked, pending }
    }

    /// Whom that rank waits for.
    #[must_use]
    pub fn blocked(&self, rank: Rank) -> Option<Blocked> {
        let found = self.blocked.binary_search_by_key(&rank, |blocked| blocked.rank);
        found.ok().map(|place| self.blocked[place])
    }

    /// The ranks that wait for each other in a circle, from its lowest on; the circle with the lowest
    /// rank of all, and empty when there is none.
    #[must_use]
    pub fn cycle(&self) -> Vec<Blocked> {
        let mut seen = BTreeSet::new();
        let mut cycles = Vec::new();
        for start in &self.blocked {
            let chain = self.path_until(start.rank, &mut seen);
            let Some(last) = chain.last() else { continue };
            // A chain that comes back to one of its own ends in a circle.
            if let Some(first) = chain.iter().position(|wait| wait.rank == last.on) {
                let mut cycle = chain[first..].to_vec();
                let lowest = (0..cycle.len()).min_by_key(|&at| cycle[at].rank).unwrap_or(0);
                cycle.rotate_left(lowest);
                cycles.push(cycle);
            }
        }
        cycles.into_iter().min_by_key(|cycle| cycle[0].rank).unwrap_or_default()
    }

    /// Whom a rank waits for, whom that one waits for, and so on, until one that waits for nobody or
    /// that was there before.
    #[must_use]
    pub fn path(&self, start: Rank) -> Vec<Blocked> {
        self.path_until(start, &mut BTreeSet::new())
    }

    /// The chain from a rank on, to the first one that has been seen, which from then on they all are.
    fn path_until(&self, start: Rank, seen: &mut BTreeSet<Rank>) -> Vec<Blocked> {
        let mut chain: Vec<Blocked> = Vec::new();
        let mut at = start;
        while let Some(blocked) = self.blocked(at) {
            if !seen.insert(at) {
                break;
            }
            chain.push(blocked);
            at = blocked.on;
        }
        chain
    }
}

impl<N: Node, O: Scheduler<N::Message>> World<N, O> {
    /// Who waits for what now.
    #[must_use]
    pub fn wait_for_graph(&self) -> WaitForGraph<N::Message> {
        WaitForGraph::of(self.ranks().map(|rank| (rank, self.status(rank))), self.pending())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rank `i` waits for the rank that stands at place `i`.
    fn wait_for_graph(on: &[u32]) -> WaitForGraph<()> {
        let wait = |(rank, on): (u32, &u32)| Blocked { rank: Rank(rank), on: Rank(*on), tag: None };
        WaitForGraph { blocked: (0..).zip(on).map(wait).collect(), pending: Vec::new() }
    }

    fn cycle(on: &[u32]) -> Vec<u32> {
        wait_for_graph(on).cycle().iter().map(|wait| wait.rank.0).collect()
    }

    #[test]
    fn a_circle_is_found_behind_a_chain_that_leads_to_it() {
        assert_eq!(cycle(&[3, 2, 1, 2]), [1, 2]);
    }

    #[test]
    fn a_chain_to_a_rank_that_waits_for_nobody_is_no_circle() {
        assert!(cycle(&[1, 2, 9]).is_empty());
    }

    #[test]
    fn of_two_circles_the_one_with_the_lowest_rank_is_told() {
        assert_eq!(cycle(&[5, 4, 3, 2, 1, 0]), [0, 5]);
    }

    #[test]
    fn a_hundred_thousand_ranks_in_a_chain_are_followed_in_no_time() {
        const RANKS: u32 = 100_000;
        let mut on: Vec<_> = (1..RANKS).collect();
        on.push(RANKS - 2);
        assert_eq!(cycle(&on), [RANKS - 2, RANKS - 1]);
    }
}
