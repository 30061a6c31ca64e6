//! The critical choice of a run, read off the graph of all states.

use super::{Alternative, ChoiceGraph, Place, WayCounts};
use crate::world::Choice;

/// What there is to say of a run's critical choice: the last receipt after which its failure could not be avoided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Critical {
    /// It is this one.
    At(CriticalReceipt),
    /// The run has not failed, or could still end well.
    None,
    /// No order of the scenario ends well.
    NeverAvoidable,
    /// The search did not get far enough to say it.
    Unknown,
}

/// A receipt of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CriticalReceipt {
    /// Which of the receipts of the run, from 0.
    pub nth: usize,
    /// What could have been received instead, so that the failure could still have been avoided.
    pub instead: Choice,
}

/// What is not to happen any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    /// The run does not complete with every pair at its owner.
    Ending,
    /// A GET is answered wrongly.
    Answer,
}

impl Failure {
    fn is_avoidable(self, ways: WayCounts) -> bool {
        match self {
            Failure::Ending => ways.can_end_well(),
            Failure::Answer => ways.completing() > 0,
        }
    }
}

impl ChoiceGraph {
    /// The critical choice of a run that consists of these receipts.
    ///
    /// To end well is to complete, with every pair at its owner, as for
    /// [`critical_choice`](crate::counterfactual::critical_choice), which searches the commands that a record has, where this
    /// knows the scenario. Of a run that ends well and answers a GET wrongly, the wrong answer is the failure.
    #[must_use]
    pub fn critical(&self, receipts: &[Choice]) -> Critical {
        let places = self.walk(receipts);
        let last = places.last().copied().filter(|_| places.len() == receipts.len() + 1);
        let Some(last) = last else { return Critical::Unknown };
        let ways = self.ways(last);
        if !ways.can_end_well() {
            return match ways.unexplored() {
                0 => self.last_choice(receipts, &places, Failure::Ending),
                1.. => Critical::Unknown,
            };
        }
        let mut steps = receipts.iter().zip(&places);
        match steps.position(|(receipt, at)| self.is_wrong_answer(*at, *receipt)) {
            Some(wrong) => {
                let until_then = receipts.get(..=wrong).unwrap_or_default();
                self.last_choice(until_then, &places, Failure::Answer)
            }
            None => Critical::None,
        }
    }

    /// The last of these receipts before which a failure could be avoided: it has come after all of them.
    fn last_choice(&self, receipts: &[Choice], places: &[Place], failure: Failure) -> Critical {
        for (nth, (receipt, at)) in receipts.iter().zip(places).enumerate().rev() {
            let mut alternatives = self.alternatives(*at);
            // A race at this rank says more than what others could have done meanwhile.
            alternatives.sort_by_key(|one| one.choice.rank != receipt.rank);
            let avoids = |one: &&Alternative| failure.is_avoidable(one.ways);
            if let Some(instead) = alternatives.iter().find(avoids) {
                return Critical::At(CriticalReceipt { nth, instead: instead.choice });
            }
            if self.ways(*at).unexplored() > 0 {
                return Critical::Unknown;
            }
        }
        Critical::NeverAvoidable
    }

    fn is_wrong_answer(&self, at: Place, receipt: Choice) -> bool {
        let alternatives = self.alternatives(at);
        alternatives.iter().any(|one| one.choice == receipt && one.is_wrong_answer)
    }
}
