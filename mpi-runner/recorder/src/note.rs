//! The recorder's messages to the user.

use std::io::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};

/// A message that each process prints at most once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// A bug of the recorder.
    Broken,
    /// The part cannot be written any more.
    CannotWrite,
    /// Another process has begun the part of this rank.
    SecondOfRank,
    /// The process was started by another one, by MPI's means, and has no number.
    Spawned,
    /// The MPI is neither Open MPI nor MPICH.
    UnknownMpi,
    /// MPI does not report what it has received.
    UnknownReceive,
    /// The request of a receive was freed before it was complete.
    FreedReceive,
}

static SAID: AtomicU32 = AtomicU32::new(0);

/// Prints it to standard error with a single write, unless it has been printed before.
pub fn note(what: Note, detail: &str) {
    let bit = 1 << (what as u32);
    if SAID.fetch_or(bit, Ordering::Relaxed) & bit != 0 {
        return;
    }
    let words = match what {
        Note::Broken => "recording stops here: the recorder has a bug, see the panic message above",
        Note::CannotWrite => "recording stops here: the trace part cannot be written",
        Note::SecondOfRank => {
            "this process is not recorded, since another one of the same rank is: either the mpirun is of \
             another MPI than the program, or two programs used MPI one after the other"
        }
        Note::UnknownMpi => "nothing is recorded: this MPI is neither Open MPI nor MPICH",
        Note::Spawned => {
            "a process that was spawned is not recorded: no ranks can be reserved for its world"
        }
        Note::UnknownReceive => {
            "receives of MPI_Isendrecv are not recorded, since MPICH does not report what was received"
        }
        Note::FreedReceive => "a receive whose request was freed is not recorded",
    };
    // Nothing can be reported once standard error is gone.
    let _ =
        std::io::stderr().write_all(format!("ringscope-recorder: {words}{detail}\n").as_bytes());
}
