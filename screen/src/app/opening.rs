//! From a word on the command line, or a row of the start page, to a run.

use std::path::{Path, PathBuf};

use super::live::misread;
use super::{App, Kept, Recipe};
use crate::failure::Failure;
use crate::files::{Origin, is_trace, shown};
use crate::settings::SettingOverrides;
use crate::timeline::{LoadProgress, Source, Timeline, may_be_looked_at};
use ringscope_sim::scenario::Scenario;
use ringscope_traces::tags::TagNames;

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
    /// How the scenario goes on otherwise.
    pub changes: Changes,
    /// Names for the tags of a trace, in the place of those that it has.
    pub tags: Option<GivenTags>,
}

/// Names for the tags of a trace, as they were given on the command line.
#[derive(Debug, Clone)]
pub struct GivenTags {
    /// The file in which they stand.
    pub file: PathBuf,
    /// The names.
    pub names: TagNames,
}

/// How a scenario goes on otherwise than its text says.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// Of its commands, only so many; all of them when nothing is said.
    pub first: Option<u64>,
    /// Lines of the language that follow.
    pub then: Vec<String>,
}

impl Changes {
    fn are_none(&self) -> bool {
        self.first.is_none() && self.then.is_empty()
    }

    /// The scenario with the changes.
    ///
    /// # Errors
    ///
    /// When it has fewer commands, or a line cannot be read.
    fn apply(&self, scenario: &Scenario) -> Result<Scenario, Failure> {
        let commands = scenario.script.len();
        let first = self.first.unwrap_or(commands);
        if first > commands {
            let what = format!("the scenario has {commands} commands");
            return Err(Failure::about("--first", what));
        }
        if let Some(wrong) = self.then.iter().find_map(|line| misread(line)) {
            return Err(Failure::about("--then", wrong.to_string()));
        }
        let mut changed = scenario.cut_after(first)?;
        for line in &self.then {
            changed = changed.continued(changed.script.len(), line)?;
        }
        Ok(changed)
    }
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
            return Err(beyond(timeline.len() as u64));
        }
        let mut app = App::new(timeline, &name, self.at);
        let flags = self.settings.given().map(|(name, value)| (format!("--{name}"), Some(value)));
        let tags = self.tags.iter().map(|tags| ("--tags".to_owned(), Some(shown(&tags.file))));
        // A name that is not UTF-8 is in no line that is shown.
        let word = Some(name).filter(|_| self.origin.is_none() && self.word.to_str().is_some());
        let kept = match app.timeline.scenario() {
            Some(_) if !self.changes.are_none() => Some(self.kept()?),
            Some(_) | None => None,
        };
        app.rename(Recipe { word, flags: flags.chain(tags).collect(), kept });
        Ok(app)
    }

    /// How many of the scenario's own commands the run begins with.
    fn kept(&self) -> Result<Kept, Failure> {
        let of = self.unchanged()?.script.len();
        Ok(Kept { commands: self.changes.first.unwrap_or(of), of })
    }

    /// The run alone.
    pub fn timeline(&self) -> Result<Timeline, Failure> {
        let tags = self.tags.as_ref().map(|tags| tags.names.clone());
        Timeline::named(&self.source()?, tags)
    }

    /// Where the run's events come from.
    pub fn source(&self) -> Result<Source, Failure> {
        if self.origin.is_none() && is_trace(&self.word) {
            self.refuse_settings()?;
            return Ok(Source::File(self.word.as_path().into()));
        }
        self.refuse_tags()?;
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
        let mut scenario = self.unchanged()?;
        if !self.changes.are_none() {
            scenario = self.changes.apply(&scenario)?;
        }
        if !self.is_unchecked && scenario.settings.expect.is_none() {
            scenario.check()?;
        }
        Ok(scenario)
    }

    /// The scenario as its text and the settings have it.
    fn unchanged(&self) -> Result<Scenario, Failure> {
        let mut scenario = match &self.origin {
            Some(origin) => origin.scenario()?,
            None => Origin::of(&self.word)?.scenario()?,
        };
        self.settings.apply(&mut scenario.settings)?;
        Ok(scenario)
    }

    /// The tags of a scenario are those of its protocol.
    ///
    /// # Errors
    ///
    /// When names were given for them.
    pub fn refuse_tags(&self) -> Result<(), Failure> {
        match &self.tags {
            Some(_) => {
                let failure = Failure::about("--tags", "the tags of a scenario have names");
                Err(failure.hint("it is for the trace of a program of yours"))
            }
            None => Ok(()),
        }
    }

    /// A trace has run, and takes no settings and no further commands.
    pub fn refuse_settings(&self) -> Result<(), Failure> {
        let Changes { first, then } = &self.changes;
        let change = [first.map(|_| "first"), then.first().map(|_| "then")].into_iter().flatten();
        let mut given = self.settings.given().map(|(name, _)| name).chain(change);
        match given.next() {
            Some(name) => {
                let what = "a trace has its own settings and commands, and has run";
                Err(Failure::about(&format!("--{name}"), what).hint("play the scenario with it"))
            }
            None => Ok(()),
        }
    }
}

/// What to say when there are not so many events.
pub fn beyond(events: u64) -> Failure {
    Failure::about("--at", format!("there are {events} events")).hint("0 is before the first one")
}
