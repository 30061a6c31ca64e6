//! Why nothing was run: told once, on standard error.

use ringscope_traces::text::Plain;

/// What keeps the program from running, and advice.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{what}")]
pub struct Failure {
    what: String,
    hint: Option<String>,
}

impl Failure {
    /// A failure that is about a file, a flag or a rank.
    pub fn about(name: &str, what: impl std::fmt::Display) -> Failure {
        Failure { what: format!("{}: {what}", Plain(name)), hint: None }
    }

    /// One whose words say everything.
    pub fn new(what: impl Into<String>) -> Failure {
        Failure { what: what.into(), hint: None }
    }

    /// The same with advice.
    pub fn hint(self, advice: impl Into<String>) -> Failure {
        Failure { hint: Some(advice.into()), ..self }
    }

    /// Tells it in one write, since other ranks may be writing too.
    pub fn tell(&self) {
        let hint = self.hint.as_deref().map(|hint| format!("\n  hint: {}", Plain(hint)));
        note(&format!("mpi-runner: {}{}", self.what, hint.unwrap_or_default()));
    }
}

/// Writes a line, or some, on standard error, in one write.
pub fn note(text: &str) {
    use std::io::Write as _;
    // That standard error is gone can be told nobody.
    let _ = std::io::stderr().write_all(format!("{text}\n").as_bytes());
}
