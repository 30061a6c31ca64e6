//! A recorded run replayed: the nodes as they stood after any of its events.
//!
//! A [`Replay`] goes along a trace once, event by event: it feeds each node what its rank received,
//! holds it to what its rank sent, and finds the event at which the run leaves the protocol. On the way
//! it leaves [`Checkpoint`]s, which hold the nodes that have changed since the one before. [`Checkpoints`]
//! give the nodes at one of them; from there a [`Snapshot`] goes on to any event.
//!
//! What this costs grows with what happens, not with the ranks that a header promises.

mod checkpoints;
mod end;
pub(crate) mod finding;
pub(crate) mod in_flight;
mod key_event;
pub(crate) mod node;
pub(crate) mod obligations;
mod ranks;
pub mod recorded;
mod run;
pub(crate) mod simulated;
mod snapshot;

pub use checkpoints::{Checkpoint, Checkpoints};
pub use key_event::{How, KeyEvent};
pub use run::Replay;
pub use snapshot::{Reordered, Snapshot, Statuses};
