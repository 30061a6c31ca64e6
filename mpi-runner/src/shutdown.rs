//! Rank 0 exits first when its exit code says that the run did not complete.
//!
//! Open MPI's launcher takes such a code for a failure. It kills the remaining processes at once while
//! there are any, but takes two seconds when the code comes from the last process.

use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use crate::link::{Link, ROOT};

/// How long the other processes wait, unless the launcher kills them sooner.
const STAY: Duration = Duration::from_millis(100);

/// How a rank exits after MPI has been finalized.
#[derive(Debug)]
pub(crate) struct Shutdown {
    code: u8,
    stays: bool,
}

impl Shutdown {
    /// Shares rank 0's exit code, the only one that counts. Collective: all ranks must call it.
    pub(crate) fn of(code: u8, link: &Link) -> Shutdown {
        let of_run = link.broadcast(i32::from(code));
        Shutdown { code, stays: of_run != 0 && link.rank() != ROOT }
    }

    /// Waits until this process may exit, and returns its exit code.
    pub(crate) fn leave(self) -> ExitCode {
        if self.stays {
            thread::sleep(STAY);
        }
        ExitCode::from(self.code)
    }
}
