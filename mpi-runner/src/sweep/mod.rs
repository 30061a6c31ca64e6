//! `mpi-runner sweep`: the seeds of a sweep spread over the ranks, and one answer.
//!
//! Rank 0 hands out ranges of seeds and takes the counts from whichever rank is done next. Counts are sums and minima, so the answer is that of
//! one process, byte for byte, whichever rank has run which seeds, and however many there are.

mod args;
mod head;
mod member;
mod message;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ringscope_sim::protocol::Protocol;
use ringscope_sim::protocols::Visitor;
use ringscope_sim::sweep::SweepBounds;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::failure::Failure;
use crate::link::{Link, ROOT};
pub(crate) use args::SweepArgs;
use head::Head;

/// Nothing was run, or nothing can be said of it.
pub(super) const NOT_JUDGED: u8 = 2;

/// Sweeps as one of the ranks; returns the exit code.
pub(crate) fn run(args: &SweepArgs, link: &Link) -> u8 {
    let bounds = args.bounds();
    if let Some(objection) = bounds.objection(args.protocol) {
        if link.rank() == ROOT {
            Failure::about("sweep", objection).print();
        }
        return NOT_JUDGED;
    }
    let sign = EndSign::watch();
    args.protocol.dispatch(Sweeping { args, bounds, link, sign })
}

/// Takes note when a launcher wants its ranks to end: on Ctrl-C, and when one of them has died.
pub(super) struct EndSign(Arc<AtomicBool>);

impl EndSign {
    fn watch() -> EndSign {
        let came = Arc::default();
        for signal in [SIGINT, SIGTERM] {
            // Where the system does not let us, the signal is the end, as for every program.
            let _ = flag::register(signal, Arc::clone(&came));
        }
        EndSign(came)
    }

    /// Whether it does.
    pub(super) fn came(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// This rank's part of a sweep, in the protocol of its scenarios.
struct Sweeping<'a> {
    args: &'a SweepArgs,
    bounds: SweepBounds,
    link: &'a Link,
    sign: EndSign,
}

impl Visitor for Sweeping<'_> {
    type Output = u8;

    fn visit<P: Protocol>(self) -> u8 {
        let Sweeping { args, bounds, link, sign } = self;
        if link.rank() != ROOT {
            member::serve::<P>(&bounds, link);
            return 0;
        }
        Head::new(args, bounds, link, sign).run::<P>()
    }
}
