//! What the recorder has to say to whoever runs the program.

use std::io::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};

/// Something that may be said, once in each process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// The part cannot be written any more.
    CannotWrite,
    /// The MPI is none of those that are known here.
    UnknownMpi,
    /// Messages go through more than one communicator.
    Communicators,
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
        Note::CannotWrite => "what follows is not recorded, since its file cannot be written",
        Note::UnknownMpi => "nothing is recorded: this MPI is neither Open MPI nor MPICH",
        Note::Communicators => {
            "messages go through several communicators: those of the same two ranks and tag may be matched \
             the wrong way"
        }
        Note::FreedReceive => "a receive whose request was freed is not recorded",
    };
    // That standard error is gone can be told nobody.
    let _ =
        std::io::stderr().write_all(format!("ringscope-recorder: {words}{detail}\n").as_bytes());
}
