//! When failures of different runs are of one kind: whichever their ranks, keys and scripts.

use std::collections::BTreeMap;

use ringscope_traces::Rank;
use serde::{Deserialize, Serialize};

use super::discovery::{DiscoveryKind, Shape};
use crate::invariants::Invariant;
use crate::protocol::{Fault, Message as _, MessageOf, Protocol, Role};
use crate::world::End;

/// The kind of a failure: its name, and what tells it apart from others of that name.
///
/// Deadlocks are of one kind when their wait-for graphs differ in the numbers of the ranks alone, crashes when ranks with the same part
/// break off for the same reason, livelocks when what goes round has the same tag. All wrong answers are of one kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FailureKind {
    name: String,
    form: String,
}

impl FailureKind {
    /// Its name, as in [`DiscoveryKind::name`].
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The kind of something that was found in a run which ended like that; `None` when nothing failed.
    pub(super) fn of<P: Protocol>(
        kind: &DiscoveryKind,
        end: Option<&End<MessageOf<P>>>,
        ranks: u32,
    ) -> Option<FailureKind> {
        match kind {
            DiscoveryKind::Completed => None,
            DiscoveryKind::WrongAnswer { .. } => {
                Some(FailureKind::of_broken(Invariant::LastPutRead))
            }
            DiscoveryKind::Broken(invariant) => Some(FailureKind::of_broken(*invariant)),
            DiscoveryKind::Deadlock
            | DiscoveryKind::Livelock { .. }
            | DiscoveryKind::Crash { .. } => {
                end.and_then(|end| FailureKind::of_end::<P>(end, ranks))
            }
        }
    }

    /// The kind of a run in which an invariant was broken.
    pub(crate) fn of_broken(invariant: Invariant) -> FailureKind {
        FailureKind::new(&DiscoveryKind::Broken(invariant), String::new())
    }

    /// The kind of a run that did not complete; `None` when it did, or was stopped.
    pub(crate) fn of_end<P: Protocol>(end: &End<MessageOf<P>>, ranks: u32) -> Option<FailureKind> {
        let roles = P::roles(ranks);
        let (kind, form) = match end {
            End::Completed | End::Stopped { .. } => return None,
            End::Deadlock(graph) => {
                let ranks = graph.blocked.iter().flat_map(|one| [one.rank, one.on]);
                let roles: BTreeMap<Rank, Role> =
                    ranks.map(|rank| (rank, roles.of(rank))).collect();
                (DiscoveryKind::Deadlock, Shape::of(&graph.blocked, &roles).into_text())
            }
            End::Livelock(cycle) => {
                (DiscoveryKind::Livelock { can_be_left: false }, cycle.message.tag().to_string())
            }
            End::Crashed { rank, fault } => {
                let role = roles.of(*rank);
                let form = format!("{role:?}: {}", without_numbers(fault));
                (DiscoveryKind::Crash { role, fault: fault.clone() }, form)
            }
        };
        Some(FailureKind::new(&kind, form))
    }

    /// The invariant that is broken, where that is what failed.
    pub(crate) fn invariant(&self) -> Option<Invariant> {
        Invariant::ALL.into_iter().find(|invariant| *self == FailureKind::of_broken(*invariant))
    }

    fn new(kind: &DiscoveryKind, form: String) -> FailureKind {
        FailureKind { name: kind.name().to_owned(), form }
    }
}

/// On what a rank breaks off, whichever the number that it had.
fn without_numbers(fault: &Fault) -> String {
    match fault {
        Fault::NoSuchRank { .. } => "no such rank".to_owned(),
        Fault::NoId { .. }
        | Fault::NoStorage { .. }
        | Fault::NoNeighbour { .. }
        | Fault::BadReply { .. } => fault.to_string(),
    }
}
