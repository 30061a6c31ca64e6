//! What would have happened otherwise: the run again with the two messages of a race in the other order, and the choice after which its failure could
//! not be avoided.

use ringscope_sim::counterfactual::{
    CriticalChoice, Exchange, OtherRun, critical_choice, exchanged,
};
use ringscope_sim::invariants::Invariant;
use ringscope_traces::Ending;

use super::{Timeline, Why, trace};

/// The most events of a run that is run again.
const MOST_EVENTS: usize = 20_000;

/// What was found by running it again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Otherwise {
    /// What comes of the other order; `None` where no two messages raced, and where it cannot be run.
    pub exchanged: Option<OtherRun>,
    /// The critical choice; `None` where there is none, and where there are too many orders to say so.
    pub critical: Option<CriticalChoice>,
}

impl Timeline {
    /// Runs it again to see what would have happened otherwise.
    pub fn otherwise(&self, why: &Why) -> Otherwise {
        let is_short = self.len() <= MOST_EVENTS && self.has_ring();
        let Some(trace) = is_short.then(|| trace(self.source()).ok()).flatten() else {
            return Otherwise::default();
        };
        let exchange = why.race.as_ref();
        let exchange =
            exchange.map(|race| Exchange { first: race.first, late_sent: race.late_sent });
        Otherwise {
            exchanged: exchange.and_then(|exchange| exchanged(&trace, exchange)),
            critical: critical_choice(&trace),
        }
    }

    /// It in sentences.
    pub fn otherwise_in_words(&self, otherwise: &Otherwise) -> Vec<String> {
        let Otherwise { exchanged, critical } = otherwise;
        let run = exchanged.as_ref().map(|run| {
            let comes = self.other_run_in_words(run);
            format!("run in that order, and else as recorded wherever that can be, {comes}")
        });
        let critical = critical.map(|critical| self.critical_in_words(critical));
        run.into_iter().chain(critical).collect()
    }

    fn other_run_in_words(&self, run: &OtherRun) -> String {
        let OtherRun { ending, facts, broken } = run;
        let has_completed = self.ending() == Some(&Ending::Completed);
        let names: Vec<&str> =
            broken.iter().map(|invariant: &Invariant| invariant.name()).collect();
        match (ending, names.is_empty()) {
            (Ending::Completed, true) => "it completes, and every invariant holds".to_owned(),
            (Ending::Completed, false) => {
                format!("it completes, and these do not hold: {}", names.join(", "))
            }
            (Ending::Deadlock | Ending::Livelock | Ending::Crashed { .. } | Ending::Stopped, _) => {
                let either = if has_completed { "" } else { " either" };
                let facts = facts.as_ref().map(|facts| format!(" ({facts})")).unwrap_or_default();
                format!("it does not complete{either}: {}{facts}", ending.name())
            }
        }
    }

    fn critical_in_words(&self, CriticalChoice { at, instead }: CriticalChoice) -> String {
        let info = self.info(at);
        let who = match instead.rank == info.rank {
            true => "it".to_owned(),
            false => format!("rank {}", instead.rank),
        };
        format!(
            "the critical choice is event {}, where rank {} receives {} from rank {}: after it no order ends well, \
             and before it one does, in which {who} receives from rank {} next",
            at.0 + 1,
            info.rank,
            self.tag_word(info.tag),
            info.peer,
            instead.source,
        )
    }
}
