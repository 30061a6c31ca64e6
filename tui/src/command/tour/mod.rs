//! `ringscope tour`: walkthroughs, lessons on live runs.

mod check;
mod plain;
mod tables;

use std::path::{Path, PathBuf};

use ringscope_screen::failure::Failure;
use ringscope_screen::files::shown;
use ringscope_screen::session::Session;
use ringscope_screen::tour::builtin::{self, ALL};
use ringscope_screen::tour::{Faults, Shelf, Tour};
use ringscope_sim::nearest::nearest;

use super::Verdict;
use super::screen::{Looks, ScreenFlags, show};
use crate::lesson_file::read_lesson;
use crate::output::Streams;
use crate::progress;
use crate::terminal;

/// Learn from walkthroughs: lessons on live runs, with questions
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A lesson stops a run where there is something to see, explains it, and asks a question. What
it says about the run is computed from the run. Enter goes on, Backspace goes back, `e` lets
you explore the run freely, and Esc returns to the lesson. `screen/walkthroughs/README.md` says
how to write a lesson of your own.

Examples:
  ringscope tour                       the list of them
  ringscope tour the-ring              a lesson; `ringscope tour 1` is the same
  ringscope tour my.md                 a lesson of your own
  ringscope tour the-ring --plain      as a page, with questions on standard input
  ringscope tour --check my.md         does everything it states hold?
  ringscope tour --facts               what a lesson can stop at, state and ask

Exit codes: 0 done, or everything holds; 1 a statement does not hold; 2 a lesson cannot be read.")]
pub(crate) struct TourArgs {
    /// A lesson, by name, number or file; --check takes several, and without one checks all
    /// built-in lessons
    lesson: Vec<PathBuf>,

    /// Only check whether everything that the lessons state holds
    #[arg(long, conflicts_with_all = ["list", "facts", "plain"])]
    check: bool,

    /// List the lessons
    #[arg(long, conflicts_with_all = ["facts", "plain", "lesson"])]
    list: bool,

    /// List what a lesson can stop at, state and ask
    #[arg(long, conflicts_with_all = ["plain", "lesson"])]
    facts: bool,

    /// Print the lesson and read the answers from standard input instead of drawing a screen
    #[arg(long, help_heading = "Output")]
    plain: bool,

    #[command(flatten)]
    screen: ScreenFlags,
}

pub(crate) fn execute(
    args: &TourArgs,
    looks: &Looks,
    streams: &mut Streams,
) -> Result<Verdict, Failure> {
    if args.check {
        return check::execute(&args.lesson, streams);
    }
    if args.list {
        return tables::list(&mut streams.out);
    }
    if args.facts {
        return tables::facts(&mut streams.out);
    }
    let is_plain = args.plain || !terminal::is_capable();
    let keymap = || looks.config.keymap.clone();
    let session = match &args.lesson[..] {
        [] if is_plain => return tables::list(&mut streams.out),
        [word] if is_plain => return plain::execute(&shelf(word)?, streams),
        [] => Session::tours(progress::load(), keymap()),
        [word] => match Tour::open(&shelf(word)?) {
            Ok(tour) => Session::lesson(tour, progress::load(), keymap()),
            Err(faults) => return Ok(print_faults(&faults, streams)),
        },
        [_, second, ..] => {
            let failure = Failure::about(&shown(second), "one lesson at a time");
            return Err(failure.hint("`ringscope tour --check` takes several"));
        }
    };
    let setup = args.screen.setup(&looks.config, looks.color);
    show(&mut session.with_look_flags(looks.flags.clone()), setup, &mut streams.out)?;
    Ok(Verdict::Good)
}

/// The lesson that a word on the command line means: a file, or a built-in one.
///
/// # Errors
///
/// When it means nothing, or the file cannot be read.
pub(crate) fn shelf(word: &Path) -> Result<Shelf, Failure> {
    let is_path = word.extension().is_some() || word.components().count() > 1;
    if is_path || word.is_file() {
        return read_lesson(word).map_err(|failure| failure.hint_maybe(advice(word)));
    }
    let name = shown(word);
    builtin::find(&name).map(Shelf::built_in).ok_or_else(|| {
        let failure = Failure::about(&name, "no such file, and no lesson of that name");
        failure
            .hint(advice(word).unwrap_or_else(|| "`ringscope tour --list` names them".to_owned()))
    })
}

/// The lesson that may have been meant.
fn advice(word: &Path) -> Option<String> {
    let stem = word.file_stem()?.to_str()?;
    let meant = nearest(stem, ALL.iter().map(|one| one.name))?;
    Some(format!("did you mean `{meant}`? `ringscope tour --list` names all lessons"))
}

/// Prints the faults of a lesson, and says what they come to.
fn print_faults(faults: &Faults, streams: &mut Streams) -> Verdict {
    crate::report::problems::print(&faults.errors, &mut streams.notes);
    if faults.is_judged { Verdict::Bad } else { Verdict::NotJudged }
}
