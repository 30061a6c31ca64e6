//! Collective operations: who takes part, who has entered, and who never does.

use std::collections::BTreeMap;

use ringscope_traces::Rank;
use ringscope_traces::calls::{Call, CommId, Enter, FINALIZE};

use super::{Calls, Moment, TimedCall};

/// A collective operation, or `MPI_Finalize`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collective {
    /// When the last rank of those that do enters it.
    pub moment: Moment,
    /// The call, such as `MPI_Allreduce`.
    pub name: String,
    /// The communicator.
    pub comm: CommId,
    /// Its number among those of its name there, from 1.
    pub nth: Option<u64>,
    /// Who has entered, by rank.
    pub entered: Vec<Entered>,
    /// Who never does, though it belongs to the communicator.
    pub missing: Vec<Rank>,
}

/// A rank in a collective operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    /// Who.
    pub rank: Rank,
    /// When it entered.
    pub moment: Moment,
    /// Its place among the rank's calls.
    pub place: usize,
    /// Whether it has left, as far as the trace says.
    pub has_left: bool,
    /// What it called.
    pub enter: Enter,
}

impl Collective {
    /// Whether a rank belongs to it.
    pub fn has(&self, rank: Rank) -> bool {
        self.missing.contains(&rank) || self.entered.iter().any(|one| one.rank == rank)
    }
}

/// Which of them two ranks are in together.
type Number = (CommId, Option<u64>, String, u64);

/// All of them, in the order of their moments.
pub(super) fn all(calls: &Calls, ranks: u32) -> Vec<Collective> {
    let mut groups: BTreeMap<Number, Vec<Entered>> = BTreeMap::new();
    for (rank, of_rank) in (0..).map(Rank).zip(&calls.ranks) {
        let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
        for (place, one) in of_rank.iter().enumerate() {
            let Call::Enter(enter) = &one.call else { continue };
            let nth = match enter.number {
                Some(_) => 0,
                None => {
                    let nth = seen.entry(&enter.name).or_default();
                    *nth += 1;
                    *nth
                }
            };
            let is_next =
                |later: &&TimedCall| matches!(&later.call, Call::Leave(_) | Call::Enter(_));
            let next = of_rank[place + 1..].iter().find(is_next);
            let has_left = next.is_some_and(|next| matches!(&next.call, Call::Leave(_)));
            let number = (enter.comm, enter.number, enter.name.clone(), nth);
            groups.entry(number).or_default().push(Entered {
                rank,
                moment: one.moment,
                place,
                has_left,
                enter: enter.clone(),
            });
        }
    }
    let mut all: Vec<Collective> = groups
        .into_iter()
        .filter_map(|((comm, ..), entered)| group(calls, comm, entered, ranks))
        .collect();
    all.sort_by_key(|one| one.moment);
    all
}

fn group(calls: &Calls, comm: CommId, entered: Vec<Entered>, ranks: u32) -> Option<Collective> {
    let moment = entered.iter().map(|one| one.moment).max()?;
    let first = entered.first()?;
    let (name, nth) = (first.enter.name.clone(), first.enter.nth);
    let members: Vec<Rank> = match calls.communicators.get(&comm) {
        Some(communicator) => communicator.members.clone(),
        None if comm.is_world() => (0..ranks).map(Rank).collect(),
        None => Vec::new(),
    };
    // Whoever did not come to MPI_Finalize is told of by where it is instead.
    let is_waited_for = name != FINALIZE || entered.iter().any(|one| !one.has_left);
    let has_entered = |rank: &Rank| entered.iter().any(|one| one.rank == *rank);
    let missing = members.into_iter().filter(|rank| is_waited_for && !has_entered(rank));
    let missing = missing.collect();
    Some(Collective { moment, name, comm, nth, entered, missing })
}
