//! `ringscope snapshot`: the screen after an event, or a part of a run in motion, as a file.

mod moving;

use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::{Rect, Size};
use ringscope_screen::app::start::StartPage;
use ringscope_screen::app::{App, Lesson, Looking, Order, beyond};
use ringscope_screen::config::Config;
use ringscope_screen::export::Part;
use ringscope_screen::failure::Failure;
use ringscope_screen::files::shown;
use ringscope_screen::session::{self, Page};
use ringscope_screen::tour::{Progress, Tour};
use ringscope_screen::view::picture::PictureFormat;
use ringscope_screen::view::picture::animation::animated;
use ringscope_screen::view::{Look, Paint, Surface};
use ringscope_traces::atomic_file::{AtomicFile, AtomicFileError};

use super::Verdict;
use super::screen::{LookFlags, beside};
use super::tour::shelf;
use crate::flags::{ChangeFlags, LookingFlags, SettingFlags, TagFlags, size};
use crate::input;
use crate::output::ColorWhen;
use crate::output::Streams;
use crate::terminal::background_by_variable;

/// Draw the screen as it is after an event, into a file
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The picture is the one that `ringscope play` would show. Colours are those of --color and
--theme; a picture in a file has all of them, on black, unless these say otherwise.

Examples:
  ringscope snapshot join --at 37
  ringscope snapshot join --at 37 --size 160x48 -o join.svg
  ringscope snapshot join --at 60..110 --size 100x30 -o moving.svg
  ringscope snapshot mpi.jsonl --size 80x24 -o mpi.txt
  ringscope snapshot join --diff mpi.jsonl
  ringscope snapshot --tour joining --at 3

Exit codes: 0 done; 2 bad input.")]
pub(crate) struct SnapshotArgs {
    /// A scenario (a file or a built-in one, as for `run`), or a trace file; without it, the start
    /// page
    run: Option<PathBuf>,

    /// Draw a step of a lesson, given by name, number or file; --at says which step
    #[arg(long, value_name = "LESSON", conflicts_with_all = ["run", "diff"])]
    tour: Option<PathBuf>,

    #[command(flatten)]
    settings: SettingFlags,

    #[command(flatten)]
    changes: ChangeFlags,

    #[command(flatten)]
    looking: LookingFlags,

    #[command(flatten)]
    tags: TagFlags,

    /// Compare with another run, a scenario or a trace: which events are equal, where they diverge
    #[arg(long, value_name = "RUN", requires = "run")]
    diff: Option<PathBuf>,

    /// After so many events, without this after all; with --diff at this row, else where the two part;
    /// with --tour at this step, else at the first. From one event to another, such as 60..110, in a
    /// .svg that moves
    #[arg(long, value_name = "EVENT")]
    at: Option<At>,

    /// Run the scenario even if the check before it finds problems
    #[arg(long)]
    unchecked: bool,

    /// The size of the screen
    #[arg(long, value_name = "WxH", value_parser = size, default_value = "160x48",
          help_heading = "Output")]
    size: Size,

    /// Write the picture to this file; its extension says the format: .txt, .ansi or .svg
    ///
    /// The file appears under its name once it is complete; until then it grows beside it, as
    /// FILE.RANDOM.part.
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,

    #[command(flatten)]
    look: LookFlags,
}

pub(crate) fn execute(
    args: &SnapshotArgs,
    config: &Config,
    color: ColorWhen,
    streams: &mut Streams,
) -> Result<Verdict, Failure> {
    let form = args.output.as_deref().map(form).transpose()?;
    let at = args.still(form)?;
    if args.run.is_none() {
        args.settings.refuse_without_scenario()?;
    }
    let mut look = args.look.look(config, picture_color(args, color, streams));
    if args.output.is_none() && io::stdout().is_terminal() {
        // It is shown where we are; a picture in a file is dark where nobody says otherwise.
        look.theme = look.theme.with(config.theme.scheme(background_by_variable()));
    }
    let background = look.theme.scheme().background();
    if let (Some(word), Some(At::Part(part)), Some(path)) = (&args.run, args.at, &args.output) {
        let mut app = opened(args, word)?;
        app.wait();
        app.go_to(part.from);
        app.look(&args.looking.looking())?;
        let frames = moving::frames(app, part, args.area(), &look)?;
        write(path, &animated(&frames, background))?;
        return Ok(Verdict::Good);
    }
    let page = match (&args.run, &args.tour, &args.diff) {
        (_, Some(word), _) => lesson(word, args, config, &look)?,
        (None, None, _) => start(at, config)?,
        (Some(word), None, None) => {
            let mut app = run(opened(args, word)?, at, &args.looking.looking())?;
            app.settle(Surface { area: args.area(), look: &look });
            Box::new(app)
        }
        (Some(word), None, Some(other)) => comparison(&args.order(word)?.open()?, other, at)?,
    };
    let picture =
        |form: PictureFormat| form.draw_on(background, &drawn(page.as_ref(), args.area(), &look));
    match (&args.output, form) {
        (Some(path), Some(form)) => write(path, &picture(form))?,
        _ if picture_color(args, color, streams) == ColorWhen::Never => {
            write!(streams.out, "{}", picture(PictureFormat::Text))?;
        }
        _ => write!(streams.out, "{}", picture(PictureFormat::Ansi))?,
    }
    Ok(Verdict::Good)
}

/// A run, with the source of a recorded program.
fn opened(args: &SnapshotArgs, word: &Path) -> Result<App, Failure> {
    let mut app = args.order(word)?.open()?;
    app.sources = crate::source::sources();
    Ok(app)
}

