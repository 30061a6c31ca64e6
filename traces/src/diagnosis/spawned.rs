//! Processes that were spawned: which ranks of the trace they are.

use super::table::Table;
use super::words::ranks_named;
use super::{Kind, Verdict};
use crate::calls::{Communicator, MPI_INIT};
use crate::event::Rank;

/// Says of each spawned world which ranks it has, and who has spawned it.
///
/// The program counts its ranks from 0 again, and what is said of them here has the numbers of the trace.
pub(super) fn remarks(table: &Table<'_>) -> Vec<Verdict> {
    let is_spawned =
        |one: &&Communicator| !one.comm.is_world() && one.by.as_deref() == Some(MPI_INIT);
    table.communicators().filter(is_spawned).map(|world| remark(table, world)).collect()
}

fn remark(table: &Table<'_>, world: &Communicator) -> Verdict {
    let joint = table.communicators().find(|one| joins(one, world));
    let by = joint.map(|joint| {
        let parents: Vec<Rank> =
            joint.members.iter().copied().filter(|rank| !world.members.contains(rank)).collect();
        let call = joint.by.as_deref().unwrap_or("MPI_Comm_spawn");
        format!(" by {call}{} of {}", table.at(joint.at), ranks_named(&parents))
    });
    let last = world.members.len().saturating_sub(1);
    let last = Rank(u32::try_from(last).unwrap_or(u32::MAX));
    let own: Vec<Rank> = (0..=last.0).map(Rank).collect();
    let (were, are) = if own.len() == 1 { ("was", "it is") } else { ("were", "they are") };
    let says = format!(
        "{} {were} spawned{}: {are} {} of an MPI_COMM_WORLD of {} own",
        ranks_named(&world.members),
        by.unwrap_or_default(),
        ranks_named(&own),
        if own.len() == 1 { "its" } else { "their" },
    );
    Verdict { kind: Kind::Spawned, ranks: world.members.clone(), says }
}

/// Whether a communicator joins a spawned world and those who have spawned it.
fn joins(joint: &Communicator, world: &Communicator) -> bool {
    let is_by_spawn = joint.by.as_deref().is_some_and(|by| by.starts_with("MPI_Comm_spawn"));
    let has_others = joint.members.len() > world.members.len();
    is_by_spawn && has_others && world.members.iter().all(|rank| joint.members.contains(rank))
        // Those who were spawned spawn others, with higher ranks.
        && joint.members.iter().max() == world.members.iter().max()
}
