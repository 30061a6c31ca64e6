//! The command line.

use std::path::PathBuf;

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::command::{
    Verdict, check, completions, config, crosscheck, diff, export, list, man, merge, play, random,
    record, replay, run, show, snapshot, start, tour,
};
use crate::config::Config;
use crate::failure::Failure;
use crate::output::ColorWhen;
use crate::output::Streams;

/// See what a message-passing program does: simulate, record, check and compare an MPI distributed
/// hash table
#[derive(Debug, Parser)]
#[command(name = "ringscope", version, after_help = AFTER_HELP)]
pub struct Args {
    /// Whether output is coloured, or with how many colours; `auto` asks the terminal and the variable
    /// NO_COLOR
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        value_enum,
        default_value_t,
        help_heading = "Output"
    )]
    pub color: ColorWhen,

    /// Read the configuration of the screen from this file
    #[arg(long, global = true, value_name = "FILE", help_heading = "Output")]
    pub config: Option<PathBuf>,

    #[command(subcommand)]
    command: Option<Command>,
}

const AFTER_HELP: &str = "\
Examples:
  ringscope                            the start page: runs to look at
  ringscope play join                  a run that can be stepped through, both ways
  ringscope tour                       walkthroughs: lessons on live runs
  ringscope run join                   run a built-in scenario
  ringscope run join -o join.jsonl     and record its trace
  ringscope show join.jsonl            a line an event
  ringscope check join.jsonl           is the trace what the protocol does?

Exit codes: 0 done or equal; 1 a run ended otherwise, a check failed, traces differ;
2 bad input, nothing could be judged.";

#[derive(Debug, Subcommand)]
enum Command {
    Play(Box<play::PlayArgs>),
    Tour(tour::TourArgs),
    Run(run::RunArgs),
    List(list::ListArgs),
    Show(show::ShowArgs),
    Check(check::CheckArgs),
    Diff(diff::DiffArgs),
    Crosscheck(crosscheck::CrosscheckArgs),
    Record(record::RecordArgs),
    Merge(merge::MergeArgs),
    Replay(replay::ReplayArgs),
    Random(random::RandomArgs),
    Snapshot(Box<snapshot::SnapshotArgs>),
    Export(Box<export::ExportArgs>),
    Config(config::ConfigArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
}

impl Args {
    /// Does what was asked for.
    pub fn execute(&self, streams: &mut Streams) -> Result<Verdict, Failure> {
        let config = || Config::load(self.config.as_deref());
        match &self.command {
            Some(Command::Play(args)) => play::execute(args, (&config()?, self.color), streams),
            Some(Command::Tour(args)) => tour::execute(args, (&config()?, self.color), streams),
            Some(Command::Run(args)) => run::execute(args, streams),
            Some(Command::List(args)) => list::execute(args, streams),
            Some(Command::Show(args)) => show::execute(args, streams),
            Some(Command::Check(args)) => check::execute(args, streams),
            Some(Command::Diff(args)) => diff::execute(args, streams),
            Some(Command::Crosscheck(args)) => crosscheck::execute(args, streams),
            Some(Command::Record(args)) => record::execute(args, streams),
            Some(Command::Merge(args)) => merge::execute(args, streams),
            Some(Command::Replay(args)) => replay::execute(args, streams),
            Some(Command::Random(args)) => random::execute(args, streams),
            Some(Command::Snapshot(args)) => {
                snapshot::execute(args, (&config()?, self.color), streams)
            }
            Some(Command::Export(args)) => export::execute(args, (&config()?, self.color), streams),
            Some(Command::Config(args)) => {
                config::execute(args, (self.config.as_deref(), &config), streams)
            }
            Some(Command::Completions(args)) => {
                completions::execute(args, Args::command(), streams)
            }
            Some(Command::Man(args)) => man::execute(args, Args::command(), streams),
            None => start::execute((&config()?, self.color), streams),
        }
    }
}

#[cfg(test)]
mod documented;
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        Args::command().debug_assert();
    }
}
