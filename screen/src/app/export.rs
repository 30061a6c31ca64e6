//! Saving a scenario, a trace, or the run in a format of another program: whole or not at all, and over nothing without
//! asking. The ending of the name says which.

mod saving;
mod written;

use std::path::{Path, PathBuf};

use ringscope_traces::text::Plain;

use super::keys::{Code, KeyPress};
use super::{App, Prompt, Purpose, Recipe};
use crate::export::{FORMATS, Format};
use crate::files::shown;
use crate::host::host;
use crate::timeline::Source;
pub use saving::Saving;
use saving::{Saved, Turn};
use written::Written;

/// How the name of a scenario's file ends.
const SCENARIO: &str = "dht";

/// How the name of a trace's file ends.
const TRACE: &str = "jsonl";

impl App {
    pub(super) fn ask_for_export(&mut self) {
        if let Some(saving) = &self.saving {
            let what = saving.label();
            return self.controls.refuse(format!("{what}; one file at a time: Esc stops this one"));
        }
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
        self.written(&path)?;
        if host().look_up(&path).is_some() {
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

    fn written(&self, path: &Path) -> Result<Written, String> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        match (ending, self.timeline.source()) {
            (SCENARIO, Source::Live(scenario)) => Ok(Written::Scenario(scenario.clone())),
            (SCENARIO, Source::File(_) | Source::Kept(..)) => {
                Err("a recorded run has no scenario: save the trace, as .jsonl".to_owned())
            }
            (TRACE, source) => Ok(Written::Trace(source.clone())),
            (ending, source) => match Format::of(ending) {
                Some(format) => Ok(Written::Format(format, source.clone())),
                None => Err(format!("end the name in one of {}", endings(source).join(" "))),
            },
        }
    }

    /// Begins to save; a scenario, which is short, is saved at once.
    fn save(&mut self, path: &Path) -> Result<(), String> {
        let written = self.written(path)?;
        let is_scenario = matches!(written, Written::Scenario(_));
        let saving = Saving::begin(written, path, self.screen);
        self.saving = Some(Box::new(saving.map_err(|failure| failure.one_line())?));
        if is_scenario {
            self.wait_until_saved();
        }
        Ok(())
    }

    /// Waits until what is being saved is whole, or cannot be.
    pub fn wait_until_saved(&mut self) {
        while let Some(saving) = self.saving.take() {
            self.turn(saving.wait());
        }
    }

    /// Goes on with what is being saved; whether there is anything new to show.
    pub fn save_on(&mut self) -> bool {
        self.saving.take().is_some_and(|saving| self.turn(saving.go_on()))
    }

    fn turn(&mut self, turn: Turn) -> bool {
        match turn {
            Turn::GoesOn(saving, is_new) => {
                self.saving = Some(saving);
                return is_new;
            }
            Turn::Saved(saved) => self.note_saved(&saved),
            Turn::Failed(problem) => self.controls.say(problem),
        }
        if self.typing.prompt.as_ref().is_some_and(|one| one.purpose == Purpose::Abandon) {
            self.typing.prompt = None;
        }
        true
    }

    fn note_saved(&mut self, saved: &Saved) {
        let path = shown(&saved.path);
        if saved.is_run {
            self.is_unsaved = false;
        }
        if saved.is_scenario {
            self.opened_as.clone_from(&path);
            self.rename(Recipe::of(&path));
        }
        self.controls.say(format!("saved as {}", Plain(&path)));
    }

    /// Asks whether what is being saved may be lost.
    pub(super) fn ask_to_abandon(&mut self) {
        self.ask(Purpose::Abandon, "");
    }

    pub(super) fn abandon_or_not(&mut self, key: KeyPress) {
        self.typing.prompt = None;
        if let Code::Char('y' | 'Y') = key.code {
            self.saving = None;
            self.say("nothing was saved");
        }
    }
}

/// The endings that a name can have, for a run of that source.
fn endings(source: &Source) -> Vec<String> {
    let scenario = match source {
        Source::Live(_) => Some(SCENARIO),
        Source::File(_) | Source::Kept(..) => None,
    };
    let formats = FORMATS.iter().map(|format| format.ending);
    let all = scenario.into_iter().chain([TRACE]).chain(formats);
    all.map(|ending| format!(".{ending}")).collect()
}

/// What the ending of a name could be, while it is typed.
pub(super) fn completions(line: &str, source: &Source) -> Vec<String> {
    let begun = typed_ending(line);
    let all = endings(source);
    if all.iter().any(|ending| ending == begun) {
        return Vec::new();
    }
    all.into_iter().filter(|ending| ending.starts_with(begun)).collect()
}

/// What a name of that ending makes of the run, once it is typed.
pub(super) fn meaning(line: &str) -> Option<&'static str> {
    match typed_ending(line).strip_prefix('.')? {
        SCENARIO => Some("the scenario, to be run and changed"),
        TRACE => Some("the trace, to be replayed, checked and compared"),
        ending => Format::of(ending).map(|format| format.what),
    }
}

