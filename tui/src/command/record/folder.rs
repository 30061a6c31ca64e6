//! The folder in which the ranks write their parts.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ringscope_screen::failure::Failure;
use ringscope_screen::files::shown;
use tempfile::TempDir;

use crate::input::DASH;

/// Where the parts grow.
pub(super) enum Folder {
    /// Nobody could look for them later: the trace goes to standard output, or into a pipe.
    ForNow(TempDir),
    /// Beside the trace, where `ringscope merge` finds them if we are killed ourselves.
    Kept(PathBuf),
}

impl Folder {
    /// Makes the folder that goes with a trace.
    ///
    /// # Errors
    ///
    /// When it cannot be made, and when it is there: it holds what an earlier run has left.
    pub(super) fn beside(trace: &Path) -> Result<Folder, Failure> {
        let is_no_file = fs::metadata(trace).is_ok_and(|found| !found.is_file());
        if trace == Path::new(DASH) || is_no_file {
            let made = tempfile::Builder::new().prefix("ringscope-").tempdir();
            return made
                .map(Folder::ForNow)
                .map_err(|error| cannot_write(&std::env::temp_dir(), &error));
        }
        let mut name = trace.as_os_str().to_owned();
        name.push(".parts");
        let folder = PathBuf::from(name);
        match fs::create_dir(&folder) {
            // The ranks may be at work in other folders.
            Ok(()) => folder
                .canonicalize()
                .map(Folder::Kept)
                .map_err(|error| cannot_write(&folder, &error)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let name = shown(&folder);
                let what = "holds the parts of an earlier run that was cut off";
                Err(Failure::about(&name, what).hint(format!(
                    "`ringscope merge {name}` makes a trace of them; then remove it"
                )))
            }
            Err(error) => Err(cannot_write(&folder, &error)),
        }
    }

    /// Its path, from the root.
    pub(super) fn path(&self) -> &Path {
        match self {
            Folder::ForNow(folder) => folder.path(),
            Folder::Kept(folder) => folder,
        }
    }

    /// Removes it with all that is in it.
    ///
    /// # Errors
    ///
    /// When that cannot be done.
    pub(super) fn remove(&self) -> Result<(), Failure> {
        match self {
            // It goes by itself.
            Folder::ForNow(_) => Ok(()),
            Folder::Kept(folder) => fs::remove_dir_all(folder).map_err(|error| {
                Failure::about(&shown(folder), format!("cannot be removed: {error}"))
            }),
        }
    }
}

fn cannot_write(place: &Path, error: &io::Error) -> Failure {
    Failure::about(&shown(place), format!("cannot be written: {error}"))
}
