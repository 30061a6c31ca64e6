//! The program `ringscope`: arguments to subcommand, and the subcommand's verdict to an exit code.
//!
//! The screen is made of three layers, each knowing only those before it: a [`timeline`] is a run that can be
//! looked at after any of its events; the [`app`] is what the person in front of it looks at, and how keys
//! change that; the [`view`] draws it.

pub mod app;
mod args;
mod command;
pub mod config;
pub mod controls;
mod export;
pub mod failure;
mod flags;
mod folders;
mod input;
pub mod language;
mod launch;
mod output;
mod recent;
mod report;
pub mod session;
pub mod terminal;
pub mod timeline;
pub mod tour;
pub mod view;

use std::process::ExitCode;

use args::Args;
use command::Verdict;
use output::{ColorWhen, Streams};

/// Runs the program, with the arguments of the process.
pub fn main() -> ExitCode {
    let (color, parsed) = match Args::of_process() {
        Ok(args) => (args.color, Ok(args)),
        Err(refusal) => (ColorWhen::Auto, Err(refusal)),
    };
    let mut streams = Streams::open(color);
    let verdict = match parsed {
        Ok(args) => args.execute(&mut streams),
        Err(refusal) => refusal.print(&mut streams),
    };
    let verdict = verdict.unwrap_or_else(|failure| {
        report::failure::print(&failure, &mut streams.notes);
        Verdict::NotJudged
    });
    verdict.into()
}
