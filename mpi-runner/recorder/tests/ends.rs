//! How programs end, and what is there then; the command `ringscope record` under real MPI.

mod support;

use std::process::Command;

use ringscope_traces::diagnosis::diagnose;
use ringscope_traces::tags::TagNames;
use ringscope_traces::usage::Usage;
use ringscope_traces::{Completeness, Op, Tag};

use support::{Folder, Mpi, Recorded, events, source};

/// What rank 0 and rank 1 do in `ends.c` before rank 1 ends.
fn ten_rounds(rank: u32) -> Vec<(Op, u32, i32, String)> {
    let round = |number: i32| {
        let event = |op| (op, 1 - rank, 0, number.to_string());
        if rank == 0 {
            [event(Op::Send), event(Op::Recv)]
        } else {
            [event(Op::Recv), event(Op::Send)]
        }
    };
    (0..10).flat_map(round).collect()
}

#[test]
fn what_a_rank_did_before_it_was_killed_is_there() {
    for (end, mpi) in
        ["killed", "abort", "exit"].into_iter().flat_map(|end| Mpi::ALL.map(|mpi| (end, mpi)))
    {
        let folder = Folder::new();
        let program = folder.build("ends", mpi);
        let outcome = folder.record((mpi, 2), &[&program, end]);
        let case = format!("{end}, {mpi:?}: {}", outcome.err);
        assert_eq!(outcome.code, Some(1), "{case}");
        assert!(outcome.err.contains("cut off: the part of "), "{case}");
        let (trace, completeness) = folder.trace();
        assert_eq!(completeness, Completeness::CutOff, "{case}");
        assert_eq!(events(&trace, 1), ten_rounds(1), "{case}");
        // Rank 0 may have been ended before it received the last.
        let others = events(&trace, 0);
        assert!(others.len() >= 19 && ten_rounds(0).starts_with(&others), "{case}");
        assert_eq!(folder.names(), ["ends", "trace.jsonl"], "{case}");
    }
}

#[test]
fn how_long_a_rank_was_waiting_is_there_even_if_it_was_killed() {
    for (end, mpi) in
        ["killed", "returns"].into_iter().flat_map(|end| Mpi::ALL.map(|mpi| (end, mpi)))
    {
        let folder = Folder::new();
        let program = folder.build("ends", mpi);
        let outcome = folder.record((mpi, 2), &[&program, end]);
        let usage = Usage::of(&folder.trace().0);
        for rank in usage.ranks {
            let is_known = rank.waited_ns.is_some_and(|waited| waited > 0);
            assert!(is_known, "{end}, {mpi:?}: {rank:?}\n{}", outcome.err);
        }
    }
}

/// What `rounds.c` does that way, recorded with a timeout that is shorter than it takes.
fn rounds(way: &str, mpi: Mpi, folder: &Folder) -> Recorded {
    let program = folder.build_plain("rounds.c", mpi);
    folder.record_by(&["--timeout", "1"], (mpi, 3), &[&program, way])
}

#[test]
fn a_livelock_ends_by_the_timeout_and_is_named() {
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        let outcome = rounds("same", mpi, &folder);
        assert_eq!(outcome.code, Some(1), "{mpi:?}: {}", outcome.err);
        let said = outcome.unbroken();
        for words in [
            "its ranks passed the same messages on and did nothing else for too long",
            "ranks 0, 1 and 2 have passed the same messages on for at least",
            "rank 1 sends tag 1 to rank 2 (rounds.c:11)",
        ] {
            assert!(said.contains(words), "{mpi:?}: {words}\nin: {}", outcome.err);
        }
        assert_eq!(folder.trace().1, Completeness::CutOff, "{mpi:?}");
    }
}

/// Under both MPIs, what `rounds.c` does that way is not ended.
fn rounds_end_by_themselves(way: &str) {
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        let outcome = rounds(way, mpi, &folder);
        assert_eq!(outcome.code, Some(0), "{way}, {mpi:?}: {}", outcome.err);
    }
}

#[test]
fn messages_that_count_are_not_the_same_passed_on() {
    rounds_end_by_themselves("counted");
}

#[test]
fn a_program_that_passes_the_same_on_while_a_rank_computes_is_not_ended() {
    rounds_end_by_themselves("told");
}

