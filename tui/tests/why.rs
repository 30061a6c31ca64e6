//! `ringscope why`: why an event came about.

mod support;

use insta::assert_snapshot;
use support::Folder;

#[test]
fn of_a_race_both_messages_are_named_with_what_the_other_order_would_have_done() {
    let result = Folder::new().call("why race-lost-key");
    assert_eq!(result.code, Some(0));
    assert_snapshot!("lost_key", result.golden());
}

#[test]
fn a_trace_says_the_same_as_its_scenario() {
    let folder = Folder::new();
    folder.record("race-lost-key", "lost.jsonl");
    let (trace, scenario) = (folder.call("why lost.jsonl"), folder.call("why race-lost-key"));
    assert_eq!(trace.out, scenario.out);
    let piped = folder.call_with(&["why", "-"], &folder.read("lost.jsonl"));
    assert_eq!(piped.out, scenario.out, "{}", piped.err);
}

#[test]
fn programs_get_the_events_by_number() {
    let result = Folder::new().call("why race-neighbours-leave --json");
    assert_snapshot!("neighbours_json", result.golden());
}

#[test]
fn where_nothing_went_wrong_an_event_can_be_asked_about_all_the_same() {
    let folder = Folder::new();
    assert_snapshot!("nothing_wrong", folder.call("why join").golden());
    assert_snapshot!("asked", folder.call("why join --at 20").golden());
}

#[test]
fn of_a_trace_that_was_cut_off_it_is_not_said_that_nothing_went_wrong() {
    let folder = Folder::new();
    let trace = folder.record("join", "join.jsonl").read("join.jsonl");
    let beginning: Vec<&str> = trace.lines().take(40).collect();
    folder.write("cut.jsonl", beginning.join("\n") + "\n");
    let result = folder.call("why cut.jsonl");
    assert_eq!(result.code, Some(0), "{}", result.err);
    assert!(result.out.starts_with("how the run ended is not known"), "{}", result.out);
}

#[test]
fn an_event_that_is_not_there_is_refused() {
    let folder = Folder::new();
    for at in ["0", "9999"] {
        let result = folder.call(&format!("why join --at {at}"));
        assert_eq!(result.code, Some(2), "{at}");
        assert!(result.err.contains("--at"), "{}", result.err);
    }
}
