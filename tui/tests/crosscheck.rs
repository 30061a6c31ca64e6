//! `ringscope crosscheck`, with scripts in the place of `mpirun` and `mpi-runner`: no MPI is needed.

mod support;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use insta::assert_snapshot;
use rustix::process::{Pid, Signal, kill_process};
use support::{CallResult, Folder, lives};

/// A folder with a launcher and a runner in it. The launcher starts the runner once, and writes down how
/// it was called; what the runner does is a test's own.
struct Stage {
    folder: Folder,
}

/// What the runner does first: it says its MPI, and finds where the trace is to go and what is run.
const RUNNER: &str = r#"#!/bin/sh
[ "$1" = --mpi ] && { echo "MPI-VERSION"; exit; }
scenario="$1"
trace="$3"
"#;

const LAUNCHER: &str = r#"#!/bin/sh
[ "$1" = --version ] && { echo "LAUNCHER-VERSION"; exit; }
printf '%s ' "$@" > call
shift 2
"$@"
"#;

impl Stage {
    /// A runner that does this, in the shell's words.
    fn set(does: &str) -> Stage {
        Stage::of(("openmpi", "mpirun (Open MPI) 4.1.4", "Open MPI v4.1.4"), does)
    }

    fn of((mpi, launcher, version): (&str, &str, &str), does: &str) -> Stage {
        let stage = Stage { folder: Folder::new() };
        fs::create_dir(stage.path("bin")).expect("a new folder");
        fs::create_dir(stage.path("tmp")).expect("a new folder");
        let launcher = LAUNCHER.replace("LAUNCHER-VERSION", launcher);
        stage.folder.program(&format!("bin/mpirun.{mpi}"), &launcher);
        stage.folder.program("mpi-runner", &(RUNNER.replace("MPI-VERSION", version) + does));
        stage
    }

    /// A runner that leaves the trace `t.jsonl`, which is recorded by this call of `ringscope run`.
    fn leaving(run: &str) -> Stage {
        let stage = Stage::set("cp t.jsonl \"$trace\"\n");
        stage.folder.record(run, "t.jsonl");
        stage
    }

    /// The trace with that in the place of this.
    fn altered(self, this: &str, that: &str) -> Stage {
        let trace = self.folder.read("t.jsonl");
        assert!(trace.contains(this), "{this} is not in {trace}");
        self.folder.write("t.jsonl", trace.replacen(this, that, 1));
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path(name)
    }

    fn command(&self, words: &str) -> Command {
        let words: Vec<&str> = ["crosscheck"].into_iter().chain(words.split_whitespace()).collect();
        let mut command = self.folder.command(&words);
        command
            .env("RINGSCOPE_MPI_RUNNER", self.path("mpi-runner"))
            .env("PATH", format!("{}:/usr/bin:/bin", self.path("bin").display()))
            .env("TMPDIR", self.path("tmp"))
            .stdin(Stdio::null());
        command
    }

    fn call(&self, words: &str) -> CallResult {
        self.result_of(&mut self.command(words))
    }

