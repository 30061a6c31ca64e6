//! Programs recorded under real MPI, as a user records them.

#![allow(dead_code, reason = "each test file uses its part")]

#[path = "../../../tests/support/built.rs"]
mod built;

use std::env;
use std::fs::{self, File};
use std::io::BufReader;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ringscope_sim::scenario::Scenario;
use ringscope_sim::simulate::record;
use ringscope_traces::{Completeness, Op, Rank, Trace, read_trace};
use tempfile::TempDir;

use built::built;

/// The library that is loaded before MPI.
const RECORDER: &str = "libringscope_recorder.so";

/// The MPI that a program is built with and run under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mpi {
    Open,
    Mpich,
}

impl Mpi {
    pub const ALL: [Mpi; 2] = [Mpi::Open, Mpi::Mpich];

    /// Its launcher.
    pub fn mpirun(self) -> String {
        self.found("MPIRUN")
    }

    /// A Python with mpi4py for it.
    pub fn python(self) -> String {
        self.found("PYTHON")
    }

    /// Its compiler.
    pub fn mpicc(self) -> String {
        self.found("MPICC")
    }

    /// What `make mpi` has found.
    fn found(self, what: &str) -> String {
        let name = match self {
            Mpi::Open => format!("RINGSCOPE_{what}_OPENMPI"),
            Mpi::Mpich => format!("RINGSCOPE_{what}_MPICH"),
        };
        env::var(&name).unwrap_or_else(|_| {
            panic!("{name} is not set: run the tests by `mpi-runner/with`, as `make unit-mpi` does")
        })
    }
}

/// A folder of its own for a test.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Folder {
        Folder(TempDir::new().expect("a folder for temporary files"))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("the folder takes files");
    }

    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).expect("the folder");
        let name = |entry: std::io::Result<fs::DirEntry>| {
            entry.expect("an entry").file_name().into_string().expect("a plain name")
        };
        let mut names: Vec<_> = entries.map(name).collect();
        names.sort();
        names
    }

    /// Builds a program of this folder's `programs` for an MPI.
    pub fn build(&self, program: &str, mpi: Mpi) -> String {
        let built = self.path(program);
        let mut compiler = Command::new(mpi.found("MPICC"));
        compiler.arg("-O1").arg(source(&format!("{program}.c"))).arg("-o").arg(&built);
        // MPICH's headers call it an overflow when a program wants no statuses.
        let done = compiler.args(["-lpthread", "-lm", "-w"]).output().expect("mpicc starts");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        built.to_str().expect("a plain path").to_owned()
    }

    /// Builds a program as it stands, with debug information, by its path below `programs`.
    pub fn build_plain(&self, file: &str, mpi: Mpi) -> String {
        self.build_debuggable(Path::new(&source(file)), mpi)
    }

    /// The same of a file that lies anywhere.
    pub fn build_debuggable(&self, file: &Path, mpi: Mpi) -> String {
        let built = self.path("program");
        let mut compiler = Command::new(mpi.found("MPICC"));
        compiler.args(["-g", "-O0", "-w"]).arg(file).arg("-o").arg(&built);
        let done = compiler.output().expect("mpicc starts");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        built.to_str().expect("a plain path").to_owned()
    }

    /// Builds a program and a library of the same file, in which `LIBRARY` is defined for the library.
    pub fn build_with_library(&self, file: &str, library: &str, mpi: Mpi) -> String {
        let (file, library, built) = (source(file), self.path(library), self.path("program"));
        let library = library.to_str().expect("a plain path");
        let program = built.to_str().expect("a plain path");
        let here = format!("-Wl,-rpath,{}", self.0.path().display());
        let shared = ["-shared", "-fPIC", "-DLIBRARY", &file, "-o", library];
        let linked = [&file, library, &here, "-o", program];
        for arguments in [shared.as_slice(), &linked] {
            let mut compiler = Command::new(mpi.found("MPICC"));
            let done = compiler.args(["-g", "-O0", "-w"]).args(arguments).output();
            let done = done.expect("mpicc starts");
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        }
        program.to_owned()
    }

    /// Runs `ringscope` with these words in this folder.
    pub fn ringscope<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Recorded {
        let mut command = self.command();
        Recorded::of(command.args(words))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(built("ringscope", &["mpi/openmpi", ""]));
        command
            .current_dir(self.0.path())
            .stdin(Stdio::null())
            .env("RINGSCOPE_RECORDER", recorder());
        command
    }

    /// Records a program, given with its arguments, with so many ranks as `trace.jsonl`.
    pub fn record(&self, (mpi, ranks): (Mpi, u32), program: &[&str]) -> Recorded {
        self.record_with("60", (mpi, ranks), program)
    }

    /// The same; it is ended when it is silent for so many seconds.
    pub fn record_with(
        &self,
        timeout: &str,
        (mpi, ranks): (Mpi, u32),
        program: &[&str],
    ) -> Recorded {
        self.record_by(&["--timeout", timeout], (mpi, ranks), program)
    }

    /// The same with flags of choice.
    pub fn record_by(
        &self,
        flags: &[&str],
        (mpi, ranks): (Mpi, u32),
        program: &[&str],
    ) -> Recorded {
        let (mpirun, ranks) = (mpi.mpirun(), ranks.to_string());
        let record = ["record", "-o", "trace.jsonl"].into_iter().chain(flags.iter().copied());
        let launch = ["--", mpirun.as_str(), "-n", &ranks];
        self.ringscope(record.chain(launch).chain(program.iter().copied()))
    }

    /// The trace that was recorded, and whether it is all there.
    pub fn trace(&self) -> (Trace, Completeness) {
        let file = File::open(self.path("trace.jsonl")).expect("the trace is there");
        read_trace(BufReader::new(file), "trace.jsonl").expect("it is a trace")
    }

    /// The trace of a program that ended in order.
    pub fn whole_trace(&self) -> Trace {
        let (trace, completeness) = self.trace();
        assert_eq!(completeness, Completeness::Whole);
        trace
    }
}

