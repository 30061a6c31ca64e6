//! The parts of a run on disk: a folder with a file for each rank.
//!
//! Under MPI each rank writes down what it does itself, as it happens, so that a rank that is killed
//! leaves what it did. [`gather()`] makes one trace of what such a folder holds, whole or not.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::calls::files;
use crate::causality::{Causality, stamp};
use crate::event::{Rank, Source, Trace};
use crate::event_index::EventIndex;
use crate::jsonl::{Completeness, LIMIT_LINE_BYTES, ReadError, read_trace};
use crate::merge::{MergeError, Merged, merge};
use crate::text::Plain;

/// How the names of part files begin and end.
const PREFIX: &str = "rank-";
pub(crate) const SUFFIX: &str = ".jsonl";

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
        let Merged { mut trace, orphans } = self.merged;
        if orphans.is_empty() {
            return Closed { trace, left_out: BTreeMap::new() };
        }
        let causality = Causality::of(&trace);
        let after = causality.future_of(orphans.iter().copied());
        let orphans: BTreeSet<EventIndex> = orphans.into_iter().collect();
        let mut left_out: BTreeMap<Rank, usize> = BTreeMap::new();
        let mut place = 0;
        trace.events.retain(|event| {
            let stays = !orphans.contains(&EventIndex(place)) && !after.contains(EventIndex(place));
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

/// Makes one trace of the parts in a folder.
///
/// A part counts as cut off where its last line is, where zero bytes stand in place of what was never
/// written, and where it holds nothing, since its rank died before it wrote its header. The parts of a
/// program that carries no Lamport clocks with its messages get them here.
///
/// # Errors
///
/// When the folder cannot be read or does not hold the parts of one run.
pub fn gather(folder: &Path) -> Result<Gathered, GatherError> {
    let mut files = Files::default();
    for (rank, name) in part_names(folder)? {
        files.add(folder, rank, name)?;
    }
    let Files { ranks, names, traces, cut_off } = files;
    let Some(first) = traces.first() else {
        let (folder, are_there) = (folder.to_owned(), !cut_off.is_empty());
        let none = GatherError::NoParts { folder: folder.clone() };
        return Err(if are_there { GatherError::Empty { folder } } else { none });
    };
    let missing: Vec<Rank> =
        (0..first.header.ranks).map(Rank).filter(|rank| !ranks.contains(rank)).collect();
    let mut merged = merge(traces).map_err(|error| {
        let folder = folder.to_owned();
        GatherError::Merge { folder, names, error }
    })?;
    if !(missing.is_empty() && cut_off.is_empty()) {
        merged.trace.footer = None;
    }
    if merged.trace.header.source == Source::Recorded {
        stamp(&mut merged.trace);
    }
    Ok(Gathered { merged, cut_off, missing })
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

/// The files read so far.
#[derive(Default)]
struct Files {
    ranks: BTreeSet<Rank>,
    names: Vec<String>,
    traces: Vec<Trace>,
    cut_off: Vec<PathBuf>,
}

impl Files {
    fn add(&mut self, folder: &Path, rank: Rank, name: String) -> Result<(), GatherError> {
        let path = folder.join(&name);
        self.ranks.insert(rank);
        let fails = |error| GatherError::Io { path: path.clone(), error };
        // A pipe would be waited for when it is opened.
        if !fs::metadata(&path).map_err(fails)?.is_file() {
            return Err(GatherError::NoFile { path });
        }
        let mut file = File::open(&path).map_err(fails)?;
        let Some(bytes) = bytes_with_header(&mut file).map_err(fails)? else {
            self.cut_off.push(path);
            return Ok(());
        };
        let read = BufReader::new(file.take(bytes));
        let (trace, completeness) = read_trace(read, &path.to_string_lossy())?;
        of_one_rank(&trace, rank, &path)?;
        if completeness != Completeness::Whole {
            self.cut_off.push(path);
        }
        let calls = files::of_rank(folder, rank, trace.header.ranks)?;
        self.names.push(name);
        self.traces.push(Trace { calls, ..trace });
        Ok(())
    }
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

/// How many bytes there are before the zero bytes at the end: a file system that had made room for
/// more when the machine stopped leaves these.
fn bytes_written(file: &mut File) -> io::Result<u64> {
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

fn of_one_rank(trace: &Trace, rank: Rank, path: &Path) -> Result<(), GatherError> {
    let of_other = trace.events.iter().position(|event| event.rank != rank);
    of_other.map_or(Ok(()), |place| {
        let (path, found) = (path.to_owned(), trace.events[place].rank);
        Err(GatherError::OtherRank { path, line: EventIndex(place).line(), found, expected: rank })
    })
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
