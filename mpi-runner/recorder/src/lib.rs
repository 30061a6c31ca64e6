//! An interposition library that records what any MPI program calls.
//!
//! MPI has a name-shifted entry point `PMPI_X` for every function `MPI_X` (its profiling interface: MPI 4.1,
//! section 15.2). The functions of `wrap` are called `MPI_X`; preloaded (`LD_PRELOAD`), they are what the
//! program calls. Each calls `PMPI_X` and records what was called, sent or received.
//!
//! The library is linked to no MPI and serves both: the differences between them are in `real`, and which
//! one it is shows when the program initializes MPI. It does nothing unless the variable `RINGSCOPE_RECORD`
//! names a folder; and whatever goes wrong here, the program runs on unaffected.

mod note;
mod payload;
mod place;
mod real;
mod recording;
mod wrap;
