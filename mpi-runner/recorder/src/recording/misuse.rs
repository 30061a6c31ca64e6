//! What the program does with MPI that a correct one does not, and what it has made and not given back.

use std::ffi::c_int;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};

use ringscope_traces::Rank;
use ringscope_traces::calls::{Call, Misuse, Misused, PlaceId};
use rustc_hash::FxHashMap;

use super::request::Life;
use super::thread::ThreadId;
use super::{Handle, Recording, Request, fatal, lock};
use crate::place;
use crate::real::{SUCCESS, real};

/// From how many communicators or requests on, made at one place and never freed, it is said: one or two that are used
/// to the end are no fault in anybody's eyes, and what is made again and again runs out.
const MANY: u64 = 4;

/// How often a rank must have waited for nothing before that is written down.
const MANY_WAITS: u64 = 10_000;

/// The only thread that may call MPI, if not all may.
static ONLY_THREAD: OnceLock<ThreadId> = OnceLock::new();

/// What is to be done when MPI is called: before `MPI_Finalize` nothing, behind it the first call is written down.
static LATE: AtomicU8 = AtomicU8::new(NOT_LATE);
const NOT_LATE: u8 = 0;
const IS_LATE: u8 = 1;
const LATE_IS_TOLD: u8 = 2;

/// What the program has made.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// Communicators, windows and files, by handle: the call, and where.
    kept: FxHashMap<Handle, Maker>,
    /// The memory that is locked through each window: whose, and by which call.
    locked: FxHashMap<Handle, Vec<(Option<Rank>, Maker)>>,
    is_thread_told: bool,
}

