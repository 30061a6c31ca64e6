//! `ringscope man`: the manual, a page for the program and one for each subcommand.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap_mangen::Man;
use ringscope_screen::failure::Failure;
use ringscope_screen::files::shown;
use ringscope_traces::atomic_file::{AtomicFile, AtomicFileError};

use super::Verdict;
use crate::output::Streams;

/// Write the manual pages: one for the program and one for each subcommand
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ringscope man | man -l -
  ringscope man ~/.local/share/man/man1

Exit codes: 0 done; 2 there is no such folder.")]
pub(crate) struct ManArgs {
    /// The folder for the pages; without it the program's own page is printed
    folder: Option<PathBuf>,
}

pub(crate) fn execute(
    args: &ManArgs,
    program: clap::Command,
    streams: &mut Streams,
) -> Result<Verdict, Failure> {
    let pages = pages(program)?;
    match &args.folder {
        None => streams.out.write_all(&pages[0].text)?,
        Some(folder) if !folder.is_dir() => {
            return Err(Failure::about(&shown(folder), "no such folder").hint("make it first"));
        }
        Some(folder) => pages.iter().try_for_each(|page| page.write(folder))?,
    }
    Ok(Verdict::Good)
}

/// A page of the manual.
struct Page {
    file: String,
    text: Vec<u8>,
}

impl Page {
    fn write(&self, folder: &Path) -> Result<(), Failure> {
        let path = folder.join(&self.file);
        let mut file = AtomicFile::create(&path)?;
        let written = file.write_all(&self.text);
        written.map_err(|error| AtomicFileError::write(&path, error))?;
        Ok(file.finish()?)
    }
}

/// The page of a command first, then those of its subcommands.
fn pages(mut command: clap::Command) -> io::Result<Vec<Page>> {
    command.build();
    let mut pages = Vec::new();
    let mut open = vec![command];
    while let Some(command) = open.pop() {
        let below = command.get_subcommands().filter(|below| below.get_name() != "help");
        open.extend(below.cloned());
        let man = Man::new(command.disable_help_subcommand(true));
        let mut text = Vec::new();
        man.render(&mut text)?;
        pages.push(Page { file: man.get_filename(), text });
    }
    Ok(pages)
}
