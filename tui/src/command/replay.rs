//! `ringscope replay`: a recorded run simulated again, in the order in which its ranks received.

use std::io::Write;
use std::path::{Path, PathBuf};

use ringscope_screen::failure::Failure;
use ringscope_screen::files::shown;
use ringscope_screen::numbers::counted;
use ringscope_screen::trace_summary::summary;
use ringscope_sim::conform::{Departure, Repeated, as_read, repeat};
use ringscope_traces::diff::{Level, compare};
use ringscope_traces::text::Plain;
use ringscope_traces::words::located;
use ringscope_traces::{Ending, Rank, Trace};

use super::Verdict;
use crate::input::{self, DASH};
use crate::output::{Notes, Streams, TraceTarget};
use crate::report::{Style, standing, wrapped};

/// Replay a recorded run in the simulator, each rank receiving in the order of the trace
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Each rank of the simulator receives what the trace says that it received next. If every
rank then sends what the trace says, event by event, and the run ends as the trace does,
the replay is exact, whatever program was recorded. If not, the first event in which the
simulator differs is printed. Times are not compared.

Standard output carries the lines that the command node prints. A trace that was cut off
is replayed as far as it goes, and the state of the run at that point is printed.

Examples:
  ringscope replay mpi.jsonl
  ringscope replay mpi.jsonl -o simulated.jsonl && ringscope diff mpi.jsonl simulated.jsonl

Exit codes: 0 repeated exactly; 1 not; 2 the trace could not be read, or its header does
not say by which nodes.")]
pub(crate) struct ReplayArgs {
    /// A trace file, or `-` for standard input
    trace: PathBuf,

    /// Write the simulator's trace to this file; `-` is standard output
    ///
    /// The file appears under its name once it is complete; until then it grows beside it, as
    /// FILE.RANDOM.part. With `-`, the command node's lines go to standard error. If the replay is
    /// not exact, it ends at the first difference.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Print only errors on standard error
    #[arg(short, long)]
    quiet: bool,
}

pub(crate) fn execute(args: &ReplayArgs, streams: &mut Streams) -> Result<Verdict, Failure> {
    let name = input::trace_name(&args.trace);
    let (trace, completeness) = input::trace(&args.trace)?;
    if trace.is_cut() {
        return Err(Failure::about(&name, "cannot be replayed: payloads were cut")
            .hint("record with --payload full"));
    }
    let open = |output: &PathBuf| TraceTarget::open(output, &args.trace);
    let target = args.output.as_ref().map(open).transpose()?;
    let repeated = repeat(&trace).map_err(|cannot| Failure::about(&name, cannot.to_string()))?;
    let is_on_output = matches!(target, Some(TraceTarget::Output));
    let Streams { out, notes } = streams;
    print(&repeated, if is_on_output { notes } else { out })?;
    target.map_or(Ok(()), |target| target.put(&repeated.trace, out))?;
    if !args.quiet {
        let title = notes.paint(Style::Name, Plain(&name));
        let _ = writeln!(notes, "{title}: {}", summary(&trace, completeness));
        print_result(&repeated, &trace, notes);
        print_target(args.output.as_deref(), notes);
    }
    Ok(Verdict::good_if(is_repeated(&repeated, &trace)))
}

fn print(repeated: &Repeated, to: &mut dyn Write) -> Result<(), Failure> {
    repeated.prints.iter().try_for_each(|print| writeln!(to, "{print}"))?;
    Ok(())
}

/// Whether nothing departs, by the word of the comparison that `ringscope diff` makes, too.
fn is_repeated(repeated: &Repeated, trace: &Trace) -> bool {
    let [recorded, again] = as_read([trace, &repeated.trace]);
    let level = compare(&recorded, &again).map(|comparison| comparison.level);
    repeated.departure.is_none() && level == Ok(Level::Equal)
}

fn print_result(repeated: &Repeated, trace: &Trace, notes: &mut Notes) {
    match &repeated.departure {
        Some(departure) => {
            let word = notes.paint(Style::Bad, "not repeated");
            let text = format!("{word}: {}", in_place(departure));
            let _ = writeln!(notes, "{}", wrapped(&text, notes.width(), "  "));
        }
        None => {
            let word = notes.paint(Style::Good, "repeated exactly");
            let events = counted(trace.events.len() as u64, "event");
            let ranks = counted(trace.header.ranks.into(), "rank");
            let _ = writeln!(notes, "  {word}: {events} of {ranks}");
            print_departure(repeated, trace, notes);
        }
    }
}

/// `event 11 (rank 3's 5th, line 12): sends ...`
fn in_place(departure: &Departure) -> String {
    let Departure { rank, index, place, what } = departure;
    match place {
        Some(place) => format!("{}: {what}", located(*place, *rank, *index)),
        None => format!("rank {rank}, after {}: {what}", counted(*index as u64, "event")),
    }
}

/// Where a trace was cut off or stopped, how the run stood.
fn print_departure(repeated: &Repeated, trace: &Trace, notes: &mut Notes) {
    let sends: usize = repeated.beyond.values().sum();
    if sends > 0 {
        let whose: Vec<_> = repeated.beyond.keys().map(Rank::to_string).collect();
        let sends = counted(sends as u64, "send");
        let text = format!(
            "it ends on the way: simulated, {sends} would follow at once (rank {})",
            whose.join(", ")
        );
        let _ = writeln!(notes, "{}", wrapped(&text, notes.width(), "  "));
    }
    let is_completed =
        trace.footer.as_ref().is_some_and(|footer| matches!(footer.ending, Ending::Completed));
    if !is_completed {
        standing::print(trace, notes);
    }
}

fn print_target(output: Option<&Path>, notes: &mut Notes) {
    if let Some(path) = output.filter(|path| *path != Path::new(DASH)) {
        let _ = writeln!(notes, "  trace {}", Plain(&shown(path)));
    }
}
