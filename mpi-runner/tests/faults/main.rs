//! What a run leaves and how it ends when something outside of it goes wrong.

#[path = "../support/mod.rs"]
mod support;

use std::time::Duration;

use ringscope_sim::conform::judge;
use ringscope_sim::scenario::random;
use ringscope_traces::parts::{Gathered, file_name, gather};
use ringscope_traces::{ByRank, Rank};
use rustix::process::Signal;

use support::{Folder, Job, Mpi, is_thorough};

const RANKS: u32 = 8;

/// How many kills are tried; and how many that kill each rank under both MPIs.
const KILLS: u32 = 50;
const FEW_KILLS: u32 = 2 * RANKS;

/// Far more commands than a run gets through before it is disturbed.
const COMMANDS: u32 = 10_000;

/// The longest that a run may take from the disturbance to its end: the timeout of these runs is 1 s.
const BOUND: Duration = Duration::from_secs(10);

/// A run that is at work, to be disturbed when rank 0 has done so many things.
fn run_until(mpi: Mpi, seed: u64, events: usize) -> (Job, Folder) {
    let folder = Folder::new();
    folder.write("long.dht", &random(seed, RANKS, COMMANDS).to_text());
    let job = Job::start(mpi, RANKS, (&folder, "long.dht -o long.jsonl --timeout 1"));
    let part = folder.path("long.jsonl.parts").join(file_name(Rank(0)));
    job.await_condition("rank 0 to be at work", || lines(&part) > events);
    (job, folder)
}

fn lines(part: &std::path::Path) -> usize {
    let bytes = std::fs::read(part).unwrap_or_default();
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

#[test]
fn a_rank_that_is_killed_ends_the_others_and_nothing_recorded_is_lost() {
    for kill in 0..if is_thorough() { KILLS } else { FEW_KILLS } {
        let victim = Rank(kill % RANKS);
        let mpi = Mpi::ALL[(kill / RANKS) as usize % 2];
        // Somewhere in the first few hundred events: no two kills alike.
        let events = 1 + (kill as usize * 137) % 500;
        let case = format!("kill {kill}: rank {victim} after event {events} of rank 0, {mpi:?}");
        let (mut job, folder) = run_until(mpi, kill.into(), events);
        let parts = folder.path("long.jsonl.parts");
        let seen: Vec<_> = (0..RANKS).map(|r| lines(&parts.join(file_name(Rank(r))))).collect();
        job.signal(victim, Signal::KILL);
        let ended = job.await_end(BOUND, &folder);
        assert_ne!(ended.code, Some(0), "{case}: {}", ended.err);
        assert_eq!(job.await_nobody(BOUND), 0, "{case}: processes are left");

        let Gathered { merged, .. } = gather(&parts).unwrap_or_else(|why| panic!("{case}: {why}"));
        let by_rank = ByRank::of(&merged.trace);
        for (rank, seen) in (0..RANKS).map(Rank).zip(seen) {
            let kept = by_rank.events(rank).len();
            // One line is the header.
            assert!(kept + 1 >= seen, "{case}: rank {rank} had {seen} lines, and {kept} events");
        }
        let judgement = judge(&merged.trace).expect("the header says by which nodes");
        assert!(judgement.conforms(), "{case}: {:?}", judgement.findings);
    }
}

#[test]
fn a_rank_that_is_stopped_is_named_and_its_part_is_kept() {
    for mpi in Mpi::ALL {
        let (mut job, folder) = run_until(mpi, 7, 100);
        job.signal(Rank(3), Signal::STOP);
        let ended = job.await_end(BOUND, &folder);
        assert_eq!(job.await_nobody(BOUND), 0, "{mpi:?}: processes are left");
        assert_ne!(ended.code, Some(0), "{mpi:?}");
        assert!(ended.err.contains("rank 3 does not answer for 1 s"), "{mpi:?}: {}", ended.err);
        assert!(ended.err.contains("ringscope merge"), "{mpi:?}: {}", ended.err);
        let gathered = gather(&folder.path("long.jsonl.parts")).expect("the parts are there");
        assert!(judge(&gathered.merged.trace).expect("a header").conforms(), "{mpi:?}");
    }
}

#[test]
fn without_rank_0_the_others_end_the_run() {
    for mpi in Mpi::ALL {
        let (mut job, folder) = run_until(mpi, 8, 100);
        job.signal(Rank(0), Signal::STOP);
        let ended = job.await_end(BOUND, &folder);
        assert_eq!(job.await_nobody(BOUND), 0, "{mpi:?}: processes are left");
        assert_ne!(ended.code, Some(0), "{mpi:?}");
        assert!(ended.err.contains("rank 0 does not answer"), "{mpi:?}: {}", ended.err);
        gather(&folder.path("long.jsonl.parts")).expect("the parts are there");
    }
}

#[test]
fn a_launcher_that_is_killed_leaves_nobody_behind() {
    for mpi in Mpi::ALL {
        let (job, folder) = run_until(mpi, 9, 100);
        job.signal_launcher(Signal::KILL);
        assert_eq!(job.await_nobody(BOUND), 0, "{mpi:?}: processes are left");
        gather(&folder.path("long.jsonl.parts")).expect("the parts are there");
    }
}

#[test]
fn an_interrupted_run_leaves_its_parts() {
    for mpi in Mpi::ALL {
        let (mut job, folder) = run_until(mpi, 10, 100);
        job.signal_launcher(Signal::INT);
        job.await_end(BOUND, &folder);
        assert_eq!(job.await_nobody(BOUND), 0, "{mpi:?}: processes are left");
        let gathered = gather(&folder.path("long.jsonl.parts")).expect("the parts are there");
        // Its launcher need not say so: MPICH's has been seen to exit with code 0.
        assert!(gathered.merged.trace.footer.is_none(), "{mpi:?}: it has not run to its end");
    }
}
