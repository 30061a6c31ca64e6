//! Where the bytes of a trace are: read at any offset, by any thread.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

/// The bytes of a trace.
#[derive(Debug, Clone)]
pub enum Store {
    /// A file that can be read at any offset.
    File(Arc<File>),
    /// In memory.
    Memory(Arc<[u8]>),
}

impl Store {
    /// How many bytes there are.
    ///
    /// # Errors
    ///
    /// When the system cannot say how many.
    pub fn len(&self) -> io::Result<u64> {
        match self {
            Store::File(file) => Ok(file.metadata()?.len()),
            Store::Memory(bytes) => Ok(bytes.len() as u64),
        }
    }

    /// Whether there are none.
    ///
    /// # Errors
    ///
    /// When the system cannot say how many.
    pub fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }

    /// The bytes from the first to the last.
    #[must_use]
    pub fn reader(self) -> StoreReader {
        StoreReader { store: self, at: 0 }
    }

    /// Reads bytes at an offset; fewer than asked for only at the end.
    pub(super) fn read_from(&self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        let mut read = 0;
        while read < into.len() {
            match self.read_some(offset + read as u64, &mut into[read..]) {
                Ok(0) => break,
                Ok(some) => read += some,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(read)
    }

    fn read_some(&self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Store::File(file) => read_at(file, into, offset),
            Store::Memory(bytes) => {
                let start = usize::try_from(offset).map_or(bytes.len(), |at| at.min(bytes.len()));
                (&bytes[start..]).read(into)
            }
        }
    }
}

#[cfg(unix)]
fn read_at(file: &File, into: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, into, offset)
}

#[cfg(windows)]
fn read_at(file: &File, into: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, into, offset)
}

#[cfg(not(any(unix, windows)))]
fn read_at(_: &File, _: &mut [u8], _: u64) -> io::Result<usize> {
    Err(io::ErrorKind::Unsupported.into())
}

/// The bytes of a trace from its start to its end.
#[derive(Debug)]
pub struct StoreReader {
    store: Store,
    at: u64,
}

impl Read for StoreReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.store.read_some(self.at, into)?;
        self.at += read as u64;
        Ok(read)
    }
}
