//! Why nothing could be judged: `report::failure` prints it on standard error; the exit code is 2.

use std::io;

use ringscope_sim::scenario::ScenarioErrors;
use ringscope_traces::ReadError;
use ringscope_traces::atomic_file::AtomicFileError;
use ringscope_traces::text::Plain;

/// What keeps a subcommand from doing its work.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A scenario cannot be read, or should not be run.
    #[error(transparent)]
    Scenario(#[from] ScenarioErrors),
    /// A trace cannot be read.
    #[error(transparent)]
    Trace(#[from] ReadError),
    /// A file cannot be written.
    #[error(transparent)]
    File(#[from] AtomicFileError),
    /// Anything else: what it is about, what is wrong, and advice.
    #[error("{}: {}", Plain(.name), Plain(.what))]
    About {
        /// A file's name, or a flag.
        name: String,
        /// What is wrong with it.
        what: String,
        /// What may help.
        hint: Option<String>,
    },
}

impl Failure {
    /// A failure that is about a file or a flag.
    pub fn about(name: &str, what: impl Into<String>) -> Failure {
        Failure::About { name: name.to_owned(), what: what.into(), hint: None }
    }

    /// The same with advice.
    pub fn hint(self, advice: impl Into<String>) -> Failure {
        self.hint_maybe(Some(advice.into()))
    }

    /// The same with advice, where there is some.
    pub fn hint_maybe(self, advice: Option<String>) -> Failure {
        match self {
            Failure::About { name, what, hint } => {
                Failure::About { name, what, hint: advice.or(hint) }
            }
            Failure::Scenario(_) | Failure::Trace(_) | Failure::File(_) => self,
        }
    }

    /// What it is in one line, for where there is no room for more.
    pub fn one_line(&self) -> String {
        let (what, hint) = match self {
            Failure::Scenario(errors) => {
                let problem = errors.problems().first();
                (
                    errors.in_one_line(),
                    problem.and_then(|problem| problem.advice()).map(str::to_owned),
                )
            }
            Failure::Trace(error) => (error.to_string(), error.hint().map(str::to_owned)),
            Failure::File(error) => (error.to_string(), error.hint().map(str::to_owned)),
            Failure::About { hint, .. } => (self.to_string(), hint.clone()),
        };
        let hint = hint.map(|hint| format!(" ({})", Plain(&hint))).unwrap_or_default();
        format!("{what}{hint}").replace('\n', " ")
    }
}

/// What is written to and is no file is the program's standard output, which takes no more. (That its reader
/// has gone is no failure.)
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::about("standard output", format!("cannot be written: {error}"))
    }
}
