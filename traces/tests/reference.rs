//! A recorded run that is missing fails the tests that compare with it.

mod support;

use std::fs;
use std::path::Path;

use support::reference::{RUNS, reference_runs, runs_in};
use tempfile::TempDir;

/// The recorded runs in a folder of the test's own.
fn copy() -> TempDir {
    let folder = TempDir::new().expect("a folder for temporary files");
    for run in reference_runs() {
        for ending in ["dht", "jsonl", "out"] {
            let file = run.with_extension(ending);
            let name = file.file_name().expect("a file has a name");
            fs::copy(&file, folder.path().join(name)).expect("it can be copied");
        }
    }
    folder
}

fn refused(folder: &Path) -> String {
    let why = runs_in(folder).expect_err("something is missing");
    why.replace(&folder.display().to_string(), "FOLDER")
}

#[test]
fn the_repository_holds_every_recorded_run() {
    assert_eq!(reference_runs().len(), RUNS);
    let folder = copy();
    assert_eq!(runs_in(folder.path()).map(|runs| runs.len()), Ok(RUNS));
}

#[test]
fn a_missing_folder_is_an_error() {
    let folder = copy();
    let why = refused(&folder.path().join("elsewhere"));
    assert!(why.contains("No such file or directory"), "{why}");
}

#[test]
fn a_missing_file_is_an_error() {
    for ending in ["dht", "jsonl", "out"] {
        let folder = copy();
        let name = format!("course-31.{ending}");
        fs::remove_file(folder.path().join(&name)).expect("it was copied");
        let expected = format!("FOLDER/{name}: a file of a recorded run is missing");
        assert_eq!(refused(folder.path()), expected);
    }
}

#[test]
fn a_missing_run_is_an_error() {
    let folder = copy();
    for ending in ["dht", "jsonl", "out"] {
        let file = folder.path().join("course-31").with_extension(ending);
        fs::remove_file(file).expect("it was copied");
    }
    assert_eq!(refused(folder.path()), "FOLDER: expected 29 recorded runs, got 28");
}
