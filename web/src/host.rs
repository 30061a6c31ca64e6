//! The files of a tab, which has no others than those that it is given; and what it has in the place of threads: nothing.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ringscope_screen::failure::Failure;
use ringscope_screen::files::shown;
use ringscope_screen::host::{Found, Host, NewFile, OpenFile, Work};
use ringscope_traces::indexed::Store;

use crate::link;

/// A tab of a browser as a host: work is done in pieces between two frames, files are in memory, and what is saved is
/// handed to the page, which offers it to whoever sits in front of it.
#[derive(Debug, Default)]
pub struct TabHost {
    files: Mutex<BTreeMap<String, Arc<[u8]>>>,
    saved: Mutex<Vec<String>>,
    works: AtomicUsize,
}

/// The host of this process, once it is installed.
pub static TAB: TabHost = TabHost::new();

/// The folder that all files are in.
const FOLDER: &str = ".";

impl TabHost {
    /// One without files.
    #[must_use]
    pub const fn new() -> TabHost {
        TabHost {
            files: Mutex::new(BTreeMap::new()),
            saved: Mutex::new(Vec::new()),
            works: AtomicUsize::new(0),
        }
    }

    /// Has a file from now on, in the place of one with that name.
    pub fn keep(&self, name: &str, bytes: Arc<[u8]>) {
        locked(&self.files).insert(name.to_owned(), bytes);
    }

    /// A file's bytes.
    pub fn read(&self, name: &str) -> Option<Arc<[u8]>> {
        locked(&self.files).get(name).cloned()
    }

    /// The name of the next file that was saved here and not handed out yet.
    pub fn take_saved(&self) -> Option<String> {
        let mut saved = locked(&self.saved);
        (!saved.is_empty()).then(|| saved.remove(0))
    }

    /// Whether there is work that goes on whenever time passes.
    pub fn is_working(&self) -> bool {
        self.works.load(Ordering::Relaxed) > 0
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Host for TabHost {
    fn has_threads(&self) -> bool {
        false
    }

    fn begin(&self, work: Box<dyn Work>) -> Option<Box<dyn Work>> {
        TAB.works.fetch_add(1, Ordering::Relaxed);
        Some(Box::new(CountedWork(work)))
    }

    fn reference(&self, line: &str) -> Option<String> {
        link::of(line)
    }

    fn look_up(&self, path: &Path) -> Option<Found> {
        let name = shown(path);
        match self.read(&name) {
            Some(bytes) => Some(Found::File { bytes: bytes.len() as u64 }),
            None => (name == FOLDER).then_some(Found::Folder),
        }
    }

    fn open(&self, path: &Path) -> io::Result<OpenFile> {
        let bytes = self.read(&shown(path)).ok_or(io::ErrorKind::NotFound)?;
        Ok(OpenFile::Anywhere(Store::Memory(bytes)))
    }

    fn names_in(&self, folder: &Path, most: usize) -> Vec<String> {
        let files = locked(&self.files);
        match shown(folder) == FOLDER && files.len() <= most {
            true => files.keys().cloned().collect(),
            false => Vec::new(),
        }
    }

    fn is_same(&self, one: &Path, other: &Path) -> bool {
        one == other && self.look_up(one).is_some()
    }

    fn create(&self, path: &Path) -> Result<Box<dyn NewFile>, Failure> {
        let name = shown(path);
        if name.is_empty() || name.contains('/') {
            return Err(Failure::about(&name, "a page has no folders").hint("write a name alone"));
        }
        Ok(Box::new(Written { name, bytes: Vec::new() }))
    }
}

/// Work that is known of as long as there is something to do and somebody wants it.
struct CountedWork(Box<dyn Work>);

impl Work for CountedWork {
    fn go_on(&mut self) -> bool {
        self.0.go_on()
    }
}

impl Drop for CountedWork {
    fn drop(&mut self) {
        TAB.works.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A file that is being written.
struct Written {
    name: String,
    bytes: Vec<u8>,
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl NewFile for Written {
    fn finish(self: Box<Self>) -> Result<(), Failure> {
        let Written { name, bytes } = *self;
        TAB.keep(&name, bytes.into());
        locked(&TAB.saved).push(name);
        Ok(())
    }
}
