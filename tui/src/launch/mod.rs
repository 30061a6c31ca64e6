//! Programs that run under MPI: which MPI, where its launcher and our own part are, what its launcher
//! needs to be told.
//!
//! `ringscope` itself links no MPI. What does is built beside it, once for each MPI (see the Makefile):
//!
//! ```text
//! target/release/ringscope
//! target/mpi/openmpi/release/mpi-runner
//! target/mpi/mpich/release/mpi-runner
//! target/mpi/recorder/release/libringscope_recorder.so
//! ```

mod find;
mod flavor;

pub use find::{Runner, launcher_of, recorder};
pub use flavor::Flavor;
