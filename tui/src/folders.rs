//! The platform's folders for what a program is told by its user, and for what it remembers.
//!
//! On Linux those of the XDG Base Directory Specification, on macOS `Library/Application Support`.

use std::path::PathBuf;

use etcetera::base_strategy::{BaseStrategy as _, choose_native_strategy};

const PROGRAM: &str = "ringscope";

/// A file that the user writes; none where nobody knows the user's home.
pub(crate) fn configuration(name: &str) -> Option<PathBuf> {
    let folders = choose_native_strategy().ok()?;
    let folder = if cfg!(target_os = "macos") { folders.data_dir() } else { folders.config_dir() };
    ours(folder, name)
}

/// A file that the program remembers something in from one time to the next; none where nobody knows the
/// user's home.
pub(crate) fn state(name: &str) -> Option<PathBuf> {
    let folders = choose_native_strategy().ok()?;
    ours(folders.state_dir().unwrap_or_else(|| folders.data_dir()), name)
}

/// A file that the program has made and needs again; none where nobody knows the user's home.
pub(crate) fn data(name: &str) -> Option<PathBuf> {
    ours(choose_native_strategy().ok()?.data_dir(), name)
}

/// None in the folder that the program happens to run in, which a home without a name would make it.
fn ours(folder: PathBuf, name: &str) -> Option<PathBuf> {
    folder.is_absolute().then(|| folder.join(PROGRAM).join(name))
}
