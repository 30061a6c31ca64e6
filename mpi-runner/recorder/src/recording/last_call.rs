//! The note of what this rank is in: a file, mapped into memory, that each call overwrites.

use std::ffi::c_void;
use std::fs::OpenOptions;
use std::io;
use std::os::fd::AsRawFd as _;
use std::path::Path;
use std::ptr::{self, NonNull};

use super::signals;
use super::thread::ThreadId;
use ringscope_traces::Rank;
use ringscope_traces::calls::note::{
    ANY, BYTES, CallWord, MAGIC, MOST_THREADS, MOST_WAITS, NAME_AT, NO_THREAD, NOTHING, TEXT_BYTES,
    WAITS_AT, Word, thread_at,
};
use ringscope_traces::calls::{CommId, PlaceId, Post};

/// What is noted of a call when it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calling {
    /// Its name.
    pub name: &'static str,
    /// Whether it may wait for another rank.
    pub blocks: bool,
    /// The communicator.
    pub comm: CommId,
    /// The other rank.
    pub peer: Open<Rank>,
    /// The tag.
    pub tag: Open<i32>,
    /// The root of a collective operation.
    pub root: Option<Rank>,
    /// How many elements.
    pub count: Option<u64>,
    /// How many bytes, or room for how many.
    pub bytes: Option<u64>,
    /// The number of a collective operation, and that among those of its name.
    pub numbers: Option<(u64, u64)>,
    /// How often the same was called before with the same outcome, and whether that was a message.
    pub before: Outcome,
}

/// What calls of the same kind have come to, one after the other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How often it came to this.
    pub times: u64,
    /// Whether a message was found.
    pub found: bool,
}

/// Something that a call names, leaves open, or has no use for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open<T> {
    /// It has no use for it.
    None,
    /// Any will do.
    Any,
    /// This one.
    One(T),
}

impl<T> Open<T> {
    /// What it names.
    pub fn one(self) -> Option<T> {
        match self {
            Open::One(one) => Some(one),
            Open::None | Open::Any => None,
        }
    }

    /// Whether any will do.
    pub fn is_any(&self) -> bool {
        matches!(self, Open::Any)
    }
}

impl Calling {
    /// A call that may wait for another rank, and of which only the name is known yet.
    pub fn blocking(name: &'static str) -> Calling {
        Calling { blocks: true, ..Calling::named(name) }
    }

    /// A call that returns at once, and of which only the name is known yet.
    pub fn named(name: &'static str) -> Calling {
        Calling {
            name,
            blocks: false,
            comm: CommId::WORLD,
            peer: Open::None,
            tag: Open::None,
            root: None,
            count: None,
            bytes: None,
            numbers: None,
            before: Outcome::default(),
        }
    }
}

/// Requests that a call waits for.
#[derive(Debug, Clone, Copy)]
pub struct WaitsFor<'a> {
    /// Whether all of them must be complete.
    pub all: bool,
    /// How many there are.
    pub total: usize,
    /// The first of them.
    pub posts: &'a [Post],
}

/// How many events there were before a call, and when it was entered, in nanoseconds since the run began.
pub type When = (u64, Option<u64>);

/// The note.
pub struct LastCall {
    memory: NonNull<u8>,
    calls: i64,
    progress: i64,
    waited_ns: i64,
    news: u64,
    unnoted: i64,
    /// The thread that calls.
    here: Noted,
    /// The other threads that have called.
    others: Vec<Noted>,
    /// Which threads of the note are no thread's: numbers.
    free: Vec<usize>,
}

/// What is noted of a thread.
#[derive(Debug)]
struct Noted {
    thread: ThreadId,
    /// Where its call stands in the note; `None` where there was no room.
    from: Option<usize>,
    /// Which thread of the note it is.
    number: usize,
    /// The name that was written last.
    name: &'static str,
    /// The call that stands there, and where it was made.
    call: Option<(Calling, Option<PlaceId>)>,
    /// Whether the call that was noted last is the same once more.
    is_again: bool,
}

impl Noted {
    fn new(thread: ThreadId, number: Option<usize>) -> Noted {
        let (from, number) = (number.map(thread_at), number.unwrap_or(MOST_THREADS));
        Noted { thread, from, number, name: "", call: None, is_again: false }
    }
}

// SAFETY: the memory is the note's own, wherever it is.
unsafe impl Send for LastCall {}

