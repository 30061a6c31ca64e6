//! Ranks that live on when the program that started them has ended.

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::ExitStatus;

use ringscope_traces::calls::progress;
use rustix::process::{Pid, Signal, kill_process};

use super::program::FOLDER;

/// Whether a rank is still at work, and may write to its part.
///
/// A launcher that was killed could not end its ranks, and one that failed was to: then we do. One that ended well
/// may have left them to go on, as a script does that does not wait.
pub(super) fn goes_on(parts: &Path, launcher: ExitStatus) -> bool {
    let living = living(parts);
    if !launcher.success() {
        living.iter().for_each(|process| kill(*process));
    }
    !living.is_empty()
}

/// Ends the ranks that are still at work.
pub(super) fn end(parts: &Path) {
    living(parts).into_iter().for_each(kill);
}

fn kill(process: Pid) {
    // It may have ended meanwhile.
    let _ = kill_process(process, Signal::KILL);
}

fn living(parts: &Path) -> Vec<Pid> {
    let process = |process: u32| i32::try_from(process).ok().and_then(Pid::from_raw);
    let processes = progress(parts).into_iter().filter_map(|rank| process(rank.process));
    processes.filter(|process| records_into(*process, parts)).collect()
}

/// Whether a process was told to record into that folder: numbers of processes are used again. One that has ended,
/// though nobody has asked how, has no environment any more.
fn records_into(process: Pid, parts: &Path) -> bool {
    let environment = fs::read(format!("/proc/{}/environ", process.as_raw_nonzero()));
    let told = [FOLDER.as_bytes(), b"=", parts.as_os_str().as_bytes()].concat();
    environment.is_ok_and(|all| all.split(|byte| *byte == 0).any(|variable| variable == told))
}
