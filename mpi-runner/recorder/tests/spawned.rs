//! Processes that a program spawns: their ranks go on behind those of the world that the launcher has started.

mod support;

use std::process::{Command, Stdio};

use ringscope_traces::calls::{Call, Communicator};
use ringscope_traces::diagnosis::diagnose;
use ringscope_traces::{Op, Rank, Trace, wellformed};

use support::{Folder, Mpi, Recorded, events, source};

/// The program that spawns, built for an MPI.
fn built(mpi: Mpi) -> (Folder, String) {
    let folder = Folder::new();
    let program = folder.build_plain("spawn.c", mpi);
    (folder, program)
}

/// Whether an MPI can spawn here at all; MPICH of Debian 12 cannot.
fn can_spawn(mpi: Mpi, program: &str) -> bool {
    let mut alone = Command::new(mpi.mpirun());
    alone.args(["-n", "2", program, "talks"]).stdin(Stdio::null());
    alone.output().expect("the launcher starts").status.success()
}

/// Records it with two ranks, and looks at what came of it: where nothing can be spawned, that is said.
fn each(how: &str, flags: &[&str], mut looks: impl FnMut(Mpi, &Folder, &Recorded)) {
    for mpi in Mpi::ALL {
        let (folder, program) = built(mpi);
        let recorded = folder.record_by(flags, (mpi, 2), &[&program, how]);
        if can_spawn(mpi, &program) {
            looks(mpi, &folder, &recorded);
            continue;
        }
        assert_eq!(recorded.code, Some(1), "{mpi:?}: {}", recorded.err);
        let call = if how == "several" { "MPI_Comm_spawn_multiple" } else { "MPI_Comm_spawn" };
        let (says, failed) = (recorded.unbroken(), format!(": {call} (spawn.c:"));
        assert!(says.contains(&failed) && says.contains("has failed"), "{mpi:?}: {says}");
        assert_eq!(folder.trace().0.header.ranks, 2, "{mpi:?}");
    }
}

/// The members of each communicator, with the call that made it.
fn communicators(trace: &Trace) -> Vec<(Option<&str>, Vec<u32>)> {
    let named = |one: &Communicator| one.members.iter().map(|rank| rank.0).collect();
    let each = trace.calls.iter().filter_map(|call| {
        let Call::Communicator(one) = call else { return None };
        Some((one.by.as_deref(), named(one)))
    });
    each.collect()
}

fn event(op: Op, peer: u32, tag: i32, number: u32) -> (Op, u32, i32, String) {
    (op, peer, tag, number.to_string())
}

#[test]
fn a_spawned_world_is_recorded_as_a_communicator_of_its_own() {
    for (how, by) in [("talks", "MPI_Comm_spawn"), ("several", "MPI_Comm_spawn_multiple")] {
        each(how, &["--timeout", "60"], |mpi, folder, recorded| {
            let case = format!("{how}, {mpi:?}: {}", recorded.err);
            assert_eq!(recorded.code, Some(0), "{case}");
            let trace = folder.whole_trace();
            assert_eq!(trace.header.ranks, 4, "{case}");
            assert_eq!(wellformed::check(&trace), [], "{case}");
            assert_eq!(
                communicators(&trace),
                [
                    (Some("MPI_Init"), vec![0, 1]),
                    (Some(by), vec![0, 1, 2, 3]),
                    (Some("MPI_Intercomm_merge"), vec![0, 1, 2, 3]),
                    (Some("MPI_Init"), vec![2, 3]),
                ],
                "{case}"
            );
            let (send, recv) = (Op::Send, Op::Recv);
            let talk = |rank| events(&trace, rank);
            let of_two = [event(send, 3, 4, 1), event(send, 0, 5, 0), event(recv, 0, 5, 0)];
            let of_three = [event(recv, 2, 4, 1), event(send, 1, 5, 1), event(recv, 1, 5, 1)];
            let of_zero = [event(send, 2, 5, 0), event(recv, 2, 5, 0), event(send, 3, 6, 0)];
            let of_one = [event(send, 3, 5, 1), event(recv, 3, 5, 1), event(recv, 2, 6, 0)];
            assert_eq!(talk(0), [&of_zero[..], &[event(recv, 3, 9, 3)]].concat(), "{case}");
            assert_eq!(talk(1), of_one, "{case}");
            assert_eq!(talk(2), [&of_two[..], &[event(send, 1, 6, 0)]].concat(), "{case}");
            let last = [event(recv, 0, 6, 0), event(send, 0, 9, 3)];
            assert_eq!(talk(3), [&of_three[..], &last].concat(), "{case}");
            let diagnosis = diagnose(&trace);
            assert_eq!(diagnosis.verdicts, [], "{case}");
            let says = format!("ranks 2 and 3 were spawned by {by} (spawn.c:");
            let own = "of ranks 0 and 1: they are ranks 0 and 1 of an MPI_COMM_WORLD of their own";
            let words = recorded.unbroken();
            assert!(words.contains(&says) && words.contains(own), "{case}");
            let checked = folder.ringscope(["check", "trace.jsonl"]);
            assert_eq!(checked.code, Some(0), "{case}{}", checked.out);
        });
    }
}

