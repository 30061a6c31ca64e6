//! What the judge says, word for word.

use ringscope_sim::conform::{Finding, Letter, What, judge};
use ringscope_sim::scenario::Scenario;
use ringscope_traces::{Ending, Footer, Payload, Rank, Tag, Trace};

#[allow(dead_code, reason = "the mutations' own test uses all of it")]
#[path = "support/mutation.rs"]
mod mutation;
#[allow(dead_code, reason = "the mutations' own test uses all of it")]
#[path = "support/runs.rs"]
mod runs;

use mutation::{Mutation, mutate};

fn traced(commands: &str) -> Trace {
    let scenario = Scenario::parse("a scenario", &format!("ranks 4\n{commands}\n"));
    runs::run(&scenario.expect("it is one"))
}

/// A run of 4 ranks: the head 0, the storage node 1 that never joins, the permanent node 2, and the
/// command node 3.
fn put_and_get() -> Trace {
    traced("put 9 100\nget 9")
}

/// The trace with that done to a rank's event of that index.
fn altered(trace: &Trace, rank: u32, index: usize, mutation: &Mutation) -> Trace {
    let of_rank = |place: &usize| trace.events[*place].rank == Rank(rank);
    let place = (0..trace.events.len()).filter(of_rank).nth(index).expect("there is such an event");
    mutate(trace, place, mutation).expect("it can be done")
}

fn ended(trace: Trace, ending: Ending) -> Trace {
    let events = trace.events.len() as u64;
    Trace { footer: Some(Footer { ending, events }), ..trace }
}

#[track_caller]
fn says(trace: &Trace, expected: &[&str]) {
    let judgement = judge(trace).expect("it can be judged");
    let said: Vec<_> = judgement.findings.iter().map(ToString::to_string).collect();
    assert_eq!(said, expected);
}

fn pair(first: i64, second: i64) -> Mutation {
    Mutation::Data(Payload::list([first.into(), second.into()]))
}

#[test]
fn a_send_that_is_not_the_nodes() {
    says(
        &altered(&put_and_get(), 0, 1, &pair(9, 101)),
        &[
            "rank 0's 2nd event: sends PUT [9,101] to rank 2; the protocol sends PUT [9,100] to rank 2",
        ],
    );
}

#[test]
fn a_send_that_the_node_does_not_make() {
    says(
        &altered(&put_and_get(), 2, 1, &Mutation::Duplicate),
        &["rank 2's 3rd event: sends ACK [9,100] to rank 0; the protocol waits for any message"],
    );
}

#[test]
fn a_command_that_is_sent_before_its_turn() {
    says(
        &altered(&put_and_get(), 3, 0, &Mutation::Duplicate),
        &[
            "rank 3's 2nd event: sends PUT [9,100] to rank 0; the protocol waits for ACK from rank 0",
        ],
    );
}

#[test]
fn a_command_that_the_head_received_otherwise() {
    says(
        &altered(&put_and_get(), 3, 0, &pair(9, 7)),
        &[
            "rank 3's 1st event: sends PUT [9,7] to rank 0; the protocol sends PUT [9,100] to rank 0",
        ],
    );
}

#[test]
fn a_send_after_the_end() {
    says(
        &altered(&put_and_get(), 3, 4, &Mutation::Duplicate),
        &["rank 3's 6th event: sends END 0 to rank 0; the protocol has stopped"],
    );
}

#[test]
fn an_end_may_carry_anything_but_must_be_received_as_it_was_sent() {
    let mut trace = put_and_get();
    for event in trace.events.iter_mut().filter(|event| event.tag == Tag(4)) {
        event.data = 32_764.into();
    }
    says(&trace, &[]);
    says(
        &altered(&trace, 2, 4, &Mutation::Data(Payload::Int(7))),
        &["rank 2's 5th event: receives END 7 from rank 0; rank 0 sent END 32764"],
    );
}

