//! `ringscope snapshot`: the screen after an event, as a file.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Verdict;
use super::screen::{LookFlags, Size, beside, size};
use crate::app::{App, Order, Page, beyond};
use crate::args::{ColorWhen, SettingFlags};
use crate::config::Config;
use crate::failure::Failure;
use crate::input::shown;
use crate::output::{Streams, WholeFile};
use crate::view::page;
use crate::view::picture::Form;

/// Draw the screen after an event into a file
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The picture is the one that `ringscope play` would show. Colours are those of --color; a
picture in a file has all of them unless that says otherwise.

Examples:
  ringscope snapshot join --at 37
  ringscope snapshot join --at 37 --size 160x48 -o join.svg
  ringscope snapshot mpi.jsonl --size 80x24 -o mpi.txt
  ringscope snapshot join --diff mpi.jsonl

Exit codes: 0 done; 2 bad input.")]
pub struct Args {
    /// A scenario (a file or a built-in one, as for `run`), or a trace file
    run: PathBuf,

    #[command(flatten)]
    settings: SettingFlags,

    /// Beside another run, a scenario or a trace: which events are the same, where they part
    #[arg(long, value_name = "RUN")]
    diff: Option<PathBuf>,

    /// After so many events, without this after all; with --diff at this row, else where the two part
    #[arg(long, value_name = "EVENT")]
    at: Option<usize>,

    /// Run the scenario even if the check beforehand finds fault with it
    #[arg(long)]
    unchecked: bool,

    /// How large the screen is
    #[arg(long, value_name = "WxH", value_parser = size, default_value = "160x48",
          help_heading = "Output")]
    size: Size,

    /// Write the picture to this file, in the form of its ending: .txt, .ansi or .svg
    ///
    /// The file appears under its name when it is whole; until then it grows as FILE.part.
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,

    #[command(flatten)]
    look: LookFlags,
}

pub fn execute(
    args: &Args,
    (config, color): (&Config, ColorWhen),
    streams: &mut Streams,
) -> Result<Verdict, Failure> {
    let form = args.output.as_deref().map(form).transpose()?;
    let order = Order {
        word: args.run.clone(),
        settings: args.settings.clone(),
        at: 0,
        is_unchecked: args.unchecked,
    };
    let page = match &args.diff {
        None => run(order.open()?, args.at)?,
        Some(other) => comparison(&order.open()?, other, args.at)?,
    };
    // A file is for another screen than this one.
    let color = match (color, args.output.is_some()) {
        (ColorWhen::Auto, true) => ColorWhen::Rgb,
        (ColorWhen::Auto, false) if !streams.out.is_coloured() => ColorWhen::Never,
        (said, _) => said,
    };
    let picture = |form: Form| form.draw(&drawn(&page, args, (config, color)));
    match (&args.output, form) {
        (Some(path), Some(form)) => write(path, &picture(form))?,
        _ if color == ColorWhen::Never => write!(streams.out, "{}", picture(Form::Text))?,
        _ => write!(streams.out, "{}", picture(Form::Ansi))?,
    }
    Ok(Verdict::Good)
}

/// A run, read to its end, at that event.
fn run(mut app: App, at: Option<usize>) -> Result<Page, Failure> {
    app.film.wait();
    let events = app.film.len();
    match at {
        Some(at) if at > events => return Err(beyond(events)),
        at => app.go_to(at.unwrap_or(events)),
    }
    Ok(Page::Run(Box::new(app)))
}

/// Two runs beside each other, at that row.
fn comparison(app: &App, other: &Path, at: Option<usize>) -> Result<Page, Failure> {
    let mut diff = beside(app, other, at)?;
    diff.wait();
    match (&diff.problem, at) {
        (Some(problem), _) => {
            let names = format!("{} and {}", diff.a.name, diff.b.name);
            Err(Failure::about(&names, problem.as_str()))
        }
        (None, Some(at)) if at > diff.rows.len() => {
            let what = format!("there are {} rows", diff.rows.len());
            Err(Failure::about("--at", what).hint("1 is the first one"))
        }
        (None, _) => Ok(Page::Diff(Box::new(diff))),
    }
}

fn drawn(page: &Page, args: &Args, (config, color): (&Config, ColorWhen)) -> Buffer {
    let Size { width, height } = args.size;
    let area = Rect { x: 0, y: 0, width, height };
    let mut buffer = Buffer::empty(area);
    page::paint(page, (area, &args.look.look(config, color)), &mut buffer);
    buffer
}

fn form(path: &Path) -> Result<Form, Failure> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    Form::of(ending).ok_or_else(|| {
        let what = "its ending does not say which form the picture has";
        Failure::about(&shown(path), what).hint("end the name in .txt, .ansi or .svg")
    })
}

fn write(path: &Path, picture: &str) -> Result<(), Failure> {
    let mut file = WholeFile::create(path)?;
    let written = file.write_all(picture.as_bytes());
    written.map_err(|error| WholeFile::failure(path, &error))?;
    file.finish()
}