/// Open MPI 4 has no functions that count in 64 bits; mpi4py's wheels ask, and then do without.
#[test]
fn a_program_finds_the_functions_that_its_mpi_has_and_no_others() {
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        let program = folder.build_plain("lacking.c", mpi);
        let bare = Command::new(mpi.mpirun()).args(["-n", "1", &program]).output();
        let bare = String::from_utf8(bare.expect("the launcher starts").stdout).expect("words");
        assert!(bare.contains("MPI_Send is there"), "{mpi:?}: {bare}");
        let outcome = folder.record((mpi, 1), &[&program]);
        assert_eq!(outcome.code, Some(0), "{mpi:?}: {}", outcome.err);
        assert_eq!(outcome.out, bare, "{mpi:?}");
    }
}

/// mpi4py initializes MPI when it is imported, within Python's own code for that: the line is the program's.
#[test]
fn a_python_program_that_ends_before_its_first_call_is_named_with_the_line_of_its_import() {
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        let early = "import os\nfrom mpi4py import MPI\nif MPI.COMM_WORLD.rank == 1:\n    os.abort()\n\
                     MPI.COMM_WORLD.barrier()\n";
        folder.write("early.py", early);
        let (python, early) = (mpi.python(), folder.path("early.py"));
        let outcome = folder.record((mpi, 2), &[&python, &early.to_string_lossy()]);
        let says = "rank 1 was ended by SIGABRT (abort, or an assertion that failed), after MPI_Init_thread (early.py:2)";
        assert!(outcome.unbroken().contains(says), "{mpi:?}: {}", outcome.err);
    }
}

/// Some languages have such handlers, for their memory.
#[test]
fn a_program_that_handles_its_signals_has_not_been_ended_by_them() {
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        let program = folder.build("signal-handled", mpi);
        let outcome = folder.record((mpi, 2), &[&program]);
        assert_eq!(outcome.code, Some(0), "{mpi:?}: {}", outcome.err);
        assert!(!outcome.unbroken().contains("SIG"), "{mpi:?}: {}", outcome.err);
    }
}

#[test]
fn names_of_tags_are_read_before_the_program_runs() {
    let folder = Folder::new();
    let program = folder.build("ends", Mpi::Open);
    folder.write("names", "0 ROUND\n");
    let removes = format!("rm -f names; exec {program} returns");
    let flags = ["--timeout", "60", "--tags", "names"];
    let outcome = folder.record_by(&flags, (Mpi::Open, 2), &["sh", "-c", &removes]);
    assert!(!folder.path("names").exists(), "{}", outcome.err);
    let names = TagNames::of_header(&folder.whole_trace().header);
    assert_eq!(names.of(Tag(0)), Some("ROUND"), "{}", outcome.err);
}

#[test]
fn a_program_that_fails_in_order_is_recorded_and_its_exit_code_told() {
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        let program = folder.build("ends", mpi);
        let outcome = folder.record((mpi, 2), &[&program, "fails", "finalized"]);
        assert_eq!(outcome.code, Some(1), "{mpi:?}: {}", outcome.err);
        assert!(
            outcome.err.contains("the program ended with exit code 7\n"),
            "{mpi:?}: {}",
            outcome.err
        );
        assert!(!outcome.err.contains("cut off"), "{mpi:?}: {}", outcome.err);
        let trace = folder.whole_trace();
        assert_eq!(
            (events(&trace, 0), events(&trace, 1)),
            (ten_rounds(0), ten_rounds(1)),
            "{mpi:?}"
        );
    }
}

#[test]
fn a_program_that_hangs_is_ended_when_it_is_silent_for_long() {
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        let program = folder.build("ends", mpi);
        let outcome = folder.record_with("2", (mpi, 3), &[&program, "hangs"]);
        assert_eq!(outcome.code, Some(1), "{mpi:?}: {}", outcome.err);
        assert!(outcome.words().contains("and the program was ended"), "{mpi:?}: {}", outcome.err);
        let (trace, _) = folder.trace();
        assert_eq!(trace.footer, None, "{mpi:?}");
        assert_eq!(
            (events(&trace, 0), events(&trace, 1)),
            (ten_rounds(0), ten_rounds(1)),
            "{mpi:?}"
        );
    }
}

