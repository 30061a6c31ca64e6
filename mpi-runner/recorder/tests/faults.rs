//! Calls that fail, ranks that end the program or poll for ever: what the recorder must see of them under both MPIs.

mod support;

use support::{Folder, Mpi, Recorded, is_said_of, line_of};

/// A fault of `faults.c`, recorded under an MPI.
fn recorded(fault: &str, mpi: Mpi, folder: &Folder) -> Recorded {
    let program = folder.build_plain("faults.c", mpi);
    folder.record_by(&["--timeout", "2"], (mpi, 2), &[&program, fault])
}

fn line(piece: &str) -> String {
    line_of("faults.c", piece)
}

fn is_named(fault: &str, says: &[String], not: &[&str]) {
    is_said_of(("faults.c", fault), says, not);
}

#[test]
fn a_collective_operation_that_fails_is_named() {
    let says =
        format!("rank 0: MPI_Gather of 8 bytes ({}) has failed: ", line("MPI_Gather(mine, 2"));
    is_named("gather", &[says], &["waits in"]);
}

/// The recorder must not ask MPI what such a communicator is.
#[test]
fn a_call_on_no_communicator_is_named_as_what_has_failed() {
    let says = format!("rank 1: MPI_Barrier ({}) has failed: ", line("MPI_Barrier(part)"));
    is_named("no-communicator", &[says], &["Comm_test_inter", "Comm_group"]);
}

#[test]
fn a_send_that_fails_has_sent_nothing() {
    let says = format!("rank 0: MPI_Send of 4 bytes ({}) has failed: ", line("MPI_Send(&number"));
    is_named("tag", &[says], &["under way", "wait for each other"]);
}

#[test]
fn a_wait_that_fails_names_the_receive() {
    let says = [
        format!("MPI_Irecv ({}) of rank 1 has room for 8 bytes", line("MPI_Irecv(numbers, 2")),
        format!("rank 1: MPI_Wait ({}) has failed: ", line("MPI_Wait(&request")),
    ];
    is_named("wait", &says, &["waits in"]);
}

#[test]
fn a_rank_that_aborts_is_named() {
    let says = format!("rank 1 has ended the program by MPI_Abort ({})", line("MPI_Abort("));
    is_named("abort", &[says], &["has called nothing", "waits in"]);
}

#[test]
fn a_rank_that_a_signal_ends_before_its_first_message_is_named() {
    let after = line("MPI_Init(");
    let says = format!(
        "rank 1 was ended by SIGABRT (abort, or an assertion that failed), after MPI_Init ({after})"
    );
    is_named("assert", &[says], &[]);
}

#[test]
fn ranks_that_poll_for_ever_are_named() {
    let says = [
        format!("rank 0 polls by MPI_Test ({}), at least ", line("MPI_Test(")),
        format!(
            "times in vain, for a message from rank 1 with tag 7, by its MPI_Irecv ({})",
            line("1, 7,")
        ),
        format!("rank 1 polls by MPI_Improbe ({}), at least ", line("MPI_Improbe(")),
    ];
    is_named("poll", &says, &["has called nothing"]);
}

#[test]
fn numbers_that_are_received_as_others_are_named() {
    let says = format!(
        "rank 1 has received as floating-point numbers of 8 bytes ({}) what rank 0 has sent as integers of 4 bytes ({})",
        line("MPI_Recv(number, 2"),
        line("MPI_Send(numbers, 4")
    );
    is_named("types", &[says], &[]);
}

#[test]
fn windows_and_files_that_not_all_use_are_named() {
    let fence = format!(
        "the 2nd collective operation on the window of ranks 0 and 1 is not the same everywhere: rank 0 has called its \
         2nd MPI_Win_fence ({})",
        line("        MPI_Win_fence(0, window)")
    );
    is_named("fence", &[fence], &[]);
    let file = format!("rank 0 has called its 1st MPI_File_open ({})", line("MPI_File_open("));
    is_named("file", &[file], &[]);
}

