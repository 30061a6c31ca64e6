//! The program `mpi-runner`: the nodes of a protocol, each a process under real MPI.

mod args;
mod backoff;
mod clock;
mod envelope;
mod failure;
mod host;
mod launcher;
mod link;
mod monitor;
mod output;
mod part;
mod rank_status;
mod receive_order;
mod report;
mod run;
mod shutdown;
mod sweep;
mod task;
mod verdict;
mod watch;

use std::panic;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use mpi::topology::{Communicator as _, SimpleCommunicator};
use ringscope_traces::text::Plain;
use rustix::process::{Signal, set_parent_process_death_signal};

use args::{Args, Other};
use failure::{Failure, note};
use link::Link;
use shutdown::Shutdown;

/// Nothing was run: bad input, the wrong launcher.
const NOT_RUN: u8 = 2;

fn main() -> ExitCode {
    // A part that outgrows `ulimit -f` is an error of writing, and not the end of this rank; where the system
    // does not let us say so, it is the end, as for every program.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return refuse_arguments(error),
    };
    let version = mpi::environment::library_version().unwrap_or_default();
    if args.mpi {
        return say_version(&version);
    }
    end_with_the_launcher();
    backoff::wake_on_time();
    // Before MPI starts: under another MPI's launcher some wait in vain for those who started them.
    let launched = launcher::Launched::from_environment();
    if let Some((what, advice)) =
        launched.and_then(|launched| launcher::problem(&version, launched.size, Some(launched)))
    {
        return refuse(&what, advice, launched);
    }
    let Some(universe) = mpi::initialize() else {
        note("mpi-runner: MPI does not start");
        return ExitCode::from(NOT_RUN);
    };
    let size = u32::try_from(universe.world().size()).unwrap_or(0);
    if let Some((what, advice)) = launcher::problem(&version, size, launched) {
        return refuse(&what, advice, launched);
    }
    end_all_on_panic();
    let link = Link::open();
    let code = match &args.command {
        Some(Other::Sweep(args)) => sweep::run(args, &link),
        None => run::run(&args, &launcher::short_version(&version), &link),
    };
    let shutdown = Shutdown::of(code, &link);
    // Its communicators go before MPI does.
    drop(link);
    drop(universe);
    shutdown.leave()
}

/// Says what is wrong with the command line, or help, from one process of them all.
fn refuse_arguments(error: clap::Error) -> ExitCode {
    // The parser repeats words as they were given, control characters and all: so it gets them once more,
    // made safe.
    let safe = std::env::args_os().map(|word| Plain(&word.to_string_lossy()).to_string());
    let error = Args::try_parse_from(safe).err().unwrap_or(error);
    if launcher::prints_for_all() && error.print().is_err() {
        return ExitCode::from(NOT_RUN);
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(NOT_RUN))
}

fn refuse(what: &str, advice: String, launched: Option<launcher::Launched>) -> ExitCode {
    if launched.is_none_or(|launched| launched.rank == 0) {
        Failure::new(what).hint(advice).print();
    }
    ExitCode::from(NOT_RUN)
}

fn say_version(version: &str) -> ExitCode {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout(), "{}", launcher::short_version(version));
    ExitCode::SUCCESS
}

/// A launcher that is killed cannot end its processes: the system does.
fn end_with_the_launcher() {
    // A system that cannot is no reason not to run.
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
}

/// A rank that panics would leave MPI to wait for all others, forever: it ends them instead.
fn end_all_on_panic() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        usual(info);
        SimpleCommunicator::world().abort(101);
    }));
}
