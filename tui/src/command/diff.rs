//! `ringscope diff`: two traces compared rank by rank.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::thread;

use clap::ValueEnum;
use ringscope_screen::failure::Failure;
use ringscope_screen::trace_summary::{summary, vocabulary};
use ringscope_sim::conform::as_read;
use ringscope_traces::diff::{Comparison, Level, compare};
use ringscope_traces::json::ascii_json;
use ringscope_traces::text::Plain;
use ringscope_traces::{Completeness, Trace};
use serde::Serialize;

use super::Verdict;
use crate::flags::TagFlags;
use crate::input::{self, DASH, trace_name};
use crate::output::Streams;
use crate::report::Style;

/// Compare two traces rank by rank
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Of three results, it prints the strongest that holds:
  equal      every rank sent and received the same in the same order
  reordered  every channel carried the same messages; only receives from any source matched
             different senders, which is a legal race: each is listed
  different  with the first event that differs, in causal order

Times, and the order of lines of different ranks, are never compared. The result is of the
events alone: two traces with the same events whose footers name different endings are
equal, and a line says so; one of the two footers is wrong.

Events are given by their numbers in their traces, from 1, as on the screen; event 45 is on
line 46 of its file. In JSON `index` counts the events of each rank, from 0.

Examples:
  ringscope diff a.jsonl b.jsonl
  ringscope run join --seed 2 -o - 2>/dev/null | ringscope diff join.jsonl -

Exit codes: 0 equal, with the same ending, or as --allow accepts; 1 different; 2 they could
not be compared.")]
pub(crate) struct DiffArgs {
    /// A trace file, or `-` for standard input
    a: PathBuf,

    /// The trace to compare it with
    b: PathBuf,

    /// Differences to accept (repeatable)
    #[arg(long, value_name = "WHAT", value_enum)]
    allow: Vec<Allowed>,

    /// How many steps of the rank to show on either side of the first divergence
    #[arg(long, value_name = "N", default_value_t = CONTEXT)]
    context: usize,

    /// Print JSON, with every divergence and every race
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    tags: TagFlags,
}

impl DiffArgs {
    /// What is asked for when nothing else is said.
    pub(crate) fn of(a: &Path, b: &Path) -> DiffArgs {
        DiffArgs {
            a: a.into(),
            b: b.into(),
            allow: Vec::new(),
            context: CONTEXT,
            json: false,
            tags: TagFlags::default(),
        }
    }
}

/// How many steps are shown on either side of the first divergence when nobody says.
const CONTEXT: usize = 3;

/// What may be taken for equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Allowed {
    /// Receives from any source that took different senders' messages
    Reordered,
    /// One of the two ends where the other goes on, as when it was cut off
    Prefix,
    /// The same events, said to have ended differently
    End,
}

pub(crate) fn execute(args: &DiffArgs, streams: &mut Streams) -> Result<Verdict, Failure> {
    if args.a == Path::new(DASH) && args.b == Path::new(DASH) {
        let failure = Failure::about(DASH, "standard input cannot be both traces");
        return Err(failure.hint("name a file for one of them"));
    }
    // What is wrong with A is reported first, whichever is read faster.
    let (a, b) = thread::scope(|scope| {
        let b = scope.spawn(|| Side::read(&args.b));
        (Side::read(&args.a), b.join().expect("reading does not panic"))
    });
    let (mut a, b) = (a?, b?);
    args.tags.put_into(&mut a.trace.header)?;
    let cannot = |error: &dyn std::fmt::Display| {
        let names = format!("{} and {}", a.name, b.name);
        Failure::about(&names, format!("cannot be compared: {error}"))
    };
    let [in_a, in_b] = as_read([&a.trace, &b.trace]);
    let comparison = compare(&in_a, &in_b).map_err(|error| cannot(&error))?;
    let comparison = with_context(comparison, args.context, [&a, &b]);
    let is_allowed = is_allowed(&comparison, &args.allow);
    if args.json {
        print_json(&comparison, [&a, &b], streams)?;
    } else {
        print(&comparison, [&a, &b], streams)?;
        if is_allowed && !is_same(&comparison) {
            writeln!(streams.out, "allowed: the exit code is 0")?;
        }
    }
    Ok(Verdict::good_if(is_allowed))
}

/// One of the two traces.
struct Side {
    name: String,
    trace: Trace,
    completeness: Completeness,
}

