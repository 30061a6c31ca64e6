//! How runs end, in words and in exit codes.

mod support;

use std::fs;

use ringscope_sim::conform::judge;
use ringscope_sim::scenario::{Scenario, builtin};
use ringscope_sim::simulate::record;
use ringscope_traces::diff::{Level, compare};
use ringscope_traces::{Ending, Event, Op, Rank};

use support::{Folder, Job, Mpi};

const COMPLETED: Option<i32> = Some(0);
const NOT_COMPLETED: Option<i32> = Some(1);
const NOT_RUN: Option<i32> = Some(2);

fn built_in(name: &str) -> Scenario {
    builtin::find(name).expect("it is built in").scenario()
}

/// The words that count, whatever the width in which they are set.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_run_that_completes_leaves_its_trace_and_nothing_else() {
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        let ended = Job::run(mpi, 8, (&folder, "join -o join.jsonl"));
        assert_eq!(ended.code, COMPLETED, "{mpi:?}: {}", ended.err);
        assert!(ended.out.ends_with("command finalizing\n"), "{mpi:?}: {}", ended.out);
        assert!(ended.err.contains("join: completed\n"), "{mpi:?}: {}", ended.err);
        assert!(ended.err.contains(", 8 ranks, "), "{mpi:?}: {}", ended.err);
        assert_eq!(folder.names(), [".err", ".out", "join.jsonl"], "{mpi:?}");
    }
}

#[test]
fn hazards_end_in_the_simulator_s_words() {
    let hazards = ["get-missing", "put-zero", "add-permanent", "add-command-node", "remove-head"];
    for (name, mpi) in hazards.iter().flat_map(|name| Mpi::ALL.map(|mpi| (name, mpi))) {
        let simulated = record(&built_in(name), Vec::new()).expect("memory takes a trace");
        let simulated = simulated.summary;
        let words = simulated.explanation.expect("it does not complete");
        let folder = Folder::new();
        let ended = Job::run(mpi, 8, (&folder, &format!("{name} -o trace.jsonl")));
        assert_eq!(ended.code, NOT_COMPLETED, "{name}, {mpi:?}: {}", ended.err);
        let report = unwrapped(&ended.err);
        let ending = simulated.ending;
        assert!(report.contains(&format!("{name}: {}, as expected", ending.name())), "{report}");
        assert!(report.contains(&unwrapped(&words.facts)), "{name}, {mpi:?}: {report}");
        assert!(report.contains(&unwrapped(&words.paragraph)), "{name}, {mpi:?}: {report}");
        let footer = folder.trace("trace.jsonl").footer;
        assert_eq!(footer.map(|footer| footer.ending), Some(ending), "{name}, {mpi:?}");
    }
}

#[test]
fn a_livelock_is_ended_by_the_limit_of_messages() {
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        let ended = Job::run(mpi, 8, (&folder, "put-beyond --quiet-messages 2000 -o trace.jsonl"));
        assert_eq!(ended.code, NOT_COMPLETED, "{mpi:?}: {}", ended.err);
        let report = unwrapped(&ended.err);
        let words =
            "put-beyond: livelock, as expected PUT [1001,2] goes round through ranks 0 -> 6";
        assert!(report.contains(words), "{mpi:?}: {report}");
        assert!(folder.trace("trace.jsonl").events.len() > 2000, "{mpi:?}");
    }
}

/// The permanent node sends to itself, and nobody buffers it.
#[test]
fn a_send_that_nobody_receives_is_a_deadlock_where_sends_are_synchronous() {
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        folder.write("eager.dht", &format!("eager 0\n{}", built_in("add-permanent").to_text()));
        let ended = Job::run(mpi, 8, (&folder, "eager.dht"));
        assert_eq!(ended.code, NOT_COMPLETED, "{mpi:?}: {}", ended.err);
        let words = "rank 6 is blocked in a send to 6";
        assert!(unwrapped(&ended.err).contains(words), "{mpi:?}: {}", ended.err);
    }
}

#[test]
fn thirty_two_ranks_on_few_cores_come_round() {
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        let ended = Job::run(mpi, 32, (&folder, "join-and-leave -o trace.jsonl"));
        assert_eq!(ended.code, COMPLETED, "{mpi:?}: {}", ended.err);
        assert_eq!(folder.trace("trace.jsonl").header.ranks, 32);
    }
}

#[test]
fn a_followed_trace_is_repeated_to_the_same_end() {
    let races = ["race-lost-key", "race-neighbours-leave", "race-behind-leave", "put-beyond"];
    for (name, mpi) in races.iter().flat_map(|name| Mpi::ALL.map(|mpi| (name, mpi))) {
        let folder = Folder::new();
        let simulated = support::simulated(&built_in(name));
        folder.write_trace("sim.jsonl", &simulated);
        let ended = Job::run(mpi, 8, (&folder, "--follow sim.jsonl -o mpi.jsonl"));
        assert_eq!(ended.code, COMPLETED, "{name}, {mpi:?}: {}", ended.err);
        assert!(ended.err.contains("repeats the trace"), "{name}, {mpi:?}: {}", ended.err);
        let run = folder.trace("mpi.jsonl");
        let comparison = compare(&simulated, &run).expect("they are of as many ranks");
        assert_eq!(comparison.level, Level::Equal, "{name}, {mpi:?}");
        let ending = |trace: &ringscope_traces::Trace| trace.footer.clone().map(|f| f.ending);
        assert_eq!(ending(&simulated), ending(&run), "{name}, {mpi:?}");
    }
}

