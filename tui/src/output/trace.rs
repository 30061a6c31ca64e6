//! A trace that is in memory, on its way to a file or to standard output.

use std::fs;
use std::path::{Path, PathBuf};

use ringscope_screen::failure::Failure;
use ringscope_screen::files::shown;
use ringscope_traces::atomic_file::{AtomicFile, AtomicFileError};
use ringscope_traces::{Trace, write_trace};

use super::Out;
use crate::input::DASH;

/// Where a trace goes.
#[derive(Debug)]
pub(crate) enum TraceTarget {
    /// Standard output.
    Output,
    /// A file, by its path.
    File(PathBuf, AtomicFile),
}

impl TraceTarget {
    /// Opens what the word on the command line means: `-` is standard output.
    ///
    /// # Errors
    ///
    /// When it could not be written, and when it is `input` itself.
    pub(crate) fn open(word: &Path, input: &Path) -> Result<TraceTarget, Failure> {
        if word == Path::new(DASH) {
            return Ok(TraceTarget::Output);
        }
        if is_same_file(word, input) {
            return Err(Failure::about(&shown(word), "is the input itself, and would be lost")
                .hint("name another file for the trace"));
        }
        Ok(TraceTarget::File(word.to_owned(), AtomicFile::create(word)?))
    }

    /// Writes the trace; a file appears under its name when it is whole.
    ///
    /// # Errors
    ///
    /// When the file, or standard output, takes no more.
    pub(crate) fn put(self, trace: &Trace, out: &mut Out) -> Result<(), Failure> {
        match self {
            TraceTarget::Output => write_trace(out, trace).map(drop).map_err(Failure::from),
            TraceTarget::File(path, file) => {
                let written = write_trace(file, trace);
                Ok(written.map_err(|error| AtomicFileError::write(&path, error))?.finish()?)
            }
        }
    }
}

/// Whether both name the same file.
pub(crate) fn is_same_file(one: &Path, other: &Path) -> bool {
    match (fs::canonicalize(one), fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other && one.is_file(),
        (Err(_), _) | (_, Err(_)) => false,
    }
}
