//! In the place of [`atomic_file`](self) where there is no file system that we know, such as in a browser: every file
//! that somebody wants to write is refused. What the screen writes there, its host takes.

use std::error::Error;
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::text::Plain;

/// A file on its way; here there is never one.
#[derive(Debug)]
pub enum AtomicFile {}

/// Why a file cannot be written.
#[derive(Debug)]
pub struct AtomicFileError {
    path: PathBuf,
    error: io::Error,
}

impl AtomicFile {
    /// Refuses to open the file.
    ///
    /// # Errors
    ///
    /// Always: there are no files.
    pub fn create(path: &Path) -> Result<AtomicFile, AtomicFileError> {
        Err(AtomicFileError::write(path, io::ErrorKind::Unsupported.into()))
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    ///
    /// None: there is no such file.
    pub fn finish(self) -> Result<(), AtomicFileError> {
        match self {}
    }
}

impl Write for AtomicFile {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        match *self {}
    }

    fn flush(&mut self) -> io::Result<()> {
        match *self {}
    }
}

impl AtomicFileError {
    /// That writing to a file failed.
    #[must_use]
    pub fn write(path: &Path, error: io::Error) -> AtomicFileError {
        AtomicFileError { path: path.to_owned(), error }
    }

    /// The file, as it was named.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the reader of the message might do, where there is something.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        None
    }
}

impl fmt::Display for AtomicFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: cannot be written: {}", Plain(&self.path.to_string_lossy()), self.error)
    }
}

impl Error for AtomicFileError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.error)
    }
}
