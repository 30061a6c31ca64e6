//! The parts of a run on disk: a folder with a file for each rank.
//!
//! Under MPI each rank writes down what it does itself, as it happens, so that a rank that is killed
//! leaves what it did. [`gather()`] makes one trace of what such a folder holds, whole or not.

mod merging;
pub(crate) mod stretch;
mod worlds;

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::event::{Rank, Trace};
use crate::event_index::EventIndex;
use crate::jsonl::{LIMIT_LINE_BYTES, ReadError};
use crate::merge::{MergeError, Merged};
use crate::text::Plain;

pub use merging::{Merging, Outcome};
pub use stretch::OnRead;
use stretch::bytes_written;

/// How the names of part files begin and end.
const PREFIX: &str = "rank-";
pub(crate) const SUFFIX: &str = ".jsonl";

/// The file in a folder of parts in which spawned worlds reserve their ranks: for each world a line, with the first
/// rank behind it.
pub const RESERVED: &str = "spawned";

/// The name of a rank's file in a folder of parts.
#[must_use]
pub fn file_name(rank: Rank) -> String {
    format!("{PREFIX}{:04}{SUFFIX}", rank.0)
}

/// The rank whose file has that name; `None` for a name that no part has.
#[must_use]
pub fn rank_of(file_name: &str) -> Option<Rank> {
    let digits = file_name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten().map(Rank)
}

/// What the parts of a run make.
#[derive(Debug)]
pub struct Gathered {
    /// One trace of all of them. It has a footer only when every rank's part is there and has one.
    pub merged: Merged,
    /// The files that were cut off: their ranks died or were stopped as they ran.
    pub cut_off: Vec<PathBuf>,
    /// The ranks that the header promises and no file is there for.
    pub missing: Vec<Rank>,
    /// The events that depend on messages whose sends are in no part, in growing order.
    pub depending: Vec<EventIndex>,
}

/// A trace without what depends on messages whose sends are lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// What is left: every receive in it is of a send in it.
    pub trace: Trace,
    /// How many events of each rank are left out; ranks that lose none are not named.
    pub left_out: BTreeMap<Rank, usize>,
}

impl Gathered {
    /// Leaves out the receives whose sends are in no part, and all that came of them.
    #[must_use]
    pub fn closed(self) -> Closed {
        let Gathered { merged: Merged { mut trace, .. }, depending, .. } = self;
        let mut left_out: BTreeMap<Rank, usize> = BTreeMap::new();
        if depending.is_empty() {
            return Closed { trace, left_out };
        }
        let (mut place, mut next) = (0, depending.iter().peekable());
        trace.events.retain(|event| {
            let stays = next.next_if_eq(&&EventIndex(place)).is_none();
            place += 1;
            if !stays {
                *left_out.entry(event.rank).or_default() += 1;
            }
            stays
        });
        trace.footer = None;
        Closed { trace, left_out }
    }
}

/// Why a folder does not make a trace.
#[derive(Debug, Error)]
pub enum GatherError {
    /// The folder, or a file in it, cannot be read.
    #[error("{}: cannot be read: {error}", shown(.path))]
    Io {
        /// Which one.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// What has the name of a part is a folder, a pipe or the like.
    #[error("{}: is no file", shown(.path))]
    NoFile {
        /// Its path.
        path: PathBuf,
    },
    /// The folder holds no file of a part.
    #[error("{}: holds no parts of a run: neither {} nor that of another rank", shown(.folder), file_name(Rank::FIRST))]
    NoParts {
        /// The folder.
        folder: PathBuf,
    },
    /// Every part ends within its first line.
    #[error("{}: nothing was recorded: every part ends before its first line does", shown(.folder))]
    Empty {
        /// The folder.
        folder: PathBuf,
    },
    /// A file is not a trace.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A part holds an event of a rank that is not its own.
    #[error("{}:{line}: an event of rank {found}, expected one of rank {expected}", shown(.path))]
    OtherRank {
        /// The file.
        path: PathBuf,
        /// The event's line.
        line: usize,
        /// Whose event it is.
        found: Rank,
        /// Whose part it is.
        expected: Rank,
    },
    /// The files are not of one run.
    #[error("{}: {}", shown(.folder), NamedParts(.error, .names))]
    Merge {
        /// The folder.
        folder: PathBuf,
        /// The files in the order in which the error counts them.
        names: Vec<String>,
        /// Why.
        error: MergeError,
    },
}

impl GatherError {
    /// What the reader of the message might do, where there is something.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            GatherError::Read(error) => error.hint(),
            GatherError::NoParts { .. } => Some("the parts of run.jsonl are in run.jsonl.parts"),
            GatherError::Empty { .. } => Some("the run was stopped before it had begun"),
            GatherError::OtherRank { .. } => Some("was the file renamed?"),
            GatherError::Merge { error: MergeError::HeadersDiffer { .. }, .. } => {
                Some("are these parts of two runs? move those of one of them away")
            }
            GatherError::Io { .. } | GatherError::NoFile { .. } | GatherError::Merge { .. } => None,
        }
    }
}

