//! A file that keeps what was put into it when its process is killed.
//!
//! Its end is mapped into memory: what is stored there survives the process, without a system call for each
//! line. The space on disk is allocated before it is mapped, since a store without it would kill the program
//! (`SIGBUS`); where the file system cannot allocate it, lines are written one by one. Zero bytes are written there
//! first, in one go: of pages that the system has in memory already, a first store costs a quarter. A process that is
//! killed leaves zero bytes at the end, which the reader of parts expects.
//!
//! A write beyond the limit of file sizes (`ulimit -f`) would kill the program as well (`SIGXFSZ`), so nothing is
//! written there.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::ptr::{self, NonNull};

/// How much of the file is mapped at a time; a multiple of every page size that there is.
const WINDOW_BYTES: u64 = 1 << 18;

/// What a file is filled with before it is mapped.
static ZEROS: [u8; 1 << 16] = [0; 1 << 16];

/// A file that grows at its end.
#[derive(Debug)]
pub struct Disk {
    file: File,
    /// How many bytes were put.
    length: u64,
    /// The most bytes that the file may have.
    limit_bytes: u64,
    /// Where they go; `None` where the file system cannot allocate space.
    window: Option<Window>,
}

impl Disk {
    /// Creates the file, which must not exist.
    pub fn create(path: &Path) -> io::Result<Disk> {
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(path)?;
        Ok(Disk::of(file, file_size_limit()))
    }

    fn of(file: File, limit_bytes: u64) -> Disk {
        let has_room = WINDOW_BYTES <= limit_bytes;
        let window = has_room.then(|| Window::of(&file, 0..WINDOW_BYTES, 0).ok()).flatten();
        Disk { file, length: 0, limit_bytes, window }
    }

    /// Appends a line: all of it, or only its beginning if the process is killed meanwhile.
    pub fn put(&mut self, line: &[u8]) -> io::Result<()> {
        let end = self.length + line.len() as u64;
        if end > self.limit_bytes {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let Some(window) = &mut self.window else {
            self.length = end;
            return self.file.write_all(line);
        };
        if end > window.end() {
            let start = self.length / WINDOW_BYTES * WINDOW_BYTES;
            let bytes = (end - start).next_multiple_of(WINDOW_BYTES);
            if start + bytes > self.limit_bytes {
                return self.go_on_without_a_window(line);
            }
            *window = Window::of(&self.file, start..start + bytes, window.end())?;
        }
        window.store(self.length, line);
        self.length = end;
        Ok(())
    }

    /// Gives up the mapping: so near to the limit, lines are written one by one.
    fn go_on_without_a_window(&mut self, line: &[u8]) -> io::Result<()> {
        self.window = None;
        self.file.set_len(self.length)?;
        self.file.seek(SeekFrom::End(0))?;
        self.length += line.len() as u64;
        self.file.write_all(line)
    }

    /// Cuts off the unused space.
    pub fn close(mut self) -> io::Result<()> {
        match self.window.take() {
            Some(_) => self.file.set_len(self.length),
            None => Ok(()),
        }
    }
}

/// The most bytes that the system lets this process put into a file.
fn file_size_limit() -> u64 {
    let mut limit = libc::rlimit { rlim_cur: libc::RLIM_INFINITY, rlim_max: libc::RLIM_INFINITY };
    // SAFETY: it writes to the structure that it is given. Where it cannot, there is no limit that we know.
    unsafe { libc::getrlimit(libc::RLIMIT_FSIZE, &raw mut limit) };
    limit.rlim_cur
}

/// A part of a file, mapped.
#[derive(Debug)]
struct Window {
    start: u64,
    bytes: usize,
    memory: NonNull<u8>,
}

// SAFETY: the memory is the window's own, wherever it is.
unsafe impl Send for Window {}

impl Window {
    /// Maps this stretch of the file, once space for it is allocated. From `fresh` on nothing has been mapped yet.
    fn of(file: &File, stretch: Range<u64>, fresh: u64) -> io::Result<Window> {
        let Range { start, end } = stretch;
        let bytes = end - start;
        let not_that_long = |_| io::Error::from(io::ErrorKind::FileTooLarge);
        let offset = libc::off_t::try_from(start).map_err(not_that_long)?;
        let length = libc::off_t::try_from(bytes).map_err(not_that_long)?;
        let bytes = usize::try_from(bytes).map_err(not_that_long)?;
        // SAFETY: it takes numbers only.
        if unsafe { libc::fallocate(file.as_raw_fd(), 0, offset, length) } != 0 {
            return Err(io::Error::last_os_error());
        }
        let mut at = fresh.max(start);
        while at < end {
            let left = usize::try_from(end - at).unwrap_or(usize::MAX).min(ZEROS.len());
            file.write_all_at(ZEROS.get(..left).unwrap_or_default(), at)?;
            at += left as u64;
        }
        let access = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: the system chooses the address, so that no existing mapping is touched.
        let memory = unsafe {
            libc::mmap(ptr::null_mut(), bytes, access, libc::MAP_SHARED, file.as_raw_fd(), offset)
        };
        match NonNull::new(memory.cast::<u8>()) {
            Some(memory) if memory.as_ptr().cast() != libc::MAP_FAILED => {
                Ok(Window { start, bytes, memory })
            }
            Some(_) | None => Err(io::Error::last_os_error()),
        }
    }

