//! Hand-ins judged by a task: `ringscope judge`, of hash tables in C and in Python, right and wrong.

mod support;

use serde_json::Value;

use support::{Folder, Mpi, Recorded, source, unbroken};

/// A node joins and leaves again, and its keys with it.
const TASK: &str =
    "ranks 4\nput 400 4\nput 100 1\nadd 1 500\nget 400\nget 100\nremove 500\nget 100\n";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HandIn {
    /// The classic protocol, in C.
    C,
    /// Messages of its own between the nodes, in Python.
    Python,
}

/// A hand-in, judged.
#[derive(Debug, Clone, Copy)]
struct Case {
    hand_in: HandIn,
    bug: &'static str,
    flags: &'static [&'static str],
    commands: &'static str,
}

/// One that is right.
const RIGHT: Case = Case { hand_in: HandIn::C, bug: "", flags: &[], commands: "task.dht" };

impl Case {
    fn judged(self, mpi: Mpi, folder: &Folder, format: &[&str]) -> Recorded {
        folder.write("task.dht", TASK);
        let program = match self.hand_in {
            HandIn::C => vec![folder.build_plain("dht.c", mpi)],
            HandIn::Python => vec![mpi.python(), source("handin.py")],
        };
        let mpirun = mpi.mpirun();
        let words = ["judge", "task.dht"].iter().chain(self.flags).chain(format).copied();
        let words =
            words.chain(["--", &mpirun, "-n", "4"]).chain(program.iter().map(String::as_str));
        let bug: &[&str] = if self.bug.is_empty() { &[] } else { &["--bug", self.bug] };
        folder.ringscope(words.chain([self.commands]).chain(bug.iter().copied()))
    }

    /// Under both MPIs, it does not pass, all of that is said, and JSON says the same.
    fn does_not_pass(self, says: &[&str]) {
        for mpi in Mpi::ALL {
            let outcome = self.judged(mpi, &Folder::new(), &[]);
            let said = unbroken(&outcome.out);
            assert_eq!(outcome.code, Some(1), "{mpi:?} {self:?}: {said}\n{}", outcome.err);
            assert!(said.contains(": not passed"), "{mpi:?} {self:?}: {said}");
            for words in says {
                assert!(said.contains(words), "{mpi:?} {self:?}: {words}\nin: {said}");
            }
        }
    }
}

fn in_both(bug: &'static str) -> [Case; 2] {
    [HandIn::C, HandIn::Python].map(|hand_in| Case { hand_in, bug, ..RIGHT })
}

#[test]
fn one_that_is_right_passes_and_its_messages_stand_beside_the_references() {
    for (case, mpi) in in_both("").into_iter().flat_map(|case| Mpi::ALL.map(|mpi| (case, mpi))) {
        let folder = Folder::new();
        let outcome = case.judged(mpi, &folder, &["-o", "trace.jsonl"]);
        assert_eq!(outcome.code, Some(0), "{mpi:?} {case:?}: {}\n{}", outcome.out, outcome.err);
        let said = unbroken(&outcome.out);
        let messages = match case.hand_in {
            HandIn::C => "messages 47 messages, the reference 47",
            HandIn::Python => "messages 33 messages, the reference 47",
        };
        let all = [
            ": passed",
            "commands all 7 of the task",
            "answers yes: 7 commands, 3 answers",
            messages,
        ];
        for words in all {
            assert!(said.contains(words), "{mpi:?} {case:?}: {words}\nin: {said}");
        }
        assert!(outcome.err.contains("val is 4, storage id is 500"), "{}", outcome.err);
        assert_eq!(folder.ringscope(["check", "trace.jsonl"]).code, Some(0), "{mpi:?} {case:?}");
    }
}

#[test]
fn a_wrong_value_is_named() {
    for case in in_both("wrong-value") {
        case.does_not_pass(&["get 400 is answered with 5; expected 4", "ended well yes"]);
    }
}

#[test]
fn a_wrong_owner_is_named() {
    for case in in_both("wrong-owner") {
        case.does_not_pass(&["get 400 is answered by", "its owner is 500", "ended well yes"]);
    }
}

