//! Why nothing was run, as an error printed once to standard error.

use ringscope_traces::text::Plain;

/// Why the program cannot run, with a hint.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{what}")]
pub(crate) struct Failure {
    what: String,
    hint: Option<String>,
}

impl Failure {
    /// A failure that is about a file, a flag or a rank.
    pub(crate) fn about(name: &str, what: impl std::fmt::Display) -> Failure {
        Failure { what: format!("{}: {what}", Plain(name)), hint: None }
    }

    /// A failure whose message needs no subject.
    pub(crate) fn new(what: impl Into<String>) -> Failure {
        Failure { what: what.into(), hint: None }
    }

    /// The same failure with a hint.
    pub(crate) fn hint(self, advice: impl Into<String>) -> Failure {
        Failure { hint: Some(advice.into()), ..self }
    }

    /// Prints it with a single write, since other ranks may be writing too.
    pub(crate) fn print(&self) {
        let hint = self.hint.as_deref().map(|hint| format!("\n  hint: {}", Plain(hint)));
        note(&format!("mpi-runner: {}{}", self.what, hint.unwrap_or_default()));
    }
}

/// Prints one or several lines to standard error with a single write.
pub(crate) fn note(text: &str) {
    use std::io::Write as _;
    // Nothing can be reported once standard error is gone.
    let _ = std::io::stderr().write_all(format!("{text}\n").as_bytes());
}
