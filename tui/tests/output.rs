//! Files, pipes, colours, and what other people's files may hold.

mod support;

use std::fs::File;
use std::io::{BufRead as _, BufReader};

use support::Folder;

#[test]
fn a_trace_appears_when_it_is_whole_and_leaves_nothing_beside_it() {
    let folder = Folder::new();
    folder.write("t.jsonl", "what was there before");
    let told = folder.call("run join -o t.jsonl");
    assert_eq!(told.code, Some(0), "{}", told.err);
    assert_eq!(folder.names(), ["t.jsonl"]);
    assert!(folder.read("t.jsonl").ends_with("{\"end\":\"completed\",\"events\":222}\n"));
}

#[test]
fn an_unsound_scenario_leaves_the_file_alone() {
    let folder = Folder::new();
    folder.write("t.jsonl", "what was there before").write("bad.dht", "get 5\n");
    assert_eq!(folder.call("run bad.dht -o t.jsonl").code, Some(2));
    assert_eq!(folder.read("t.jsonl"), "what was there before");
    assert_eq!(folder.names(), ["bad.dht", "t.jsonl"]);
}

#[cfg(unix)]
#[test]
fn a_run_that_is_killed_leaves_what_it_recorded_and_no_half_file() {
    let folder = Folder::new();
    folder.write("long.dht", "keyspace 100000000\nput 1..=100000000 key\n");
    let mut child = folder.command(&["run", "long.dht", "-o", "t.jsonl"]).spawn().expect("a start");
    let part = folder.path("t.jsonl.part");
    while !part.metadata().is_ok_and(|part| part.len() > 1 << 20) {
        assert!(child.try_wait().expect("a child").is_none(), "the run is long");
        std::thread::yield_now();
    }
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    assert_eq!(folder.names(), ["long.dht", "t.jsonl.part"]);
    let told = folder.call("show t.jsonl.part --rows 1");
    assert_eq!(told.code, Some(0), "{}", told.err);
}

#[test]
fn a_file_that_somebody_is_writing_is_left_to_them() {
    let folder = Folder::new();
    let part = File::create(folder.path("t.jsonl.part")).expect("a file");
    part.lock().expect("a lock");
    let told = folder.call("run join -o t.jsonl");
    assert_eq!((told.code, &*told.out), (Some(2), ""));
    assert_eq!(told.err, "ringscope: t.jsonl: another run is writing this file\n");
}

