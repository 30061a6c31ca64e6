//! The platform's folder for what a program remembers from one time to the next.

use std::path::PathBuf;

use directories::ProjectDirs;

/// A file in it; none where nobody knows the user's home.
pub fn file(name: &str) -> Option<PathBuf> {
    let folders = ProjectDirs::from("", "", "ringscope")?;
    let folder = folders.state_dir().unwrap_or_else(|| folders.data_local_dir());
    Some(folder.join(name))
}
