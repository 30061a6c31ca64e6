//! The way into the program: what a word opens, and what is refused instead of shown as something that it is not.

mod support;

use insta::assert_snapshot;
use support::pty::{Pty, RINGSCOPE};
use support::{CallResult, Folder};

/// Every command that takes a trace or a scenario, with `FILE` in its place.
const TAKES_A_FILE: [&str; 14] = [
    "FILE",
    "play FILE",
    "play FILE --plain",
    "play join --diff FILE",
    "run FILE",
    "snapshot FILE",
    "snapshot join --diff FILE",
    "export FILE --to svg",
    "export FILE --to html",
    "show FILE",
    "why FILE",
    "check FILE",
    "replay FILE",
    "diff FILE FILE",
];

fn assert_refused(result: &CallResult, words: &str) {
    assert_eq!((result.code, &*result.out), (Some(2), ""), "{words}: {}", result.err);
    assert!(!result.err.is_empty(), "{words}");
}

#[test]
fn an_empty_trace_is_refused_by_every_command() {
    let folder = Folder::new();
    folder.write("empty.jsonl", "").write("notes.jsonl", "These are notes.\nNo trace.\n");
    for (command, file) in TAKES_A_FILE
        .iter()
        .flat_map(|command| ["empty.jsonl", "notes.jsonl", "/dev/null"].map(|file| (command, file)))
    {
        let words = command.replace("FILE", file);
        assert_refused(&folder.call(&words), &words);
    }
    for words in ["crosscheck empty.jsonl", "crosscheck /dev/null"] {
        assert_refused(&folder.call(words), words);
    }
    let of = |words: &str| folder.call(words).err;
    assert_snapshot!([of("play empty.jsonl"), of("run empty.jsonl"), of("play /dev/null")].concat(), @r"
    ringscope: empty.jsonl:1: the file is empty
      hint: was the run that should have written it stopped?
    ringscope: empty.jsonl: there is nothing in it: no scenario, and no trace
      hint: was the program that should have written it stopped?
    ringscope: /dev/null: there is nothing in it: no scenario, and no trace
      hint: was the program that should have written it stopped?
    ");
}

#[test]
fn nothing_on_standard_input_is_no_scenario() {
    let folder = Folder::new();
    for words in ["run -", "play -", "snapshot -", "export - --to svg", "crosscheck -", "check -"] {
        for input in ["", " \n\n"] {
            let result = folder.call_with(&words.split(' ').collect::<Vec<_>>(), input);
            assert_refused(&result, words);
        }
    }
}

#[test]
fn a_file_that_can_only_be_a_scenario_may_have_no_commands() {
    let folder = Folder::new();
    folder.write("empty.dht", "").write("comment", "# nothing to do\n");
    assert_eq!(folder.call("run empty.dht").out, "command finalizing\n");
    assert_eq!(folder.call("run comment").out, "command finalizing\n");
    assert_eq!(folder.call_with(&["run", "-"], "end\n").out, "command finalizing\n");
}

#[test]
fn a_file_that_is_no_scenario_is_refused_in_a_few_lines() {
    let folder = Folder::new();
    folder.write(
        "passwd",
        "root:x:0:0:root:/root:/bin/bash\nbin:x:2:2:bin:/bin:/bin/sh\n".repeat(24),
    );
    assert_snapshot!(folder.call("play passwd").err, @r"
    passwd:1:1: `root:x:0:0:root:/root:/bin/bash` is neither a command nor a setting
    passwd:2:1: `bin:x:2:2:bin:/bin:/bin/sh` is neither a command nor a setting
    passwd:3:1: `root:x:0:0:root:/root:/bin/bash` is neither a command nor a setting
    and 45 more: this is no scenario
      hint: `ringscope list join` prints one
    ");
}

#[test]
fn a_trace_that_was_cut_off_says_so_on_the_screen() {
    let folder = Folder::new();
    folder.record("join", "join.jsonl");
    let trace = folder.read("join.jsonl");
    folder.write("cut.jsonl", &trace[..3000]);
    let title = |words: &str| {
        let out = folder.call(words).out;
        out.lines().next().unwrap_or_default().to_owned()
    };
    for size in ["80x24", "160x48"] {
        for at in ["0", "5"] {
            let shown = title(&format!("snapshot cut.jsonl --at {at} --size {size}"));
            assert!(shown.contains("cut off"), "{shown}");
        }
        assert!(!title(&format!("snapshot join.jsonl --size {size}")).contains("cut off"));
    }
}

#[test]
fn a_name_without_a_command_is_opened() {
    let folder = Folder::new();
    folder.record("join", "join.jsonl").write("my.dht", "put 5 50\nget 5\n");
    for (words, same) in [
        ("join --at 37", "play join --at 37"),
        ("join.jsonl", "play join.jsonl"),
        ("--color never my.dht --plain", "--color never play my.dht --plain"),
        ("the-ring --plain", "tour the-ring --plain"),
    ] {
        let (result, other) = (folder.call(words), folder.call(same));
        assert_eq!(result.code, Some(0), "{words}: {}", result.err);
        assert_eq!(result.out, other.out, "{words}");
    }
}

#[test]
fn a_name_that_nothing_has_may_be_one_that_something_has() {
    let folder = Folder::new();
    let of = |words: &str| {
        let result = folder.call(words);
        assert_refused(&result, words);
        result.err
    };
    let words =
        ["plya", "jion", "te-ring", "dance", "tour ring", "play race-lost", "play the-ring"];
    let all = words.map(of).concat();
    assert_snapshot!(all, @r"
    ringscope: plya: no command, scenario, lesson or file has that name
      hint: did you mean `ringscope play`?
    ringscope: jion: no command, scenario, lesson or file has that name
      hint: did you mean `ringscope play join`?
    ringscope: te-ring: no command, scenario, lesson or file has that name
      hint: did you mean `ringscope tour the-ring`?
    ringscope: dance: no command, scenario, lesson or file has that name
      hint: `ringscope help` lists the commands, `ringscope list` the scenarios, `ringscope tour --list` the lessons
    ringscope: ring: no such file, and no lesson of that name
      hint: did you mean `the-ring`? `ringscope tour --list` names all lessons
    ringscope: race-lost: no such file, and no built-in scenario of that name
      hint: did you mean `race-lost-key`? `ringscope list` names them all
    ringscope: the-ring: no such file, and no built-in scenario of that name
      hint: `ringscope tour the-ring` is a lesson
    ");
}

#[test]
fn play_alone_is_the_start_page() {
    let folder = Folder::new();
    let (result, start) = (folder.call("play"), folder.call(""));
    assert_eq!((result.code, &result.out), (Some(0), &start.out), "{}", result.err);
    assert_refused(&folder.call("play --window 2"), "play --window 2");
    assert_eq!(folder.call("play --at 5").code, Some(2));
}

#[test]
fn an_event_past_the_end_is_an_error_on_a_terminal_and_elsewhere() {
    let folder = Folder::new();
    folder.record("join", "join.jsonl");
    for run in ["join", "join.jsonl"] {
        let result = folder.call(&format!("play {run} --at 223"));
        let said = "ringscope: --at: there are 222 events\n  hint: 0 is before the first one\n";
        assert_eq!((result.code, &*result.out, &*result.err), (Some(2), "", said), "{run}");
        let at_end = folder.call(&format!("play {run} --at 222"));
        assert_eq!(at_end.code, Some(0), "{}", at_end.err);
        assert!(at_end.out.ends_with("0 of 222 events shown\n"), "{}", at_end.out);
        let from_five = folder.call(&format!("play {run} --at 5"));
        assert!(from_five.out.ends_with("217 of 222 events shown\n"), "{}", from_five.out);
    }
}

#[test]
fn what_was_opened_last_is_chosen_at_the_next_start() {
    let home = tempfile::TempDir::new().expect("a folder");
    let home = home.path().to_str().expect("its name is text");
    let start = |args: &[&str]| Pty::start_with(RINGSCOPE, args, &[("HOME", home)]);
    let mut first = start(&[]);
    first.until_text("▶ the-ring");
    first.quit("a start");
    for (args, text) in [(&["play", "crowded"][..], "0/474"), (&["tour", "joining"], "step 1 of")] {
        let mut opened = start(args);
        opened.until_text(text);
        opened.quit("a start");
        let mut next = start(&[]);
        next.until_text(&format!("▶ {} ", args[1]));
        next.quit("a start");
    }
}
