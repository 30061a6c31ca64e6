//! `ringscope run`: a scenario is simulated.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use ringscope_screen::failure::Failure;
use ringscope_screen::files::{Origin, shown};
use ringscope_sim::invariants::InvariantChecker;
use ringscope_sim::protocol::{Node, Print, Protocol};
use ringscope_sim::protocols::Visitor;
use ringscope_sim::scenario::Scenario;
use ringscope_sim::simulate::{Summary, header, simulate};
use ringscope_sim::stats::{Report, Stats};
use ringscope_sim::world::Observer;
use ringscope_sim::world::recording::Written;
use ringscope_traces::atomic_file::{AtomicFile, AtomicFileError};
use ringscope_traces::text::Plain;
use ringscope_traces::{Digest, Rank};

use super::Verdict;
use crate::flags::SettingFlags;
use crate::input::{self, DASH};
use crate::output::{Notes, Out, Streams};
use crate::report::{ending, invariants, problems, stats};

/// Simulate a scenario, and print what its command node prints
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Standard output carries the command node's lines and nothing else; how the run ended, its
statistics and the digest of its trace go to standard error.

A scenario is checked before it runs. One that says how it should end (`expect deadlock`)
runs in any case, and the check's findings are only notes.

Examples:
  ringscope run join
  ringscope run my.dht --seed 42 --stats -o my.jsonl
  ringscope run race-lost-key --window 1
  printf 'put 5 50\\nget 5\\n' | ringscope run -

Exit codes: 0 completed; 1 the run ended otherwise, even as expected, or an invariant did
not hold; 2 bad input.")]
pub(crate) struct RunArgs {
    /// A file, `-` for standard input, or the name of a built-in scenario
    ///
    /// A word that contains a path separator, ends in .dht or names an existing file is a path; anything
    /// else names a built-in scenario. So `./join` is always the file, and `join` is the built-in
    /// scenario unless there is a file of that name; a note then says so.
    scenario: PathBuf,

    #[command(flatten)]
    settings: SettingFlags,

    /// Write the trace to this file; `-` is standard output
    ///
    /// The file appears under its name once it is complete; until then it grows beside it, as
    /// FILE.RANDOM.part. An existing file keeps its permissions; a read-only one is refused. With
    /// `-`, the command node's lines go to standard error.
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,

    /// Run the scenario even if the check before it finds problems
    #[arg(long)]
    unchecked: bool,

    /// Check the invariants as the run goes
    #[arg(long)]
    check: bool,

    /// Print what the run cost: messages, hops, bytes, time, keys moved, load
    #[arg(long, help_heading = "Output")]
    stats: bool,

    /// Print only errors, and what was asked for, on standard error
    #[arg(short, long, help_heading = "Output")]
    quiet: bool,
}

pub(crate) fn execute(args: &RunArgs, streams: &mut Streams) -> Result<Verdict, Failure> {
    let origin = input::origin(&args.scenario)?;
    if origin.hides_built_in() && !args.quiet {
        let name = shown(&args.scenario);
        let name = Plain(&name);
        let note = format!("note: `{name}` is a file here, so the built-in scenario is not used");
        let _ = writeln!(streams.notes, "{note}");
    }
    let mut scenario = origin.scenario()?;
    args.settings.overrides.apply(&mut scenario.settings)?;
    examine(&scenario, args, &mut streams.notes)?;
    let target = Target::open(args, &origin)?;
    let done = run(&scenario, args, target, streams)?;
    print(&scenario, args, &done, &mut streams.notes);
    let completed = ending::is_as_it_should_be(&done.summary, &scenario.settings);
    Ok(Verdict::good_if(completed && done.checker.as_ref().is_none_or(InvariantChecker::holds)))
}

/// Checks the scenario beforehand.
fn examine(scenario: &Scenario, args: &RunArgs, notes: &mut Notes) -> Result<(), Failure> {
    if args.unchecked {
        return Ok(());
    }
    match scenario.check() {
        Ok(_) if args.quiet => {}
        Ok(warnings) => warnings.iter().for_each(|warning| problems::warn(warning, notes)),
        Err(errors) if scenario.settings.expect.is_none() => return Err(errors.into()),
        Err(_) if args.quiet => {}
        Err(errors) => problems::print(&errors.into_notes(), notes),
    }
    Ok(())
}

/// Where the trace goes.
enum Target {
    Nowhere,
    Output,
    File(AtomicFile),
}

impl Target {
    fn open(args: &RunArgs, origin: &Origin) -> Result<Target, Failure> {
        match args.output.as_deref() {
            None => Ok(Target::Nowhere),
            Some(path) if path == Path::new(DASH) => Ok(Target::Output),
            Some(path) => {
                refuse_the_scenario_itself(path, origin)?;
                Ok(Target::File(AtomicFile::create(path)?))
            }
        }
    }
}

