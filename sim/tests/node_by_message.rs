//! One node of the classic protocol, fed one message at a time: what does it ask to be sent, and what does it
//! take next? What is expected stands on the protocol's page, docs/protocol.md.

use ringscope_sim::protocol::{Effects, Message, Node, Wait};
use ringscope_sim::protocols::Classic;
use ringscope_sim::scenario::Scenario;
use ringscope_sim::simulate::nodes;
use ringscope_traces::{Payload, Rank, Tag};

const HEAD: u32 = 0;
const NEWCOMER: u32 = 3;
const PERMANENT: u32 = 6;
const COMMAND: u32 = 7;

/// The ADD record of the permanent node that takes in rank 3 at 500 while it holds these pairs.
macro_rules! add_record {
    ($pairs:literal) => {
        concat!("[6,1000,0,0,3,500,", $pairs, "]")
    };
}

/// A node, and who it is.
struct Fed<N: Node>(N, Effects<N::Message>);

impl<N: Node> Fed<N> {
    /// Hands it a message, and says line by line what it asks for and what it takes next.
    fn feed(&mut self, from: u32, name: &str, payload: &str) -> Vec<String> {
        let tag = (0..).map(Tag).find(|tag| N::Message::tag_name(*tag) == Some(name));
        let payload: Payload = serde_json::from_str(payload).expect("JSON");
        let message = N::Message::parse(tag.expect("a tag's name"), &payload);
        let wait = self.0.receive(Rank(from), message.expect("a message"), &mut self.1);
        let next = wait.map_or_else(|fault| format!("crashes: {fault}"), next::<N>);
        self.asked(next)
    }

    fn asked(&mut self, next: String) -> Vec<String> {
        let line = |(to, message): (Rank, N::Message)| {
            let name = N::Message::tag_name(message.tag()).expect("its own tag");
            format!("{to} {name} {}", serde_json::to_string(&message).expect("JSON"))
        };
        let mut lines: Vec<_> = self.1.sends().map(line).collect();
        lines.extend(self.1.prints().map(|print| format!("prints {print}")));
        lines.push(next);
        lines
    }
}

fn next<N: Node>(wait: Wait) -> String {
    match wait {
        Wait::Any => "takes anything".to_owned(),
        Wait::From { source, tag } => {
            format!("takes {} from {source}", N::Message::tag_name(tag).expect("its own tag"))
        }
        Wait::Stopped => "stops".to_owned(),
    }
}

/// A rank of a run of eight, as it is at the start.
fn rank_of(rank: u32, commands: &str) -> Fed<impl Node> {
    let scenario = Scenario::parse("t.dht", commands).expect("a scenario");
    let mut nodes = nodes::<Classic>(&scenario);
    Fed(nodes.swap_remove(rank as usize), Effects::default())
}

fn node(rank: u32) -> Fed<impl Node> {
    rank_of(rank, "put 1 1\n")
}

/// The permanent node with these pairs.
fn holding(pairs: &[(i64, i64)]) -> Fed<impl Node> {
    let mut permanent = node(PERMANENT);
    for (key, value) in pairs {
        let stored = permanent.feed(HEAD, "PUT", &format!("[{key},{value}]"));
        assert_eq!(stored, [format!("0 ACK [{key},{value}]"), "takes anything".to_owned()]);
    }
    permanent
}

/// Rank 3 as a member at 500, with these pairs; its child is the permanent node.
fn member(pairs: &[(i64, i64)]) -> Fed<impl Node> {
    let mut member = node(NEWCOMER);
    assert_eq!(
        member.feed(PERMANENT, "INIT", add_record!("{}")),
        ["6 COMPLETE null", "takes anything"]
    );
    for (key, value) in pairs {
        let stored = member.feed(HEAD, "PUT", &format!("[{key},{value}]"));
        assert_eq!(stored, [format!("6 ACK [{key},{value}]"), "takes anything".to_owned()]);
    }
    member
}

#[test]
fn an_owner_stores_a_pair_and_acknowledges_it_to_its_child() {
    let mut owner = holding(&[(9, 100), (9, 101)]);
    assert_eq!(owner.feed(HEAD, "GET", "9"), ["0 RETVAL [101,1000]", "takes anything"]);
}

