//! Programs with the bugs that people report of their MPI programs, and correct ones of the same kinds: what is said
//! of each, with rank, call and line.

mod support;

use support::{Folder, Mpi, Recorded, source};

/// A program, how it is run, and what is to be said of it.
struct Case {
    /// The file's name without its ending.
    program: &'static str,
    /// In C; else in Python.
    is_c: bool,
    ranks: u32,
    words: &'static str,
    /// More flags of `ringscope record`.
    flags: &'static [&'static str],
    says: &'static [&'static str],
}

const C: Case =
    Case { program: "", is_c: true, ranks: 4, words: "", flags: &["--timeout", "3"], says: &[] };
const PYTHON: Case = Case { is_c: false, ..C };

impl Case {
    /// Records it under an MPI.
    fn record(&self, mpi: Mpi, folder: &Folder) -> Recorded {
        let file = format!("reported/{}.{}", self.program, if self.is_c { "c" } else { "py" });
        let mut command = match self.is_c {
            true => vec![folder.build_plain(&file, mpi)],
            false => vec![mpi.python(), source(&file)],
        };
        command.extend(self.words.split_whitespace().map(str::to_owned));
        let command: Vec<&str> = command.iter().map(String::as_str).collect();
        folder.record_by(self.flags, (mpi, self.ranks), &command)
    }

    /// Under an MPI, all of that is said, the exit code is 1, and `check` says the same of the trace.
    fn is_named_under(&self, mpi: Mpi) {
        let folder = Folder::new();
        let outcome = self.record(mpi, &folder);
        assert_eq!(outcome.code, Some(1), "{mpi:?}: {}", outcome.err);
        let said = outcome.unbroken();
        let checked = folder.ringscope(["check", "trace.jsonl"]);
        assert_eq!(checked.code, Some(1), "{mpi:?}: {}", checked.out);
        let checked_says = support::unbroken(&checked.out);
        for words in self.says {
            assert!(said.contains(words), "{mpi:?}: {words}\nin: {}", outcome.err);
            assert!(checked_says.contains(words), "{mpi:?}: {words}\nin: {}", checked.out);
        }
        let of_protocol = ["PUT", "GET", "head", "command node", "conforms"];
        let named = of_protocol.iter().find(|word| said.contains(**word));
        assert_eq!(named, None, "{mpi:?}: {}", outcome.err);
    }

    fn is_named(&self) {
        Mpi::ALL.into_iter().for_each(|mpi| self.is_named_under(mpi));
    }

    /// Under both MPIs, nothing is said.
    fn is_right(&self) {
        for mpi in Mpi::ALL {
            let folder = Folder::new();
            let outcome = self.record(mpi, &folder);
            assert_eq!(outcome.code, Some(0), "{mpi:?}: {}", outcome.err);
            assert!(!outcome.unbroken().contains("- "), "{mpi:?}: {}", outcome.err);
            let checked = folder.ringscope(["check", "trace.jsonl"]);
            assert_eq!(checked.code, Some(0), "{mpi:?}: {}", checked.out);
        }
    }
}

#[test]
fn all_ranks_send_before_they_receive() {
    let says = &[
        "ranks 0 to 3 are in MPI_Send of 160,000 bytes (01-all-send-before-they-receive.c:19): a cycle of sends",
        "MPI does not buffer messages of that size",
    ];
    Case { program: "01-all-send-before-they-receive", words: "40000", says, ..C }.is_named();
}

#[test]
fn the_same_with_small_messages_is_right() {
    Case { program: "01-all-send-before-they-receive", words: "100", ..C }.is_right();
}

#[test]
fn only_the_root_calls_bcast() {
    let says = &[
        "the 1st collective operation on MPI_COMM_WORLD is not the same everywhere",
        "rank 0 has called its 1st MPI_Bcast (04-bcast-by-the-root-only.c:17)",
        "ranks 1, 2 and 3 have called their 1st MPI_Reduce (04-bcast-by-the-root-only.c:24)",
    ];
    Case { program: "04-bcast-by-the-root-only", says, ..C }.is_named();
}

#[test]
fn an_exception_before_a_barrier() {
    let says = &[
        "ranks 1 and 2 wait in their 1st MPI_Barrier (05-exception-before-barrier.py:10) for rank 0",
        "rank 0 has left with an exception, IndexError: list index out of range (05-exception-before-barrier.py:9)",
    ];
    Case { program: "05-exception-before-barrier", ranks: 3, says, ..PYTHON }.is_named();
}

/// Whether it ends with a wrong sum or a truncated message is a matter of luck; the race is there always.
#[test]
fn size_and_data_come_from_different_ranks() {
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        let program = "06-any-source-size-then-data";
        let outcome = Case { program, ..C }.record(mpi, &folder);
        let says = "a race at the wildcard receive (06-any-source-size-then-data.c:2";
        assert!(outcome.unbroken().contains(says), "{mpi:?}: {}", outcome.err);
    }
}

