//! Trace files: JSON Lines, read and written as streams.
//!
//! A [`Writer`] writes line by line and computes the file's [`Digest`]; a [`Reader`] yields event by event
//! and refuses a bad line with its line and column, what is wrong with it, and where that helps a hint.
//! Neither holds more than a line. A file that was cut off is no error: its reader says so, and yields what
//! is there.

mod calls;
mod digest;
mod error;
mod fields;
mod line;
mod read;
mod scan;
mod write;

pub use digest::Digest;
pub use error::{Foreign, Problem, ReadError};
pub use read::{Completeness, LIMIT_LINE_BYTES, Reader, TraceLine, read_trace};
pub(crate) use read::{call_in, event_in};
pub(crate) use scan::Sketch;
pub use write::{Writer, put_call, put_event, put_footer, put_header, write_trace};
