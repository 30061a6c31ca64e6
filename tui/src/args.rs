//! The command line.

mod look_flags;
mod named;
mod refusal;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use ringscope_screen::config::Config;
use ringscope_screen::failure::Failure;
use ringscope_screen::view::theme::ThemeChoice;

use crate::command::screen::Looks;
use crate::command::{
    Verdict, check, completions, config, crosscheck, diff, explore, export, judge, list, man,
    merge, play, random, record, replay, run, setup_mpi, show, snapshot, start, sweep, tour, why,
};
use crate::config::LoadedConfig;
use crate::flags::theme;
use crate::launch::{clean_up_at_the_end, survive_the_limit_of_files};
use crate::output::ColorWhen;
use crate::output::{Notes, Streams};

/// See what a message-passing program does: simulate, record, check and compare an MPI distributed
/// hash table
#[derive(Debug, Parser)]
#[command(name = "ringscope", version, after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// When to use colours, or how many; `auto` looks at the terminal and at the variable NO_COLOR
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        value_enum,
        default_value_t,
        help_heading = "Output"
    )]
    pub color: ColorWhen,

    /// The background that the screen's colours are for; `auto` asks the terminal
    #[arg(long, global = true, value_name = "THEME", value_parser = theme(), help_heading = "Output")]
    pub theme: Option<ThemeChoice>,

    /// Read the configuration of the screen from this file
    #[arg(long, global = true, value_name = "FILE", help_heading = "Output")]
    pub config: Option<PathBuf>,

    #[command(subcommand)]
    command: Option<Command>,

    /// What it says of how things look, word by word as a shell reads them.
    #[arg(skip)]
    look_flags: Vec<String>,
}

const AFTER_HELP: &str = "\
Examples:
  ringscope                            the start page: runs to look at
  ringscope play join                  a run that can be stepped through, both ways
  ringscope tour                       walkthroughs: lessons on live runs
  ringscope run join                   run a built-in scenario
  ringscope run join -o join.jsonl     and record its trace
  ringscope show join.jsonl            one line per event
  ringscope check join.jsonl           does the trace follow the protocol?

A scenario, a lesson or a file without a command is opened: `ringscope join.jsonl`.

Exit codes: 0 done or equal; 1 the run did not complete, a check failed or traces differ;
2 bad input: nothing could be judged.";

#[derive(Debug, Subcommand)]
enum Command {
    Play(Box<play::PlayArgs>),
    Tour(tour::TourArgs),
    Run(run::RunArgs),
    List(list::ListArgs),
    Show(show::ShowArgs),
    Why(why::WhyArgs),
    Check(check::CheckArgs),
    Diff(diff::DiffArgs),
    Crosscheck(crosscheck::CrosscheckArgs),
    Record(record::RecordArgs),
    Judge(judge::JudgeArgs),
    Merge(merge::MergeArgs),
    Replay(replay::ReplayArgs),
    Explore(explore::ExploreArgs),
    Sweep(sweep::SweepArgs),
    Random(random::RandomArgs),
    Snapshot(Box<snapshot::SnapshotArgs>),
    Export(Box<export::ExportArgs>),
    Config(config::ConfigArgs),
    SetupMpi(setup_mpi::SetupMpiArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
}

impl Args {
    /// Reads the words of a command line, the program's name first.
    fn read(
        words: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    ) -> Result<Args, clap::Error> {
        let mut command = Args::command();
        let matches = command.try_get_matches_from_mut(words)?;
        let args = Args::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
        Ok(Args { look_flags: look_flags::of(&command, &matches), ..args })
    }

    /// Does what was asked for.
    pub(crate) fn execute(&self, streams: &mut Streams) -> Result<Verdict, Failure> {
        self.mind_signals()?;
        let color = self.color;
        match &self.command {
            Some(Command::Play(args)) => {
                play::execute(args, &self.looks(&mut streams.notes)?, streams)
            }
            Some(Command::Tour(args)) => {
                tour::execute(args, &self.looks(&mut streams.notes)?, streams)
            }
            Some(Command::Run(args)) => run::execute(args, streams),
            Some(Command::List(args)) => list::execute(args, streams),
            Some(Command::Show(args)) => show::execute(args, streams),
            Some(Command::Why(args)) => why::execute(args, streams),
            Some(Command::Check(args)) => check::execute(args, streams),
            Some(Command::Diff(args)) => diff::execute(args, streams),
            Some(Command::Crosscheck(args)) => crosscheck::execute(args, streams),
            Some(Command::Record(args)) => record::execute(args, streams),
            Some(Command::Judge(args)) => judge::execute(args, streams),
            Some(Command::Merge(args)) => merge::execute(args, streams),
            Some(Command::Replay(args)) => replay::execute(args, streams),
            Some(Command::Explore(args)) => explore::execute(args, streams),
            Some(Command::Sweep(args)) => sweep::execute(args, streams),
            Some(Command::Random(args)) => random::execute(args, streams),
            Some(Command::Snapshot(args)) => {
                snapshot::execute(args, &self.config(&mut streams.notes)?, color, streams)
            }
            Some(Command::Export(args)) => {
                let mut loaded = self.loaded()?;
                self.change(&mut loaded.config);
                if !args.is_quiet() {
                    loaded.note(&mut streams.notes);
                }
                export::execute(args, &loaded.config, color, streams)
            }
            Some(Command::Config(args)) => config::execute(args, self.config.as_deref(), streams),
            Some(Command::Completions(args)) => {
                completions::execute(args, Args::command(), streams)
            }
            Some(Command::SetupMpi(args)) => setup_mpi::execute(args, streams),
            Some(Command::Man(args)) => man::execute(args, Args::command(), streams),
            None => {
                let looks = self.looks(&mut streams.notes)?;
                start::execute(looks.setup(), &looks, streams)
            }
        }
    }

    /// What signals do. A screen has its own answers to those that end a program.
    fn mind_signals(&self) -> Result<(), Failure> {
        let has_screen =
            matches!(self.command, None | Some(Command::Play(_)) | Some(Command::Tour(_)));
        let minded = survive_the_limit_of_files()
            .and_then(|()| if has_screen { Ok(()) } else { clean_up_at_the_end() });
        minded.map_err(|error| Failure::about("signals", format!("cannot be handled: {error}")))
    }

    fn loaded(&self) -> Result<LoadedConfig, Failure> {
        LoadedConfig::load(self.config.as_deref())
    }

    /// How things look, with a note where the configuration could not be read.
    fn looks(&self, notes: &mut Notes) -> Result<Looks, Failure> {
        let (color, flags) = (self.color, self.look_flags.clone());
        Ok(Looks { config: self.config(notes)?, color, flags })
    }

    /// The configuration, with a note where it could not be read.
    fn config(&self, notes: &mut Notes) -> Result<Config, Failure> {
        let mut loaded = self.loaded()?;
        loaded.note(notes);
        self.change(&mut loaded.config);
        Ok(loaded.config)
    }

    /// What the command line says counts for more than the configuration.
    fn change(&self, config: &mut Config) {
        config.theme = self.theme.unwrap_or(config.theme);
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
