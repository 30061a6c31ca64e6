//! Real runs of ours against recorded runs of the reference program.

mod support;

use std::fs;

use ringscope_traces::diff::{Level, compare};
use ringscope_traces::read_trace;

use support::reference::reference_runs;
use support::{Folder, Job, Mpi};

#[test]
fn a_real_run_prints_and_does_what_the_reference_did() {
    for (run, mpi) in reference_runs().iter().flat_map(|run| Mpi::ALL.map(|mpi| (run, mpi))) {
        let case = format!("{}, {mpi:?}", run.display());
        let file = fs::File::open(run.with_extension("jsonl")).expect("the run's trace");
        let recorded = read_trace(std::io::BufReader::new(file), &case).expect("a trace").0;
        let printed = fs::read_to_string(run.with_extension("out")).expect("the run's output");
        let folder = Folder::new();
        let words = format!("{}.dht --unchecked -o ours.jsonl", run.display());
        let ended = Job::run(mpi, recorded.header.ranks, (&folder, &words));
        assert_eq!(ended.out, printed, "{case}: {}", ended.err);
        let ours = folder.trace("ours.jsonl");
        let comparison = compare(&ours, &recorded).expect("they are of as many ranks");
        assert_eq!(comparison.level, Level::Equal, "{case}: {:?}", comparison.first);
    }
}
