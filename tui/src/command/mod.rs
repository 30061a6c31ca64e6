//! The subcommands, a file for each.

pub mod check;
pub mod completions;
pub mod config;
pub mod crosscheck;
pub mod diff;
pub mod export;
pub mod list;
pub mod man;
pub mod merge;
pub mod play;
pub mod random;
pub mod record;
pub mod replay;
pub mod run;
pub(crate) mod screen;
pub mod show;
pub mod snapshot;
pub mod start;
pub mod tour;
pub mod welcome;

use std::process::ExitCode;

/// What a subcommand comes to, as an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Done, or equal: 0.
    Good,
    /// It is not as it should be: 1.
    Bad,
    /// It could not be judged: 2.
    NotJudged,
}

impl Verdict {
    /// Good if that holds, else bad.
    pub fn good_if(holds: bool) -> Verdict {
        if holds { Verdict::Good } else { Verdict::Bad }
    }
}

impl From<Verdict> for ExitCode {
    fn from(verdict: Verdict) -> ExitCode {
        match verdict {
            Verdict::Good => ExitCode::SUCCESS,
            Verdict::Bad => ExitCode::from(1),
            Verdict::NotJudged => ExitCode::from(2),
        }
    }
}
