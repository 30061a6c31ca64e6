//! The source of a recorded program, read for the screen, which reads no such file.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use ringscope_screen::app::Sources;

/// The longest file that is read: a trace may name any file.
const MOST_BYTES: u64 = 4 << 20;

/// The files that a trace names, where they are there.
pub(crate) fn sources() -> Sources {
    Sources::read_by(Box::new(read))
}

fn read(file: &str) -> Result<String, String> {
    let path = Path::new(file);
    let found = fs::metadata(path).map_err(|error| format!("cannot be read: {error}"))?;
    // A device or a pipe might never end.
    if !found.is_file() {
        return Err("is no file".to_owned());
    }
    if found.len() > MOST_BYTES {
        return Err(format!("has more than {} MiB", MOST_BYTES >> 20));
    }
    let mut text = Vec::new();
    let opened = fs::File::open(path).map(|file| file.take(MOST_BYTES));
    let read = opened.and_then(|mut file| file.read_to_end(&mut text));
    read.map_err(|error| format!("cannot be read: {error}"))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