impl LastCall {
    /// Creates the file, which must not exist; it is this thread that has initialized MPI.
    pub fn create(path: &Path, rank: Rank) -> io::Result<LastCall> {
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(path)?;
        // Space is allocated first: a store without it would kill the program.
        file.set_len(BYTES as u64)?;
        let length = libc::off_t::try_from(BYTES).unwrap_or(libc::off_t::MAX);
        // SAFETY: it takes numbers only. A file system that cannot do it has had its length set.
        unsafe { libc::fallocate(file.as_raw_fd(), 0, 0, length) };
        let access = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: the system chooses the address, so that no existing mapping is touched.
        let memory = unsafe {
            libc::mmap(ptr::null_mut(), BYTES, access, libc::MAP_SHARED, file.as_raw_fd(), 0)
        };
        let memory = NonNull::new(memory.cast::<u8>())
            .filter(|memory| memory.as_ptr().cast() != libc::MAP_FAILED)
            .ok_or_else(io::Error::last_os_error)?;
        let mut note = LastCall {
            memory,
            calls: 0,
            progress: 0,
            waited_ns: 0,
            news: 0,
            unnoted: 0,
            here: Noted::new(ThreadId::here(), Some(0)),
            others: Vec::new(),
            free: (1..MOST_THREADS).rev().collect(),
        };
        for (word, value) in [
            (Word::Process, i64::from(std::process::id())),
            (Word::Rank, i64::from(rank.0)),
            (Word::Calls, 0),
            (Word::Progress, 0),
            (Word::Signal, 0),
            (Word::Waited, 0),
            (Word::News, 0),
            (Word::Unnoted, 0),
            (Word::Magic, MAGIC.cast_signed()),
        ] {
            note.put(word, value);
        }
        signals::watch(note.memory.as_ptr());
        Ok(note)
    }

    /// What is noted from now on is done by that thread.
    pub fn turn_to(&mut self, thread: ThreadId) {
        let known = self.others.iter().position(|other| other.thread == thread);
        let next = match known {
            Some(known) => self.others.swap_remove(known),
            None => Noted::new(thread, self.free.pop()),
        };
        if next.from.is_none() && known.is_none() {
            self.unnoted += 1;
            self.put(Word::Unnoted, self.unnoted);
        }
        let before = std::mem::replace(&mut self.here, next);
        self.others.extend(Some(before).filter(|before| before.thread.is_some()));
    }

    /// The thread that calls ends.
    pub fn thread_ends(&mut self) {
        self.put_call(CallWord::Inside, NO_THREAD);
        let ended = std::mem::replace(&mut self.here, Noted::new(ThreadId::NONE, None));
        match ended.from {
            Some(_) => self.free.push(ended.number),
            None => {
                self.unnoted -= 1;
                self.put(Word::Unnoted, self.unnoted);
            }
        }
    }

    /// Whether a call is the one that stands there, and came to the same before.
    pub fn is_again(&self, calling: &Calling, at: Option<PlaceId>) -> bool {
        let now = (Calling { before: Outcome::default(), ..*calling }, at);
        calling.before.times > 0 && self.here.call == Some(now)
    }

    /// A call begins.
    ///
    /// Of one that is the same again, the time may be left out.
    pub fn begin(&mut self, calling: &Calling, at: Option<PlaceId>, (after, t): When) {
        self.calls += 1;
        self.put(Word::Calls, self.calls);
        self.here.is_again = self.is_again(calling, at);
        if self.here.is_again {
            // The note stays whole all the time: a rank that polls is most likely ended in here.
            self.put_call(CallWord::Made, self.calls);
            self.put_call(CallWord::Repeats, calling.before.times.cast_signed());
            t.into_iter().for_each(|t| self.put_call(CallWord::Time, t.cast_signed()));
            self.put_call(CallWord::Inside, 1);
            return;
        }
        self.here.call = Some((Calling { before: Outcome::default(), ..*calling }, at));
        let number = |number: Option<u64>| number.map_or(NOTHING, u64::cast_signed);
        let turn = self.calls * 4;
        self.put_call(CallWord::Turn, turn + 1);
        self.put_call(CallWord::Made, self.calls);
        self.put_call(CallWord::Inside, 1);
        self.put_call(CallWord::After, after.cast_signed());
        self.put_call(CallWord::Comm, i64::from(calling.comm.0));
        self.put_call(CallWord::Peer, word(calling.peer, |rank| i64::from(rank.0)));
        self.put_call(CallWord::Tag, word(calling.tag, i64::from));
        self.put_call(CallWord::Root, calling.root.map_or(NOTHING, |root| i64::from(root.0)));
        self.put_call(CallWord::Count, number(calling.count));
        self.put_call(CallWord::Bytes, number(calling.bytes));
        self.put_call(CallWord::Number, number(calling.numbers.map(|(number, _)| number)));
        self.put_call(CallWord::Nth, number(calling.numbers.map(|(_, nth)| nth)));
        self.put_outcome(calling.before);
        // Whoever calls has survived the signal: the program has a handler of its own.
        self.put(Word::Signal, 0);
        self.put_call(CallWord::Place, at.map_or(NOTHING, |at| i64::from(at.0)));
        self.put_call(CallWord::Time, t.map_or(NOTHING, u64::cast_signed));
        self.put_call(CallWord::WaitsTotal, 0);
        self.put_call(CallWord::WaitsAll, 0);
        self.put_name(calling.name);
        self.put_call(CallWord::Turn, turn + 2);
    }

