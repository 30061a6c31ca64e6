//! The parts of a run on disk: a folder with a file for each rank.
//!
//! Under MPI each rank writes down what it does itself, as it happens, so that a rank that is killed
//! leaves what it did. [`gather()`] makes one trace of what such a folder holds, whole or not.

use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::causality::stamp;
use crate::event::{Rank, Source};
use crate::jsonl::{Completeness, ReadError, read_trace};
use crate::merge::{MergeError, Merged, merge};

/// How the names of part files end.
const EXTENSION: &str = "jsonl";

/// The name of a rank's file in a folder of parts.
#[must_use]
pub fn file_name(rank: Rank) -> String {
    format!("rank-{:04}.{EXTENSION}", rank.0)
}

/// What the parts of a run make.
#[derive(Debug)]
pub struct Gathered {
    /// One trace of all of them.
    pub merged: Merged,
    /// The files, by name, that were cut off: their ranks died or were stopped as they ran.
    pub cut_off: Vec<PathBuf>,
    /// The ranks that the header promises and no file is there for.
    pub missing: Vec<Rank>,
}

/// Why a folder does not make a trace.
#[derive(Debug, Error)]
pub enum GatherError {
    /// The folder, or a file in it, cannot be opened.
    #[error("{}: cannot be read: {error}", .path.display())]
    Io {
        /// Which one.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The folder holds no file of a part.
    #[error("{}: holds no parts of a run: no file rank-0000.jsonl, or of another rank", .folder.display())]
    NoParts {
        /// The folder.
        folder: PathBuf,
    },
    /// A file is not a trace.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The files are not of one run.
    #[error("{}: {error} ({})", .folder.display(), .names.join(", "))]
    Merge {
        /// The folder.
        folder: PathBuf,
        /// The files in the order in which the error counts them.
        names: Vec<String>,
        /// Why.
        error: MergeError,
    },
}

/// Makes one trace of the parts in a folder.
///
/// A part that holds nothing, since its rank died before it wrote its header, counts as cut off. The
/// parts of a program that carries no Lamport clocks with its messages get them here.
///
/// # Errors
///
/// When the folder cannot be read or does not hold the parts of one run.
pub fn gather(folder: &Path) -> Result<Gathered, GatherError> {
    let mut gathered = Files::default();
    for name in part_names(folder)? {
        gathered.add(folder, name)?;
    }
    let Files { names, traces, cut_off } = gathered;
    if traces.is_empty() {
        return Err(GatherError::NoParts { folder: folder.to_owned() });
    }
    let ranks = traces[0].header.ranks;
    let mut merged = merge(traces).map_err(|error| {
        let (folder, names) = (folder.to_owned(), names.clone());
        GatherError::Merge { folder, names, error }
    })?;
    if merged.trace.header.source == Source::Recorded {
        stamp(&mut merged.trace);
    }
    let missing = (0..ranks).map(Rank).filter(|rank| !folder.join(file_name(*rank)).exists());
    Ok(Gathered { merged, cut_off, missing: missing.collect() })
}

/// The files read so far.
#[derive(Default)]
struct Files {
    names: Vec<String>,
    traces: Vec<crate::Trace>,
    cut_off: Vec<PathBuf>,
}

impl Files {
    fn add(&mut self, folder: &Path, name: String) -> Result<(), GatherError> {
        let path = folder.join(&name);
        let fails = |error| GatherError::Io { path: path.clone(), error };
        let file = File::open(&path).map_err(fails)?;
        if !has_whole_line(&path).map_err(fails)? {
            self.cut_off.push(path);
            return Ok(());
        }
        let (trace, completeness) = read_trace(BufReader::new(file), &path.to_string_lossy())?;
        if completeness != Completeness::Whole {
            self.cut_off.push(path);
        }
        self.names.push(name);
        self.traces.push(trace);
        Ok(())
    }
}

/// Whether a file has come as far as the end of its header.
fn has_whole_line(path: &Path) -> io::Result<bool> {
    use io::BufRead as _;
    let mut first = Vec::new();
    BufReader::new(File::open(path)?).read_until(b'\n', &mut first)?;
    Ok(first.last() == Some(&b'\n'))
}

/// The names of the part files, in growing order.
fn part_names(folder: &Path) -> Result<Vec<String>, GatherError> {
    let fails = |error| GatherError::Io { path: folder.to_owned(), error };
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(fails)? {
        let name = entry.map_err(fails)?.file_name();
        names.extend(name.to_str().filter(|name| is_part(name)).map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

fn is_part(name: &str) -> bool {
    let number = name.strip_prefix("rank-").and_then(|rest| rest.strip_suffix(".jsonl"));
    number.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}
