//! What is said of small runs whose faults are known.

#[path = "support/runs.rs"]
mod runs;

use ringscope_traces::diagnosis::{Kind, can_diagnose, diagnose, standings, standings_of_others};
use runs::{PLACES, enter, finalize, inside, kinds, of, says, trace};

fn lines<'a>(parts: &'a [&'a [String]]) -> Vec<&'a str> {
    parts.iter().flat_map(|part| part.iter().map(String::as_str)).collect()
}

#[test]
fn two_ranks_that_receive_from_each_other_wait_in_a_circle() {
    let calls = [
        inside(0, 0, "MPI_Recv", r#""peer":1,"tag":5,"bytes":4,"at":0"#),
        inside(1, 0, "MPI_Recv", r#""peer":0,"tag":5,"bytes":4,"at":1"#),
    ];
    assert_eq!(
        says(&of(2, &[], &calls)),
        [
            "rank 0 waits in MPI_Recv (x.c:10) for a message from rank 1 with tag 5; rank 1 is in MPI_Recv \
             (x.c:11)",
            "rank 1 waits in MPI_Recv (x.c:11) for a message from rank 0 with tag 5; rank 0 is in MPI_Recv \
             (x.c:10)",
            "ranks 0 and 1 wait for each other: rank 0 → rank 1 → rank 0",
        ]
    );
}

/// Nobody is called stuck who could have gone on.
#[test]
fn a_rank_whose_message_is_under_way_or_whose_sender_computes_is_not_stuck() {
    let receives = inside(0, 0, "MPI_Recv", r#""peer":1,"tag":5,"bytes":4,"at":0"#);
    let waits_for_it = inside(1, 1, "MPI_Recv", r#""peer":0,"tag":5,"bytes":4,"at":1"#);
    let sent = ["send 1 0 5 \"bytes\":4"];
    assert_eq!(kinds(&of(2, &sent, &[receives.clone(), waits_for_it])), []);

    let computes = receives.replace(r#""rank":0"#, r#""rank":1"#).replace("true", "false");
    let calls = [receives, computes];
    assert_eq!(kinds(&of(2, &[], &calls)), []);
    let trace = trace(2, &lines(&[&PLACES.map(str::to_owned), &calls]));
    assert_eq!(
        standings(&trace),
        "rank 0 is in MPI_Recv (x.c:10); rank 1 is outside of MPI, after MPI_Recv (x.c:10), and rank 0 \
         waits for it"
    );
}

#[test]
fn a_message_through_another_communicator_or_from_another_rank_is_named_as_the_nearest() {
    let communicator = r#"{"call":"communicator","comm":1,"members":[0,1]}"#.to_owned();
    let receives = inside(0, 0, "MPI_Recv", r#""peer":1,"tag":5,"bytes":4,"at":0"#);
    let other = inside(1, 1, "MPI_Recv", r#""peer":0,"tag":6,"bytes":4,"at":1"#);
    let through = ["send 1 0 5 \"comm\":1,\"bytes\":4,\"at\":2"];
    let found = of(2, &through, &[communicator, receives.clone(), other.clone()]);
    assert_eq!(found.verdicts[0].kind, Kind::NobodySends);
    assert!(
        found.verdicts[0].says.contains(
            "under way to it is a message through another communicator: from rank 1 with tag 5 on the \
             communicator of ranks 0 and 1 (x.c:12)"
        ),
        "{}",
        found.verdicts[0].says
    );
    let from_another = ["send 2 0 5 \"bytes\":4,\"at\":2"];
    let found = of(3, &from_another, &[receives, other, finalize(2)]);
    assert!(
        found.verdicts[0].says.contains(
            "under way to it is a message from another rank: from rank 2 with tag 5 (x.c:12)"
        ),
        "{}",
        found.verdicts[0].says
    );
}

/// A wildcard receive needs any of the others, a wait for all needs all of them.
#[test]
fn who_needs_any_goes_on_with_one_and_who_needs_all_does_not() {
    let any = inside(0, 0, "MPI_Recv", r#""any_source":true,"tag":5,"bytes":4,"at":0"#);
    let stuck = inside(1, 0, "MPI_Recv", r#""peer":0,"tag":5,"bytes":4,"at":1"#);
    let free = inside(2, 0, "MPI_Recv", r#""peer":0,"tag":5,"at":1"#).replace("true", "false");
    assert_eq!(kinds(&of(3, &[], &[any.clone(), stuck.clone(), free.clone()])), []);
    let found = of(3, &[], &[any, stuck.clone(), finalize(2)]);
    assert_eq!(kinds(&found), [Kind::Waits, Kind::Waits, Kind::Cycle]);

    let post = |post: u64, source: u64| {
        format!(
            r#"{{"call":"post","rank":0,"after":0,"name":"MPI_Irecv","post":{post},"source":{source},"tag":5,"bytes":4,"at":2}}"#
        )
    };
    let waits = |all: bool| {
        let more = format!(r#""waits":{{"all":{all},"total":2,"first":[0,1]}},"at":0"#);
        inside(0, 0, if all { "MPI_Waitall" } else { "MPI_Waitany" }, &more)
    };
    let posts = [post(0, 1), post(1, 2)];
    let any = [&posts[..], &[waits(false), stuck.clone(), free.clone()]].concat();
    assert_eq!(kinds(&of(3, &[], &any)), []);
    let all = [&posts[..], &[waits(true), stuck, free]].concat();
    let found = of(3, &[], &all);
    assert_eq!(
        found.verdicts[0].says,
        "rank 0 waits in MPI_Waitall (x.c:10) for a message from rank 1 with tag 5, by its MPI_Irecv (x.c:12); \
         rank 1 is in MPI_Recv (x.c:11)"
    );
}

#[test]
fn sends_of_all_to_the_next_are_a_cycle_that_mpi_does_not_buffer() {
    let sends =
        ["send 0 1 5 \"bytes\":99999", "send 1 2 5 \"bytes\":99999", "send 2 0 5 \"bytes\":99999"];
    let call = |rank: u32| {
        let to = (rank + 1) % 3;
        inside(rank, 0, "MPI_Send", &format!(r#""peer":{to},"tag":5,"bytes":99999,"at":0"#))
    };
    let found = of(3, &sends, &[0, 1, 2].map(call));
    assert_eq!(kinds(&found), [Kind::SendsInACycle]);
    assert!(
        found.verdicts[0].says.starts_with(
            "ranks 0, 1 and 2 are in MPI_Send of 99,999 bytes (x.c:10): a cycle of sends, rank 0 → rank 1 → \
             rank 2 → rank 0."
        ),
        "{}",
        found.verdicts[0].says
    );
}

#[test]
fn the_first_collective_that_is_not_called_alike_is_named_and_none_after_it() {
    let calls = [
        enter(0, "MPI_Barrier", 0, ""),
        enter(0, "MPI_Bcast", 1, r#","root":0,"bytes":8,"at":0"#),
        enter(0, "MPI_Barrier", 2, ""),
        enter(1, "MPI_Barrier", 0, ""),
        enter(1, "MPI_Bcast", 1, r#","root":1,"bytes":8,"at":1"#),
        enter(1, "MPI_Allreduce", 2, ""),
    ];
    assert_eq!(
        says(&of(2, &[], &calls)),
        [
            "the 2nd collective operation on MPI_COMM_WORLD is not the same everywhere: rank 0 has called its 1st \
          MPI_Bcast (x.c:10) with root 0, 8 bytes; rank 1 has called its 1st MPI_Bcast (x.c:11) with root 1, \
          8 bytes; all ranks of a communicator must agree on that"
        ]
    );
}

#[test]
fn a_rank_that_has_died_or_ended_is_told_by_those_who_wait_for_it() {
    let waits = inside(0, 0, "MPI_Recv", r#""peer":1,"tag":5,"bytes":4,"at":0"#);
    let died = r#"{"call":"died","rank":1}"#.to_owned();
    let found = of(2, &[], &[waits.clone(), died]);
    assert_eq!(kinds(&found), [Kind::WaitsForOneThatLeft, Kind::Ended]);
    assert!(found.verdicts[0].says.ends_with("; rank 1 has died"), "{:?}", found.verdicts);
    let exit = r#"{"call":"exit","rank":1,"after":0,"code":3}"#.to_owned();
    assert_eq!(
        says(&of(2, &[], &[waits, exit])),
        [
            "rank 0 waits in MPI_Recv (x.c:10) for a message from rank 1 with tag 5; rank 1 has ended with exit \
             code 3",
            "rank 1 has ended with exit code 3 without MPI_Finalize",
        ]
    );
}

#[test]
fn a_rank_that_a_signal_ended_is_named_and_one_that_went_on_after_it_is_not() {
    let ended = r#"{"call":"last","rank":0,"after":0,"name":"MPI_Barrier","inside":false,"calls":9,"signal":11,"at":1,"t":0}"#;
    let waits = inside(1, 0, "MPI_Recv", r#""peer":0,"tag":7,"at":2"#);
    let diagnosis = of(2, &[], &[ended.to_owned(), waits]);
    assert_eq!(
        says(&diagnosis),
        [
            "rank 1 waits in MPI_Recv (x.c:12) for a message from rank 0 with tag 7; rank 0 has been ended by \
             SIGSEGV (memory that is not the program's)",
            "rank 0 was ended by SIGSEGV (memory that is not the program's), after MPI_Barrier (x.c:11)",
        ]
    );
    let went_on = r#"{"call":"exit","rank":0,"after":0,"code":0}"#;
    let diagnosis = of(1, &[], &[finalize(0), ended.to_owned(), went_on.to_owned()]);
    assert_eq!(says(&diagnosis), [""; 0]);
}

#[test]
fn what_was_sent_to_one_that_has_left_was_never_received() {
    let sent = ["send 0 1 5 \"bytes\":4,\"at\":0", "send 0 1 5 \"bytes\":4,\"at\":0"];
    assert_eq!(
        says(&of(2, &sent, &[finalize(0), finalize(1)])),
        ["rank 0 has sent rank 1 2 messages with tag 5 (x.c:10) that rank 1 has never received"]
    );
}

#[test]
fn a_receive_of_any_source_could_have_taken_what_did_not_come_of_it() {
    let wild = r#""any":"source","at":0"#;
    let events = [
        "send 1 0 5".to_owned(),
        "send 2 0 5 \"at\":1".to_owned(),
        format!("recv 0 1 5 {wild}"),
        format!("recv 0 2 5 {wild}"),
    ];
    let racing: Vec<&str> = events.iter().map(String::as_str).collect();
    let found = of(3, &racing, &[finalize(0)]);
    assert_eq!(kinds(&found), []);
    assert_eq!(
        found.remarks.iter().map(|remark| remark.says.as_str()).collect::<Vec<_>>(),
        [
            "a race at the wildcard receive (x.c:10) of rank 0, once: it took a message of rank 1 with tag 5, and \
          could have taken one of rank 2 with tag 5 (x.c:11)"
        ]
    );
    // Rank 2 sends when it has heard of the first receive: no race.
    let events = [
        "send 1 0 5".to_owned(),
        format!("recv 0 1 5 {wild}"),
        "send 0 2 6".to_owned(),
        "recv 2 0 6".to_owned(),
        "send 2 0 5".to_owned(),
        format!("recv 0 2 5 {wild}"),
    ];
    let ordered: Vec<&str> = events.iter().map(String::as_str).collect();
    assert_eq!(of(3, &ordered, &[finalize(0)]).remarks, []);
}

/// A barrier between the two is as good as a message.
#[test]
fn a_barrier_orders_what_stands_before_and_behind_it() {
    let wild = r#""any":"source","at":0"#;
    let events = [
        "send 1 0 5".to_owned(),
        format!("recv 0 1 5 {wild}"),
        "send 2 0 5".to_owned(),
        format!("recv 0 2 5 {wild}"),
    ];
    let all: Vec<&str> = events.iter().map(String::as_str).collect();
    let barrier = |rank: u32, after: u64| {
        enter(rank, "MPI_Barrier", 0, "").replace("\"after\":0", &format!("\"after\":{after}"))
    };
    let calls = [barrier(0, 1), barrier(1, 1), barrier(2, 0), finalize(0)];
    assert_eq!(of(3, &all, &calls).remarks, []);
    assert_eq!(of(3, &all, &[finalize(0)]).remarks.len(), 1);
}

#[test]
fn a_run_of_messages_alone_cannot_be_diagnosed() {
    assert!(!can_diagnose(&trace(2, &["send 0 1 5"])));
    let calls = [inside(0, 0, "MPI_Recv", r#""peer":1,"tag":5"#)];
    assert!(can_diagnose(&trace(2, &[&calls[0]])));
}

#[test]
fn communicators_with_the_same_members_are_told_apart_by_where_they_were_made() {
    let made = |comm: u32, at: u32| {
        format!(
            r#"{{"call":"communicator","comm":{comm},"members":[0,1],"by":"MPI_Comm_dup","of":0,"number":{comm},"at":{at}}}"#
        )
    };
    let enters =
        |rank, comm: u32| enter(rank, "MPI_Barrier", 0, &format!(r#","comm":{comm},"at":2"#));
    let is_in = |rank, comm: u32| {
        inside(rank, 0, "MPI_Barrier", &format!(r#""comm":{comm},"number":0,"nth":1,"at":2"#))
    };
    let calls = [made(1, 0), made(2, 1), enters(0, 2), enters(1, 1), is_in(0, 2), is_in(1, 1)];
    assert_eq!(
        says(&of(2, &[], &calls))[0],
        "rank 0 waits in its 1st MPI_Barrier on the communicator of ranks 0 and 1 made at x.c:11 (x.c:12) for rank \
         1, which has not entered it: rank 1 is in MPI_Barrier on the communicator of ranks 0 and 1 made at x.c:10 \
         (x.c:12)"
    );
}

/// It is no matter of how long the message is.
#[test]
fn a_cycle_of_synchronous_sends_is_told_as_that() {
    let sends = ["send 0 0 5 \"bytes\":4,\"at\":0"];
    let calls = [inside(0, 0, "MPI_Ssend", r#""peer":0,"tag":5,"bytes":4,"at":0"#)];
    assert_eq!(
        says(&of(1, &sends, &calls)),
        [
            "rank 0 is in MPI_Ssend of 4 bytes (x.c:10): a cycle of sends, rank 0 → rank 0. A synchronous send returns \
             when the message is received, and no rank comes to its receive"
        ]
    );
}

/// What was under way when a fault ended a rank in a call may be the cause: a buffer that was given back too early.
#[test]
fn a_rank_that_a_fault_ends_in_a_call_is_said_with_what_was_not_complete() {
    let sends = ["send 0 1 5 \"bytes\":4,\"post\":0,\"at\":0"];
    let last = inside(0, 1, "MPI_Wait", r#""signal":11,"at":1"#);
    assert_eq!(
        says(&of(2, &sends, &[last])),
        [
            "rank 0 was ended by SIGSEGV (memory that is not the program's), inside MPI_Wait (x.c:11); not complete \
             then: its nonblocking send to rank 1 with tag 5 (x.c:10)"
        ]
    );
}

/// That a rank has sent something does not say where it is.
#[test]
fn where_a_rank_is_whose_message_was_never_received_is_said_all_the_same() {
    let died = r#"{"call":"died","rank":0,"first":true,"signal":9}"#.to_owned();
    let computes = inside(0, 0, "MPI_Irecv", r#""at":0"#).replace("true", "false");
    let waits = r#""waits":{"all":true,"total":1,"first":[0]},"at":2"#;
    let calls = [died, computes, inside(1, 1, "MPI_Waitall", waits)];
    let sent = ["send 1 0 2 \"bytes\":4,\"post\":0,\"at\":1".to_owned()];
    let trace = trace(2, &lines(&[&sent, &PLACES.map(str::to_owned), &calls]));
    let found = diagnose(&trace);
    assert_eq!(kinds(&found), [Kind::Ended, Kind::NeverReceived], "{:?}", says(&found));
    let stands = standings_of_others(&trace, &found);
    assert_eq!(stands.as_deref(), Some("rank 1 is in MPI_Waitall (x.c:12)"));
}

/// The launcher ends all ranks when one fails: of who fell silent first nothing is to be learned then.
#[test]
fn a_rank_is_said_to_be_killed_only_where_no_other_has_failed() {
    let died = r#"{"call":"died","rank":0,"first":true,"signal":9}"#.to_owned();
    let last = inside(0, 0, "MPI_Recv", r#""peer":1,"tag":5,"bytes":4,"at":0"#);
    let other = inside(1, 0, "MPI_Finalize", r#""at":1"#);
    let killed = of(2, &[], &[died.clone(), last.clone(), finalize(1), other.clone()]);
    assert_eq!(
        says(&killed),
        [
            "rank 0 was ended by SIGKILL (as by `kill -9`, or by the system when memory runs out), inside MPI_Recv (x.c:10)"
        ]
    );
    let fails = r#"{"call":"exit","rank":1,"after":0,"code":2}"#.to_owned();
    let failed = of(2, &[], &[died.clone(), last.clone(), finalize(1), other, fails]);
    // A rank that has never come out of MPI_Init may have failed there.
    let unknown = of(2, &[], &[died, last]);
    for found in [failed, unknown] {
        assert!(!says(&found).iter().any(|says| says.contains("SIGKILL")), "{found:?}");
    }
}

/// A short message is sent whether or not it is received: what does not come is what the rank waits for.
#[test]
fn of_sends_and_receives_that_a_rank_waits_for_the_receive_is_named() {
    let sends = ["send 0 1 1 \"bytes\":4,\"post\":0,\"at\":0", "send 1 0 2 \"bytes\":4,\"at\":0"];
    let posted = r#"{"call":"post","rank":0,"after":1,"name":"MPI_Irecv","post":1,"source":1,"tag":1,"bytes":4,"at":1}"#;
    let waits = r#""waits":{"all":true,"total":2,"first":[0,1]},"at":2"#;
    let calls = [posted.to_owned(), inside(0, 1, "MPI_Waitall", waits), finalize(1)];
    assert_eq!(
        says(&of(2, &sends, &calls))[0],
        "rank 0 waits in MPI_Waitall (x.c:12) for a message from rank 1 with tag 1, by its MPI_Irecv (x.c:11); under \
         way to it is a message with another tag: from rank 1 with tag 2 (x.c:10); rank 1 has called MPI_Finalize"
    );
}
