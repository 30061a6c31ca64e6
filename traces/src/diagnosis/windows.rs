//! Calls on windows that wait for another rank (MPI 4.1, section 12.5).

use crate::calls::LastCall;

/// Whether a call of that name may wait until another rank calls something on the window.
pub(super) fn awaits(name: &str) -> bool {
    what(name).is_some()
}

/// What such a call waits for.
pub(super) fn awaited(last: &LastCall) -> Option<String> {
    Some(match (what(&last.name)?, last.peer) {
        (Awaited::Post, _) => "MPI_Win_post by the ranks whose memory it accesses".to_owned(),
        (Awaited::Complete, _) => "MPI_Win_complete by the ranks that access its memory".to_owned(),
        (Awaited::Lock, Some(rank)) => {
            format!("the memory of rank {rank}, which another rank may have locked")
        }
        (Awaited::Lock, None) => "memory that another rank may have locked".to_owned(),
    })
}

/// What has to come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Awaited {
    /// That those whose memory is accessed have exposed it.
    Post,
    /// That those who access it have done so.
    Complete,
    /// That whoever has locked it unlocks it.
    Lock,
}

fn what(name: &str) -> Option<Awaited> {
    match name {
        "MPI_Win_start" | "MPI_Win_complete" => Some(Awaited::Post),
        "MPI_Win_wait" => Some(Awaited::Complete),
        "MPI_Win_lock"
        | "MPI_Win_lock_all"
        | "MPI_Win_unlock"
        | "MPI_Win_unlock_all"
        | "MPI_Win_flush"
        | "MPI_Win_flush_all"
        | "MPI_Win_flush_local"
        | "MPI_Win_flush_local_all" => Some(Awaited::Lock),
        _ => None,
    }
}
