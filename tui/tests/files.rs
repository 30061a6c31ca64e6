//! What `-o` does to the file that it names, and to what lies beside it.

mod support;

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, Stdio};

use ringscope_traces::parts::file_name;
use rustix::process::{Pid, Signal, kill_process};
use support::{CallResult, Folder};

/// Every command that writes one file, with what goes before the file's name, and how that ends.
const WRITERS: &[(&str, &str)] = &[
    ("run join --quiet -o", "t.jsonl"),
    ("replay in.jsonl --quiet -o", "t.jsonl"),
    ("merge in.parts --quiet -o", "t.jsonl"),
    ("snapshot join -o", "t.svg"),
    ("snapshot join -o", "t.txt"),
    ("export join --quiet -o", "t.csv"),
    ("export in.jsonl --quiet -o", "t.html"),
    ("export join --quiet -o", "t.svg"),
    ("export join --quiet -o", "t.json"),
];

/// What the writers read.
fn stage() -> Folder {
    let folder = Folder::new();
    folder.record("join", "in.jsonl");
    fs::create_dir(folder.path("in.parts")).expect("it can be made");
    let trace = folder.read("in.jsonl");
    let mut lines = trace.lines();
    let header = lines.next().expect("a header");
    for rank in 0..8 {
        let own = trace.lines().filter(|line| line.starts_with(&format!("{{\"rank\":{rank},")));
        let part: Vec<_> = [header].into_iter().chain(own).collect();
        let name = format!("in.parts/{}", file_name(ringscope_traces::Rank(rank)));
        folder.write(&name, part.join("\n") + "\n");
    }
    folder
}

fn write(folder: &Folder, (command, name): (&str, &str)) -> CallResult {
    folder.call(&format!("{command} {name}"))
}

/// What is there beside the inputs.
fn results(folder: &Folder) -> Vec<String> {
    let is_input = |name: &String| name.starts_with("in.") || name.ends_with(".dht");
    folder.names().into_iter().filter(|name| !is_input(name)).collect()
}

fn mode(folder: &Folder, name: &str) -> u32 {
    fs::metadata(folder.path(name)).expect("it is there").mode() & 0o7777
}

fn set_mode(folder: &Folder, name: &str, mode: u32) {
    let permissions = Permissions::from_mode(mode);
    fs::set_permissions(folder.path(name), permissions).expect("it is ours");
}

#[test]
fn what_lies_beside_the_target_is_left_alone_whatever_its_name() {
    let folder = stage();
    for writer @ (_, name) in WRITERS {
        let part = format!("{name}.part");
        folder.write("mine", "precious").write(&part, "mine, too");
        let result = write(&folder, *writer);
        assert_eq!(result.code, Some(0), "{writer:?}: {}", result.err);
        assert_eq!(folder.read(&part), "mine, too", "{writer:?}");

        fs::remove_file(folder.path(&part)).expect("it is ours");
        symlink("mine", folder.path(&part)).expect("a link");
        assert_eq!(write(&folder, *writer).code, Some(0), "{writer:?}");
        assert_eq!(folder.read("mine"), "precious", "{writer:?}");
        assert!(folder.path(&part).is_symlink() && !folder.path(name).is_symlink(), "{writer:?}");

        fs::remove_file(folder.path(&part)).expect("it is ours");
        make_fifo(&folder, &part);
        assert_eq!(write(&folder, *writer).code, Some(0), "{writer:?}");
        let mut there = vec!["mine".to_owned(), (*name).to_owned(), part.clone()];
        there.sort();
        assert_eq!(results(&folder), there, "{writer:?}");
        there.iter().for_each(|name| fs::remove_file(folder.path(name)).expect("it is ours"));
    }
}

fn make_fifo(folder: &Folder, name: &str) {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let mode = Mode::from_raw_mode(0o600);
    mknodat(CWD, folder.path(name), FileType::Fifo, mode, 0).expect("a pipe with a name");
}

#[test]
fn a_file_that_is_replaced_keeps_its_permissions() {
    let folder = stage();
    for writer @ (_, name) in WRITERS {
        for kept in [0o600, 0o640, 0o664, 0o666, 0o755] {
            folder.write(name, "old");
            set_mode(&folder, name, kept);
            let result = write(&folder, *writer);
            assert_eq!(result.code, Some(0), "{writer:?}: {}", result.err);
            assert_ne!(folder.read(name), "old", "{writer:?}");
            assert_eq!(mode(&folder, name), kept, "{writer:?}: {:o}", mode(&folder, name));
        }
    }
}

