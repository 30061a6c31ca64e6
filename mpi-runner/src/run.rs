//! A run from the command line to the exit code, on every rank.

use std::path::PathBuf;

use ringscope_traces::Rank;

use crate::args::Args;
use crate::clock::{monotonic_ns, unix_ns};
use crate::course::{Course, Receipt};
use crate::failure::{Failure, note};
use crate::host::Host;
use crate::link::Link;
use crate::monitor::{Bounds, Monitor};
use crate::output::Output;
use crate::part::Part;
use crate::patience::Patience;
use crate::report::Report;
use crate::task::{Cast, Task, Work};
use crate::verdict::Verdict;
use crate::watch::Watch;

const CHIEF: Rank = Rank(0);
const NOT_RUN: u8 = 2;

/// Runs what the command line asks for, as one of the ranks.
///
/// 1. rank 0 reads and checks it, and tells all what is to be run, or that nothing is;
/// 2. every rank opens its part of the trace, and runs its node until rank 0 says how the run ends;
/// 3. rank 0 has told how it ended, and has its exit code.
pub fn run(args: &Args, mpi: &str, link: &Link) -> u8 {
    if link.rank() != CHIEF {
        return as_member(mpi, link);
    }
    match Plan::of(args, mpi, link.ranks()) {
        Ok(plan) => as_chief(plan, (args, mpi), link),
        Err(failure) => {
            tell_all(link, None);
            failure.tell();
            NOT_RUN
        }
    }
}

/// What rank 0 has set up.
struct Plan {
    task: Task,
    cast: Cast,
    output: Output,
    part: Part,
}

impl Plan {
    fn of(args: &Args, mpi: &str, ranks: u32) -> Result<Plan, Failure> {
        let (work, notes) = Work::of(args, ranks)?;
        let cast = work.cast(mpi)?;
        notes.iter().for_each(|words| note(words));
        let output = Output::open(args.output.as_deref())?;
        let (folder, start_unix_ns) = (output.folder().to_owned(), unix_ns());
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is positive and bounded"
        )]
        let timeout_ns = (args.timeout * 1e9) as u64;
        let task = Task { work, folder, start_unix_ns, timeout_ns };
        let part = part(&task, &cast, CHIEF)?;
        Ok(Plan { task, cast, output, part })
    }
}

fn as_chief(plan: Plan, (args, mpi): (&Args, &str), link: &Link) -> u8 {
    let Plan { task, cast, output, part } = plan;
    tell_all(link, Some(&task));
    let bounds = Bounds {
        timeout_ns: task.timeout_ns,
        quiet_messages: args.limit,
        messages: cast.limit,
        followed: cast.followed.as_ref().map(Receipt::all),
    };
    let monitor = Monitor::new(link.ranks(), bounds, monotonic_ns());
    let report = Report::new(&task, &cast, (mpi, output));
    let conclude =
        Box::new(move |verdict: &Verdict, standings: &[_]| report.tell(verdict, standings));
    let watch = Watch::chief(link, part, monitor, conclude);
    let watch = live(&task, cast, (link, watch));
    u8::try_from(watch.code()).unwrap_or(1)
}

fn as_member(mpi: &str, link: &Link) -> u8 {
    let Some(task) = told_by_chief(link) else { return 0 };
    let begun = task.work.cast(mpi).and_then(|cast| {
        let part = part(&task, &cast, link.rank())?;
        Ok((cast, part))
    });
    match begun {
        Ok((cast, part)) => {
            live(&task, cast, (link, Watch::member(link, part)));
            0
        }
        Err(failure) => {
            // The others are at work already: they cannot be told to leave in order.
            failure.tell();
            link.abort(i32::from(NOT_RUN))
        }
    }
}

fn live<'a>(task: &Task, cast: Cast, (link, watch): (&'a Link, Watch<'a>)) -> Watch<'a> {
    let rank = link.rank();
    let watch = watch.with(task.timeout_ns, cast.followed_ending().cloned());
    let course = cast.followed.as_ref().map_or(Course::Free, |trace| Course::of(trace, rank));
    let eager = cast.eager;
    let node = cast.nodes.into_iter().nth(rank.index()).expect("there is a node for each rank");
    Host { link, watch, node, course, eager }.run().1
}

fn part(task: &Task, cast: &Cast, rank: Rank) -> Result<Part, Failure> {
    Part::create(&task.folder, &cast.header, (rank, task.start_unix_ns)).map_err(|error| {
        let folder: PathBuf = task.folder.clone();
        Failure::about(
            &folder.to_string_lossy(),
            format!("rank {rank} cannot write its part: {error}"),
        )
    })
}

/// Tells every other rank what is to be run; nothing is a reason to leave.
fn tell_all(link: &Link, task: Option<&Task>) {
    (1..link.ranks()).map(Rank).for_each(|rank| link.tell(rank, &task));
}

fn told_by_chief(link: &Link) -> Option<Task> {
    let mut patience = Patience::default();
    loop {
        match link.hear::<Option<Task>>() {
            Some(task) => return task,
            None => patience.wait(),
        }
    }
}
