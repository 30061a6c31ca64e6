//! `ringscope crosscheck`: a scenario simulated and run under real MPI, and both compared.

mod real;
mod simulated;
mod summary;
mod verdict;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum;
use ringscope_screen::failure::Failure;
use ringscope_screen::files::shown;
use ringscope_screen::settings::set;
use ringscope_sim::scenario::Scenario;
use ringscope_traces::atomic_file::{AtomicFile, AtomicFileError};
use ringscope_traces::text::Plain;
use tempfile::TempDir;

use super::Verdict;
use crate::flags::{SettingFlags, seconds};
use crate::input;
use crate::launch::{Flavor, Interrupt, Runner};
use crate::output::{Notes, Streams};
use crate::report::problems;
use real::{Call, Real};
use simulated::Simulated;
use summary::CrosscheckSummary;
use verdict::MpiVerdict;

/// The most processes that are started: more would bring down the machine before they said anything.
const MOST_PROCESSES: u32 = 1024;

/// Run a scenario in the simulator and under real MPI, and compare
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The scenario is simulated, and run by `mpirun mpi-runner` with one process per rank. Then the
two traces are compared, the MPI run is verified (each rank, given what it received, must send
what it sent), and it is simulated once more in the order in which MPI delivered.

Four verdicts:
  same            every rank did the same in the same order, and both ended in the same way
  same beginning  both ran until they were stopped, by a limit or by a rank that crashed,
                  and did the same for as long as both ran
  legal           only with more than one command in flight, or where messages of one command race,
                  as in the protocol safe: receives from any source matched other messages than in
                  the simulated runs, but the run conforms, and the simulator, in that order, does
                  exactly the same
  different       anything else: the first event that differs is printed

Examples:
  ringscope crosscheck join
  ringscope crosscheck get-missing -n 5 --mpi both
  ringscope crosscheck my.dht --window 4 --seeds 100 --keep traces

`make mpi` in the project's folder sets up MPI and builds mpi-runner.

Exit codes: 0 same or legal; 1 different; 2 it could not be run or compared.")]
pub(crate) struct CrosscheckArgs {
    /// A file, `-` for standard input, or the name of a built-in scenario
    scenario: PathBuf,

    /// The number of ranks; the same as --ranks
    #[arg(short = 'n', value_name = "RANKS", conflicts_with = "ranks")]
    processes: Option<u32>,

    /// Compare the MPI run with K simulated runs, each with the next seed
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    seeds: u32,

    /// The MPI to use [default: the first one for which there is an mpi-runner]
    #[arg(long, value_name = "MPI", value_enum)]
    mpi: Option<Which>,

    /// Run the scenario even if the check before it finds problems
    #[arg(long)]
    unchecked: bool,

    /// End the MPI run when no rank has made progress for this many seconds
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    timeout: Duration,

    /// Kill mpirun if the run has not ended this many seconds after that
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    grace: Duration,

    /// Keep the scenario and the traces in this folder
    #[arg(short = 'o', long, value_name = "FOLDER", help_heading = "Output")]
    keep: Option<PathBuf>,

    /// Print JSON, with every divergence and every race
    #[arg(long, help_heading = "Output")]
    json: bool,

    #[command(flatten)]
    settings: SettingFlags,
}

/// The MPIs to run under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    /// Open MPI
    #[value(name = "openmpi")]
    OpenMpi,
    /// MPICH
    Mpich,
    /// One after the other
    Both,
}

impl Which {
    fn runners(which: Option<Which>) -> Result<Vec<Runner>, Failure> {
        let flavors: &[Flavor] = match which {
            None => return Runner::find(None).map(|runner| vec![runner]),
            Some(Which::OpenMpi) => &[Flavor::OpenMpi],
            Some(Which::Mpich) => &[Flavor::Mpich],
            Some(Which::Both) => &Flavor::ALL,
        };
        flavors.iter().map(|flavor| Runner::find(Some(*flavor))).collect()
    }
}

