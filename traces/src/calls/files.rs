//! What lies beside a rank's part: its calls, and the note of what it is in.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Call, note};
use crate::event::Rank;
use crate::jsonl::{Problem, ReadError, call_in};
use crate::parts::{GatherError, SUFFIX as PART_SUFFIX, file_name, rank_of};

/// How the file of a rank's calls ends, in the place of a part's `.jsonl`.
const SUFFIX: &str = ".calls";

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
            events: note.last.map_or(0, |last| last.after),
        })
    });
    notes.collect()
}

/// The calls of a rank, with the last one; none where it has written none.
pub(crate) fn of_rank(folder: &Path, rank: Rank, ranks: u32) -> Result<Vec<Call>, GatherError> {
    let mut calls = written(&beside(folder, rank, SUFFIX), ranks)?;
    let bytes = bytes_of(&beside(folder, rank, note::SUFFIX))?;
    let last = note::read(&bytes).and_then(|note| note.last);
    calls.extend(last.filter(|last| last.rank == rank).map(Call::Last));
    Ok(calls)
}

fn written(path: &Path, ranks: u32) -> Result<Vec<Call>, GatherError> {
    let bytes = bytes_of(path)?;
    // Zero bytes stand where room was made for lines that were never written.
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let lines: Vec<&[u8]> = bytes[..end].split_inclusive(|byte| *byte == b'\n').collect();
    let mut calls = Vec::with_capacity(lines.len());
    for (i, line) in lines.iter().enumerate() {
        match call_in(line, ranks) {
            Ok(call) => calls.push(call),
            // A rank that is killed leaves the beginning of a line.
            Err(_) if !line.ends_with(b"\n") => {}
            Err(problem) => return Err(bad_line(path, i, problem).into()),
        }
    }
    Ok(calls)
}

fn bad_line(path: &Path, index: usize, problem: Problem) -> ReadError {
    let name = path.to_string_lossy().into_owned();
    ReadError { name, line: index as u64 + 1, column: None, problem }
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