    fn end(&self) -> u64 {
        self.start + self.bytes as u64
    }

    /// Stores bytes at an offset of the file; all of them are within the window.
    ///
    /// They are stored in order: a process that is killed meanwhile leaves the beginning of a line, never one
    /// with a hole. That is why this is not `memcpy`, which may store in any order.
    fn store(&mut self, offset: u64, bytes: &[u8]) {
        assert!(
            self.start <= offset && offset + bytes.len() as u64 <= self.end(),
            "it is in the window"
        );
        let first = usize::try_from(offset - self.start).expect("a window is memory");
        // A mapping begins at a page, so what is a multiple of eight in it is one in memory.
        let before = (first.next_multiple_of(8) - first).min(bytes.len());
        let (before, rest) = bytes.split_at(before);
        let (words, after) = rest.as_chunks::<8>();
        self.store_each(first, before);
        let aligned = first + before.len();
        for (i, word) in words.iter().enumerate() {
            let word = u64::from_ne_bytes(*word);
            // SAFETY: it is in the window, and aligned.
            unsafe {
                self.memory.as_ptr().add(aligned + i * 8).cast::<u64>().write_volatile(word);
            }
        }
        self.store_each(aligned + words.len() * 8, after);
    }

    /// Stores these bytes one by one.
    fn store_each(&mut self, first: usize, bytes: &[u8]) {
        for (i, byte) in bytes.iter().enumerate() {
            // SAFETY: it is in the window, as `store` has made sure.
            unsafe { self.memory.as_ptr().add(first + i).write_volatile(*byte) };
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // SAFETY: it was mapped so, and nothing else refers to it. A failure does no harm.
        unsafe { libc::munmap(self.memory.as_ptr().cast(), self.bytes) };
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_put_is_in_the_file_at_once_and_nothing_more_when_it_is_closed() {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let path = folder.path().join("part");
        let mut disk = Disk::create(&path).expect("the folder takes files");
        let lines: Vec<Vec<u8>> = (1..60_u8).map(|i| vec![i; usize::from(i) * 1000]).collect();
        let mut all = Vec::new();
        for line in &lines {
            disk.put(line).expect("there is room");
            all.extend_from_slice(line);
            let found = fs::read(&path).expect("it is there");
            assert_eq!(found.get(..all.len()), Some(&all[..]), "a line of {} bytes", line.len());
            assert!(found.iter().skip(all.len()).all(|byte| *byte == 0));
        }
        disk.close().expect("it can be cut off");
        assert_eq!(fs::read(&path).expect("it is there"), all);
    }

    #[test]
    fn a_line_longer_than_a_window_is_put_as_well() {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let path = folder.path().join("part");
        let mut disk = Disk::create(&path).expect("the folder takes files");
        let long = vec![b'x'; 3 * (1 << 18) + 5];
        disk.put(b"short\n").expect("there is room");
        disk.put(&long).expect("there is room");
        disk.close().expect("it can be cut off");
        assert_eq!(fs::read(&path).expect("it is there"), [&b"short\n"[..], &long].concat());
    }

    #[test]
    fn up_to_the_limit_of_files_all_is_put_and_beyond_it_nothing() {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        for limit_bytes in [1000, WINDOW_BYTES, WINDOW_BYTES + 1000, 3 * WINDOW_BYTES - 1] {
            let path = folder.path().join(limit_bytes.to_string());
            let mut options = OpenOptions::new();
            let file = options.read(true).write(true).create_new(true).open(&path);
            let mut disk = Disk::of(file.expect("the folder takes files"), limit_bytes);
            let line = [b'x'; 100];
            let mut lines = 0;
            let refused = loop {
                match disk.put(&line) {
                    Ok(()) => lines += 1,
                    Err(error) => break error,
                }
                let length = fs::metadata(&path).expect("it is there").len();
                assert!(length <= limit_bytes, "{length} bytes");
            };
            let found = fs::read(&path).expect("it is there");
            assert_eq!(found.iter().filter(|byte| **byte == b'x').count(), lines * 100);
            assert_eq!(refused.kind(), io::ErrorKind::FileTooLarge);
            assert_eq!(lines as u64, limit_bytes / 100, "every line that fits");
            disk.close().expect("it can be cut off");
            assert_eq!(fs::read(&path).expect("it is there").len(), lines * 100);
        }
    }

    #[test]
    fn a_file_that_is_there_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let path = folder.path().join("part");
        fs::write(&path, "another's").expect("the folder takes files");
        let refused = Disk::create(&path).expect_err("it is there");
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).expect("it is there"), b"another's");
    }

    #[test]
    fn where_the_disk_promises_nothing_lines_are_written() {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let path = folder.path().join("part");
        let made = Disk::create(&path).expect("the folder takes files");
        made.file.set_len(0).expect("it is ours");
        let mut disk = Disk { window: None, ..made };
        disk.put(b"one\n").expect("there is room");
        assert_eq!(fs::read(&path).expect("it is there"), b"one\n");
        disk.close().expect("nothing is to be done");
    }
}