#[test]
fn a_trace_that_cannot_be_followed_ends_with_the_event_at_which_it_could_not() {
    let simulated = support::simulated(&built_in("join"));
    let mut silent = simulated.clone();
    let mut wrong = simulated.clone();
    let is_of_head = |event: &&mut Event| event.rank == Rank(0) && event.op == Op::Recv;
    // The head's third receive is said to have come from rank 5, which sends it nothing.
    silent.events.iter_mut().filter(is_of_head).nth(2).expect("it has many").peer = Rank(5);
    // The first is said to have come with another tag.
    wrong.events.iter_mut().find(|event| is_of_head(event)).expect("it has many").tag.0 = 7;
    let cases = [
        (
            silent,
            "rank 0 cannot follow the trace: its 5th event (line 11) receives tag 0 from rank 5, which does not come",
        ),
        (
            wrong,
            "rank 0 cannot follow the trace: its 1st event (line 3) receives tag 7 from rank 7",
        ),
    ];
    for ((altered, words), mpi) in cases.iter().flat_map(|case| Mpi::ALL.map(|mpi| (case, mpi))) {
        let folder = Folder::new();
        folder.write_trace("altered.jsonl", altered);
        let ended = Job::run(mpi, 8, (&folder, "--follow altered.jsonl"));
        assert_eq!(ended.code, NOT_COMPLETED, "{mpi:?}: {}", ended.err);
        assert!(ended.err.contains("does not repeat the trace"), "{mpi:?}: {}", ended.err);
        assert!(unwrapped(&ended.err).contains(words), "{mpi:?}: {}", ended.err);
    }
}

#[test]
fn a_run_in_which_every_rank_has_finished_completed_even_when_the_followed_trace_goes_on() {
    let mut longer = support::simulated(&built_in("join"));
    let from_command_node = |event: &&Event| event.rank == Rank(0) && event.peer == Rank(7);
    let last = longer.events.iter().rfind(from_command_node).expect("it receives the END").clone();
    longer.events.push(Event { n: u64::MAX, ..last });
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        folder.write_trace("longer.jsonl", &longer);
        let ended = Job::run(mpi, 8, (&folder, "--follow longer.jsonl -o run.jsonl"));
        assert_eq!(ended.code, NOT_COMPLETED, "{mpi:?}: {}", ended.err);
        assert!(ended.err.contains("does not repeat the trace"), "{mpi:?}: {}", ended.err);
        let run = folder.trace("run.jsonl");
        let judgement = judge(&run).expect("its protocol is known");
        assert_eq!(judgement.ending, Some(Ending::Completed), "{mpi:?}: {}", ended.err);
        assert_eq!(judgement.findings, [], "{mpi:?}");
    }
}

#[test]
fn bad_input_is_told_once_and_nothing_is_left() {
    let cases = [
        ("nothing-of-that-name", "no such file, and no built-in scenario"),
        ("bad.dht", "bad.dht:2:1"),
        ("join -o no/such/folder/x.jsonl", "cannot be written"),
        ("join --window 0", "invalid value '0'"),
        ("--follow bad.dht", "mpi-runner: "),
        ("six.dht", "is for 6 ranks, but mpirun started 8"),
    ];
    for ((words, expected), mpi) in cases.iter().flat_map(|case| Mpi::ALL.map(|mpi| (case, mpi))) {
        let folder = Folder::new();
        folder.write("bad.dht", "put 1 1\nfrobnicate\n");
        folder.write("six.dht", "ranks 6\nput 1 1\n");
        let ended = Job::run(mpi, 8, (&folder, words));
        assert_eq!(ended.code, NOT_RUN, "{words}, {mpi:?}: {}", ended.err);
        assert_eq!(ended.err.matches(expected).count(), 1, "{words}, {mpi:?}: {}", ended.err);
        assert_eq!(folder.names(), [".err", ".out", "bad.dht", "six.dht"], "{words}, {mpi:?}");
    }
}

#[test]
fn the_parts_of_an_earlier_run_are_not_overwritten() {
    let folder = Folder::new();
    fs::create_dir(folder.path("join.jsonl.parts")).expect("the folder takes folders");
    let ended = Job::run(Mpi::Mpich, 8, (&folder, "join -o join.jsonl"));
    assert_eq!(ended.code, NOT_RUN, "{}", ended.err);
    assert!(ended.err.contains("holds the parts of an earlier run"), "{}", ended.err);
}

#[test]
fn the_launcher_of_the_other_mpi_is_named() {
    let [open, mpich] = Mpi::ALL;
    for (built, launched, words) in [
        (open, mpich, "launched by MPICH, but built with Open MPI"),
        (mpich, open, "launched by Open MPI, but built with MPICH"),
    ] {
        let folder = Folder::new();
        let job = Job::launch(&launched.launcher(), (built, 4), (&folder, "join"));
        let ended = job.finish(&folder);
        assert_ne!(ended.code, COMPLETED, "{}", ended.err);
        assert_eq!(ended.err.matches(words).count(), 1, "{}", ended.err);
    }
}