/// Makes one trace of the parts in a folder, in memory: see [`Merging`] for parts that are too large for that.
///
/// The parts of a program that carries no Lamport clocks with its messages get them here.
///
/// # Errors
///
/// When the folder cannot be read or does not hold the parts of one run.
pub fn gather(folder: &Path) -> Result<Gathered, GatherError> {
    Merging::open(folder, &OnRead::nobody())?.gather()
}

/// How many bytes the ranks have written to their parts so far: as long as it grows, there is progress.
///
/// What cannot be read counts as nothing.
#[must_use]
pub fn written(folder: &Path) -> u64 {
    let of = |name: String| bytes_written(&mut File::open(folder.join(name)).ok()?).ok();
    let names = part_names(folder).unwrap_or_default();
    names.into_iter().filter_map(|(_, name)| of(name)).sum()
}

/// How many bytes were written to a file, which is then at its beginning; `None` when it has not come
/// as far as the end of its header.
fn bytes_with_header(file: &mut File) -> io::Result<Option<u64>> {
    let bytes = bytes_written(file)?;
    file.rewind()?;
    let mut first = Vec::new();
    let mut lines = BufReader::new(Read::by_ref(file).take(bytes.min(LIMIT_LINE_BYTES + 1)));
    lines.read_until(b'\n', &mut first)?;
    file.rewind()?;
    // What is too long for a line is for the reader to refuse.
    let is_whole = first.ends_with(b"\n") || first.len() as u64 > LIMIT_LINE_BYTES;
    Ok(is_whole.then_some(bytes))
}

/// The part files by rank, in growing order.
fn part_names(folder: &Path) -> Result<Vec<(Rank, String)>, GatherError> {
    let fails = |error| GatherError::Io { path: folder.to_owned(), error };
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(fails)? {
        let name = entry.map_err(fails)?.file_name();
        let part = name.to_str().and_then(|name| Some((rank_of(name)?, name.to_owned())));
        names.extend(part);
    }
    names.sort();
    Ok(names)
}

/// A path as messages have it.
fn shown(path: &Path) -> String {
    Plain(&path.to_string_lossy()).to_string()
}

/// Why parts do not make a trace, with the names of their files.
struct NamedParts<'a>(&'a MergeError, &'a [String]);

impl NamedParts<'_> {
    /// The name of a part, counted from 1.
    fn name(&self, part: usize) -> &str {
        part.checked_sub(1).and_then(|at| self.1.get(at)).map_or("a part", String::as_str)
    }
}

impl fmt::Display for NamedParts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            MergeError::HeadersDiffer { part, field } => {
                let (one, other) = (self.name(*part), self.name(1));
                write!(f, "{one} has a different `{}` in its header than {other}", Plain(field))
            }
            MergeError::RankTwice { rank, first, second } => {
                let (first, second) = (self.name(*first), self.name(*second));
                write!(f, "{first} and {second} both hold events of rank {rank}")
            }
            MergeError::NoParts | MergeError::Circular { .. } => self.0.fmt(f),
        }
    }
}
