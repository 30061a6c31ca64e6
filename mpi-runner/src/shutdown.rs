//! Rank 0 leaves first when its exit code says that the run did not complete.
//!
//! Open MPI's launcher takes such a code for a failure. It ends what is left of the program at once when
//! others are still there, but takes two seconds over it when the code comes from the last one.

use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use ringscope_traces::Rank;

use crate::link::Link;

/// How long the others stay, unless the launcher ends them sooner.
const STAY: Duration = Duration::from_millis(100);

/// How a rank leaves when MPI has ended.
#[derive(Debug)]
pub struct Shutdown {
    code: u8,
    stays: bool,
}

impl Shutdown {
    /// Rank 0's exit code, made known to all; all ranks must ask together. The others have none of their own.
    pub fn of(code: u8, link: &Link) -> Shutdown {
        let of_run = link.share(i32::from(code));
        Shutdown { code, stays: of_run != 0 && link.rank() != Rank(0) }
    }

    /// The process's exit code, when it is time.
    pub fn leave(self) -> ExitCode {
        if self.stays {
            thread::sleep(STAY);
        }
        ExitCode::from(self.code)
    }
}
