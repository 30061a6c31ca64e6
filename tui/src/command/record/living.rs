//! What can be seen of a program while it runs.

use std::path::Path;

use ringscope_traces::Rank;
use ringscope_traces::calls::{Progress, progress};
use ringscope_traces::parts::written;
use rustix::process::{Pid, test_kill_process};

/// The ranks' processes, as they were when they were looked at last.
#[derive(Debug, Default)]
pub(super) struct Living {
    seen: Vec<(Progress, bool)>,
}

impl Living {
    /// Looks at all ranks. Returns a number that changes as long as one of them gets on.
    pub(super) fn look(&mut self, parts: &Path) -> u64 {
        let ranks = progress(parts);
        self.seen = ranks.into_iter().map(|rank| (rank, lives(&rank))).collect();
        // Without a note there is no more to see than that something is written.
        match self.seen.as_slice() {
            [] => written(parts),
            seen => seen.iter().map(|(rank, _)| rank.calls).sum(),
        }
    }

    /// Those whose process was gone.
    pub(super) fn gone(&self) -> Vec<Rank> {
        self.seen.iter().filter(|(_, lives)| !lives).map(|(rank, _)| rank.rank).collect()
    }
}

/// Whether a rank's process is there.
pub(super) fn lives(rank: &Progress) -> bool {
    let process = i32::try_from(rank.process).ok().and_then(Pid::from_raw);
    process.is_some_and(|process| test_kill_process(process).is_ok())
}

/// How many messages the ranks have sent and received so far.
pub(super) fn events(parts: &Path) -> u64 {
    progress(parts).iter().map(|rank| rank.events).sum()
}

/// How many bytes have been written down so far.
pub(super) fn bytes(parts: &Path) -> u64 {
    written(parts)
}
