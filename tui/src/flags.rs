//! Flags that several subcommands take, and what their values mean.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{ArgMatches, FromArgMatches};
use ratatui_core::layout::Size;
use ringscope_screen::app::{Changes, GivenTags, Looking};
use ringscope_screen::failure::Failure;
use ringscope_screen::files::shown;
use ringscope_screen::settings::SettingOverrides;
use ringscope_screen::view::theme::{Scheme, ThemeChoice};
use ringscope_sim::protocols::{NAMES, ProtocolId};
use ringscope_sim::scenario::{SETTINGS, Setting};
use ringscope_traces::Header;
use ringscope_traces::tags::{BadTags, TagNames};

/// A flag for each setting of a scenario, made from the table of settings, so that both say the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct SettingFlags {
    /// What was given.
    pub overrides: SettingOverrides,
}

impl SettingFlags {
    /// Refuses settings where there is no scenario that they could be of.
    ///
    /// # Errors
    ///
    /// When one is given.
    pub(crate) fn refuse_without_scenario(&self) -> Result<(), Failure> {
        match self.overrides.given().next() {
            Some((name, _)) => {
                let failure = Failure::about(&format!("--{name}"), "is a setting of a scenario");
                Err(failure.hint("name the scenario"))
            }
            None => Ok(()),
        }
    }
}

/// A time on the command line, in seconds.
pub(crate) fn seconds(word: &str) -> Result<Duration, String> {
    const MOST: f64 = 1e6;
    let seconds: f64 = word.parse().map_err(|_| "expected a number of seconds".to_owned())?;
    if seconds > 0.0 && seconds <= MOST {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err("expected more than 0 and at most 1000000 seconds".into())
    }
}

/// A protocol on the command line.
pub(crate) fn protocol(name: &str) -> Result<ProtocolId, String> {
    ProtocolId::named(name).ok_or_else(|| format!("unknown protocol (known: {NAMES})"))
}

/// How much of payloads is recorded, in the recorder's words.
pub(crate) fn payload(word: &str) -> Result<String, String> {
    let is_number = |bytes: &str| {
        bytes.bytes().all(|byte| byte.is_ascii_digit()) && bytes.parse::<u32>().is_ok()
    };
    match word {
        "full" | "hash" | "none" => Ok(word.to_owned()),
        _ if word.strip_prefix("head:").is_some_and(is_number) => Ok(word.to_owned()),
        _ => {
            Err("expected full, hash, none, or head: with a number of bytes, such as head:64"
                .into())
        }
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
        Ok(SettingFlags { overrides: given.collect() })
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
        .help_heading("Override the scenario's settings")
        .allow_negative_numbers(true)
}

/// Reads a theme by its name in the table of themes.
pub(crate) fn theme() -> impl TypedValueParser<Value = ThemeChoice> {
    let value = |(name, choice)| PossibleValue::new(name).help(described(choice));
    PossibleValuesParser::new(ThemeChoice::ALL.map(value))
        .map(|name| ThemeChoice::named(&name).expect("clap takes no other names"))
}

fn described(choice: ThemeChoice) -> &'static str {
    match choice {
        ThemeChoice::Auto => "What the terminal says, or else the variable COLORFGBG, or else dark",
        ThemeChoice::Fixed(Scheme::Dark) => "Black, or nearly black",
        ThemeChoice::Fixed(Scheme::Light) => "White, or nearly white",
        ThemeChoice::Fixed(Scheme::HighContrast) => {
            "White text on black, whatever the terminal has"
        }
    }
}

/// A file with the names of a dialect's tags.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct TagFlags {
    /// A file with names for the program's tags: in each line a tag and its name, such as `20 STORE`
    #[arg(long, value_name = "FILE")]
    tags: Option<PathBuf>,
}

impl TagFlags {
    /// The names; none where there is no file.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or something else stands in it.
    pub(crate) fn names(&self) -> Result<Option<TagNames>, Failure> {
        let Some(path) = &self.tags else { return Ok(None) };
        let name = shown(path);
        let text = fs::read_to_string(path)
            .map_err(|error| Failure::about(&name, format!("cannot be read: {error}")))?;
        let names = TagNames::parse(&text).map_err(|BadTags { line, what, text }| {
            Failure::about(&format!("{name}:{line}"), format!("{what}, and got `{text}`"))
                .hint("each line has a tag and its name, such as `20 STORE`; `#` begins a remark")
        })?;
        Ok(Some(names))
    }

    /// The names with the file in which they stand; none where there is no file.
    ///
    /// # Errors
    ///
    /// As those of [`TagFlags::names`].
    pub(crate) fn given(&self) -> Result<Option<GivenTags>, Failure> {
        let names = self.names()?;
        Ok(names.zip(self.tags.clone()).map(|(names, file)| GivenTags { file, names }))
    }

    /// The names for what shows one run and not two beside each other.
    ///
    /// # Errors
    ///
    /// As those of [`TagFlags::names`], and when they are given for two runs.
    pub(crate) fn of_one_run(&self, is_beside: bool) -> Result<Option<GivenTags>, Failure> {
        if is_beside && self.tags.is_some() {
            let what = "two runs that are compared have the names that stand in their traces";
            let hint = "`ringscope record --tags` keeps them there; `ringscope diff` takes --tags";
            return Err(Failure::about("--tags", what).hint(hint));
        }
        self.given()
    }