#[test]
fn one_that_hangs_is_ended_and_said_where() {
    for case in in_both("hang") {
        let says =
            ["commands the first 6 of 7 commands", "no rank did anything for too long", "rank 3"];
        Case { flags: &["--timeout", "4"], ..case }.does_not_pass(&says);
    }
}

#[test]
fn one_that_crashes_is_said_where() {
    Case { bug: "crash", ..RIGHT }.does_not_pass(&["commands the first 4 of 7", "ended well no"]);
    let python =
        Case { hand_in: HandIn::Python, bug: "crash", flags: &["--timeout", "4"], ..RIGHT };
    python.does_not_pass(&["commands the first 4 of 7", "KeyError", "handin.py:91"]);
}

#[test]
fn one_that_goes_on_for_ever_is_ended() {
    for case in in_both("livelock") {
        let says = ["has sent and received as many messages as it may", "again and again"];
        Case { flags: &["--events", "1000"], ..case }.does_not_pass(&says);
    }
}

#[test]
fn one_that_goes_on_for_ever_is_ended_by_the_clock_too() {
    let flags = &["--wall", "2", "--events", "1000000000"];
    let case = Case { bug: "livelock", flags, ..RIGHT };
    let outcome = case.judged(Mpi::Open, &Folder::new(), &[]);
    assert_eq!(outcome.code, Some(1), "{}\n{}", outcome.out, outcome.err);
    assert!(unbroken(&outcome.out).contains("its time was over"), "{}", outcome.out);
}

#[test]
fn one_that_answers_all_and_does_not_end_does_not_pass() {
    let case = Case { hand_in: HandIn::Python, bug: "lingers", ..RIGHT };
    let says = ["answers yes: 7 commands, 3 answers", "ended well no", "rank 2"];
    Case { flags: &["--timeout", "4"], ..case }.does_not_pass(&says);
}

#[test]
fn one_with_other_commands_is_told_which() {
    let case = Case { hand_in: HandIn::Python, commands: "built-in", ..RIGHT };
    case.does_not_pass(&["not those of the task: the 2nd is `get 400`, and should be `put 100 1`"]);
}

#[test]
fn the_report_is_json_too() {
    let case = Case { hand_in: HandIn::Python, bug: "wrong-value", ..RIGHT };
    let outcome = case.judged(Mpi::Open, &Folder::new(), &["--json"]);
    let json: Value = serde_json::from_str(&outcome.out).expect("JSON");
    assert_eq!(outcome.code, Some(1), "{json}");
    let expected: [(&str, Value); 7] = [
        ("verdict", "not-passed".into()),
        ("commands/sent", 7.into()),
        ("commands/of_task", 7.into()),
        ("answers/says", "no".into()),
        ("messages", 33.into()),
        ("reference_messages", 47.into()),
        ("diagnosis/verdicts", Value::Array(Vec::new())),
    ];
    for (place, value) in expected {
        assert_eq!(json.pointer(&format!("/{place}")), Some(&value), "{place} in {json}");
    }
}

#[test]
fn what_cannot_be_judged_is_said_by_its_exit_code() {
    let folder = Folder::new();
    folder.write("hangs.dht", "get 5\n");
    let mpirun = Mpi::Open.mpirun();
    let cases: [(&[&str], &str); 4] = [
        (&["judge", "nowhere.dht", "--", "true"], "nowhere.dht"),
        (&["judge", "hangs.dht", "--", "true"], "hangs.dht:1:5: key 5 was never put"),
        (&["judge", "join", "--", "true"], "nothing was recorded"),
        (&["judge", "join", "--", &mpirun, "-n", "1", "no-such-program"], "nothing was recorded"),
    ];
    for (words, says) in cases {
        let outcome = folder.ringscope(words.iter().copied());
        assert_eq!(outcome.code, Some(2), "{words:?}: {}{}", outcome.out, outcome.err);
        assert!(outcome.err.contains(says), "{words:?}: {}", outcome.err);
        assert!(!outcome.err.contains("--unchecked"), "{words:?}: {}", outcome.err);
    }
    assert_eq!(folder.names(), ["hangs.dht"]);
}
