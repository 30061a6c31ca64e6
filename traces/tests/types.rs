//! What is said of types that do not fit, and of what windows and files have in common with communicators.

#[path = "support/runs.rs"]
mod runs;

use ringscope_traces::diagnosis::standings;
use runs::{enter, finalize, inside, kinds, of, says, trace};

fn place(at: u32, elements: &str) -> String {
    format!(
        r#"{{"call":"place","place":{at},"file":"/a/x.c","line":1{at},"elements":[{elements}]}}"#
    )
}

const MESSAGE: [&str; 2] = ["send 0 1 5 \"bytes\":8,\"at\":0", "recv 1 0 5 \"bytes\":8,\"at\":1"];

#[test]
fn numbers_that_are_received_as_others_are_named_with_both_lines() {
    let calls = [place(0, "\"int4\""), place(1, "\"float8\""), finalize(0), finalize(1)];
    assert_eq!(
        says(&of(2, &MESSAGE, &calls)),
        [
            "rank 1 has received as floating-point numbers of 8 bytes (x.c:11) what rank 0 has sent as integers of 4 \
          bytes (x.c:10)"
        ]
    );
}

/// Where several types go through the same line, nobody knows which message had which.
#[test]
fn of_lines_of_several_types_and_of_bytes_nothing_is_said() {
    for elements in ["\"float8\",\"int4\"", "\"other\"", "\"int4\"", ""] {
        let calls = [place(0, "\"int4\""), place(1, elements), finalize(0), finalize(1)];
        assert_eq!(kinds(&of(2, &MESSAGE, &calls)), [], "{elements}");
    }
}

/// What a request receives is told where it was posted, and not where it was waited for.
#[test]
fn a_receive_that_was_posted_counts_by_its_own_line() {
    let posted = r#"{"call":"post","rank":1,"after":0,"name":"MPI_Irecv","post":0,"source":0,"tag":5,"at":2}"#;
    let events = [MESSAGE[0], "recv 1 0 5 \"post\":0,\"bytes\":8,\"at\":1"];
    let of_post =
        |elements| [place(0, "\"int4\""), place(2, elements), posted.to_owned(), finalize(1)];
    assert!(
        says(&of(2, &events, &of_post("\"float4\"")))[0].contains("4 bytes (x.c:12) what rank 0")
    );
    assert_eq!(kinds(&of(2, &events, &of_post("\"int4\""))), []);
}

#[test]
fn a_reduction_of_different_types_is_not_the_same_everywhere() {
    let reduce = |rank, kind: &str| {
        enter(rank, "MPI_Allreduce", 0, &format!(r#","op":"MPI_SUM","type":"{kind}","bytes":4"#))
    };
    let found = of(2, &[], &[reduce(0, "MPI_INT"), reduce(1, "MPI_FLOAT")]);
    assert!(says(&found)[0].contains("MPI_SUM, 4 bytes, MPI_INT; rank 1"), "{:?}", says(&found));
    assert_eq!(kinds(&of(2, &[], &[reduce(0, "MPI_INT"), reduce(1, "MPI_INT32_T")])), []);
}

#[test]
fn a_fence_that_not_all_enter_is_told_with_its_window() {
    let window =
        r#"{"call":"communicator","comm":1,"members":[0,1],"by":"MPI_Win_create"}"#.to_owned();
    let fence = enter(0, "MPI_Win_fence", 0, ",\"comm\":1,\"at\":0");
    let inside_it = inside(0, 0, "MPI_Win_fence", r#""comm":1,"number":0,"nth":1,"at":0"#);
    assert_eq!(
        says(&of(2, &[], &[window, fence, inside_it, finalize(1)])),
        [
            "rank 0 waits in its 1st MPI_Win_fence on the window of ranks 0 and 1 (x.c:10) for rank 1, which has not \
          entered it: rank 1 has called MPI_Finalize"
        ]
    );
}

#[test]
fn it_is_said_who_waits_for_a_rank_that_computes() {
    let barrier = |rank| {
        let inside_it = inside(rank, 0, "MPI_Barrier", r#""number":0,"nth":1"#);
        [enter(rank, "MPI_Barrier", 0, ""), inside_it]
    };
    let computes = inside(1, 0, "MPI_Bcast", "\"count\":1").replace("true", "false");
    let lines = [barrier(0).as_slice(), &barrier(2), &[computes]].concat();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    assert_eq!(
        standings(&trace(3, &lines)),
        "ranks 0 and 2 are in MPI_Barrier; rank 1 is outside of MPI, after MPI_Bcast, and ranks 0 and 2 wait for it"
    );
}
