//! What is to be run: determined by rank 0, sent to all ranks.

use std::fs::{self, File};
use std::io::{self, BufReader, Read as _};
use std::path::{Path, PathBuf};

use ringscope_sim::conform::{Setup, setup};
use ringscope_sim::protocol::NodeSetup;
use ringscope_sim::protocols::ProtocolId;
use ringscope_sim::scenario::{MOST_BYTES, Scenario, Settings, builtin};
use ringscope_sim::simulate;
use ringscope_traces::{Ending, Header, Payload, Source, TimeKind, Trace, read_trace};
use serde::{Deserialize, Serialize};

use crate::args::Args;
use crate::failure::Failure;

/// What rank 0 sends to every rank before anything runs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Task {
    /// What is run.
    pub work: Work,
    /// The folder of the trace's parts.
    pub folder: PathBuf,
    /// When the run began, in nanoseconds since 1970.
    pub start_unix_ns: u64,
    /// The longest time without progress of any rank.
    pub timeout_ns: u64,
}

/// What is run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Work {
    /// A scenario, as its text.
    Scenario {
        /// Its name in messages.
        name: String,
        /// Its text, settings included.
        text: String,
    },
    /// The receive order of the trace in that file, which every rank reads.
    Follow(PathBuf),
}

/// A run, set up.
#[derive(Debug, Clone)]
pub(crate) struct RunSetup {
    /// The protocol that the nodes speak.
    pub protocol: ProtocolId,
    /// With what they are made.
    pub nodes: NodeSetup,
    /// The longest payload whose send need not wait; `None`: MPI decides.
    pub eager: Option<u64>,
    /// What the parts' headers say.
    pub header: Header,
    /// The most messages of the run.
    pub limit: Option<u64>,
    /// How the scenario says that it ends.
    pub expected: Option<ringscope_sim::scenario::ExpectedEnd>,
    /// The trace that is followed.
    pub followed: Option<Trace>,
}

impl Work {
    /// What the command line asks for, read and checked for that many ranks; with notes on it for the user.
    ///
    /// # Errors
    ///
    /// When it cannot be run.
    pub(crate) fn of(args: &Args, ranks: u32) -> Result<(Work, Vec<String>), Failure> {
        if let Some(path) = &args.follow {
            let path = fs::canonicalize(path).map_err(|error| cannot_read(path, &error))?;
            let trace = trace(&path)?;
            let name = path.to_string_lossy();
            fits(trace.header.ranks, ranks, &name)?;
            setup(&trace).map_err(|cannot| Failure::about(&name, cannot))?;
            return Ok((Work::Follow(path), Vec::new()));
        }
        let word = args.scenario.as_deref().unwrap_or(Path::new("-"));
        let mut scenario = scenario(word)?;
        let asked = scenario.settings.ranks;
        if asked != Settings::default().ranks {
            fits(asked, ranks, &scenario.name)?;
        }
        set(&mut scenario.settings, "ranks", u64::from(ranks), "-n")?;
        if let Some(window) = args.window {
            set(&mut scenario.settings, "window", u64::from(window), "--window")?;
        }
        let notes = if args.unchecked { Vec::new() } else { check(&scenario)? };
        Ok((Work::Scenario { name: scenario.name.clone(), text: scenario.to_text() }, notes))
    }

    /// The name of the scenario or the path of the trace.
    pub(crate) fn name(&self) -> String {
        match self {
            Work::Scenario { name, .. } => name.clone(),
            Work::Follow(path) => path.to_string_lossy().into_owned(),
        }
    }

    /// The nodes and settings of the run.
    ///
    /// # Errors
    ///
    /// When this rank cannot read the trace that is followed.
    pub(crate) fn setup(&self, mpi: &str) -> Result<RunSetup, Failure> {
        match self {
            Work::Scenario { name, text } => {
                let scenario = Scenario::parse(name, text)
                    .map_err(|errors| Failure::new(errors.to_string()))?;
                Ok(of_scenario(&scenario, mpi))
            }
            Work::Follow(path) => {
                let trace = trace(path)?;
                let Setup { protocol, nodes, eager } = setup(&trace)
                    .map_err(|cannot| Failure::about(&path.to_string_lossy(), cannot))?;
                let header = header(trace.header.clone(), mpi);
                let (limit, expected, followed) = (None, None, Some(trace));
                Ok(RunSetup { protocol, nodes, eager, header, limit, expected, followed })
            }
        }
    }
}

