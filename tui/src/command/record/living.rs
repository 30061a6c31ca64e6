//! What can be seen of a program while it runs.

use std::path::Path;

use ringscope_traces::calls::{Call, Died, Progress, progress};
use ringscope_traces::parts::written;
use rustix::process::{Pid, test_kill_process};

use crate::command::merge::MergedParts;

/// The ranks' processes, as they were when they were looked at last.
#[derive(Debug, Default)]
pub(super) struct Living {
    seen: Vec<(Progress, bool)>,
}

impl Living {
    /// Looks at all ranks. Returns a number that changes as long as one of them gets on.
    pub(super) fn look(&mut self, parts: &Path) -> u64 {
        let lives = |progress: &Progress| {
            let process = i32::try_from(progress.process).ok().and_then(Pid::from_raw);
            process.is_some_and(|process| test_kill_process(process).is_ok())
        };
        let ranks = progress(parts);
        self.seen = ranks.into_iter().map(|rank| (rank, lives(&rank))).collect();
        // Without a note there is no more to see than that something is written.
        match self.seen.as_slice() {
            [] => written(parts),
            seen => seen.iter().map(|(rank, _)| rank.calls).sum(),
        }
    }

    /// Notes those whose process was gone, although nothing says that it has ended.
    pub(super) fn note_the_dead(&self, found: &mut MergedParts) {
        let has_ended =
            |call: &Call, of: &Progress| matches!(call, Call::Exit(exit) if exit.rank == of.rank);
        for (rank, _) in self.seen.iter().filter(|(_, lives)| !lives) {
            if !found.all.calls.iter().any(|call| has_ended(call, rank)) {
                for trace in [&mut found.all, &mut found.closed.trace] {
                    trace.calls.push(Call::Died(Died { rank: rank.rank }));
                }
            }
        }
    }
}

/// How many messages the ranks have sent and received so far.
pub(super) fn events(parts: &Path) -> u64 {
    progress(parts).iter().map(|rank| rank.events).sum()
}

/// How many bytes have been written down so far.
pub(super) fn bytes(parts: &Path) -> u64 {
    written(parts)
}
