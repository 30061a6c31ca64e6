//! `ringscope sweep`: what fails in random scenarios, and the files that are made of it.

mod support;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use support::Folder;

const SMALL: &str = "sweep --seeds 500 --ranks 3..8 --commands 30";

#[test]
fn what_fails_is_a_scenario_and_a_trace_that_other_commands_take() {
    let folder = Folder::new();
    let swept = folder.call(&format!("{SMALL} -o found"));
    assert_eq!(swept.code, Some(1), "{}", swept.err);
    for words in [
        "classic: ",
        " of 500 runs failed, in ",
        "a minimal one has 2 commands",
        "found by ringscope sweep --protocol classic --seeds ",
        "ringscope run found/deadlock-1.dht",
        "ringscope play found/deadlock-1.jsonl",
    ] {
        assert!(swept.out.contains(words), "{words}: {}", swept.out);
    }
    let run = folder.call("run found/deadlock-1.dht");
    assert_eq!(run.code, Some(1), "{}{}", run.out, run.err);
    let checked = folder.call("check found/deadlock-1.jsonl");
    assert!(checked.out.contains("conforms     yes"), "{}{}", checked.out, checked.err);
    let explored = folder.call("explore found/deadlock-1.dht");
    assert!(explored.out.contains("deadlock: "), "{}{}", explored.out, explored.err);
}

#[test]
fn the_command_that_is_said_finds_it_again() {
    let folder = Folder::new();
    let swept = folder.call(&format!("{SMALL} --json"));
    let json: Value = serde_json::from_str(&swept.out).expect("it is JSON");
    assert_eq!((&json["runs"], &json["complete"]), (&500.into(), &true.into()));
    let first = &json["findings"][0];
    let again = first["again"].as_str().and_then(|text| text.strip_prefix("ringscope "));
    let again = folder.call(&format!("{} --json", again.expect("a command")));
    let again: Value = serde_json::from_str(&again.out).expect("it is JSON");
    let all = again["findings"].as_array().expect("a list");
    assert!(all.iter().any(|one| one["script"] == first["script"]), "{again}");
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let folder = Folder::new();
    let one = folder.call(&format!("{SMALL} --threads 1 -o one"));
    let two = folder.call(&format!("{SMALL} --threads 2 -o two"));
    assert_eq!(one.out, two.out.replace("two/", "one/"));
    for file in ["deadlock-1.dht", "deadlock-1.jsonl", "crash-1.jsonl"] {
        assert_eq!(folder.read(&format!("one/{file}")), folder.read(&format!("two/{file}")));
    }
}

#[test]
fn a_protocol_in_which_nothing_goes_wrong_is_said_to_be_one() {
    let folder = Folder::new();
    let swept = folder.call("sweep --protocol safe --seeds 200 --ranks 8");
    assert_eq!(swept.code, Some(0), "{}{}", swept.out, swept.err);
    assert!(swept.out.starts_with("safe: none of 200 runs failed\n"), "{}", swept.out);
}

#[test]
fn a_sweep_that_ends_early_says_so() {
    let folder = Folder::new();
    let cut = folder.call(&format!("{SMALL} --time 0.000001"));
    assert_eq!(cut.code, Some(2), "{}{}", cut.out, cut.err);
    assert!(cut.out.contains("(ended early: 500 were to be run)"), "{}", cut.out);
}

#[test]
fn ctrl_c_tells_what_is_known() {
    let folder = Folder::new();
    let words = "sweep --seeds 1000000000 --ranks 3..8 --commands 30 -o found";
    let words: Vec<&str> = words.split(' ').collect();
    let mut child = folder.command(&words).spawn().expect("the program starts");
    // It is made when the signal is watched for.
    while !folder.names().iter().any(|name| name == "found") {
        assert!(child.try_wait().expect("a child").is_none(), "it sweeps for long");
        std::thread::yield_now();
    }
    kill_process(Pid::from_child(&child), Signal::INT).expect("it runs");
    let output = child.wait_with_output().expect("it ends");
    let out = String::from_utf8_lossy(&output.stdout);
    assert!(out.contains("(ended early: 1000000000 were to be run)"), "{out}");
}

#[test]
fn a_folder_that_cannot_be_made_is_refused_beforehand() {
    let folder = Folder::new();
    folder.write("found", "no folder");
    let refused = folder.call("sweep --seeds 1000000000 -o found");
    assert_eq!(refused.code, Some(2), "{}", refused.out);
    assert!(refused.err.contains("found: cannot be made"), "{}", refused.err);
}

#[test]
fn bounds_that_are_none_are_refused() {
    let folder = Folder::new();
    for (words, why) in [
        ("--ranks 2..4", "a run has 3 ranks at least"),
        ("--ranks 9..4", "the first number is greater than the last"),
        ("--seeds 0", "without a seed nothing is run"),
        ("--window 0..2", "a window is 1 to"),
        ("--commands 100000", "at most 10000 commands"),
    ] {
        let refused = folder.call(&format!("sweep {words}"));
        assert_eq!(refused.code, Some(2), "{words}");
        assert!(refused.err.contains(why), "{words}: {}", refused.err);
    }
}
