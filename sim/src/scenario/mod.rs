//! Scenarios: what the command node is to do, how the run is set up, and whether that is sound.
//!
//! A scenario is read ([`Scenario::parse`]), its settings may be changed (by a command line, say), and
//! then it is checked ([`Scenario::check`]) against the ring that it would meet.

mod check;
mod command;
mod continued;
mod errors;
mod header;
mod latency;
mod lexer;
mod parser;
mod settings;
mod source;
mod write;

pub mod builtin;
pub mod random;

use std::fmt;
use std::sync::Arc;

pub use command::{COMMANDS, CommandWord};
pub use errors::{Problem, ScenarioErrors, Severity, Warning};
pub use header::BadHeader;
pub use random::random;
pub use settings::{BadValue, ExpectedEnd, KEYSPACE, RANKS, SETTINGS, Setting, Settings, WINDOW};
pub use source::{Position, Source};

use crate::protocol::{Run, Script};

/// A scenario's text is no longer than this, 16 MiB; a range does the work of many lines.
pub const MOST_BYTES: usize = 16 << 20;

/// A line of a scenario is no longer than this, in bytes.
pub const LONGEST_LINE: usize = 4096;

/// A checked scenario has no more commands than this.
pub const MOST_COMMANDS: u64 = 1_000_000_000;

/// What the command node is to do, and how the run is set up.
#[derive(Clone)]
pub struct Scenario {
    /// Its name in messages: the path it was read from, or a built-in's name.
    pub name: String,
    /// How it is run.
    pub settings: Settings,
    /// What the command node does.
    pub script: Arc<Script>,
    /// The script's runs, for those who go over them without writing them out.
    runs: Arc<[Run]>,
    /// The line of each run.
    lines: Arc<[u32]>,
    source: Arc<Source>,
}

impl Scenario {
    /// Reads a scenario.
    ///
    /// ```
    /// use ringscope_sim::scenario::Scenario;
    ///
    /// let scenario = Scenario::parse("first.dht", "ranks 8\nadd 3 500\nput 1..=9 1\nget 400")?;
    /// assert_eq!(scenario.settings.ranks, 8);
    /// assert_eq!(scenario.script.len(), 11);
    /// assert_eq!(scenario.line_of(5), Some(3));
    ///
    /// let errors = Scenario::parse("wrong.dht", "put 1 1\nfetch 400").unwrap_err();
    /// assert!(errors.to_string().contains("wrong.dht:2:1"), "{errors}");
    /// # Ok::<(), ringscope_sim::scenario::ScenarioErrors>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the text, each with its line and column.
    pub fn parse(name: &str, text: &str) -> Result<Scenario, ScenarioErrors> {
        parser::parse(name, text)
    }

    /// Reads a scenario from bytes, such as a file's.
    ///
    /// # Errors
    ///
    /// As [`Scenario::parse`]; and when the bytes are no UTF-8.
    pub fn parse_bytes(name: &str, bytes: &[u8]) -> Result<Scenario, ScenarioErrors> {
        parser::parse_bytes(name, bytes)
    }

    /// The scenario of runs that no text was read for: its text is written.
    ///
    /// # Panics
    ///
    /// When the settings are out of their bounds, or the text would be over [`MOST_BYTES`] long.
    #[must_use]
    pub fn new(name: &str, settings: &Settings, runs: &[Run]) -> Scenario {
        Scenario::parse(name, &write::text(settings, runs)).expect("what is written can be read")
    }

    /// Whether the ring can do what the scenario asks for, as far as that can be known beforehand.
    ///
    /// What can go wrong only because several commands are in flight together comes as warnings.
    ///
    /// ```
    /// use ringscope_sim::scenario::Scenario;
    ///
    /// let scenario = Scenario::parse("hangs.dht", "get 400")?;
    /// let errors = scenario.check().unwrap_err();
    /// assert!(errors.to_string().starts_with("hangs.dht:1:5: key 400 was never put"), "{errors}");
    ///
    /// let warned = Scenario::parse("race.dht", "window 2\nput 400 4\nget 400")?.check()?;
    /// assert!(warned.is_empty());
    /// # Ok::<(), ringscope_sim::scenario::ScenarioErrors>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Every command that would crash a rank, hang or circle, with the reason. A scenario with an
    /// `expect` may be run nevertheless: show [`ScenarioErrors::into_notes`].
    pub fn check(&self) -> Result<Vec<Warning>, ScenarioErrors> {
        check::check(self)
    }

    /// The scenario written out as its language has it, without comments: it reads as the same.
    #[must_use]
    pub fn to_text(&self) -> String {
        write::text(&self.settings, &self.runs)
    }

    /// The line of each run of the script, from 1.
    #[must_use]
    pub fn lines(&self) -> &[u32] {
        &self.lines
    }

    /// The line of the command with that index, from 0.
    #[must_use]
    pub fn line_of(&self, command: u64) -> Option<u32> {
        let mut before = 0_u64;
        for (run, line) in self.runs.iter().zip(&*self.lines) {
            before = before.saturating_add(run.count);
            if command < before {
                return Some(*line);
            }
        }
        None
    }
}

/// Settings and commands count; the text that they were read from does not.
impl PartialEq for Scenario {
    fn eq(&self, other: &Scenario) -> bool {
        self.settings == other.settings && self.script == other.script
    }
}

impl fmt::Debug for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:\n{}", self.name, self.to_text())
    }
}
