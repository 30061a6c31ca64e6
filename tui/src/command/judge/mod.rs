//! `ringscope judge`: a hand-in recorded and judged by a task, in one report.

mod commands;
mod report;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::FromArgMatches as _;
use ringscope_screen::failure::Failure;
use ringscope_screen::files::shown;
use ringscope_sim::scenario::{Scenario, ScenarioErrors};
use ringscope_sim::simulate::{Summary, record as simulate};
use ringscope_traces::diagnosis::{Diagnosis, diagnose};
use ringscope_traces::{Ending, Event, Trace, read_trace};
use tempfile::TempDir;

use super::Verdict;
use super::check::{CheckResult, Says, answers};
use super::record::{self, RecordArgs};
use crate::flags::{TagFlags, seconds};
use crate::input;
use crate::launch::How;
use crate::output::Streams;
use commands::Commands;

/// Judge a hand-in by a task: record it, and say whether it does what the task asks for
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The program is started by its own command and recorded as `ringscope record` does; how it
learns its commands is its own matter: most take the task's file as an argument. It is judged
by what its last rank sends and receives, so the nodes may have messages of their own, with
the tags for commands and replies that `ringscope check --help` lists.

  commands  did the last rank send the commands of the task, in their order?
  answers   is each GET's value and owner right, is everything else acknowledged?
  ended     did the program end by itself, and is nothing wrong with it? If not: what, with
            rank, call and line
  messages  how many it sent, beside the reference: the simulator's run of the same task

A program that hangs is ended by --timeout, one that goes on for ever by --wall or --events.
What it prints goes to standard error.

Examples:
  ringscope judge task1.dht -- mpirun -n 8 python dht.py task1.dht
  ringscope judge task1.dht -o alice.jsonl --json -- mpirun -n 8 ./alice task1.dht

Exit codes: 0 passed; 1 not passed; 2 it could not be judged: the task cannot be read or does
not complete, the program does not start, nothing was recorded, or no rank sends commands.")]
pub(crate) struct JudgeArgs {
    /// The task: a file, or the name of a built-in scenario
    task: PathBuf,

    /// Keep the trace in this file, for `play`, `check` and `diff`
    #[arg(short, long, value_name = "TRACE")]
    output: Option<PathBuf>,

    /// End the program when no rank has got on with anything for this many seconds
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "10")]
    timeout: Duration,

    /// End the program after this many seconds
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "60")]
    wall: Duration,

    /// End the program when its ranks have sent and received this many messages [default: 1000
    /// times as many as the reference, and at least 100000]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..))]
    events: Option<u64>,

    #[command(flatten)]
    tags: TagFlags,

    /// Print JSON
    #[arg(long)]
    json: bool,

    /// The command that starts the program: `mpirun -n 8 python dht.py task1.dht`
    #[arg(required = true, last = true)]
    command: Vec<OsString>,
}

pub(crate) fn execute(args: &JudgeArgs, streams: &mut Streams) -> Result<Verdict, Failure> {
    let task = input::origin(&args.task)?.scenario()?;
    let reference = Reference::of(&task)?;
    let place = Place::of(args.output.as_deref())?;
    let recording = Recording { args, task: &task, reference: &reference, trace: &place.trace };
    let (how, trace) = recording.make(streams)?;
    let judgement = Judgement::of(&task, &reference, how, &trace);
    let report = report::Report { args, judgement: &judgement };
    if args.json { report.json(&mut streams.out) } else { report.print(&mut streams.out) }?;
    Ok(judgement.verdict())
}

/// The simulator's run of the task.
struct Reference {
    trace: Trace,
}

impl Reference {
    /// # Errors
    ///
    /// When no program could do what the task asks for, since it does not complete.
    fn of(task: &Scenario) -> Result<Reference, Failure> {
        task.check().map_err(ScenarioErrors::for_good)?;
        let run = simulate(task, Vec::new())?;
        let Summary { ending, explanation, .. } = &run.summary;
        if *ending != Ending::Completed {
            let what = format!("is no task to judge by: its run ends as {}", ending.name());
            let facts = explanation.as_ref().map(|explanation| explanation.facts.clone());
            return Err(Failure::about(&task.name, what).hint_maybe(facts));
        }
        let (trace, _) = read_trace(run.to.as_slice(), &task.name)?;
        Ok(Reference { trace })
    }

