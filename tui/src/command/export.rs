//! `ringscope export`: a run, written down for other programs.

mod app;
mod watch;

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use clap::ValueEnum;
use clap::builder::PossibleValue;
use ratatui_core::layout::Size;
use ringscope_screen::app::Order;
use ringscope_screen::config::Config;
use ringscope_screen::export::{
    ExportError, FORMATS, Feed, Format, FrameSettings, Part, Reel, Way,
};
use ringscope_screen::failure::Failure;
use ringscope_screen::files::{open_trace, shown};
use ringscope_screen::timeline::simulated;
use ringscope_traces::Reader;
use ringscope_traces::atomic_file::{AtomicFile, AtomicFileError};
use ringscope_traces::text::Plain;

use super::Verdict;
use super::screen::LookFlags;
use crate::flags::{SettingFlags, TagFlags, size};
use crate::input::{self, DASH, is_dash};
use crate::output::{ColorWhen, Out, Streams, is_same_file};
use watch::ProgressWatch;

/// Export a run for other programs: as a page, a diagram, a table, a recording
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP.as_str())]
pub(crate) struct ExportArgs {
    /// A trace file, or a scenario (a file or a built-in one, as for `run`); `-` is either, on standard
    /// input; may be left out with `--to app`
    run: Option<PathBuf>,

    /// The format [default: by the file name's extension]
    #[arg(long, value_name = "FORMAT", value_enum)]
    to: Option<To>,

    /// Export only the events A to B, counted as by `play --at`; either may be left out
    #[arg(long, value_name = "A..B", default_value = "..", hide_default_value = true)]
    events: Part,

    #[command(flatten)]
    settings: SettingFlags,

    /// Run the scenario even if the check before it finds problems
    #[arg(long)]
    unchecked: bool,

    #[command(flatten)]
    tags: TagFlags,

    /// Write to this file instead of standard output
    ///
    /// The file appears under its name once it is complete, and not at all if that fails.
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,

    /// The size of the recorded screen
    #[arg(long, value_name = "WxH", value_parser = size, default_value = "100x30",
          help_heading = "Output")]
    size: Size,

    #[command(flatten)]
    look: LookFlags,

    /// Print only errors on standard error
    #[arg(short, long, help_heading = "Output")]
    quiet: bool,
}

static AFTER_HELP: LazyLock<String> = LazyLock::new(|| {
    let endings = FORMATS.iter().map(|one| format!("  FILE.{:5} {}\n", one.ending, one.next));
    format!(
        "\
What to do with the files:
{}
A run that a format cannot hold is refused, with the part of it that would fit.

Examples:
  ringscope export join -o join.html
  ringscope export mpi.jsonl -o mpi.json
  ringscope export race-lost-key --to mermaid
  ringscope export mpi.jsonl --events 100..160 -o moment.svg
  ringscope export join --size 120x36 -o join.cast
  ringscope export mpi.jsonl --to app -o mpi.html

Exit codes: 0 done; 2 bad input, or the format cannot hold the run.",
        endings.collect::<String>()
    )
});

/// A format on the command line: the table of formats is the list.
#[derive(Debug, Clone, Copy)]
enum To {
    /// One of the formats of a run.
    Format(&'static Format),
    /// The program itself, as a page.
    App,
}

impl ValueEnum for To {
    fn value_variants<'a>() -> &'a [To] {
        static ALL: LazyLock<Vec<To>> =
            LazyLock::new(|| FORMATS.iter().map(To::Format).chain([To::App]).collect());
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            To::Format(format) => PossibleValue::new(format.name).help(format.what),
            To::App => PossibleValue::new(APP).help(
                "one page with the whole program in it: the screen, the scenarios, the lessons, and the run if one is given",
            ),
        })
    }
}

/// What the program itself is called as a format.
const APP: &str = "app";

pub(crate) fn execute(
    args: &ExportArgs,
    config: &Config,
    color: ColorWhen,
    streams: &mut Streams,
) -> Result<Verdict, Failure> {
    if let Some(To::App) = args.to {
        return app::execute(args, streams);
    }
    let format = args.format()?;
    if input::is_trace(args.run()?)? {
        args.refuse_settings()?;
    }
    // First this: from then on Ctrl-C takes away what has been begun.
    let watch = ProgressWatch::begin(format.name, !args.quiet)?;
    let mut target = Target::open(args, &mut streams.out)?;
    let color = if color == ColorWhen::Auto { ColorWhen::Rgb } else { color };
    let screen = FrameSettings { size: args.size, look: args.look.look(config, color) };
    let done = match format.way {
        Way::Events(write) => args.feed(write, (&mut target, &watch)),
        Way::Timeline(write) => args.reel(write, screen, (&mut target, &watch)),
    };
    drop(watch);
    let Some(remarks) = target.close(done)? else { return Ok(Verdict::Good) };
    if let (false, Some(path)) = (args.quiet, &args.output) {
        let name = shown(path);
        let _ = writeln!(streams.notes, "  {}: {}", Plain(&name), format.next);
    }
    for remark in remarks.iter().filter(|_| !args.quiet) {
        let _ = writeln!(streams.notes, "  note: {}", Plain(remark));
    }
    Ok(Verdict::Good)
}

/// What there is to say of the run.
type Remarks = Vec<String>;

