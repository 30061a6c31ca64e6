//! What the recorder has to say to whoever runs the program.

use std::io::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};

/// Something that may be said, once in each process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// A bug of the recorder.
    Broken,
    /// The part cannot be written any more.
    CannotWrite,
    /// Another process has begun the part of this rank.
    SecondOfRank,
    /// The MPI is none of those that are known here.
    UnknownMpi,
    /// Messages go through more than one communicator.
    Communicators,
    /// MPI does not say what it has received.
    UnknownReceive,
    /// A receive was given up before it was completed.
    FreedReceive,
}

static SAID: AtomicU32 = AtomicU32::new(0);

/// Says it on standard error, in one write, unless it has been said.
pub fn note(what: Note, detail: &str) {
    let bit = 1 << (what as u32);
    if SAID.fetch_or(bit, Ordering::Relaxed) & bit != 0 {
        return;
    }
    let words = match what {
        Note::Broken => "what follows is not recorded: the recorder has a bug, which is told above",
        Note::CannotWrite => "what follows is not recorded, since its file cannot be written",
        Note::SecondOfRank => {
            "this process is not recorded, since another one of the same rank is: either the mpirun is of \
             another MPI than the program, or one program started MPI after another"
        }
        Note::UnknownMpi => "nothing is recorded: this MPI is neither Open MPI nor MPICH",
        Note::Communicators => {
            "messages go through several communicators: those of the same two ranks and tag may be matched \
             the wrong way"
        }
        Note::UnknownReceive => {
            "what MPI_Isendrecv receives is not recorded, since MPICH does not say what it was"
        }
        Note::FreedReceive => "a receive whose request was freed is not recorded",
    };
    // That standard error is gone can be told nobody.
    let _ =
        std::io::stderr().write_all(format!("ringscope-recorder: {words}{detail}\n").as_bytes());
}
