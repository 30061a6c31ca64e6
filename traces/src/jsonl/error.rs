//! What can be wrong with a trace file, and where.

use std::io;

use thiserror::Error;

use crate::event::{MESSAGES_ONLY, VERSION};
use crate::text::Plain;

/// Why a file could not be read as a trace: where, and what is wrong there.
#[derive(Debug, Error)]
#[error("{}:{line}{}: {problem}", Plain(.name), place_in_line(*.column))]
pub struct ReadError {
    /// The file's name as the caller gave it.
    pub name: String,
    /// The line, from 1.
    pub line: u64,
    /// The character of the line, from 1, if it is known.
    pub column: Option<usize>,
    /// What is wrong.
    pub problem: Problem,
}

impl ReadError {
    /// What the user might do about it, if there is something.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        self.problem.hint()
    }
}

/// What is wrong with a line of a trace.
#[derive(Debug, Error)]
pub enum Problem {
    /// The source of the bytes failed.
    #[error("cannot be read: {0}")]
    Io(io::Error),
    /// There is nothing in the file.
    #[error("the file is empty")]
    Empty,
    /// The file is of another kind.
    #[error("not a trace: {0}")]
    Foreign(Foreign),
    /// The trace is of a version that is not known here.
    #[error("trace format version {found}, expected version {MESSAGES_ONLY} or {VERSION}")]
    Version {
        /// The file's version.
        found: String,
    },
    /// The line is longer than [`LIMIT_LINE_BYTES`](super::LIMIT_LINE_BYTES).
    #[error("the line is longer than 64 MiB")]
    TooLong,
    /// The line is not UTF-8.
    #[error("not UTF-8 text")]
    NotUtf8,
    /// The line is not JSON.
    #[error("not JSON: {0}")]
    Syntax(String),
    /// A payload is nested deeper than anything that is meant.
    #[error("nested more than 127 deep")]
    TooDeep,
    /// The line ends before its JSON does.
    #[error("the line ends in the middle of its JSON")]
    EndsEarly,
    /// The line is JSON and not an object.
    #[error("found {found}, expected a JSON object")]
    NotAnObject {
        /// The beginning of what stands there.
        found: String,
    },
    /// A field is not there.
    #[error("the field `{field}` is missing: expected {expected}")]
    Missing {
        /// The field's name.
        field: &'static str,
        /// What should stand there.
        expected: String,
    },
    /// A field is there twice.
    #[error("the field `{field}` appears twice")]
    Twice {
        /// The field's name.
        field: String,
    },
    /// A field holds something else.
    #[error("the field `{field}` is {found}, expected {expected}")]
    Wrong {
        /// The field's name.
        field: &'static str,
        /// The beginning of what stands there.
        found: String,
        /// What should stand there.
        expected: String,
    },
    /// A line holds nothing, and others follow.
    #[error("an empty line in the middle of the trace")]
    Blank,
    /// The line was another one when it was read before.
    #[error("the file has changed since it was opened")]
    Changed,
    /// There are more events than an index can hold.
    #[error("a trace has fewer than 4294967295 events")]
    TooMany,
    /// A line of a call is none that is known.
    #[error("not a call that is known here: {0}")]
    Call(String),
    /// An event stands below the calls.
    #[error("an event below the lines of calls, which stand behind all events")]
    EventBelowCalls,
    /// Something follows the footer.
    #[error("a line after the footer, which is the last")]
    AfterFooter,
}

/// A kind of file that users pass instead of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Foreign {
    /// Compressed by gzip.
    #[error("it is compressed with gzip")]
    Gzip,
    /// Compressed by zstd.
    #[error("it is compressed with zstd")]
    Zstd,
    /// Text in two bytes a character.
    #[error("it is UTF-16 text")]
    Utf16,
    /// UTF-8 text that opens with a byte order mark.
    #[error("it opens with a byte order mark")]
    ByteOrderMark,
    /// A scenario: commands, not events.
    #[error("it reads like a scenario")]
    Scenario,
    /// JSON, but without the field that makes a first line a trace's.
    #[error("its first line has no field `trace`")]
    OtherJson,
    /// Anything else.
    #[error("its first line is not a JSON object")]
    Other,
}

impl Problem {
    fn hint(&self) -> Option<&'static str> {
        match self {
            Problem::Empty => Some("was the run that should have written it stopped?"),
            Problem::Foreign(foreign) => Some(foreign.hint()),
            Problem::Version { .. } => Some("a program of another version wrote it"),
            Problem::NotUtf8 => Some("traces are UTF-8 text, one JSON object per line"),
            Problem::Missing { field: "data", .. } => {
                Some("the payload of an empty message is null")
            }
            Problem::EndsEarly => Some("each line is a whole JSON object"),
            Problem::AfterFooter => Some("are these two traces in one file?"),
            Problem::Blank => Some("each line is a JSON object"),
            Problem::Changed => Some("open it again"),
            Problem::Call(_) => Some("a program of another version wrote it"),
            Problem::Io(_)
            | Problem::EventBelowCalls
            | Problem::TooMany
            | Problem::TooLong
            | Problem::Syntax(_)
            | Problem::TooDeep
            | Problem::NotAnObject { .. }
            | Problem::Missing { .. }
            | Problem::Twice { .. }
            | Problem::Wrong { .. } => None,
        }
    }
}

impl Foreign {
    fn hint(self) -> &'static str {
        match self {
            Foreign::Gzip => "unpack it first, such as with gunzip",
            Foreign::Zstd => "unpack it first, such as with unzstd",
            Foreign::Utf16 => "save it as UTF-8",
            Foreign::ByteOrderMark => "save it as UTF-8 without a byte order mark",
            Foreign::Scenario => "run it with `-o` to get its trace",
            Foreign::OtherJson | Foreign::Other => "a trace begins with {\"trace\":1,...}",
        }
    }
}

fn place_in_line(column: Option<usize>) -> String {
    column.map(|column| format!(":{column}")).unwrap_or_default()
}
