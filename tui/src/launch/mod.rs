//! Programs that run under MPI: which MPI, where its launcher and our own part are, what its launcher
//! needs to know.
//!
//! `ringscope` itself links no MPI. What does is built beside it, once for each MPI (see the Makefile):
//!
//! ```text
//! target/release/ringscope
//! target/mpi/openmpi/release/mpi-runner
//! target/mpi/mpich/release/mpi-runner
//! target/mpi/recorder/release/libringscope_recorder.so
//! ```
//!
//! A package has the recorder in `lib/ringscope` and the sources of `mpi-runner` in `share/ringscope/source`, beside the folder
//! of its programs; `ringscope setup-mpi` builds the one from the other into the user's own folder.

mod family;
mod find;
mod flavor;
mod interrupt;
mod job;
mod stopwatch;
mod toolchain;

pub(crate) use find::{Runner, flavor_of_launcher, launcher_of, page, recorder};
pub(crate) use flavor::Flavor;
pub(crate) use interrupt::{Interrupt, clean_up_at_the_end, survive_the_limit_of_files};
pub(crate) use job::{Done, How, Limit, Watched, attend, describe_status, run};
pub(crate) use stopwatch::{Stopwatch, unix_ns};
pub(crate) use toolchain::Toolchain;
