//! The program that is recorded, and what it is given so that its ranks load the recorder.

use std::env;
use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use ringscope_screen::failure::Failure;
use ringscope_screen::files::shown;
use ringscope_screen::trace_summary::NO_PROTOCOL;
use ringscope_sim::protocols::ProtocolId;

use crate::launch::{Flavor, flavor_of_launcher, unix_ns};

/// The variables of the recorder: the folder of the parts, when the run began, and the protocol that the
/// program is said to follow.
pub(super) const FOLDER: &str = "RINGSCOPE_RECORD";
const START: &str = "RINGSCOPE_RECORD_START";
const PROTOCOL: &str = "RINGSCOPE_RECORD_PROTOCOL";

/// The variable that says how much of payloads is written down; without it, the usual.
const PAYLOAD: &str = "RINGSCOPE_RECORD_PAYLOAD";

const PRELOAD: &str = "LD_PRELOAD";

/// How the names of launchers begin that can say which MPI they are of.
const LAUNCHERS: [&str; 4] = ["mpirun", "mpiexec", "orterun", "prterun"];

/// A program that is to be recorded.
pub(super) struct Program<'a> {
    /// Its first word is the program, the others are its arguments.
    words: &'a [OsString],
    /// The MPI whose launcher it is; `None` for anything else, such as a script that calls one.
    launcher: Option<Flavor>,
    /// What is to be loaded before everything else.
    preload: OsString,
    /// The protocol that it is said to follow.
    protocol: Option<ProtocolId>,
    /// How much of payloads is written down, in the recorder's words.
    payload: Option<String>,
}

impl<'a> Program<'a> {
    /// The program of a command line that is not empty.
    ///
    /// # Errors
    ///
    /// When the recorder lies where it cannot be loaded from.
    pub(super) fn of(
        words: &'a [OsString],
        protocol: Option<ProtocolId>,
        recorder: PathBuf,
    ) -> Result<Program<'a>, Failure> {
        let is_separator = |byte: &u8| matches!(byte, b' ' | b':');
        if recorder.as_os_str().as_bytes().iter().any(is_separator) {
            let what = format!("{PRELOAD} cannot hold a path with a space or a colon");
            return Err(Failure::about(&shown(&recorder), what)
                .hint("the variable RINGSCOPE_RECORDER may name a copy elsewhere"));
        }
        let mut preload = recorder.into_os_string();
        if let Some(others) = env::var_os(PRELOAD).filter(|others| !others.is_empty()) {
            preload.push(":");
            preload.push(others);
        }
        Ok(Program { words, launcher: flavor(&words[0]), preload, protocol, payload: None })
    }

    /// The same, with so much of payloads written down.
    pub(super) fn with_payload(self, payload: Option<String>) -> Program<'a> {
        Program { payload, ..self }
    }

    /// The program's own word.
    pub(super) fn path(&self) -> &Path {
        Path::new(&self.words[0])
    }

    /// The MPI whose launcher starts it, if one does.
    pub(super) fn launcher(&self) -> Option<Flavor> {
        self.launcher
    }

    /// A failure that is about the program.
    pub(super) fn failure(&self, what: impl Into<String>) -> Failure {
        Failure::about(&shown(self.path()), what)
    }

    /// What starts it so that its ranks write into that folder.
    ///
    /// A launcher is told to load the recorder in its ranks and not in itself; with anything else, every
    /// process has it, which does nothing where MPI is not started.
    pub(super) fn command(&self, parts: &Path, keeps_output_free: bool) -> Command {
        let mut command = Command::new(&self.words[0]);
        match self.launcher {
            Some(flavor) => command.args(flavor.handing_on(PRELOAD, &self.preload)),
            None => command.env(PRELOAD, &self.preload),
        };
        let is_not_set = |(name, _): &(&str, &str)| env::var_os(name).is_none();
        let wanted = Flavor::ALL.into_iter().flat_map(Flavor::environment).copied();
        command
            .args(&self.words[1..])
            .envs(wanted.filter(is_not_set))
            .env(FOLDER, parts)
            .env(START, unix_ns().to_string())
            .env(PROTOCOL, self.protocol.map_or(NO_PROTOCOL, ProtocolId::name));
        match &self.payload {
            Some(payload) => command.env(PAYLOAD, payload),
            None => command.env_remove(PAYLOAD),
        };
        if keeps_output_free {
            command.stdout(io::stderr());
        }
        command
    }
}

/// Whether a command line asks a launcher for one rank: `mpirun -n 1 ./a.out`.
pub(super) fn asks_for_one_rank(words: &[OsString]) -> bool {
    words.windows(2).any(|pair| {
        let [flag, count] = pair else { return false };
        ["-n", "-np", "--n", "--np", "-c"].iter().any(|known| flag == known) && count == "1"
    })
}

/// The MPI of a launcher; nothing else is asked, since who knows what it would do.
fn flavor(word: &OsString) -> Option<Flavor> {
    let name = Path::new(word).file_name()?.to_str()?;
    let is_launcher = LAUNCHERS.iter().any(|launcher| name.starts_with(launcher));
    is_launcher.then(|| flavor_of_launcher(Path::new(word))).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_rank_is_asked_for_by_the_launchers_own_flags() {
        let asks = |line: &str| {
            asks_for_one_rank(&line.split(' ').map(OsString::from).collect::<Vec<_>>())
        };
        assert!(asks("mpirun -n 1 ./a.out") && asks("mpiexec --oversubscribe -np 1 ./a.out"));
        assert!(!asks("mpirun -n 12 ./a.out") && !asks("mpirun ./a.out 1") && !asks("./a.out"));
    }
}
