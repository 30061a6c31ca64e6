//! `ringscope explore`: what can go wrong, and the traces of it.

mod support;

use serde_json::Value;
use support::Folder;

#[test]
fn a_scenario_that_completes_in_every_order_is_said_to() {
    let folder = Folder::new();
    let explored = folder.call("explore join");
    assert_eq!(explored.code, Some(0), "{}", explored.err);
    assert!(explored.out.contains("completes in every order"), "{}", explored.out);
}

#[test]
fn what_can_go_wrong_is_a_trace_that_other_commands_take() {
    let folder = Folder::new();
    folder.write("race.dht", "window 2\nadd 3 500\nput 400 4\nget 400\n");
    let explored = folder.call("explore race.dht -o found");
    assert_eq!(explored.code, Some(1), "{}", explored.err);
    for words in
        ["1 kind of failure", "124 states", "deadlock", "ringscope play found/deadlock-1.jsonl"]
    {
        assert!(explored.out.contains(words), "{words}: {}", explored.out);
    }
    let checked = folder.call("check found/deadlock-1.jsonl");
    assert!(checked.out.contains("conforms"), "{}{}", checked.out, checked.err);
    let again = folder.call("replay found/deadlock-1.jsonl");
    assert_ne!(again.code, Some(2), "{}", again.err);
    let why = folder.call("why found/deadlock-1.jsonl");
    assert!(why.out.contains("PUT"), "{}{}", why.out, why.err);
    let completed = folder.call("check found/completed-1.jsonl");
    assert_eq!(completed.code, Some(0), "{}{}", completed.out, completed.err);
}

#[test]
fn programs_get_json() {
    let folder = Folder::new();
    folder.write("race.dht", "window 2\nadd 3 500\nput 400 4\nget 400\n");
    let explored = folder.call("explore race.dht --json");
    let json: Value = serde_json::from_str(&explored.out).expect("it is JSON");
    assert_eq!((&json["states"], &json["exhausted"]), (&124.into(), &true.into()));
    let kinds: Vec<&Value> =
        json["discoveries"].as_array().expect("a list").iter().map(|one| &one["kind"]).collect();
    assert_eq!(kinds, ["completed", "deadlock"]);
    assert!(json["discoveries"][1]["way"].as_array().is_some_and(|way| way.len() > 5));
}

#[test]
fn orders_that_make_no_difference_are_left_out_when_asked() {
    let folder = Folder::new();
    folder.write("race.dht", "window 2\nadd 3 500\nput 400 4\nget 400\n");
    let states = |words: &str| {
        let explored = folder.call(words);
        let json: Value = serde_json::from_str(&explored.out).expect("it is JSON");
        (json["states"].as_u64().expect("a number"), json["discoveries"][1]["receipts"].clone())
    };
    let (all, reduced) =
        (states("explore race.dht --json"), states("explore race.dht --json --reduce"));
    assert_eq!(all.1, reduced.1);
    assert!(reduced.0 < all.0, "{reduced:?} {all:?}");
}

#[test]
fn the_hashed_store_says_what_may_have_been_missed() {
    let folder = Folder::new();
    folder.write("race.dht", "window 2\nadd 3 500\nput 400 4\nget 400\n");
    let explored = folder.call("explore race.dht --hashed --threads 2");
    assert_eq!(explored.code, Some(1), "{}", explored.err);
    for words in ["124 states", "a state was missed with a chance of 4e-16 at most"] {
        assert!(explored.out.contains(words), "{words}: {}", explored.out);
    }
}