/// What a call of `ringscope` came to.
#[derive(Debug)]
pub struct Recorded {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Recorded {
    fn of(command: &mut Command) -> Recorded {
        let output = command.output().expect("ringscope starts");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Recorded {
            code: output.status.code(),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    /// What stands on standard error without its breaks between lines, which may stand behind a hyphen.
    pub fn unbroken(&self) -> String {
        unbroken(&self.err)
    }

    /// The words on standard error, whatever the width in which they are set.
    pub fn words(&self) -> String {
        self.err.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Where a piece of a program of `programs` stands: `faults.c:31`.
pub fn line_of(program: &str, piece: &str) -> String {
    let text = fs::read_to_string(source(program)).expect("it is in the repository");
    let found = text.lines().position(|line| line.contains(piece));
    format!("{program}:{}", found.expect("it is in the program") + 1)
}

/// A program on two ranks that ends badly in one of its ways: under both MPIs all of the first is said of it, and none of the
/// second.
pub fn is_said_of((program, way): (&str, &str), says: &[String], not: &[&str]) {
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        let built = folder.build_plain(program, mpi);
        let outcome = folder.record_by(&["--timeout", "2"], (mpi, 2), &[&built, way]);
        let said = outcome.unbroken();
        assert_eq!(outcome.code, Some(1), "{mpi:?}: {}", outcome.err);
        for words in says {
            assert!(said.contains(words), "{mpi:?}: {words}\nin: {}", outcome.err);
        }
        for words in not {
            assert!(!said.contains(words), "{mpi:?}: {words}\nin: {}", outcome.err);
        }
    }
}

/// A text without its breaks between lines, which may stand behind a hyphen or a slash.
pub fn unbroken(text: &str) -> String {
    let joined = text.lines().map(str::trim_start).fold(String::new(), |mut whole, line| {
        let is_in_word = whole.ends_with('-') && !whole.ends_with(" -");
        if !is_in_word {
            whole.push(' ');
        }
        whole + line
    });
    joined.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The seeds to try: those of a variable, such as `10..60`, or the usual ones.
pub fn seeds(variable: &str, usual: Range<u64>) -> Range<u64> {
    let Ok(words) = env::var(variable) else { return usual };
    let parsed = words
        .split_once("..")
        .and_then(|(begin, end)| Some(begin.parse().ok()?..end.parse().ok()?));
    parsed.unwrap_or_else(|| panic!("{variable}={words}: wanted are two numbers, such as 1..9"))
}

/// Where `ringscope` is.
pub fn ringscope() -> String {
    built("ringscope", &["mpi/openmpi", ""]).to_str().expect("a plain path").to_owned()
}

/// Where the recorder is.
pub fn recorder() -> PathBuf {
    built(RECORDER, &["mpi/openmpi", "mpi/recorder"])
}

/// A program's source.
pub fn source(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs").join(name);
    path.to_str().expect("a plain path").to_owned()
}

/// A rank's events: sent or received, with whom, the tag, and the payload as JSON.
pub fn events(trace: &Trace, rank: u32) -> Vec<(Op, u32, i32, String)> {
    let own = trace.events.iter().filter(|event| event.rank == Rank(rank));
    own.map(|event| {
        let data = serde_json::to_string(&event.data).expect("a payload has a JSON");
        (event.op, event.peer.0, event.tag.0, data)
    })
    .collect()
}

/// The trace of a scenario's simulation.
pub fn simulated(scenario: &Scenario) -> Trace {
    let recorded = record(scenario, Vec::new()).expect("memory takes a trace");
    read_trace(&recorded.to[..], &scenario.name).expect("what we write we read").0
}
