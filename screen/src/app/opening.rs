//! From a word on the command line, or a row of the start page, to a run.

use std::path::{Path, PathBuf};

use super::{App, Recipe};
use crate::failure::Failure;
use crate::files::{Origin, is_trace, shown};
use crate::settings::SettingOverrides;
use crate::timeline::{LoadProgress, Source, Timeline, may_be_looked_at};
use ringscope_sim::scenario::Scenario;

/// What is to be opened, and how.
#[derive(Debug, Clone, Default)]
pub struct Order {
    /// A scenario or a trace, as the command line has it.
    pub word: PathBuf,
    /// Where the scenario comes from, when the word does not say it.
    pub origin: Option<Origin>,
    /// What counts for more than the scenario's settings.
    pub settings: SettingOverrides,
    /// The cursor to open it at.
    pub at: usize,
    /// Whether a scenario is run even if the check beforehand finds fault with it.
    pub is_unchecked: bool,
}

impl Order {
    /// A word without anything else.
    pub fn of(word: &Path) -> Order {
        Order { word: word.to_owned(), ..Order::default() }
    }

    /// Opens it.
    ///
    /// # Errors
    ///
    /// When there is no such scenario or trace, it cannot be read, or it should not be run.
    pub fn open(&self) -> Result<App, Failure> {
        let name = shown(&self.word);
        let timeline = self.timeline()?;
        let is_read = !matches!(timeline.progress(), LoadProgress::Reading(_));
        if is_read && self.at > timeline.len() {
            return Err(beyond(timeline.len()));
        }
        let mut app = App::new(timeline, &name, self.at);
        let flags = self.settings.given().map(|(name, value)| (format!("--{name}"), Some(value)));
        let unchecked = self.is_unchecked.then(|| ("--unchecked".to_owned(), None));
        let word = Some(name).filter(|_| self.origin.is_none());
        app.recipe = Recipe { word, flags: flags.chain(unchecked).collect() };
        Ok(app)
    }

    /// The run alone.
    pub fn timeline(&self) -> Result<Timeline, Failure> {
        Timeline::of(&self.source()?)
    }

    /// Where the run's events come from.
    pub fn source(&self) -> Result<Source, Failure> {
        if self.origin.is_none() && is_trace(&self.word) {
            self.refuse_settings()?;
            return Ok(Source::File(self.word.as_path().into()));
        }
        let scenario = self.scenario()?;
        may_be_looked_at(&scenario)?;
        Ok(Source::Live(scenario))
    }

    /// The scenario, when it is one.
    ///
    /// # Errors
    ///
    /// As [`Order::open`].
    pub fn scenario(&self) -> Result<Scenario, Failure> {
        let mut scenario = match &self.origin {
            Some(origin) => origin.scenario()?,
            None => Origin::of(&self.word)?.scenario()?,
        };
        self.settings.apply(&mut scenario.settings)?;
        if !self.is_unchecked && scenario.settings.expect.is_none() {
            scenario.check()?;
        }
        Ok(scenario)
    }

    /// A trace has run, and takes no settings.
    pub fn refuse_settings(&self) -> Result<(), Failure> {
        match self.settings.given().next() {
            Some((name, _)) => {
                let what = "a trace has its own settings, and has run";
                Err(Failure::about(&format!("--{name}"), what).hint("play the scenario with it"))
            }
            None => Ok(()),
        }
    }
}

/// What to say when there are not so many events.
pub fn beyond(events: usize) -> Failure {
    Failure::about("--at", format!("there are {events} events")).hint("0 is before the first one")
}
