//! `ringscope record`, with scripts in the place of `mpirun` and of programs: no MPI is needed.

mod support;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use insta::assert_snapshot;
use ringscope_sim::protocols::ProtocolId;
use ringscope_traces::merge::split;
use ringscope_traces::parts::file_name;
use ringscope_traces::{Rank, Trace, read_trace, write_trace};
use rustix::process::{Pid, Signal, kill_process};
use support::{CallResult, Folder, lives};

/// A folder with a launcher and a recorder in it. The launcher writes down how it was called, and does what a
/// test wants in the place of a program.
struct Stage {
    folder: Folder,
}

const LAUNCHER: &str = r#"#!/bin/sh
[ "$1" = --version ] && { echo "LAUNCHER-VERSION"; exit; }
printf '%s\n' "$@" > call
env > environment
[ "$1" = -x ] && shift 2
[ "$1" = -genv ] && shift 3
shift 2
"$@"
"#;

impl Stage {
    fn set() -> Stage {
        Stage::of("mpirun (Open MPI) 4.1.4")
    }

    fn of(launcher: &str) -> Stage {
        let stage = Stage { folder: Folder::new() };
        fs::create_dir(stage.path("bin")).expect("a new folder");
        fs::create_dir(stage.path("tmp")).expect("a new folder");
        stage.folder.program("bin/mpirun", &LAUNCHER.replace("LAUNCHER-VERSION", launcher));
        stage.folder.write("recorder.so", "");
        stage
    }

    /// A program that leaves the parts of this run of a scenario; `does` is what the shell does after that.
    fn leaving(scenario: &str, does: &str) -> Stage {
        let stage = Stage::set();
        stage.folder.record(scenario, "t.jsonl");
        let bytes = stage.folder.read("t.jsonl");
        let (trace, _) = read_trace(bytes.as_bytes(), "t.jsonl").expect("it is a trace");
        fs::create_dir(stage.path("parts")).expect("a new folder");
        let parts = split(&trace);
        for rank in (0..trace.header.ranks).map(Rank) {
            let of_rank =
                |part: &&Trace| part.events.first().is_some_and(|event| event.rank == rank);
            let empty = Trace { events: Vec::new(), ..trace.clone() };
            let part = parts.iter().find(of_rank).unwrap_or(&empty);
            let bytes = write_trace(Vec::new(), part).expect("memory takes it");
            let bytes = String::from_utf8(bytes).expect("a trace is text");
            let recorded = bytes.replace(r#""source":"sim""#, r#""source":"recorded""#);
            stage.folder.write(&format!("parts/{}", file_name(rank)), recorded);
        }
        stage
            .folder
            .program("dht", &format!("#!/bin/sh\ncp parts/* \"$RINGSCOPE_RECORD\"\n{does}\n"));
        stage
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path(name)
    }

    fn command(&self, words: &str) -> Command {
        let words: Vec<&str> = ["record"].into_iter().chain(words.split_whitespace()).collect();
        let mut command = self.folder.command(&words);
        command
            .env("RINGSCOPE_RECORDER", self.path("recorder.so"))
            .env("PATH", format!("{}:/usr/bin:/bin", self.path("bin").display()))
            .env("TMPDIR", self.path("tmp"))
            .env_remove("OMPI_ALLOW_RUN_AS_ROOT")
            .stdin(Stdio::null());
        command
    }

    fn call(&self, words: &str) -> CallResult {
        self.result_of(&mut self.command(words))
    }

    fn result_of(&self, command: &mut Command) -> CallResult {
        let output = command.output().expect("the program starts");
        let folder = fs::canonicalize(self.path("")).expect("it is there").display().to_string();
        let text = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).expect("the program says text");
            without_times(&text).replace(&folder, "FOLDER")
        };
        let result = CallResult {
            code: output.status.code(),
            out: text(output.stdout),
            err: text(output.stderr),
        };
        let left: Vec<_> = fs::read_dir(self.path("tmp")).expect("the folder").collect();
        assert!(left.is_empty(), "left behind: {left:?}");
        result
    }
}