/// What of a run is shown.
#[derive(Debug, Clone, Copy)]
enum At {
    /// How it stands after so many events.
    Event(usize),
    /// How it gets from one event to another.
    Part(Part),
}

impl FromStr for At {
    type Err = String;

    fn from_str(text: &str) -> Result<At, String> {
        if text.contains("..") {
            return text.parse().map(At::Part);
        }
        text.parse().map(At::Event).map_err(|_| {
            "write a number, or two of them for a picture that moves: 60..110".to_owned()
        })
    }
}

/// The colours of the picture: a file is for another screen than this one.
fn picture_color(args: &SnapshotArgs, color: ColorWhen, streams: &Streams) -> ColorWhen {
    match (color, args.output.is_some()) {
        (ColorWhen::Auto, true) => ColorWhen::Rgb,
        (ColorWhen::Auto, false) if !streams.out.is_coloured() => ColorWhen::Never,
        (said, _) => said,
    }
}

impl SnapshotArgs {
    fn order(&self, word: &Path) -> Result<Order, Failure> {
        let order = input::order(word, &self.settings, self.unchecked)?;
        let tags = self.tags.of_one_run(self.diff.is_some())?;
        Ok(Order { changes: self.changes.changes(), tags, ..order })
    }

    /// The one event of a picture that stands still, where one is named.
    ///
    /// # Errors
    ///
    /// When it is a part of a run, and that cannot be shown in such a picture.
    fn still(&self, form: Option<PictureFormat>) -> Result<Option<usize>, Failure> {
        match self.at {
            None => Ok(None),
            Some(At::Event(at)) => Ok(Some(at)),
            Some(At::Part(_)) if self.run.is_none() || self.diff.is_some() => {
                let failure = Failure::about("--at", "only a part of a run moves");
                Err(failure.hint("name a run, without --diff"))
            }
            Some(At::Part(_)) if form != Some(PictureFormat::Svg) => {
                let failure = Failure::about("--at", "only an .svg moves");
                Err(failure.hint("write it to a file: -o moving.svg"))
            }
            Some(At::Part(_)) => Ok(None),
        }
    }

    fn area(&self) -> Rect {
        let Size { width, height } = self.size;
        Rect { x: 0, y: 0, width, height }
    }
}

/// The page that the program begins with, as somebody sees it who has opened nothing before.
fn start(at: Option<usize>, config: &Config) -> Result<Box<dyn Page>, Failure> {
    match at {
        Some(_) => Err(Failure::about("--at", "the start page has no events").hint("name a run")),
        None => Ok(Box::new(StartPage::new(&[], &Progress::default(), config.keymap.clone()))),
    }
}

/// A lesson at that step, from 1, nothing in it answered yet.
fn lesson(
    word: &Path,
    args: &SnapshotArgs,
    config: &Config,
    look: &Look,
) -> Result<Box<dyn Page>, Failure> {
    let tour = Tour::open(&shelf(word)?).map_err(|_| {
        let failure =
            Failure::about(&shown(word), "the lesson states something that does not hold");
        failure.hint("`ringscope tour --check` says what, and in which line")
    })?;
    let (steps, step) = (tour.steps.len(), args.still(None)?.unwrap_or(1));
    if !(1..=steps).contains(&step) {
        let failure = Failure::about("--at", format!("the lesson has {steps} steps"));
        return Err(failure.hint("1 is the first one"));
    }
    let mut lesson = Lesson::new(tour, config.keymap.clone(), &Progress::default());
    lesson.go_to(step - 1);
    lesson.settle(Surface { area: args.area(), look });
    Ok(Box::new(lesson))
}

/// A run, read to its end, at that event.
fn run(mut app: App, at: Option<usize>, looking: &Looking) -> Result<App, Failure> {
    app.wait();
    let events = app.timeline.len();
    match at {
        Some(at) if at > events => return Err(beyond(events as u64)),
        at => app.go_to(at.unwrap_or(events)),
    }
    app.look(looking)?;
    while app.is_busy() {
        app.poll();
    }
    Ok(app)
}

/// Two runs beside each other, at that row.
fn comparison(app: &App, other: &Path, at: Option<usize>) -> Result<Box<dyn Page>, Failure> {
    let mut diff = beside(app, other, at)?;
    diff.wait();
    match (&diff.problem, at) {
        (Some(problem), _) => {
            let names = format!("{} and {}", diff.a.name, diff.b.name);
            Err(Failure::about(&names, problem.as_str()))
        }
        (None, Some(at)) if at > diff.rows().len() => {
            let what = format!("there are {} rows", diff.rows().len());
            Err(Failure::about("--at", what).hint("1 is the first one"))
        }
        (None, _) => Ok(Box::new(diff)),
    }
}

fn drawn(page: &dyn Page, area: Rect, look: &Look) -> Buffer {
    let mut buffer = Buffer::empty(area);
    session::paint(page, &mut Paint::new(&mut buffer, look));
    buffer
}

fn form(path: &Path) -> Result<PictureFormat, Failure> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    PictureFormat::of(ending).ok_or_else(|| {
        let what = "its extension does not say the format of the picture";
        Failure::about(&shown(path), what).hint("end the name in .txt, .ansi or .svg")
    })
}

fn write(path: &Path, picture: &str) -> Result<(), Failure> {
    let mut file = AtomicFile::create(path)?;
    let written = file.write_all(picture.as_bytes());
    written.map_err(|error| AtomicFileError::write(path, error))?;
    Ok(file.finish()?)
}
