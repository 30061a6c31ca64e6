//! The note in which a rank keeps what it is in: a small file, mapped into memory and overwritten at each call.
//!
//! It survives the process, however that ends. Its words are of 64 bits, little-endian, in the order of
//! [`Word`]; then come three texts of [`TEXT_BYTES`] bytes, filled up with zero bytes, and the numbers of
//! [`MOST_WAITS`] requests. The word `Turn` is odd while the note is written.

use super::{CommId, LastCall, PlaceId, Post, Waits};
use crate::event::Rank;

/// How the name of a note ends, in the place of a part's `.jsonl`.
pub const SUFFIX: &str = ".note";

/// The most requests that a note names.
pub const MOST_WAITS: usize = 8;

/// The longest text.
pub const TEXT_BYTES: usize = 32;

/// What the first word holds: the letters `RSNOTE04`.
pub const MAGIC: u64 = u64::from_le_bytes(*b"RSNOTE04");

/// `SIGTERM`, by which a launcher ends the ranks that have not failed themselves.
pub const TERMINATE: i32 = 15;

/// A word that says nothing.
pub const NOTHING: i64 = i64::MIN;

/// A word that stands for any rank or any tag.
pub const ANY: i64 = i64::MIN + 1;

/// What each word of a note is, by its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum Word {
    /// [`MAGIC`].
    Magic,
    /// Odd while the note is being written.
    Turn,
    /// The process.
    Process,
    /// The rank.
    Rank,
    /// How many events the rank had before the call.
    After,
    /// Whether it has not returned: 1 or 0.
    Inside,
    /// How many calls were made.
    Calls,
    /// How many of them changed something: not a probe or a test that found what the one before had found.
    Progress,
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
    /// The signal that has ended the process, or [`TERMINATE`]; 0 while none has.
    Signal,
    /// The place in the source.
    Place,
    /// When it was entered.
    Time,
    /// How many requests are waited for.
    WaitsTotal,
    /// Whether all of them are: 1 or 0.
    WaitsAll,
    /// How long the calls took that may block and have returned, in nanoseconds.
    Waited,
    /// How much the rank has done that it had not done before: the same message once more is nothing new.
    News,
}

/// How many words there are.
pub const WORDS: usize = Word::News as usize + 1;

/// Where the call's name begins.
pub const NAME_AT: usize = WORDS * 8;

/// Where the numbers of the requests begin.
pub const WAITS_AT: usize = NAME_AT + TEXT_BYTES;

/// How long a note is.
pub const BYTES: usize = WAITS_AT + MOST_WAITS * 8;

/// A note that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The process that wrote it.
    pub process: u32,
    /// How many calls changed something.
    pub progress: u64,
    /// How much the rank has done that it had not done before.
    pub news: u64,
    /// Whether the process was asked to end (`SIGTERM`), as a launcher does when another rank has failed.
    pub is_asked_to_end: bool,
    /// The call; `None` when none was made, or it was being written when the process ended.
    pub last: Option<LastCall>,
}

/// Reads a note; `None` when these bytes are none.
#[must_use]
pub fn read(bytes: &[u8]) -> Option<Note> {
    let word = |at: usize| -> Option<i64> {
        Some(i64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
    };
    let at = |which: Word| word(which as usize * 8);
    if bytes.len() < BYTES || at(Word::Magic)?.cast_unsigned() != MAGIC {
        return None;
    }
    let unsigned = |which: Word| at(which).and_then(|value| u64::try_from(value).ok());
    let rank = |which: Word| unsigned(which).and_then(|rank| u32::try_from(rank).ok()).map(Rank);
    let is_whole = at(Word::Turn)? % 2 == 0;
    let name = text(bytes.get(NAME_AT..NAME_AT + TEXT_BYTES)?);
    let total = unsigned(Word::WaitsTotal).unwrap_or(0);
    let first = (0..MOST_WAITS.min(usize::try_from(total).unwrap_or(MOST_WAITS)))
        .filter_map(|i| word(WAITS_AT + i * 8).and_then(|post| u64::try_from(post).ok()).map(Post));
    let waits = Waits { all: at(Word::WaitsAll)? == 1, total, first: first.collect() };
    let last = LastCall {
        rank: rank(Word::Rank)?,
        after: unsigned(Word::After)?,
        inside: at(Word::Inside)? == 1,
        calls: unsigned(Word::Calls)?,
        comm: CommId(u32::try_from(unsigned(Word::Comm).unwrap_or(0)).ok()?),
        peer: rank(Word::Peer),
        tag: at(Word::Tag).and_then(|tag| i32::try_from(tag).ok()),
        any_source: at(Word::Peer)? == ANY,
        any_tag: at(Word::Tag)? == ANY,
        root: rank(Word::Root),
        count: unsigned(Word::Count),
        bytes: unsigned(Word::Bytes),
        number: unsigned(Word::Number),
        nth: unsigned(Word::Nth),
        repeats: unsigned(Word::Repeats).unwrap_or(0),
        found: at(Word::Found)? == 1,
        signal: at(Word::Signal)
            .and_then(|signal| i32::try_from(signal).ok())
            .filter(|signal| *signal > 0 && *signal != TERMINATE),
        at: unsigned(Word::Place).and_then(|place| u32::try_from(place).ok()).map(PlaceId),
        t: unsigned(Word::Time)?,
        waits: (total > 0).then_some(waits),
        waited_ns: unsigned(Word::Waited),
        name,
    };
    let process = u32::try_from(at(Word::Process)?).ok()?;
    let (progress, news) = (unsigned(Word::Progress)?, unsigned(Word::News)?);
    let was_called = is_whole && !last.name.is_empty();
    let is_asked_to_end = at(Word::Signal)? == i64::from(TERMINATE);
    let last = was_called.then_some(last);
    Some(Note { process, progress, news, is_asked_to_end, last })
}

fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}
