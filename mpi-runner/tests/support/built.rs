//! Where the programs are that the tests start.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// Names the profile whose programs are tested; without it the ones that were built last are.
const PROFILE: &str = "RINGSCOPE_TEST_PROFILE";

/// A program or library that has been built, in `debug` or `release` of one of these folders of `target`.
pub(crate) fn built(name: &str, folders: &[&str]) -> PathBuf {
    let target = target();
    let named = env::var(PROFILE).ok();
    let profiles = ["debug", "release"].into_iter();
    let profiles =
        profiles.filter(|profile| named.as_deref().is_none_or(|named| named == *profile));
    let places = profiles.flat_map(|profile| folders.iter().map(move |folder| (*folder, profile)));
    let places = places.map(|(folder, profile)| target.join(folder).join(profile).join(name));
    let built_at = |place: &PathBuf| fs::metadata(place).ok()?.modified().ok();
    places.filter(|place| place.is_file()).max_by_key(built_at).unwrap_or_else(|| {
        let profile = named.as_deref().unwrap_or("any profile");
        panic!("no {name} of {profile} in {}: `make build mpich` builds it", target.display())
    })
}

/// The workspace's folder of what is built.
fn target() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let has_lock = |folder: &Path| folder.join("Cargo.lock").is_file();
    // The crate is the workspace's or, as the recorder is, one of its crate's.
    let above = folder.join("..");
    let up = [above.clone(), above.join("..")].into_iter().find(|up| has_lock(up));
    up.expect("the crate is in a workspace").join("target")
}