/// Neither MPI looks for it.
#[test]
fn amounts_that_differ_in_a_collective_operation_are_named() {
    let at = line("/* the sum for each */");
    let gather = format!(
        "rank 0 takes from each rank 8 bytes in its 1st MPI_Gather ({at}); ranks 0 and 1 give 4 bytes ({at}); each \
         rank must give as much as is taken from it"
    );
    is_named("gather-more", &[gather], &[]);
    let at = line("MPI_Scatter(numbers, 1, MPI_INT, numbers + 8");
    let scatter = format!(
        "rank 0 gives each rank 4 bytes in its 1st MPI_Scatter ({at}); rank 1 takes 8 bytes ({at})"
    );
    is_named("scatter-less", &[scatter], &[]);
    let at = line("MPI_Reduce_scatter(");
    let counts = format!(
        "rank 0 has called its 1st MPI_Reduce_scatter ({at}) with MPI_SUM, MPI_INT, counts 1 3; rank 1 has called its 1st \
         MPI_Reduce_scatter ({at}) with MPI_SUM, MPI_INT, counts 2 2"
    );
    is_named("scatter-other-counts", &[counts], &[]);
}

/// In which of two calls a rank waits is the MPI's choice.
#[test]
fn ranks_that_wait_for_what_others_do_with_a_window_are_named() {
    let stands =
        format!("rank 0 is in MPI_Recv ({})", line("MPI_Recv(number, 1, MPI_INT, 1 - rank"));
    let start = [
        "rank 0 waits in MPI_Win_".to_owned(),
        "for MPI_Win_post by the ranks whose memory it accesses; ".to_owned(),
        stands.replace("rank 0", "rank 1"),
    ];
    is_named("start", &start, &[]);
    let post = format!(
        "rank 1 waits in MPI_Win_wait on the window of ranks 0 and 1 ({}) for MPI_Win_complete by the ranks that \
         access its memory; {stands}",
        line("MPI_Win_wait(")
    );
    is_named("post", &[post], &[]);
    let lock = [
        "rank 1 waits in MPI_Win_".to_owned(),
        format!("for the memory of rank 1, which another rank may have locked; {stands}"),
    ];
    is_named("lock", &lock, &[]);
}

/// Bindings for other languages stand between the program and MPI: the place is the program's.
#[test]
fn what_the_bindings_for_fortran_call_is_recorded_with_the_line_of_the_program() {
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        let program = folder.build_with_library("bindings.c", "libmpi_mpifh_here.so", mpi);
        let outcome = folder.record_by(&["--timeout", "2"], (mpi, 2), &[&program]);
        let at = line_of("bindings.c", "calls here");
        let says = format!("rank 0 waits in MPI_Recv ({at}) for a message from rank 1 with tag 9");
        assert!(outcome.unbroken().contains(&says), "{mpi:?}: {}", outcome.err);
        assert!(!outcome.err.contains("SIGSEGV"), "{mpi:?}: {}", outcome.err);
    }
}

/// What MPI says of windows comes by an error handler of their own.
#[test]
fn windows_that_are_used_wrongly_are_named() {
    let says = format!("rank 0: MPI_Put ({}) has failed: ", line("/* no epoch */"));
    is_named("epoch", &[says], &["waits for it"]);
    let says = format!(
        "rank 0 has locked the memory of rank 1 by MPI_Win_lock ({}), and not unlocked it before MPI_Win_free ({})",
        line("/* for ever */"),
        line("/* while it is locked */")
    );
    is_named("unlock", &[says], &[]);
}

#[test]
fn a_receive_whose_request_is_freed_is_named() {
    let at = line("/* freed */");
    let says = format!(
        "rank 1 has freed its MPI_Irecv from rank 0 with tag 3 ({at}) by MPI_Request_free ({}) before it was complete",
        line("MPI_Request_free(&request);")
    );
    is_named("free", &[says], &["never completed"]);
}

#[test]
fn persistent_requests_that_are_started_too_often_or_never_are_named() {
    let says = format!(
        "rank 0 has started the request of MPI_Send_init ({}) by MPI_Start ({}) while it was active",
        line("MPI_Send_init("),
        line("/* second */")
    );
    is_named("start-twice", &[says], &[]);
    let says = format!(
        "rank 1 has waited by MPI_Wait ({}) for the request of MPI_Recv_init ({}), and has never started it",
        line("/* never started */"),
        line("MPI_Recv_init(")
    );
    is_named("start-never", &[says], &[]);
}

