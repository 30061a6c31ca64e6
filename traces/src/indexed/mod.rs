//! A trace that is too large to be held: an index of its events, and their lines read when asked for.
//!
//! An [`Indexer`] goes over the bytes once and gives [`Block`]s of what an index keeps of each event, 48
//! bytes: where its line stands, whose it is, and its neighbours. An [`Index`] is as many of them as
//! somebody has been handed: a thread can go on indexing while others look at what is there. A line is
//! read again, from its place, when its payload is wanted.
//!
//! Lines are read by position and not from a mapping: what another process cuts off the file meanwhile
//! is an error here, and not the end of the program by a signal.

mod block;
mod index;
mod indexer;
mod store;

pub use block::{Block, Outline};
pub use index::{Index, Lines};
pub use indexer::Indexer;
pub use store::Store;
