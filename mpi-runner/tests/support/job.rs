//! A launched program, and the processes of its ranks.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use ringscope_traces::Rank;
use rustix::process::{Pid, Signal, kill_process};

use super::{Folder, Mpi};

/// In every process of a job, which distinguishes it from others.
const MARK: &str = "RINGSCOPE_TEST_JOB";

/// The longest that anything may take to come about.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that was launched.
pub(crate) struct Job {
    launcher: Child,
    mark: String,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Job {
    /// Starts `mpi-runner` with these words, separated by white space, in that folder.
    pub(crate) fn start(mpi: Mpi, ranks: u32, (folder, words): (&Folder, &str)) -> Job {
        Job::launch(&mpi.launcher(), (mpi, ranks), (folder, words))
    }

    /// The same with any launcher.
    pub(crate) fn launch(
        launcher: &str,
        (mpi, ranks): (Mpi, u32),
        (folder, words): (&Folder, &str),
    ) -> Job {
        static JOBS: AtomicU32 = AtomicU32::new(0);
        let number = JOBS.fetch_add(1, Ordering::Relaxed);
        let mark = format!("{}-{number}", std::process::id());
        let out = fs::File::create(folder.path(".out")).expect("the folder takes files");
        let err = fs::File::create(folder.path(".err")).expect("the folder takes files");
        let launched = Command::new(launcher)
            .args(["-n", &ranks.to_string()])
            .arg(mpi.runner())
            .args(words.split_whitespace())
            .current_dir(folder.path(""))
            .env(MARK, &mark)
            .envs([("OMPI_ALLOW_RUN_AS_ROOT", "1"), ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1")])
            .env("OMPI_MCA_rmaps_base_oversubscribe", "1")
            .env("PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe")
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .spawn();
        let launcher = launched.unwrap_or_else(|error| {
            panic!("{launcher} does not start: {error}: `make mpi` sets up MPI")
        });
        Job { launcher, mark }
    }

    /// Runs it to its end.
    pub(crate) fn run(mpi: Mpi, ranks: u32, (folder, words): (&Folder, &str)) -> Ended {
        Job::start(mpi, ranks, (folder, words)).finish(folder)
    }

    /// What comes of it.
    pub(crate) fn finish(mut self, folder: &Folder) -> Ended {
        self.await_end(PATIENCE, folder)
    }

    /// Waits until that is so.
    pub(crate) fn await_condition(&self, what: &str, condition: impl Fn() -> bool) {
        assert!(comes_about(PATIENCE, condition), "waited in vain for {what}");
    }

    pub(crate) fn signal(&self, rank: Rank, signal: Signal) {
        let ranks = self.ranks();
        let pid = ranks.get(&rank).unwrap_or_else(|| panic!("no rank {rank} among {ranks:?}"));
        kill_process(*pid, signal).expect("the process is ours");
    }

    pub(crate) fn signal_launcher(&self, signal: Signal) {
        let pid = Pid::from_child(&self.launcher);
        kill_process(pid, signal).expect("the process is ours");
    }

    /// What came of it, which must be within that time.
    pub(crate) fn await_end(&mut self, within: Duration, folder: &Folder) -> Ended {
        let mut status = None;
        comes_about(within, || {
            status = self.launcher.try_wait().expect("the launcher is ours");
            status.is_some()
        });
        let read = |name| fs::read(folder.path(name)).expect("the test made it");
        let text = |name| String::from_utf8_lossy(&read(name)).into_owned();
        let (out, err) = (text(".out"), text(".err"));
        let Some(status) = status else {
            panic!("it does not end within {within:?}\n{out}\n{err}");
        };
        Ended { code: ExitStatus::code(&status), out, err }
    }

    /// Waits for its processes to be gone, and says how many are left.
    pub(crate) fn await_nobody(&self, within: Duration) -> usize {
        comes_about(within, || self.processes().is_empty());
        self.processes().len()
    }

    fn ranks(&self) -> BTreeMap<Rank, Pid> {
        let of = |(pid, environment): (Pid, BTreeMap<String, String>)| {
            let rank = environment.get("OMPI_COMM_WORLD_RANK").or(environment.get("PMI_RANK"))?;
            Some((Rank(rank.parse().ok()?), pid))
        };
        self.processes().into_iter().filter_map(of).collect()
    }

    /// The job's processes that live, with their environments.
    fn processes(&self) -> Vec<(Pid, BTreeMap<String, String>)> {
        let entries = fs::read_dir("/proc").expect("the processes can be listed");
        let numbers = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        let pids = numbers.filter_map(Pid::from_raw);
        let all = pids.filter_map(|pid| Some((pid, environment(pid)?)));
        all.filter(|(_, environment)| environment.get(MARK) == Some(&self.mark)).collect()
    }
}

/// A test that fails leaves nobody behind.
impl Drop for Job {
    fn drop(&mut self) {
        let _ = self.launcher.kill();
        let _ = self.launcher.wait();
        for (pid, _) in self.processes() {
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}

/// What a process was started with; a dead one that is not buried yet has nothing.
fn environment(pid: Pid) -> Option<BTreeMap<String, String>> {
    let bytes = fs::read(format!("/proc/{}/environ", pid.as_raw_pid())).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let pairs = text.split('\0').filter_map(|entry| entry.split_once('='));
    Some(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// Whether a condition holds before that time is over.
#[expect(clippy::disallowed_methods, reason = "patience is measured in real time")]
fn comes_about(within: Duration, mut condition: impl FnMut() -> bool) -> bool {
    const BETWEEN_LOOKS: Duration = Duration::from_millis(1);
    let end = Instant::now() + within;
    while !condition() {
        if Instant::now() > end {
            return false;
        }
        thread::sleep(BETWEEN_LOOKS);
    }
    true
}
