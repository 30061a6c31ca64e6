//! Real runs of ours against recorded runs of the reference program.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use ringscope_traces::diff::{Level, compare};
use ringscope_traces::read_trace;

use support::{Folder, Job, Mpi};

/// The scenarios of the recorded runs, where they exist: in a folder above the checkout.
fn recorded_runs() -> Vec<PathBuf> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let Some(folder) = above.map(|at| at.join("shared/reference")).find(|at| at.is_dir()) else {
        return Vec::new();
    };
    let files = folder.read_dir().expect("the folder").map(|entry| entry.expect("an entry").path());
    let mut runs: Vec<_> =
        files.filter(|file| file.extension().is_some_and(|ending| ending == "dht")).collect();
    runs.sort();
    runs
}

#[test]
fn a_real_run_prints_and_does_what_the_reference_did() {
    for (run, mpi) in recorded_runs().iter().flat_map(|run| Mpi::ALL.map(|mpi| (run, mpi))) {
        let case = format!("{}, {mpi:?}", run.display());
        let file = fs::File::open(run.with_extension("jsonl")).expect("the run's trace");
        let recorded = read_trace(std::io::BufReader::new(file), &case).expect("a trace").0;
        let printed = fs::read_to_string(run.with_extension("out")).expect("the run's output");
        let folder = Folder::new();
        let words = format!("{} --unchecked -o ours.jsonl", run.display());
        let ended = Job::run(mpi, recorded.header.ranks, (&folder, &words));
        assert_eq!(ended.out, printed, "{case}: {}", ended.err);
        let ours = folder.trace("ours.jsonl");
        let comparison = compare(&ours, &recorded).expect("they are of as many ranks");
        assert_eq!(comparison.level, Level::Equal, "{case}: {:?}", comparison.first);
    }
}
