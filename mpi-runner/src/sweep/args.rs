//! The command line of a sweep.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use ringscope_sim::protocols::{NAMES, ProtocolId};
use ringscope_sim::sweep::{SweepBounds, numbers, seeds};

/// Run random scenarios in a simulation, their seeds spread over all ranks, and make a minimal run of each kind of failure
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The report is that of `ringscope sweep` with the same flags, byte for byte, however many ranks there are.
On standard error each kind of failure is named as soon as it is known, with the command that finds it
again: where a rank dies, most launchers end all others. One that ends them with a signal gets the report
of what is known first; one that lets them be gets the whole report, since rank 0 runs what is missing.

Examples:
  mpirun -n 4 mpi-runner sweep --seeds 1000000
  mpirun -n 4 mpi-runner sweep --protocol safe --window 2..8
  mpirun -n 4 mpi-runner sweep -o found --quiet

Exit codes: 0 no run failed; 1 some did; 2 bad input, or none failed so far and there are more to run.")]
pub(crate) struct SweepArgs {
    /// How many seeds, or which: 1..1000
    #[arg(long, value_name = "SEEDS", default_value = "10000", value_parser = seeds)]
    pub seeds: RangeInclusive<u64>,

    /// The number of processes of a scenario, drawn from this range
    #[arg(long, value_name = "RANGE", default_value = "3..16", value_parser = numbers::<u32>)]
    pub ranks: RangeInclusive<u32>,

    /// The number of commands of a scenario
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub commands: u32,

    /// How many commands may be in flight, drawn from this range
    #[arg(long, value_name = "RANGE", default_value = "1..4", value_parser = numbers::<u32>)]
    pub window: RangeInclusive<u32>,

    /// The protocol that the ranks speak
    #[arg(long, value_name = "NAME", default_value = ProtocolId::default().name(), value_parser = protocol)]
    pub protocol: ProtocolId,

    /// Write a scenario and a trace of each finding into this folder, which is made
    #[arg(short, long, value_name = "FOLDER")]
    pub output: Option<PathBuf>,

    /// Print JSON
    #[arg(long)]
    pub json: bool,

    /// Say nothing before the report
    #[arg(short, long)]
    pub quiet: bool,
}

impl SweepArgs {
    /// Which scenarios are run.
    pub(super) fn bounds(&self) -> SweepBounds {
        SweepBounds {
            seeds: self.seeds.clone(),
            ranks: self.ranks.clone(),
            commands: self.commands,
            window: self.window.clone(),
        }
    }
}

fn protocol(name: &str) -> Result<ProtocolId, String> {
    ProtocolId::named(name).ok_or_else(|| format!("unknown protocol (known: {NAMES})"))
}