/// What is wrong with a name that no ending can be made of.
pub(super) fn problem(line: &str, source: &Source) -> Option<String> {
    let begun = typed_ending(line);
    let all = endings(source);
    let can_be_one = all.iter().any(|ending| ending.starts_with(begun));
    (!can_be_one).then(|| format!("end the name in one of {}", all.join(" ")))
}

/// The last point of a name and what stands behind it; nothing where there is no point.
pub(super) fn typed_ending(line: &str) -> &str {
    let name = line.rsplit('/').next().unwrap_or_default();
    name.rfind('.').map_or("", |point| &name[point..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::testing::{built_in, press, type_line};
    use crate::timeline::Timeline;

    fn saved(app: &mut App, path: &Path) -> String {
        press(app, "x ctrl-u");
        type_line(app, &path.to_string_lossy());
        app.wait_until_saved();
        app.controls.note.clone().unwrap_or_default()
    }

    #[test]
    fn every_format_is_saved_by_the_ending_of_the_name_from_a_run_and_from_a_trace() {
        let folder = tempfile::tempdir().expect("a folder");
        let trace = folder.path().join("run.jsonl");
        let mut live = built_in("race-lost-key", 17);
        saved(&mut live, &trace);
        let source = Source::File(trace.as_path().into());
        let mut replay = App::new(Timeline::of(&source).expect("a trace"), "run", 0);
        for format in &FORMATS {
            let (one, other) = ["live", "file"]
                .map(|name| folder.path().join(format!("{name}.{}", format.ending)))
                .into();
            for (app, path) in [(&mut live, &one), (&mut replay, &other)] {
                let note = saved(app, path);
                assert_eq!(note, format!("saved as {}", path.display()));
                assert!(std::fs::metadata(path).is_ok_and(|file| file.len() > 100), "{note}");
            }
        }
    }

    #[test]
    fn the_endings_that_there_are_are_listed_while_the_name_is_typed() {
        let mut app = built_in("join", 0);
        press(&mut app, "x ctrl-u");
        app.paste("out");
        let offered = |app: &App| app.typing.prompt.as_ref().map(|one| one.completions.clone());
        let all = [".dht", ".jsonl", ".json", ".log", ".mmd", ".svg", ".csv", ".html", ".cast"];
        assert_eq!(offered(&app).expect("a line"), all);
        app.paste(".h");
        assert_eq!(offered(&app).expect("a line"), [".html"]);
        press(&mut app, "tab");
        let prompt = app.typing.prompt.as_ref().expect("a line");
        assert_eq!(prompt.line(), "out.html");
        assert!(prompt.meaning.is_some_and(|what| what.starts_with("one page")));
        app.paste("x");
        let prompt = app.typing.prompt.as_ref().expect("a line");
        assert!(prompt.problem.as_ref().is_some_and(|problem| problem.contains(".html")));
    }

    #[test]
    fn what_is_there_is_replaced_only_when_that_is_wanted() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("run.csv");
        std::fs::write(&path, "mine").expect("a file");
        let mut app = built_in("join", 0);
        saved(&mut app, &path);
        press(&mut app, "n");
        assert_eq!(std::fs::read_to_string(&path).expect("a file"), "mine");
        saved(&mut app, &path);
        press(&mut app, "y");
        app.wait_until_saved();
        assert!(std::fs::read_to_string(&path).expect("a file").lines().count() > 200);
    }
}
