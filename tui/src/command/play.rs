//! `ringscope play`: a run, looked at after any of its events.

use std::path::{Path, PathBuf};

use ringscope_traces::Reader;

use super::screen::{self, ScreenFlags, beside};
use super::{Verdict, diff, show};
use crate::app::{Order, Session};
use crate::config::Config;
use crate::failure::Failure;
use crate::flags::SettingFlags;
use crate::input::{is_trace, shown};
use crate::output::ColorWhen;
use crate::output::Streams;
use crate::recent;
use crate::report::lanes::LaneSymbols;
use crate::terminal;
use crate::timeline::simulated;
use crate::tour::Progress;

/// Look at a run after any of its events, forwards and backwards
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A scenario is simulated here and can be given further commands; a trace is replayed. `?`
shows the keys, `q` leaves. Where standard output is no terminal that can show more than
lines, or with --plain, there is a line an event, as of `ringscope show`.

Examples:
  ringscope play join
  ringscope play join --seed 42 --at 37
  ringscope play mpi.jsonl
  ringscope play join --diff mpi.jsonl
  ringscope play race-lost-key --plain | less

Exit codes: 0 done; 2 bad input.")]
pub struct PlayArgs {
    /// A scenario (a file or a built-in one, as for `run`), or a trace file
    run: PathBuf,

    #[command(flatten)]
    settings: SettingFlags,

    /// Beside another run, a scenario or a trace: which events are the same, where they part
    #[arg(long, value_name = "RUN")]
    diff: Option<PathBuf>,

    /// Begin after so many events; with --diff at this row, else where the two part
    #[arg(long, value_name = "EVENT")]
    at: Option<usize>,

    /// Run the scenario even if the check beforehand finds fault with it
    #[arg(long)]
    unchecked: bool,

    /// A line an event, and no screen
    #[arg(long, help_heading = "Output")]
    plain: bool,

    #[command(flatten)]
    screen: ScreenFlags,
}

pub fn execute(
    args: &PlayArgs,
    (config, color): (&Config, ColorWhen),
    streams: &mut Streams,
) -> Result<Verdict, Failure> {
    let order = Order {
        word: args.run.clone(),
        settings: args.settings.clone(),
        at: args.at.filter(|_| args.diff.is_none()).unwrap_or(0),
        is_unchecked: args.unchecked,
    };
    if args.plain || !terminal::is_capable() {
        return match &args.diff {
            Some(other) => compared(&order, other, streams),
            None => lines(&order, args.screen.marks(config), streams),
        };
    }
    let app = order.open()?;
    let other = args.diff.as_deref().map(|other| beside(&app, other, args.at)).transpose()?;
    for run in [Some(&args.run), args.diff.as_ref()].into_iter().flatten() {
        if run.is_file() {
            recent::remember(run);
        }
    }
    let setup = args.screen.setup(config, color);
    let mut session = Session::of(app, Progress::load(), config.keymap.clone());
    other.into_iter().for_each(|diff| session.lay_upon(diff));
    screen::show(&mut session, setup)?;
    Ok(Verdict::Good)
}

/// What two traces have in common, in lines.
fn compared(order: &Order, other: &Path, streams: &mut Streams) -> Result<Verdict, Failure> {
    if let Some(word) = [&order.word, other].into_iter().find(|word| !is_trace(word)) {
        let what = "is a scenario; without a screen, only traces are compared";
        let hint = format!("`ringscope run {0} -o {0}.jsonl` records its trace", shown(word));
        return Err(Failure::about(&shown(word), what).hint(&hint));
    }
    order.refuse_settings()?;
    // That they differ is what there is to see, and no failure of the showing.
    diff::execute(&diff::DiffArgs::of(&order.word, other), streams).map(|_| Verdict::Good)
}

/// A line an event.
fn lines(order: &Order, symbols: LaneSymbols, streams: &mut Streams) -> Result<Verdict, Failure> {
    let args = show::ShowArgs::from(&order.word, order.at, symbols);
    if is_trace(&order.word) {
        order.refuse_settings()?;
        return show::execute(&args, streams);
    }
    let scenario = order.scenario()?;
    let recorded = simulated(&scenario);
    show::show(&mut Reader::new(&recorded.to[..], &scenario.name)?, &args, streams)
}