#[test]
fn a_new_file_may_be_read_as_the_umask_says() {
    let folder = stage();
    for (umask, expected) in [("022", 0o644), ("077", 0o600), ("002", 0o664), ("000", 0o666)] {
        for (command, name) in WRITERS {
            shell(&folder, &format!("umask {umask}; exec $0 {command} {name}"));
            assert_eq!(mode(&folder, name), expected, "{command} {name} under {umask}");
            fs::remove_file(folder.path(name)).expect("it is ours");
        }
    }
}

#[test]
fn a_file_that_is_read_only_is_refused_and_kept() {
    let folder = stage();
    for writer @ (_, name) in WRITERS {
        folder.write(name, "old");
        set_mode(&folder, name, 0o444);
        let result = write(&folder, *writer);
        assert_eq!((result.code, &*result.out), (Some(2), ""), "{writer:?}");
        let hint = "name another file, or allow writing with `chmod u+w`";
        let said = format!("ringscope: {name}: is read-only\n  hint: {hint}\n");
        assert_eq!(result.err, said, "{writer:?}");
        assert_eq!((&*folder.read(name), mode(&folder, name)), ("old", 0o444), "{writer:?}");
        fs::remove_file(folder.path(name)).expect("it is ours");
        assert!(results(&folder).is_empty(), "{writer:?}: {:?}", results(&folder));
    }
}

#[test]
fn a_link_to_nothing_is_refused() {
    let folder = stage();
    for writer @ (_, name) in WRITERS {
        symlink("nothing", folder.path(name)).expect("a link");
        let result = write(&folder, *writer);
        assert_eq!(result.code, Some(2), "{writer:?}");
        assert!(result.err.contains(": is a link to a file that is not there\n"), "{}", result.err);
        assert_eq!(results(&folder), [*name], "{writer:?}");
        fs::remove_file(folder.path(name)).expect("it is ours");
    }
}

/// Runs a script in which `$0` is the program.
fn shell(folder: &Folder, script: &str) -> CallResult {
    let program = env!("CARGO_BIN_EXE_ringscope");
    let mut shell = Command::new("sh");
    let shell = shell.args(["-c", script, program]).current_dir(folder.path("."));
    CallResult::of(&shell.output().expect("there is a shell"))
}

#[test]
fn a_limit_of_the_size_of_files_is_an_error_with_a_message_and_leaves_nothing() {
    let folder = stage();
    for (command, name) in WRITERS {
        for old in [None, Some("old")] {
            if let Some(old) = old {
                folder.write(name, old);
            }
            let result = shell(&folder, &format!("ulimit -f 1; exec $0 {command} {name}"));
            assert_eq!(result.code, Some(2), "{command} {name}: {}", result.err);
            let said = format!("ringscope: {name}: cannot be written: File too large");
            assert!(result.err.starts_with(&said), "{command} {name}: {}", result.err);
            let left: Vec<_> = old.map(|_| (*name).to_owned()).into_iter().collect();
            assert_eq!(results(&folder), left, "{command} {name}");
            assert!(old.is_none_or(|old| folder.read(name) == old), "{command} {name}");
        }
        fs::remove_file(folder.path(name)).expect("it is ours");
    }
    let result = shell(&folder, "ulimit -f 1; exec $0 run join --quiet -o - > t.jsonl");
    assert_eq!(result.code, Some(2));
    assert!(
        result.err.contains("standard output: cannot be written: File too large"),
        "{}",
        result.err
    );
}

/// A run that goes on for ever, and its unfinished file.
fn endless(folder: &Folder) -> (Child, String) {
    folder.write("long.dht", "keyspace 100000000\nput 1..=100000000 key\n");
    let mut child = folder.command(&["run", "long.dht", "-o", "t.jsonl"]).spawn().expect("a start");
    let part = loop {
        assert!(child.try_wait().expect("a child").is_none(), "the run is long");
        let grown = |name: &String| {
            name.ends_with(".part")
                && folder.path(name).metadata().is_ok_and(|is| is.len() > 1 << 20)
        };
        match folder.names().into_iter().find(grown) {
            Some(name) => break name,
            None => std::thread::yield_now(),
        }
    };
    (child, part)
}

fn send(child: &Child, signal: Signal) {
    let pid = Pid::from_child(child);
    kill_process(pid, signal).expect("it runs");
}

