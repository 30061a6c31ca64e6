//! A deterministic simulator of MPI ring protocols.
//!
//! One protocol, written once as state machines that do no I/O ([`protocol`]), and several hosts that
//! run them: the [`world`] simulates them under MPI's matching rules with seeded latencies, [`conform`]
//! judges a recorded run by them, [`answers`] judges one of another dialect by what it answers, and
//! [`replay`] goes to any event of one. A [`scenario`] says what the command node is to do, [`simulate`]
//! does it, [`invariants`] checks invariants on the way and [`stats`] counts, and [`explain`] says why a
//! run did not complete.

pub mod answers;
pub mod conform;
pub mod counterfactual;
pub mod explain;
pub mod explore;
pub mod invariants;
pub mod linearizability;
pub mod nearest;
pub mod protocol;
pub mod protocols;
pub mod replay;
pub mod scenario;
pub mod simulate;
pub mod stats;
pub mod sweep;
pub mod world;

/// The code in the crate's README is tested with the rest.
#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct Readme;
