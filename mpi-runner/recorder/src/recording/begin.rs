//! Where a recording begins, and where it ends.

use std::env;
use std::ffi::{c_int, c_void};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::Ordering;

use ringscope_traces::calls::note::SUFFIX;
use ringscope_traces::calls::{Call, Exit};
use ringscope_traces::event::NO_PROTOCOL;
use ringscope_traces::{Rank, parts};

use super::fatal;
use super::last_call::{Calling, LastCall};
use super::misuse::{watch_late_calls, watch_threads};
use super::part::{Part, Run};
use super::world::{Spawning, World, rank_in};
use super::{ABI, IS_ON, Recording, enter, lock};
use crate::note::{Note, note};
use crate::payload::Keep;
use crate::place;
use crate::real::{Abi, Handle};

/// The variable that names the folder of the parts; without it nothing is recorded.
const FOLDER: &str = "RINGSCOPE_RECORD";

/// The variable that says when the run began, in nanoseconds since 1970.
const START: &str = "RINGSCOPE_RECORD_START";

/// The variable that names the protocol that the program is said to follow.
const PROTOCOL: &str = "RINGSCOPE_RECORD_PROTOCOL";

/// The variable that says how much of payloads is written down: `full`, `head:N`, `hash` or `none`.
const PAYLOAD: &str = "RINGSCOPE_RECORD_PAYLOAD";

/// The folder of the parts. It stays there whatever becomes of this process's part: those who spawn
/// together have to do the same.
static SPAWNS_INTO: OnceLock<PathBuf> = OnceLock::new();

/// Begins to record, if the environment asks for it; MPI has been initialized, by the call of that name.
pub fn begin(name: &'static str) {
    let Some(folder) = env::var_os(FOLDER).filter(|name| !name.is_empty()) else { return };
    let Some(abi) = Abi::loaded() else { return note(Note::UnknownMpi, "") };
    let folder = Path::new(&folder);
    ABI.get_or_init(|| abi);
    let _ = SPAWNS_INTO.set(folder.to_owned());
    let world = match World::of(abi, folder) {
        Ok(world) => world,
        Err(error) => return note(Note::Spawned, &format!(": {error}")),
    };
    let start_unix_ns = env::var(START).ok().and_then(|start| start.parse().ok()).unwrap_or(0);
    let protocol = env::var(PROTOCOL).unwrap_or_else(|_| NO_PROTOCOL.to_owned());
    let (rank, ranks) = (Rank(world.first.0 + rank_in(abi.world())), world.ranks());
    let run = Run { protocol, start_unix_ns };
    match Part::create(folder, rank, ranks, run) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            note(Note::SecondOfRank, &format!(" ({rank} of {ranks})"));
        }
        Err(error) => note(Note::CannotWrite, &format!(": {error}")),
        Ok(part) => {
            let path = folder.join(parts::file_name(rank)).with_extension(&SUFFIX[1..]);
            let keep = Keep::of_word(env::var(PAYLOAD).ok().as_deref());
            let last_call = LastCall::create(&path, rank).ok();
            *lock() = Some(Recording::new((abi, world), part, last_call, keep));
            IS_ON.store(true, Ordering::Release);
            enter(|recording| {
                recording.begin(Calling::named(name));
                recording.end();
            });
            place::has_begun();
            fatal::watch(abi);
            watch_threads();
            watch_exit();
            watch_forks();
            place::watch_exceptions();
        }
    }
}

/// Closes the part, when the program has finalized MPI. Its end is still awaited.
pub fn end() {
    IS_ON.store(false, Ordering::Release);
    if let Some(recording) = lock().as_mut() {
        recording.part.finish();
        watch_late_calls();
    }
}

/// Processes of the program are about to spawn others, together; each of them says so.
pub fn spawning(by: Handle) -> Option<Spawning> {
    let (abi, folder) = (ABI.get()?, SPAWNS_INTO.get()?);
    Some(Spawning::announce(*abi, folder, by))
}

/// Has the system call us when the process ends by itself.
#[cfg(target_env = "gnu")]
fn watch_exit() {
    unsafe extern "C" {
        fn on_exit(function: extern "C" fn(c_int, *mut c_void), argument: *mut c_void) -> c_int;
    }
    let process = std::process::id() as usize as *mut c_void;
    // SAFETY: the function stays where it is, since this library is never unloaded.
    unsafe { on_exit(exits, process) };
}

/// Has the system stop the recording in each child that is forked: what is mapped there is ours.
fn watch_forks() {
    extern "C" fn is_forked() {
        IS_ON.store(false, Ordering::Release);
    }
    // SAFETY: the function stays where it is, and does nothing that a forked child must not do.
    unsafe { libc::pthread_atfork(None, None, Some(is_forked)) };
}

/// Other systems do not tell the exit code.
#[cfg(not(target_env = "gnu"))]
fn watch_exit() {}

/// The process ends by itself, with this exit code. A child that it has forked is not meant.
#[cfg(target_env = "gnu")]
extern "C" fn exits(code: c_int, process: *mut c_void) {
    if process as usize != std::process::id() as usize {
        return;
    }
    IS_ON.store(false, Ordering::Release);
    // Another thread may hold it, and may never give it back.
    let Ok(mut recording) = super::RECORDING.try_lock() else { return };
    if let Some(recording) = recording.as_mut() {
        let (rank, after) = (recording.part.rank(), recording.part.events());
        recording.part.call(&Call::Exit(Exit { rank, after, code }));
    }
}
