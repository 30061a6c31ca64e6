//! The subcommands, a file for each.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod crosscheck;
pub(crate) mod diff;
pub(crate) mod explore;
pub(crate) mod export;
pub(crate) mod judge;
pub(crate) mod list;
pub(crate) mod man;
pub(crate) mod merge;
pub(crate) mod play;
pub(crate) mod random;
pub(crate) mod record;
pub(crate) mod replay;
pub(crate) mod run;
pub(crate) mod screen;
pub(crate) mod setup_mpi;
pub(crate) mod show;
pub(crate) mod snapshot;
pub(crate) mod start;
pub(crate) mod sweep;
pub(crate) mod tour;
pub(crate) mod welcome;
pub(crate) mod why;

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
