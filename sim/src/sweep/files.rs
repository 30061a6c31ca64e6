//! The findings of a sweep as files: a scenario and a trace for each.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use ringscope_traces::atomic_file::{AtomicFile, AtomicFileError};

use super::SweepFinding;

/// Where a finding was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingFiles {
    /// The scenario: `deadlock-1.dht`.
    pub scenario: PathBuf,
    /// The trace: `deadlock-1.jsonl`.
    pub trace: PathBuf,
}

/// Why findings were not written.
#[derive(Debug, thiserror::Error)]
pub enum CannotWriteFindings {
    /// There is no folder.
    #[error("{}: cannot be made: {error}", folder.display())]
    Folder {
        /// Which.
        folder: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A file.
    #[error(transparent)]
    File(#[from] AtomicFileError),
}

/// Makes the folder of the findings: beforehand, so that nobody sweeps for an hour in vain.
///
/// # Errors
///
/// When the system does not let us.
pub fn make_folder(folder: &Path) -> Result<(), CannotWriteFindings> {
    fs::create_dir_all(folder)
        .map_err(|error| CannotWriteFindings::Folder { folder: folder.to_owned(), error })
}

/// Writes each finding into a folder, which is made: a scenario and a trace, numbered in the order of the findings among those of one name.
/// Each file appears under its name when it is whole.
///
/// # Errors
///
/// When a file cannot be written; those before it are there.
pub fn write_findings(
    folder: &Path,
    findings: &[SweepFinding],
) -> Result<Vec<FindingFiles>, CannotWriteFindings> {
    make_folder(folder)?;
    let mut all: Vec<FindingFiles> = Vec::new();
    for (nth, finding) in findings.iter().enumerate() {
        let name = finding.kind.name();
        let before = findings.iter().take(nth).filter(|other| other.kind.name() == name).count();
        let stem = format!("{name}-{}", before + 1);
        let files = FindingFiles {
            scenario: folder.join(format!("{stem}.dht")),
            trace: folder.join(format!("{stem}.jsonl")),
        };
        write(&files.scenario, finding.scenario.to_text().as_bytes())?;
        write(&files.trace, &finding.trace)?;
        all.push(files);
    }
    Ok(all)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), AtomicFileError> {
    let mut file = AtomicFile::create(path)?;
    file.write_all(bytes).map_err(|error| AtomicFileError::write(path, error))?;
    file.finish()
}