#[test]
fn a_spawned_rank_that_hangs_is_named_and_whoever_waits_for_it() {
    each("hangs", &["--timeout", "2"], |mpi, folder, recorded| {
        let (says, case) = (recorded.unbroken(), format!("{mpi:?}: {}", recorded.err));
        assert_eq!(recorded.code, Some(1), "{case}");
        let joint = "on the communicator of ranks 0 to 3 (spawn.c:";
        for says_that in [
            format!("rank 3 waits in MPI_Recv {joint}"),
            "for a message from rank 0 with tag 10".to_owned(),
            format!("rank 0 waits in MPI_Sendrecv {joint}"),
            "for a message from rank 3 with tag 8".to_owned(),
            "ranks 0 and 3 wait for each other: rank 0 → rank 3 → rank 0".to_owned(),
        ] {
            assert!(says.contains(&says_that), "{says_that}: {case}");
        }
        // MPICH's MPI_Comm_disconnect does not wait for the others.
        if mpi == Mpi::Open {
            let waits = format!("ranks 1 and 2 wait in their 1st MPI_Comm_disconnect {joint}");
            assert!(says.contains(&waits), "{case}");
        }
        assert_eq!(wellformed::check(&folder.trace().0), [], "{case}");
    });
}

#[test]
fn a_spawned_rank_that_fails_is_named_and_whoever_waits_for_it() {
    each("fails", &["--timeout", "5"], |mpi, folder, recorded| {
        let (says, case) = (recorded.unbroken(), format!("{mpi:?}: {}", recorded.err));
        assert_eq!(recorded.code, Some(1), "{case}");
        for says_that in [
            "rank 0 waits in MPI_Sendrecv on the communicator of ranks 0 to 3 (spawn.c:",
            "for a message from rank 3 with tag 8",
            "rank 3 has ended with exit code 3 without MPI_Finalize, after MPI_Recv (spawn.c:",
        ] {
            assert!(says.contains(says_that), "{says_that}: {case}");
        }
        assert_eq!(wellformed::check(&folder.trace().0), [], "{case}");
    });
}

#[test]
fn a_spawned_rank_that_dies_does_not_take_the_trace_of_the_others_with_it() {
    each("dies", &["--timeout", "60"], |mpi, folder, recorded| {
        let (says, case) = (recorded.unbroken(), format!("{mpi:?}: {}", recorded.err));
        assert_eq!(recorded.code, Some(1), "{case}");
        assert!(says.contains("rank 3 was ended by SIGSEGV"), "{case}");
        let trace = folder.trace().0;
        assert_eq!(wellformed::check(&trace), [], "{case}");
        let has_spawned = |rank| {
            trace.calls.iter().any(|call| {
                let Call::Enter(enter) = call else { return false };
                enter.rank == Rank(rank) && enter.name == "MPI_Comm_spawn"
            })
        };
        assert!(has_spawned(0) && has_spawned(1), "{case}");
    });
}

/// mpi4py's pools spawn their workers.
#[test]
fn a_pool_of_workers_is_recorded_with_its_workers() {
    for mpi in Mpi::ALL {
        let (folder, program) = built(mpi);
        if !can_spawn(mpi, &program) {
            // What is said then is what the tests above say.
            continue;
        }
        let (python, pool) = (mpi.python(), source("pool.py"));
        let recorded = folder.record((mpi, 1), &[&python, &pool]);
        let case = format!("{mpi:?}: {}", recorded.err);
        assert_eq!(recorded.code, Some(0), "{case}");
        assert!(recorded.out.contains("[0, 1, 4, 9, 16]"), "{case}");
        let trace = folder.whole_trace();
        assert_eq!(trace.header.ranks, 3, "{case}");
        assert_eq!(wellformed::check(&trace), [], "{case}");
        assert_eq!(diagnose(&trace).verdicts, [], "{case}");
        let all_talk = (0..3).all(|rank| !events(&trace, rank).is_empty());
        assert!(all_talk, "{case}");
    }
}

/// A rank in a call is one of the other side.
#[test]
fn messages_between_two_groups_are_those_of_the_right_ranks() {
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        let program = folder.build_plain("intercommunicators.c", mpi);
        let recorded = folder.record((mpi, 4), &[&program]);
        let case = format!("{mpi:?}: {}", recorded.err);
        assert_eq!(recorded.code, Some(0), "{case}");
        let trace = folder.whole_trace();
        let (send, recv) = (Op::Send, Op::Recv);
        assert_eq!(events(&trace, 0), [event(send, 3, 1, 0), event(recv, 3, 2, 3)], "{case}");
        assert_eq!(events(&trace, 1), [event(recv, 2, 3, 2), event(send, 2, 4, 1)], "{case}");
        assert_eq!(events(&trace, 2), [event(send, 1, 3, 2), event(recv, 1, 4, 1)], "{case}");
        assert_eq!(events(&trace, 3), [event(recv, 0, 1, 0), event(send, 0, 2, 3)], "{case}");
        assert_eq!(diagnose(&trace).verdicts, [], "{case}");
    }
}
