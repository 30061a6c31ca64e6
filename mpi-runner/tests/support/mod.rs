//! The program under real MPI, started as a user starts it.

#![allow(dead_code, unused_imports, reason = "each test file uses its part")]

mod built;
mod job;
#[path = "../../../traces/tests/support/reference.rs"]
pub(crate) mod reference;

use std::env;
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use ringscope_sim::scenario::Scenario;
use ringscope_sim::simulate::record;
use ringscope_traces::{Trace, read_trace, write_trace};
use tempfile::TempDir;

pub(crate) use built::built;
pub(crate) use job::Job;

/// Whether everything is to be tried, as `make release-check` does, and not a part that shows every kind of it.
pub(crate) fn is_thorough() -> bool {
    env::var_os("RINGSCOPE_THOROUGH").is_some_and(|word| word == "1")
}

/// The MPI that a program is built with and run under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mpi {
    Open,
    Mpich,
}

impl Mpi {
    pub(crate) const ALL: [Mpi; 2] = [Mpi::Open, Mpi::Mpich];

    /// Its name in folders and variables.
    pub(crate) fn short(self) -> &'static str {
        match self {
            Mpi::Open => "openmpi",
            Mpi::Mpich => "mpich",
        }
    }

    /// The program, built with it.
    pub(crate) fn runner(self) -> PathBuf {
        built("mpi-runner", &[&format!("mpi/{}", self.short())])
    }

    /// Its launcher: what `make mpi` has found, or else as Debian calls it.
    pub(crate) fn launcher(self) -> String {
        let variable = format!("RINGSCOPE_MPIRUN_{}", self.short().to_uppercase());
        env::var(variable).unwrap_or_else(|_| format!("mpirun.{}", self.short()))
    }
}

/// A folder of its own for a test.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Folder {
        Folder(TempDir::new().expect("a folder for temporary files"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("the folder takes files");
    }

    pub(crate) fn write_trace(&self, name: &str, trace: &Trace) {
        let file = File::create(self.path(name)).expect("the folder takes files");
        write_trace(file, trace).expect("the folder takes files");
    }

    /// A trace that is there and whole enough to be read.
    pub(crate) fn trace(&self, name: &str) -> Trace {
        let file = File::open(self.path(name)).expect("the trace is there");
        read_trace(BufReader::new(file), name).expect("it is a trace").0
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).expect("the folder");
        let name = |entry: std::io::Result<std::fs::DirEntry>| {
            entry.expect("an entry").file_name().into_string().expect("a plain name")
        };
        let mut names: Vec<_> = entries.map(name).collect();
        names.sort();
        names
    }
}

/// The trace of a scenario's simulation.
pub(crate) fn simulated(scenario: &Scenario) -> Trace {
    let recorded = record(scenario, Vec::new()).expect("memory takes a trace");
    read_trace(&recorded.to[..], &scenario.name).expect("what we write we read").0
}