impl RunSetup {
    /// How the followed trace ended.
    pub(crate) fn followed_ending(&self) -> Option<&Ending> {
        self.followed.as_ref()?.footer.as_ref().map(|footer| &footer.ending)
    }
}

fn of_scenario(scenario: &Scenario, mpi: &str) -> RunSetup {
    let settings = &scenario.settings;
    RunSetup {
        protocol: settings.protocol,
        nodes: simulate::node_setup(scenario),
        eager: settings.eager,
        header: header(simulate::header(settings), mpi),
        limit: settings.limit,
        expected: settings.expect,
        followed: None,
    }
}

/// A real run's header, without the settings that only a simulated run has.
fn header(of_run: Header, mpi: &str) -> Header {
    const SIMULATED_ONLY: [&str; 3] = ["latency", "limit", "mpi"];
    let mut more = of_run.more;
    more.retain(|(name, _)| !SIMULATED_ONLY.contains(&name.as_str()));
    more.push(("mpi".into(), Payload::Text(mpi.into())));
    Header { source: Source::Mpi, seed: None, time: TimeKind::Wall, more, ..of_run }
}

fn fits(wanted: u32, ranks: u32, name: &str) -> Result<(), Failure> {
    if wanted == ranks {
        return Ok(());
    }
    Err(Failure::about(name, format!("is for {wanted} ranks, but mpirun started {ranks}"))
        .hint(format!("start it with -n {wanted}")))
}

fn set(settings: &mut Settings, name: &str, value: u64, flag: &str) -> Result<(), Failure> {
    settings.set(name, &value.to_string()).map_err(|bad| Failure::about(flag, bad.message))
}

/// Checks a scenario beforehand, as `ringscope run` does.
fn check(scenario: &Scenario) -> Result<Vec<String>, Failure> {
    match scenario.check() {
        Ok(warnings) => Ok(warnings.iter().map(|warning| warning.plain().to_string()).collect()),
        Err(errors) if scenario.settings.expect.is_some() => {
            Ok(vec![errors.into_notes().to_string()])
        }
        Err(errors) => Err(Failure::new(errors.to_string())),
    }
}

/// The scenario that a word on the command line means, by the rule of `ringscope run`: `-`, a file, or
/// else the name of a built-in one.
fn scenario(word: &Path) -> Result<Scenario, Failure> {
    let name = word.to_string_lossy();
    if name == "-" {
        return parse("standard input", io::stdin().lock());
    }
    let is_name = word.components().count() == 1 && word.extension().is_none_or(|end| end != "dht");
    match builtin::find(&name) {
        Some(built_in) if is_name && !word.is_file() => Ok(built_in.scenario()),
        None if is_name && !word.exists() => {
            Err(Failure::about(&name, "no such file, and no built-in scenario of that name")
                .hint("`ringscope list` names the built-in scenarios"))
        }
        Some(_) | None => {
            parse(&name, File::open(word).map_err(|error| cannot_read(word, &error))?)
        }
    }
}

fn parse(name: &str, read: impl io::Read) -> Result<Scenario, Failure> {
    let mut bytes = Vec::new();
    let read = read.take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| cannot_read(Path::new(name), &error))?;
    Scenario::parse_bytes(name, &bytes).map_err(|errors| Failure::new(errors.to_string()))
}

fn trace(path: &Path) -> Result<Trace, Failure> {
    let name = path.to_string_lossy();
    let file = File::open(path).map_err(|error| cannot_read(path, &error))?;
    let (trace, _) = read_trace(BufReader::new(file), &name).map_err(|error| {
        let failure = Failure::new(error.to_string());
        error.hint().map(|hint| failure.clone().hint(hint)).unwrap_or(failure)
    })?;
    Ok(trace)
}

fn cannot_read(path: &Path, error: &io::Error) -> Failure {
    Failure::about(&path.to_string_lossy(), format!("cannot be read: {error}"))
}
