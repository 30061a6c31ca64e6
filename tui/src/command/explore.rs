//! `ringscope explore`: a scenario in every order of receipts.

mod report;
pub(super) mod watch;

use std::fs;
use std::io::Write as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use ringscope_screen::failure::Failure;
use ringscope_screen::files::shown;
use ringscope_sim::explore::{
    Discovery, ExploreSettings, Explored, ScriptBounds, explore, explore_all,
};
use ringscope_sim::protocol::Protocol;
use ringscope_sim::protocols::{ProtocolId, Visitor};
use ringscope_sim::scenario::{Scenario, Settings};
use ringscope_traces::atomic_file::{AtomicFile, AtomicFileError};

use super::Verdict;
use crate::flags::{SettingFlags, seconds};
use crate::input;
use crate::output::Streams;
use watch::SearchWatch;

/// Try a scenario in every order in which its messages can be received
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A run under a seed shows what happened once. Here every wildcard receive takes every message
that it could take, and what can come of that is listed: one of each kind, with the fewest
receipts that lead there. Deadlocks are of one kind when their wait-for graphs differ in the
numbers of the ranks alone.

With -o each discovery is a trace in that folder, like any other: look at it with `play`, ask
`why`, `check` it, or let real MPI take the same order: `mpirun -n 8 mpi-runner SCENARIO
--follow TRACE`.

With --reduce receipts at different ranks, whose order makes no difference, are tried in one order
(persistent sets). It finds the same deadlocks and completed runs with the fewest receipts; of a
crash, a wrong answer and a livelock it finds that it can happen, not the shortest way.

States are compared as they are, rank by rank: four bytes a rank and 27 to 32 more. With --hashed
they take 27 to 32 bytes each, however many ranks there are, and two that have one fingerprint
would be taken for one.

With --all the script is part of what is tried: every one of up to so many commands, over so
many keys and storage ids, that `check` finds sound. Each kind of failure comes with its shortest
script. Scripts that differ in the numbers of the ranks that join, in values, or in keys that lie
between the same two ids are met once; so are those whose commands so far come to the same. A PUT
that an earlier one overwrote is told when a GET behind it reads that. With --eager it counts how
long a message is, and so which names and values it has: then it is these that were tried, which
are listed, and no others.

Of a completed run it is told which keys are lost and whether the ring is whole at its end. Where
runs that end in one state differ in that, or in what they answered, each is judged.

Not told are invariants that are broken in the middle of a run and mended before its end.
Livelocks are looked for when every state has been met, and not in a search that was ended.

Examples:
  ringscope explore join
  ringscope explore join --window 2 -o found
  ringscope explore my.dht --window 3 --eager 64 --time 60
  ringscope explore --all 'ranks 5, keys 2, ids 3, commands 4' --window 2

  ringscope explore --all 'ranks 5, keys 1, ids 2, commands 5' --protocol safe --window 4

Exit codes: 0 every order completes, of every script; 1 something can go wrong; 2 bad input, or nothing went
wrong so far and there is more to explore.")]
pub(crate) struct ExploreArgs {
    /// A scenario: a file, `-` for standard input, or the name of a built-in one, as for `run`
    #[arg(required_unless_present = "all")]
    scenario: Option<PathBuf>,

    /// Every sound script of this size instead: `ranks 5, keys 2, ids 3, commands 4`
    #[arg(long, value_name = "BOUNDS", conflicts_with_all = ["scenario", "ranks"])]
    all: Option<ScriptBounds>,

    #[command(flatten)]
    settings: SettingFlags,

    /// Stop after this many states
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..=ExploreSettings::MOST_STATES),
          help_heading = "Limits")]
    states: Option<u64>,

    /// Stop after this many seconds
    #[arg(long, value_name = "SECONDS", value_parser = seconds, help_heading = "Limits")]
    time: Option<Duration>,

    /// Stop when the states take this much memory
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u64).range(1..=1 << 20), default_value = "1024",
          help_heading = "Limits")]
    memory: u64,

    /// Take this many threads instead of one for each core; what is found is the same
    #[arg(long, value_name = "COUNT", help_heading = "Limits")]
    threads: Option<NonZeroUsize>,

    /// Leave out orders that make no difference: faster from about a million states on
    #[arg(long, conflicts_with = "all", help_heading = "Limits")]
    reduce: bool,

    /// Know states again by a fingerprint of 64 bits alone, which takes half the memory; how likely it is that one was missed is said
    #[arg(long, help_heading = "Limits")]
    hashed: bool,

    /// Write the trace of each discovery into this folder, which is made
    #[arg(short, long, value_name = "FOLDER", help_heading = "Output")]
    output: Option<PathBuf>,

    /// Print JSON
    #[arg(long, help_heading = "Output")]
    json: bool,

    /// Show no progress
    #[arg(short, long, help_heading = "Output")]
    quiet: bool,
}

pub(crate) fn execute(args: &ExploreArgs, streams: &mut Streams) -> Result<Verdict, Failure> {
    let tried = args.tried()?;
    let folder = args.output.as_deref().map(made).transpose()?;
    let mut watch = SearchWatch::begin(args.time, !args.quiet)?;
    let search = Search { tried: &tried, settings: args.search(), watch: &mut watch };
    let explored = tried.protocol().dispatch(search);
    let elapsed = watch.end();
    let explored = explored.ok_or_else(|| no_room(&tried))?;
    let files = match folder {
        Some(folder) => written(folder, &explored)?,
        None => Vec::new(),
    };
    let report = report::ExploreReport { tried: &tried, explored: &explored, elapsed, files };
    match args.json {
        true => report.json(&mut streams.out)?,
        false => report.print(&mut streams.out)?,
    }
    Ok(verdict(&explored))
}

