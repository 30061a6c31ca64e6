//! `ringscope record`: what anybody's MPI program sends and receives, written down as it runs.

mod deaths;
mod folder;
mod living;
mod outliving;
mod program;
mod rounds;
mod summary;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ringscope_screen::failure::Failure;
use ringscope_sim::protocols::ProtocolId;
use ringscope_traces::Payload;

use super::Verdict;
use super::merge::{Killed, MergedParts, Plan, holds_parts};
use crate::flags::{TagFlags, payload, protocol, seconds};
use crate::input::DASH;
use crate::launch::{How, Interrupt, Limit, Stopwatch, Watched, attend, recorder};
use crate::output::{Streams, TraceTarget};
use deaths::{Deaths, ended_silently};
use folder::Folder;
use living::Living;
use program::{Program, asks_for_one_rank};
use rounds::Rounds;
use summary::RecordSummary;
pub(crate) use summary::program_end;

/// Record what any MPI program sends and receives, without changing it
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The program runs as it is, with its own input and output; an interposition library, preloaded
into each of its processes (LD_PRELOAD), records every message between two ranks. It works with
Open MPI and MPICH on one machine, for programs in C, C++, Python or anything else that calls
MPI from a shared library. Collectives, requests and communicators are noted, too, and what
each rank is in. The recorder's README says what counts as a message's payload.

Each rank writes its own file in the folder TRACE.parts, every event before the rank goes on,
so that nothing is lost even when it is killed. At the end the files are merged into one trace.
It counts as completed when every rank has called MPI_Finalize, and otherwise as cut off:
`ringscope check` judges both. A program that hangs is ended by Ctrl-C or by --timeout. What is
wrong with a run is said with rank, call and line; for lines, compile with -g. Of a program
that followed the protocol, the state that it was stuck in is printed.

Examples:
  ringscope record -o dht.jsonl -- mpirun -n 8 python dht.py
  ringscope record -o dht.jsonl --timeout 10 -- mpiexec -n 8 ./dht commands.txt
  ringscope record -o - -- mpirun -n 8 ./dht 2>/dev/null | ringscope check -

`make mpi` in the project's folder builds the recorder; RINGSCOPE_RECORDER names one elsewhere.

Exit codes: 0 recorded, and the program ended well; 1 recorded, but the program failed, was
ended, a rank did not call MPI_Finalize, or something is wrong; 2 nothing could be recorded.")]
pub(crate) struct RecordArgs {
    /// Write the trace to this file; `-` is standard output
    ///
    /// The file appears under its name once it is complete. With `-`, the program's own output goes
    /// to standard error.
    #[arg(short, long, value_name = "TRACE")]
    output: PathBuf,

    /// End the program when no rank has got on with anything for this many seconds
    ///
    /// A rank gets on when a call of MPI begins or returns; a probe or a test that finds what the one before
    /// it has found counts as nothing. Ranks that only pass on the same messages, from the same lines and
    /// without a collective operation, are in a livelock, and ended after three times as long. Without this, it may
    /// take as long as it likes.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    timeout: Option<Duration>,

    /// End the program after this many seconds
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    wall: Option<Duration>,

    /// End the program when its ranks have sent and received this many messages
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..))]
    events: Option<u64>,

    /// End the program when this many bytes have been written down of it
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u64).range(1..))]
    bytes: Option<u64>,

    /// The protocol that the program is to follow, so that it is judged by it
    ///
    /// Without this, a run counts as one of the protocol only if all of it conforms; of any other program no
    /// tag and no rank is given a name.
    #[arg(long, value_name = "NAME", value_parser = protocol)]
    protocol: Option<ProtocolId>,

    /// How much of each message's payload is written down: full, head:BYTES, hash or none
    ///
    /// Usually those of at most 256 bytes are, and longer ones that are a value, up to 16 KiB (a pickle, JSON,
    /// whole numbers); of others a head of 256 bytes, the length and a hash, by which messages are compared. With
    /// --protocol all of it is. `hash` keeps the length and the hash, `none` the length alone; both are fast.
    #[arg(long, value_name = "HOW", value_parser = payload)]
    payload: Option<String>,

    /// How many commands the program keeps in flight; the trace carries it for `check`
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    window: Option<u32>,

    /// The largest key of the program's ring; the trace carries it for `check`
    #[arg(long, value_name = "KEY", value_parser = clap::value_parser!(i64).range(1..))]
    keyspace: Option<i64>,

    #[command(flatten)]
    tags: TagFlags,

    /// Print only errors on standard error
    #[arg(short, long)]
    quiet: bool,

    /// The command that starts the program: `mpirun -n 8 python dht.py`
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<OsString>,

    /// Whether what the program prints goes to standard error, although the trace goes into a file.
    #[arg(skip)]
    is_output_aside: bool,
}

