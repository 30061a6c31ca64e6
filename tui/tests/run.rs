//! `ringscope run`.

mod support;

use insta::assert_snapshot;
use sha2::{Digest as _, Sha256};
use support::Folder;

fn digest(err: &str) -> &str {
    let line = err.lines().find_map(|line| line.strip_prefix("  digest "));
    line.expect("the digest is told")
}

#[test]
fn standard_output_has_the_command_nodes_lines_and_nothing_else() {
    let result = Folder::new().call("run join");
    assert_snapshot!("join", result.golden());
}

#[test]
fn a_run_that_hangs_prints_what_it_printed_until_then_and_says_why() {
    let folder = Folder::new();
    folder.write("silent.dht", "put 5 50\nget 5\nget 6\n");
    let result = folder.call("run silent.dht --unchecked");
    assert_eq!((result.code, &*result.out), (Some(1), "val is 50, storage id is 1000\n"));
    assert_snapshot!("silent", result.err);
}

#[test]
fn every_built_in_scenario_ends_as_it_says() {
    let folder = Folder::new();
    let list = folder.call("list --json").out;
    let list: serde_json::Value = serde_json::from_str(&list).expect("a list in JSON");
    for one in list.as_array().expect("a list") {
        let name = one["name"].as_str().expect("a name");
        let expected = one["expect"].as_str().unwrap_or("completed");
        let result = folder.call(&format!("run {name}"));
        let code = if expected == "completed" { 0 } else { 1 };
        let ending = format!("{name}: {expected}");
        assert_eq!(result.code, Some(code), "{name}: {}", result.err);
        assert!(result.err.contains(&ending), "{name}: {}", result.err);
        assert_eq!(
            result.out.contains("command finalizing\n"),
            code == 0,
            "{name}: {}",
            result.out
        );
    }
}

#[test]
fn a_run_that_should_have_hung_and_did_not_is_reported() {
    let result = Folder::new().call("run race-lost-key --window 1");
    assert_eq!(result.code, Some(1));
    assert!(result.err.contains("race-lost-key: completed, and not deadlock"), "{}", result.err);
}

#[test]
fn the_digest_is_that_of_the_file_and_the_same_for_the_same_seed() {
    let folder = Folder::new();
    let result = folder.call("run crowded --seed 7 -o crowded.jsonl");
    let file: String =
        Sha256::digest(folder.read("crowded.jsonl")).iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(digest(&result.err), file);
    assert_eq!(digest(&folder.call("run crowded --seed 7").err), file);
    assert_ne!(digest(&folder.call("run crowded --seed 8").err), file);
}

