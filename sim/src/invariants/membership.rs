//! Whether membership is changing at the moment: counted, never searched.

use std::collections::BTreeSet;

use ringscope_traces::Rank;
use rustc_hash::FxHashSet;

use crate::protocol::Viewed;

/// The joins and leaves that have begun and not ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Membership {
    /// Messages of a join or a leave that were sent and not received.
    in_flight: u64,
    /// Ranks in the middle of a join or a leave.
    busy: FxHashSet<Rank>,
    /// Ranks that sent or received such a message in the present step.
    touched: Vec<Rank>,
    /// Whether a join or a leave has begun since the last time there was none.
    open: bool,
    /// Ranks that may hold keys: those that did from the start, and those that ever took part.
    holders: BTreeSet<Rank>,
}

impl Membership {
    pub(super) fn new<N: Viewed>(nodes: &[N]) -> Membership {
        let ranks = (0_u32..).map(Rank).zip(nodes);
        let holders = ranks.filter(|(_, node)| node.view().storage.is_some());
        Membership { holders: holders.map(|(rank, _)| rank).collect(), ..Membership::default() }
    }

    pub(super) fn sent(&mut self, by: Rank) {
        self.in_flight += 1;
        self.touched.push(by);
    }

    pub(super) fn received(&mut self, by: Rank) {
        // Also of a message that it was never told of it makes no panic: a run that breaks MPI's rules is to be reported.
        self.in_flight = self.in_flight.saturating_sub(1);
        self.touched.push(by);
    }

    #[inline]
    pub(super) fn is_untouched(&self) -> bool {
        self.touched.is_empty()
    }

    /// Ends a step; returns whether it was the last one of all joins and leaves.
    ///
    /// `fell_silent` is the rank whose step it was, if it sent nothing: a rank that ends a join or a
    /// leave without a word has not ended it, it has crashed in the middle.
    pub(super) fn step_over<N: Viewed>(&mut self, nodes: &[N], fell_silent: Option<Rank>) -> bool {
        for rank in self.touched.drain(..) {
            // Never taken out again: a node that has left may have kept what it was to hand on, which is what an audit
            // is to find.
            self.holders.insert(rank);
            if nodes[rank.index()].view().activity.is_membership_change() {
                self.busy.insert(rank);
            } else if fell_silent != Some(rank) {
                self.busy.remove(&rank);
            }
        }
        // Several overlap: the ring is whole again when the last has ended, and not when any has.
        let was_open = self.open;
        self.open = self.is_under_way();
        was_open && !self.open
    }

    pub(super) fn is_under_way(&self) -> bool {
        self.in_flight > 0 || !self.busy.is_empty()
    }

    /// Ranks that may hold keys.
    pub(super) fn holders(&self) -> &BTreeSet<Rank> {
        &self.holders
    }
}