/// The text with the time taken out of the line that has it.
fn without_times(text: &str) -> String {
    let line = |line: &str| match (line.split_once(", "), line.split_once("; ")) {
        (Some((messages, _)), Some((_, end))) if messages.contains(" message") => {
            format!("{messages}, TIME; {end}\n")
        }
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

#[test]
fn a_program_that_ends_in_order_leaves_its_trace_and_nothing_else() {
    let stage = Stage::leaving("join", "echo said; cat");
    let result = stage.call("-o run.jsonl -- mpirun -n 8 ./dht");
    assert_eq!(result.code, Some(0), "{}", result.err);
    assert_snapshot!("completed", result.golden());
    assert_eq!(stage.folder.call("diff t.jsonl run.jsonl").code, Some(0));
    assert!(!stage.folder.names().iter().any(|name| name.starts_with("run.jsonl.")));
}

#[test]
fn input_is_the_programs() {
    let stage = Stage::leaving("join", "cat");
    let mut command = stage.command("-o run.jsonl --quiet -- mpirun -n 8 ./dht");
    let given = fs::File::open(stage.path("recorder.so")).expect("it is there");
    stage.folder.write("recorder.so", "for the program\n");
    let result = stage.result_of(command.stdin(given));
    assert_eq!((result.code, &*result.out, &*result.err), (Some(0), "for the program\n", ""));
}

#[test]
fn a_program_that_fails_is_recorded_and_its_exit_code_reported() {
    let stage = Stage::leaving("join", "exit 7");
    let result = stage.call("-o run.jsonl mpirun -n 8 ./dht");
    assert_eq!(result.code, Some(1));
    assert_snapshot!("failed", result.golden());
    let killed = Stage::leaving("join", "kill -KILL $$").call("-o run.jsonl ./dht");
    assert_eq!(killed.code, Some(1));
    assert!(killed.err.contains("; the program ended with signal 9\n"), "{}", killed.err);
}

#[test]
fn the_recorder_is_told_which_protocol_the_program_follows() {
    let does = r#"echo "follows $RINGSCOPE_RECORD_PROTOCOL""#;
    let name = ProtocolId::default().name();
    for (flag, follows) in [(String::new(), "none"), (format!("--protocol {name}"), name)] {
        let told = Stage::leaving("join", does).call(&format!("-o run.jsonl {flag} ./dht"));
        let follows = format!("follows {follows}");
        assert!(told.out.lines().any(|line| line == follows), "{}", told.out);
    }
    let refused = Stage::leaving("join", does).call("-o run.jsonl --protocol chord ./dht");
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.contains("unknown protocol (known: classic, safe)"), "{}", refused.err);
}

/// All that ranks leave which are killed in a deadlock: no footers, and zero bytes at the end.
#[test]
fn a_run_that_was_killed_is_a_trace_that_was_cut_off() {
    let does = r#"for part in "$RINGSCOPE_RECORD"/*; do
        sed -i '$d' "$part"; head -c 5000 /dev/zero >> "$part"; done; exit 3"#;
    let stage = Stage::leaving("get-missing", does);
    let result = stage.call("-o run.jsonl mpirun -n 8 ./dht");
    assert_eq!(result.code, Some(1));
    assert_snapshot!("killed", result.golden());
    assert!(!stage.path("run.jsonl.parts").exists());
    assert_eq!(stage.folder.call("check run.jsonl").code, Some(0));
}

#[test]
fn parts_that_were_not_all_used_are_kept_and_merge_says_the_same() {
    let stage = Stage::leaving("join", r#"rm "$RINGSCOPE_RECORD"/rank-0006.jsonl"#);
    let result = stage.call("-o run.jsonl mpirun -n 8 ./dht");
    assert_eq!(result.code, Some(1));
    assert_snapshot!("lost", result.golden());
    let merged = stage.folder.call("merge run.jsonl -o merged.jsonl");
    assert_eq!(merged.code, Some(1), "{}", merged.err);
    assert_eq!(stage.folder.read("merged.jsonl"), stage.folder.read("run.jsonl"));
    let again = stage.call("-o run.jsonl mpirun -n 8 ./dht");
    assert_eq!(again.code, Some(2));
    assert_snapshot!("earlier", again.err);
}

#[test]
fn a_trace_on_standard_output_has_it_to_itself() {
    let stage = Stage::leaving("join", "echo said");
    let result = stage.call("-o - --window 3 --keyspace 5000 mpirun -n 8 ./dht");
    assert_eq!(result.code, Some(0), "{}", result.err);
    assert!(result.err.starts_with("said\n"), "{}", result.err);
    let (trace, _) = read_trace(result.out.as_bytes(), "out").expect("it is a trace");
    let field = |name| trace.header.field(name).and_then(ringscope_traces::Payload::as_int);
    assert_eq!((field("window"), field("keyspace")), (Some(3), Some(5000)));
}

#[test]
fn a_launcher_is_told_to_load_the_recorder_in_its_ranks_alone() {
    let call = |stage: &Stage, words: &str| {
        stage.call(&format!("-o run.jsonl {words}"));
        let lines = |name| stage.folder.read(name).lines().map(str::to_owned).collect::<Vec<_>>();
        (lines("call"), lines("environment"))
    };
    let stage = Stage::set();
    let recorder = fs::canonicalize(stage.path("recorder.so")).expect("it is there");
    let preload = format!("LD_PRELOAD={}", recorder.display());
    let (words, environment) = call(&stage, "mpirun -n 2 true");
    assert_eq!(words, ["-x", &preload, "-n", "2", "true"]);
    assert!(!environment.contains(&preload), "{environment:?}");
    assert!(environment.contains(&"OMPI_ALLOW_RUN_AS_ROOT=1".to_owned()), "{environment:?}");
    let stage = Stage::of("HYDRA build details");
    let recorder = fs::canonicalize(stage.path("recorder.so")).expect("it is there");
    let (words, _) = call(&stage, "mpirun -n 2 true");
    assert_eq!(words, ["-genv", "LD_PRELOAD", &recorder.to_string_lossy(), "-n", "2", "true"]);
}

#[test]
fn what_cannot_be_recorded_is_reported_and_leaves_nothing() {
    let stage = Stage::leaving("join", "true");
    fs::create_dir(stage.path("folder")).expect("a new folder");
    stage.folder.write("run.jsonl", "what was there");
    let before = stage.folder.names();
    let words = [
        "-o run.jsonl -- no-such-program",
        "-o run.jsonl -- true",
        "-o run.jsonl -- mpirun -n 2 false",
        "-o folder -- true",
        "-o nowhere/run.jsonl -- true",
        "-o dht -- ./dht",
    ];
    let result = words.map(|words| {
        let mut command = stage.command(words);
        // Nothing is to be loaded that is no library: the system would say so.
        let result = stage.result_of(command.env("RINGSCOPE_RECORDER", "/dev/null"));
        assert_eq!((result.code, result.out.as_str()), (Some(2), ""), "{words}: {}", result.err);
        let ours = result.err.lines().filter(|line| !line.starts_with("ERROR: ld.so: "));
        format!("record {words}\n{}", ours.map(|line| format!("{line}\n")).collect::<String>())
    });
    assert_snapshot!("refused", result.join("\n"));
    let expected = before.into_iter().chain(["call".into(), "environment".into()]);
    let mut expected: Vec<String> = expected.collect();
    expected.sort();
    assert_eq!(stage.folder.names(), expected);
    assert_eq!(stage.folder.read("run.jsonl"), "what was there");
}

#[test]
fn a_recorder_that_is_not_there_is_reported_with_how_to_build_it() {
    let stage = Stage::set();
    let named = stage.result_of(stage.command("-o t -- true").env("RINGSCOPE_RECORDER", "gone.so"));
    assert_eq!(named.code, Some(2));
    fs::create_dir(stage.path("a folder")).expect("a new folder");
    stage.folder.write("a folder/recorder.so", "");
    let apart = stage.path("a folder/recorder.so");
    let apart = stage.result_of(stage.command("-o t -- true").env("RINGSCOPE_RECORDER", apart));
    assert_eq!(apart.code, Some(2));
    assert_snapshot!("no_recorder", format!("{}\n{}", named.err, apart.err));
    // Away from the folders in which it is built, there is none.
    let alone = stage.path("bin/ringscope");
    fs::copy(env!("CARGO_BIN_EXE_ringscope"), &alone).expect("the folder takes files");
    let output = Command::new(alone)
        .args(["record", "-o", "t", "true"])
        .env_remove("RINGSCOPE_RECORDER")
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(2));
    assert_snapshot!("not_built", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn ctrl_c_ends_the_program_and_keeps_what_it_has_done() {
    let does = "trap '' TERM\n(trap '' TERM; echo $$ > self; echo begun > begun; exec sleep 600)";
    let stage = Stage::leaving("join", does);
    let begun = stage.path("begun");
    let made = Command::new("mkfifo").arg(&begun).status().expect("mkfifo is a usual program");
    assert!(made.success());
    let mut command = stage.command("-o run.jsonl mpirun -n 8 ./dht");
    let ringscope = command.spawn().expect("the program starts");
    // Returns when the program writes to it.
    assert_eq!(fs::read_to_string(begun).expect("a pipe"), "begun\n");
    kill_process(Pid::from_child(&ringscope), Signal::INT).expect("it runs");
    let output = ringscope.wait_with_output().expect("it ends");
    let said = String::from_utf8(output.stderr).expect("the program says text");
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("; interrupted, and the program was ended, too\n"), "{said}");
    assert!(!lives(&stage.folder.read("self")));
    assert_eq!(stage.folder.call("diff t.jsonl run.jsonl").code, Some(0));
}

#[test]
fn a_program_that_is_silent_for_long_is_ended() {
    let stage = Stage::leaving("join", "exec sleep 600");
    let result = stage.call("-o run.jsonl --timeout 0.5 mpirun -n 8 ./dht");
    assert_eq!(result.code, Some(1));
    assert!(result.err.contains("no rank did anything for too long"), "{}", result.err);
    assert_eq!(stage.folder.call("diff t.jsonl run.jsonl").code, Some(0));
}
