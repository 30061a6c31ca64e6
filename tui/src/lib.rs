//! The program `ringscope`: arguments to subcommand, and the subcommand's verdict to an exit code.
//!
//! What it shows on a screen is made by `ringscope-screen`; here are the terminal, the files and the processes.
//! This is a program and no library: what is public is for its tests and may change at any time.

mod args;
mod command;
mod config;
mod flags;
mod folders;
mod input;
mod launch;
mod lesson_file;
mod output;
mod places;
mod progress;
mod recent;
mod report;
mod source;
#[doc(hidden)]
pub mod terminal;

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
