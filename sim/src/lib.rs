//! A deterministic simulator of MPI ring protocols.
//!
//! One protocol, written once as state machines that do no I/O ([`protocol`]), and several hosts that
//! run them: the [`world`] simulates them under MPI's matching rules with seeded latencies, [`conform`]
//! judges a recorded run by them. A [`scenario`] says what the command node is to do.

pub mod conform;
pub mod explain;
pub mod protocol;
pub mod scenario;
pub mod simulate;
pub mod world;
