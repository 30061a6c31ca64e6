//! What lies beside a rank's part: its calls, and the note of what it is in.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _, Take};
use std::path::{Path, PathBuf};
use std::vec;

use super::{Call, LastCall, note};
use crate::event::Rank;
use crate::jsonl::{LIMIT_LINE_BYTES, Problem, ReadError, call_in};
use crate::parts::stretch::{OnRead, Stretch};
use crate::parts::{GatherError, SUFFIX as PART_SUFFIX, file_name, rank_of};

/// How the file of a rank's calls ends, in the place of a part's `.jsonl`.
const SUFFIX: &str = ".calls";

/// How much is read at once.
const READ_BYTES: usize = 1 << 18;

/// What a rank had done when its note was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Who.
    pub rank: Rank,
    /// Its process.
    pub process: u32,
    /// How many calls have changed something.
    pub calls: u64,
    /// How many messages the rank had sent and received before its last call.
    pub events: u64,
    /// How much it has done that it had not done before.
    pub news: u64,
    /// How many calls it has made.
    pub made: u64,
    /// Whether all of its threads that have called are in a call.
    pub inside: bool,
    /// Whether it was asked to end, as a launcher does when another rank has failed.
    pub is_asked_to_end: bool,
}

/// How far the ranks are whose notes lie in a folder, by rank.
///
/// What cannot be read counts as not there.
#[must_use]
pub fn progress(folder: &Path) -> Vec<Progress> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let rank_of_note = |entry: io::Result<fs::DirEntry>| {
        let name = entry.ok()?.file_name().into_string().ok()?;
        rank_of(&(name.strip_suffix(note::SUFFIX)?.to_owned() + PART_SUFFIX))
    };
    let mut ranks: Vec<Rank> = entries.filter_map(rank_of_note).collect();
    ranks.sort_unstable();
    let notes = ranks.into_iter().filter_map(|rank| {
        let bytes = fs::read(beside(folder, rank, note::SUFFIX)).ok()?;
        note::read(&bytes).map(|note| Progress {
            rank,
            process: note.process,
            calls: note.progress,
            events: note.events,
            news: note.news,
            made: note.last.as_ref().map_or(0, |last| last.calls),
            inside: note.last.is_some_and(|last| last.inside && last.outside == 0),
            is_asked_to_end: note.is_asked_to_end,
        })
    });
    notes.collect()
}

/// The calls of a rank, line by line, and behind them what it is in; none where it has written none.
#[derive(Debug)]
pub(crate) struct CallLines {
    path: PathBuf,
    ranks: u32,
    lines: Option<BufReader<Take<Stretch>>>,
    number: u64,
    line: Vec<u8>,
    /// What its threads are in.
    last: vec::IntoIter<LastCall>,
}

impl CallLines {
    /// Opens those of a rank of so many.
    pub(crate) fn open(
        folder: &Path,
        (rank, ranks): (Rank, u32),
        on_read: &OnRead,
    ) -> Result<CallLines, GatherError> {
        let path = beside(folder, rank, SUFFIX);
        let lines = match Stretch::open(&path, on_read) {
            // Zero bytes stand where room was made for lines that were never written.
            Ok((stretch, bytes)) => Some(BufReader::with_capacity(READ_BYTES, stretch.take(bytes))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(GatherError::Io { path, error }),
        };
        let note = bytes_of(&beside(folder, rank, note::SUFFIX))?;
        let noted = note::read(&note).into_iter();
        let all = noted.flat_map(|note| note.beside.into_iter().chain(note.last));
        let last: Vec<LastCall> = all.filter(|last| last.rank == rank).collect();
        let last = last.into_iter();
        Ok(CallLines { path, ranks, lines, number: 0, line: Vec::new(), last })
    }

    /// The next one; `None` after the last.
    pub(crate) fn next(&mut self) -> Result<Option<Call>, GatherError> {
        let last = |last: &mut vec::IntoIter<LastCall>| Ok(last.next().map(Call::Last));
        let Some(lines) = &mut self.lines else { return last(&mut self.last) };
        self.line.clear();
        let read = lines.by_ref().take(LIMIT_LINE_BYTES + 1).read_until(b'\n', &mut self.line);
        let read = read.map_err(|error| GatherError::Io { path: self.path.clone(), error })?;
        if read == 0 {
            self.lines = None;
            return last(&mut self.last);
        }
        self.number += 1;
        match call_in(&self.line, self.ranks) {
            Ok(call) => Ok(Some(call)),
            // A rank that is killed leaves the beginning of a line.
            Err(_) if !self.line.ends_with(b"\n") => {
                self.lines = None;
                last(&mut self.last)
            }
            Err(problem) => Err(self.bad_line(problem).into()),
        }
    }

    fn bad_line(&self, problem: Problem) -> ReadError {
        let name = self.path.to_string_lossy().into_owned();
        ReadError { name, line: self.number, column: None, problem }
    }
}

/// How long the calls of a rank are, in bytes, room that was made for more included.
pub(crate) fn length(folder: &Path, rank: Rank) -> u64 {
    fs::metadata(beside(folder, rank, SUFFIX)).map_or(0, |found| found.len())
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, GatherError> {
    match fs::read(path) {
        Ok(bytes) => Ok(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(GatherError::Io { path: path.to_owned(), error }),
    }
}

/// The path of what lies beside a rank's part.
fn beside(folder: &Path, rank: Rank, suffix: &str) -> PathBuf {
    folder.join(file_name(rank)).with_extension(&suffix[1..])
}
