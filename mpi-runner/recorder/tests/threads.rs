//! Programs several of whose threads call MPI: a rank is in the calls of all of them.

mod support;

use support::{Folder, Mpi, source};

/// Where a piece of `waiting-threads.c` stands: `waiting-threads.c:31`.
fn line(piece: &str) -> String {
    let text = std::fs::read_to_string(source("waiting-threads.c")).expect("it is there");
    let found = text.lines().position(|line| line.contains(piece));
    format!("waiting-threads.c:{}", found.expect("it is in the program") + 1)
}

/// Under both MPIs, all of the first is said of what `waiting-threads.c` does so, and none of the second.
fn is_said(way: &str, says: &[String], not: &[&str]) {
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        let program = folder.build_plain("waiting-threads.c", mpi);
        let outcome = folder.record_by(&["--timeout", "1"], (mpi, 2), &[&program, way]);
        let said = outcome.unbroken();
        assert_eq!(outcome.code, Some(1), "{mpi:?}: {}", outcome.err);
        for words in says {
            assert!(said.contains(words), "{mpi:?}: {words}\nin: {}", outcome.err);
        }
        for words in not {
            assert!(!said.contains(words), "{mpi:?}: {words}\nin: {}", outcome.err);
        }
    }
}

#[test]
fn each_thread_that_waits_is_named() {
    let waits = |tag, piece| {
        format!(
            "rank 1 waits in MPI_Recv ({}) for a message from rank 0 with tag {tag}; rank 0 is in MPI_Recv \
             ({})",
            line(piece),
            line("/* head */")
        )
    };
    let says = [waits(8, "*(int *)tag, MPI_COMM_WORLD, MPI_STATUS"), waits(9, "/* both-wait */")];
    is_said("both-wait", &says, &["outside of MPI"]);
}

/// That thread could send what rank 0 waits for.
#[test]
fn a_rank_with_a_thread_outside_of_mpi_is_not_said_to_be_stuck() {
    let serves = line("*(int *)tag, MPI_COMM_WORLD, MPI_STATUS");
    let says = format!(
        "rank 1 is in MPI_Recv ({serves}), and outside of MPI with another thread, and rank 0 waits for it"
    );
    is_said("one-computes", &[says], &["wait for each other", "rank 1 waits"]);
}

#[test]
fn a_thread_that_has_ended_is_not_outside_of_mpi() {
    let says = [
        format!("rank 1 waits in MPI_Recv ({})", line("/* one-has-ended */")),
        "ranks 0 and 1 wait for each other: rank 0 → rank 1 → rank 0".to_owned(),
    ];
    is_said("one-has-ended", &says, &["outside of MPI"]);
}

/// Whatever that thread does, a rank that has left sends nothing.
#[test]
fn a_thread_that_waits_for_a_rank_that_has_left_is_named_beside_one_that_computes() {
    let serves = line("*(int *)tag, MPI_COMM_WORLD, MPI_STATUS");
    let says = format!(
        "rank 1 waits in MPI_Recv ({serves}) for a message from rank 0 with tag 8; rank 0 has called MPI_Finalize"
    );
    is_said("head-has-left", &[says], &["wait for each other"]);
}
