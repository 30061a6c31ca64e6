//! The recorded runs of the reference program, in `traces/reference`. Whoever tests against them
//! looks for them here.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// How many runs there are. A test over fewer of them would pass for want of cases.
pub(crate) const RUNS: usize = 29;

/// The scenario, the trace, and what the command node printed.
const ENDINGS: [&str; 3] = ["dht", "jsonl", "out"];

/// The runs in the order of their names, as paths that lack their ending.
///
/// # Panics
///
/// When the folder, or a file of a run, is not there.
pub(crate) fn reference_runs() -> Vec<PathBuf> {
    match runs_in(&folder()) {
        Ok(runs) => runs,
        Err(missing) => panic!("{missing}"),
    }
}

/// The run of this name, as a path that lacks its ending.
///
/// # Panics
///
/// When there is no such run.
pub(crate) fn reference_run(name: &str) -> PathBuf {
    let mut runs = reference_runs().into_iter();
    let run = runs.find(|run| run.file_name().is_some_and(|own| own == name));
    run.unwrap_or_else(|| panic!("no run of the reference program is called {name}"))
}

/// Cargo gives every crate of the workspace its own folder, and all of these lie side by side.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../traces/reference")
}

/// The runs in a folder, or what is missing there.
pub(crate) fn runs_in(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let place = folder.display();
    let entries = folder.read_dir().map_err(|error| format!("{place}: {error}"))?;
    let mut files = BTreeSet::new();
    for entry in entries {
        files.insert(entry.map_err(|error| format!("{place}: {error}"))?.path());
    }
    let is_of_a_run = |file: &&PathBuf| {
        file.extension().is_some_and(|own| ENDINGS.iter().any(|ending| own == *ending))
    };
    let runs: BTreeSet<PathBuf> =
        files.iter().filter(is_of_a_run).map(|file| file.with_extension("")).collect();
    let mut wanted = runs.iter().flat_map(|run| ENDINGS.map(|ending| run.with_extension(ending)));
    match wanted.find(|file| !files.contains(file)) {
        Some(missing) => Err(format!("{}: a file of a recorded run is missing", missing.display())),
        None if runs.len() != RUNS => {
            Err(format!("{place}: expected {RUNS} recorded runs, got {}", runs.len()))
        }
        None => Ok(runs.into_iter().collect()),
    }
}