#[test]
fn a_scenario_comes_from_standard_input_and_its_trace_goes_to_standard_output() {
    let folder = Folder::new();
    let result = folder.call_with(&["run", "-", "-o", "-", "--seed", "3"], "put 5 50\nget 5\n");
    let lines: Vec<_> = result.out.lines().collect();
    assert_eq!(
        lines.first().copied(),
        Some(
            r#"{"trace":1,"source":"sim","protocol":"classic","ranks":8,"seed":3,"time":"virtual"}"#
        )
    );
    assert_eq!(lines.last().copied(), Some(r#"{"end":"completed","events":30}"#));
    assert!(result.err.starts_with("val is 50, storage id is 1000\ncommand finalizing\n"));
    assert_eq!(result.code, Some(0));
}

#[test]
fn quiet_is_quiet() {
    let result = Folder::new().call("run get-missing --quiet");
    assert_eq!((result.code, &*result.err), (Some(1), ""));
}

#[test]
fn what_was_asked_for_is_reported_even_when_quiet() {
    let result = Folder::new().call("run join --quiet --check --stats");
    assert_eq!(result.code, Some(0));
    assert_snapshot!("join_check_stats", result.err);
}

#[test]
fn large_rings_are_summed_up() {
    let result = Folder::new().call("run big-ring --quiet --stats");
    assert_snapshot!("big_ring_stats", result.err);
}

#[test]
fn a_broken_invariant_is_reported_in_words() {
    let folder = Folder::new();
    let result = folder.call("run race-lost-key --quiet --check");
    assert_eq!(result.code, Some(1));
    assert_snapshot!("race_check", result.err);
}

#[test]
fn an_invariant_alone_makes_the_exit_code_1() {
    let folder = Folder::new();
    // The key goes astray, and nobody asks for it.
    folder.write("astray.dht", "window 2\nadd 3 500\nput 400 4\n");
    let result = folder.call("run astray.dht --check");
    assert!(result.err.contains("astray.dht: completed"), "{}", result.err);
    assert_eq!(result.code, Some(1), "{}", result.err);
    assert_eq!(folder.call("run astray.dht").code, Some(0));
}

#[test]
fn flags_count_for_more_than_the_scenarios_settings() {
    let folder = Folder::new();
    folder.write("s.dht", "ranks 8\nseed 1\nput 5 50\n");
    let args = ["run", "s.dht", "--ranks", "5", "--seed", "9", "--latency", "constant 10us"];
    let result = folder.call_with(&[&args[..], &["-o", "s.jsonl"]].concat(), "");
    assert_eq!(result.code, Some(0), "{}", result.err);
    let header = r#""ranks":5,"seed":9,"time":"virtual","latency":"constant 10us"}"#;
    assert!(folder.read("s.jsonl").lines().next().is_some_and(|line| line.ends_with(header)));
}

#[test]
fn a_flag_is_refused_in_the_words_of_the_scenario() {
    let folder = Folder::new();
    for (flag, value) in [
        ("window", "0"),
        ("latency", "fast"),
        ("seed", "-1"),
        ("ranks", "2"),
        ("eager", "lots"),
        ("limit", "0"),
        ("keyspace", "0"),
        ("protocol", "chord"),
        ("expect", "victory"),
    ] {
        let by_flag = folder.call(&format!("run join --{flag} {value}"));
        let text = format!("{flag} {value}\nput 1 1\n");
        let by_line = folder.call_with(&["run", "-"], &text);
        assert_eq!((by_flag.code, by_line.code), (Some(2), Some(2)), "{flag}");
        let said = by_flag
            .err
            .lines()
            .next()
            .and_then(|line| line.strip_prefix(&format!("ringscope: --{flag}: ")));
        let said = said.unwrap_or_else(|| panic!("{flag}: {}", by_flag.err));
        assert!(by_line.err.contains(said), "{}\n{}", by_flag.err, by_line.err);
    }
}

#[test]
fn all_errors_of_a_scenario_come_at_once_with_their_places() {
    let folder = Folder::new();
    folder.write("bad.dht", "ranks 2\nput one 1\n\u{1b}[2Jget 5\n");
    assert_snapshot!("bad_scenario", folder.call("run bad.dht").golden());
}

#[test]
fn an_unsound_scenario_does_not_run_unless_it_is_told_to() {
    let folder = Folder::new();
    folder.write("unsound.dht", "get 5\nadd 3 1000\n");
    let result = folder.call("run unsound.dht");
    assert_snapshot!("unsound", result.golden());
    assert_eq!(folder.call("run unsound.dht --unchecked").code, Some(1));
}

#[test]
fn what_is_no_scenario_is_reported_for_what_it_is() {
    let folder = Folder::new();
    folder.record("join", "join.jsonl").write("binary.dht", b"put 1 1\n\0\x01").write("join", "");
    let mut said = String::new();
    for word in [
        "jion",
        "no-such-thing",
        ".",
        "no.dht",
        "leave.dht",
        "sub/join",
        "join.jsonl",
        "binary.dht",
    ] {
        let result = folder.call(&format!("run {word}"));
        assert_eq!((result.code, &*result.out), (Some(2), ""), "{word}");
        said += &result.err;
    }
    assert_snapshot!("no_scenario", said);
}

#[test]
fn a_file_comes_before_the_built_in_scenario_of_its_name() {
    let folder = Folder::new();
    folder.write("join", "put 1 11\nget 1\n");
    let result = folder.call("run join");
    assert!(result.out.starts_with("val is 11,"), "{}", result.out);
    assert!(result.err.starts_with("note: `join` is a file here"), "{}", result.err);
}

#[test]
fn usage_errors_have_the_exit_code_2() {
    let folder = Folder::new();
    for words in
        ["run", "run join --no-such-flag", "dance", "show", "diff one", "random --commands x"]
    {
        let result = folder.call(words);
        assert_eq!((result.code, &*result.out), (Some(2), ""), "{words}");
    }
}

#[test]
fn on_a_terminal_the_lines_are_shown_with_the_places_marked() {
    let folder = Folder::new();
    folder.write("bad.dht", "ranks 8\nput one 1\n");
    let result = folder.call("run bad.dht --color always");
    assert_eq!(result.code, Some(2));
    let lines: Vec<_> = result.err.lines().collect();
    let shown = lines.iter().position(|line| line.ends_with("│ put one 1"));
    let marks = shown.and_then(|shown| lines.get(shown + 1)).expect("the line is shown");
    assert!(marks.contains("─┬─"), "{}", result.err);
}

#[test]
fn more_ranks_than_can_be_looked_at_are_refused_before_the_run_is_simulated() {
    let folder = Folder::new();
    folder.write("wide.dht", "ranks 1000000\nput 5 50\nend\n");
    for words in [
        "snapshot join --ranks 1000000",
        "snapshot wide.dht",
        "export join --ranks 1000000 --to svg",
        "export wide.dht --to html",
        "export wide.dht --to cast",
        "snapshot join --diff wide.dht",
    ] {
        let result = folder.call(words);
        assert_eq!((result.code, &*result.out), (Some(2), ""), "{words}");
        let said = "ranks, and a run of at most 100000 can be looked at\n  hint: `ringscope run`";
        assert!(result.err.contains(said), "{words}: {}", result.err);
    }
    assert_eq!(folder.call("snapshot join --ranks 20000 --at 5").code, Some(0));
}

#[test]
fn a_trace_that_promises_a_million_ranks_is_shown_without_their_nodes() {
    let folder = Folder::new();
    folder.record("join", "t.jsonl");
    let wide = folder.read("t.jsonl").replacen("\"ranks\":8", "\"ranks\":1000000", 1);
    folder.write("wide.jsonl", wide);
    for words in ["show wide.jsonl", "export wide.jsonl --to svg", "export wide.jsonl --to html"] {
        let result = folder.call(words);
        assert_eq!(result.code, Some(0), "{words}: {}", result.err);
    }
    let result = folder.call("snapshot wide.jsonl --at 5 --color never");
    assert_eq!(result.code, Some(0), "{}", result.err);
    assert!(result.out.contains("the nodes of 1000000 ranks are not kept"), "{}", result.out);
}
