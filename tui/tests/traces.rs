//! `ringscope show`, `check` and `diff`.

mod support;

use insta::assert_snapshot;
use support::Folder;

/// The event line of a rank and an index, as it stands in the file.
fn line_of(trace: &str, rank: u32, n: u64) -> String {
    let start = format!("{{\"rank\":{rank},\"n\":{n},");
    let line = trace.lines().find(|line| line.starts_with(&start));
    line.expect("the trace has that event").to_owned()
}

/// The folder with the trace of `join`, and the same with another value in the first PUT as the head
/// passes it on.
fn with_mutation() -> Folder {
    let folder = Folder::new();
    folder.record("join", "join.jsonl");
    let trace = folder.read("join.jsonl");
    let line = line_of(&trace, 0, 1);
    assert!(line.contains(r#""op":"send","peer":6,"tag":0,"data":[100,1]"#), "{line}");
    folder.write("mutated.jsonl", trace.replace(&line, &line.replace("[100,1]", "[100,2]")));
    folder
}

#[test]
fn a_trace_is_shown_a_line_an_event() {
    let folder = Folder::new();
    folder.write("put.dht", "ranks 4\nput 5 50\nget 5\n").record("put.dht", "put.jsonl");
    assert_snapshot!("show", folder.call("show put.jsonl").golden());
    assert_snapshot!(
        "show_ascii",
        folder
            .call("show put.jsonl --symbols ascii --no-times --rank 0 --from 3 --rows 2")
            .golden()
    );
}

#[test]
fn a_trace_of_many_ranks_has_no_columns_but_for_the_chosen() {
    let folder = Folder::new();
    folder.record("big-ring", "big.jsonl");
    let result = folder.call("show big.jsonl --rows 2 --no-times");
    assert!(result.out.contains("\n63 → 0   PUT "), "{}", result.out);
    let chosen = folder.call("show big.jsonl --rank 63 --rows 1 --no-times");
    assert!(chosen.out.contains("\n6\n3\n→  63 → 0   PUT "), "{}", chosen.out);
    let none = folder.call("show big.jsonl --rank 64");
    assert_eq!(none.code, Some(2));
    assert_eq!(
        none.err,
        "ringscope: --rank: there is no rank 64 in this trace\n  hint: its ranks are 0 to 63\n"
    );
}

#[test]
fn a_trace_is_read_from_standard_input() {
    let folder = Folder::new();
    folder.record("first-put", "a.jsonl");
    let trace = folder.read("a.jsonl");
    let shown = folder.call_with(&["show", "-"], &trace);
    assert!(shown.out.starts_with("standard input: 8 ranks, classic"), "{}", shown.out);
    assert_eq!(folder.call_with(&["check", "-"], &trace).code, Some(0));
    assert_eq!(folder.call_with(&["diff", "a.jsonl", "-"], &trace).code, Some(0));
    assert_eq!(folder.call_with(&["diff", "-", "a.jsonl"], &trace).code, Some(0));
    let both = folder.call_with(&["diff", "-", "-"], &trace);
    assert_eq!(both.code, Some(2));
    assert!(both.err.contains("standard input cannot be both traces"), "{}", both.err);
}

#[test]
fn a_run_conforms_whatever_its_ending() {
    let folder = Folder::new();
    for name in ["join", "get-missing", "put-zero", "put-beyond", "add-no-such-rank", "crowded"] {
        folder.record(name, "t.jsonl");
        let result = folder.call("check t.jsonl");
        assert!(result.out.contains("well-formed  yes"), "{name}: {}", result.out);
        assert!(result.out.contains("conforms     yes"), "{name}: {}", result.out);
        assert_eq!(result.code, Some(0), "{name}: {}", result.out);
    }
}

#[test]
fn a_broken_invariant_is_found_in_the_trace() {
    let folder = Folder::new();
    folder.record("race-lost-key", "race.jsonl");
    assert_snapshot!("check_race", folder.call("check race.jsonl").golden());
}

#[test]
fn a_changed_value_is_found_at_its_rank_and_event() {
    let folder = with_mutation();
    let result = folder.call("check mutated.jsonl");
    assert_eq!(result.code, Some(1));
    assert!(
        result.out.contains("event 3 (rank 0's 2nd, line 4): sends PUT [100,2]"),
        "{}",
        result.out
    );
    assert_snapshot!("check_mutated", result.golden());
}

const OF_A_DIALECT: &str = r#"{"trace":1,"source":"recorded","protocol":"none","ranks":3,"time":"wall"}
{"rank":0,"n":0,"op":"send","peer":1,"tag":20,"data":[9,100],"t":0,"clock":1}
{"rank":1,"n":0,"op":"recv","peer":0,"tag":20,"data":[9,100],"t":5,"clock":2}
{"rank":1,"n":1,"op":"send","peer":0,"tag":21,"data":null,"t":6,"clock":3}
{"end":"stopped","events":3}
"#;

#[test]
fn the_tags_of_a_dialect_have_the_names_that_a_file_or_the_trace_gives_them() {
    let folder = Folder::new();
    folder.write("one.jsonl", OF_A_DIALECT);
    folder.write("other.jsonl", OF_A_DIALECT.replace("[9,100]", "[9,101]"));
    folder.write("names", "# between the nodes\n20 STORE\n\n21 LOOK_UP # and its answer\n");
    let named = OF_A_DIALECT.replace("\"wall\"", r#""wall","tags":{"20":"STORE","21":"LOOK_UP"}"#);
    folder.write("named.jsonl", named);
    for words in ["show one.jsonl --tags names", "show named.jsonl"] {
        let shown = folder.call(words).out;
        assert!(shown.contains("STORE [9,100]") && shown.contains("LOOK_UP null"), "{shown}");
    }
    let differ = folder.call("diff one.jsonl other.jsonl --tags names").out;
    assert!(differ.contains("STORE"), "{differ}");
    let table = folder.call("export named.jsonl --to csv -o -").out;
    assert!(table.contains("STORE") && table.contains("LOOK_UP"), "{table}");
    for words in [
        "export one.jsonl --to csv -o - --tags names",
        "export one.jsonl --to mermaid -o - --tags names",
        "export one.jsonl --to html -o - --tags names",
        "play one.jsonl --plain --tags names",
        "snapshot one.jsonl --tags names",
        "why one.jsonl --at 2 --tags names",
    ] {
        let done = folder.call(words);
        assert!(done.out.contains("STORE"), "{words}: {}{}", done.out, done.err);
    }
    let renamed = folder.write("others", "20 KEEP\n").call("show named.jsonl --tags others").out;
    assert!(renamed.contains("KEEP [9,100]") && renamed.contains("tag 21 null"), "{renamed}");
}

#[test]
fn what_is_wrong_with_a_file_of_names_is_said_with_its_line() {
    let folder = Folder::new();
    folder.write("one.jsonl", OF_A_DIALECT).write("names", "20 STORE\nSTORE 21\n");
    for command in ["show", "check"] {
        let result = folder.call(&format!("{command} one.jsonl --tags names"));
        assert_eq!(result.code, Some(2));
        assert_eq!(
            result.err,
            "ringscope: names:2: expected a tag, a whole number, and got `STORE 21`\n  hint: each line has a tag \
             and its name, such as `20 STORE`; `#` begins a remark\n"
        );
    }
    for words in ["play join --plain", "snapshot join", "why join", "export join --to csv"] {
        let result = folder.write("names", "20 STORE\n").call(&format!("{words} --tags names"));
        assert_eq!(result.code, Some(2), "{words}");
        assert!(result.err.contains("--tags: the tags of a scenario have names"), "{}", result.err);
    }
    let beside = folder.call("snapshot one.jsonl --diff one.jsonl --tags names");
    assert!(beside.err.contains("--tags: two runs that are compared"), "{}", beside.err);
    let missing = folder.call("show one.jsonl --tags nowhere");
    assert_eq!(missing.code, Some(2));
    assert!(missing.err.starts_with("ringscope: nowhere: cannot be read"), "{}", missing.err);
}

#[test]
fn a_check_is_reported_in_json() {
    let folder = with_mutation();
    let result = folder.call("check mutated.jsonl --json");
    let json: serde_json::Value = serde_json::from_str(&result.out).expect("JSON");
    assert_eq!(result.code, Some(1));
    assert_eq!(json["answers"][1]["question"], "conforms");
    assert_eq!(json["answers"][1]["says"], "no");
    assert_eq!(json["answers"][1]["findings"][0]["rank"], 0);
    assert_eq!(json["answers"][1]["findings"][0]["event"], 1);
    assert_eq!(json["answers"][2]["says"], "not-judged");
}

#[test]
fn a_trace_that_was_cut_off_is_judged_as_far_as_it_goes() {
    let folder = Folder::new();
    folder.record("join", "join.jsonl");
    let trace = folder.read("join.jsonl");
    folder.write("cut.jsonl", &trace[..trace.len() / 2]);
    let result = folder.call("check cut.jsonl");
    assert_eq!(result.code, Some(0), "{}", result.out);
    assert!(result.out.contains("events, cut off in line "), "{}", result.out);
    let diff = folder.call("diff join.jsonl cut.jsonl");
    assert_eq!(diff.code, Some(1), "{}", diff.out);
    assert_eq!(folder.call("diff join.jsonl cut.jsonl --allow prefix").code, Some(0));
    assert_eq!(folder.call("diff join.jsonl cut.jsonl --allow reordered").code, Some(1));
}

#[test]
fn a_trace_of_an_unknown_protocol_is_not_judged() {
    let folder = Folder::new();
    folder.record("first-put", "a.jsonl");
    folder.write("b.jsonl", folder.read("a.jsonl").replacen("classic", "chord", 1));
    let result = folder.call("check b.jsonl");
    assert_eq!(result.code, Some(2));
    assert_snapshot!("check_unknown", result.golden());
}

#[test]
fn a_run_equals_itself_and_its_like_with_another_seed() {
    let folder = Folder::new();
    folder.record("join", "a.jsonl").record("join --seed 99", "b.jsonl");
    for words in ["diff a.jsonl a.jsonl", "diff a.jsonl b.jsonl"] {
        let result = folder.call(words);
        assert_eq!(result.code, Some(0), "{}", result.out);
        assert!(result.out.contains("\nequal: "), "{}", result.out);
    }
}

#[test]
fn the_same_events_that_are_said_to_have_ended_differently_are_not_the_same_run() {
    let folder = Folder::new();
    folder.record("get-missing", "a.jsonl");
    let other = folder.read("a.jsonl").replace("\"end\":\"deadlock\"", "\"end\":\"completed\"");
    folder.write("b.jsonl", &other);
    let told = folder.call("diff a.jsonl b.jsonl");
    assert_eq!(told.code, Some(1), "{}", told.out);
    assert!(told.out.contains("\nequal: "), "{}", told.out);
    let line = "\nthey end differently: A says deadlock, B says completed\n";
    assert!(told.out.contains(line), "{}", told.out);
    let json = folder.call("diff a.jsonl b.jsonl --json");
    let json: serde_json::Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!((&json["level"], &json["ends_differ"]), (&"equal".into(), &true.into()));
    assert_eq!(folder.call("diff a.jsonl b.jsonl --allow end").code, Some(0));
    assert_eq!(folder.call("diff a.jsonl b.jsonl --allow prefix").code, Some(1));
}

#[test]
fn with_two_commands_in_flight_another_seed_may_reorder() {
    let folder = Folder::new();
    folder.write("two.dht", "window 2\nput 100 1\nput 900 9\nadd 3 500\nput 200 2\nput 300 3\n");
    let levels: Vec<String> = (1..=20)
        .map(|seed| {
            folder.record(&format!("two.dht --seed {seed}"), &format!("{seed}.jsonl"));
            let result = folder.call(&format!("diff 1.jsonl {seed}.jsonl --json"));
            let json: serde_json::Value = serde_json::from_str(&result.out).expect("JSON");
            let level = json["level"].as_str().expect("a level").to_owned();
            assert_eq!(result.code, Some(i32::from(level != "equal")));
            let allowed = folder.call(&format!("diff 1.jsonl {seed}.jsonl --allow reordered"));
            assert_eq!(allowed.code, Some(i32::from(level == "different")), "{}", allowed.out);
            level
        })
        .collect();
    assert!(levels.iter().any(|level| level != "equal"), "{levels:?}");
}

#[test]
fn the_first_divergence_is_reported_with_its_surroundings() {
    let folder = with_mutation();
    let result = folder.call("diff join.jsonl mutated.jsonl --context 1");
    assert_eq!(result.code, Some(1));
    assert_snapshot!("diff_mutated", result.golden());
}

#[test]
fn what_cannot_be_compared_or_read_has_the_exit_code_2() {
    let folder = Folder::new();
    folder.record("first-put", "a.jsonl").record("first-put --ranks 5", "b.jsonl");
    folder.write("s.dht", "put 1 1\n").write("empty", "").write("bad.jsonl", "{\"trace\":9}\n");
    let mut said = String::new();
    for words in [
        "diff a.jsonl b.jsonl",
        "diff a.jsonl gone.jsonl",
        "check s.dht",
        "check join",
        "check empty",
        "check .",
        "show bad.jsonl",
    ] {
        let result = folder.call(words);
        assert_eq!(result.code, Some(2), "{words}: {}", result.err);
        said += &result.err;
    }
    assert_snapshot!("cannot", said);
}