#[test]
fn a_receive_before_what_the_node_sends_first() {
    says(
        &altered(&put_and_get(), 0, 1, &Mutation::Drop),
        &[
            "rank 0's 2nd event: receives ACK [9,100] from rank 2; the protocol first sends PUT [9,100] \
           to rank 2",
        ],
    );
}

#[test]
fn a_receive_that_the_node_does_not_wait_for() {
    says(
        &altered(&put_and_get(), 3, 1, &Mutation::Tag(Tag(5))),
        &[
            "rank 3's 2nd event: receives RETVAL [9,100] from rank 0; the protocol waits for ACK from \
           rank 0",
        ],
    );
}

#[test]
fn a_payload_that_is_none() {
    let text = Mutation::Data(Payload::Text("\u{1b}[2J".into()));
    says(
        &altered(&put_and_get(), 0, 0, &text),
        &["rank 0's 1st event: a PUT carries [key, value], not \"\\u{1b}[2J\""],
    );
    says(
        &altered(&put_and_get(), 0, 0, &Mutation::Tag(Tag(13))),
        &["rank 0's 1st event: the protocol has no tag 13"],
    );
}

#[test]
fn events_after_a_crash() {
    says(
        &altered(&traced("put 0 1"), 0, 0, &Mutation::Duplicate),
        &["rank 0's 2nd event: goes on, but it has crashed: it has no storage (PUT)"],
    );
}

#[test]
fn a_receive_of_what_was_never_sent() {
    says(
        &altered(&put_and_get(), 1, 0, &Mutation::Peer(Rank(2))),
        &["rank 1's 1st event: receives END 0 from rank 2; rank 2 has not sent it"],
    );
}

#[test]
fn a_receive_of_something_else_than_was_sent() {
    says(
        &altered(&put_and_get(), 2, 0, &pair(9, 7)),
        &["rank 2's 1st event: receives PUT [9,7] from rank 0; rank 0 sent PUT [9,100]"],
    );
}

/// The classic protocol's runs leave nothing behind that is not found earlier.
#[test]
fn a_send_that_nobody_received() {
    let payload = "[9,100]".to_owned();
    let got = Letter { peer: Rank(6), tag: Tag(0), name: Some("PUT"), payload };
    let what = What::NeverReceived { got };
    let finding = Finding { rank: Rank(3), index: 5, event: Some(17), what };
    assert_eq!(
        finding.to_string(),
        "rank 3's 6th event: sends PUT [9,100] to rank 6; rank 6 never receives it"
    );
}

#[test]
fn a_rank_that_ends_with_more_to_send() {
    says(
        &altered(&put_and_get(), 3, 4, &Mutation::Drop),
        &["rank 3 ends after 4 events; the protocol goes on with END 0 to rank 0"],
    );
}

#[test]
fn a_rank_that_ends_and_has_not_finished() {
    says(
        &altered(&put_and_get(), 1, 0, &Mutation::Drop),
        &["rank 1 ends after 0 events; the protocol waits for any message"],
    );
}

#[test]
fn a_rank_that_ends_before_a_message_that_it_takes() {
    says(
        &altered(&traced("put 9 100\nget 10"), 2, 2, &Mutation::Drop),
        &["rank 2 ends after 2 events; the protocol goes on with GET 10 from rank 0"],
    );
}

#[test]
fn a_crash_in_a_run_that_is_said_to_have_ended_otherwise() {
    says(
        &ended(traced("put 0 1"), Ending::Deadlock),
        &["rank 0's 1st event: crashes: it has no storage (PUT); the trace says deadlock"],
    );
}

#[test]
fn no_crash_in_a_run_that_is_said_to_have_crashed() {
    let crashed = |rank| Ending::Crashed { rank, reason: None };
    says(
        &ended(put_and_get(), crashed(Some(Rank(2)))),
        &["rank 2 ends after 5 events; it has not crashed; the trace says crashed"],
    );
    let cut = altered(&traced("put 0 1"), 0, 0, &Mutation::Drop);
    says(
        &ended(cut, crashed(None)),
        &["rank 0 ends after 0 events; the protocol goes on with PUT [0,1] from rank 3"],
    );
}

