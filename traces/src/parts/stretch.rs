//! Files read a stretch at a time, of which no more are open than one.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Who is told of bytes that were read: how many.
#[derive(Clone)]
pub struct OnRead(Rc<dyn Fn(u64)>);

impl OnRead {
    /// Calls the function each time.
    pub fn calls(function: impl Fn(u64) + 'static) -> OnRead {
        OnRead(Rc::new(function))
    }

    /// Tells nobody.
    #[must_use]
    pub fn nobody() -> OnRead {
        OnRead::calls(|_| {})
    }
}

impl fmt::Debug for OnRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnRead")
    }
}

/// A file from its beginning on, opened anew for each stretch: a run may have more ranks than a process may have
/// open files.
#[derive(Debug)]
pub(crate) struct Stretch {
    path: PathBuf,
    at: u64,
    on_read: OnRead,
}

impl Stretch {
    /// The file, which must be there, and how many bytes were written to it.
    pub(crate) fn open(path: &Path, on_read: &OnRead) -> io::Result<(Stretch, u64)> {
        let bytes = bytes_written(&mut File::open(path)?)?;
        Ok((Stretch { path: path.to_owned(), at: 0, on_read: on_read.clone() }, bytes))
    }
}

impl Read for Stretch {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.at))?;
        let read = file.read(into)?;
        self.at += read as u64;
        (self.on_read.0)(read as u64);
        Ok(read)
    }
}

/// How many bytes there are before the zero bytes at the end: a file system that had made room for
/// more when the machine stopped leaves these.
pub(super) fn bytes_written(file: &mut File) -> io::Result<u64> {
    const BLOCK_BYTES: u64 = 1 << 16;
    let mut end = file.seek(SeekFrom::End(0))?;
    while end > 0 {
        let start = end.saturating_sub(BLOCK_BYTES);
        let mut block = Vec::new();
        file.seek(SeekFrom::Start(start))?;
        Read::by_ref(file).take(end - start).read_to_end(&mut block)?;
        if let Some(last) = block.iter().rposition(|byte| *byte != 0) {
            return Ok(start + last as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}
