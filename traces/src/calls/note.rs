//! The note in which a rank keeps what it is in: a small file, mapped into memory and overwritten at each call.
//!
//! It survives the process, however that ends. Its words are of 64 bits, little-endian. Those of the process come first, in
//! the order of [`Word`]. Then comes the last call of each of [`MOST_THREADS`] threads, [`THREAD_BYTES`] bytes long: words in
//! the order of [`CallWord`], the call's name in [`TEXT_BYTES`] bytes, filled up with zero bytes, and the numbers of
//! [`MOST_WAITS`] requests. The word `Turn` is odd while a call is written.

use super::{CommId, LastCall, PlaceId, Post, Waits};
use crate::event::Rank;

/// How the name of a note ends, in the place of a part's `.jsonl`.
pub const SUFFIX: &str = ".note";

/// The most requests that a note names.
pub const MOST_WAITS: usize = 8;

/// The longest text.
pub const TEXT_BYTES: usize = 32;

/// The most threads whose calls are noted at the same time.
pub const MOST_THREADS: usize = 8;

/// What the first word holds: the letters `RSNOTE05`.
pub const MAGIC: u64 = u64::from_le_bytes(*b"RSNOTE05");

/// `SIGTERM`, by which a launcher ends the ranks that have not failed themselves.
pub const TERMINATE: i32 = 15;

/// A word that says nothing.
pub const NOTHING: i64 = i64::MIN;

/// A word that stands for any rank or any tag.
pub const ANY: i64 = i64::MIN + 1;

/// What `Inside` says of a thread that has ended, or that has never been.
pub const NO_THREAD: i64 = 2;

/// What each word of the process is, by its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum Word {
    /// [`MAGIC`].
    Magic,
    /// The process.
    Process,
    /// The rank.
    Rank,
    /// How many calls were made.
    Calls,
    /// How many of them changed something: not a probe or a test that found what the one before had found.
    Progress,
    /// The signal that has ended the process, or [`TERMINATE`]; 0 while none has.
    Signal,
    /// How long the calls took that may block and have returned, in nanoseconds.
    Waited,
    /// How much the rank has done that it had not done before: the same message once more is nothing new.
    News,
    /// How many threads have called for whose calls there is no room.
    Unnoted,
}

/// How many words of the process there are.
pub const WORDS: usize = Word::Unnoted as usize + 1;

/// What each word of a thread's call is, by its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum CallWord {
    /// Odd while the call is being written.
    Turn,
    /// Its number among all calls of the process, from 1.
    Made,
    /// How many events the rank had before the call.
    After,
    /// 1 while it has not returned, 0 when it has, [`NO_THREAD`] when there is no such thread.
    Inside,
    /// The communicator.
    Comm,
    /// The other rank, in the world.
    Peer,
    /// The tag.
    Tag,
    /// The root, in the world.
    Root,
    /// The number of elements.
    Count,
    /// The number of bytes.
    Bytes,
    /// The number of a collective operation on its communicator.
    Number,
    /// That among those of its name.
    Nth,
    /// How many times it was the same before.
    Repeats,
    /// Whether it found a message before: 1 or 0.
    Found,
    /// The place in the source.
    Place,
    /// When it was entered.
    Time,
    /// How many requests are waited for.
    WaitsTotal,
    /// Whether all of them are: 1 or 0.
    WaitsAll,
}

/// Where a call's name begins, from the beginning of the call.
pub const NAME_AT: usize = (CallWord::WaitsAll as usize + 1) * 8;

/// Where the numbers of its requests begin, from there.
pub const WAITS_AT: usize = NAME_AT + TEXT_BYTES;

/// How long what is noted of a thread is.
pub const THREAD_BYTES: usize = WAITS_AT + MOST_WAITS * 8;

/// How long a note is.
pub const BYTES: usize = WORDS * 8 + MOST_THREADS * THREAD_BYTES;

/// Where what is noted of a thread begins.
#[must_use]
pub const fn thread_at(thread: usize) -> usize {
    WORDS * 8 + thread * THREAD_BYTES
}

/// A note that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The process that wrote it.
    pub process: u32,
    /// How many calls changed something.
    pub progress: u64,
    /// How much the rank has done that it had not done before.
    pub news: u64,
    /// How many events it had before the latest call.
    pub events: u64,
    /// Whether the process was asked to end (`SIGTERM`), as a launcher does when another rank has failed.
    pub is_asked_to_end: bool,
    /// The call in which the rank is, or was last; `None` when none was made, or it was being written when the process ended.
    pub last: Option<LastCall>,
    /// The calls that other threads of it are in, by thread.
    pub beside: Vec<LastCall>,
}