    /// What the call that has begun waits for.
    pub fn waits(&mut self, waits: WaitsFor<'_>) {
        let Some(from) = self.here.from.filter(|_| !self.here.is_again) else { return };
        let turn = self.calls * 4;
        self.put_call(CallWord::Turn, turn + 1);
        for (i, post) in waits.posts.iter().take(MOST_WAITS).enumerate() {
            self.store(from + WAITS_AT + i * 8, post.0.cast_signed());
        }
        self.put_call(CallWord::WaitsTotal, i64::try_from(waits.total).unwrap_or(i64::MAX));
        self.put_call(CallWord::WaitsAll, i64::from(waits.all));
        self.put_call(CallWord::Turn, turn + 2);
    }

    /// The call has returned that may have waited for another rank, after so many nanoseconds.
    pub fn waited(&mut self, nanoseconds: u64) {
        self.waited_ns = self.waited_ns.saturating_add_unsigned(nanoseconds);
        self.put(Word::Waited, self.waited_ns);
    }

    /// The call has returned. `before` says how many times the same call had the same outcome before; without
    /// it, the call has changed something.
    pub fn end(&mut self, before: Option<Outcome>) {
        match before {
            Some(before) => self.put_outcome(before),
            None => {
                self.progress += 1;
                self.put(Word::Progress, self.progress);
            }
        }
        self.put_call(CallWord::Inside, 0);
    }

    /// How much the rank has done so far that it had not done before.
    pub fn news(&mut self, count: u64) {
        if count != self.news {
            self.news = count;
            self.put(Word::News, count.cast_signed());
        }
    }

    fn put(&mut self, word: Word, value: i64) {
        self.store(word as usize * 8, value);
    }

    fn put_call(&mut self, word: CallWord, value: i64) {
        if let Some(from) = self.here.from {
            self.store(from + word as usize * 8, value);
        }
    }

    fn put_outcome(&mut self, outcome: Outcome) {
        self.put_call(CallWord::Repeats, outcome.times.cast_signed());
        self.put_call(CallWord::Found, i64::from(outcome.found));
    }

    fn put_name(&mut self, name: &'static str) {
        let Some(from) = self.here.from.filter(|_| !ptr::eq(self.here.name, name)) else { return };
        self.here.name = name;
        let mut bytes = [0; TEXT_BYTES];
        let kept = name.as_bytes().get(..TEXT_BYTES.min(name.len())).unwrap_or_default();
        bytes.iter_mut().zip(kept).for_each(|(to, from)| *to = *from);
        for (i, eight) in bytes.as_chunks::<8>().0.iter().enumerate() {
            self.store(from + NAME_AT + i * 8, i64::from_le_bytes(*eight));
        }
    }

    fn store(&mut self, offset: usize, value: i64) {
        assert!(offset + 8 <= BYTES, "it is in the note");
        // SAFETY: it is in the mapping, at a multiple of eight bytes from the beginning of a page.
        unsafe { self.memory.as_ptr().add(offset).cast::<i64>().write_volatile(value.to_le()) };
    }
}

impl Drop for LastCall {
    fn drop(&mut self) {
        signals::watch(ptr::null_mut());
        // SAFETY: it was mapped so, and nothing else refers to it. A failure does no harm.
        unsafe { libc::munmap(self.memory.as_ptr().cast::<c_void>(), BYTES) };
    }
}

fn word<T>(open: Open<T>, number: impl FnOnce(T) -> i64) -> i64 {
    match open {
        Open::None => NOTHING,
        Open::Any => ANY,
        Open::One(one) => number(one),
    }
}