    /// Puts the names into a header, in the place of those that it has.
    ///
    /// # Errors
    ///
    /// As those of [`TagFlags::names`].
    pub(crate) fn put_into(&self, header: &mut Header) -> Result<(), Failure> {
        if let Some(names) = self.names()? {
            names.put_into(header);
        }
        Ok(())
    }
}

/// How a scenario goes on otherwise than its text says.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Change the scenario's commands")]
pub(crate) struct ChangeFlags {
    /// Run only the first N commands of the scenario
    #[arg(long, value_name = "N", requires = "run")]
    first: Option<u64>,

    /// Run this line of commands after those of the scenario (repeatable), such as `put 5 50`
    #[arg(long, value_name = "LINE", requires = "run")]
    then: Vec<String>,
}

impl ChangeFlags {
    /// What was given.
    pub(crate) fn changes(&self) -> Changes {
        Changes { first: self.first, then: self.then.clone() }
    }
}

/// What is looked at in a run.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "What is looked at")]
pub(crate) struct LookingFlags {
    /// Give this pane the keys: ring, inspector, events, space-time, watches, ownership
    #[arg(long, value_name = "PANE", requires = "run", conflicts_with = "diff")]
    pane: Option<String>,

    /// Let that pane have the whole screen
    #[arg(long, requires = "run", conflicts_with = "diff")]
    zoom: bool,

    /// Select a rank (`r3`), a key (`key 400`) or a message (`message 6`, by the event of its send)
    #[arg(long, value_name = "WHAT", requires = "run", conflicts_with = "diff")]
    select: Option<String>,

    /// List only the events that this asks for, such as `rank 3`
    #[arg(long, value_name = "WORDS", requires = "run", conflicts_with = "diff")]
    filter: Option<String>,

    /// List only the causes of event N, and say why it came about
    #[arg(long, value_name = "N", requires = "run", conflicts_with_all = ["diff", "filter"])]
    why: Option<usize>,

    /// Look for events as `/` does, such as `PUT`, and mark them on the bar of the run
    #[arg(long, value_name = "WORDS", requires = "run", conflicts_with = "diff")]
    search: Option<String>,

    /// Break on this condition (repeatable), such as `key 612 moves`
    #[arg(long = "break", value_name = "CONDITION", requires = "run", conflicts_with = "diff")]
    breaks: Vec<String>,

    /// Mark an event with a letter (repeatable), such as a=37
    #[arg(long = "mark", value_name = "LETTER=N", requires = "run", conflicts_with = "diff")]
    marks: Vec<String>,

    /// Scroll a pane by so many rows (repeatable), such as inspector=4
    #[arg(long, value_name = "PANE=ROWS", requires = "run", conflicts_with = "diff")]
    scroll: Vec<String>,

    /// Choose a row of the pane that has the keys: of the inspector, or of the conditions to break on
    #[arg(long, value_name = "N", requires = "run", conflicts_with = "diff")]
    row: Option<usize>,

    /// Lay the whole explanation of how the run ended over the panes
    #[arg(long, requires = "run", conflicts_with = "diff")]
    explain: bool,
}

impl LookingFlags {
    /// What was given.
    pub(crate) fn looking(&self) -> Looking {
        Looking {
            pane: self.pane.clone(),
            is_zoomed: self.zoom,
            select: self.select.clone(),
            filter: self.filter.clone(),
            why: self.why,
            search: self.search.clone(),
            breaks: self.breaks.clone(),
            marks: self.marks.clone(),
            scroll: self.scroll.clone(),
            row: self.row,
            explains: self.explain,
        }
    }

    /// Refuses what only a screen shows, where there is none.
    ///
    /// # Errors
    ///
    /// When one of the flags is given.
    pub(crate) fn refuse_without_screen(&self) -> Result<(), Failure> {
        match self.looking().given().first() {
            Some(flag) => Err(only_on_a_screen(flag)),
            None => Ok(()),
        }
    }
}

/// That a flag is for a screen, where only lines are printed.
pub(crate) fn only_on_a_screen(flag: &str) -> Failure {
    let failure =
        Failure::about(flag, "says what is looked at on a screen; here lines are printed");
    failure.hint("leave it out; `ringscope snapshot` draws a screen without a terminal")
}

/// The most columns or rows: no screen is larger, and a buffer has to be made of them.
const MOST_CELLS: u16 = 1000;

/// Reads `160x48`.
pub(crate) fn size(text: &str) -> Result<Size, String> {
    let parts = text.split_once(['x', 'X']);
    let cells =
        |text: &str| text.parse::<u16>().ok().filter(|cells| (1..=MOST_CELLS).contains(cells));
    match parts.and_then(|(width, height)| cells(width).zip(cells(height))) {
        Some((width, height)) => Ok(Size { width, height }),
        None => Err(format!("write columns and rows as 160x48, each 1 to {MOST_CELLS}")),
    }
}