#[test]
fn input_and_output_are_the_programs_and_a_trace_may_go_to_the_output() {
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        folder.write("commands", "put 5 50\nget 5\n");
        let (mpirun, python, dht) = (mpi.mpirun(), mpi.python(), source("dht.py"));
        let record =
            ["record", "-o", "-", "--window", "1", "--keyspace", "1000", &mpirun, "-n", "3"];
        let outcome = folder.ringscope(record.into_iter().chain([&*python, &*dht, "commands"]));
        assert_eq!(outcome.code, Some(0), "{mpi:?}: {}", outcome.err);
        let header = r#"{"trace":2,"source":"recorded","protocol":"classic","ranks":3,"time":"wall","window":1,"keyspace":1000}"#;
        assert_eq!(outcome.out.lines().next(), Some(header), "{mpi:?}");
        assert!(
            outcome.out.ends_with("{\"end\":\"completed\",\"events\":20}\n"),
            "{mpi:?}: {}",
            outcome.out
        );
        assert!(
            outcome.err.contains("val is 50, storage id is 1000\n"),
            "{mpi:?}: {}",
            outcome.err
        );
        assert_eq!(folder.names(), ["commands"], "{mpi:?}");
    }
}

#[test]
fn a_script_that_calls_the_launcher_is_recorded_too() {
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        let program = folder.build("ends", mpi);
        let script = format!("{} -n 2 {program} in-order", mpi.mpirun());
        let outcome = folder.ringscope(["record", "-o", "trace.jsonl", "sh", "-c", &script]);
        assert_eq!(outcome.code, Some(0), "{mpi:?}: {}", outcome.err);
        assert_eq!(events(&folder.whole_trace(), 1), ten_rounds(1), "{mpi:?}");
    }
}

/// They have the recorder in their environment as well, and forked ones all that it holds.
#[test]
fn processes_that_ranks_start_beside_are_not_recorded_and_do_no_harm() {
    let three = |peer| -> Vec<_> {
        let round = |number: u32| [Op::Send, Op::Recv].map(|op| (op, peer, 0, number.to_string()));
        (0..3).flat_map(round).collect()
    };
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        let (python, script) = (mpi.python(), source("helpers.py"));
        let built = folder.build("helpers", mpi);
        for program in [&[built.as_str()][..], &[&python, &script]] {
            let outcome = folder.record((mpi, 2), program);
            assert_eq!(outcome.code, Some(0), "{mpi:?}: {}", outcome.err);
            assert!(!outcome.err.contains("ringscope-recorder:"), "{mpi:?}: {}", outcome.err);
            let trace = folder.whole_trace();
            let talked = (events(&trace, 0), events(&trace, 1));
            assert_eq!(talked, (three(1), three(0)), "{mpi:?}");
            assert_eq!(diagnose(&trace).verdicts, [], "{mpi:?}: {}", outcome.err);
        }
    }
}

#[test]
fn a_program_without_mpi_is_told_from_one_that_is_recorded() {
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        let outcome = folder.record((mpi, 2), &["true"]);
        assert_eq!(outcome.code, Some(2), "{mpi:?}: {}", outcome.err);
        assert!(
            outcome.err.contains("with exit code 0, and nothing was recorded\n"),
            "{}",
            outcome.err
        );
        assert!(outcome.err.contains("  hint: is it an MPI program"), "{mpi:?}: {}", outcome.err);
        assert_eq!(folder.names(), [""; 0], "{mpi:?}");
    }
}

/// Each process then takes itself for the only one: the first of them is recorded, and the others say why they
/// are not.
#[test]
fn the_launcher_of_the_other_mpi_is_noticed() {
    let [open, mpich] = Mpi::ALL;
    for (built, launched) in [(open, mpich), (mpich, open)] {
        let folder = Folder::new();
        folder.write("alone.py", "from mpi4py import MPI\n");
        let (python, alone) = (built.python(), folder.path("alone.py"));
        let outcome = folder.record((launched, 2), &[&python, &alone.to_string_lossy()]);
        let words = outcome.words();
        assert!(words.contains("there is only one rank"), "{built:?}: {words}");
        assert!(words.contains("this process is not recorded"), "{built:?}: {words}");
    }
}
