//! `ringscope play`: a run, looked at after any of its events.

mod choices;

use std::path::{Path, PathBuf};

use ringscope_screen::app::Order;
use ringscope_screen::failure::Failure;
use ringscope_screen::files::{is_trace, shown};
use ringscope_screen::session::Session;
use ringscope_screen::timeline::simulated;
use ringscope_traces::Reader;

use super::screen::{self, Looks, ScreenFlags, beside};
use super::{Verdict, diff, show, start, welcome};
use crate::flags::{ChangeFlags, LookingFlags, SettingFlags, TagFlags, only_on_a_screen};
use crate::input;
use crate::output::Streams;
use crate::progress;
use crate::recent;
use crate::report::lanes::LaneSymbols;
use crate::source::sources;
use crate::terminal;
use choices::ChoiceFlags;

/// Step through a run event by event, forwards and backwards
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A scenario is simulated on the spot and can be given further commands; a trace is replayed.
Without either, the start page lists what can be opened. `?` shows the keys, `q` quits.
With --plain, or where standard output is not a terminal that can draw a screen, it prints
one line per event, as `ringscope show` does.

With --explore every order of the scenario's messages is tried first, as `ringscope explore` does.
Then a pane lists at each event what may be received next, and how many ways from there complete
and how many fail. The arrows choose, Enter takes one and goes on to the run in which it is
received, Backspace goes back. `p` leads to the critical choice of a run that fails: the last
one after which no order ends well. A way is an order of receives to an end; ways that go round
for ever count as one. Where the search was ended early, the counts are the least there can be.

Examples:
  ringscope play join
  ringscope play join --seed 42 --at 37
  ringscope play mpi.jsonl
  ringscope play join --diff mpi.jsonl
  ringscope play --explore race-lost-key
  ringscope play race-lost-key --plain | less

Exit codes: 0 done; 2 bad input.")]
pub(crate) struct PlayArgs {
    /// A scenario (a file or a built-in one, as for `run`), or a trace file; without it, the start
    /// page
    run: Option<PathBuf>,

    #[command(flatten)]
    settings: SettingFlags,

    #[command(flatten)]
    changes: ChangeFlags,

    #[command(flatten)]
    looking: LookingFlags,

    #[command(flatten)]
    tags: TagFlags,

    #[command(flatten)]
    choices: ChoiceFlags,

    /// Compare with another run, a scenario or a trace: which events are equal, where they diverge
    #[arg(long, value_name = "RUN", requires = "run")]
    diff: Option<PathBuf>,

    /// Start after event N (with --diff: at row N; default: the first divergence)
    #[arg(long, value_name = "N", requires = "run")]
    at: Option<usize>,

    /// Run the scenario even if the check before it finds problems
    #[arg(long, requires = "run")]
    unchecked: bool,

    /// Print one line per event instead of drawing a screen
    #[arg(long, help_heading = "Output")]
    plain: bool,

    #[command(flatten)]
    screen: ScreenFlags,
}

pub(crate) fn execute(
    args: &PlayArgs,
    looks: &Looks,
    streams: &mut Streams,
) -> Result<Verdict, Failure> {
    let Some(run) = &args.run else {
        args.settings.refuse_without_scenario()?;
        return match args.plain {
            true => welcome::execute(streams),
            false => start::execute(args.screen.setup(&looks.config, looks.color), looks, streams),
        };
    };
    let order = Order {
        at: args.at.filter(|_| args.diff.is_none()).unwrap_or(0),
        changes: args.changes.changes(),
        tags: args.tags.of_one_run(args.diff.is_some())?,
        ..input::order(run, &args.settings, args.unchecked)?
    };
    let has_screen = !args.plain && terminal::is_capable();
    args.choices.refuse(&order, has_screen)?;
    if !has_screen {
        args.looking.refuse_without_screen()?;
        if args.diff.is_some() && args.at.is_some() {
            return Err(only_on_a_screen("--at"));
        }
        return match &args.diff {
            Some(other) => compared(&order, other, streams),
            None => lines(&order, args, args.screen.marks(&looks.config), streams),
        };
    }
    let mut app = order.open()?;
    app.sources = sources();
    args.choices.offer(&mut app)?;
    app.look(&args.looking.looking())?;
    let other = args.diff.as_deref().map(|other| beside(&app, other, args.at)).transpose()?;
    for run in [Some(run), args.diff.as_ref()].into_iter().flatten() {
        recent::remember(run);
    }
    let setup = args.screen.setup(&looks.config, looks.color);
    let session = Session::of(app, progress::load(), looks.config.keymap.clone());
    let mut session = session.with_look_flags(looks.flags.clone());
    other.into_iter().for_each(|diff| session.lay_upon(diff));
    screen::show(&mut session, setup, &mut streams.out)?;
    Ok(Verdict::Good)
}

/// Prints how two traces compare.
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

/// Prints one line per event.
fn lines(
    order: &Order,
    args: &PlayArgs,
    symbols: LaneSymbols,
    streams: &mut Streams,
) -> Result<Verdict, Failure> {
    let args = show::ShowArgs::from(order, &args.tags, symbols);
    if is_trace(&order.word) {
        order.refuse_settings()?;
        return show::execute(&args, streams);
    }
    order.refuse_tags()?;
    let scenario = order.scenario()?;
    let recorded = simulated(&scenario);
    show::show(&mut Reader::new(&recorded.to[..], &scenario.name)?, &args, streams)
}
