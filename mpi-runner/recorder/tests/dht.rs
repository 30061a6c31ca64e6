//! Two hash tables that others might have written, one in C and one in Python, recorded as they are.

mod support;

use ringscope_sim::conform::{as_read, judge};
use ringscope_sim::scenario::Scenario;
use ringscope_traces::diff::{Level, compare};
use ringscope_traces::words::ordinal;
use ringscope_traces::{Completeness, Op, Rank, Tag, wellformed};

use support::{Folder, Mpi, Recorded, simulated, source};

const RETVAL: Tag = Tag(5);
const UPDATE_CHILD_POINTERS: Tag = Tag(9);

/// Keys are put on the permanent node, and read.
const PUTS_AND_GETS: &str = "put 100 1\nput 200 2\nget 100\nput 100 7\nget 100\nget 200\n";

/// Two nodes join, the second in front of the first, and keys move to both.
const JOINS: &str = "put 400 4\nput 100 1\nput 600 6\nput 200 2\nadd 3 500\nget 400\nget 600\nadd 5 250\n\
                     get 100\nget 400\nput 250 25\nget 250\n";

/// Nodes leave, with keys and without, and one comes back under another id.
const JOINS_AND_LEAVES: &str = "add 1 700\nput 650 65\nput 100 1\nadd 2 300\nget 100\nremove 300\nget 100\n\
                                remove 700\nget 650\nadd 2 800\nget 650\nadd 4 50\nremove 50\n";

/// The GET of a key that nobody has put is never answered.
const ABSENT_KEY: &str = "put 5 50\nget 6\n";

#[derive(Debug, Clone, Copy)]
enum Program {
    C,
    Python,
}

impl Program {
    const ALL: [Program; 2] = [Program::C, Program::Python];

    /// Records it with these commands; `words` are more arguments.
    fn record(
        self,
        (folder, timeout): (&Folder, &str),
        (mpi, ranks): (Mpi, u32),
        (commands, words): (&str, &[&str]),
    ) -> Recorded {
        folder.write("commands", commands);
        let program = match self {
            Program::C => vec![folder.build("dht", mpi)],
            Program::Python => vec![mpi.python(), source("dht.py")],
        };
        let program = program.iter().map(String::as_str).chain(["commands"]);
        let command: Vec<&str> = program.chain(words.iter().copied()).collect();
        // One with a bug does not conform: then it has to be said what it is to follow.
        let flags = ["--timeout", timeout, "--protocol", "classic"];
        let flags = if words.is_empty() { &flags[..2] } else { &flags };
        folder.record_by(flags, (mpi, ranks), &command)
    }
}

/// Every program under every MPI.
fn everywhere() -> impl Iterator<Item = (Program, Mpi)> {
    Program::ALL.into_iter().flat_map(|program| Mpi::ALL.map(|mpi| (program, mpi)))
}

fn scenario(commands: &str, ranks: u32) -> Scenario {
    Scenario::parse("commands", &format!("ranks {ranks}\n{commands}")).expect("it is a scenario")
}

/// What a program that works prints and does is what the simulator says, event by event.
fn does_what_is_simulated(commands: &str, ranks: u32) {
    let expected = simulated(&scenario(commands, ranks));
    for (program, mpi) in everywhere() {
        let case = format!("{program:?}, {mpi:?}");
        let folder = Folder::new();
        let outcome = program.record((&folder, "60"), (mpi, ranks), (commands, &[]));
        assert_eq!(outcome.code, Some(0), "{case}: {}", outcome.err);
        assert!(outcome.out.ends_with("command finalizing\n"), "{case}: {}", outcome.out);
        let trace = folder.whole_trace();
        let [ours, theirs] = as_read([&expected, &trace]);
        let comparison = compare(&ours, &theirs).expect("they are of as many ranks");
        assert_eq!(comparison.level, Level::Equal, "{case}: {:?}", comparison.first);
        assert_eq!(wellformed::check(&trace), [], "{case}");
        let judgement = judge(&trace).expect("it is of the classic protocol");
        assert!(judgement.conforms(), "{case}: {:?}", judgement.findings);
        assert_eq!(folder.ringscope(["check", "trace.jsonl"]).code, Some(0), "{case}");
        assert_eq!(folder.ringscope(["replay", "-q", "trace.jsonl"]).code, Some(0), "{case}");
    }
}

