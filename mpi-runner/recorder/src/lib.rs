//! A library put in front of MPI that writes down the messages of any MPI program.
//!
//! MPI gives every function a second name for this (its profiling interface, PMPI: MPI 4.1, chapter 15).
//! The functions of `wrap` bear the first names; loaded before MPI (`LD_PRELOAD`), they are what the
//! program calls. Each calls MPI by the second name, and notes what was sent or received.
//!
//! It is linked to no MPI and serves both: what differs between them is in `real`, found out when the
//! program starts MPI. It does nothing unless the variable `RINGSCOPE_RECORD` names a folder; whatever goes
//! wrong here, the program goes on as if nobody looked on.

mod note;
mod payload;
mod real;
mod recording;
mod wrap;
