//! `ringscope why`: why an event came about, in words.

use std::io::Write as _;
use std::path::PathBuf;

use ringscope_screen::app::beyond;
use ringscope_screen::failure::Failure;
use ringscope_screen::timeline::{Otherwise, Timeline, Why};
use ringscope_traces::text::Plain;
use ringscope_traces::words::tag_label;
use ringscope_traces::{EventIndex, Op};
use serde::Serialize;

use super::Verdict;
use crate::flags::{SettingFlags, TagFlags};
use crate::input;
use crate::output::Streams;

/// Say why an event came about: the messages that led to it, and the one that came too late
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Without --at the event is the one that decided how the run went wrong: the first broken
invariant, or the last thing done by those who wait for ever. The same is on the screen
when `k` is pressed at that event.

A message came too late when it could have been received before another one on the way to
the event (nothing that led to its send depends on that receive), and the rank would have
answered otherwise then. The run is then run again with the two in the other order, and it is said
what comes of that; the commands are those that the run shows.

Of a run that did not end well the critical choice is named: the last receive after which no order ends
well, which is found by going on in every order from each of its states, where these are not too many. To
end well is to complete with every pair at its owner.

Examples:
  ringscope why race-lost-key
  ringscope why race-lost-key --at 17
  ringscope why mpi.jsonl --json

Exit codes: 0 done, also when nothing went wrong; 2 bad input.")]
pub(crate) struct WhyArgs {
    /// A trace file, or a scenario (a file or a built-in one, as for `run`); `-` is either, on standard
    /// input
    run: PathBuf,

    /// Why this event, counted as by `play --at` [default: the one that decided how it went wrong]
    #[arg(long, value_name = "EVENT")]
    at: Option<usize>,

    #[command(flatten)]
    settings: SettingFlags,

    /// Run the scenario even if the check before it finds problems
    #[arg(long)]
    unchecked: bool,

    #[command(flatten)]
    tags: TagFlags,

    /// Print it as JSON
    #[arg(long, help_heading = "Output")]
    json: bool,
}

pub(crate) fn execute(args: &WhyArgs, streams: &mut Streams) -> Result<Verdict, Failure> {
    let mut app = input::open(&args.run, &args.settings, args.unchecked, &args.tags)?;
    app.timeline.wait();
    let timeline = &app.timeline;
    let Some(at) = args.event(timeline)? else {
        writeln!(streams.out, "{}; --at asks about one event", timeline.nothing_decisive())?;
        return Ok(Verdict::Good);
    };
    let why = timeline.why(at);
    let otherwise = timeline.otherwise(&why);
    match args.json {
        true => print_json(timeline, (&why, otherwise), streams)?,
        false => print(timeline, (&why, otherwise), streams)?,
    }
    Ok(Verdict::Good)
}

impl WhyArgs {
    /// The event that is asked about.
    fn event(&self, timeline: &Timeline) -> Result<Option<EventIndex>, Failure> {
        match self.at {
            None => Ok(timeline.decisive()),
            Some(0) => Err(Failure::about("--at", "before the first event nothing has a cause")),
            Some(at) if at > timeline.len() => Err(beyond(timeline.len() as u64)),
            Some(at) => Ok(Some(EventIndex(at - 1))),
        }
    }
}

fn print(
    timeline: &Timeline,
    (why, otherwise): (&Why, Otherwise),
    streams: &mut Streams,
) -> Result<(), Failure> {
    let out = &mut streams.out;
    let violations = timeline.violations().iter().filter(|violation_at| violation_at.at == why.at);
    for violation_at in violations {
        let what = Plain(&violation_at.violation.what).to_string();
        writeln!(out, "{}: {what}", violation_at.violation.invariant.name())?;
    }
    writeln!(out, "{}", timeline.why_in_words(why))?;
    for words in timeline.otherwise_in_words(&otherwise) {
        writeln!(out, "{}", Plain(&words))?;
    }
    writeln!(out, "\nwhat led to event {}:", why.at.0 + 1)?;
    let width = (why.at.0 + 1).to_string().len();
    for at in &why.chain {
        writeln!(out, "  {:>width$}  {}", at.0 + 1, event_in_words(timeline, *at))?;
    }
    Ok(())
}

/// `rank 0 sends PUT to rank 6`.
fn event_in_words(timeline: &Timeline, at: EventIndex) -> String {
    let info = timeline.info(at);
    let names = timeline.vocabulary();
    let tag = tag_label(info.tag, &names);
    match info.op {
        Op::Send => format!("rank {} sends {tag} to rank {}", info.rank, info.peer),
        Op::Recv => format!("rank {} receives {tag} from rank {}", info.rank, info.peer),
    }
}

/// The same for programs.
#[derive(Serialize)]
struct WhyJson {
    event: usize,
    in_words: String,
    chain: Vec<usize>,
    race: Option<RaceJson>,
    /// What comes of the other order.
    otherwise: Option<OtherJson>,
    critical: Option<CriticalJson>,
}

/// The run in the other order.
#[derive(Serialize)]
struct OtherJson {
    ending: &'static str,
    facts: Option<String>,
    broken: Vec<&'static str>,
}

/// The event after which no order ends well, and who could have received from whom instead.
#[derive(Serialize)]
struct CriticalJson {
    event: usize,
    instead: (u32, u32),
}

/// The two messages, by the events as they are counted on the screen.
#[derive(Serialize)]
struct RaceJson {
    rank: u32,
    first_received: usize,
    late_sent: usize,
    late_received: Option<usize>,
}

fn print_json(
    timeline: &Timeline,
    (why, otherwise): (&Why, Otherwise),
    streams: &mut Streams,
) -> Result<(), Failure> {
    let number = |at: EventIndex| at.0 + 1;
    let race = why.race.as_ref().map(|race| RaceJson {
        rank: timeline.info(race.first).rank.0,
        first_received: number(race.first),
        late_sent: number(race.late_sent),
        late_received: race.late.map(number),
    });
    let json = WhyJson {
        event: number(why.at),
        in_words: timeline.why_in_words(why),
        chain: why.chain.iter().copied().map(number).collect(),
        race,
        otherwise: otherwise.exchanged.map(|run| OtherJson {
            ending: run.ending.name(),
            facts: run.facts,
            broken: run.broken.iter().map(|invariant| invariant.name()).collect(),
        }),
        critical: otherwise.critical.map(|critical| CriticalJson {
            event: number(critical.at),
            instead: (critical.instead.rank.0, critical.instead.source.0),
        }),
    };
    let text = serde_json::to_string(&json).map_err(std::io::Error::from)?;
    writeln!(streams.out, "{text}")?;
    Ok(())
}