#[test]
fn a_deadlock_in_which_everybody_has_stopped() {
    let trace = ended(put_and_get(), Ending::Deadlock);
    let last = trace.events.last().expect("it has events").rank;
    let judgement = judge(&trace).expect("it can be judged");
    assert_eq!(judgement.findings.len(), 1);
    assert_eq!(judgement.findings[0].rank, last);
    assert_eq!(judgement.findings[0].what, What::NobodyWaits { ending: "deadlock" });
    assert_eq!(
        judgement.findings[0].what.to_string(),
        "every rank has stopped; the trace says deadlock"
    );
}

#[test]
fn a_livelock_in_which_nothing_moves() {
    says(
        &ended(put_and_get(), Ending::Livelock),
        &["rank 1 ends after 1 event; every rank has stopped; the trace says livelock"],
    );
    says(
        &ended(traced("get 9"), Ending::Livelock),
        &[
            "rank 2 ends after 1 event; no rank can send or receive anything; the trace says livelock",
        ],
    );
    let cut = altered(&traced("get 9"), 2, 0, &Mutation::Drop);
    says(&ended(cut, Ending::Livelock), &[]);
}

#[test]
fn a_run_that_was_stopped_when_every_rank_had_finished() {
    says(
        &ended(put_and_get(), Ending::Stopped),
        &["rank 1 ends after 1 event; every rank has stopped; the trace says stopped"],
    );
    // Whoever hangs can be stopped by hand.
    says(&ended(traced("get 9"), Ending::Stopped), &[]);
}

#[test]
fn a_rank_that_is_not_there() {
    let mut trace = put_and_get();
    let mut stranger = trace.events[0].clone();
    stranger.rank = Rank(9);
    trace.events.push(stranger);
    says(&trace, &["rank 9's 1st event: there is no such rank, the header promises 4"]);
}

#[test]
fn a_long_payload_is_cut_short() {
    let long = Payload::list((0..1_000_000).map(Payload::Int));
    let said = judge(&altered(&put_and_get(), 0, 1, &Mutation::Data(long))).expect("judged");
    assert!(said.findings[0].to_string().len() < 200, "{}", said.findings[0]);
}

#[test]
fn a_header_that_promises_a_million_ranks_is_judged_by_those_that_do_something() {
    let mut trace = put_and_get();
    trace.header.ranks = 1 << 20;
    let judgement = judge(&trace).expect("it can be judged");
    assert!(judgement.findings.len() < 200);
    assert!(judgement.left_out > 1_000_000);
}

#[test]
fn a_receive_that_stands_before_another() {
    let got = |tag, name, payload: &str| {
        let payload = payload.to_owned();
        Letter { peer: Rank(2), tag: Tag(tag), name: Some(name), payload }
    };
    let what = What::ReceivesTooSoon { got: got(0, "PUT", "[9,100]"), first: got(1, "GET", "9") };
    let finding = Finding { rank: Rank(1), index: 4, event: Some(17), what };
    assert_eq!(
        finding.to_string(),
        "rank 1's 5th event: receives PUT [9,100] from rank 2; the protocol first receives GET 9 from rank 2"
    );
}

#[test]
fn a_rank_that_goes_on_while_a_long_send_waits() {
    let sent = Letter { peer: Rank(6), tag: Tag(0), name: Some("PUT"), payload: "[9,100]".into() };
    let what = What::GoesOnWhileSending { sent };
    let finding = Finding { rank: Rank(0), index: 4, event: Some(17), what };
    assert_eq!(
        finding.to_string(),
        "rank 0's 5th event: goes on, but rank 6 has not received PUT [9,100], which is above the eager \
         limit"
    );
}
