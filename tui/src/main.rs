//! The program `ringscope`: arguments to subcommand, and the subcommand's verdict to an exit code.

mod args;
mod command;
mod failure;
mod input;
mod launch;
mod output;
mod report;

use std::process::ExitCode;

use clap::Parser as _;

use args::Args;
use command::Verdict;
use output::Streams;

fn main() -> ExitCode {
    let args = Args::parse();
    let mut streams = Streams::open(args.color);
    let verdict = args.execute(&mut streams).unwrap_or_else(|failure| {
        failure.tell(&mut streams.notes);
        Verdict::NotJudged
    });
    verdict.into()
}
