//! `ringscope config`: the configuration of the screen, and where it is.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use ringscope_screen::config::print;
use ringscope_screen::failure::Failure;
use ringscope_screen::files::shown;

use super::Verdict;
use crate::config::{LoadedConfig, usual_path};
use crate::output::Streams;

/// Print the configuration of the screen: colours, symbols, keys
#[derive(Debug, clap::Args)]
#[command(after_help = "\
What a configuration leaves out keeps its default. An unknown key or value is an error that
names the line. If the file in the usual place cannot be read, for example because it is
another user's, the defaults are used, with a note; a file named with --config has to be
readable.

Examples:
  ringscope config print > my.toml
  ringscope play join --config my.toml
  ringscope config path

Exit codes: 0 done; 2 the configuration cannot be read.")]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum What {
    /// Print the configuration in effect, with a comment for each line
    Print,
    /// Print where the configuration file is expected
    Path,
}

pub(crate) fn execute(
    args: &ConfigArgs,
    named: Option<&Path>,
    streams: &mut Streams,
) -> Result<Verdict, Failure> {
    match args.what {
        What::Print => {
            let loaded = LoadedConfig::load(named)?;
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
        Failure::about("the configuration", "your home folder is not known")
            .hint("name a file with --config")
    })
}
