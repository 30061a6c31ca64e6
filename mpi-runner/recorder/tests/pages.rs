//! The pages for teachers and for those who debug their own program: every command in them is run, and prints what stands there.
//!
//! A page's commands stand in blocks of `console`: a line that begins with `$ ` is one, with lines that begin with `> ` to go on with; what
//! follows is what it prints. Where nothing follows, the page does not show it. Times count as equal.
//! `RINGSCOPE_BLESS=1` writes what is printed into the page.

mod support;

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use support::{Folder, Mpi, source};

/// A command of a page, and what it prints by the page's word.
struct Shown {
    /// The line in which it begins, from 1.
    line: usize,
    command: String,
    printed: Vec<String>,
}

fn page(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name)
}

/// The commands of all blocks, in order.
fn shown(text: &str) -> Vec<Shown> {
    let (mut all, mut is_console): (Vec<Shown>, bool) = (Vec::new(), false);
    for (line, words) in (1..).zip(text.lines()) {
        match (is_console, words) {
            (false, _) => is_console = words == "```console",
            (true, "```") => is_console = false,
            (true, _) => match (words.strip_prefix("$ "), words.strip_prefix("> "), all.last_mut())
            {
                (Some(command), ..) => {
                    all.push(Shown { line, command: command.to_owned(), printed: Vec::new() });
                }
                (None, Some(more), Some(last)) if last.printed.is_empty() => {
                    last.command += &format!("\n{more}");
                }
                (None, _, Some(last)) => last.printed.push(words.to_owned()),
                (None, _, None) => panic!("line {line} is of no command: {words}"),
            },
        }
    }
    all
}

/// A folder in which the programs are called as on a page: what they are is found in the folder `bin`.
fn workplace() -> Folder {
    let folder = Folder::new();
    fs::create_dir(folder.path("bin")).expect("the folder takes folders");
    let programs = [
        ("ringscope", support::ringscope()),
        ("mpirun", Mpi::Open.mpirun()),
        ("mpicc", Mpi::Open.mpicc()),
        ("python", Mpi::Open.python()),
    ];
    for (name, program) in programs {
        let name = format!("bin/{name}");
        folder.write(&name, &format!("#!/bin/sh\nexec '{program}' \"$@\"\n"));
        let may_run = fs::Permissions::from_mode(0o755);
        fs::set_permissions(folder.path(&name), may_run).expect("it is ours");
    }
    folder
}

/// What a command prints, on standard output and on standard error, and whether it could be judged.
fn printed(folder: &Folder, command: &str) -> Vec<String> {
    let path = env::var("PATH").expect("there is a path");
    let script = format!("exec 2>&1\n{command}");
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &script])
        .current_dir(folder.path(""))
        .stdin(Stdio::null())
        .env("PATH", format!("{}:{path}", folder.path("bin").display()))
        .env("XDG_STATE_HOME", folder.path("bin"))
        .env("XDG_CONFIG_HOME", folder.path("bin"))
        .env("RINGSCOPE_RECORDER", support::recorder());
    let output = shell.output().expect("there is a shell");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{command}: {:?}\n{text}", output.status);
    text.lines().map(str::to_owned).collect()
}

/// A line with every time in it as `T s`, and no folder before the names of files.
fn comparable(line: &str) -> String {
    let words = line.split(' ').map(|word| {
        let is_time = word.contains('.') && word.parse::<f64>().is_ok();
        if is_time { "T" } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}

fn holds(name: &str, folder: &Folder) {
    let text = fs::read_to_string(page(name)).expect("the page is there");
    let all = shown(&text);
    assert!(all.len() > 5, "{name} has {} commands", all.len());
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut places = Vec::new();
    for Shown { line, command, printed: expected } in all {
        let found = printed(folder, &command);
        let same = |one: &[String]| one.iter().map(|line| comparable(line)).collect::<Vec<_>>();
        if expected.is_empty() || same(&found) == same(&expected) {
            continue;
        }
        if env::var_os("RINGSCOPE_BLESS").is_none() {
            assert_eq!(same(&found), same(&expected), "docs/{name}:{line}: {command}");
        }
        let begins = line - 1 + command.lines().count();
        places.push((begins..begins + expected.len(), found));
    }
    for (place, found) in places.into_iter().rev() {
        lines.splice(place, found);
    }
    let blessed = lines.join("\n") + "\n";
    if blessed != text {
        fs::write(page(name), blessed).expect("the page can be written");
    }
}

/// A hand-in with that bug, under that name.
fn hand_in(folder: &Folder, name: &str, bug: &str) {
    let text = fs::read_to_string(source("handin.py")).expect("it is there");
    let from_flags = "bug = sys.argv[3] if \"--bug\" in sys.argv else None";
    assert!(text.contains(from_flags));
    folder.write(name, &text.replace(from_flags, &format!("bug = {bug}")));
}

#[test]
fn every_command_of_the_teachers_page_prints_what_it_says() {
    let folder = workplace();
    let task = "put 400 4\nput 100 1\nadd 3 500\nget 400\nget 100\nremove 500\nget 100\n";
    folder.write("task1.dht", task);
    fs::create_dir(folder.path("handed-in")).expect("the folder takes folders");
    hand_in(&folder, "handed-in/alice.py", "None");
    hand_in(&folder, "handed-in/bob.py", "\"hang\"");
    hand_in(&folder, "handed-in/carol.py", "\"wrong-owner\"");
    let short_way = fs::read_to_string(source("dht.py")).expect("it is there");
    let short_way = short_way.replace("bug == \"short-way\"", "True");
    folder.write("handed-in/dave.py", &short_way);
    folder.write("my.md", &fs::read_to_string(lesson()).expect("it is there"));
    holds("teaching.md", &folder);
}

#[test]
fn every_command_of_the_page_for_ones_own_program_prints_what_it_says() {
    let folder = workplace();
    let own =
        fs::read_to_string(source("reported/18-allreduce-meets-bcast.c")).expect("it is there");
    folder.write("mine.c", &own);
    hand_in(&folder, "dht.py", "None");
    let task = "put 400 4\nput 100 1\nadd 3 500\nget 400\nget 100\nremove 500\nget 100\n";
    folder.write("task1.dht", task);
    folder.write("dht.tags", "20 STORE\n21 LOOK_UP\n22 FOUND\n23 MOVE\n24 PAIRS\n");
    holds("your-own-program.md", &folder);
}

#[test]
fn no_command_of_these_pages_stands_outside_of_what_is_run() {
    for name in ["teaching.md", "your-own-program.md"] {
        let text = fs::read_to_string(page(name)).expect("the page is there");
        let outside = text
            .lines()
            .find(|line| line.starts_with("    ringscope") || line.starts_with("    $ "));
        assert_eq!(outside, None, "docs/{name}");
    }
}

/// A lesson that holds.
fn lesson() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../screen/walkthroughs/the-ring.md")
}
