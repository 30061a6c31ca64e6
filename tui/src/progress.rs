//! How far somebody has come in the lessons: kept in the platform's folder for such things, as well as can
//! be. That it cannot be read or written is never an error.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};

use ringscope_screen::tour::Progress;

use crate::folders;

/// The file's name.
const FILE: &str = "walkthroughs.json";

/// The largest file that is read, in bytes.
const MOST_BYTES: u64 = 1 << 20;

/// What was kept.
pub(crate) fn load() -> Progress {
    let file = folders::state(FILE).and_then(|path| File::open(path).ok());
    let mut bytes = Vec::new();
    let read = file.and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes).ok());
    read.and_then(|_| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// Keeps what is known of a lesson beside what is kept of others: two screens may be open.
pub(crate) fn keep(progress: &Progress, lesson: &str) {
    let (Some(path), Some(record)) = (folders::state(FILE), progress.of(lesson)) else { return };
    let mut kept = load();
    kept.note(lesson, record.clone());
    let Some(folder) = path.parent() else { return };
    // Whole or not at all: a reader never sees half of it.
    let _ = fs::create_dir_all(folder)
        .and_then(|()| tempfile::NamedTempFile::new_in(folder))
        .and_then(|mut file| {
            file.write_all(&serde_json::to_vec(&kept)?)?;
            file.persist(&path).map_err(|error| error.error)
        });
}
