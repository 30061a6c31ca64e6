//! A lesson in a file, and the files that lie beside it.

use std::fmt::Display;
use std::fs::{self, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ringscope_screen::failure::Failure;
use ringscope_screen::files::{missing, shown};
use ringscope_screen::tour::{FilesBeside, Shelf};
use rustix::fs::OFlags;

/// The largest lesson, in bytes: one of ten minutes takes a twentieth of it.
const MOST_BYTES: u64 = 256 << 10;

/// The largest file beside a lesson, in bytes: it is kept in memory.
const MOST_BYTES_BESIDE: u64 = 64 << 20;

/// Reads a lesson.
///
/// # Errors
///
/// When it cannot be read as text.
pub(crate) fn read_lesson(path: &Path) -> Result<Shelf, Failure> {
    let name = shown(path);
    if fs::metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
        return Err(missing(path));
    }
    let bytes = read(path, MOST_BYTES).map_err(|what| Failure::about(&name, what))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let byte = error.utf8_error().valid_up_to() + 1;
        Failure::about(&name, format!("byte {byte} of the file is not UTF-8"))
            .hint("save the lesson as plain text in UTF-8")
    })?;
    let key = shown(&path.canonicalize().unwrap_or_else(|_| path.to_owned()));
    let folder = Folder(path.parent().unwrap_or(Path::new("")).to_owned());
    Ok(Shelf::alone(&name, &text).among(Arc::new(folder), key))
}

/// The folder of a lesson.
#[derive(Debug)]
struct Folder(PathBuf);

impl FilesBeside for Folder {
    fn read(&self, name: &str) -> Result<Arc<[u8]>, String> {
        let path = in_folder(&self.0, name)?;
        read(&path, MOST_BYTES_BESIDE).map(Arc::from)
    }
}

/// Where the file of that name really lies, when that is in the folder itself: through a link, a lesson from
/// somewhere else could have any file of its reader's be quoted.
fn in_folder(folder: &Path, name: &str) -> Result<PathBuf, String> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let folder = folder.canonicalize().map_err(|error| cannot_open(&error))?;
    let path = folder.join(name).canonicalize().map_err(|error| cannot_open(&error))?;
    if path.parent() == Some(&folder) {
        Ok(path)
    } else {
        Err("is a link to a file that does not lie beside the lesson".to_owned())
    }
}

fn cannot_open(error: &io::Error) -> String {
    let is_missing = error.kind() == io::ErrorKind::NotFound;
    if is_missing { "no such file".to_owned() } else { format!("cannot be opened: {error}") }
}

/// Reads a file and nothing else: a pipe would be waited for, and a device may have no end.
fn read(path: &Path, most_bytes: u64) -> Result<Vec<u8>, String> {
    // Looked at before it is opened, since to open a device can do something, and after, since it may
    // have been put in the file's place.
    judge(&fs::metadata(path).map_err(|error| cannot_open(&error))?, most_bytes)?;
    let no_waiting = OFlags::NONBLOCK.bits().cast_signed();
    let file = OpenOptions::new().read(true).custom_flags(no_waiting).open(path);
    let file = file.map_err(|error| cannot_open(&error))?;
    judge(&file.metadata().map_err(|error| cannot_open(&error))?, most_bytes)?;
    let mut bytes = Vec::new();
    // It may grow, and some files of the system have more in them than their length says.
    let read = file.take(most_bytes + 1).read_to_end(&mut bytes);
    read.map_err(|error| format!("cannot be read: {error}"))?;
    if bytes.len() as u64 > most_bytes { Err(too_long("more", most_bytes)) } else { Ok(bytes) }
}

fn judge(found: &fs::Metadata, most_bytes: u64) -> Result<(), String> {
    if !found.is_file() {
        return Err("is no file".to_owned());
    }
    if found.len() > most_bytes { Err(too_long(found.len(), most_bytes)) } else { Ok(()) }
}

fn too_long(bytes: impl Display, most_bytes: u64) -> String {
    format!("has {bytes} bytes; {most_bytes} at most can be read")
}
