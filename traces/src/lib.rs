//! What a run of a message-passing program did, message by message.
//!
//! A trace is the same file whether the run was simulated, ran under real MPI, or was recorded from
//! any other MPI program: a header, one event per line, a footer. This crate reads and writes such
//! files as streams ([`jsonl`]), finds its way in those that are too large to be held ([`indexed`]), puts the parts of single ranks into one causal order ([`mod@merge`]),
//! says whether a trace holds together ([`wellformed`]), compares two of them rank by rank ([`diff`]),
//! and answers what caused an event and what is concurrent with it ([`causality`]).
//!
//! It knows no protocol: a payload is data, and names for tags come from the caller ([`Vocabulary`]).

#[cfg(unix)]
pub mod atomic_file;
#[cfg(not(unix))]
#[path = "no_files.rs"]
pub mod atomic_file;
pub mod calls;
pub mod causality;
pub mod diagnosis;
pub mod diff;
pub mod event;
pub mod event_index;
pub mod indexed;
pub mod json;
pub mod jsonl;
pub mod matching;
pub mod merge;
pub mod parts;
pub mod payload;
pub mod tags;
#[cfg(test)]
mod testing;
pub mod text;
pub mod threads;
pub mod usage;
pub mod wellformed;
pub mod words;

pub use causality::Causality;
pub use event::{
    Ending, Event, EventContent, Footer, Header, NoNames, Op, Rank, Source, Tag, TimeKind, Trace,
    Vocabulary,
};
pub use event_index::{ByRank, EventIndex};
pub use jsonl::{
    Completeness, Digest, ReadError, Reader, TraceLine, Writer, read_trace, write_trace,
};
pub use matching::{Apart, Channel, Matching, Numbering};
pub use payload::{Key, Payload};

/// The examples of the readme are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
