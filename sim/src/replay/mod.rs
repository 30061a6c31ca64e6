//! Travelling in a recorded run: the nodes as they stood after any of its events.
//!
//! A [`Replay`] goes along a trace once, event by event: it feeds each node what its rank received,
//! holds it to what its rank sent, and finds the event at which the run leaves the protocol. On the way
//! it leaves [`Checkpoint`]s, which hold the nodes that have changed since the one before. An [`Checkpoints`]
//! of them gives the nodes at a checkpoint; from there a [`Snapshot`] goes on to any event.
//!
//! What this costs grows with what happens, not with the ranks that a header promises.

mod checkpoints;
mod end;
mod replay;
mod mail;
mod key_event;

pub use checkpoints::{Checkpoints, Snapshot};
pub use replay::{Checkpoint, Replay};
pub use key_event::{How, KeyEvent};