pub(crate) fn execute(args: &RecordArgs, streams: &mut Streams) -> Result<Verdict, Failure> {
    run(args, streams).map(|(verdict, _)| verdict)
}

/// Records it, and says how the program ended.
pub(crate) fn run(args: &RecordArgs, streams: &mut Streams) -> Result<(Verdict, How), Failure> {
    let payload = args.payload.clone().or(args.protocol.map(|_| "full".to_owned()));
    let program = Program::of(&args.command, args.protocol, recorder()?)?.with_payload(payload);
    let target = TraceTarget::open(&args.output, program.path())?;
    let recorded = Recorded::of(args, &program)?;
    recorded.refuse_nothing(&program)?;
    let how = recorded.how;
    Ok((recorded.keep(args, target, streams)?, how))
}

/// How many times as long as nothing at all the same messages may go on: a long test of nothing but speed may send them, too.
const ROUNDS_PATIENCE: u32 = 3;

impl RecordArgs {
    /// The same with what the program prints on standard error.
    pub(crate) fn with_output_aside(self) -> RecordArgs {
        RecordArgs { is_output_aside: true, ..self }
    }

    /// The same with these names for the program's tags.
    pub(crate) fn with_tags(self, tags: &TagFlags) -> RecordArgs {
        RecordArgs { tags: tags.clone(), ..self }
    }

    /// Whether standard output is wanted for something else.
    fn keeps_output_free(&self) -> bool {
        self.is_output_aside || self.output == Path::new(DASH)
    }

    /// What the header is to say of the program.
    fn settings(&self) -> Result<Vec<(String, Payload)>, Failure> {
        let settings = [("window", self.window.map(i64::from)), ("keyspace", self.keyspace)];
        let given = settings.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let given = given.map(|(name, value)| (name.to_owned(), Payload::Int(value)));
        let tags = self.tags.names()?.map(|names| names.field());
        Ok(tags.into_iter().chain(given).collect())
    }

    /// The limit that a run has come to.
    fn limit(&self, watch: &Stopwatch, parts: &Path, rounds: &mut Rounds) -> Option<Limit> {
        if self.wall.is_some_and(|wall| watch.elapsed() >= wall) {
            return Some(Limit::Wall);
        }
        let goes_round = |timeout: Duration| {
            rounds.look(parts, timeout) >= timeout.saturating_mul(ROUNDS_PATIENCE)
        };
        if self.timeout.is_some_and(goes_round) {
            return Some(Limit::Repetition);
        }
        let has_too_many = |most| living::events(parts) >= most;
        let is_too_long = |most| living::bytes(parts) >= most;
        match (self.events, self.bytes) {
            (Some(most), _) if has_too_many(most) => Some(Limit::Events),
            (_, Some(most)) if is_too_long(most) => Some(Limit::Bytes),
            (Some(_) | None, Some(_) | None) => None,
        }
    }
}

/// What was seen of a run of the program.
struct Seen {
    how: How,
    elapsed_ns: u64,
    living: Living,
    killed: Option<Killed>,
}

/// A run of the program, and what its ranks have left.
struct Recorded {
    how: How,
    elapsed_ns: u64,
    folder: Folder,
    /// What the header says of the program.
    settings: Vec<(String, Payload)>,
    /// What was seen of its processes when it was looked at last.
    living: Living,
    /// In which order they were gone, and by which signal the first one.
    killed: Option<Killed>,
}

