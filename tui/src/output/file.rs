//! A file that appears under its name when it is whole, and not before.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::input::shown;

/// A file on its way.
///
/// It grows beside its place as `NAME.part` and is renamed when it is whole. So whoever looks at
/// `NAME` finds all of it or what was there before, and what an interrupted run had recorded is not
/// lost: it is in `NAME.part`. What is no regular file, such as a pipe, is written directly.
#[derive(Debug)]
pub struct AtomicFile {
    file: File,
    target: PathBuf,
    /// Where it grows; `None` when it is written directly.
    part: Option<PathBuf>,
}

impl AtomicFile {
    /// Opens the file for writing.
    ///
    /// # Errors
    ///
    /// When it could not be written, as far as that can be known: the reason to ask before a long run.
    pub fn create(path: &Path) -> Result<AtomicFile, Failure> {
        if path.is_dir() {
            return Err(Failure::about(&shown(path), "is a directory").hint("name a file in it"));
        }
        folder_exists(path)?;
        let fails = |error| cannot_write(path, &error);
        if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
            let file = OpenOptions::new().write(true).open(path).map_err(fails)?;
            return Ok(AtomicFile { file, target: path.to_owned(), part: None });
        }
        // A link stays what it is: the file that it leads to is the one that is replaced.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let part = beside(&target);
        let open = OpenOptions::new().write(true).create(true).truncate(false).open(&part);
        let file = open.map_err(|error| cannot_write(&part, &error))?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::about(&shown(path), "another run is writing this file"));
            }
            // Some file systems have no locks: then nobody can be told apart.
            Err(TryLockError::Error(_)) | Ok(()) => {}
        }
        file.set_len(0).map_err(fails)?;
        Ok(AtomicFile { file, target, part: Some(part) })
    }

    /// Puts the file, which is whole now, in its place.
    pub fn finish(self) -> Result<(), Failure> {
        let AtomicFile { file, target, part } = self;
        drop(file);
        let Some(part) = part else { return Ok(()) };
        fs::rename(&part, &target).map_err(|error| cannot_write(&target, &error))
    }

    /// Leaves what is in its place as it is: there is nothing to write.
    pub fn discard(self) {
        let AtomicFile { part, .. } = self;
        // That it stays is no harm: the next run writes over it.
        let _ = part.map(fs::remove_file);
    }

    /// What to tell when writing has failed.
    pub fn failure(path: &Path, error: &io::Error) -> Failure {
        let part = beside(path);
        let failure = cannot_write(path, error);
        if part.exists() {
            failure.hint(format!("what was written until then is in {}", shown(&part)))
        } else {
            failure
        }
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

fn folder_exists(path: &Path) -> Result<(), Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match folder {
        Some(folder) if !folder.is_dir() => {
            let what = format!("there is no folder {}", shown(folder));
            Err(Failure::about(&shown(path), what).hint("make it first"))
        }
        Some(_) | None => Ok(()),
    }
}

fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    Failure::about(&shown(path), format!("cannot be written: {error}"))
}