pub(crate) fn execute(args: &CrosscheckArgs, streams: &mut Streams) -> Result<Verdict, Failure> {
    let scenario = scenario(args, &mut streams.notes)?;
    let runners = Which::runners(args.mpi)?;
    let simulated = Simulated::of(&scenario)?;
    // Dropped last: until the folder is gone, Ctrl-C does not end us at once.
    let interrupt = Interrupt::watch().map_err(|error| {
        Failure::about("crosscheck", format!("cannot watch for Ctrl-C: {error}"))
    })?;
    let folder = Folder::open(args.keep.as_deref())?;
    let call = Call {
        scenario: folder.put(&scenario)?,
        folder: folder.path(),
        is_kept: args.keep.is_some(),
        ranks: scenario.settings.ranks,
        timeout: args.timeout,
        grace: args.grace,
        quiet_messages: simulated.quiet_messages_for_mpi(),
    };
    folder.put_trace("sim.jsonl", simulated.bytes())?;
    let mut runs = Vec::new();
    for runner in runners {
        let real = Real::run(runner, &call, &interrupt, &mut streams.notes)?;
        let judged = MpiVerdict::of(&scenario, args.seeds, &simulated, &real)?;
        runs.push((real, judged));
    }
    let is_good = runs.iter().all(|(_, judged)| judged.sameness.is_good());
    let summary = CrosscheckSummary { scenario: &scenario, simulated: &simulated, runs: &runs };
    if args.json {
        summary.json(&mut streams.out)?
    } else {
        summary.print(streams)?
    }
    Ok(Verdict::good_if(is_good))
}

/// The scenario as it is to be run, checked.
fn scenario(args: &CrosscheckArgs, notes: &mut Notes) -> Result<Scenario, Failure> {
    let origin = input::origin(&args.scenario)?;
    if origin.hides_built_in() {
        let name = shown(&args.scenario);
        let note = "is a file here, so the built-in scenario is not used";
        let _ = writeln!(notes, "note: `{}` {note}", Plain(&name));
    }
    let mut scenario = origin.scenario()?;
    args.settings.overrides.apply(&mut scenario.settings)?;
    if let Some(ranks) = args.processes {
        set(&mut scenario.settings, "ranks", &ranks.to_string())?;
    }
    let ranks = scenario.settings.ranks;
    if ranks > MOST_PROCESSES {
        let what = format!("needs {ranks} processes; at most {MOST_PROCESSES} are started");
        return Err(Failure::about(&scenario.name, what).hint("-n sets another number"));
    }
    match scenario.check() {
        Ok(warnings) if !args.unchecked => {
            warnings.iter().for_each(|warning| problems::warn(warning, notes));
        }
        Err(errors) if !args.unchecked && scenario.settings.expect.is_none() => {
            return Err(errors.into());
        }
        Ok(_) | Err(_) => {}
    }
    Ok(scenario)
}

/// Where the traces lie.
enum Folder {
    /// Until the verdict is printed.
    ForNow(TempDir),
    /// For ever.
    Kept(PathBuf),
}

impl Folder {
    fn open(kept: Option<&Path>) -> Result<Folder, Failure> {
        let fails = |place: &Path, error| {
            Failure::about(&shown(place), format!("cannot be written: {error}"))
        };
        match kept {
            Some(place) => fs::create_dir_all(place)
                .map(|()| Folder::Kept(place.to_owned()))
                .map_err(|error| fails(place, error)),
            None => {
                let made = tempfile::Builder::new().prefix("ringscope-").tempdir();
                made.map(Folder::ForNow).map_err(|error| fails(&std::env::temp_dir(), error))
            }
        }
    }

    fn path(&self) -> &Path {
        match self {
            Folder::ForNow(folder) => folder.path(),
            Folder::Kept(place) => place,
        }
    }

    /// Writes the scenario as it is run, with all that the command line has changed.
    fn put(&self, scenario: &Scenario) -> Result<PathBuf, Failure> {
        let stem = Path::new(&scenario.name).file_stem().unwrap_or("scenario".as_ref());
        let mut name = stem.to_owned();
        name.push(".dht");
        let path = self.path().join(name);
        put(&path, scenario.to_text().as_bytes())?;
        Ok(path)
    }

    fn put_trace(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        match self {
            Folder::ForNow(_) => Ok(()),
            Folder::Kept(place) => put(&place.join(name), bytes),
        }
    }
}

fn put(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut file = AtomicFile::create(path)?;
    file.write_all(bytes).map_err(|error| AtomicFileError::write(path, error))?;
    Ok(file.finish()?)
}
