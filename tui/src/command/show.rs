//! `ringscope show`: a trace, one line per event.

mod kept;
mod stats;

use std::io::{self, BufRead, BufWriter, Write};
use std::path::PathBuf;

use ringscope_screen::app::{Order, beyond};
use ringscope_screen::call_summary::CallLines;
use ringscope_screen::failure::Failure;
use ringscope_screen::trace_summary::{ending_summary, header_summary, vocabulary};
use ringscope_traces::calls::Call;
use ringscope_traces::text::Plain;
use ringscope_traces::{Event, Rank, Reader, TraceLine, Vocabulary};

use super::Verdict;
use crate::flags::TagFlags;
use crate::input;
use crate::output::Streams;
use crate::report::lanes::{LaneContent, LaneStyle, LaneSymbols};
use crate::report::{Style, wrapped};
use kept::Kept;

/// Show a trace: one line per event, causes before effects
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Each event has its mark in the column of its rank: `→` it sends, `←` it receives. There are
no columns when they would be more than 24, or take more than half of the terminal's width;
with --rank only the chosen ranks count.

A long payload is cut, on a terminal at the end of the line; --full prints it whole.

Of a recorded program the calls follow that are no messages, by rank, with their places in the
source (`=` in the column of the rank), and then what is wrong with the run.

Examples:
  ringscope show join.jsonl | less
  ringscope show join.jsonl --rank 0 --rank 6 --rows 20
  ringscope show mine.jsonl --stats --beside reference.jsonl
  ringscope run join -o - 2>/dev/null | ringscope show -

Exit codes: 0 done; 2 the trace could not be read.")]
pub(crate) struct ShowArgs {
    /// A trace file, or `-` for standard input
    trace: PathBuf,

    /// Show only the events of this rank (repeatable)
    #[arg(long, value_name = "R")]
    rank: Vec<u32>,

    /// Start at this event, counted from 0 over all ranks
    #[arg(long, value_name = "I", default_value_t = 0)]
    from: u64,

    /// Show at most N events
    #[arg(long, value_name = "N")]
    rows: Option<u64>,

    /// Omit the times
    #[arg(long)]
    no_times: bool,

    /// Print payloads whole, however long they are
    #[arg(long)]
    full: bool,

    /// Print what each rank came to, and no events: messages, bytes, calls, time in collective operations
    #[arg(long, conflicts_with_all = ["rank", "from", "rows", "no_times", "full", "tags", "symbols"])]
    stats: bool,

    /// Print the totals of another trace beside it
    #[arg(long, value_name = "TRACE", requires = "stats")]
    beside: Option<PathBuf>,

    /// Print these numbers as JSON
    #[arg(long, requires = "stats")]
    json: bool,

    #[command(flatten)]
    tags: TagFlags,

    /// The marks of sends and receives
    #[arg(long, value_name = "SET", value_enum, default_value_t)]
    symbols: LaneSymbols,

    /// Whether it is an error that the trace has fewer events than are passed over.
    #[arg(skip)]
    must_reach: bool,
}

impl ShowArgs {
    /// All events of a trace from one on, which has to be there.
    pub(crate) fn from(order: &Order, tags: &TagFlags, symbols: LaneSymbols) -> ShowArgs {
        ShowArgs {
            trace: order.word.clone(),
            rank: Vec::new(),
            from: order.at as u64,
            rows: None,
            no_times: false,
            full: false,
            stats: false,
            beside: None,
            json: false,
            symbols,
            tags: tags.clone(),
            must_reach: true,
        }
    }
}

pub(crate) fn execute(args: &ShowArgs, streams: &mut Streams) -> Result<Verdict, Failure> {
    if args.stats {
        return stats::execute(args, streams);
    }
    show(&mut input::reader(&args.trace)?, args, streams)
}

/// Shows what is read.
pub(crate) fn show<R: BufRead>(
    reader: &mut Reader<R>,
    args: &ShowArgs,
    streams: &mut Streams,
) -> Result<Verdict, Failure> {
    // What is wrong with the names is said before anything is shown.
    let mut header = reader.header().clone();
    args.tags.put_into(&mut header)?;
    let names = vocabulary(&header);
    let chosen = chosen(args, reader)?;
    let out = &mut streams.out;
    let lanes = LaneStyle::new(LaneContent {
        ranks: reader.header().ranks,
        chosen: &chosen,
        symbols: args.symbols,
        has_times: !args.no_times,
        width: out.terminal_width(),
        is_full: args.full,
        is_coloured: out.is_coloured(),
    });
    let name = input::trace_name(&args.trace);
    let title = out.paint(Style::Name, Plain(&name));
    if args.must_reach {
        pass_over(reader, args.from)?;
    }
    let mut out = BufWriter::with_capacity(1 << 16, out);
    writeln!(out, "{title}: {}", header_summary(reader.header()))?;
    for line in lanes.heading() {
        writeln!(out, "{line}")?;
    }
    let is_watched = out.get_ref().terminal_width().is_some();
    let mut kept = Kept::of(reader.header());
    let mut rows = Rows {
        lanes,
        chosen: &chosen,
        names: &names,
        calls: CallLines::default(),
        has_calls: false,
    };
    let mut take = |one: Shown<'_>| {
        rows.write(&one, &mut out)?;
        if is_watched {
            // A run that is still being recorded is seen as it goes.
            out.flush()?;
        }
        Ok(!out.get_ref().is_gone())
    };
    let shown = match lines(reader, Wanted { args, chosen: &chosen }, &mut take, &mut kept) {
        Ok(shown) => shown,
        Err(failure) => {
            // What could be read stands before what could not.
            out.flush()?;
            return Err(failure);
        }
    };
    writeln!(out, "{shown}")?;
    let width = out.get_ref().width();
    for paragraph in kept.diagnosis(reader) {
        writeln!(out, "{}", wrapped(&format!("- {}", Plain(&paragraph)), width, "  "))?;
    }
    out.flush()?;
    Ok(Verdict::Good)
}

