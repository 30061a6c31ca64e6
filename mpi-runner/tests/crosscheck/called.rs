//! Programs called to their end, and many things done some at a time.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::support::{Folder, Mpi, built};

/// The longest that a call may take, in seconds, before it is killed.
const MOST_SECONDS: &str = "300";

/// How long `mpirun` may be silent beyond what its ranks wait for each other, in seconds: on a machine that does much else,
/// 64 ranks need some until all are there.
const GRACE: &str = "120";

/// How many calls go on at once at most: one for each core, since ranks that start spin until all are there.
const MOST_AT_ONCE: usize = 4;

/// What a program came to.
pub(crate) struct Called {
    /// Its exit code.
    pub code: Option<i32>,
    /// Its standard output.
    pub out: String,
    err: String,
    repeat: String,
}

/// Calls `ringscope crosscheck` with that MPI, in that folder.
pub(crate) fn crosscheck(mpi: Mpi, args: &[&str], folder: &Folder) -> Called {
    let mut command = bounded(&built("ringscope", &["mpi/openmpi", ""]));
    command.arg("crosscheck").args(args).args(["--mpi", mpi.short()]);
    command.args(["--grace", GRACE]);
    command.env("RINGSCOPE_MPI_RUNNER", mpi.runner());
    call(&mut command, folder)
}

/// Starts `mpi-runner` with so many ranks, in that folder.
pub(crate) fn mpirun(mpi: Mpi, (ranks, args): (u32, &[&str]), folder: &Folder) -> Called {
    let mut command = bounded(Path::new(&mpi.launcher()));
    command.args(["-n", &ranks.to_string()]).arg(mpi.runner()).args(args);
    if mpi == Mpi::Open {
        command
            .env("OMPI_ALLOW_RUN_AS_ROOT", "1")
            .env("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1")
            .env("OMPI_MCA_rmaps_base_oversubscribe", "1")
            .env("PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe");
    }
    call(&mut command, folder)
}

/// A program that is killed when it does not end.
fn bounded(program: &Path) -> Command {
    let mut command = Command::new("timeout");
    command.args(["--kill-after=10", MOST_SECONDS]).arg(program).stdin(Stdio::null());
    command
}

fn call(command: &mut Command, folder: &Folder) -> Called {
    let output =
        command.current_dir(folder.path("")).output().expect("`timeout` is on every Linux");
    let Output { status, stdout, stderr } = output;
    let set = command.get_envs().filter_map(|(name, value)| {
        Some(format!("{}={}", name.to_string_lossy(), value?.to_string_lossy()))
    });
    let words = command.get_args().skip(2).map(|word| word.to_string_lossy().into_owned());
    let repeat = set.chain(words).collect::<Vec<_>>().join(" ");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Called { code: status.code(), out: text(&stdout), err: text(&stderr), repeat }
}

impl Called {
    /// An error that says what came, and how to have it come again.
    pub(crate) fn but(&self, what: &str) -> String {
        let Called { code, out, err, repeat } = self;
        format!("{what}\n  exit code {code:?}\n{out}{err}  to repeat it: {repeat}\n")
    }
}

/// Only one test keeps the machine busy at a time.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    static BUSY: Mutex<()> = Mutex::new(());
    BUSY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does that with each of the things, some at a time, and then fails with everything that went wrong.
pub(crate) fn with_each<T: Sync>(things: &[T], work: impl Fn(&T) -> Result<(), String> + Sync) {
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let worker = || {
        while let Some(thing) = things.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Err(what) = work(thing) {
                wrong.lock().unwrap_or_else(PoisonError::into_inner).push(what);
            }
        }
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        (0..cores.min(MOST_AT_ONCE)).for_each(|_| drop(scope.spawn(worker)));
    });
    let wrong = wrong.into_inner().unwrap_or_else(PoisonError::into_inner);
    let (count, of) = (wrong.len(), things.len());
    assert!(of > 0 && count == 0, "{count} of {of} went wrong:\n{}", wrong.join("\n"));
}