impl Recorded {
    /// Runs the program to its end.
    fn of(args: &RecordArgs, program: &Program) -> Result<Recorded, Failure> {
        // What is wrong with them is said before anything runs: afterwards it would be the recording that is lost.
        let settings = args.settings()?;
        let folder = Folder::beside(&args.output)?;
        let run = Recorded::run(args, program, folder.path());
        match run {
            Ok(Seen { how, elapsed_ns, living, killed }) => {
                Ok(Recorded { how, elapsed_ns, folder, settings, living, killed })
            }
            Err(failure) => {
                folder.remove()?;
                Err(failure)
            }
        }
    }

    fn run(args: &RecordArgs, program: &Program, parts: &Path) -> Result<Seen, Failure> {
        let fails = |what: &str, error| program.failure(format!("{what}: {error}"));
        let interrupt =
            Interrupt::watch().map_err(|error| fails("cannot watch for Ctrl-C", error))?;
        let watch = Stopwatch::start();
        let mut command = program.command(parts, args.keeps_output_free());
        let mut child = command.spawn().map_err(|error| fails("does not start", error))?;
        let (mut living, mut rounds) = (Living::default(), Rounds::begin());
        let deaths = Deaths::watch(parts);
        let watched = Watched {
            silence: args.timeout.unwrap_or(Duration::MAX),
            progress: || living.look(parts),
            limit: || args.limit(&watch, parts, &mut rounds),
            goes_on: |status| outliving::goes_on(parts, status),
        };
        let how = attend(&mut child, &interrupt, watched);
        let gone = deaths.end(parts);
        let how = how.map_err(|error| fails("cannot be waited for", error))?;
        outliving::end(parts);
        let signal = match how {
            How::ByItself(status) => program.launcher().and_then(|mpi| ended_silently(mpi, status)),
            How::Hung | How::Limited(_) | How::Interrupted => None,
        };
        let killed = signal.map(|signal| Killed { signal, gone });
        Ok(Seen { how, elapsed_ns: watch.elapsed_ns(), living, killed })
    }

    /// A run of which nothing was recorded leaves nothing.
    fn refuse_nothing(&self, program: &Program) -> Result<(), Failure> {
        if holds_parts(self.folder.path()) {
            return Ok(());
        }
        self.folder.remove()?;
        let what = format!("{}, and nothing was recorded", program_end(self.how));
        let hint = match self.how {
            How::ByItself(status) if !status.success() => {
                "it ended before it started MPI, or is not an MPI program"
            }
            How::ByItself(_) | How::Hung | How::Limited(_) | How::Interrupted => {
                "is it an MPI program, of Open MPI or MPICH, linked to MPI's shared library?"
            }
        };
        Err(program.failure(what).hint(hint))
    }

    /// Makes one trace of the parts, which are then no longer needed, and prints how it went.
    fn keep(
        self,
        args: &RecordArgs,
        target: TraceTarget,
        streams: &mut Streams,
    ) -> Result<Verdict, Failure> {
        let gone = if self.how == How::Hung { self.living.gone() } else { Vec::new() };
        let settings = self.settings;
        let killed = self.killed;
        let plan = Plan { settings, gone, killed, is_quiet: args.quiet, ..Plan::default() };
        let parts = self.folder.path();
        let mut found = MergedParts::put(parts, plan, || Ok(target), &mut streams.out)?;
        let findings = found.findings();
        let is_all_used = found.outcome.left_out.is_empty();
        if is_all_used {
            self.folder.remove()?;
        }
        if !args.quiet {
            let Recorded { how, elapsed_ns, .. } = self;
            let asks_for_one = asks_for_one_rank(&args.command);
            RecordSummary { how, elapsed_ns, found: &found, findings: &findings, asks_for_one }
                .print(&args.output, &mut streams.notes);
        }
        let has_completed = found.footer.is_some();
        let has_succeeded = matches!(self.how, How::ByItself(status) if status.success());
        Ok(Verdict::good_if(has_completed && has_succeeded && findings.diagnosis.is_good()))
    }
}