/// The call that has made something, and where.
pub(super) type Maker = (&'static str, Option<PlaceId>);

/// What a misuse is about: the call that came before, and where, the rank whose memory it was, and how many there are.
#[derive(Debug, Clone, Copy)]
struct About {
    of: Maker,
    peer: Option<Rank>,
    count: u64,
}

impl From<Maker> for About {
    fn from(of: Maker) -> About {
        About { of, peer: None, count: 1 }
    }
}

/// MPI has been initialized by this thread; with less than the highest levels of support no other may call it.
pub(super) fn watch_threads() {
    const SERIALIZED: c_int = 2;
    let mut level: c_int = SERIALIZED;
    let code = real!(MPI_Query_thread(&raw mut level => *mut c_int));
    if code == SUCCESS && level < SERIALIZED {
        ONLY_THREAD.get_or_init(ThreadId::here);
    }
}

/// The program has called `MPI_Finalize`.
pub(super) fn watch_late_calls() {
    LATE.store(IS_LATE, Ordering::Release);
}

/// A function of that name is called: if MPI has been finalized, that is written down before MPI ends the program.
pub fn called(name: &'static str) {
    if LATE.load(Ordering::Relaxed) != IS_LATE || name == "MPI_Abort" {
        return;
    }
    if LATE.swap(LATE_IS_TOLD, Ordering::AcqRel) != IS_LATE {
        return;
    }
    let at = place::here();
    if let Some(recording) = lock().as_mut() {
        recording.put_places();
        recording.misused((Misused::AfterFinalize, (name, at)), About::from(("", None)));
    }
}

impl Recording {
    fn misused(&mut self, (what, (name, at)): (Misused, Maker), about: About) {
        let About { of: (of, of_at), peer, count } = about;
        self.part.call(&Call::Misuse(Misuse {
            rank: self.part.rank(),
            after: self.part.events(),
            what,
            name: name.to_owned(),
            at,
            of: (!of.is_empty()).then(|| of.to_owned()),
            of_at,
            peer,
            count,
        }));
    }

    /// Something was made that is to be freed.
    pub(super) fn has_made(&mut self, handle: Handle, by: &'static str) {
        self.made.kept.insert(handle, (by, self.current.at));
    }

    /// It is freed.
    pub(super) fn has_freed(&mut self, handle: Handle) {
        self.made.kept.remove(&handle);
    }

    /// A call of that name on a window has returned: it may have locked or unlocked the memory of a rank, or of all.
    pub fn has_locked(&mut self, name: &'static str, window: Handle, target: Option<c_int>) {
        let is_lock = matches!(name, "MPI_Win_lock" | "MPI_Win_lock_all");
        if !is_lock && !matches!(name, "MPI_Win_unlock" | "MPI_Win_unlock_all") {
            return;
        }
        let known = self.communicators.object(window);
        let whose = target.and_then(|target| known?.members.in_trace(target));
        let locked = self.made.locked.entry(window).or_default();
        match is_lock {
            true => locked.push((whose, (name, self.current.at))),
            false => locked.retain(|(locked, _)| *locked != whose),
        }
    }

    /// A window is to be freed: all of its memory must be unlocked.
    pub fn unlocks_all(&mut self, window: Handle) {
        let by = ("MPI_Win_free", self.current.at);
        for (peer, of) in self.made.locked.remove(&window).unwrap_or_default() {
            self.misused((Misused::NeverUnlocked, by), About { peer, ..About::from(of) });
        }
    }

    /// A persistent request is started that is active.
    pub(super) fn started_twice(&mut self, life: &Life) {
        let by = (self.current.name(), self.current.at);
        self.misused((Misused::StartedTwice, by), life.made.into());
    }

    /// A persistent request is freed: it may never have been started.
    pub fn ends_life(&mut self, request: &Request) {
        let Some(life) = request.life().filter(|life| !life.is_started) else { return };
        if let Some(waited) = life.waited {
            self.misused((Misused::NeverStarted, waited), life.made.into());
        }
    }

    /// The call waits for a request, which may never have been started.
    pub fn is_waited_for(&self, request: &mut Request) {
        request.waits((self.current.name(), self.current.at));
    }

    /// MPI says that none of the requests of a call is active, for the so-manieth time.
    pub(super) fn nothing_was_active(&mut self, times: u64) {
        if times == MANY_WAITS {
            let by = (self.current.name(), self.current.at);
            self.misused((Misused::NothingActive, by), About::from(("", None)));
        }
    }

    /// A call begins: only some threads may make it.
    pub(super) fn is_called_here(&mut self, name: &'static str) {
        let Some(only) = ONLY_THREAD.get() else { return };
        if *only == self.current.thread || self.made.is_thread_told {
            return;
        }
        self.made.is_thread_told = true;
        let mut level: c_int = 0;
        real!(MPI_Query_thread(&raw mut level => *mut c_int));
        let level = if level == 0 { "MPI_THREAD_SINGLE" } else { "MPI_THREAD_FUNNELED" };
        let by = (name, self.current.at);
        self.misused((Misused::OtherThread, by), About::from((level, None)));
    }

    /// The program is at its end: what it has not given back is written down.
    pub(super) fn leaves(&mut self) {
        let by = ("MPI_Finalize", self.current.at);
        let requests: Vec<Request> =
            self.requests.values().flat_map(|same| same.all().cloned()).collect();
        requests.iter().for_each(|request| self.ends_life(request));
        let requests = requests.iter().filter_map(|request| Some(request.life()?.made));
        let mut counts: Vec<(Maker, u64)> = Vec::new();
        for made in self.made.kept.values().copied().chain(requests) {
            match counts.iter_mut().find(|(known, _)| *known == made) {
                Some((_, count)) => *count += 1,
                None => counts.push((made, 1)),
            }
        }
        // The order of a hash map is nobody's.
        counts.sort_unstable();
        for (of, count) in
            counts.into_iter().filter(|((by, _), count)| must_be_freed(by) || *count >= MANY)
        {
            self.misused((Misused::NeverFreed, by), About { count, ..About::from(of) });
        }
    }

    /// A window was made: an error on it is to be seen.
    pub(super) fn watch_window(&self, by: &str, window: Handle) {
        if by.starts_with("MPI_Win_") {
            fatal::watch_window(self.abi, window);
        }
    }
}

/// Whether each of what a call of that name makes has to be freed: windows (MPI 4.1, section 12.2.5) and files (section 14.2.2).
fn must_be_freed(by: &str) -> bool {
    by.starts_with("MPI_Win_") || by.starts_with("MPI_File_")
}
