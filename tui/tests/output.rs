//! Files, pipes, colours, and what other people's files may hold.

mod support;

use std::fs::File;
use std::io::{BufRead as _, BufReader};

use support::Folder;

#[test]
fn a_trace_appears_when_it_is_whole_and_leaves_nothing_beside_it() {
    let folder = Folder::new();
    folder.write("t.jsonl", "what was there before");
    let result = folder.call("run join -o t.jsonl");
    assert_eq!(result.code, Some(0), "{}", result.err);
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

#[test]
fn where_nothing_can_be_written_is_reported_before_the_run() {
    let folder = Folder::new();
    folder.write("s.dht", "put 1 1\n");
    for (file, said) in [
        ("no/such/t.jsonl", "there is no folder no/such"),
        (".", "is a directory"),
        ("s.dht", "is the scenario itself"),
        ("./s.dht", "is the scenario itself"),
    ] {
        let result = folder.call(&format!("run s.dht -o {file}"));
        assert_eq!((result.code, &*result.out), (Some(2), ""), "{file}");
        assert!(result.err.contains(said), "{file}: {}", result.err);
    }
    assert_eq!(folder.names(), ["s.dht"]);
    assert_eq!(folder.read("s.dht"), "put 1 1\n");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_no_panic() {
    let folder = Folder::new();
    let result = folder.call("run join -o /dev/full");
    assert_eq!(result.code, Some(2));
    assert!(result.err.contains("/dev/full: cannot be written: No space left"), "{}", result.err);
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
        let result = folder.call(&format!("{words} --color always"));
        assert!(result.out.contains('\u{1b}') || result.err.contains('\u{1b}'), "{words}");
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
    let result = Folder::new().call("run join --color always");
    assert!(!result.out.contains('\u{1b}'));
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
        let result = folder.call_with(args, "");
        let said = format!("{}{}", result.out, result.err);
        assert!(!said.is_empty());
        let is_raw = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!said.contains(is_raw), "{args:?}: {}", said.escape_debug());
    }
}

/// Whether there is a character in it that does something to a terminal, or to what stands beside it.
fn is_raw(c: char) -> bool {
    let is_format = matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0001}'..='\u{e007f}');
    (c.is_control() && c != '\n') || is_format
}

/// One of each kind.
const STRANGE: &str = "\u{7f}\u{80}\u{85}\u{9b}31m\u{9f}\u{ad}\u{61c}\u{200b}\u{200f}\u{2028}\u{202e}\u{2066}\u{feff}\u{e0041}";

#[test]
fn a_trace_is_written_without_what_a_terminal_would_obey_and_means_the_same() {
    let folder = Folder::new();
    let header = format!(
        r#"{{"trace":1,"source":"recorded","protocol":"classic{STRANGE}","ranks":3,"time":"wall","{STRANGE}":"{STRANGE}"}}"#
    );
    let event = format!(
        r#"{{"rank":2,"n":0,"op":"send","peer":0,"tag":1,"data":{{"k{STRANGE}":["{STRANGE}"]}},"t":0,"clock":1}}"#
    );
    let end = format!(r#"{{"end":"crashed","events":1,"rank":2,"reason":"{STRANGE}"}}"#);
    let raw = format!("{header}\n{event}\n{end}\n");
    assert!(raw.contains(is_raw));
    std::fs::create_dir(folder.path("t.parts")).expect("it can be made");
    folder.write("t.parts/rank-0002.jsonl", &raw).write("raw.jsonl", &raw);
    let merged = folder.call("merge t.parts --quiet -o -");
    assert_eq!(merged.code, Some(1), "ranks are missing: {}", merged.err);
    let written = folder.call("merge t.parts --quiet -o t.jsonl");
    assert_eq!(folder.read("t.jsonl"), merged.out, "{}", written.err);
    assert!(!merged.out.contains(is_raw), "{}", merged.out.escape_debug());
    let same = folder.call("diff raw.jsonl t.jsonl --json");
    assert!(same.out.contains(r#""level":"equal""#), "{}{}", same.out, same.err);
}

#[test]
fn a_file_says_what_it_is_asked_for_or_that_it_cannot() {
    let folder = Folder::new();
    for words in ["--help", "--version", "help", "help run", "run --help", "tour -h", "-V"] {
        let full = File::options().write(true).open("/dev/full").expect("a device of Linux");
        let words: Vec<_> = words.split(' ').collect();
        let output = folder.command(&words).stdout(full).output().expect("the program ends");
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{words:?}: {err}");
        assert!(err.starts_with("ringscope: standard output: cannot be written"), "{err}");
        let result = folder.call_with(&words, "");
        assert_eq!((result.code, &*result.err), (Some(0), ""), "{words:?}");
        assert!(result.out.contains("ringscope") && result.out.ends_with('\n'), "{words:?}");
    }
    let (line, code, err) = first_line(&folder, &["run", "--help"]);
    assert_eq!((line.is_empty(), code, &*err), (false, Some(0), ""), "its reader went away");
}

#[test]
fn what_the_command_line_repeats_of_an_argument_is_made_safe() {
    let folder = Folder::new();
    let evil = format!("\u{1b}[2J\n\t{STRANGE}");
    let [flag, valued] = [format!("--{evil}"), format!("--seed={evil}")];
    for args in [
        &["run", &flag][..],
        &[&flag],
        &[&evil],
        &["run", "join", &evil],
        &["run", "join", &valued],
        &["export", "join", "--to", &evil],
        &["export", "join", "--events", &evil],
        &["snapshot", "join", "--size", &evil],
        &["snapshot", "join", "--at", &evil],
        &["--color", &evil, "list"],
        &["list", "--color", &evil],
        &["record", "--timeout", &evil, "-o", "t", "x"],
        &["help", &evil],
        &["run", "--tour", &evil],
    ] {
        let result = folder.call_with(args, "");
        assert_eq!((result.code, &*result.out), (Some(2), ""), "{args:?}: {}", result.err);
        assert!(
            !result.err.is_empty() && !result.err.contains(is_raw),
            "{}",
            result.err.escape_debug()
        );
    }
}

#[test]
fn a_configuration_that_nobody_has_named_and_that_cannot_be_read_is_noted_and_no_more() {
    let folder = Folder::new();
    // Root can read every file; nobody reads a folder.
    let path = ".config/ringscope/config.toml";
    std::fs::create_dir_all(folder.path(path)).expect("it can be made");
    let note = format!(
        "note: {}: cannot be read: Is a directory (os error 21); all settings are the usual ones\n",
        folder.path(path).display()
    );
    for words in ["export join --to csv", "snapshot join", "config print", "tour --check the-ring"]
    {
        let result = folder.call(words);
        assert_eq!(result.code, Some(0), "{words}: {}", result.err);
        assert!(!result.out.is_empty() && result.err.starts_with(&note), "{words}: {}", result.err);
        assert_eq!(result.err.matches("note:").count(), 1, "{words}");
    }
    for words in ["export join --to csv --quiet", "run join --quiet", "list"] {
        let result = folder.call(words);
        assert_eq!((result.code, &*result.err), (Some(0), ""), "{words}");
    }
    let result = folder.call(&format!("export join --to csv --config {path}"));
    assert_eq!((result.code, &*result.out), (Some(2), ""), "one that was named has to be read");
    assert!(result.err.contains("cannot be read: Is a directory"), "{}", result.err);
}

#[test]
fn where_the_configuration_lies_under_a_file_there_is_none() {
    let folder = Folder::new();
    let mut command = folder.command(&["snapshot", "join"]);
    let output = command.env("XDG_CONFIG_HOME", "/dev/null").output().expect("the program ends");
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
}
