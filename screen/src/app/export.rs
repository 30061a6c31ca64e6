//! Saving a scenario or a trace: whole or not at all, and over nothing without asking.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use ringscope_sim::scenario::Scenario;
use ringscope_sim::simulate::record;
use ringscope_traces::atomic_file::{AtomicFile, AtomicFileError};
use ringscope_traces::text::Plain;

use super::keys::{Code, KeyPress};
use super::{App, Prompt, Purpose, Recipe};
use crate::failure::Failure;
use crate::files::shown;
use crate::timeline::Source;

/// How the name of a scenario's file ends.
const SCENARIO: &str = "dht";

/// How the name of a trace's file ends.
const TRACE: &str = "jsonl";

impl App {
    pub(super) fn ask_for_export(&mut self) {
        let stem =
            Path::new(&self.name).file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let stem = stem.unwrap_or_else(|| "run".to_owned());
        let stem: String = stem.chars().take_while(|c| c.is_alphanumeric() || *c == '-').collect();
        let name = match self.timeline.source() {
            Source::Live(_) => format!("my-{stem}.{SCENARIO}"),
            Source::File(_) | Source::Kept(..) => format!("my-{stem}.{TRACE}"),
        };
        self.ask(Purpose::Export, &name);
    }

    /// Saves what the file's ending says; asks first when there is such a file.
    pub(super) fn export(&mut self, line: &str) -> Result<(), String> {
        let path = PathBuf::from(line);
        self.kind(&path)?;
        if path.exists() {
            self.typing.prompt = Some(Prompt {
                problem: Some(format!("{} is there already", Plain(&shown(&path)))),
                ..Prompt::new(Purpose::Replace, "")
            });
            self.typing.replaced = Some(path);
            return Ok(());
        }
        self.save(&path)
    }

    pub(super) fn replace_or_not(&mut self, key: KeyPress) {
        let path = self.typing.replaced.take();
        self.typing.prompt = None;
        match (key.code, path) {
            (Code::Char('y' | 'Y'), Some(path)) => {
                if let Err(problem) = self.save(&path) {
                    self.controls.say(problem);
                }
            }
            (Code::Char(_) | Code::Named(_) | Code::F(_), _) => self.say("nothing was saved"),
        }
    }

    fn kind(&self, path: &Path) -> Result<Kind<'_>, String> {
        let ending = path.extension().and_then(|ending| ending.to_str());
        match (ending, self.timeline.source()) {
            (Some(SCENARIO), Source::Live(scenario)) => Ok(Kind::Scenario(scenario)),
            (Some(SCENARIO), Source::File(_) | Source::Kept(..)) => {
                Err("a recorded run has no scenario: save the trace, as .jsonl".to_owned())
            }
            (Some(TRACE), Source::Live(scenario)) => Ok(Kind::Simulated(scenario)),
            (Some(TRACE), Source::File(file)) => Ok(Kind::Copy(file)),
            (Some(TRACE), Source::Kept(_, bytes)) => Ok(Kind::Kept(bytes)),
            (Some(_) | None, _) => {
                Err("end the name in .dht for the scenario, or in .jsonl for the trace".to_owned())
            }
        }
    }

    fn save(&mut self, path: &Path) -> Result<(), String> {
        let kind = self.kind(path)?;
        let is_scenario = matches!(kind, Kind::Scenario(_));
        kind.write(path).map_err(|failure| failure.one_line())?;
        self.is_unsaved = false;
        if is_scenario {
            self.opened_as = shown(path);
            self.rename(Recipe::of(&shown(path)));
        }
        self.controls.say(format!("saved as {}", Plain(&shown(path))));
        Ok(())
    }
}

/// What is saved.
enum Kind<'a> {
    Scenario(&'a Scenario),
    Simulated(&'a Scenario),
    Copy(&'a Path),
    Kept(&'a [u8]),
}

impl Kind<'_> {
    fn write(&self, path: &Path) -> Result<(), Failure> {
        if let Kind::Copy(from) = self
            && let (Ok(from), Ok(to)) = (from.canonicalize(), path.canonicalize())
            && from == to
        {
            return Err(Failure::about(&shown(path), "is the trace itself"));
        }
        let mut file = AtomicFile::create(path)?;
        self.put(&mut file).map_err(|error| AtomicFileError::write(path, error))?;
        Ok(file.finish()?)
    }

    fn put(&self, file: &mut AtomicFile) -> io::Result<()> {
        match self {
            Kind::Scenario(scenario) => file.write_all(scenario.to_text().as_bytes()),
            Kind::Simulated(scenario) => record(scenario, file).map(drop),
            Kind::Kept(bytes) => file.write_all(bytes),
            Kind::Copy(from) => io::copy(&mut File::open(from)?, file).map(drop),
        }
    }
}