impl Side {
    fn read(path: &Path) -> Result<Side, Failure> {
        let (trace, completeness) = input::trace(path)?;
        Ok(Side { name: trace_name(path), trace, completeness })
    }

    fn json(&self) -> SideJson<'_> {
        SideJson {
            name: &self.name,
            events: self.trace.events.len(),
            complete: self.completeness == Completeness::Whole,
            end: self.end(),
        }
    }

    /// How the trace says that its run ended.
    fn end(&self) -> Option<&'static str> {
        self.trace.footer.as_ref().map(|footer| footer.ending.name())
    }
}

fn is_allowed(comparison: &Comparison, allow: &[Allowed]) -> bool {
    let is_reordered = comparison.level == Level::Reordered;
    let is_equal = comparison.level == Level::Equal;
    let holds = |allowed: &Allowed| match allowed {
        Allowed::Reordered => is_reordered,
        Allowed::Prefix => comparison.prefix && !is_equal,
        Allowed::End => is_equal,
    };
    is_same(comparison) || allow.iter().any(holds)
}

/// Where the events differ, the ends may differ with them: that is no second difference.
fn is_same(comparison: &Comparison) -> bool {
    comparison.level == Level::Equal && !comparison.ends_differ
}

fn print(
    comparison: &Comparison,
    [a, b]: [&Side; 2],
    streams: &mut Streams,
) -> Result<(), Failure> {
    let out = &mut streams.out;
    for (letter, side) in [("A", a), ("B", b)] {
        let letter = out.paint(Style::Name, letter);
        let words = summary(&side.trace, side.completeness);
        writeln!(out, "{letter}  {}: {words}", Plain(&side.name))?;
    }
    let text = comparison.summary(&vocabulary(&a.trace.header)).to_string();
    let (level, rest) = text.split_once(':').unwrap_or((&text, ""));
    let style = match comparison.level {
        Level::Equal => Style::Good,
        Level::Reordered => Style::Warning,
        Level::Different => Style::Bad,
    };
    write!(out, "{}:{rest}", out.paint(style, level))?;
    if comparison.ends_differ {
        let (a, b) = (a.end().unwrap_or_default(), b.end().unwrap_or_default());
        writeln!(out, "they end differently: A says {a}, B says {b}")?;
    }
    Ok(())
}

#[derive(Serialize)]
struct ComparisonJson<'a> {
    a: SideJson<'a>,
    b: SideJson<'a>,
    #[serde(flatten)]
    comparison: &'a Comparison,
}

#[derive(Serialize)]
struct SideJson<'a> {
    name: &'a str,
    events: usize,
    complete: bool,
    end: Option<&'static str>,
}

fn print_json(
    comparison: &Comparison,
    [a, b]: [&Side; 2],
    streams: &mut Streams,
) -> Result<(), Failure> {
    let all = ComparisonJson { a: a.json(), b: b.json(), comparison };
    writeln!(streams.out, "{}", ascii_json(&all))?;
    Ok(())
}

/// The comparison with so many steps on either side of the first divergence.
fn with_context(comparison: Comparison, context: usize, [a, b]: [&Side; 2]) -> Comparison {
    let first = comparison.first.map(|first| {
        let around_a = steps::around(&first.divergence, context, &a.trace);
        let around_b = steps::around(&first.divergence, context, &b.trace);
        ringscope_traces::diff::First { around_a, around_b, ..first }
    });
    Comparison { first, ..comparison }
}

mod steps {
    use ringscope_traces::diff::{Divergence, Step};
    use ringscope_traces::{ByRank, Event, Trace};

    /// A rank's steps around one of them.
    pub(super) fn around(divergence: &Divergence, context: usize, trace: &Trace) -> Vec<Step> {
        let Divergence { rank, index, .. } = *divergence;
        let by_rank = ByRank::of(trace);
        let places = by_rank.events(rank).iter().enumerate();
        let near = places.skip(index.saturating_sub(context));
        let near = near.take_while(|(at, _)| *at <= index.saturating_add(context));
        near.map(|(index, place)| {
            let Event { rank, op, peer, tag, ref data, t, clock, .. } = trace[*place];
            Step { line: place.line(), rank, index, op, peer, tag, data: data.clone(), t, clock }
        })
        .collect()
    }
}
