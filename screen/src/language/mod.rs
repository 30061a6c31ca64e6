//! The small languages that are typed and that lessons are written in: what to look for, what to break on.
//!
//! Each is a table of forms, from which parsing, completion, help and documentation are made.

pub mod condition;
pub mod grammar;
pub(crate) mod payload;
pub mod query;

pub use condition::Condition;
pub use query::Query;
