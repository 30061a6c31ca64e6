//! The command line.

use std::time::Duration;

use clap::{ArgMatches, FromArgMatches, Parser, Subcommand, ValueEnum};
use ringscope_sim::scenario::{SETTINGS, Setting, Settings};

use crate::command::{
    Verdict, check, crosscheck, diff, list, merge, random, record, replay, run, show, welcome,
};
use crate::failure::Failure;
use crate::output::Streams;

/// See what a message-passing program does: simulate, record, check and compare an MPI distributed
/// hash table
#[derive(Debug, Parser)]
#[command(name = "ringscope", version, after_help = AFTER_HELP)]
pub struct Args {
    /// Whether output is coloured; `auto` asks the terminal and the variable NO_COLOR
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        value_enum,
        default_value_t,
        help_heading = "Output"
    )]
    pub color: ColorWhen,

    #[command(subcommand)]
    command: Option<Command>,
}

const AFTER_HELP: &str = "\
Examples:
  ringscope run join                   run a built-in scenario
  ringscope run join -o join.jsonl     and record its trace
  ringscope show join.jsonl            a line an event
  ringscope check join.jsonl           is the trace what the protocol does?

Exit codes: 0 done or equal; 1 a run ended otherwise, a check failed, traces differ;
2 bad input, nothing could be judged.";

/// When output is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ColorWhen {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// In any case
    Always,
    /// In no case
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Args),
    List(list::Args),
    Show(show::Args),
    Check(check::Args),
    Diff(diff::Args),
    Crosscheck(crosscheck::Args),
    Record(record::Args),
    Merge(merge::Args),
    Replay(replay::Args),
    Random(random::Args),
}

impl Args {
    /// Does what was asked for.
    pub fn execute(&self, streams: &mut Streams) -> Result<Verdict, Failure> {
        match &self.command {
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
            None => welcome::execute(streams),
        }
    }
}

/// A flag for each setting of a scenario, made from the table of settings, so that both say the same.
#[derive(Debug, Clone, Default)]
pub struct SettingFlags {
    given: Vec<(&'static str, String)>,
}

impl SettingFlags {
    /// Changes the settings as the flags say.
    ///
    /// # Errors
    ///
    /// The first value that its setting does not take.
    pub fn apply(&self, settings: &mut Settings) -> Result<(), Failure> {
        self.given.iter().try_for_each(|(name, value)| set(settings, name, value))
    }
}

/// Sets a setting as its flag says.
pub fn set(settings: &mut Settings, name: &str, value: &str) -> Result<(), Failure> {
    let bad = match settings.set(name, value) {
        Ok(()) => return Ok(()),
        Err(bad) => bad,
    };
    Err(Failure::about(&format!("--{name}"), bad.message).hint_maybe(bad.hint))
}

/// A time on the command line, in seconds.
pub fn seconds(word: &str) -> Result<Duration, String> {
    const MOST: f64 = 1e6;
    let seconds: f64 = word.parse().map_err(|_| "expected a number of seconds".to_owned())?;
    if seconds > 0.0 && seconds <= MOST {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err("expected more than 0 and at most 1000000 seconds".into())
    }
}

impl clap::Args for SettingFlags {
    fn augment_args(command: clap::Command) -> clap::Command {
        SETTINGS.iter().map(flag).fold(command, clap::Command::arg)
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for SettingFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = SETTINGS.iter().filter_map(|setting| {
            let value = matches.get_one::<String>(setting.name)?;
            Some((setting.name, value.clone()))
        });
        Ok(SettingFlags { given: given.collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn flag(setting: &'static Setting) -> clap::Arg {
    let (_, value_name) = setting.form.split_once(' ').expect("a form is a name and a value");
    clap::Arg::new(setting.name)
        .long(setting.name)
        .value_name(value_name)
        .help(format!("{} [{}]", setting.help, setting.allowed))
        .help_heading("Settings, which count for more than the scenario's")
        .allow_negative_numbers(true)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        Args::command().debug_assert();
    }
}
