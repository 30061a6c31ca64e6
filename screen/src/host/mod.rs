//! What the screen asks of whoever shows it: files, and work that goes on beside it.
//!
//! The terminal is one host and a page in a browser is another, as the simulator and MPI are hosts of one node. Keys,
//! time and what is remembered are handed in by calls ([`Session`](crate::session::Session)); what is here is asked for
//! deep inside a timeline or a lesson. So a process has one host, as it has one allocator: [`System`] unless another
//! was installed before anything was shown.

mod background;
mod system;

use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::OnceLock;

use ringscope_traces::indexed::Store;

pub(crate) use background::BackgroundWork;
pub use background::Work;
pub use system::System;

use crate::failure::Failure;

/// Whoever shows the screen, as far as the screen asks for something.
pub trait Host: Send + Sync {
    /// Whether there are threads, so that who waits for one another keeps nobody up.
    fn has_threads(&self) -> bool;

    /// Begins work beside the screen. Given back, it is done a piece at a time whenever somebody asks what is new.
    fn begin(&self, work: Box<dyn Work>) -> Option<Box<dyn Work>>;

    /// What leads whoever has it to the view that a command line of ours shows, where that is something else than the
    /// line itself.
    fn reference(&self, _line: &str) -> Option<String> {
        None
    }

    /// What there is under a name; `None` where there is nothing.
    fn look_up(&self, path: &Path) -> Option<Found>;

    /// Opens a file to be read.
    ///
    /// # Errors
    ///
    /// When there is no such file, or it may not be read.
    fn open(&self, path: &Path) -> io::Result<OpenFile>;

    /// The names of the regular files in a folder, in their order; none where they are more than `most`.
    fn names_in(&self, folder: &Path, most: usize) -> Vec<String>;

    /// Whether two names are of one file that is there.
    fn is_same(&self, one: &Path, other: &Path) -> bool;

    /// Begins a file that appears under its name when it is whole.
    ///
    /// # Errors
    ///
    /// When nothing can be written under that name.
    fn create(&self, path: &Path) -> Result<Box<dyn NewFile>, Failure>;
}

/// What there is under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// A regular file.
    File {
        /// Its length.
        bytes: u64,
    },
    /// A folder.
    Folder,
    /// Something else that can be read, such as a pipe.
    Other,
}

/// A file that is open to be read.
pub enum OpenFile {
    /// From any place.
    Anywhere(Store),
    /// From its start to its end, once.
    InOrder(Box<dyn Read + Send>),
}

impl OpenFile {
    /// Its length in bytes, where that is known.
    pub fn len(&self) -> Option<u64> {
        match self {
            OpenFile::Anywhere(store) => store.len().ok(),
            OpenFile::InOrder(_) => None,
        }
    }

    /// Whether it is known that there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// Its bytes from the start to the end.
    pub fn reader(self) -> Box<dyn Read + Send> {
        match self {
            OpenFile::Anywhere(store) => Box::new(store.reader()),
            OpenFile::InOrder(read) => read,
        }
    }

    /// Its bytes, to be read from any place: where only their order is to be had, they are kept.
    ///
    /// # Errors
    ///
    /// When they cannot be read.
    pub fn store(self) -> io::Result<Store> {
        match self {
            OpenFile::Anywhere(store) => Ok(store),
            OpenFile::InOrder(mut read) => {
                let mut bytes = Vec::new();
                read.read_to_end(&mut bytes)?;
                Ok(Store::Memory(bytes.into()))
            }
        }
    }
}

/// A file on its way. Dropped before it is whole, it leaves nothing.
pub trait NewFile: Write + Send {
    /// Puts it, which is whole now, under its name.
    ///
    /// # Errors
    ///
    /// When that cannot be done: then what was there is still there.
    fn finish(self: Box<Self>) -> Result<(), Failure>;
}

static HOST: OnceLock<&'static dyn Host> = OnceLock::new();

/// Has another host than the system from now on. The first that is installed stays; whether it is this one.
pub fn install(host: &'static dyn Host) -> bool {
    HOST.set(host).is_ok()
}

/// The host of this process.
pub(crate) fn host() -> &'static dyn Host {
    *HOST.get_or_init(|| &System)
}
