//! Which rank's process ended first, seen while the program runs.
//!
//! A launcher that sees a rank die ends the others at once, and nobody can tell afterwards which was the first: a
//! process that is killed from outside (`SIGKILL`) leaves no word. So a thread waits for all of them, and is woken when one
//! is gone (`pidfd_open`, Linux 5.3); elsewhere nothing is seen. A process closes its files before it is gone, and that may
//! be what the launcher has seen: so whoever is on its way out counts as gone, too.

use std::fs;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use ringscope_traces::Rank;
use ringscope_traces::calls::progress;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use crate::launch::Flavor;

/// How long the thread waits before it looks for ranks that have begun: shortly as long as some begin, since one that is
/// killed before it was seen takes the order with it.
const SHORT: Timespec = Timespec { tv_sec: 0, tv_nsec: 2_000_000 };
const LONG: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };

/// After so many looks at which no rank was new, it waits longer.
const MANY_LOOKS: u32 = 200;

/// The ranks' processes, as long as they are watched.
pub(super) struct Deaths {
    is_over: Arc<AtomicBool>,
    thread: JoinHandle<Vec<Vec<Rank>>>,
}

impl Deaths {
    /// Watches the processes of all ranks whose notes appear in a folder.
    pub(super) fn watch(parts: &Path) -> Deaths {
        let is_over = Arc::new(AtomicBool::new(false));
        let (until, parts) = (Arc::clone(&is_over), parts.to_owned());
        Deaths { is_over, thread: thread::spawn(move || Watch::new(parts).until(&until)) }
    }

    /// The ranks in the order in which their processes were gone, without those that were asked to end; those together of
    /// which nobody knows the order.
    pub(super) fn end(self, parts: &Path) -> Vec<Vec<Rank>> {
        self.is_over.store(true, Ordering::Release);
        let mut gone = self.thread.join().unwrap_or_default();
        let asked = progress(parts).into_iter().filter(|rank| rank.is_asked_to_end);
        let asked: Vec<Rank> = asked.map(|rank| rank.rank).collect();
        gone.iter_mut().for_each(|together| together.retain(|rank| !asked.contains(rank)));
        gone
    }
}

/// Whether a launcher's exit status says that a rank has ended without a word, and then by which signal, if it says that.
///
/// A launcher that is ended itself, with all its ranks, has another status.
pub(super) fn ended_silently(flavor: Flavor, status: ExitStatus) -> Option<Option<i32>> {
    /// As shells have it, 128 and the signal's number.
    const BY_SIGNAL: i32 = 128;
    const KILL: i32 = 9;
    match (flavor, status.code()?) {
        (Flavor::OpenMpi, code) if (1..=31).contains(&(code - BY_SIGNAL)) => {
            Some(Some(code - BY_SIGNAL))
        }
        // Open MPI's own exit code is 1.
        (Flavor::OpenMpi, code) => (2..=BY_SIGNAL).contains(&code).then_some(None),
        // It kills the others, which counts with it as much as how the first has ended.
        (Flavor::Mpich, code) => (code == KILL).then_some(None),
    }
}

struct Watch {
    parts: PathBuf,
    known: Vec<u32>,
    living: Vec<(Rank, Pid, OwnedFd)>,
    gone: Vec<Vec<Rank>>,
    /// How many times no rank was new.
    in_vain: u32,
}

impl Watch {
    fn new(parts: PathBuf) -> Watch {
        Watch { parts, known: Vec::new(), living: Vec::new(), gone: Vec::new(), in_vain: 0 }
    }

    fn until(mut self, is_over: &AtomicBool) -> Vec<Vec<Rank>> {
        while !is_over.load(Ordering::Acquire) {
            self.in_vain = self.in_vain.saturating_add(1);
            let wait = if self.in_vain < MANY_LOOKS { SHORT } else { LONG };
            let mut gone = self.ended(wait);
            // Of those that have begun meanwhile, nobody knows whether they were gone before.
            gone.extend(self.meet());
            if !gone.is_empty() {
                gone.extend(self.ended(Timespec { tv_sec: 0, tv_nsec: 0 }));
                let leaving = self.living.iter().filter(|(_, process, _)| is_leaving(*process));
                gone.extend(leaving.map(|(rank, ..)| *rank));
                self.gone.push(gone);
            }
        }
        self.gone
    }

    /// Looks for ranks that have begun; returns those that are gone already.
    fn meet(&mut self) -> Vec<Rank> {
        let mut gone = Vec::new();
        for rank in progress(&self.parts) {
            if self.known.contains(&rank.process) {
                continue;
            }
            self.known.push(rank.process);
            self.in_vain = 0;
            let process = i32::try_from(rank.process).ok().and_then(Pid::from_raw);
            let Some(process) = process else { continue };
            match pidfd_open(process, PidfdFlags::empty()) {
                Ok(handle) => self.living.push((rank.rank, process, handle)),
                Err(Errno::SRCH) => gone.push(rank.rank),
                Err(_) => {}
            }
        }
        gone
    }

    /// Waits until some are gone, or for so long; returns them.
    fn ended(&mut self, wait: Timespec) -> Vec<Rank> {
        let all = self.living.iter();
        let mut watched: Vec<PollFd<'_>> =
            all.map(|(.., handle)| PollFd::new(handle, PollFlags::IN)).collect();
        if poll(&mut watched, Some(&wait)).map_or(true, |count| count == 0) {
            return Vec::new();
        }
        let is_gone = |one: &PollFd<'_>| one.revents().contains(PollFlags::IN);
        let are_gone: Vec<bool> = watched.iter().map(is_gone).collect();
        let (mut gone, mut living) = (Vec::new(), Vec::new());
        for (one, is_gone) in self.living.drain(..).zip(are_gone) {
            if is_gone { gone.push(one.0) } else { living.push(one) }
        }
        self.living = living;
        gone
    }
}

/// Whether a process is ending: it has the kernel's flag of that, or is gone.
fn is_leaving(process: Pid) -> bool {
    /// `PF_EXITING` of the kernel.
    const EXITING: u64 = 0x4;
    /// How many fields of `/proc/PID/stat` stand between the name, in brackets, and the flags.
    const BEFORE_FLAGS: usize = 6;
    let Ok(stat) = fs::read_to_string(format!("/proc/{}/stat", process.as_raw_nonzero())) else {
        return true;
    };
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    let flags = fields.split_whitespace().nth(BEFORE_FLAGS);
    flags.and_then(|flags| flags.parse::<u64>().ok()).is_some_and(|flags| flags & EXITING != 0)
}
