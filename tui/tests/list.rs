//! `ringscope`, `ringscope list`, `ringscope random`.

mod support;

use insta::assert_snapshot;
use support::Folder;

#[test]
fn alone_it_says_what_it_is_and_shows_a_run() {
    let result = Folder::new().call("");
    assert!(result.out.lines().all(|line| line.chars().count() <= 80), "{}", result.out);
    assert_snapshot!("alone", result.golden());
}

#[test]
fn the_built_in_scenarios_are_listed_by_kind() {
    let result = Folder::new().call("list");
    assert!(result.out.lines().all(|line| line.chars().count() <= 80), "{}", result.out);
    assert_snapshot!("list", result.golden());
}

#[test]
fn a_listed_scenario_can_be_a_file_of_ones_own() {
    let folder = Folder::new();
    let text = folder.call("list join").out;
    folder.write("my.dht", &text);
    assert_eq!(folder.call("run my.dht").out, folder.call("run join").out);
    assert_eq!(folder.call_with(&["run", "-"], &text).out, folder.call("run join").out);
}

#[test]
fn an_unknown_name_is_reported_the_nearest() {
    let result = Folder::new().call("list jion");
    assert_eq!(result.code, Some(2));
    assert_eq!(
        result.err,
        "ringscope: jion: there is no built-in scenario of that name\n  hint: did you mean `join`?\n"
    );
}

#[test]
fn a_random_scenario_runs_and_keeps_every_invariant() {
    let folder = Folder::new();
    for seed in 1..=5 {
        let text = folder.call(&format!("random --seed {seed} --ranks 16 --commands 200")).out;
        let result = folder.call_with(&["run", "-", "--check"], &text);
        assert_eq!(result.code, Some(0), "{}", result.err);
    }
    assert_snapshot!("random", folder.call("random --seed 7 --commands 8").golden());
}

#[test]
fn a_random_scenario_that_cannot_be_is_refused() {
    let folder = Folder::new();
    for words in ["random --ranks 2", "random --seed x", "random --commands 100001"] {
        assert_eq!(folder.call(words).code, Some(2), "{words}");
    }
}

#[test]
fn every_subcommand_has_help_with_examples_and_exit_codes() {
    let folder = Folder::new();
    for name in [
        "play",
        "tour",
        "run",
        "list",
        "show",
        "check",
        "diff",
        "crosscheck",
        "judge",
        "record",
        "replay",
        "random",
        "snapshot",
        "config",
        "completions",
        "man",
    ] {
        let result = folder.call(&format!("{name} --help"));
        assert_eq!(result.code, Some(0));
        assert!(result.out.contains("Examples:\n"), "{name}: {}", result.out);
        assert!(result.out.contains("Exit codes: "), "{name}: {}", result.out);
    }
    assert!(folder.call("--help").out.contains("Exit codes: "));
}