#[test]
fn puts_and_gets_are_what_is_simulated() {
    does_what_is_simulated(PUTS_AND_GETS, 4);
}

#[test]
fn joins_are_what_is_simulated() {
    does_what_is_simulated(JOINS, 8);
}

#[test]
fn joins_and_leaves_are_what_is_simulated() {
    does_what_is_simulated(JOINS_AND_LEAVES, 7);
}

#[test]
fn a_get_of_an_absent_key_hangs_and_what_was_done_until_then_is_what_is_simulated() {
    let expected = simulated(&scenario(ABSENT_KEY, 4));
    for (program, mpi) in everywhere() {
        let case = format!("{program:?}, {mpi:?}");
        let folder = Folder::new();
        let outcome = program.record((&folder, "3"), (mpi, 4), (ABSENT_KEY, &[]));
        assert_eq!(outcome.code, Some(1), "{case}: {}", outcome.err);
        let words = outcome.words();
        assert!(words.contains("no rank did anything for too long"), "{case}: {words}");
        assert!(words.contains("deadlock rank 3 waits for RETVAL from 0"), "{case}: {words}");
        let (trace, completeness) = folder.trace();
        assert_eq!(completeness, Completeness::CutOff, "{case}");
        let [ours, theirs] = as_read([&expected, &trace]);
        let comparison = compare(&ours, &theirs).expect("they are of as many ranks");
        assert_eq!(comparison.level, Level::Equal, "{case}: {:?}", comparison.first);
        assert_eq!(folder.names().iter().filter(|name| name.contains("parts")).count(), 0);
        let judgement = judge(&trace).expect("it is of the classic protocol");
        assert!(judgement.conforms(), "{case}: {:?}", judgement.findings);
    }
}

/// The first finding of a program with a bug is at that rank's first send with that tag.
fn is_found(program: Program, (bug, commands): (&str, &str), (rank, tag): (Rank, Tag)) {
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        let outcome = program.record((&folder, "3"), (mpi, 8), (commands, &["--bug", bug]));
        assert!(matches!(outcome.code, Some(0 | 1)), "{mpi:?}: {}", outcome.err);
        let (trace, _) = folder.trace();
        let judgement = judge(&trace).expect("it is of the classic protocol");
        let finding = judgement.findings.first().expect("there is a bug");
        let mut own = trace.events.iter().filter(|event| event.rank == rank);
        let index = own.position(|event| event.op == Op::Send && event.tag == tag);
        assert_eq!((finding.rank, Some(finding.index)), (rank, index), "{mpi:?}: {finding:?}");
        let checked = folder.ringscope(["check", "trace.jsonl"]);
        assert_eq!(checked.code, Some(1), "{mpi:?}: {}", checked.out);
        let place = format!("(rank {rank}'s {}", ordinal(finding.index));
        assert!(checked.out.contains(&place), "{mpi:?}: {place} in {}", checked.out);
    }
}

/// The node that leaves names itself as its child's new parent.
#[test]
fn a_wrong_parent_is_found_at_the_rank_that_leaves() {
    let commands = "put 100 1\nadd 3 500\nput 600 6\nremove 500\nget 600\n";
    is_found(Program::C, ("wrong-parent", commands), (Rank(3), UPDATE_CHILD_POINTERS));
}

/// A node sends a value to the head, and not round the ring.
#[test]
fn a_short_way_is_found_at_the_rank_that_takes_it() {
    let commands = "put 100 1\nadd 3 500\nget 100\n";
    is_found(Program::Python, ("short-way", commands), (Rank(3), RETVAL));
}
