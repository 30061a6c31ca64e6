//! `ringscope completions`: what a shell needs to complete the command line.

use std::io::Write as _;

use clap_complete::Shell;
use ringscope_screen::failure::Failure;

use super::Verdict;
use crate::output::Streams;

/// Print the completions for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ringscope completions bash > ~/.local/share/bash-completion/completions/ringscope
  ringscope completions fish > ~/.config/fish/completions/ringscope.fish

Exit codes: 0 done; 2 unknown shell.")]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn execute(
    args: &CompletionsArgs,
    mut program: clap::Command,
    streams: &mut Streams,
) -> Result<Verdict, Failure> {
    // It panics where it cannot write; a reader that goes away is no reason to.
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut program, NAME, &mut text);
    streams.out.write_all(&text)?;
    Ok(Verdict::Good)
}

/// The program's name.
const NAME: &str = "ringscope";
