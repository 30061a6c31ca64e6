//! The program, run as a user runs it.

#![allow(dead_code, reason = "each test file uses its part")]

#[cfg(unix)]
pub(crate) mod pty;

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A folder of its own for a test, in which the program is run.
pub(crate) struct Folder(TempDir);

/// What a call of the program came to.
#[derive(Debug)]
pub(crate) struct CallResult {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Folder {
    pub(crate) fn new() -> Folder {
        Folder(TempDir::new().expect("a folder for temporary files"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Folder {
        std::fs::write(self.path(name), bytes).expect("the folder takes files");
        self
    }

    /// Writes a script that can be run.
    pub(crate) fn program(&self, name: &str, text: &str) {
        self.write(name, text);
        let executable = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(self.path(name), executable).expect("it is our own");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("a file of text")
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

    /// Calls the program with these words, separated by white space.
    pub(crate) fn call(&self, words: &str) -> CallResult {
        self.call_with(&words.split_whitespace().collect::<Vec<_>>(), "")
    }

    /// Calls the program with these arguments and that on standard input.
    pub(crate) fn call_with(&self, args: &[&str], input: &str) -> CallResult {
        let mut child = self.command(args).spawn().expect("the program starts");
        let mut stdin = child.stdin.take().expect("its input is a pipe");
        // A program that needs no input need not take it.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        CallResult::of(&child.wait_with_output().expect("the program ends"))
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = program(self.0.path());
        command.args(args);
        command
    }

    /// Records the trace of a scenario.
    pub(crate) fn record(&self, scenario: &str, trace: &str) -> &Folder {
        self.call(&format!("run {scenario} --quiet -o {trace}"));
        self
    }
}

fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ringscope"));
    command
        .current_dir(folder)
        .env_remove("NO_COLOR")
        // Neither the configuration nor the list of recent files of whoever runs the tests.
        .env("HOME", folder)
        .env_remove("XDG_CONFIG_HOME")
        .env_remove("XDG_STATE_HOME")
        // Nor the launchers that the build was set up with: tests bring their own.
        .env_remove("RINGSCOPE_MPIRUN_OPENMPI")
        .env_remove("RINGSCOPE_MPIRUN_MPICH")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

impl CallResult {
    pub(crate) fn of(output: &Output) -> CallResult {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("the program says text");
        CallResult {
            code: output.status.code(),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    /// Everything that was printed, as a golden file has it.
    pub(crate) fn golden(&self) -> String {
        let code = self.code.map_or_else(|| "none".to_owned(), |code| code.to_string());
        format!("exit code {code}\n--- stdout\n{}--- stderr\n{}", self.out, self.err)
    }
}

/// Whether a process is there; one that has ended and that nobody asked how is not.
pub(crate) fn lives(pid: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
    stat.is_ok_and(|stat| !stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('Z')))
}