    fn result_of(&self, command: &mut Command) -> CallResult {
        let output = command.output().expect("the program starts");
        let text = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).expect("the program says text");
            let folder = self.path("").display().to_string();
            without_times(&text).replace(&folder, "FOLDER/")
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

/// The text with the times taken out of the lines with figures.
fn without_times(text: &str) -> String {
    let line = |line: &str| match line.rsplit_once("; ") {
        Some((figures, _)) if line.starts_with("  ") && figures.contains(" events, ") => {
            format!("{figures}; TIME\n")
        }
        Some(_) | None => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

#[test]
fn the_same_run_under_mpi_is_the_same() {
    let result = Stage::leaving("join").call("join");
    assert_eq!(result.code, Some(0), "{}", result.err);
    assert_snapshot!("same", result.golden());
}

#[test]
fn what_mpirun_says_of_an_exit_code_of_1_does_not_count() {
    let stage = Stage::leaving("join");
    stage.folder.program("mpi-runner", &(RUNNER.replace("MPI-VERSION", "Open MPI v4.1.4")
        + "cp t.jsonl \"$trace\"; echo 'Primary job terminated normally, but 1 process returned a non-zero exit code' >&2; exit 1\n"));
    let result = stage.call("join");
    assert_eq!(result.code, Some(0), "{}", result.err);
    assert_eq!(result.err, "");
}

#[test]
fn an_event_that_the_protocol_does_not_have_there_is_a_difference() {
    let stage = Stage::leaving("join").altered(
        r#""op":"send","peer":6,"tag":0,"data":[100,1]"#,
        r#""op":"send","peer":6,"tag":0,"data":[100,2]"#,
    );
    let result = stage.call("join");
    assert_eq!(result.code, Some(1), "{}", result.err);
    assert_snapshot!("different", result.golden());
}

#[test]
fn another_run_that_conforms_is_a_difference_too_with_one_command_in_flight() {
    let stage = Stage::leaving("first-put");
    stage.folder.write("other.dht", "put 1 1\n");
    let result = stage.call("other.dht");
    assert_eq!(result.code, Some(1), "{}", result.err);
    assert!(result.out.contains("\ndifferent: Open MPI did not do"), "{}", result.out);
    assert!(result.out.contains("A is the simulated run with seed 1"), "{}", result.out);
}

#[test]
fn two_runs_that_deadlock_in_the_same_way_agree() {
    let result = Stage::leaving("get-missing").call("get-missing");
    assert_eq!(result.code, Some(0), "{}", result.err);
    assert_snapshot!("deadlock", result.golden());
}

#[test]
fn two_runs_that_deadlock_in_different_ways_do_not() {
    let result = Stage::leaving("add-negative-id").call("get-missing");
    assert_eq!(result.code, Some(1), "{}", result.err);
    assert_snapshot!("deadlocks_differ", result.golden());
}

#[test]
fn a_run_that_only_the_watchdog_ended_is_no_proven_deadlock() {
    let stage = Stage::leaving("get-missing").altered(r#""end":"deadlock""#, r#""end":"stopped""#);
    let result = stage.call("get-missing");
    assert_eq!(result.code, Some(1), "{}", result.err);
    assert!(result.out.contains("  the two did not end in the same way: "), "{}", result.out);
}

#[test]
fn a_run_that_was_cut_off_has_no_end_to_agree_with() {
    let stage = Stage::leaving("get-missing");
    let trace = stage.folder.read("t.jsonl");
    let (without_footer, _) = trace.trim_end().rsplit_once('\n').expect("it has lines");
    stage.folder.write("t.jsonl", format!("{without_footer}\n"));
    let result = stage.call("get-missing");
    assert_eq!(result.code, Some(1), "{}", result.err);
    assert!(result.out.contains("  the two did not end in the same way: "), "{}", result.out);
}

#[test]
fn of_two_livelocks_one_is_the_beginning_of_the_other() {
    let stage = Stage::leaving("put-beyond --limit 100")
        .altered(r#""end":"stopped""#, r#""end":"livelock""#);
    let result = stage.call("put-beyond");
    assert_eq!(result.code, Some(0), "{}", result.err);
    assert_snapshot!("livelock", result.golden());
    let call = stage.folder.read("call");
    assert!(call.contains(" --quiet-messages 5"), "a livelock is not waited for long: {call}");
}

#[test]
fn two_runs_in_which_the_same_rank_breaks_off_agree() {
    let result = Stage::leaving("put-zero").call("put-zero");
    assert_eq!(result.code, Some(0), "{}", result.err);
    assert!(result.out.contains("rank 0 crashed"), "{}", result.out);
    let other = Stage::leaving("put-zero").altered("it has no storage", "it had enough");
    assert_eq!(other.call("put-zero").code, Some(1));
}

/// A scenario with a race, the seed of a run, and that of another which takes another order.
fn race() -> (Stage, u32) {
    let stage = Stage::leaving("race-lost-key --seed 1");
    stage
        .folder
        .write("two.dht", "window 2\nput 100 1\nput 900 9\nadd 3 500\nput 200 2\nput 300 3\n");
    stage.folder.record("two.dht --seed 1", "1.jsonl");
    let other = (2..100).find(|seed| {
        stage.folder.record(&format!("two.dht --seed {seed}"), "t.jsonl");
        stage.folder.call("diff 1.jsonl t.jsonl").code == Some(1)
    });
    (stage, other.expect("a race goes another way with another seed"))
}

#[test]
fn with_two_commands_in_flight_another_order_is_legal() {
    let (stage, _) = race();
    let result = stage.call("two.dht");
    assert_eq!(result.code, Some(0), "{}", result.err);
    assert_snapshot!("legal", result.golden());
}

#[test]
fn with_more_seeds_the_order_is_found_among_the_simulated_ones() {
    let (stage, seed) = race();
    let result = stage.call(&format!("two.dht --seeds {seed}"));
    assert_eq!(result.code, Some(0), "{}", result.err);
    let says = format!("(1 of {seed} simulated runs)");
    assert!(result.out.contains("\nsame: "), "{}", result.out);
    assert!(result.out.replace('\n', " ").contains(&says), "{}", result.out);
}

#[test]
fn with_two_commands_in_flight_an_event_that_does_not_conform_is_a_difference() {
    let (stage, _) = race();
    let stage = stage.altered(r#""data":[900,9]"#, r#""data":[900,8]"#);
    let result = stage.call("two.dht");
    assert_eq!(result.code, Some(1), "{}", result.err);
    assert!(result.out.contains("\ndifferent: "), "{}", result.out);
}

#[test]
fn with_one_command_in_flight_every_seed_is_the_same() {
    let result = Stage::leaving("join").call("join --seeds 20");
    assert_eq!(result.code, Some(0), "{}", result.err);
    let words = result.out.replace('\n', " ");
    assert!(words.contains("(20 of 20 simulated runs)"), "{words}");
}

#[test]
fn what_the_command_line_says_reaches_both() {
    let stage = Stage::set("cp \"$scenario\" ran.dht; cp t.jsonl \"$trace\"\n");
    stage.folder.write("get.dht", "put 5 50\nget 6\n");
    stage.folder.record("get.dht --unchecked --ranks 5 --window 2", "t.jsonl");
    assert_eq!(stage.call("get.dht -n 5 --window 2").code, Some(2), "the check finds the GET");
    let result = stage.call("get.dht -n 5 --window 2 --timeout 2.5 --unchecked");
    assert_eq!(result.code, Some(0), "{}", result.err);
    assert!(result.out.starts_with("get.dht: 5 ranks, 2 commands in flight\n"), "{}", result.out);
    assert_eq!(stage.folder.read("ran.dht"), "ranks 5\nwindow 2\nput 5 50\nget 6\n");
    let call = stage.folder.read("call");
    assert!(call.starts_with("-n 5 "), "{call}");
    assert!(call.contains(" --unchecked --timeout 2.5 --quiet-messages 100000"), "{call}");
}

#[test]
fn a_scenario_that_the_ranks_are_too_few_for_is_refused_before_anything_starts() {
    let stage = Stage::leaving("join");
    let result = stage.call("join -n 4");
    assert_eq!(result.code, Some(2));
    assert!(result.err.contains("rank 3 is the command node"), "{}", result.err);
    let many = stage.call("join -n 100000");
    assert_eq!(many.code, Some(2));
    assert!(many.err.contains("needs 100000 processes; at most 1024"), "{}", many.err);
    assert!(!stage.path("call").exists());
}

#[test]
fn the_traces_are_kept_when_that_is_asked_for() {
    let stage = Stage::leaving("join");
    let result = stage.call("join --keep runs/join");
    assert_eq!(result.code, Some(0), "{}", result.err);
    let mut names: Vec<_> = fs::read_dir(stage.path("runs/join"))
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a plain name"))
        .collect();
    names.sort();
    assert_eq!(names, ["join.dht", "openmpi.jsonl", "sim.jsonl"]);
    assert_eq!(stage.folder.read("runs/join/sim.jsonl"), stage.folder.read("t.jsonl"));
    assert_eq!(stage.folder.call("run runs/join/join.dht").code, Some(0));
}

#[test]
fn a_verdict_is_reported_in_json() {
    let result = Stage::leaving("get-missing").call("get-missing --json");
    assert_eq!(result.code, Some(0), "{}", result.err);
    let json: serde_json::Value = serde_json::from_str(&result.out).expect("JSON");
    assert_eq!(json["scenario"], "get-missing");
    assert_eq!(json["ranks"], 8);
    assert_eq!(json["simulated"]["end"], "deadlock");
    let run = &json["runs"][0];
    assert_eq!(run["mpi"], "openmpi");
    assert_eq!(run["verdict"], "same");
    assert_eq!(run["repeated"], true);
    assert_eq!(run["events"], json["simulated"]["events"]);
    assert_eq!(run["facts"], json["simulated"]["facts"]);
    assert_eq!(run["comparison"]["level"], "equal");
    assert!(run["elapsed_ns"].as_u64().is_some_and(|ns| ns > 0));
}

#[test]
fn both_mpis_run_one_after_the_other_from_where_the_makefile_puts_them() {
    let stage = Stage::leaving("join");
    let (open, mpich) = ("target/mpi/openmpi/release", "target/mpi/mpich/release");
    for folder in [open, mpich, "target/debug"] {
        fs::create_dir_all(stage.path(folder)).expect("a new folder");
    }
    stage.folder.program("bin/mpirun.mpich", &LAUNCHER.replace("LAUNCHER-VERSION", "HYDRA 4.0.2"));
    for (folder, version) in [(open, "Open MPI v4.1.4"), (mpich, "MPICH 4.0.2")] {
        let runner = RUNNER.replace("MPI-VERSION", version) + "cp t.jsonl \"$trace\"\n";
        stage.folder.program(&format!("{folder}/mpi-runner"), &runner);
    }
    let ringscope = stage.path("target/debug/ringscope");
    fs::copy(env!("CARGO_BIN_EXE_ringscope"), &ringscope).expect("room for a copy");
    let result = |words: &[&str]| {
        let usual = stage.command("");
        let mut command = Command::new(&ringscope);
        command.args(words).current_dir(stage.path("")).stdin(Stdio::null());
        for (name, value) in usual.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        stage.result_of(command.env_remove("RINGSCOPE_MPI_RUNNER"))
    };
    let both = result(&["crosscheck", "join", "--mpi", "both"]);
    assert_eq!(both.code, Some(0), "{}", both.err);
    assert_snapshot!("both", both.golden());
    let first = result(&["crosscheck", "join"]);
    assert!(first.out.contains("\nsame: Open MPI did"), "{}", first.out);
    fs::remove_dir_all(stage.path("target/mpi/openmpi")).expect("it is our own");
    let first = result(&["crosscheck", "join"]);
    assert!(first.out.contains("\nsame: MPICH did"), "{}", first.out);
    let gone = result(&["crosscheck", "join", "--mpi", "openmpi"]);
    assert_eq!(gone.code, Some(2));
    assert_snapshot!("no_runner", gone.err);
}

#[test]
fn a_runner_of_the_other_mpi_is_named() {
    let stage = Stage::leaving("join");
    let result = stage.call("join --mpi mpich");
    assert_eq!(result.code, Some(2));
    assert_snapshot!("other_runner", result.err);
}

#[test]
fn a_launcher_of_the_other_mpi_is_not_taken() {
    let stage = Stage::of(("mpich", "HYDRA build details", "Open MPI v4.1.4"), "");
    fs::rename(stage.path("bin/mpirun.mpich"), stage.path("bin/mpirun")).expect("both are ours");
    let result = stage.result_of(stage.command("join").env("PATH", stage.path("bin")));
    assert_eq!(result.code, Some(2));
    assert_snapshot!("other_launcher", result.err);
    fs::remove_file(stage.path("bin/mpirun")).expect("it is ours");
    let none = stage.result_of(stage.command("join").env("PATH", stage.path("bin")));
    assert_eq!(none.code, Some(2));
    assert_snapshot!("no_launcher", none.err);
}

#[test]
fn a_variable_that_names_no_runner_is_named() {
    let stage = Stage::leaving("join");
    let result = stage.result_of(stage.command("join").env("RINGSCOPE_MPI_RUNNER", "gone"));
    assert_eq!(result.code, Some(2));
    assert_snapshot!("named_runner", result.err);
}

#[test]
fn a_runner_that_crashes_is_heard_to_its_end() {
    let does = r#"
mkdir "$trace.parts"
i=0; while [ $i -lt 30 ]; do i=$((i+1)); printf 'line %s \033[31m is red\n' $i >&2; done
kill -SEGV $$
"#;
    let stage = Stage::set(does);
    let result = stage.call("join");
    assert_eq!(result.code, Some(2));
    assert_snapshot!("crash", result.golden());
    let kept = stage.call("join --keep runs");
    let hint =
        "  hint: `ringscope merge runs/openmpi.jsonl.parts` makes a trace of what the ranks did\n";
    assert!(kept.err.ends_with(hint), "{}", kept.err);
}

#[test]
fn a_trace_of_an_earlier_run_is_not_taken_for_this_one_s() {
    let stage = Stage::leaving("join");
    assert_eq!(stage.call("join --keep runs").code, Some(0));
    let runner = RUNNER.replace("MPI-VERSION", "Open MPI v4.1.4");
    stage.folder.program("mpi-runner", &(runner + "echo 'mpi-runner: no room' >&2; exit 2\n"));
    let result = stage.call("join --keep runs");
    assert_eq!(result.code, Some(2));
    assert!(result.err.contains("  | mpi-runner: no room\n"), "{}", result.err);
    assert!(result.err.contains("ended with exit code 2 and without a trace"), "{}", result.err);
}

/// A runner that never ends, and has started another program in a group and a session of its own; both
/// write their numbers down before they say in `begun` that they have begun.
const HANGS: &str = r#"
setsid sh -c 'trap "" TERM; echo $$ > child; exec sleep 600' &
while [ ! -s child ]; do :; done
echo $$ > self
echo begun > begun
exec sleep 600
"#;

#[test]
fn a_run_that_hangs_is_ended_with_all_that_it_started() {
    let stage = Stage::set(HANGS);
    stage.folder.write("begun", "");
    let result = stage.call("join --timeout 0.5 --grace 1");
    assert_eq!(result.code, Some(2));
    assert_eq!(stage.folder.read("begun"), "begun\n");
    assert!(!lives(&stage.folder.read("self")) && !lives(&stage.folder.read("child")));
    assert_snapshot!("hang", result.golden());
}

#[test]
fn ctrl_c_ends_what_was_started_first() {
    let stage = Stage::set(HANGS);
    let begun = stage.path("begun");
    let made = Command::new("mkfifo").arg(&begun).status().expect("mkfifo is a usual program");
    assert!(made.success());
    let mut command = stage.command("join");
    let ringscope = command.stdout(Stdio::null()).spawn().expect("the program starts");
    // Returns when the runner writes to it.
    assert_eq!(fs::read_to_string(begun).expect("a pipe"), "begun\n");
    kill_process(Pid::from_child(&ringscope), Signal::INT).expect("it runs");
    let output = ringscope.wait_with_output().expect("it ends");
    let said = String::from_utf8(output.stderr).expect("the program says text");
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert_eq!(said, "ringscope: crosscheck: interrupted: mpirun was ended, too\n");
    assert!(!lives(&stage.folder.read("self")) && !lives(&stage.folder.read("child")));
    assert_eq!(fs::read_dir(stage.path("tmp")).expect("the folder").count(), 0);
}
