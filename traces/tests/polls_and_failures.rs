//! What is said of ranks that poll, of receives that share what is under way, and of calls that have failed.

#[path = "support/runs.rs"]
mod runs;

use ringscope_traces::diagnosis::Kind;
use runs::{enter, finalize, inside, kinds, of, says};

/// Rank `rank` has made a call that many times before, with the same outcome, and has left it.
fn again(rank: u32, name: &str, times: u64, more: &str) -> String {
    let repeats = format!(r#""repeats":{times},{more}"#);
    inside(rank, 0, name, &repeats).replace("\"inside\":true", "\"inside\":false")
}

/// Rank `rank` has posted a receive from another.
fn post(rank: u32, post: u64, source: &str, at: u32) -> String {
    format!(
        r#"{{"call":"post","rank":{rank},"after":0,"name":"MPI_Irecv","post":{post},{source}"tag":5,"bytes":4,"at":{at}}}"#
    )
}

fn waits_for(rank: u32, name: &str, posts: &str) -> String {
    let total = posts.split(',').count();
    let waits = format!(r#""waits":{{"all":true,"total":{total},"first":[{posts}]}},"at":2"#);
    inside(rank, 0, name, &waits)
}

fn fails(rank: u32, after: u64, name: &str, more: &str) -> String {
    format!(
        r#"{{"call":"fail","rank":{rank},"after":{after},"name":"{name}","why":"MPI_ERR_TAG: invalid tag","fatal":true,{more}}}"#
    )
}

#[test]
fn a_rank_that_polls_for_what_nobody_sends_is_said_to_poll() {
    let polls = again(0, "MPI_Iprobe", 23_456, r#""any_source":true,"tag":7,"at":0"#);
    let left = [finalize(1), finalize(2)];
    assert_eq!(
        says(&of(3, &[], &[polls.clone(), left[0].clone(), left[1].clone()])),
        [
            "rank 0 polls by MPI_Iprobe (x.c:10), at least 10,000 times in vain, for a message from any rank with \
          tag 7; all other ranks have left"
        ]
    );
    // Rank 2 computes, and may send it.
    assert_eq!(kinds(&of(3, &[], &[polls, left[0].clone()])), []);
}

#[test]
fn a_rank_that_has_polled_a_few_times_is_not_said_to_wait() {
    let polls = again(0, "MPI_Iprobe", 3, r#""any_source":true,"tag":7,"at":0"#);
    assert_eq!(kinds(&of(2, &[], &[polls, finalize(1)])), []);
}

#[test]
fn a_rank_that_tests_a_request_in_vain_keeps_others_out_of_a_barrier() {
    let test = again(1, "MPI_Test", 2_000, r#""waits":{"all":true,"total":1,"first":[0]},"at":1"#);
    let barrier = [enter(0, "MPI_Barrier", 0, ",\"at\":2")];
    let inside_it = inside(0, 0, "MPI_Barrier", r#""number":0,"nth":1,"at":2"#);
    let calls = [post(1, 0, "\"source\":0,", 0), barrier[0].clone(), inside_it, test];
    assert_eq!(
        says(&of(2, &[], &calls)),
        [
            "rank 0 waits in its 1st MPI_Barrier (x.c:12) for rank 1, which has not entered it: rank 1 is polling by \
             MPI_Test (x.c:11)",
            "rank 1 polls by MPI_Test (x.c:11), at least 1,000 times in vain, for a message from rank 0 with tag 5, by \
             its MPI_Irecv (x.c:10); rank 0 is in MPI_Barrier (x.c:12)",
        ]
    );
}

#[test]
fn of_two_receives_the_one_is_named_whose_message_does_not_come() {
    let (first, second) = (post(0, 0, "\"source\":1,", 0), post(0, 1, "\"source\":2,", 1));
    let calls = [first, second, waits_for(0, "MPI_Waitall", "0,1"), finalize(1), finalize(2)];
    let found = of(3, &["send 1 0 5 \"bytes\":4"], &calls);
    assert_eq!(
        says(&found)[0],
        "rank 0 waits in MPI_Waitall (x.c:12) for a message from rank 2 with tag 5, by its MPI_Irecv (x.c:11); rank 2 \
         has called MPI_Finalize"
    );
}

/// The receive that was posted first gets the message.
#[test]
fn two_receives_of_the_same_do_not_get_the_same_message() {
    let posts = [post(0, 0, "\"source\":1,", 0), post(0, 1, "\"source\":1,", 1)];
    let waits = waits_for(0, "MPI_Waitall", "0,1");
    let calls = [posts[0].clone(), posts[1].clone(), waits, finalize(1)];
    let found = of(2, &["send 1 0 5 \"bytes\":4"], &calls);
    assert!(says(&found)[0].contains("by its MPI_Irecv (x.c:11)"), "{:?}", says(&found));
    // A receive that blocks comes after them.
    let receives = inside(0, 0, "MPI_Recv", r#""peer":1,"tag":5,"bytes":4,"at":2"#);
    let found = of(2, &["send 1 0 5 \"bytes\":4"], &[posts[0].clone(), receives, finalize(1)]);
    assert!(says(&found)[0].starts_with("rank 0 waits in MPI_Recv (x.c:12)"), "{:?}", says(&found));
}

/// Nobody knows which of the messages a wildcard receive has got.
#[test]
fn beside_a_wildcard_receive_a_message_is_promised_to_nobody() {
    let calls = [
        post(0, 0, "", 0),
        post(0, 1, "\"source\":1,", 1),
        waits_for(0, "MPI_Waitall", "0,1"),
        finalize(1),
        finalize(2),
    ];
    let sent = ["send 1 0 5 \"bytes\":4", "send 2 0 5 \"bytes\":4"];
    assert_eq!(kinds(&of(3, &sent, &calls)), []);
}

#[test]
fn of_more_requests_than_are_noted_all_are_looked_at_where_they_are_all_that_there_are() {
    let posts: Vec<String> = (0..12).map(|at| post(0, at, "\"source\":1,", 0)).collect();
    let waits =
        waits_for(0, "MPI_Waitall", "0,1,2,3,4,5,6,7").replace("\"total\":8", "\"total\":12");
    let calls: Vec<String> = posts.into_iter().chain([waits, finalize(1)]).collect();
    let sent = ["send 1 0 5 \"bytes\":4"; 11];
    assert_eq!(kinds(&of(2, &sent, &calls)).first(), Some(&Kind::WaitsForOneThatLeft));
    assert_eq!(kinds(&of(2, &["send 1 0 5 \"bytes\":4"; 12], &calls)), []);
}

/// MPI has ended the program at it: the others would perhaps have gone on, and what was to be sent never was.
#[test]
fn a_call_at_whose_failure_the_program_ends_is_all_that_is_said() {
    let sends = inside(0, 0, "MPI_Send", r#""peer":1,"tag":-5,"bytes":4,"at":0"#);
    let receives = inside(1, 0, "MPI_Recv", r#""peer":0,"tag":5,"bytes":4,"at":1"#);
    let failure = fails(0, 1, "MPI_Send", r#""peer":1,"tag":-5,"bytes":4,"at":0"#);
    let calls = [sends, receives, failure];
    assert_eq!(
        says(&of(2, &["send 0 1 -5 \"bytes\":4,\"at\":0"], &calls)),
        ["rank 0: MPI_Send of 4 bytes (x.c:10) has failed: MPI_ERR_TAG: invalid tag"]
    );
}

#[test]
fn of_what_mpich_says_the_reason_is_kept() {
    let why = r"Invalid rank, error stack:\ninternal_Send(120): MPI_Send(buf=0x7f) failed\ninternal_Send(78).: Invalid rank has value 3 but must be less than 3";
    let failure = fails(0, 0, "MPI_Bcast", "\"at\":0").replace("MPI_ERR_TAG: invalid tag", why);
    assert_eq!(
        says(&of(2, &[], &[failure])),
        ["rank 0: MPI_Bcast (x.c:10) has failed: Invalid rank has value 3 but must be less than 3"]
    );
}

#[test]
fn a_wait_that_has_failed_names_the_receive_with_too_little_room() {
    let waits = waits_for(0, "MPI_Wait", "0");
    let failure =
        fails(0, 0, "MPI_Wait", "\"at\":2").replace("TAG: invalid tag", "TRUNCATE: truncated");
    let found = of(
        2,
        &["send 1 0 5 \"bytes\":40,\"at\":1"],
        &[post(0, 0, "\"source\":1,", 0), waits, failure],
    );
    assert_eq!(
        says(&found)[0],
        "MPI_Irecv (x.c:10) of rank 0 has room for 4 bytes, and the message of rank 1 with tag 5 (x.c:11) has 40 \
         bytes: it is truncated"
    );
}

#[test]
fn a_rank_that_aborts_has_ended_the_program_and_nobody_waits_for_it() {
    let barrier = inside(0, 0, "MPI_Barrier", r#""number":0,"nth":1,"at":2"#);
    let calls = [
        enter(0, "MPI_Barrier", 0, ""),
        barrier,
        inside(1, 0, "MPI_Abort", r#""at":0"#),
        r#"{"call":"exit","rank":1,"after":0,"code":3}"#.to_owned(),
    ];
    assert_eq!(says(&of(2, &[], &calls)), ["rank 1 has ended the program by MPI_Abort (x.c:10)"]);
}