/// Reads a note; `None` when these bytes are none.
#[must_use]
pub fn read(bytes: &[u8]) -> Option<Note> {
    let at = |which: Word| word_at(bytes, which as usize * 8);
    if bytes.len() < BYTES || at(Word::Magic)?.cast_unsigned() != MAGIC {
        return None;
    }
    let unsigned = |which: Word| at(which).and_then(|value| u64::try_from(value).ok());
    let signal = at(Word::Signal)?;
    let process = Process {
        rank: Rank(u32::try_from(unsigned(Word::Rank)?).ok()?),
        signal: i32::try_from(signal).ok().filter(|signal| *signal > 0 && *signal != TERMINATE),
        waited_ns: unsigned(Word::Waited),
    };
    let noted = (0_u32..).zip(bytes.get(thread_at(0)..BYTES)?.chunks_exact(THREAD_BYTES));
    let threads: Vec<Thread> =
        noted.filter_map(|(thread, bytes)| Thread::read(bytes, thread, &process)).collect();
    let events = threads.iter().map(|thread| thread.call.after).max().unwrap_or(0);
    let (last, beside) = of_the_rank(threads, unsigned(Word::Unnoted)?, unsigned(Word::Calls)?);
    Some(Note {
        process: u32::try_from(at(Word::Process)?).ok()?,
        progress: unsigned(Word::Progress)?,
        news: unsigned(Word::News)?,
        events,
        is_asked_to_end: signal == i64::from(TERMINATE),
        last,
        beside,
    })
}

/// What is noted of a process that belongs to the calls of all its threads.
struct Process {
    rank: Rank,
    signal: Option<i32>,
    waited_ns: Option<u64>,
}

/// What is noted of a thread that has called.
struct Thread {
    call: LastCall,
    /// Whether it is still there.
    lives: bool,
}

impl Thread {
    /// `None` where there is no call, or one that was being written.
    fn read(bytes: &[u8], thread: u32, process: &Process) -> Option<Thread> {
        let at = |which: CallWord| word_at(bytes, which as usize * 8);
        let unsigned = |which: CallWord| at(which).and_then(|value| u64::try_from(value).ok());
        let rank =
            |which: CallWord| unsigned(which).and_then(|rank| u32::try_from(rank).ok()).map(Rank);
        let name = text(bytes.get(NAME_AT..WAITS_AT)?);
        if at(CallWord::Turn)? % 2 != 0 || name.is_empty() {
            return None;
        }
        let total = unsigned(CallWord::WaitsTotal).unwrap_or(0);
        let first = 0..MOST_WAITS.min(usize::try_from(total).unwrap_or(MOST_WAITS));
        let post = |i: usize| u64::try_from(word_at(bytes, WAITS_AT + i * 8)?).ok().map(Post);
        let waits = Waits {
            all: at(CallWord::WaitsAll)? == 1,
            total,
            first: first.filter_map(post).collect(),
        };
        let call = LastCall {
            rank: process.rank,
            thread,
            outside: 0,
            after: unsigned(CallWord::After)?,
            inside: at(CallWord::Inside)? == 1,
            calls: unsigned(CallWord::Made)?,
            comm: CommId(u32::try_from(unsigned(CallWord::Comm).unwrap_or(0)).ok()?),
            peer: rank(CallWord::Peer),
            tag: at(CallWord::Tag).and_then(|tag| i32::try_from(tag).ok()),
            any_source: at(CallWord::Peer)? == ANY,
            any_tag: at(CallWord::Tag)? == ANY,
            root: rank(CallWord::Root),
            count: unsigned(CallWord::Count),
            bytes: unsigned(CallWord::Bytes),
            number: unsigned(CallWord::Number),
            nth: unsigned(CallWord::Nth),
            repeats: unsigned(CallWord::Repeats).unwrap_or(0),
            found: at(CallWord::Found)? == 1,
            signal: process.signal,
            at: unsigned(CallWord::Place).and_then(|place| u32::try_from(place).ok()).map(PlaceId),
            t: unsigned(CallWord::Time)?,
            waits: (total > 0).then_some(waits),
            waited_ns: process.waited_ns,
            name,
        };
        Some(Thread { call, lives: at(CallWord::Inside)? != NO_THREAD })
    }
}

/// What a rank is in, by its threads: the one that has called last comes first, but one that is outside behind one that is
/// inside; and the calls that its other threads are in.
fn of_the_rank(
    mut threads: Vec<Thread>,
    unnoted: u64,
    calls: u64,
) -> (Option<LastCall>, Vec<LastCall>) {
    let order = |thread: &Thread| (thread.call.inside, thread.call.calls);
    let Some(latest) = (0..threads.len()).max_by_key(|i| threads.get(*i).map(order)) else {
        return (None, Vec::new());
    };
    let last = threads.swap_remove(latest).call;
    let outside = threads.iter().filter(|thread| thread.lives && !thread.call.inside).count();
    let outside = u64::try_from(outside).unwrap_or(u64::MAX).saturating_add(unnoted);
    let outside = if last.inside { outside } else { 0 };
    let mut beside: Vec<LastCall> =
        threads.into_iter().map(|thread| thread.call).filter(|call| call.inside).collect();
    beside.sort_unstable_by_key(|call| call.thread);
    (Some(LastCall { calls, outside, ..last }), beside)
}

fn word_at(bytes: &[u8], at: usize) -> Option<i64> {
    Some(i64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}
