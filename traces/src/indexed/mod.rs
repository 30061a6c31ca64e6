//! A trace that is too large to be held: an index of its events, and their lines read when asked for.
//!
//! An [`Indexer`] reads the bytes once and yields [`Block`]s of what an index keeps of each event, 48
//! bytes: where its line is, whose event it is, and its neighbours. An [`Index`] consists of the blocks that
//! it has been given: one thread can go on indexing while others read. A line is read again, at its
//! offset, when its payload is needed.
//!
//! Lines are read by position and not from a mapping: what another process cuts off the file meanwhile
//! is an error here, and not the end of the program by a signal.

mod block;
mod index;
mod indexer;
mod store;

pub use block::{Block, Outline};
pub use index::{Index, Lines};
pub use indexer::{IndexedCalls, Indexer, MOST_CALLS};
pub use store::{Store, StoreReader};