#[test]
fn where_nothing_can_be_written_is_told_before_the_run() {
    let folder = Folder::new();
    folder.write("s.dht", "put 1 1\n");
    for (file, said) in [
        ("no/such/t.jsonl", "there is no folder no/such"),
        (".", "is a directory"),
        ("s.dht", "is the scenario itself"),
        ("./s.dht", "is the scenario itself"),
    ] {
        let told = folder.call(&format!("run s.dht -o {file}"));
        assert_eq!((told.code, &*told.out), (Some(2), ""), "{file}");
        assert!(told.err.contains(said), "{file}: {}", told.err);
    }
    assert_eq!(folder.names(), ["s.dht"]);
    assert_eq!(folder.read("s.dht"), "put 1 1\n");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_no_panic() {
    let folder = Folder::new();
    let told = folder.call("run join -o /dev/full");
    assert_eq!(told.code, Some(2));
    assert!(told.err.contains("/dev/full: cannot be written: No space left"), "{}", told.err);
    let full = File::options().write(true).open("/dev/full").expect("a device of Linux");
    let mut command = folder.command(&["list"]);
    let output = command.stdout(full).output().expect("the program ends");
    assert_eq!(output.status.code(), Some(2));
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(err.starts_with("ringscope: standard output: cannot be written"), "{err}");
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link() {
    let folder = Folder::new();
    folder.write("real.jsonl", "");
    std::os::unix::fs::symlink("real.jsonl", folder.path("link.jsonl")).expect("a link");
    assert_eq!(folder.call("run join -o link.jsonl").code, Some(0));
    assert!(folder.path("link.jsonl").is_symlink());
    assert!(folder.read("real.jsonl").starts_with("{\"trace\":1"));
}

/// Reads one line of what the program says, and then closes its output.
fn first_line(folder: &Folder, args: &[&str]) -> (String, Option<i32>, String) {
    let mut child = folder.command(args).spawn().expect("the program starts");
    drop(child.stdin.take());
    let mut line = String::new();
    let out = child.stdout.take().expect("its output is a pipe");
    BufReader::new(out).read_line(&mut line).expect("a line of text");
    let output = child.wait_with_output().expect("the program ends");
    (line, output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = Folder::new();
    folder.write("many.dht", "put 1..=1000 key\nget 1..=1000\n").record("many.dht", "many.jsonl");
    for args in [
        &["run", "many.dht", "--quiet"][..],
        &["show", "many.jsonl"],
        &["random", "--commands", "100000"],
        &["list"],
        &[],
    ] {
        let (line, code, err) = first_line(&folder, args);
        assert!(!line.is_empty(), "{args:?}");
        assert_eq!((code, &*err), (Some(0), ""), "{args:?}");
    }
    let (line, code, err) = first_line(&folder, &["run", "many.dht", "--quiet", "-o", "-"]);
    assert!(line.starts_with("{\"trace\":1"), "{line}");
    assert_eq!(code, Some(0));
    assert!(err.ends_with("\ncommand finalizing\n"), "the command node's lines are all there");
}

#[test]
fn there_are_colours_only_when_they_are_asked_for() {
    let folder = Folder::new();
    folder.record("race-lost-key", "t.jsonl").write("bad.dht", "put one 1\n");
    for words in [
        "",
        "list",
        "run get-missing --check --stats",
        "run bad.dht",
        "check t.jsonl",
        "show t.jsonl",
        "diff t.jsonl t.jsonl",
        "run nothing",
        "help",
        "run",
    ] {
        let plain = folder.call(words);
        assert!(!plain.out.contains('\u{1b}') && !plain.err.contains('\u{1b}'), "{words}");
        let never = folder.call(&format!("--color never {words}"));
        assert!(!never.out.contains('\u{1b}') && !never.err.contains('\u{1b}'), "{words}");
    }
    for words in [
        "list",
        "run get-missing --check",
        "run bad.dht",
        "check t.jsonl",
        "show t.jsonl",
        "diff t.jsonl t.jsonl",
        "run nothing",
    ] {
        let told = folder.call(&format!("{words} --color always"));
        assert!(told.out.contains('\u{1b}') || told.err.contains('\u{1b}'), "{words}");
    }
}

#[test]
fn a_variable_forbids_colours_and_a_flag_asks_for_them_all_the_same() {
    let folder = Folder::new();
    let err = |args: &[&str]| {
        let mut command = folder.command(args);
        let output = command.env("NO_COLOR", "1").output().expect("the program ends");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(!err(&["run", "get-missing"]).contains('\u{1b}'));
    assert!(err(&["run", "get-missing", "--color", "always"]).contains('\u{1b}'));
}

#[test]
fn the_command_nodes_lines_have_no_colours_whatever_is_asked_for() {
    let told = Folder::new().call("run join --color always");
    assert!(!told.out.contains('\u{1b}'));
}

#[test]
fn nothing_in_a_file_reaches_the_terminal_as_an_escape_sequence() {
    let folder = Folder::new();
    let header = r#"{"trace":1,"source":"recorded","protocol":"\u001b[31mred\u009b","ranks":3,"time":"wall","\u001b[5m":"\u001b[5m"}"#;
    let event = r#"{"rank":2,"n":0,"op":"send","peer":0,"tag":77,"data":{"\u001b[2J":"\u001b]0;x\u0007\u202e"},"t":0,"clock":1}"#;
    let other = event.replace("0;x", "0;y");
    let end = r#"{"end":"crashed","rank":1,"reason":"\u001b[1mbold","events":1}"#;
    folder.write("a\u{1b}[31m.jsonl", format!("{header}\n{event}\n{end}\n"));
    folder.write("b.jsonl", format!("{header}\n{other}\n{end}\n"));
    let classic = header.replacen("\\u001b[31mred\\u009b", "classic", 1);
    folder.write("c.jsonl", format!("{classic}\n{event}\n{end}\n"));
    folder.write("d.jsonl", "\u{1b}[31mnot a trace\n");
    folder.write("e.dht", "put \u{1b}[31m 5\n\u{9b}31m\n");
    for args in [
        &["show", "a\u{1b}[31m.jsonl"][..],
        &["check", "a\u{1b}[31m.jsonl"],
        &["check", "a\u{1b}[31m.jsonl", "--json"],
        &["diff", "a\u{1b}[31m.jsonl", "b.jsonl"],
        &["diff", "a\u{1b}[31m.jsonl", "b.jsonl", "--json"],
        &["diff", "a\u{1b}[31m.jsonl", "c.jsonl"],
        &["check", "c.jsonl"],
        &["check", "c.jsonl", "--json"],
        &["show", "d.jsonl"],
        &["run", "d.jsonl"],
        &["run", "e.dht"],
        &["run", "a\u{1b}[31m.jsonl"],
        &["run", "\u{1b}[31m"],
        &["list", "\u{1b}[31m"],
    ] {
        let told = folder.call_with(args, "");
        let said = format!("{}{}", told.out, told.err);
        assert!(!said.is_empty());
        let is_raw = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!said.contains(is_raw), "{args:?}: {}", said.escape_debug());
    }
}