#[test]
fn a_key_above_a_nodes_id_is_passed_on_and_its_own_id_is_not() {
    let mut member = member(&[]);
    assert_eq!(member.feed(HEAD, "PUT", "[501,1]"), ["6 PUT [501,1]", "takes anything"]);
    assert_eq!(member.feed(HEAD, "GET", "501"), ["6 GET 501", "takes anything"]);
    assert_eq!(member.feed(HEAD, "PUT", "[500,1]"), ["6 ACK [500,1]", "takes anything"]);
    assert_eq!(member.feed(HEAD, "GET", "500"), ["6 RETVAL [1,500]", "takes anything"]);
}

#[test]
fn the_head_owns_no_key() {
    let mut head = node(HEAD);
    assert_eq!(head.feed(COMMAND, "PUT", "[1,10]"), ["6 PUT [1,10]", "takes anything"]);
    assert_eq!(head.feed(COMMAND, "GET", "1"), ["6 GET 1", "takes anything"]);
}

#[test]
fn an_owner_that_does_not_hold_a_key_says_nothing_at_all() {
    assert_eq!(holding(&[(9, 100)]).feed(HEAD, "GET", "8"), ["takes anything"]);
}

#[test]
fn a_node_becomes_a_newcomers_child_step_by_step() {
    let record = add_record!(r#"{"9":100,"700":7}"#);
    let mut child = holding(&[(9, 100), (700, 7)]);
    assert_eq!(
        child.feed(HEAD, "ADD", "[3,500]"),
        [format!("3 INIT {record}"), "takes COMPLETE from 3".to_owned()]
    );
    assert_eq!(
        child.feed(NEWCOMER, "COMPLETE", "null"),
        [format!("0 UPDATE_PARENT_POINTERS {record}"), "takes COMPLETE from 0".to_owned()]
    );
    assert_eq!(
        child.feed(HEAD, "COMPLETE", "null"),
        [format!("3 REDISTRIBUTE_ADD {record}"), "takes COMPLETE from 3".to_owned()]
    );
    let handover = r#"[{"9":100},{"700":7}]"#;
    assert_eq!(child.feed(NEWCOMER, "COMPLETE", handover), ["0 ACK null", "takes anything"]);
    assert_eq!(child.feed(HEAD, "GET", "700"), ["0 RETVAL [7,1000]", "takes anything"]);
    assert_eq!(child.feed(HEAD, "GET", "9"), ["takes anything"], "that one has moved");
}

#[test]
fn a_child_makes_the_same_round_trip_for_each_key_that_moves() {
    let record = add_record!(r#"{"1":10,"2":20,"3":30}"#);
    let mut child = holding(&[(1, 10), (2, 20), (3, 30)]);
    child.feed(HEAD, "ADD", "[3,500]");
    child.feed(NEWCOMER, "COMPLETE", "null");
    let trip = [format!("3 REDISTRIBUTE_ADD {record}"), "takes COMPLETE from 3".to_owned()];
    assert_eq!(child.feed(HEAD, "COMPLETE", "null"), trip);
    let handover = r#"[{"1":10,"2":20,"3":30},{}]"#;
    assert_eq!(child.feed(NEWCOMER, "COMPLETE", handover), trip);
    assert_eq!(child.feed(NEWCOMER, "COMPLETE", handover), trip);
    assert_eq!(child.feed(NEWCOMER, "COMPLETE", handover), ["0 ACK null", "takes anything"]);
}

#[test]
fn where_no_key_moves_a_join_is_done_when_the_parent_knows_of_it() {
    let mut child = holding(&[(700, 7)]);
    child.feed(HEAD, "ADD", "[3,500]");
    child.feed(NEWCOMER, "COMPLETE", "null");
    assert_eq!(child.feed(HEAD, "COMPLETE", "null"), ["0 ACK null", "takes anything"]);
}

#[test]
fn an_id_that_is_taken_is_passed_on() {
    assert_eq!(member(&[]).feed(HEAD, "ADD", "[4,500]"), ["6 ADD [4,500]", "takes anything"]);
}

#[test]
fn a_handover_without_the_pairs_that_stay_crashes_the_child() {
    let mut child = holding(&[(9, 100)]);
    child.feed(HEAD, "ADD", "[3,500]");
    child.feed(NEWCOMER, "COMPLETE", "null");
    child.feed(HEAD, "COMPLETE", "null");
    let crash = child.feed(NEWCOMER, "COMPLETE", "null");
    assert!(matches!(&crash[..], [only] if only.starts_with("crashes: ")), "{crash:?}");
}

#[test]
fn a_leaving_node_hands_everything_to_its_child_and_links_its_neighbours() {
    let record = r#"[3,500,0,0,6,1000,{"9":100}]"#;
    let mut leaver = member(&[(9, 100)]);
    assert_eq!(
        leaver.feed(HEAD, "REMOVE", "500"),
        [format!("6 REDISTRIBUTE_REMOVE {record}"), "takes COMPLETE from 6".to_owned()]
    );
    assert_eq!(
        leaver.feed(PERMANENT, "COMPLETE", "null"),
        [format!("0 UPDATE_PARENT_POINTERS {record}"), "takes COMPLETE from 0".to_owned()]
    );
    assert_eq!(
        leaver.feed(HEAD, "COMPLETE", "null"),
        ["6 UPDATE_CHILD_POINTERS [0,0]", "takes COMPLETE from 6"]
    );
    assert_eq!(leaver.feed(PERMANENT, "COMPLETE", "null"), ["0 ACK null", "takes anything"]);
}

#[test]
fn a_leaving_node_that_holds_nothing_hands_nothing_over() {
    assert_eq!(
        member(&[]).feed(HEAD, "REMOVE", "500"),
        ["0 UPDATE_PARENT_POINTERS [3,500,0,0,6,1000,{}]", "takes COMPLETE from 0"]
    );
}

#[test]
fn the_leave_of_another_node_is_passed_on() {
    assert_eq!(member(&[]).feed(HEAD, "REMOVE", "499"), ["6 REMOVE 499", "takes anything"]);
}

#[test]
fn a_node_that_has_left_knows_its_id_and_nothing_else() {
    let left = || {
        let mut node = member(&[]);
        node.feed(HEAD, "REMOVE", "500");
        node.feed(HEAD, "COMPLETE", "null");
        node.feed(PERMANENT, "COMPLETE", "null");
        node
    };
    for (name, payload) in
        [("PUT", "[9,1]"), ("GET", "9"), ("GET", "501"), ("REMOVE", "500"), ("ACK", "null")]
    {
        let asked = left().feed(HEAD, name, payload);
        assert!(matches!(&asked[..], [only] if only.starts_with("crashes: ")), "{name}: {asked:?}");
    }
    let asked = left().feed(HEAD, "ADD", "[4,400]");
    let record = "4 INIT [3,500,null,null,4,400,null]";
    assert_eq!(asked, [record, "takes COMPLETE from 4"], "it breaks off only when that is done");
}

#[test]
fn a_node_that_never_joined_has_no_id_to_compare_with() {
    for (name, payload) in [("PUT", "[9,1]"), ("GET", "9"), ("ADD", "[4,400]"), ("REMOVE", "500")] {
        let asked = node(NEWCOMER).feed(HEAD, name, payload);
        assert!(matches!(&asked[..], [only] if only.starts_with("crashes: ")), "{name}: {asked:?}");
    }
}

#[test]
fn a_parent_takes_the_node_that_a_record_names_as_its_child() {
    let mut parent = node(HEAD);
    assert_eq!(
        parent.feed(PERMANENT, "UPDATE_PARENT_POINTERS", add_record!("{}")),
        ["6 COMPLETE null", "takes anything"]
    );
    assert_eq!(parent.feed(COMMAND, "GET", "9"), ["3 GET 9", "takes anything"]);
}

#[test]
fn a_child_takes_the_parent_of_the_leaving_node_as_its_own() {
    let mut child = node(PERMANENT);
    assert_eq!(
        child.feed(NEWCOMER, "UPDATE_CHILD_POINTERS", "[2,250]"),
        ["3 COMPLETE null", "takes anything"]
    );
    assert_eq!(
        child.feed(HEAD, "ADD", "[4,400]"),
        ["4 INIT [6,1000,2,250,4,400,{}]", "takes COMPLETE from 4"]
    );
}

#[test]
fn a_newcomer_takes_the_pairs_up_to_its_id_and_says_which_stay() {
    let record = add_record!(r#"{"9":100,"500":5,"501":6,"700":7}"#);
    let mut newcomer = member(&[]);
    assert_eq!(
        newcomer.feed(PERMANENT, "REDISTRIBUTE_ADD", record),
        [r#"6 COMPLETE [{"9":100,"500":5},{"501":6,"700":7}]"#, "takes anything"]
    );
    assert_eq!(newcomer.feed(HEAD, "GET", "500"), ["6 RETVAL [5,500]", "takes anything"]);
}

#[test]
fn a_child_takes_everything_that_the_leaving_node_held() {
    let mut child = holding(&[(700, 7)]);
    assert_eq!(
        child.feed(NEWCOMER, "REDISTRIBUTE_REMOVE", r#"[3,500,0,0,6,1000,{"9":100}]"#),
        ["3 COMPLETE null", "takes anything"]
    );
    assert_eq!(child.feed(HEAD, "GET", "9"), ["0 RETVAL [100,1000]", "takes anything"]);
    assert_eq!(child.feed(HEAD, "GET", "700"), ["0 RETVAL [7,1000]", "takes anything"]);
}

#[test]
fn replies_go_the_rest_of_the_way_round_and_leave_the_ring_at_the_head() {
    for (name, payload) in [("RETVAL", "[1,500]"), ("ACK", "[9,100]"), ("ACK", "null")] {
        let round = member(&[]).feed(HEAD, name, payload);
        assert_eq!(round, [format!("6 {name} {payload}"), "takes anything".to_owned()]);
        let out = node(HEAD).feed(PERMANENT, name, payload);
        assert_eq!(out, [format!("7 {name} {payload}"), "takes anything".to_owned()]);
    }
}

#[test]
fn a_complete_that_nobody_awaits_goes_back_as_it_came() {
    for payload in ["null", r#"[{"9":100},{}]"#] {
        let asked = node(PERMANENT).feed(NEWCOMER, "COMPLETE", payload);
        assert_eq!(asked, [format!("3 COMPLETE {payload}"), "takes anything".to_owned()]);
    }
}

#[test]
fn the_head_ends_every_rank_below_the_command_node_and_all_stop() {
    let asked = node(HEAD).feed(COMMAND, "END", "0");
    let mut ends: Vec<_> = (1..COMMAND).map(|rank| format!("{rank} END 0")).collect();
    ends.push("stops".to_owned());
    assert_eq!(asked, ends);
    for rank in [1, NEWCOMER, PERMANENT] {
        assert_eq!(node(rank).feed(HEAD, "END", "0"), ["stops"]);
    }
}

#[test]
fn the_command_node_awaits_each_reply_prints_what_was_found_and_ends_the_run() {
    let mut command = rank_of(COMMAND, "put 9 100\nget 9\n");
    assert_eq!(started(&mut command), ["0 PUT [9,100]", "takes ACK from 0"]);
    assert_eq!(command.feed(HEAD, "ACK", "[9,100]"), ["0 GET 9", "takes RETVAL from 0"]);
    assert_eq!(
        command.feed(HEAD, "RETVAL", "[100,1000]"),
        ["0 END 0", "prints val is 100, storage id is 1000", "prints command finalizing", "stops"]
    );
}

#[test]
fn with_a_window_the_command_node_fills_it_and_awaits_the_oldest_reply() {
    let mut command = rank_of(COMMAND, "window 2\nput 9 100\nget 9\nremove 500\n");
    assert_eq!(started(&mut command), ["0 PUT [9,100]", "0 GET 9", "takes ACK from 0"]);
    let asked = command.feed(HEAD, "ACK", "[9,100]");
    assert_eq!(asked, ["0 REMOVE 500", "takes RETVAL from 0"]);
    let asked = command.feed(HEAD, "RETVAL", "[100,1000]");
    assert_eq!(asked, ["prints val is 100, storage id is 1000", "takes ACK from 0"]);
    let asked = command.feed(HEAD, "ACK", "null");
    assert_eq!(asked, ["0 END 0", "prints command finalizing", "stops"]);
}

fn started<N: Node>(node: &mut Fed<N>) -> Vec<String> {
    let wait = node.0.start(&mut node.1);
    node.asked(next::<N>(wait))
}