impl ExportArgs {
    /// Whether nothing is to be said but errors.
    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    fn format(&self) -> Result<&'static Format, Failure> {
        if let Some(To::Format(format)) = self.to {
            return Ok(format);
        }
        let ending = self.output.as_deref().and_then(Path::extension).and_then(OsStr::to_str);
        let names = FORMATS.iter().map(|format| format.name).chain([APP]);
        let names: Vec<_> = names.collect();
        ending.and_then(Format::of).ok_or_else(|| {
            let what = match &self.output {
                Some(_) => "the file name's extension does not say which format to write",
                None => "no format is given",
            };
            Failure::about("--to", what).hint(format!("it is one of {}", names.join(", ")))
        })
    }

    /// The run.
    fn run(&self) -> Result<&Path, Failure> {
        self.run.as_deref().ok_or_else(|| {
            let failure = Failure::about("export", "no run is named");
            failure.hint("name a trace or a scenario; `--to app` alone needs none")
        })
    }

    /// A trace is exported as it is.
    fn refuse_settings(&self) -> Result<(), Failure> {
        let settings = self.settings.overrides.clone();
        Order { settings, ..Order::of(self.run()?) }.refuse_settings()
    }

    /// The program shows all of a run.
    fn refuse_part(&self) -> Result<(), Failure> {
        match self.events == Part::default() {
            true => Ok(()),
            false => Err(Failure::about("--events", "the program shows all of a run")
                .hint("`--to html` makes a page of a part")),
        }
    }

    /// Writes event by event.
    fn feed(
        &self,
        write: fn(&mut Feed<'_>, &mut dyn Write) -> Result<(), ExportError>,
        (target, watch): (&mut Target<'_>, &ProgressWatch),
    ) -> Result<Remarks, ExportError> {
        let run = self.run()?;
        let name = input::trace_name(run);
        let (source, bytes): (Box<dyn io::Read>, _) = if !input::is_trace(run)? {
            let order = input::order(run, &self.settings, self.unchecked)?;
            Order { tags: self.tags.given()?, ..Order::default() }.refuse_tags()?;
            let trace = simulated(&order.scenario()?).to;
            let length = trace.len() as u64;
            (Box::new(io::Cursor::new(trace)), Some(length))
        } else if is_dash(run) {
            (Box::new(io::stdin().lock()), None)
        } else {
            let file = open_trace(run)?;
            let length = file.len();
            (file.reader(), length)
        };
        let source = BufReader::with_capacity(1 << 16, watch.reading(source, bytes));
        let source: Box<dyn BufRead> = Box::new(source);
        let mut feed = Feed::new(Reader::new(source, &name)?, self.events, watch);
        if let Some(tags) = self.tags.names()? {
            feed.name_tags(&tags);
        }
        let mut sink = BufWriter::with_capacity(1 << 16, target);
        write(&mut feed, &mut sink)?;
        sink.flush()?;
        Ok(feed.remarks())
    }

    /// Writes from a timeline.
    fn reel(
        &self,
        write: fn(&mut Reel<'_>, &mut dyn Write) -> Result<(), ExportError>,
        screen: FrameSettings,
        (target, watch): (&mut Target<'_>, &ProgressWatch),
    ) -> Result<Remarks, ExportError> {
        let mut reel = Reel::new(
            input::open(self.run()?, &self.settings, self.unchecked, &self.tags)?,
            self.events,
            screen,
            watch,
        )?;
        let mut sink = BufWriter::with_capacity(1 << 16, target);
        write(&mut reel, &mut sink)?;
        sink.flush()?;
        Ok(reel.remarks())
    }
}

/// Where an export goes.
enum Target<'a> {
    Output(&'a mut Out),
    File(PathBuf, AtomicFile),
}

impl<'a> Target<'a> {
    fn open(args: &ExportArgs, out: &'a mut Out) -> Result<Target<'a>, Failure> {
        let path = args.output.as_deref().filter(|path| *path != Path::new(DASH));
        let Some(path) = path else { return Ok(Target::Output(out)) };
        if is_same_file(path, args.run()?) {
            return Err(Failure::about(&shown(path), "is the input itself, and would be lost")
                .hint("name another file"));
        }
        Ok(Target::File(path.to_owned(), AtomicFile::create(path)?))
    }

    /// Puts a whole file in its place, and takes away what is none. `None` when whoever read standard
    /// output has gone.
    fn close(self, done: Result<Remarks, ExportError>) -> Result<Option<Remarks>, Failure> {
        match (self, done) {
            (Target::Output(_), Ok(remarks)) => Ok(Some(remarks)),
            (Target::File(_, file), Ok(remarks)) => Ok(file.finish().map(|()| Some(remarks))?),
            (Target::Output(out), Err(ExportError::Sink(_))) if out.is_gone() => Ok(None),
            (Target::Output(_), Err(trouble)) => Err(failure_of(trouble, Failure::from)),
            (Target::File(path, file), Err(trouble)) => {
                drop(file);
                Err(failure_of(trouble, |error| AtomicFileError::write(&path, error).into()))
            }
        }
    }
}

fn failure_of(trouble: ExportError, of_sink: impl FnOnce(io::Error) -> Failure) -> Failure {
    match trouble {
        ExportError::Sink(error) => of_sink(error),
        ExportError::Run(failure) => failure,
        ExportError::Interrupted => Failure::about("export", "interrupted: nothing was written"),
    }
}

/// What goes to standard output ends when its reader has gone.
impl Write for Target<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Target::File(_, file) => file.write(bytes),
            Target::Output(out) => {
                let written = out.write(bytes)?;
                if out.is_gone() { Err(ErrorKind::BrokenPipe.into()) } else { Ok(written) }
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Target::File(_, file) => file.flush(),
            Target::Output(out) => out.flush(),
        }
    }
}
