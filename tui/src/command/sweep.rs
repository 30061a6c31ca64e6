//! `ringscope sweep`: random scenarios, and what fails in them.

mod watch;

use std::io::Write as _;
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use ringscope_screen::failure::Failure;
use ringscope_sim::protocol::Protocol;
use ringscope_sim::protocols::{ProtocolId, Visitor};
use ringscope_sim::sweep::{
    CannotWriteFindings, SweepBounds, SweepCounts, SweepFinding, SweepReport, Tone, make_folder,
    numbers, seeds, shrink_all, sweep, write_findings,
};

use super::Verdict;
use crate::flags::{protocol, seconds};
use crate::output::{Out, Streams};
use crate::report::Style;
use watch::SweepWatch;

/// Run random scenarios, and make a minimal run of each kind of failure
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A seed is a scenario that `check` finds sound, and an order in which its messages are received. What
fails is counted by kind, in the words of `explore`: deadlocks are of one kind when their wait-for
graphs differ in the numbers of the ranks alone. Of each kind the run that failed after the fewest
receipts is shrunk. Commands are left out as long as it still fails in some order, then ranks, then
places of the window; of what is left the shortest order is found by exploring, and it is said to be
minimal. Where there are too many orders for that it is only said to be small.

The same seeds give the same findings, whatever the number of threads, byte for byte; and so does
`mpirun -n 4 mpi-runner sweep` with the same flags, which spreads the seeds over the ranks.

With -o each finding is a scenario and a trace in that folder: `run` or `explore` the one, `play` the
other, ask `why`, or let real MPI take the same order: `mpirun -n 4 mpi-runner --follow TRACE`.

Ranges have both ends in them: --ranks 3..16, or --ranks 8. --seeds 1000 are the seeds from 1 to 1000.

Examples:
  ringscope sweep
  ringscope sweep --window 2 --ranks 3..6 -o found
  ringscope sweep --protocol safe --seeds 1000000
  ringscope sweep --seeds 17..17 --window 1..4

Exit codes: 0 no run failed; 1 some did; 2 bad input, or none failed so far and there are more to run.")]
pub(crate) struct SweepArgs {
    /// How many seeds, or which: 1..1000
    #[arg(long, value_name = "SEEDS", default_value = "10000", value_parser = seeds)]
    seeds: RangeInclusive<u64>,

    /// The number of processes of a scenario, drawn from this range
    #[arg(long, value_name = "RANGE", default_value = "3..16", value_parser = numbers::<u32>)]
    ranks: RangeInclusive<u32>,

    /// The number of commands of a scenario
    #[arg(long, value_name = "N", default_value_t = 50)]
    commands: u32,

    /// How many commands may be in flight, drawn from this range
    #[arg(long, value_name = "RANGE", default_value = "1..4", value_parser = numbers::<u32>)]
    window: RangeInclusive<u32>,

    /// The protocol that the ranks speak
    #[arg(long, value_name = "NAME", default_value = ProtocolId::default().name(), value_parser = protocol)]
    protocol: ProtocolId,

    /// Stop after this many seconds
    #[arg(long, value_name = "SECONDS", value_parser = seconds, help_heading = "Limits")]
    time: Option<Duration>,

    /// Take this many threads instead of one for each core; what is found is the same
    #[arg(long, value_name = "COUNT", help_heading = "Limits")]
    threads: Option<NonZeroUsize>,

    /// Write a scenario and a trace of each finding into this folder, which is made
    #[arg(short, long, value_name = "FOLDER", help_heading = "Output")]
    output: Option<PathBuf>,

    /// Print JSON
    #[arg(long, help_heading = "Output")]
    json: bool,

    /// Show no progress
    #[arg(short, long, help_heading = "Output")]
    quiet: bool,
}

pub(crate) fn execute(args: &SweepArgs, streams: &mut Streams) -> Result<Verdict, Failure> {
    let bounds = args.bounds();
    if let Some(objection) = bounds.objection(args.protocol) {
        return Err(Failure::about("sweep", objection));
    }
    let threads = args.threads.or_else(|| thread::available_parallelism().ok());
    let watch = SweepWatch::begin(bounds.count(), args.time, !args.quiet)?;
    args.output.as_deref().map(make_folder).transpose().map_err(cannot_write)?;
    let (counts, findings) = args.protocol.dispatch(Sweeping { bounds: &bounds, threads, watch });
    let written = args.output.as_deref().map(|folder| write_findings(folder, &findings));
    let (files, failed) = match written.transpose() {
        Ok(files) => (files.unwrap_or_default(), None),
        Err(error) => (Vec::new(), Some(cannot_write(error))),
    };
    let report = SweepReport {
        protocol: args.protocol,
        bounds: &bounds,
        counts: &counts,
        findings: &findings,
        files: &files,
    };
    // What was found is said, though it could not be written.
    print(&report, args.json, &mut streams.out)?;
    failed.map_or(Ok(verdict(&report)), Err)
}

fn cannot_write(error: CannotWriteFindings) -> Failure {
    Failure::about("--output", error.to_string())
}

impl SweepArgs {
    fn bounds(&self) -> SweepBounds {
        SweepBounds {
            seeds: self.seeds.clone(),
            ranks: self.ranks.clone(),
            commands: self.commands,
            window: self.window.clone(),
        }
    }
}

/// A sweep in the protocol of its scenarios.
struct Sweeping<'a> {
    bounds: &'a SweepBounds,
    threads: Option<NonZeroUsize>,
    watch: SweepWatch,
}

impl Visitor for Sweeping<'_> {
    type Output = (SweepCounts, Vec<SweepFinding>);

    fn visit<P: Protocol>(self) -> Self::Output {
        let Sweeping { bounds, threads, mut watch } = self;
        let counts = sweep::<P>(bounds, threads, &mut |counts| watch.go_on(counts));
        let findings =
            watch.while_shrinking(|is_over| shrink_all::<P>(bounds, &counts, threads, is_over));
        (counts, findings)
    }
}

fn print(report: &SweepReport<'_>, as_json: bool, out: &mut Out) -> Result<(), Failure> {
    if as_json {
        writeln!(out, "{}", report.json())?;
        return Ok(());
    }
    for line in report.lines() {
        let text = match line.tone {
            Tone::Good => out.paint(Style::Good, line.text),
            Tone::Open => out.paint(Style::Warning, line.text),
            Tone::Bad => out.paint(Style::Bad, line.text),
            Tone::Name => out.paint(Style::Name, line.text),
            Tone::Plain => line.text,
        };
        writeln!(out, "{text}")?;
    }
    Ok(())
}

fn verdict(report: &SweepReport<'_>) -> Verdict {
    match (report.counts.failed, report.is_complete()) {
        (0, true) => Verdict::Good,
        (0, false) => Verdict::NotJudged,
        (_, _) => Verdict::Bad,
    }
}
