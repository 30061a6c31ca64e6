//! Partial-order reduction: of receipts whose order makes no difference, one order is enough.
//!
//! **The rule.** Receipts at different ranks commute, and none makes another impossible: each takes a message out of its own rank's
//! mailbox, and what it sends goes to the ends of channels of its own. (A receipt that releases a blocked sender moves that rank too; it is
//! blocked, so nothing else can.) Only receipts at one rank depend on each other. So the receipts that are possible at a rank are a
//! *persistent set* (Godefroid, *Partial-Order Methods for the Verification of Concurrent Systems*, 1996, section 4.2) if
//! nothing that the other ranks do, while it receives nothing, makes a receipt possible there that is not yet. That is so
//!
//! - of a receive of one source and tag whose message is there: another one cannot overtake it;
//! - of a wildcard receive, if no rank from which nothing is there can send it anything before it receives something. Who can is found by
//!   letting the others do more than they could: no message is ever used up and no local state ever left
//!   (`can_be_reached`). So nobody is missed who can; where that takes too long, everybody counts as one who can.
//!
//! Where such a rank is found it alone goes on.
//!
//! Of two receipts at different ranks that both store a key which is put with different values, it matters which is the last, though
//! the state is the same (`endings`). So these do not commute either: a rank that can store such a key goes on alone only if no other
//! can store it before.
//!
//! **What is kept.** A persistent set at each state keeps every state in which nothing can be received any more; every way to one has all its
//! receipts in another order, so the fewest receipts are the same too; so are its answers and what it stores last. For that a rank that has crashed has to be one that receives nothing
//! more while all others go on, and not the end of the run. What happens at one rank in a run (a crash, a wrong answer, a receipt that comes
//! again and again) happens in a run that is kept too, unless that is put off for ever: so of the steps of each cycle one is
//! from a state that is gone on from in all ways (the *proviso* of Evangelista and Pajault, *Solving the Ignoring Problem for Partial Order
//! Reduction*, 2010), which is any state with a step that leads no deeper. Not kept are what several ranks are in at once on the
//! way, and the fewest receipts to a crash, to a wrong answer and to a livelock.

use ringscope_traces::Rank;
use rustc_hash::FxHashSet;

use super::local::Effect;
use super::steps::Steps;
use crate::protocol::{Key, Protocol};

/// Which receipts are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// None.
    Everything,
    /// Those whose order makes no difference.
    Persistent,
    /// The same, without the proviso that keeps what happens beside a cycle.
    #[cfg(test)]
    WithoutProviso,
    /// Those of all ranks but the first, which is wrong.
    #[cfg(test)]
    FirstRank,
}

/// The most pairs of a local state and a message that are looked at for a rank.
const MOST_PAIRS: usize = 400;

/// Finds the ranks that can go on alone.
#[derive(Debug)]
pub(super) struct Reduction {
    rule: Rule,
    /// What the ranks could do if no message were ever used up and no local state ever left: by rank the local states, without what was
    /// sent there, and what was sent there.
    bare: Vec<Vec<u32>>,
    parcels: Vec<Vec<u32>>,
    /// The pairs of these that are to be looked at.
    open: Vec<(Rank, u32, u32)>,
    /// The local states and messages that are among them.
    known: FxHashSet<(Rank, bool, u32)>,
    /// The rank that receives nothing meanwhile, and who has sent it something.
    frozen: Rank,
    sources: Vec<Rank>,
    /// The contested keys that it can store now.
    stores: Vec<Key>,
}

impl Reduction {
    pub(super) fn new(rule: Rule, ranks: usize) -> Reduction {
        let (bare, parcels) = (vec![Vec::new(); ranks], vec![Vec::new(); ranks]);
        let (open, known, sources) = (Vec::new(), FxHashSet::default(), Vec::new());
        let (frozen, stores) = (Rank::default(), Vec::new());
        Reduction { rule, bare, parcels, open, known, frozen, sources, stores }
    }

    /// Whether it leaves something out.
    #[inline]
    pub(super) fn leaves_out(&self) -> bool {
        self.rule != Rule::Everything
    }

    /// Whether all other ranks go on as well from a state of which a step leads no deeper.
    #[inline]
    pub(super) fn heeds_cycles(&self) -> bool {
        match self.rule {
            Rule::Everything | Rule::Persistent => true,
            #[cfg(test)]
            Rule::WithoutProviso => false,
            #[cfg(test)]
            Rule::FirstRank => true,
        }
    }

