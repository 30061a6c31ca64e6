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
    folder.call("run race-lost-key -o lost.jsonl");
    let (trace, scenario) = (folder.call("why lost.jsonl"), folder.call("why race-lost-key"));
    assert_eq!(trace.out, scenario.out);
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
fn an_event_that_is_not_there_is_refused() {
    let folder = Folder::new();
    for at in ["0", "9999"] {
        let result = folder.call(&format!("why join --at {at}"));
        assert_eq!(result.code, Some(2), "{at}");
        assert!(result.err.contains("--at"), "{}", result.err);
    }
}