fn refuse_the_scenario_itself(path: &Path, origin: &Origin) -> Result<(), Failure> {
    let Origin::File(scenario) = origin else { return Ok(()) };
    match (path.canonicalize(), scenario.canonicalize()) {
        (Ok(output), Ok(input)) if output == input && input.is_file() => {
            Err(Failure::about(&shown(path), "is the scenario itself, and would be lost")
                .hint("name another file for the trace"))
        }
        _ => Ok(()),
    }
}

/// Takes the bytes of the trace.
enum Sink<'a> {
    Nowhere,
    Output(&'a mut Out),
    File(AtomicFile),
}

impl Sink<'_> {
    /// Takes note that the trace is whole.
    fn finish(self) -> Result<(), Failure> {
        match self {
            Sink::File(file) => Ok(file.finish()?),
            Sink::Nowhere | Sink::Output(_) => Ok(()),
        }
    }
}

impl Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Sink::Nowhere => Ok(bytes.len()),
            Sink::Output(out) => out.write(bytes),
            Sink::File(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Sink::Nowhere => Ok(()),
            Sink::Output(out) => out.flush(),
            Sink::File(file) => file.flush(),
        }
    }
}

/// Prints the command node's lines as they come.
struct Lines<'a> {
    to: &'a mut dyn Write,
    broken: Option<io::Error>,
}

impl<N: Node> Observer<N> for Lines<'_> {
    fn printed(&mut self, _rank: Rank, print: Print) {
        if self.broken.is_none() {
            self.broken = writeln!(self.to, "{print}").err();
        }
    }
}

/// A run, and those who looked on.
struct Done {
    summary: Summary,
    /// The trace's; computed only when it is printed.
    digest: Option<Digest>,
    checker: Option<InvariantChecker>,
    stats: Option<Report>,
}

/// Simulates a scenario of whichever protocol, with those who look on.
struct Watched<'a, 'o> {
    scenario: &'a Scenario,
    onlookers: &'a mut Onlookers<'o>,
}

type Onlookers<'o> =
    (Option<Written<Sink<'o>>>, (Lines<'o>, (Option<InvariantChecker>, Option<Stats>)));

impl Visitor for Watched<'_, '_> {
    type Output = (Summary, Option<Report>);

    fn visit<P: Protocol>(self) -> (Summary, Option<Report>) {
        let finished = simulate::<P>(self.scenario, self.onlookers);
        let nodes = finished.world.nodes();
        let (_, (_, (checker, stats))) = self.onlookers;
        if let Some(checker) = checker {
            checker.finish(nodes);
        }
        (finished.summary(), stats.as_ref().map(|stats| stats.report(nodes)))
    }
}

fn run(
    scenario: &Scenario,
    args: &RunArgs,
    target: Target,
    streams: &mut Streams,
) -> Result<Done, Failure> {
    let is_printed = !args.quiet || args.output.is_some();
    let (sink, to): (_, &mut dyn Write) = match target {
        Target::Nowhere => (Sink::Nowhere, &mut streams.out),
        Target::Output => (Sink::Output(&mut streams.out), &mut streams.notes),
        Target::File(file) => (Sink::File(file), &mut streams.out),
    };
    let fails = |error| trace_failure(args, error);
    let begin = || Written::new(sink, &header(&scenario.settings));
    let written = is_printed.then(begin).transpose().map_err(fails)?;
    let counting = (args.check.then(InvariantChecker::default), args.stats.then(Stats::default));
    let mut onlookers = (written, (Lines { to, broken: None }, counting));
    let watched = Watched { scenario, onlookers: &mut onlookers };
    let (summary, stats) = scenario.settings.protocol.dispatch(watched);
    let (written, (lines, (checker, _))) = onlookers;
    let written =
        written.map(|written| written.finish(&summary.ending)).transpose().map_err(fails)?;
    let digest = written.map(|(sink, digest)| sink.finish().map(|()| digest)).transpose()?;
    lines.broken.map_or(Ok(()), Err)?;
    Ok(Done { summary, digest, checker, stats })
}

/// The failure to report when the trace cannot be written.
fn trace_failure(args: &RunArgs, error: io::Error) -> Failure {
    match args.output.as_deref() {
        Some(path) if path != Path::new(DASH) => AtomicFileError::write(path, error).into(),
        Some(_) | None => error.into(),
    }
}

fn print(scenario: &Scenario, args: &RunArgs, done: &Done, notes: &mut Notes) {
    let Done { summary, digest, checker, stats } = done;
    if !args.quiet {
        ending::print(scenario, summary, notes);
        if let Some(digest) = digest {
            let _ = writeln!(notes, "  digest {digest}");
        }
        if let Some(path) = args.output.as_deref().filter(|path| *path != Path::new(DASH)) {
            let _ = writeln!(notes, "  trace {}", Plain(&shown(path)));
        }
    }
    if let Some(checker) = checker {
        let _ = write!(notes, "\n{}", invariants::render(checker, notes));
    }
    if let Some(stats) = stats {
        let _ = write!(notes, "\n{}", stats::render(stats));
    }
}