/// The rows of a trace, as they are written one after the other.
struct Rows<'a> {
    lanes: LaneStyle,
    /// The ranks whose calls are shown; all when empty.
    chosen: &'a [Rank],
    names: &'a dyn Vocabulary,
    calls: CallLines,
    /// Whether calls have been written: the first has a heading.
    has_calls: bool,
}

impl Rows<'_> {
    fn write(&mut self, one: &Shown<'_>, out: &mut impl Write) -> io::Result<()> {
        match one {
            Shown::Event(event) => writeln!(out, "{}", self.lanes.line(event, self.names)),
            Shown::Call(call) => self.write_call(call, out),
        }
    }

    fn write_call(&mut self, call: &Call, out: &mut impl Write) -> io::Result<()> {
        let line = self.calls.take(call.clone());
        let is_chosen = |rank: Rank| self.chosen.is_empty() || self.chosen.contains(&rank);
        let Some(line) = line.filter(|line| is_chosen(line.rank)) else { return Ok(()) };
        if !std::mem::replace(&mut self.has_calls, true) {
            writeln!(out, "calls beside these messages, rank by rank:")?;
        }
        writeln!(out, "{}", self.lanes.call_line(&line))
    }
}

/// Reads the events before the first that is shown.
fn pass_over<R: BufRead>(reader: &mut Reader<R>, events: u64) -> Result<(), Failure> {
    for passed in 0..events {
        if reader.next_event()?.is_none() {
            return Err(beyond(passed));
        }
    }
    Ok(())
}

/// The ranks to show, each once and in order.
fn chosen<R: BufRead>(args: &ShowArgs, reader: &Reader<R>) -> Result<Vec<Rank>, Failure> {
    let ranks = reader.header().ranks;
    let mut chosen: Vec<Rank> = args.rank.iter().copied().map(Rank).collect();
    chosen.sort_unstable();
    chosen.dedup();
    match chosen.last() {
        Some(last) if last.0 >= ranks => {
            let what = format!("there is no rank {last} in this trace");
            Err(Failure::about("--rank", what)
                .hint(format!("its ranks are 0 to {}", ranks.saturating_sub(1))))
        }
        Some(_) | None => Ok(chosen),
    }
}

/// What is to be shown.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    args: &'a ShowArgs,
    /// The ranks; all when empty.
    chosen: &'a [Rank],
}

/// Something that has a line.
enum Shown<'a> {
    Event(&'a Event),
    Call(&'a Call),
}

/// Passes the requested events, and the calls behind them, to `take` until it has enough, and says how the trace ended.
fn lines<R: BufRead>(
    reader: &mut Reader<R>,
    Wanted { args, chosen }: Wanted<'_>,
    take: &mut dyn FnMut(Shown<'_>) -> Result<bool, Failure>,
    kept: &mut Kept,
) -> Result<String, Failure> {
    let (mut place, mut shown) = (if args.must_reach { args.from } else { 0 }, 0);
    while let Some(line) = reader.next_line()? {
        let event = match line {
            TraceLine::Event(event) => event,
            TraceLine::Call(call) => {
                let goes_on = take(Shown::Call(&call))?;
                kept.take_call(call);
                if !goes_on {
                    return Ok(String::new());
                }
                continue;
            }
        };
        let is_asked_for =
            place >= args.from && (chosen.is_empty() || chosen.binary_search(&event.rank).is_ok());
        place += 1;
        if is_asked_for && args.rows.is_some_and(|rows| shown >= rows) {
            kept.give_up();
            return Ok(format!("... (--rows {shown})"));
        }
        if is_asked_for {
            shown += 1;
            if !take(Shown::Event(&event))? {
                return Ok(String::new());
            }
        }
        kept.take_event(event);
    }
    let end = ending_summary(reader.footer(), reader.completeness());
    Ok(format!("{end}, {shown} of {place} events shown"))
}
