//! What was opened last, files and what comes with the program: kept in the platform's folder for such things, as well as can be. That
//! it cannot be read or written is never an error.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use ringscope_screen::app::start::is_built_in;
use ringscope_traces::atomic_file::{AtomicFile, AtomicFileError};

use crate::folders;

/// How many are kept.
const MOST: usize = 12;

/// What is still there, the last one first: files by their whole paths, and of what comes with the program the name of
/// what was opened last.
pub(crate) fn opened() -> Vec<PathBuf> {
    let text = list().and_then(|list| fs::read_to_string(list).ok()).unwrap_or_default();
    let words = text.lines().map(PathBuf::from);
    let words = words.filter(|word| is_built_in(word) || (word.is_absolute() && word.is_file()));
    words.take(MOST).collect()
}

/// Remembers that a file was opened, or something that comes with the program.
pub(crate) fn remember(word: &Path) {
    let is_file = word.is_file();
    if !is_file && !is_built_in(word) {
        return;
    }
    let word = if is_file { word.canonicalize().ok() } else { Some(word.to_owned()) };
    let (Some(list), Some(word)) = (list(), word) else { return };
    let is_kept = |other: &PathBuf| *other != word && (is_file || !is_built_in(other));
    let before = opened().into_iter().filter(is_kept);
    let words = std::iter::once(word.clone()).chain(before).take(MOST);
    // A name with a line's end in it, or none in Unicode, could not be read again.
    let lines = words.filter_map(|word| Some(word.to_str()?.to_owned()));
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
