//! `ringscope replay`.

mod support;

use insta::assert_snapshot;
use support::Folder;

/// A line of a trace, from its place among the rank's events.
fn line_of(trace: &str, rank: u32, n: u64) -> String {
    let start = format!("{{\"rank\":{rank},\"n\":{n},");
    let line = trace.lines().find(|line| line.starts_with(&start));
    line.expect("the trace has that event").to_owned()
}

#[test]
fn a_trace_is_repeated_and_the_simulators_trace_is_equal() {
    let folder = Folder::new();
    let own = folder.call("run crowded --window 4 --quiet -o a.jsonl");
    let result = folder.call("replay a.jsonl -o b.jsonl");
    assert_eq!(result.code, Some(0), "{}", result.err);
    assert_eq!(result.out, own.out, "the command node's lines");
    assert_snapshot!("repeated", result.err);
    assert_eq!(folder.call("diff a.jsonl b.jsonl").code, Some(0));
    let checked = folder.call("check b.jsonl");
    assert!(checked.out.contains("conforms     yes"), "{}", checked.out);
    let piped = folder.call_with(&["replay", "-", "-o", "-", "--quiet"], &folder.read("a.jsonl"));
    assert_eq!((piped.code, piped.out), (Some(0), folder.read("b.jsonl")));
    assert_eq!(piped.err, own.out);
}

#[test]
fn a_trace_that_departs_is_reported_where_and_how() {
    let folder = Folder::new();
    folder.record("join", "join.jsonl");
    let trace = folder.read("join.jsonl");
    let line = line_of(&trace, 0, 1);
    let altered = trace.replace(&line, &line.replace("[100,1]", "[100,2]"));
    folder.write("altered.jsonl", altered);
    let result = folder.call("replay altered.jsonl -o b.jsonl");
    assert_eq!(result.code, Some(1));
    assert_snapshot!("departs", result.golden());
    let lost: String =
        trace.lines().filter(|other| *other != line).map(|l| format!("{l}\n")).collect();
    let result = folder.call_with(&["replay", "-"], &lost);
    assert_eq!(result.code, Some(1));
    assert!(
        result.err.contains("event 5 (rank 0's 2nd, line 6): receives ACK [100,1] from rank"),
        "{}",
        result.err
    );
}

#[test]
fn what_was_cut_off_is_repeated_as_far_as_it_goes_and_its_state_is_reported() {
    let folder = Folder::new();
    folder.record("get-missing", "dead.jsonl").record("join", "join.jsonl");
    let dead = folder.call("replay dead.jsonl");
    assert_eq!(dead.code, Some(0));
    assert!(dead.err.contains("repeated exactly: 12 events of 8 ranks"), "{}", dead.err);
    assert!(
        dead.err.contains("rank 7 waits for RETVAL from 0; nothing is in flight"),
        "{}",
        dead.err
    );
    let trace = folder.read("join.jsonl");
    let cut: String = trace.lines().take(12).map(|line| format!("{line}\n")).collect();
    folder.write("cut.jsonl", cut);
    let result = folder.call("replay cut.jsonl -o b.jsonl");
    assert_eq!(result.code, Some(0));
    assert_snapshot!("cut_off", result.golden());
    assert_eq!(folder.call("diff cut.jsonl b.jsonl").code, Some(0));
}

#[test]
fn what_cannot_be_replayed_is_refused() {
    let folder = Folder::new();
    folder.record("join", "join.jsonl");
    let other = folder.read("join.jsonl").replace("\"classic\"", "\"ch\\u001bord\"");
    folder.write("other.jsonl", other);
    let result = folder.call("replay other.jsonl -o b.jsonl");
    assert_eq!((result.code, result.out.as_str()), (Some(2), ""));
    assert_eq!(
        result.err,
        "ringscope: other.jsonl: unknown protocol `ch\\u{1b}ord` (known: classic, safe)\n"
    );
    let itself = folder.call("replay join.jsonl -o ./join.jsonl");
    assert_eq!(itself.code, Some(2));
    assert_eq!(
        itself.err,
        "ringscope: ./join.jsonl: is the input itself, and would be lost\n  hint: name another file \
         for the trace\n"
    );
    assert_eq!(folder.call("replay nowhere.jsonl").code, Some(2));
}