#[test]
fn every_script_of_a_size_is_tried_at_once() {
    let folder = Folder::new();
    let good = folder.call_with(&["explore", "--all", "ranks 4, keys 1, ids 1, commands 3"], "");
    assert_eq!(good.code, Some(0), "{}", good.err);
    let said = "no script of up to 3 commands on 4 ranks, with 1 key and 1 storage id, can fail";
    assert!(good.out.contains(said), "{}", good.out);
    let all = "ranks 4, keys 1, ids 1, commands 3";
    let bad = folder.call_with(&["explore", "--all", all, "--window", "2", "-o", "found"], "");
    assert_eq!(bad.code, Some(1), "{}", bad.err);
    for words in ["can fail", "the first with 2 commands", "add 1 500; put 1 1001"] {
        assert!(bad.out.contains(words), "{words}: {}", bad.out);
    }
    let file = "found/broken-ring-1.jsonl";
    assert!(bad.out.contains(file), "{}", bad.out);
    let checked = folder.call(&format!("check {file}"));
    assert!(checked.out.contains("conforms"), "{}{}", checked.out, checked.err);
    let json = folder.call_with(
        &["explore", "--all", "ranks 4, keys 1, ids 1, commands 2", "--window", "2", "--json"],
        "",
    );
    let json: Value = serde_json::from_str(&json.out).expect("it is JSON");
    assert_eq!(json["all"], "ranks 4, keys 1, ids 1, commands 2");
    assert!(json["discoveries"][1]["script"].as_str().is_some_and(|text| text.contains("add 1")));
}

#[test]
fn a_size_that_is_none_is_refused() {
    let folder = Folder::new();
    let bad = folder.call_with(&["explore", "--all", "ranks 5, keys 2"], "");
    assert_eq!(bad.code, Some(2));
    assert!(bad.err.contains("ids is missing"), "{}", bad.err);
    let tight = folder.call_with(
        &["explore", "--all", "ranks 5, keys 9, ids 3, commands 2", "--keyspace", "20"],
        "",
    );
    assert_eq!(tight.code, Some(2));
    assert!(tight.err.contains("no room"), "{}", tight.err);
    let both =
        folder.call_with(&["explore", "join", "--all", "ranks 5, keys 2, ids 3, commands 2"], "");
    assert_eq!(both.code, Some(2));
}

#[test]
fn where_sends_block_it_is_said_which_names_were_tried() {
    let folder = Folder::new();
    let all = ["explore", "--all", "ranks 4, keys 2, ids 1, commands 2", "--eager", "8"];
    let blocking = folder.call_with(&all, "");
    assert_eq!(blocking.code, Some(0), "{}{}", blocking.out, blocking.err);
    let said = blocking.out.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "no script of up to 2 commands on 4 ranks, with 2 keys and 1 storage id, can fail",
        "sends of more than 8 bytes block; of these names: ids 500; keys 1, 2, 501, 502, and of",
        "the nth value of key k is 1000 k + n",
    ] {
        assert!(said.contains(words), "{words}: {}", blocking.out);
    }
}

#[test]
fn every_script_of_the_protocol_safe_is_tried_at_once() {
    let folder = Folder::new();
    let all = ["explore", "--all", "ranks 4, keys 1, ids 1, commands 3", "--protocol", "safe"];
    let safe = folder.call_with(&[&all[..], &["--window", "3"]].concat(), "");
    assert_eq!(safe.code, Some(0), "{}{}", safe.out, safe.err);
    assert!(safe.out.starts_with("no script of up to 3 commands on 4 ranks"), "{}", safe.out);
}

#[test]
fn a_search_that_comes_to_its_limit_says_what_is_left() {
    let folder = Folder::new();
    folder.write("long.dht", "window 2\nput 1..=20 1\nput 1..=20 2\n");
    let cut = folder.call("explore long.dht --states 20");
    assert_eq!(cut.code, Some(2), "{}", cut.out);
    assert!(cut.out.contains("nothing has gone wrong so far (not exhausted:"), "{}", cut.out);
}

#[test]
fn what_is_too_large_or_no_scenario_is_refused() {
    let folder = Folder::new();
    let large = folder.call("explore join --ranks 5000");
    assert_eq!(large.code, Some(2));
    assert!(large.err.contains("has 5000 ranks; at most 1000 are explored"), "{}", large.err);
    let missing = folder.call("explore nowhere.dht");
    assert_eq!(missing.code, Some(2));
    assert!(missing.err.starts_with("ringscope: nowhere.dht"), "{}", missing.err);
}
