//! Programs several of whose threads call MPI: a rank is in the calls of all of them.

mod support;

use support::{is_said_of, line_of};

fn line(piece: &str) -> String {
    line_of("waiting-threads.c", piece)
}

fn is_said(way: &str, says: &[String], not: &[&str]) {
    is_said_of(("waiting-threads.c", way), says, not);
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
