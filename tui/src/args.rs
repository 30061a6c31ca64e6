//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgMatches, FromArgMatches, Parser, Subcommand, ValueEnum};
use ringscope_sim::scenario::{SETTINGS, Setting, Settings};

use crate::command::{
    Verdict, check, completions, config, crosscheck, diff, export, list, man, merge, play, random,
    record, replay, run, show, snapshot, start, tour,
};
use crate::config::Config;
use crate::failure::Failure;
use crate::output::Streams;
use crate::view::theme::Palette;

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

/// When output is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ColorWhen {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// In any case
    Always,
    /// In no case
    #[value(alias = "off")]
    Never,
    /// With 8 colours
    #[value(name = "8")]
    Eight,
    /// With 16 colours
    #[value(name = "16")]
    Sixteen,
    /// With 256 colours
    #[value(name = "256")]
    TwoHundred,
    /// With any colours
    Rgb,
}

impl ColorWhen {
    /// Whether there are to be colours; `None` when that is for others to say.
    pub fn is_coloured(self) -> Option<bool> {
        match self {
            ColorWhen::Auto => None,
            ColorWhen::Never => Some(false),
            ColorWhen::Always
            | ColorWhen::Eight
            | ColorWhen::Sixteen
            | ColorWhen::TwoHundred
            | ColorWhen::Rgb => Some(true),
        }
    }

    /// The colours of the screen, as far as they are said.
    pub fn palette(self) -> Option<Palette> {
        match self {
            ColorWhen::Auto | ColorWhen::Always => None,
            ColorWhen::Never => Some(Palette::Off),
            ColorWhen::Eight => Some(Palette::Eight),
            ColorWhen::Sixteen => Some(Palette::Sixteen),
            ColorWhen::TwoHundred => Some(Palette::TwoHundred),
            ColorWhen::Rgb => Some(Palette::Rgb),
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    Play(Box<play::Args>),
    Tour(tour::Args),
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
    Snapshot(Box<snapshot::Args>),
    Export(Box<export::Args>),
    Config(config::Args),
    Completions(completions::Args),
    Man(man::Args),
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
            Some(Command::Completions(args)) => completions::execute(args, streams),
            Some(Command::Man(args)) => man::execute(args, streams),
            None => start::execute((&config()?, self.color), streams),
        }
    }
}

/// A flag for each setting of a scenario, made from the table of settings, so that both say the same.
#[derive(Debug, Clone, Default)]
pub struct SettingFlags {
    given: Vec<(&'static str, String)>,
}

impl SettingFlags {
    /// The settings that were given, by name, and their values.
    pub fn given(&self) -> impl Iterator<Item = (&'static str, String)> + '_ {
        self.given.iter().cloned()
    }

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
mod documented;
#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        Args::command().debug_assert();
    }
}
