//! What is said of a program's answers, word for word.

use ringscope_sim::answers::{CannotJudgeAnswers, LIMIT_IN_FLIGHT, judge};
use ringscope_traces::{Ending, Payload, Trace};

#[path = "support/talk.rs"]
mod talk;

use talk::{found, talk};

fn completed(lines: &str) -> Trace {
    talk(lines, Some(Ending::Completed))
}

#[track_caller]
fn says(lines: &str, expected: &[&str]) {
    assert_eq!(found(&completed(lines)), expected);
}

/// Another dialect: nodes that talk by tags of their own and by the same ones, a hand-over of maps,
/// owners that answer the command node themselves, acknowledgements that carry numbers and texts,
/// a GET in a list.
const DIALECT: &str = "
    send 0 PUT [100,1]
    0: recv 7 PUT [100,1]
    0: send 6 0 {\"key\":100,\"value\":1}
    6: recv 0 0 {\"key\":100,\"value\":1}
    recv 6 ACK 100
    send 0 ADD [3,500]
    0: send 3 20 \"welcome\"
    3: send 6 25 null
    6: send 3 26 {\"100\":1}
    recv 7 99 \"a note to myself\"
    recv 3 ACK \"joined\"
    send 0 GET [100]
    3: send 7 5 [1,500]
    recv 3 RETVAL [1,500]
    send 0 REMOVE [500]
    recv 0 ACK 0
    send 0 GET 100
    recv 6 RETVAL [1,1000]
    send 0 END null
";

#[test]
fn a_program_of_another_dialect_that_answers_rightly_is_right() {
    let judgement = judge(&completed(DIALECT)).expect("it can be judged");
    assert_eq!(talk::words(&judgement), [""; 0]);
    assert_eq!((judgement.commands, judgement.answered, judgement.silent), (5, 2, 0));
}

#[test]
fn a_node_that_loses_a_pair_as_it_leaves_is_found_by_what_is_answered() {
    let forgotten = DIALECT.replace("recv 6 RETVAL [1,1000]", "recv 6 RETVAL [0,1000]");
    says(
        &forgotten,
        &["rank 7's 11th event: get 100 is answered with 0; expected 1 (put by its 1st event)"],
    );
}

#[test]
fn a_node_that_answers_for_one_that_has_left_is_found() {
    let stale = DIALECT.replace("recv 6 RETVAL [1,1000]", "recv 3 RETVAL [1,500]");
    says(&stale, &["rank 7's 11th event: get 100 is answered by 500; its owner is 1000"]);
}

#[test]
fn a_newcomer_that_nobody_asks_is_found() {
    let passed_over = DIALECT.replace("recv 3 RETVAL [1,500]", "recv 6 RETVAL [1,1000]");
    says(
        &passed_over,
        &[
            "rank 7's 7th event: get 100 is answered by 1000; its owner is 500 (added by its 3rd event)",
        ],
    );
}

#[test]
fn the_last_put_counts() {
    says(
        "send 0 PUT [9,1]
         recv 0 ACK [9,1]
         send 0 PUT [9,2]
         recv 0 ACK [9,2]
         send 0 GET 9
         recv 0 RETVAL [1,1000]
         send 0 END 0",
        &["rank 7's 6th event: get 9 is answered with 1; expected 2 (put by its 3rd event)"],
    );
}

#[test]
fn a_wrong_value_from_a_wrong_owner_is_two_things() {
    says(
        "send 0 PUT [9,1]
         recv 0 ACK null
         send 0 GET 9
         recv 0 RETVAL [2,500]
         send 0 END 0",
        &[
            "rank 7's 4th event: get 9 is answered with 2; expected 1 (put by its 1st event)",
            "rank 7's 4th event: get 9 is answered by 500; its owner is 1000",
        ],
    );
}

#[test]
fn a_key_that_was_never_put_has_no_answer() {
    says(
        "send 0 GET 9
         recv 0 RETVAL [-1,1000]
         send 0 END 0",
        &["rank 7's 2nd event: get 9 is answered with -1, but no PUT had stored 9"],
    );
    let silent = judge(&talk("send 0 GET 9", Some(Ending::Deadlock))).expect("it can be judged");
    assert_eq!(talk::words(&silent), [""; 0]);
    assert_eq!((silent.commands, silent.answered, silent.silent), (1, 0, 1));
}

#[test]
fn a_key_beyond_the_permanent_node_has_no_owner() {
    says(
        "send 0 PUT [1001,1]
         recv 0 ACK null
         send 0 GET 1001
         recv 0 RETVAL [1,1000]
         send 0 END 0",
        &["rank 7's 4th event: get 1001 is answered by 1000; its owner is nobody"],
    );
}

#[test]
fn commands_without_a_reply() {
    let lines = "send 0 PUT [9,1]
         recv 0 ACK [9,1]
         send 0 GET 9
         send 0 ADD [3,500]";
    says(
        lines,
        &[
            "rank 7's 3rd event: get 9 has no answer",
            "rank 7's 4th event: add 3 500 has no acknowledgement",
        ],
    );
    let cut_off = judge(&talk(lines, None)).expect("it can be judged");
    assert_eq!(talk::words(&cut_off), [""; 0]);
    let open: Vec<_> = cut_off.open.iter().map(ToString::to_string).collect();
    assert_eq!(open, found(&completed(lines)), "it may still come");
}

#[test]
fn a_reply_that_nobody_waits_for() {
    says(
        "send 0 PUT [9,1]
         recv 0 ACK [9,1]
         recv 0 ACK [9,1]
         send 0 GET 9
         recv 6 RETVAL [1,1000]
         recv 0 RETVAL [1,1000]
         send 0 END 0",
        &[
            "rank 7's 3rd event: ACK [9,1] from rank 0, and no command waits for it",
            "rank 7's 6th event: RETVAL [1,1000] from rank 0, and no command waits for it",
        ],
    );
}

#[test]
fn a_reply_of_the_other_kind() {
    says(
        "send 0 PUT [9,1]
         recv 0 RETVAL [1,1000]
         send 0 END 0",
        &[
            "rank 7's 2nd event: RETVAL [1,1000] from rank 0; put 9 1 (its 1st event) wants an acknowledgement",
        ],
    );
    says(
        "send 0 PUT [9,1]
         recv 0 ACK null
         send 0 GET 9
         recv 0 ACK null
         send 0 END 0",
        &["rank 7's 4th event: ACK null from rank 0; get 9 (its 3rd event) wants an answer"],
    );
}

#[test]
fn an_acknowledgement_of_another_pair() {
    says(
        "send 0 PUT [9,1]
         recv 0 ACK [9,2]
         send 0 ADD [3,500]
         recv 0 ACK [3,500]
         send 0 END 0",
        &[
            "rank 7's 2nd event: ACK [9,2] from rank 0 is for put 9 1 (its 1st event), and names another pair",
        ],
    );
}

#[test]
fn commands_after_the_end() {
    says(
        "send 0 END 0
         send 0 GET 9
         send 0 END 0",
        &[
            "rank 7's 2nd event: GET 9 to rank 0 after END",
            "rank 7's 3rd event: END 0 to rank 0 after END",
        ],
    );
}

#[test]
fn no_end() {
    let lines = "send 0 PUT [9,1]\nrecv 0 ACK [9,1]";
    says(lines, &["rank 7 ends after 2 events; no END was sent"]);
    assert_eq!(found(&talk(lines, None)), [""; 0]);
    let crashed = Ending::Crashed { rank: None, reason: None };
    assert_eq!(found(&talk(lines, Some(crashed))), [""; 0], "there was no time for it");
}

#[test]
fn what_cannot_be_read() {
    says(
        "send 0 PUT [9,1]
         recv 0 ACK [9,1]
         send 0 GET 9
         recv 0 RETVAL {\"value\":1}
         send 0 PUT {\"key\":9}
         recv 0 ACK null
         recv 0 RETVAL [7,7]",
        &[
            "rank 7's 4th event: a RETVAL carries [value, id], not {\"value\":1}",
            "rank 7's 5th event: a PUT carries [key, value], not {\"key\":9}",
        ],
    );
}

/// Two PUTs and a join are in flight with a GET; the second PUT is done before the GET is sent.
const IN_FLIGHT: &str = "
    send 0 PUT [9,1]
    send 0 PUT [9,2]
    send 0 ADD [3,500]
    recv 0 ACK [9,2]
    send 0 GET 9
    recv 0 RETVAL ANSWER
    recv 0 ACK [9,1]
    recv 0 ACK null
    send 0 END 0
";

#[test]
fn of_commands_in_flight_together_any_may_be_the_last() {
    for right in ["[1,500]", "[2,500]", "[1,1000]", "[2,1000]"] {
        says(&IN_FLIGHT.replace("ANSWER", right), &[]);
    }
    says(
        &IN_FLIGHT.replace("ANSWER", "[3,700]"),
        &[
            "rank 7's 6th event: get 9 is answered with 3; expected 2 (put by its 2nd event) or 1 (put \
             by its 1st event)",
            "rank 7's 6th event: get 9 is answered by 700; its owner is 500 (added by its 3rd event) or 1000",
        ],
    );
}

#[test]
fn a_key_that_is_being_put_may_have_no_answer_yet() {
    says(
        "send 0 PUT [9,1]
         send 0 GET 9
         recv 0 RETVAL [2,1000]
         recv 0 ACK [9,1]
         send 0 END 0",
        &[
            "rank 7's 3rd event: get 9 is answered with 2; expected 1 (put by its 1st event) or no answer",
        ],
    );
}

#[test]
fn many_possible_values_are_cut_short() {
    let puts: String = (1..=9).map(|value| format!("send 0 PUT [9,{value}]\n")).collect();
    says(
        &format!("{puts}send 0 GET 9\nrecv 0 RETVAL [10,1000]\n{}", "recv 0 ACK null\n".repeat(9)),
        &[
            "rank 7's 11th event: get 9 is answered with 10; expected 9 (put by its 9th event) or 8 (put \
             by its 8th event) or 7 (put by its 7th event) or 6 (put by its 6th event) or one of 6 more",
            "rank 7 ends after 20 events; no END was sent",
        ],
    );
}

#[test]
fn what_cannot_be_judged() {
    let why = |trace: &Trace| judge(trace).expect_err("it cannot be judged").to_string();
    assert_eq!(
        why(&completed("recv 0 ACK null\n0: send 1 PUT [9,1]")),
        "rank 7, the last one, sends no command (tags 0 to 4)"
    );
    let mut no_keyspace = completed(DIALECT);
    no_keyspace.header.more.push(("keyspace".into(), Payload::Text("large".into())));
    assert_eq!(
        why(&no_keyspace),
        "the header's keyspace is \"large\", expected 1 to 1000000000000000"
    );
    let most = completed(&"send 0 GET 9\n".repeat(LIMIT_IN_FLIGHT));
    assert_eq!(judge(&most).map(|judgement| judgement.silent), Ok(LIMIT_IN_FLIGHT as u64));
    let too_many = completed(&"send 0 GET 9\n".repeat(LIMIT_IN_FLIGHT + 1));
    assert!(matches!(
        judge(&too_many),
        Err(CannotJudgeAnswers::InFlight { index: LIMIT_IN_FLIGHT, .. })
    ));
    assert_eq!(why(&too_many), "at rank 7's 4097th event, 4096 commands wait for a reply already");
}