    /// Whether the run goes on when a rank has crashed.
    pub(super) fn goes_past_crashes(&self) -> bool {
        self.rule != Rule::Everything
    }

    /// A rank whose receipts are a persistent set.
    pub(super) fn alone<P: Protocol>(
        &mut self,
        steps: &mut Steps<'_, P>,
        cells: &[u32],
    ) -> Option<Rank> {
        let moves = |rank: Rank, steps: &mut Steps<'_, P>| {
            let known = steps.known(rank, cells[rank.index()]);
            (known.moves.len(), known.is_wildcard)
        };
        let mut can_move: Vec<(usize, bool, Rank)> = Vec::new();
        for rank in steps.ranks() {
            let (count, is_wildcard) = moves(rank, steps);
            if count > 0 {
                can_move.push((count, is_wildcard, rank));
            }
        }
        match self.rule {
            Rule::Everything => return None,
            Rule::Persistent => {}
            #[cfg(test)]
            Rule::WithoutProviso => {}
            #[cfg(test)]
            Rule::FirstRank => return can_move.first().map(|(.., rank)| *rank),
        }
        if can_move.len() < 2 {
            return None;
        }
        let is_free = |(_, is_wildcard, rank): &&(usize, bool, Rank)| {
            !is_wildcard && steps.stores(*rank, cells).is_empty()
        };
        let named = can_move.iter().find(is_free).map(|(.., rank)| *rank);
        if named.is_some() {
            return named;
        }
        can_move.sort_unstable_by_key(|(count, _, rank)| (*count, *rank));
        can_move.into_iter().map(|(.., rank)| rank).find(|rank| {
            let new_source = self.can_be_reached(*rank, steps, cells);
            !new_source
        })
    }

    /// Whether, while a rank receives nothing, one that has not sent it anything can: without limit on how often anything happens.
    fn can_be_reached<P: Protocol>(
        &mut self,
        frozen: Rank,
        steps: &mut Steps<'_, P>,
        cells: &[u32],
    ) -> bool {
        self.bare.iter_mut().chain(&mut self.parcels).for_each(Vec::clear);
        self.open.clear();
        self.known.clear();
        self.frozen = frozen;
        self.sources.clone_from(&steps.bare(frozen, cells[frozen.index()]).sources);
        self.stores = steps.stores(frozen, cells);
        for rank in steps.ranks().filter(|rank| *rank != frozen) {
            let bare = steps.bare(rank, cells[rank.index()]).clone();
            bare.parcels.iter().for_each(|parcel| self.arrives(rank, *parcel));
            if self.enters(rank, bare.cell, steps) {
                return true;
            }
        }
        for _ in 0..MOST_PAIRS {
            let Some((rank, cell, parcel)) = self.open.pop() else { return false };
            let Some((effect, stored)) = steps.relaxed(rank, cell, parcel) else { continue };
            let is_contested = stored.is_some_and(|key| self.stores.contains(&key));
            if is_contested || self.follows(rank, &effect, steps) {
                return true;
            }
        }
        true
    }

    fn arrives(&mut self, rank: Rank, parcel: u32) {
        if self.known.insert((rank, true, parcel)) {
            self.parcels[rank.index()].push(parcel);
            self.open.extend(self.bare[rank.index()].iter().map(|cell| (rank, *cell, parcel)));
        }
    }

    /// A rank comes into a local state; says whether it then sends the frozen one something that is new there.
    fn enters<P: Protocol>(&mut self, rank: Rank, cell: u32, steps: &mut Steps<'_, P>) -> bool {
        if !self.known.insert((rank, false, cell)) {
            return false;
        }
        self.bare[rank.index()].push(cell);
        self.open.extend(self.parcels[rank.index()].iter().map(|parcel| (rank, cell, *parcel)));
        match steps.known(rank, cell).blocked {
            // The message that it is blocked in lies before the frozen one.
            Some(to) if to != self.frozen => {
                let effect = steps.released(rank, cell).clone();
                self.follows(rank, &effect, steps)
            }
            Some(_) | None => false,
        }
    }

    fn follows<P: Protocol>(
        &mut self,
        rank: Rank,
        effect: &Effect,
        steps: &mut Steps<'_, P>,
    ) -> bool {
        for (to, parcel) in &effect.sent {
            if *to != self.frozen {
                self.arrives(*to, *parcel);
            } else if !self.sources.contains(&rank) {
                return true;
            }
        }
        self.enters(rank, effect.after.cell, steps)
    }
}

#[cfg(test)]
mod tests;
