//! `ringscope check --answers`: what a program of another dialect answers.

mod support;

use insta::assert_snapshot;
use support::Folder;

/// What the ranks of another dialect did: whose event, what, with whom, tag, payload. The nodes have
/// messages of their own, and the owner answers the command node itself.
const DIALECT: &[(u32, &str, u32, i32, &str)] = &[
    (3, "send", 0, 0, "[100,1]"),
    (0, "recv", 3, 0, "[100,1]"),
    (0, "send", 2, 0, r#"{"key":100,"value":1}"#),
    (2, "recv", 0, 0, r#"{"key":100,"value":1}"#),
    (2, "send", 3, 6, "100"),
    (3, "recv", 2, 6, "100"),
    (3, "send", 0, 2, "[1,500]"),
    (0, "recv", 3, 2, "[1,500]"),
    (0, "send", 1, 20, r#""welcome""#),
    (1, "recv", 0, 20, r#""welcome""#),
    (1, "send", 2, 25, "null"),
    (2, "recv", 1, 25, "null"),
    (2, "send", 1, 26, r#"{"100":1}"#),
    (1, "recv", 2, 26, r#"{"100":1}"#),
    (1, "send", 3, 6, r#""joined""#),
    (3, "recv", 1, 6, r#""joined""#),
    (3, "send", 0, 1, "[100]"),
    (0, "recv", 3, 1, "[100]"),
    (0, "send", 1, 21, "100"),
    (1, "recv", 0, 21, "100"),
    (1, "send", 3, 5, "[1,500]"),
    (3, "recv", 1, 5, "[1,500]"),
    (3, "send", 0, 4, "null"),
    (0, "recv", 3, 4, "null"),
];

/// The trace file of such a run.
fn trace(events: &[(u32, &str, u32, i32, &str)]) -> String {
    let mut numbers = [0; 4];
    let header = r#"{"trace":1,"source":"recorded","protocol":"ours","ranks":4,"time":"wall"}"#;
    let mut lines = vec![header.to_owned()];
    for (t, (rank, op, peer, tag, data)) in events.iter().enumerate() {
        let n = numbers[*rank as usize];
        numbers[*rank as usize] += 1;
        lines.push(format!(
            r#"{{"rank":{rank},"n":{n},"op":"{op}","peer":{peer},"tag":{tag},"data":{data},"t":{t},"clock":{}}}"#,
            t + 1
        ));
    }
    lines.push(format!(r#"{{"end":"completed","events":{}}}"#, events.len()));
    lines.join("\n") + "\n"
}

#[test]
fn right_answers_are_right_in_any_dialect() {
    let folder = Folder::new();
    folder.write("ours.jsonl", trace(DIALECT));
    let result = folder.call("check --answers ours.jsonl");
    assert_eq!(result.code, Some(0));
    assert_snapshot!("right", result.golden());
    let from_input = folder.call_with(&["check", "-", "--answers"], &trace(DIALECT));
    assert_eq!(from_input.code, Some(0), "{}", from_input.err);
}

#[test]
fn a_wrong_answer_is_found_at_its_rank_event_and_line() {
    let folder = Folder::new();
    let mut events = DIALECT.to_vec();
    events[20].4 = "[7,1000]";
    events[21].4 = "[7,1000]";
    folder.write("ours.jsonl", trace(&events));
    let result = folder.call("check --answers ours.jsonl");
    assert_eq!(result.code, Some(1));
    assert_snapshot!("wrong", result.golden());
    let result = folder.call("check --answers --json ours.jsonl");
    let json: serde_json::Value = serde_json::from_str(&result.out).expect("JSON");
    assert_eq!(result.code, Some(1));
    assert_eq!(json["answers"].as_array().map(Vec::len), Some(1));
    assert_eq!(json["answers"][0]["question"], "answers");
    assert_eq!(json["answers"][0]["says"], "no");
    let found = &json["answers"][0]["findings"][1];
    assert_eq!(
        (&found["rank"], &found["event"], &found["line"]),
        (&3.into(), &5.into(), &23.into())
    );
}

#[test]
fn a_trace_that_ends_while_a_command_waits_is_not_judged() {
    let folder = Folder::new();
    let whole = trace(DIALECT);
    let cut_off: Vec<&str> = whole.lines().take(18).collect();
    folder.write("ours.jsonl", cut_off.join("\n") + "\n");
    let result = folder.call("check --answers ours.jsonl");
    assert_eq!(result.code, Some(2));
    assert_snapshot!("cut_off", result.golden());
}

#[test]
fn a_trace_without_a_command_is_not_judged() {
    let folder = Folder::new();
    folder.write("ours.jsonl", trace(&[]));
    let result = folder.call("check --answers ours.jsonl");
    assert_eq!(result.code, Some(2));
    assert_snapshot!("no_command", result.golden());
}

#[test]
fn who_asks_of_another_dialect_whether_it_conforms_is_answered_first_what_can_be_judged() {
    let folder = Folder::new();
    folder.write("ours.jsonl", trace(DIALECT));
    let result = folder.call("check ours.jsonl");
    assert_eq!(result.code, Some(2));
    assert_snapshot!("first", result.golden());
    folder.write("claims.jsonl", trace(DIALECT).replace("\"ours\"", "\"classic\""));
    let result = folder.call("check claims.jsonl");
    assert_eq!(result.code, Some(1));
    let second = result.out.lines().nth(1);
    assert_eq!(second, Some("  answers      yes: 3 commands, 1 answer"), "{}", result.out);
    folder.write("nobodys.jsonl", trace(DIALECT).replace("\"ours\"", "\"none\""));
    let result = folder.call("check nobodys.jsonl");
    assert_eq!(result.code, Some(0));
    assert!(result.out.contains("answers      yes: 3 commands, 1 answer"), "{}", result.out);
}

#[test]
fn a_program_whose_last_rank_does_something_else_is_asked_for_no_answers() {
    let folder = Folder::new();
    let others = [("[100,1]", 0, 20), ("[100]", 18, 16), ("null", 22, 9)];
    for (_, place, tag) in others {
        let mut events = DIALECT.to_vec();
        (events[place].3, events[place + 1].3) = (tag, tag);
        folder.write("ours.jsonl", trace(&events));
        let place = if events[place].0 == 3 { "hint: a program" } else { "answers   " };
        let result = folder.call("check ours.jsonl");
        assert!(
            result.out.lines().nth(1).is_some_and(|line| line.contains(place)),
            "{}",
            result.out
        );
    }
}

#[test]
fn our_own_runs_are_answered_rightly_and_a_silent_owner_is_no_wrong_answer() {
    let folder = Folder::new();
    folder.record("join", "join.jsonl").record("get-missing", "missing.jsonl");
    assert_snapshot!("join", folder.call("check --answers join.jsonl").golden());
    assert_snapshot!("missing", folder.call("check --answers missing.jsonl").golden());
    folder.record("put-zero", "zero.jsonl");
    let result = folder.call("check --answers zero.jsonl");
    assert_eq!(result.code, Some(1));
    assert!(result.out.contains("has no acknowledgement"), "{}", result.out);
}
