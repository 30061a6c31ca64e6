//! A sweep spread over the ranks of a job: one answer, whatever happens to them.

mod support;

use std::fs;

use ringscope_traces::Rank;
use rustix::process::Signal;
use support::{Folder, Job, Mpi};

const SMALL: &str = "sweep --seeds 2500 --ranks 3..8 --commands 30 -o found --quiet";

/// More than anybody waits for.
const ENDLESS: &str = "sweep --seeds 1000000000 --ranks 3..8 --commands 30";

/// What is printed, and every file that is written, by name.
fn answer(mpi: Mpi, ranks: u32, words: &str) -> (String, Vec<(String, Vec<u8>)>) {
    let folder = Folder::new();
    let ended = Job::run(mpi, ranks, (&folder, words));
    assert_eq!(ended.code, Some(1), "{mpi:?}, {ranks} ranks: {}", ended.err);
    let entries = fs::read_dir(folder.path("found")).expect("the findings are written");
    let mut files: Vec<_> = entries
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, fs::read(path).expect("a file"))
        })
        .collect();
    files.sort();
    (ended.out, files)
}

#[test]
fn the_answer_is_the_same_on_any_number_of_ranks_and_under_either_mpi() {
    let alone = answer(Mpi::Open, 1, SMALL);
    assert!(alone.0.starts_with("classic: ") && alone.1.len() > 20, "{}", alone.0);
    for (mpi, ranks) in [(Mpi::Open, 2), (Mpi::Open, 4), (Mpi::Mpich, 3)] {
        let (said, files) = answer(mpi, ranks, SMALL);
        assert_eq!(said, alone.0, "{mpi:?}, {ranks} ranks");
        let differs = files.iter().zip(&alone.1).find(|(one, other)| one != other);
        let differs = differs.map(|((name, _), _)| name);
        assert!(files == alone.1, "{mpi:?}, {ranks} ranks: {differs:?}");
    }
}

#[test]
fn where_nothing_fails_the_exit_code_says_so() {
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        let ended = Job::run(mpi, 3, (&folder, "sweep --protocol safe --seeds 500 --json"));
        assert_eq!(ended.code, Some(0), "{mpi:?}: {}", ended.err);
        assert!(ended.out.contains("\"complete\":true,\"failed\":0"), "{mpi:?}: {}", ended.out);
    }
}

#[test]
fn bounds_that_are_none_are_refused_once() {
    let folder = Folder::new();
    let refused = Job::run(Mpi::Open, 2, (&folder, "sweep --ranks 2..4"));
    assert_eq!(refused.code, Some(2), "{}", refused.err);
    assert_eq!(refused.err.matches("a run has 3 ranks at least").count(), 1, "{}", refused.err);
}

#[test]
fn what_is_known_is_said_when_a_rank_dies() {
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        let job = Job::start(mpi, 3, (&folder, ENDLESS));
        let said = || fs::read_to_string(folder.path(".err")).unwrap_or_default();
        job.await_condition("a failure", || {
            said().contains("mpi-runner: deadlock: ringscope sweep")
        });
        job.signal(Rank(1), Signal::KILL);
        let ended = job.finish(&folder);
        assert_ne!(ended.code, Some(0), "{mpi:?}: {}", ended.err);
        // A launcher that ends the others by a signal which can be heard leaves rank 0 the time for its report.
        match mpi {
            Mpi::Open => {
                assert!(
                    ended.out.contains("(ended early: 1000000000 were to be run)"),
                    "{}",
                    ended.err
                );
                assert!(ended.out.contains("\ndeadlock: "), "{}", ended.out);
            }
            Mpi::Mpich => assert!(ended.err.contains("--seeds "), "{}", ended.err),
        }
    }
}