/// Open MPI 4 has none.
#[test]
fn persistent_collective_operations_are_named() {
    let says = |fault: &str, code: i32| {
        let folder = Folder::new();
        let outcome = recorded(fault, Mpi::Mpich, &folder);
        assert_eq!(outcome.code, Some(code), "{}", outcome.err);
        outcome.unbroken()
    };
    let said = says("together-never", 1);
    let waits = format!(
        "rank 0 waits in MPI_Wait ({}) for rank 1, which has not started the MPI_Barrier_init ({}): rank 1 is in \
         MPI_Barrier ({})",
        line("/* for the others */"),
        line("/* by one */"),
        line("/* instead */")
    );
    assert!(said.contains(&waits), "{waits}\nin: {said}");
    let said = says("together-open", 1);
    let never =
        format!("rank 1 has never completed its MPI_Allreduce_init ({})", line("/* by all */"));
    assert!(said.contains(&never), "{never}\nin: {said}");
    let said = says("together", 0);
    assert!(!said.contains("- "), "{said}");
}

#[test]
fn a_call_behind_finalize_is_named() {
    let at = line("/* too late */");
    is_named("late", &[format!("rank 1 has called MPI_Barrier ({at}) after MPI_Finalize")], &[]);
}

#[test]
fn a_rank_that_waits_for_nothing_for_ever_is_named() {
    let at = line("MPI_Waitany(");
    let says = format!(
        "rank 1 has called MPI_Waitany ({at}) again and again, though none of its requests is active"
    );
    is_named("nothing", &[says], &[]);
}

/// MPICH kills the other ranks as that one was killed, and perhaps before anybody has seen which was the first.
#[test]
fn a_rank_that_is_killed_is_named_and_no_other() {
    let (waits, last) = (line("/* for the other */"), line("/* the last of one */"));
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        let outcome = recorded("killed", mpi, &folder);
        let said = outcome.unbroken();
        assert_eq!(outcome.code, Some(1), "{mpi:?}: {}", outcome.err);
        assert!(said.contains(&last) && !said.contains("rank 0 was"), "{mpi:?}: {}", outcome.err);
        if mpi == Mpi::Open {
            let says = [
                format!("rank 0 waits in its 1st MPI_Barrier ({waits}) for rank 1"),
                format!(
                    "rank 1 was ended by SIGKILL (as by `kill -9`, or by the system when memory runs out), after \
                     MPI_Allreduce ({last})"
                ),
            ];
            says.iter().for_each(|words| assert!(said.contains(words), "{words}: {}", outcome.err));
        }
    }
}

#[test]
fn a_call_in_a_thread_that_may_not_is_named() {
    let says = format!(
        "rank 1 has called MPI_Recv ({}) in another thread than the one that has initialized MPI: with MPI_THREAD_",
        line("MPI_Recv(number, 1, MPI_INT, 0, 3")
    );
    is_named("thread", &[says], &[]);
}

/// One that is used to the end is nobody's fault; one that is made again and again runs out.
#[test]
fn what_is_made_again_and_again_and_never_freed_is_remarked() {
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        let outcome = recorded("leak", mpi, &folder);
        assert_eq!(outcome.code, Some(0), "{mpi:?}: {}", outcome.err);
        let at = line("/* never freed */");
        let says = format!("ranks 0 and 1 have never freed 9 communicators of MPI_Comm_dup ({at})");
        assert!(outcome.unbroken().contains(&says), "{mpi:?}: {}", outcome.err);
    }
}

/// Of a fault under both MPIs nothing is said.
fn is_right(fault: &str) {
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        let outcome = recorded(fault, mpi, &folder);
        assert_eq!(outcome.code, Some(0), "{mpi:?}: {}", outcome.err);
        assert!(!outcome.unbroken().contains("- "), "{mpi:?}: {}", outcome.err);
    }
}

#[test]
fn what_is_freed_cancelled_and_waited_for_in_order_is_right() {
    is_right("in-order");
}

/// A datatype that has no meaning there is not asked for.
#[test]
fn a_program_that_works_in_place_is_right() {
    is_right("in-place");
}