/// What is tried in every order.
enum Tried {
    /// A scenario.
    One(Scenario),
    /// Every sound script of a size, with these settings.
    All(ScriptBounds, Settings),
}

impl Tried {
    fn settings(&self) -> &Settings {
        match self {
            Tried::One(scenario) => &scenario.settings,
            Tried::All(_, settings) => settings,
        }
    }

    fn protocol(&self) -> ProtocolId {
        self.settings().protocol
    }
}

impl ExploreArgs {
    fn tried(&self) -> Result<Tried, Failure> {
        let overrides = &self.settings.overrides;
        if let Some(bounds) = self.all {
            let mut settings = Settings { ranks: bounds.ranks, ..Settings::default() };
            overrides.apply(&mut settings)?;
            let fewest = settings.protocol.info().fewest_ranks;
            if bounds.ranks < fewest {
                let what = format!("a run has {fewest} ranks at least");
                return Err(Failure::about("--all", what));
            }
            return Ok(Tried::All(bounds, settings));
        }
        let origin = self.scenario.as_deref().unwrap_or_else(|| Path::new("-"));
        let mut scenario = input::origin(origin)?.scenario()?;
        overrides.apply(&mut scenario.settings)?;
        refuse(&scenario)?;
        Ok(Tried::One(scenario))
    }
}

fn no_room(tried: &Tried) -> Failure {
    let protocol = tried.protocol().name();
    let what = format!(
        "cannot be tried in {protocol}: the keyspace has no room for so many keys between so many ids"
    );
    Failure::about("--all", what).hint("--keyspace takes a larger one")
}

impl ExploreArgs {
    fn search(&self) -> ExploreSettings {
        let usual = ExploreSettings::default();
        ExploreSettings {
            states: self.states.unwrap_or(usual.states),
            bytes: self.memory.saturating_mul(1 << 20),
            threads: self.threads.or_else(|| thread::available_parallelism().ok()),
            is_reduced: self.reduce,
            is_hashed: self.hashed,
        }
    }
}

/// The most ranks of a scenario that is explored.
const MOST_RANKS: u32 = 1_000;

/// The most commands: each of them is a state at least.
const MOST_COMMANDS: u64 = 100_000;

/// Refuses what is too large to be explored. A scenario that the check before a run would refuse is explored: what goes wrong is
/// what is asked for.
pub(super) fn refuse(scenario: &Scenario) -> Result<(), Failure> {
    let ranks = scenario.settings.ranks;
    if ranks > MOST_RANKS {
        let what = format!("has {ranks} ranks; at most {MOST_RANKS} are explored");
        return Err(Failure::about(&scenario.name, what).hint("--ranks takes fewer"));
    }
    let commands = scenario.script.len();
    if commands > MOST_COMMANDS {
        let what = format!("has {commands} commands; at most {MOST_COMMANDS} are explored");
        return Err(Failure::about(&scenario.name, what));
    }
    Ok(())
}

/// A search in the scenario's protocol.
struct Search<'a> {
    tried: &'a Tried,
    settings: ExploreSettings,
    watch: &'a mut SearchWatch,
}

impl Visitor for Search<'_> {
    type Output = Option<Explored>;

    fn visit<P: Protocol>(self) -> Option<Explored> {
        let Search { tried, settings, watch } = self;
        let go_on = &mut |progress| watch.go_on(progress);
        match tried {
            Tried::One(scenario) => Some(explore::<P>(scenario, settings, go_on)),
            Tried::All(bounds, with) => explore_all::<P>((with, *bounds), settings, go_on),
        }
    }
}

fn verdict(explored: &Explored) -> Verdict {
    match explored.failures().next() {
        Some(_) => Verdict::Bad,
        None if explored.is_exhausted() => Verdict::Good,
        None => Verdict::NotJudged,
    }
}

fn made(folder: &Path) -> Result<&Path, Failure> {
    let made = fs::create_dir_all(folder);
    made.map_err(|error| Failure::about(&shown(folder), format!("cannot be made: {error}")))?;
    Ok(folder)
}

/// Writes a trace for each discovery; gives their paths.
fn written(folder: &Path, explored: &Explored) -> Result<Vec<PathBuf>, Failure> {
    let mut files: Vec<PathBuf> = Vec::new();
    for discovery in &explored.discoveries {
        let name = discovery.kind.name();
        let file = (1..).map(|nth| folder.join(format!("{name}-{nth}.jsonl")));
        let file = file.into_iter().find(|file| !files.contains(file));
        let file = file.expect("there are more numbers than discoveries");
        write(&file, discovery)?;
        files.push(file);
    }
    Ok(files)
}

fn write(path: &Path, discovery: &Discovery) -> Result<(), Failure> {
    let mut file = AtomicFile::create(path)?;
    let written = file.write_all(&discovery.trace);
    written.map_err(|error| AtomicFileError::write(path, error))?;
    Ok(file.finish()?)
}
