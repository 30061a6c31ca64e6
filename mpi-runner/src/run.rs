//! A run from the command line to the exit code, on every rank.

use std::path::PathBuf;

use ringscope_sim::protocol::{NodeSetup, Protocol};
use ringscope_sim::protocols::Visitor;
use ringscope_traces::Rank;

use crate::args::Args;
use crate::backoff::Backoff;
use crate::clock::{monotonic_ns, unix_ns};
use crate::failure::{Failure, note};
use crate::host::Host;
use crate::link::{Link, ROOT};
use crate::monitor::{Bounds, Monitor};
use crate::output::Output;
use crate::part::Part;
use crate::receive_order::{Receipt, ReceiveOrder};
use crate::report::Report;
use crate::task::{RunSetup, Task, Work};
use crate::verdict::Verdict;
use crate::watch::Watch;

const NOT_RUN: u8 = 2;

/// Runs what the command line asks for, as one of the ranks; returns the exit code.
///
/// 1. rank 0 reads and checks the input, and sends the task to all ranks, or none if it was refused;
/// 2. every rank opens its part of the trace, and runs its node until rank 0 says how the run ends;
/// 3. rank 0 reports how it ended, which decides the exit code.
pub(crate) fn run(args: &Args, mpi: &str, link: &Link) -> u8 {
    if link.rank() != ROOT {
        return as_member(mpi, link);
    }
    match Plan::of(args, mpi, link.ranks()) {
        Ok(plan) => as_root(plan, args, mpi, link),
        Err(failure) => {
            send_to_all(link, None);
            failure.print();
            NOT_RUN
        }
    }
}

/// What rank 0 has set up.
struct Plan {
    task: Task,
    setup: RunSetup,
    output: Output,
    part: Part,
}

impl Plan {
    fn of(args: &Args, mpi: &str, ranks: u32) -> Result<Plan, Failure> {
        let (work, notes) = Work::of(args, ranks)?;
        let setup = work.setup(mpi)?;
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
        let part = part(&task, &setup, ROOT)?;
        Ok(Plan { task, setup, output, part })
    }
}

fn as_root(plan: Plan, args: &Args, mpi: &str, link: &Link) -> u8 {
    let Plan { task, setup, output, part } = plan;
    send_to_all(link, Some(&task));
    let bounds = Bounds {
        timeout_ns: task.timeout_ns,
        command: setup.protocol.roles(link.ranks()).command,
        quiet_messages: args.quiet_messages,
        messages: setup.limit,
        followed: setup.followed.as_ref().map(Receipt::all),
    };
    let monitor = Monitor::new(link.ranks(), bounds, monotonic_ns());
    let report = Report::new(&task, &setup, mpi, output);
    let conclude =
        Box::new(move |verdict: &Verdict, statuses: &[_]| report.finish(verdict, statuses));
    let watch = Watch::root(link, part, monitor, conclude);
    let watch = run_node(&task, setup, link, watch);
    u8::try_from(watch.code()).unwrap_or(1)
}

fn as_member(mpi: &str, link: &Link) -> u8 {
    let Some(task) = task_from_root(link) else { return 0 };
    let begun = task.work.setup(mpi).and_then(|setup| {
        let part = part(&task, &setup, link.rank())?;
        Ok((setup, part))
    });
    match begun {
        Ok((setup, part)) => {
            run_node(&task, setup, link, Watch::member(link, part));
            0
        }
        Err(failure) => {
            // The others are running already, so an orderly end is no longer possible.
            failure.print();
            link.abort(i32::from(NOT_RUN))
        }
    }
}

fn run_node<'a>(task: &Task, setup: RunSetup, link: &'a Link, watch: Watch<'a>) -> Watch<'a> {
    let rank = link.rank();
    let watch = watch.with(task.timeout_ns, setup.followed_ending().cloned());
    let receive_order =
        setup.followed.as_ref().map_or(ReceiveOrder::Free, |trace| ReceiveOrder::of(trace, rank));
    let eager = setup.eager;
    let hosted = Hosted { nodes: &setup.nodes, link, watch, receive_order, eager };
    setup.protocol.dispatch(hosted)
}

/// This rank's node, whichever protocol it speaks, and what it runs on.
struct Hosted<'a, 'n> {
    nodes: &'n NodeSetup,
    link: &'a Link,
    watch: Watch<'a>,
    receive_order: ReceiveOrder,
    eager: Option<u64>,
}

impl<'a> Visitor for Hosted<'a, '_> {
    type Output = Watch<'a>;

    fn visit<P: Protocol>(self) -> Watch<'a> {
        let Hosted { nodes, link, watch, receive_order, eager } = self;
        let node = P::nodes(nodes).into_iter().nth(link.rank().index());
        let node = node.expect("there is a node for each rank");
        Host { link, watch, node, receive_order, eager }.run().1
    }
}

fn part(task: &Task, setup: &RunSetup, rank: Rank) -> Result<Part, Failure> {
    Part::create(&task.folder, &setup.header, rank, task.start_unix_ns).map_err(|error| {
        let folder: PathBuf = task.folder.clone();
        Failure::about(
            &folder.to_string_lossy(),
            format!("rank {rank} cannot write its part: {error}"),
        )
    })
}

/// Tells every other rank what is to be run; nothing is a reason to leave.
fn send_to_all(link: &Link, task: Option<&Task>) {
    (1..link.ranks()).map(Rank).for_each(|rank| link.send_control(rank, &task));
}

fn task_from_root(link: &Link) -> Option<Task> {
    let mut backoff = Backoff::default();
    loop {
        match link.receive_control::<Option<Task>>() {
            Some(task) => return task,
            None => backoff.wait(),
        }
    }
}
