//! The files that were opened last: kept in the platform's folder for such things, as well as can be. That
//! it cannot be read or written is never an error.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use ringscope_traces::atomic_file::{AtomicFile, AtomicFileError};

use crate::folders;

/// How many are kept.
const MOST: usize = 12;

/// Those that are still there, the last one first.
pub(crate) fn files() -> Vec<PathBuf> {
    let text = list().and_then(|list| fs::read_to_string(list).ok()).unwrap_or_default();
    let files = text.lines().map(PathBuf::from).filter(|file| file.is_file());
    files.take(MOST).collect()
}

/// Remembers that a file was opened.
pub(crate) fn remember(file: &Path) {
    let (Some(list), Ok(file)) = (list(), file.canonicalize()) else { return };
    let before = files().into_iter().filter(|other| *other != file);
    let files = std::iter::once(file.clone()).chain(before).take(MOST);
    // A name with a line's end in it, or none in Unicode, could not be read again.
    let lines = files.filter_map(|file| Some(file.to_str()?.to_owned()));
    let lines: String = lines.filter(|line| !line.contains('\n')).map(|line| line + "\n").collect();
    if let Some(folder) = list.parent() {
        let _ = fs::create_dir_all(folder).map(|()| write(&list, &lines));
    }
}

fn write(list: &Path, lines: &str) -> Result<(), AtomicFileError> {
    let mut file = AtomicFile::create(list)?;
    file.write_all(lines.as_bytes()).map_err(|error| AtomicFileError::write(list, error))?;
    file.finish()
}

fn list() -> Option<PathBuf> {
    folders::state("recent")
}