#[test]
fn a_buffer_that_is_too_small() {
    let says =
        &["MPI_Recv (08-receive-buffer-too-small.c:20) of rank 0 has room for 20 bytes, and the \
                  message of rank 1 with tag 0 (08-receive-buffer-too-small.c:17) has 25 bytes"];
    Case { program: "08-receive-buffer-too-small", says, ..C }.is_named();
}

#[test]
fn a_buffer_that_is_used_again_while_it_is_sent() {
    let says = &["rank 0 has written to the buffer of its nonblocking send to rank 1 with tag 5 \
                  (09-isend-buffer-reused.c:20) before it was complete"];
    Case { program: "09-isend-buffer-reused", words: "20000", says, ..C }.is_named();
}

#[test]
fn a_barrier_of_the_world_in_one_group() {
    let says = &[
        "ranks 0 and 1 wait in their 1st MPI_Barrier (13-barrier-of-world-in-a-group.c:11) for ranks 2 and 3",
        "rank 2 waits in MPI_Recv (13-barrier-of-world-in-a-group.c:28) for a message from rank 0",
        "rank 3 waits in its 1st MPI_Barrier on the communicator of ranks 2 and 3 \
         (13-barrier-of-world-in-a-group.c:29) for rank 2",
        "wait for each other: rank 0 → rank 2 → rank 0",
    ];
    Case { program: "13-barrier-of-world-in-a-group", says, ..C }.is_named();
}

#[test]
fn a_tag_that_is_another_at_the_receiver() {
    let says = &[
        "rank 1 waits in MPI_Recv (16-tag-runs-out-of-range.c:22) for a message from rank 0 with tag 21000",
        "under way to it is a message with another tag: from rank 0 with tag 20000",
    ];
    Case { program: "16-tag-runs-out-of-range", ranks: 2, says, ..C }.is_named();
}

#[test]
fn allreduce_meets_bcast() {
    let says = &[
        "the 11th collective operation on MPI_COMM_WORLD is not the same everywhere",
        "ranks 0 and 1 have called their 11th MPI_Allreduce (18-allreduce-meets-bcast.c:17)",
        "ranks 2 and 3 have called their 1st MPI_Bcast (18-allreduce-meets-bcast.c:18)",
    ];
    Case { program: "18-allreduce-meets-bcast", says, ..C }.is_named();
}

#[test]
fn a_master_that_waits_for_one_answer_too_many() {
    let says = &[
        "rank 0 waits in MPI_Recv (19-master-counts-one-too-many.c:21) for a message from any rank \
                  with tag 2; all other ranks have left",
    ];
    Case { program: "19-master-counts-one-too-many", says, ..C }.is_named();
}

#[test]
fn nonblocking_collectives_in_another_order() {
    let says = &[
        "rank 0 has called its 1st MPI_Ibcast (21-iallreduce-in-another-order.c:16)",
        "ranks 1 and 2 have called their 1st MPI_Iallreduce (21-iallreduce-in-another-order.c:19)",
    ];
    Case { program: "21-iallreduce-in-another-order", ranks: 3, says, ..C }.is_named();
}

#[test]
fn requests_that_are_dropped() {
    // A buffer that is gone while it is sent may end rank 0 before it comes to MPI_Finalize.
    let says = &["8 of its nonblocking sends to rank 1 (24-isend-dropped.py:11)"];
    Case { program: "24-isend-dropped", ranks: 2, says, ..PYTHON }.is_named();
}

#[test]
fn a_probe_that_is_followed_by_no_receive() {
    let says = &[
        "rank 0 has found the message of rank 2 with tag 2 (34-probe-without-receive.py:13) by MPI_Probe \
         (34-probe-without-receive.py:19)",
        "times, and has not received it",
    ];
    Case { program: "34-probe-without-receive", ranks: 3, says, ..PYTHON }.is_named();
}

#[test]
fn a_message_that_goes_round_for_ever() {
    let says = &["ranks 0 and 1 have passed the same messages on for at least", "again and again"];
    let program = "35-message-goes-round-for-ever";
    for flags in [&["--wall", "3"], &["--events", "2000"]] {
        Case { program, ranks: 3, flags, says, ..C }.is_named_under(Mpi::Open);
    }
    Case { program, ranks: 3, flags: &["--bytes", "500000"], says, ..C }.is_named_under(Mpi::Mpich);
}

#[test]
fn waits_in_reverse_order_are_right() {
    Case { program: "30-correct-waits-in-reverse-order", ranks: 2, ..C }.is_right();
}

#[test]
fn the_same_tag_in_two_communicators_is_right() {
    Case { program: "31-correct-two-communicators", ranks: 2, ..C }.is_right();
}

#[test]
fn a_column_that_is_received_as_numbers_is_right() {
    Case { program: "32-correct-column-of-a-matrix", ranks: 2, ..C }.is_right();
}

/// It takes eight seconds, in which no message is sent.
#[test]
fn a_program_of_collectives_is_not_ended_for_its_silence() {
    let flags = &["--timeout", "4"];
    Case { program: "33-correct-collectives-only", ranks: 3, flags, ..C }.is_right();
}