    /// How many messages are sent and received after which a program is ended that nobody gave a limit.
    fn most_events(&self) -> u64 {
        const TIMES: u64 = 1000;
        const AT_LEAST: u64 = 100_000;
        (self.trace.events.len() as u64 * TIMES).max(AT_LEAST)
    }
}

/// Where the trace is kept.
struct Place {
    trace: PathBuf,
    /// The folder that goes when all is said; `None` where somebody wants to keep the trace.
    _for_now: Option<TempDir>,
}

impl Place {
    fn of(output: Option<&Path>) -> Result<Place, Failure> {
        if let Some(output) = output {
            return Ok(Place { trace: output.to_owned(), _for_now: None });
        }
        let made = tempfile::Builder::new().prefix("ringscope-").tempdir();
        let folder = made.map_err(|error| {
            let folder = shown(&std::env::temp_dir());
            Failure::about(&folder, format!("cannot be written: {error}"))
        })?;
        Ok(Place { trace: folder.path().join("trace.jsonl"), _for_now: Some(folder) })
    }
}

/// A program that is to be recorded.
struct Recording<'a> {
    args: &'a JudgeArgs,
    task: &'a Scenario,
    reference: &'a Reference,
    trace: &'a Path,
}

impl Recording<'_> {
    /// Runs the program to its end; says how that came, and what was recorded.
    fn make(&self, streams: &mut Streams) -> Result<(How, Trace), Failure> {
        let (_, how) = record::run(&self.flags()?, streams)?;
        let (trace, _) = input::trace(self.trace)?;
        Ok((how, trace))
    }

    /// The words that somebody would type.
    fn flags(&self) -> Result<RecordArgs, Failure> {
        let settings = &self.task.settings;
        let events = self.args.events.unwrap_or_else(|| self.reference.most_events());
        let numbers = [
            ("--timeout", self.args.timeout.as_secs_f64().to_string()),
            ("--wall", self.args.wall.as_secs_f64().to_string()),
            ("--events", events.to_string()),
            ("--window", settings.window.to_string()),
            ("--keyspace", settings.keyspace.to_string()),
        ];
        let numbers = numbers.into_iter().flat_map(|(flag, number)| [flag.to_owned(), number]);
        let words =
            ["record", "--quiet", "--payload", "full", "--output"].map(OsString::from).into_iter();
        let words = words.chain([self.trace.as_os_str().to_owned()]);
        let words = words.chain(numbers.map(OsString::from)).chain([OsString::from("--")]);
        let parser = <RecordArgs as clap::Args>::augment_args(clap::Command::new("record"));
        let read = parser.try_get_matches_from(words.chain(self.args.command.iter().cloned()));
        let flags = read.and_then(|matches| RecordArgs::from_arg_matches(&matches));
        let flags = flags.map_err(|error| Failure::about("judge", error.to_string()))?;
        Ok(flags.with_output_aside().with_tags(&self.args.tags))
    }
}

/// What there is to say of a program.
struct Judgement {
    how: How,
    commands: Commands,
    answers: CheckResult,
    /// What is wrong with the run, with rank, call and line.
    diagnosis: Diagnosis,
    /// Whether every rank has called `MPI_Finalize`.
    is_whole: bool,
    messages: [u64; 2],
    ranks: [u32; 2],
}

impl Judgement {
    fn of(task: &Scenario, reference: &Reference, how: How, trace: &Trace) -> Judgement {
        let sent =
            |trace: &Trace| trace.events.iter().filter_map(Event::destination).count() as u64;
        Judgement {
            how,
            commands: Commands::of(task, trace),
            answers: answers(trace),
            diagnosis: diagnose(trace),
            is_whole: trace.footer.is_some(),
            messages: [sent(trace), sent(&reference.trace)],
            ranks: [trace.header.ranks, task.settings.ranks],
        }
    }

    /// Whether the program ended by itself, and nothing is wrong with how.
    fn has_ended_well(&self) -> bool {
        let by_itself = matches!(self.how, How::ByItself(status) if status.success());
        by_itself && self.is_whole && self.diagnosis.is_good()
    }

    /// A program that sends no command is judged only by how it ended.
    fn verdict(&self) -> Verdict {
        if matches!(self.how, How::Interrupted) {
            return Verdict::NotJudged;
        }
        match self.answers.says {
            Says::Yes => Verdict::good_if(self.has_ended_well() && self.commands.are_the_tasks()),
            Says::No => Verdict::Bad,
            Says::NotJudged if self.has_ended_well() => Verdict::NotJudged,
            Says::NotJudged => Verdict::Bad,
        }
    }
}
