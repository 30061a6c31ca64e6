//! Where the trace goes: a folder of parts while it runs, one file when it has ended.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ringscope_traces::atomic_file::{AtomicFile, AtomicFileError};
use ringscope_traces::{Trace, write_trace};
use tempfile::TempDir;

use crate::failure::Failure;

/// Where the ranks write their parts, and where the merged trace is put.
#[derive(Debug)]
pub(crate) enum Output {
    /// No trace was asked for: the parts only serve to explain why a run did not complete.
    Nowhere(TempDir),
    /// The file, and the folder of its parts beside it.
    File {
        /// The file.
        target: PathBuf,
        /// The folder.
        folder: PathBuf,
    },
}

impl Output {
    /// Creates the folder.
    ///
    /// # Errors
    ///
    /// When it cannot be created, or exists already: then it holds what an earlier run has left.
    pub(crate) fn open(target: Option<&Path>) -> Result<Output, Failure> {
        let Some(target) = target else {
            let folder = tempfile::Builder::new().prefix("ringscope-").tempdir();
            return folder.map(Output::Nowhere).map_err(|error| {
                Failure::about(&std::env::temp_dir().to_string_lossy(), cannot_write(&error))
            });
        };
        let name = target.to_string_lossy();
        let target = std::path::absolute(target)
            .map_err(|error| Failure::about(&name, cannot_write(&error)))?;
        if target.is_dir() {
            return Err(Failure::about(&name, "is a directory").hint("name a file in it"));
        }
        let folder = PathBuf::from(format!("{}.parts", target.display()));
        match fs::create_dir(&folder) {
            Ok(()) => Ok(Output::File { target, folder }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let shown = folder.to_string_lossy();
                Err(Failure::about(&shown, "holds the parts of an earlier run that was cut off")
                    .hint(format!(
                        "`ringscope merge {shown}` makes a trace of them; then remove it"
                    )))
            }
            Err(error) => Err(Failure::about(&folder.to_string_lossy(), cannot_write(&error))),
        }
    }

    /// The folder of the parts.
    pub(crate) fn folder(&self) -> &Path {
        match self {
            Output::Nowhere(folder) => folder.path(),
            Output::File { folder, .. } => folder,
        }
    }

    /// Leaves the parts as they are, to be merged later; returns where they are.
    pub(crate) fn leave(self) -> Option<PathBuf> {
        match self {
            Output::Nowhere(_) => None,
            Output::File { folder, .. } => Some(folder),
        }
    }

    /// Puts the merged trace under its name and removes the parts; returns where it is.
    ///
    /// # Errors
    ///
    /// When the file cannot be written: then the parts are still there.
    pub(crate) fn put(self, trace: &Trace) -> Result<Option<PathBuf>, Failure> {
        let Output::File { target, folder } = self else { return Ok(None) };
        write_whole(&target, trace).map_err(|error| {
            let hint = format!("its parts are in {}", folder.display());
            Failure::new(error.to_string()).hint(hint)
        })?;
        // A folder into which somebody has put something else stays.
        let _ = fs::remove_dir_all(&folder);
        Ok(Some(target))
    }
}

/// Writes the file so that it appears under its name only when it is complete.
fn write_whole(target: &Path, trace: &Trace) -> Result<(), AtomicFileError> {
    let file = AtomicFile::create(target)?;
    let file = write_trace(file, trace).map_err(|error| AtomicFileError::write(target, error))?;
    file.finish()
}

fn cannot_write(error: &io::Error) -> String {
    format!("cannot be written: {error}")
}
