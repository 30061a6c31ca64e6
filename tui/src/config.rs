//! Where the configuration of the screen lies.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use ringscope_screen::config::Config;
use ringscope_screen::failure::Failure;
use ringscope_screen::files::shown;

use crate::folders;
use crate::output::Notes;

/// A configuration as it was found.
#[derive(Debug)]
pub(crate) struct LoadedConfig {
    /// What holds.
    pub config: Config,
    /// Why the file in its usual place was not read, though it is there. Nobody has named it, and it may be
    /// another user's, as under sudo: so it keeps nobody from their work.
    pub unread: Option<Failure>,
}

impl LoadedConfig {
    /// Reads the file that was named, or the one in its usual place, where there is one.
    ///
    /// # Errors
    ///
    /// When the file that was named cannot be read, or what is in the file is not a configuration.
    pub(crate) fn load(named: Option<&Path>) -> Result<LoadedConfig, Failure> {
        let usual = |unread| LoadedConfig { config: Config::default(), unread };
        let Some(path) = named.map(Path::to_owned).or_else(usual_path) else {
            return Ok(usual(None));
        };
        match fs::read(&path) {
            Ok(bytes) => {
                let text = String::from_utf8(bytes).map_err(|_| {
                    Failure::about(&shown(&path), "is no configuration: it is not UTF-8")
                })?;
                let config = Config::parse(&shown(&path), &text)?;
                Ok(LoadedConfig { config, unread: None })
            }
            Err(error) if named.is_some() => Err(cannot_read(&path, &error)),
            Err(error) => {
                use io::ErrorKind::{NotADirectory, NotFound};
                let is_missing = matches!(error.kind(), NotFound | NotADirectory);
                Ok(usual((!is_missing).then(|| cannot_read(&path, &error))))
            }
        }
    }

    /// Says that the file was not read, if so.
    pub(crate) fn note(&self, notes: &mut Notes) {
        if let Some(failure) = &self.unread {
            let _ = writeln!(notes, "note: {failure}; all settings are the usual ones");
        }
    }
}

fn cannot_read(path: &Path, error: &io::Error) -> Failure {
    let is_missing = error.kind() == io::ErrorKind::NotFound;
    let cannot = || format!("cannot be read: {error}");
    let what = if is_missing { "no such file".to_owned() } else { cannot() };
    let failure = Failure::about(&shown(path), what);
    failure.hint("`ringscope config print` prints one to start from")
}

/// Where the configuration is looked for when no file is named.
pub(crate) fn usual_path() -> Option<PathBuf> {
    folders::configuration("config.toml")
}
