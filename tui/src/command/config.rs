//! `ringscope config`: the configuration of the screen, and where it is.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::Verdict;
use crate::config::{Loaded, print, usual_path};
use crate::failure::Failure;
use crate::input::shown;
use crate::output::Streams;

/// The configuration of the screen: colours, symbols, keys
#[derive(Debug, clap::Args)]
#[command(after_help = "\
What a configuration leaves out is as ever. What it has that is none is an error, with its
line. Where the file in the usual place cannot be read, as that of another user, all is as
ever, with a note; a file that is named with --config has to be readable.

Examples:
  ringscope config print > my.toml
  ringscope play join --config my.toml
  ringscope config path

Exit codes: 0 done; 2 the configuration cannot be read.")]
pub struct ConfigArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum What {
    /// Print the configuration that holds, with what each line is for
    Print,
    /// Print where the configuration is looked for
    Path,
}

pub fn execute(
    args: &ConfigArgs,
    (named, load): (Option<&Path>, &dyn Fn() -> Result<Loaded, Failure>),
    streams: &mut Streams,
) -> Result<Verdict, Failure> {
    match args.what {
        What::Print => {
            let loaded = load()?;
            loaded.note(&mut streams.notes);
            write!(streams.out, "{}", print(&loaded.config))?;
        }
        What::Path => writeln!(streams.out, "{}", shown(&path(named)?))?,
    }
    Ok(Verdict::Good)
}

fn path(named: Option<&Path>) -> Result<PathBuf, Failure> {
    let path = named.map(Path::to_owned).or_else(usual_path);
    path.ok_or_else(|| {
        Failure::about("the configuration", "nobody knows where your home folder is")
            .hint("name a file with --config")
    })
}
