//! `ringscope check --linearizable`: can the commands of each key be put into an order?

mod support;

use serde_json::Value;
use support::Folder;

/// With some seeds the second PUT overtakes the join, so that the last GET finds the value of the first.
const RACE: &str = "window 2\nput 400 1\nput 900 2\nadd 3 500\nput 400 4\nget 900\nget 400\n";

/// The words of a text, wherever its lines break.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_commands_that_fit_into_no_order_are_named() {
    let folder = Folder::new();
    folder.write("race.dht", RACE);
    let seeds = 1..2000;
    let broken = seeds.into_iter().find_map(|seed| {
        folder.call(&format!("run race.dht -q --seed {seed} -o race.jsonl"));
        let checked = folder.call("check --linearizable race.jsonl");
        (checked.code == Some(1)).then_some(checked)
    });
    let checked = broken.expect("a seed breaks it");
    for words in [
        "linearizable no: 5 commands of 2 keys",
        "no order explains put 400 1 (events",
        "get 400, which found 1",
    ] {
        assert!(unwrapped(&checked.out).contains(words), "{words}: {}", checked.out);
    }
    let json: Value =
        serde_json::from_str(&folder.call("check --linearizable --json race.jsonl").out)
            .expect("it is JSON");
    assert_eq!(json["answers"][0]["question"], "linearizable");
    assert_eq!(json["answers"][0]["says"], "no");
}

#[test]
fn the_same_commands_of_the_protocol_safe_have_an_order() {
    let folder = Folder::new();
    folder.write("race.dht", format!("protocol safe\n{RACE}"));
    assert_eq!(folder.call("run race.dht -q -o safe.jsonl").code, Some(0));
    let checked = folder.call("check --linearizable safe.jsonl");
    assert_eq!(checked.code, Some(0), "{}", checked.out);
    assert!(
        unwrapped(&checked.out).contains("linearizable yes: 5 commands of 2 keys"),
        "{}",
        checked.out
    );
    let whole = folder.call("check safe.jsonl");
    assert_eq!(whole.code, Some(0), "{}{}", whole.out, whole.err);
    let explored = folder.call("explore race.dht");
    assert!(explored.out.contains("completes in every order"), "{}{}", explored.out, explored.err);
}

#[test]
fn a_run_without_commands_is_not_judged() {
    let folder = Folder::new();
    folder.write("none.dht", "add 3 500\n");
    folder.call("run none.dht -q -o none.jsonl");
    assert_eq!(folder.call("check --linearizable none.jsonl").code, Some(2));
}
