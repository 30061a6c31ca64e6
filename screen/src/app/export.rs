//! Saving a scenario, a trace, or the run in a format of another program: whole or not at all, and over nothing without
//! asking. The ending of the name says which.

use std::io::{self, BufRead, BufReader, BufWriter, Cursor, Write};
use std::path::{Path, PathBuf};

use ratatui_core::layout::Size;
use ringscope_sim::scenario::Scenario;
use ringscope_sim::simulate::record;
use ringscope_traces::Reader;
use ringscope_traces::atomic_file::{AtomicFile, AtomicFileError};
use ringscope_traces::text::Plain;

use super::keys::{Code, KeyPress};
use super::{App, Prompt, Purpose, Recipe};
use crate::export::{
    ExportError, FORMATS, Feed, Format, FrameSettings, Part, Reel, Unwatched, Way,
};
use crate::failure::Failure;
use crate::files::{open_trace, shown};
use crate::timeline::{Source, Timeline, simulated};
use crate::view::Look;

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
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        match (ending, self.timeline.source()) {
            (SCENARIO, Source::Live(scenario)) => Ok(Kind::Scenario(scenario)),
            (SCENARIO, Source::File(_) | Source::Kept(..)) => {
                Err("a recorded run has no scenario: save the trace, as .jsonl".to_owned())
            }
            (TRACE, source) => Ok(Kind::Trace(source)),
            (ending, source) => match Format::of(ending) {
                Some(format) => Ok(Kind::Format(format, source)),
                None => Err(format!("end the name in one of {}", endings(source).join(" "))),
            },
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

/// What is saved.
enum Kind<'a> {
    Scenario(&'a Scenario),
    Trace(&'a Source),
    Format(&'static Format, &'a Source),
}

impl Kind<'_> {
    fn write(&self, path: &Path) -> Result<(), Failure> {
        if let Kind::Trace(Source::File(from)) | Kind::Format(_, Source::File(from)) = self
            && let (Ok(from), Ok(to)) = (from.canonicalize(), path.canonicalize())
            && from == to
        {
            return Err(Failure::about(&shown(path), "is the trace itself"));
        }
        let mut file = AtomicFile::create(path)?;
        match self.put(&mut file) {
            Ok(()) => Ok(file.finish()?),
            Err(ExportError::Sink(error)) => Err(AtomicFileError::write(path, error).into()),
            Err(ExportError::Run(failure)) => Err(failure),
            Err(ExportError::Interrupted) => Err(Failure::about(&shown(path), "was not wanted")),
        }
    }

    fn put(&self, file: &mut AtomicFile) -> Result<(), ExportError> {
        match self {
            Kind::Scenario(scenario) => file.write_all(scenario.to_text().as_bytes())?,
            Kind::Trace(Source::Live(scenario)) => drop(record(scenario, file)?),
            Kind::Trace(Source::Kept(_, bytes)) => file.write_all(bytes)?,
            Kind::Trace(Source::File(from)) => drop(io::copy(&mut open_trace(from)?, file)?),
            Kind::Format(format, source) => put_as(format, source, file)?,
        }
        Ok(())
    }
}

/// Writes a run in a format.
fn put_as(format: &Format, source: &Source, file: &mut AtomicFile) -> Result<(), ExportError> {
    let mut sink = BufWriter::with_capacity(1 << 16, file);
    match format.way {
        Way::Events(write) => {
            let (trace, name) = trace_of(source)?;
            let reader = Reader::new(trace, &name)?;
            write(&mut Feed::new(reader, Part::default(), &Unwatched), &mut sink)?;
        }
        Way::Timeline(write) => {
            let app = App::new(Timeline::of(source)?, &name_of(source), 0);
            let screen = FrameSettings { size: RECORDED, look: Look::default() };
            write(&mut Reel::new(app, Part::default(), screen, &Unwatched)?, &mut sink)?;
        }
    }
    Ok(sink.flush()?)
}

/// The size of a recorded screen, as the command line has it where nothing is said.
const RECORDED: Size = Size { width: 100, height: 30 };

fn name_of(source: &Source) -> String {
    match source {
        Source::Live(scenario) => scenario.name.clone(),
        Source::File(path) => shown(path),
        Source::Kept(name, _) => name.to_string(),
    }
}

fn trace_of(source: &Source) -> Result<(Box<dyn BufRead + '_>, String), Failure> {
    let trace: Box<dyn BufRead> = match source {
        Source::Live(scenario) => Box::new(Cursor::new(simulated(scenario).to)),
        Source::File(path) => Box::new(BufReader::with_capacity(1 << 16, open_trace(path)?)),
        Source::Kept(_, bytes) => Box::new(&bytes[..]),
    };
    Ok((trace, name_of(source)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::testing::{built_in, press, type_line};

    fn saved(app: &mut App, path: &Path) -> String {
        press(app, "x ctrl-u");
        type_line(app, &path.to_string_lossy());
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
        assert!(std::fs::read_to_string(&path).expect("a file").lines().count() > 200);
    }
}
