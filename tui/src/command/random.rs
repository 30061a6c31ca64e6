//! `ringscope random`: a scenario by the dice.

use std::io::Write as _;

use ringscope_screen::failure::Failure;
use ringscope_screen::settings::set;
use ringscope_sim::scenario::{Settings, random};

use super::Verdict;
use crate::output::Streams;

/// Print a random scenario that completes
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The same seed, ranks and commands give the same scenario in every version.

Examples:
  ringscope random --seed 7 | ringscope run -
  ringscope random --ranks 16 --commands 200 > big.dht

Exit codes: 0 done; 2 bad input.")]
pub(crate) struct RandomArgs {
    /// What the commands are drawn from
    #[arg(long, value_name = "N", default_value = "1", allow_negative_numbers = true)]
    seed: String,

    /// The number of processes
    #[arg(long, value_name = "N", default_value = "8", allow_negative_numbers = true)]
    ranks: String,

    /// The number of commands
    #[arg(long, value_name = "N", default_value_t = 20,
          value_parser = clap::value_parser!(u32).range(0..=100_000))]
    commands: u32,
}

pub(crate) fn execute(args: &RandomArgs, streams: &mut Streams) -> Result<Verdict, Failure> {
    let mut settings = Settings::default();
    set(&mut settings, "seed", &args.seed)?;
    set(&mut settings, "ranks", &args.ranks)?;
    let (seed, ranks, commands) = (settings.seed, settings.ranks, args.commands);
    let scenario = random(seed, ranks, commands);
    let out = &mut streams.out;
    writeln!(
        out,
        "# ringscope random --seed {seed} --ranks {ranks} --commands {commands}\n\n{}",
        scenario.to_text().trim_end()
    )?;
    Ok(Verdict::Good)
}
