//! The program `ringscope`: arguments to subcommand, and the subcommand's verdict to an exit code.
//!
//! The screen is made of three layers, each knowing only those before it: a [`timeline`] is a run that can be
//! looked at after any of its events; the [`app`] is what the person in front of it looks at, and how keys
//! change that; the [`view`] draws it.

pub mod app;
mod args;
mod command;
mod config;
mod export;
pub mod failure;
mod flags;
mod input;
mod language;
mod launch;
mod nearest;
mod output;
pub mod pane;
mod recent;
mod report;
mod state;
pub mod terminal;
pub mod timeline;
pub mod tour;
pub mod view;

use std::process::ExitCode;

use clap::Parser as _;

use args::Args;
use command::Verdict;
use output::Streams;

/// Runs the program, with the arguments of the process.
pub fn main() -> ExitCode {
    let args = Args::parse();
    let mut streams = Streams::open(args.color);
    let verdict = args.execute(&mut streams).unwrap_or_else(|failure| {
        failure.tell(&mut streams.notes);
        Verdict::NotJudged
    });
    verdict.into()
}