#[test]
fn a_signal_that_ends_a_run_takes_away_what_was_begun() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let folder = Folder::new();
        folder.write("t.jsonl", "old");
        let (mut child, _) = endless(&folder);
        send(&child, signal);
        let status = child.wait().expect("it ends");
        assert_eq!(status.signal(), Some(signal.as_raw()), "whoever waits learns of the signal");
        assert_eq!(folder.names(), ["long.dht", "t.jsonl"], "{signal:?}");
        assert_eq!(folder.read("t.jsonl"), "old");
    }
}

#[test]
fn a_run_that_is_killed_leaves_what_it_recorded_and_no_half_file() {
    let folder = Folder::new();
    let (mut child, part) = endless(&folder);
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    assert!(part.starts_with("t.jsonl."), "{part}");
    assert_eq!(folder.names(), ["long.dht".to_owned(), part.clone()]);
    let result = folder.call(&format!("show {part} --rows 1"));
    assert_eq!(result.code, Some(0), "{}", result.err);
}

#[test]
fn a_signal_that_was_to_be_ignored_is_ignored() {
    let folder = Folder::new();
    folder.write("long.dht", "keyspace 100000000\nput 1..=100000000 key\n");
    let program = env!("CARGO_BIN_EXE_ringscope");
    let script = "trap '' HUP; exec $0 run long.dht --quiet -o fifo";
    make_fifo(&folder, "fifo");
    let mut child = Command::new("sh")
        .args(["-c", script, program])
        .current_dir(folder.path("."))
        .stdout(Stdio::null())
        .spawn()
        .expect("there is a shell");
    let mut reader = fs::File::open(folder.path("fifo")).expect("it is written, too");
    let mut read = |bytes: usize| {
        let mut block = vec![0; bytes];
        std::io::Read::read_exact(&mut reader, &mut block).map(|()| block)
    };
    read(1 << 20).expect("the run goes on");
    send(&child, Signal::HUP);
    read(8 << 20).expect("it goes on and on");
    send(&child, Signal::TERM);
    assert_eq!(child.wait().expect("it ends").signal(), Some(Signal::TERM.as_raw()));
}

#[test]
fn of_two_runs_to_one_file_each_is_whole_and_the_last_to_finish_stays() {
    let folder = Folder::new();
    let (mut long, part) = endless(&folder);
    assert_eq!(folder.call("run join --quiet -o t.jsonl").code, Some(0));
    assert!(folder.read("t.jsonl").ends_with("{\"end\":\"completed\",\"events\":222}\n"));
    assert!(folder.path(&part).exists(), "the other one goes on");
    send(&long, Signal::TERM);
    long.wait().expect("it ends");
    assert_eq!(folder.names(), ["long.dht", "t.jsonl"]);
    assert!(folder.read("t.jsonl").ends_with("{\"end\":\"completed\",\"events\":222}\n"));
}

#[test]
fn a_name_may_be_as_long_as_the_file_system_lets_it_be() {
    let folder = Folder::new();
    for name in ["x".repeat(252), "x".repeat(255), "ü".repeat(127), "🔑".repeat(63)] {
        let result = folder.call_with(&["run", "join", "--quiet", "-o", &name], "");
        assert_eq!(result.code, Some(0), "{} bytes: {}", name.len(), result.err);
        assert_eq!(folder.names(), [&*name]);
        fs::remove_file(folder.path(&name)).expect("it is ours");
    }
    let result = folder.call_with(&["run", "join", "--quiet", "-o", &"x".repeat(256)], "");
    assert_eq!((result.code, &*result.out), (Some(2), ""), "before the run");
    assert!(result.err.contains(": cannot be written: File name too long"), "{}", result.err);
    assert!(folder.names().is_empty());
}

#[test]
fn the_manual_is_written_page_by_page_and_follows_no_link() {
    let folder = Folder::new();
    folder.write("mine", "precious");
    fs::create_dir(folder.path("man")).expect("it can be made");
    symlink("../mine", folder.path("man/ringscope.1.part")).expect("a link");
    assert_eq!(folder.call("man man").code, Some(0));
    assert_eq!(folder.read("mine"), "precious");
    let result = shell(&folder, "ulimit -f 1; exec $0 man man");
    assert_eq!(result.code, Some(2));
    assert!(result.err.contains(": cannot be written: File too large"), "{}", result.err);
    let entries = fs::read_dir(folder.path("man")).expect("it is there");
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string());
    let names: Vec<_> = names.map(|name| name.expect("a plain name")).collect();
    let is_page = |name: &String| name.ends_with(".1") || name == "ringscope.1.part";
    assert!(names.iter().all(is_page), "{names:?}");
}
