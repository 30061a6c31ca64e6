//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::sweep::SweepArgs;

/// Run the nodes of a scenario under real MPI, one process per node
#[derive(Debug, Parser)]
#[command(
    name = "mpi-runner",
    version,
    after_help = AFTER_HELP,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    disable_help_subcommand = true
)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub command: Option<Other>,

    /// A file, `-` for standard input, or the name of a built-in scenario
    #[arg(required_unless_present_any = ["follow", "mpi"], conflicts_with = "follow")]
    pub scenario: Option<PathBuf>,

    /// Write the trace to this file
    ///
    /// During the run each rank writes its part of the trace to the folder TRACE.parts. If a run was killed,
    /// `ringscope merge` makes a trace of the parts that it left there.
    #[arg(short, long, value_name = "TRACE")]
    pub output: Option<PathBuf>,

    /// How many commands may be in flight; overrides the scenario's setting
    #[arg(long, value_name = "W", value_parser = clap::value_parser!(u32).range(1..))]
    pub window: Option<u32>,

    /// Run the scenario even if the check beforehand finds errors in it
    #[arg(long)]
    pub unchecked: bool,

    /// Make every rank receive in the order in which it did in this trace
    ///
    /// The commands are those that the trace's command node sent. Use this to reproduce a race or a deadlock
    /// under MPI that was found in a simulation. The exit code is 0 if the run repeats the trace.
    #[arg(long, value_name = "TRACE", conflicts_with_all = ["window", "unchecked"])]
    pub follow: Option<PathBuf>,

    /// End the run when no rank has made progress for this many seconds
    ///
    /// A deadlock is detected at once as long as all ranks answer; the timeout is for everything else.
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0, value_parser = seconds)]
    pub timeout: f64,

    /// End the run as a livelock after this many messages without progress of any command
    #[arg(long, value_name = "MESSAGES", default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub quiet_messages: u64,

    /// Print which MPI this program was built with, and exit
    #[arg(long)]
    pub mpi: bool,
}

/// What else ranks can do together.
#[derive(Debug, Subcommand)]
pub(crate) enum Other {
    Sweep(SweepArgs),
}

const AFTER_HELP: &str = "\
The command node's lines go to standard output, the report on how the run ended to standard
error. There are as many ranks as mpirun starts processes.

Examples:
  mpirun -n 8 mpi-runner join
  mpirun -n 8 mpi-runner my.dht -o my.jsonl
  mpirun -n 8 mpi-runner --follow race.jsonl -o race-mpi.jsonl
  mpirun -n 4 mpi-runner sweep --seeds 100000
  ringscope crosscheck join        does this, and compares with the simulator

To run as root, or with more ranks than cores, Open MPI needs these settings:
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  export OMPI_MCA_rmaps_base_oversubscribe=1 PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe

Exit codes: 0 the run completed, or repeated the trace that it followed; 1 it ended
otherwise; 2 bad input, nothing was run.";

fn seconds(word: &str) -> Result<f64, String> {
    const MOST: f64 = 1e6;
    let seconds: f64 = word.parse().map_err(|_| "expected a number of seconds".to_owned())?;
    if seconds > 0.0 && seconds <= MOST {
        Ok(seconds)
    } else {
        Err("expected more than 0 and at most 1000000 seconds".into())
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_timeout_is_a_positive_number_of_seconds() {
        assert_eq!(seconds("0.5"), Ok(0.5));
        assert!(["0", "-1", "NaN", "inf", "soon"].iter().all(|word| seconds(word).is_err()));
    }
}
