//! MPI's side.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use ringscope_screen::failure::Failure;
use ringscope_traces::parts::written;
use ringscope_traces::text::{Plain, Short};
use ringscope_traces::{Completeness, Trace};

use crate::input;
use crate::launch::{Done, How, Interrupt, Runner, describe_status, run};
use crate::output::Notes;

/// How many lines of what MPI said are shown, and how many characters of each.
const LINES_SHOWN: usize = 20;
const CHARS_SHOWN: usize = 160;

/// How mpi-runner is to be called.
pub(super) struct Call<'a> {
    pub scenario: PathBuf,
    pub folder: &'a Path,
    /// Whether what is in the folder stays.
    pub is_kept: bool,
    pub ranks: u32,
    pub timeout: Duration,
    pub grace: Duration,
    /// The most messages without progress.
    pub quiet_messages: u64,
}

/// A run under MPI.
pub(super) struct Real {
    pub runner: Runner,
    pub trace: Trace,
    pub completeness: Completeness,
    pub elapsed_ns: u64,
    /// What it said on standard error.
    pub said: String,
}

impl Real {
    /// Runs the scenario under the MPI of that runner.
    ///
    /// # Errors
    ///
    /// When there is no trace in the end: then what the launcher said is printed as a note.
    pub(super) fn run(
        runner: Runner,
        call: &Call,
        interrupt: &Interrupt,
        notes: &mut Notes,
    ) -> Result<Real, Failure> {
        let target = call.folder.join(format!("{}.jsonl", runner.flavor.short()));
        let parts = PathBuf::from(format!("{}.parts", target.display()));
        // One of an earlier run is not to be taken for this one's.
        let _ = fs::remove_file(&target);
        let mut command = runner.command(call.ranks)?;
        command.arg(&call.scenario).arg("-o").arg(&target).arg("--unchecked");
        command.args(["--timeout", &call.timeout.as_secs_f64().to_string()]);
        command.args(["--quiet-messages", &call.quiet_messages.to_string()]);
        let silence = call.timeout + call.grace;
        let progress = || written(&parts) + size(&target);
        let done = run(&mut command, interrupt, silence, progress)
            .map_err(|error| Failure::about("mpirun", format!("does not start: {error}")))?;
        let Done { how, said, elapsed_ns } = done;
        if how != How::Interrupted && !target.is_file() {
            print_said(&said, notes);
        }
        let failure = match how {
            How::Interrupted => Failure::about("crosscheck", "interrupted: mpirun was ended, too"),
            How::Hung | How::Limited(_) => hung(silence),
            How::ByItself(_) if target.is_file() => {
                let (trace, completeness) = input::trace(&target)?;
                return Ok(Real { runner, trace, completeness, elapsed_ns, said });
            }
            How::ByItself(status) => without_trace(status),
        };
        Err(failure.hint_maybe(parts_of(&parts, call.is_kept)))
    }
}

fn size(file: &Path) -> u64 {
    fs::metadata(file).map_or(0, |found| found.len())
}

fn hung(silence: Duration) -> Failure {
    let seconds = silence.as_secs_f64();
    let what =
        format!("no rank wrote anything for {seconds} s; mpirun was ended with all its ranks");
    Failure::about("mpirun", what).hint("--timeout and --grace set how long that may be")
}

fn without_trace(status: ExitStatus) -> Failure {
    Failure::about("mpirun", format!("ended with {} and without a trace", describe_status(status)))
}

/// Advice on what a run has left that did not come to its end.
fn parts_of(parts: &Path, is_kept: bool) -> Option<String> {
    let shown = parts.is_dir().then(|| parts.display())?;
    Some(match is_kept {
        true => format!("`ringscope merge {shown}` makes a trace of what the ranks did"),
        false => "with --keep FOLDER, what the ranks did until then stays there".to_owned(),
    })
}

/// Tells what MPI's programs said.
pub(super) fn print_said(said: &str, notes: &mut Notes) {
    let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
    for line in lines.iter().take(LINES_SHOWN) {
        let _ = writeln!(notes, "  | {}", Short { value: Plain(line), limit_chars: CHARS_SHOWN });
    }
    if lines.len() > LINES_SHOWN {
        let _ = writeln!(notes, "  | and {} lines more", lines.len() - LINES_SHOWN);
    }
}
