//! Programs that a seed makes: of the correct ones nothing is said, and of one with a planted fault that fault, with
//! rank and line.
//!
//! `RINGSCOPE_SEEDS=10..60` tries these seeds instead of the few that are tried always.

mod program;
#[path = "../support/mod.rs"]
mod support;

use std::ops::Range;

use ringscope_traces::Rank;
use ringscope_traces::diagnosis::{Diagnosis, Kind, diagnose};

use program::{Fault, Program};
use support::{Folder, Mpi, Recorded};

/// The seeds to try.
fn seeds() -> Range<u64> {
    support::seeds("RINGSCOPE_SEEDS", 1..3)
}

/// The MPI under which a seed is tried.
fn mpi_of(seed: u64) -> Mpi {
    if seed.is_multiple_of(2) { Mpi::Open } else { Mpi::Mpich }
}

/// Records a program.
fn record(program: &Program, mpi: Mpi, flags: &[&str]) -> (Folder, Recorded) {
    let folder = Folder::new();
    folder.write("generated.c", &program.source);
    let built = folder.build_debuggable(&folder.path("generated.c"), mpi);
    let recorded = folder.record_by(flags, (mpi, program.ranks), &[&built]);
    (folder, recorded)
}

/// How to try it again, and what there was to see.
fn again(test: &str, seed: u64, program: &Program, recorded: &Recorded) -> String {
    let next = seed + 1;
    let lines = program.source.lines().enumerate();
    let numbered: String = lines.map(|(index, line)| format!("{:3} {line}\n", index + 1)).collect();
    format!(
        "seed {seed}, {} ranks, {:?}; again: RINGSCOPE_SEEDS={seed}..{next} mpi-runner/with openmpi cargo nextest run \
         --workspace --exclude '*-fuzz' --locked --test generated {test}\n{}\n{numbered}",
        program.ranks,
        mpi_of(seed),
        recorded.err
    )
}

#[test]
fn of_correct_programs_nothing_is_said() {
    for seed in seeds() {
        let program = program::correct(seed);
        let (folder, recorded) = record(&program, mpi_of(seed), &["--timeout", "20"]);
        let again = again("of_correct_programs_nothing_is_said", seed, &program, &recorded);
        assert_eq!(recorded.code, Some(0), "{again}");
        let verdicts = diagnose(&folder.whole_trace()).verdicts;
        assert_eq!(verdicts, [], "{again}");
        let checked = folder.ringscope(["check", "trace.jsonl"]);
        assert_eq!(checked.code, Some(0), "{}\n{again}", checked.out);
    }
}

/// The kinds of verdicts that name a fault.
fn kinds(fault: Fault) -> &'static [Kind] {
    match fault {
        Fault::NeverSent | Fault::OtherTag | Fault::OtherCommunicator | Fault::OneTooMany => {
            &[Kind::NobodySends, Kind::Waits, Kind::WaitsForOneThatLeft]
        }
        Fault::Truncated => &[Kind::Truncation],
        Fault::SendsInACycle => &[Kind::SendsInACycle],
        Fault::ReceivesInACycle => &[Kind::Waits],
        // What the rank does next on the communicator is then another operation, or its end.
        Fault::CollectiveLeftOut => &[
            Kind::CollectiveNotEntered,
            Kind::DifferentCollectives,
            Kind::WaitsForOneThatLeft,
            Kind::Waits,
        ],
        Fault::OtherCollective => &[Kind::DifferentCollectives],
        Fault::Exits | Fault::Dies => &[Kind::Ended],
        Fault::NeverCompleted => &[Kind::NeverCompleted],
        Fault::NeverReceived => &[Kind::NeverReceived],
        Fault::BufferChanged => &[Kind::BufferChanged],
        Fault::ProbedOnly => &[Kind::ProbedAndNotReceived],
        Fault::Livelock => &[Kind::Livelock],
    }
}

/// Which of the places no verdict of the right kind names.
fn unnamed(program: &Program, fault: Fault, diagnosis: &Diagnosis) -> Vec<program::Place> {
    let is_named = |place: &program::Place| {
        let at = format!("(generated.c:{})", place.line);
        diagnosis.verdicts.iter().any(|verdict| {
            let is_of_rank = verdict.ranks.contains(&Rank(place.rank));
            kinds(fault).contains(&verdict.kind) && is_of_rank && verdict.says.contains(&at)
        })
    };
    program.places.iter().copied().filter(|place| !is_named(place)).collect()
}

/// A planted fault is named, with rank and line, and the exit code is 1.
fn is_named(test: &str, fault: Fault) {
    // Messages that go round for ever are never silent.
    let is_endless = fault == Fault::Livelock;
    let flags = if is_endless { ["--events", "2000"] } else { ["--timeout", "2"] };
    for seed in seeds() {
        let program = program::faulty(seed, fault);
        let (folder, recorded) = record(&program, mpi_of(seed), &flags);
        let again = again(test, seed, &program, &recorded);
        assert_eq!(recorded.code, Some(1), "{again}");
        let diagnosis = diagnose(&folder.trace().0);
        let unnamed = unnamed(&program, fault, &diagnosis);
        assert_eq!(unnamed, [], "{diagnosis:#?}\n{again}");
    }
}

/// A test for each fault, so that they go beside each other.
macro_rules! named {
    ($($test:ident: $fault:ident),+ $(,)?) => {
        $(
            #[test]
            fn $test() {
                is_named(stringify!($test), Fault::$fault);
            }
        )+

        #[test]
        fn every_fault_is_planted() {
            assert_eq!([$(Fault::$fault),+], Fault::ALL);
        }
    };
}

named! {
    a_message_that_is_never_sent: NeverSent,
    a_message_with_another_tag: OtherTag,
    a_message_on_another_communicator: OtherCommunicator,
    a_receive_with_too_little_room: Truncated,
    sends_in_a_cycle: SendsInACycle,
    receives_in_a_cycle: ReceivesInACycle,
    a_collective_that_is_left_out: CollectiveLeftOut,
    another_collective: OtherCollective,
    one_message_too_many_is_counted: OneTooMany,
    a_rank_that_exits: Exits,
    a_rank_that_dies: Dies,
    a_send_that_is_never_completed: NeverCompleted,
    a_message_that_is_never_received: NeverReceived,
    a_buffer_that_is_changed: BufferChanged,
    a_message_that_is_only_probed: ProbedOnly,
    a_livelock: Livelock,
}
