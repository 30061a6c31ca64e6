//! Races in a trace that is too long to be held: they are looked for in its first events, and that is said.

use std::fmt::Write as _;
use std::fs;

use ringscope_traces::Rank;
use ringscope_traces::diagnosis::{Diagnosis, Kind, diagnose};
use ringscope_traces::parts::{Merging, OnRead, file_name, gather};
use tempfile::TempDir;

const HEADER: &str = r#"{"trace":2,"source":"recorded","protocol":"none","ranks":3,"time":"wall"}"#;

/// Ranks 1 and 2 each send a message to rank 0 in each round, which takes both by wildcard receives.
#[derive(Default)]
struct Rounds {
    events: [String; 3],
    calls: [String; 3],
    count: [u64; 3],
    operations: u64,
    posts: u64,
}

impl Rounds {
    fn event(&mut self, rank: usize, op: &str, more: &str) {
        let n = self.count[rank];
        let _ = writeln!(
            self.events[rank],
            r#"{{"rank":{rank},"n":{n},"op":"{op}",{more},"tag":1,"data":0,"t":{n},"clock":{},"bytes":4,"hash":1,"at":0}}"#,
            n + 1
        );
        self.count[rank] += 1;
    }

    fn send(&mut self, from: usize) {
        self.event(from, "send", r#""peer":0"#);
    }

    fn receive(&mut self, from: usize) {
        let more = format!(r#""peer":{from},"any":"source","post":{}"#, self.posts);
        self.posts += 1;
        self.event(0, "recv", &more);
    }

    fn barrier(&mut self) {
        self.collective(r#""name":"MPI_Barrier""#);
    }

    /// All enter an operation of that name, and leave it.
    fn collective(&mut self, name: &str) {
        (0..3).for_each(|rank| self.call(rank, "enter", &format!("{name},{}", self.number())));
        (0..3).for_each(|rank| self.call(rank, "leave", r#""t":1"#));
        self.operations += 1;
    }

    /// All begin a barrier, and all complete it behind what is done between.
    fn barrier_around(&mut self, between: impl FnOnce(&mut Rounds)) {
        let post = 1_000_000 + self.operations;
        let begins = format!(r#""name":"MPI_Ibarrier","post":{post},{}"#, self.number());
        (0..3).for_each(|rank| self.call(rank, "enter", &begins));
        (0..3).for_each(|rank| self.call(rank, "leave", r#""t":1"#));
        self.operations += 1;
        between(self);
        let completes = format!(r#""post":{post},"how":"completed""#);
        (0..3).for_each(|rank| self.call(rank, "complete", &completes));
    }

    fn number(&self) -> String {
        let number = self.operations;
        format!(r#""number":{number},"nth":{},"at":0,"t":1"#, number + 1)
    }

    fn call(&mut self, rank: usize, kind: &str, rest: &str) {
        let after = self.count[rank];
        let _ = writeln!(
            self.calls[rank],
            r#"{{"call":"{kind}","rank":{rank},"after":{after},{rest}}}"#
        );
    }

    /// Both messages are under way at once, or one after the other.
    fn round(&mut self, is_race: bool) {
        self.send(1);
        if !is_race {
            self.receive(1);
            self.barrier();
        }
        self.send(2);
        if is_race {
            self.receive(1);
        }
        self.receive(2);
        self.barrier();
    }

    fn folder(mut self) -> TempDir {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        for rank in 0..3_u32 {
            let at = rank as usize;
            let _ =
                writeln!(self.events[at], r#"{{"end":"completed","events":{}}}"#, self.count[at]);
            let path = folder.path().join(file_name(Rank(rank)));
            let events = format!("{HEADER}\n{}", self.events[at]);
            let place = format!(
                "{{\"call\":\"place\",\"rank\":{rank},\"place\":0,\"file\":\"a.c\",\"line\":7}}\n"
            );
            fs::write(&path, events).expect("the folder takes files");
            let calls = format!("{place}{}", self.calls[at]);
            fs::write(path.with_extension("calls"), calls).expect("the folder takes files");
        }
        folder
    }
}

fn rounds(count: u32, is_race: impl Fn(u32) -> bool) -> TempDir {
    let mut rounds = Rounds::default();
    (0..count).for_each(|round| rounds.round(is_race(round)));
    rounds.folder()
}

/// What is said of parts whose trace is never held.
fn condensed(folder: &TempDir) -> Diagnosis {
    let mut merging = Merging::open(folder.path(), &OnRead::nobody()).expect("they are parts");
    let mut condensed = merging.condensed();
    while let Some(placed) = merging.next_event().expect("they can be read") {
        condensed.event(&placed);
    }
    while let Some(call) = merging.next_call().expect("they can be read") {
        condensed.call(call);
    }
    condensed.diagnose(merging.outcome().footer.clone()).0
}

fn races(diagnosis: &Diagnosis) -> Vec<&str> {
    let races = diagnosis.remarks.iter().filter(|remark| remark.kind == Kind::Race);
    races.map(|remark| remark.says.as_str()).collect()
}

const RACE: &str = "a race at the wildcard receive (a.c:7) of rank 0, ";

#[test]
fn of_a_trace_of_which_all_events_are_looked_at_the_same_races_are_told() {
    for count in [0, 1, 7, 1000] {
        let folder = rounds(count, |round| round % 3 == 0);
        let whole = gather(folder.path()).expect("they are parts of a run").merged.trace;
        assert_eq!(condensed(&folder).remarks, diagnose(&whole).remarks, "{count} rounds");
    }
}

#[test]
fn a_race_in_the_beginning_of_a_long_trace_is_told_with_how_much_was_looked_at() {
    let says = condensed(&rounds(20_000, |_| true));
    let [race] = races(&says)[..] else { panic!("{says:?}") };
    let times = race.strip_prefix(RACE).and_then(|rest| rest.split_once(" times: "));
    let times: u64 = times.and_then(|(times, _)| times.parse().ok()).expect("it says how often");
    // No round has more events than four, and how far ranks 1 and 2 come ahead is the order's to say.
    assert!((10_000..=65_536 / 4).contains(&times), "{race}");
    let end = "; of the trace's 65536 first events alone races were looked for";
    assert!(race.ends_with(end), "{race}");
}

#[test]
fn where_the_beginning_has_no_race_that_is_said_and_no_more() {
    let says = condensed(&rounds(20_000, |round| round > 19_000));
    let [none] = races(&says)[..] else { panic!("{says:?}") };
    assert_eq!(
        none,
        "the trace is too long for races at all of its wildcard receives to be looked for: those of the trace's 65536 \
         first events have none"
    );
}

#[test]
fn nothing_is_said_where_more_collective_operations_than_are_held_may_order_the_messages() {
    let mut parts = Rounds::default();
    parts.round(false);
    (0..100_000).for_each(|_| parts.barrier());
    parts.round(false);
    let says = condensed(&parts.folder());
    assert_eq!(
        races(&says),
        ["the trace is too long for races at wildcard receives to be looked for"]
    );
}

#[test]
fn barriers_order_the_messages_on_both_sides_of_them() {
    for count in [1, 2, 1000] {
        let folder = rounds(count, |_| false);
        let whole = gather(folder.path()).expect("they are parts of a run").merged.trace;
        assert_eq!(races(&diagnose(&whole)), [""; 0], "{count} rounds");
    }
}

/// Rank 1 sends, rank 0 receives, all of them do something together, and rank 2 sends.
fn races_around(together: impl FnOnce(&mut Rounds)) -> usize {
    let mut parts = Rounds::default();
    parts.send(1);
    parts.receive(1);
    together(&mut parts);
    parts.send(2);
    parts.receive(2);
    let folder = parts.folder();
    let whole = gather(folder.path()).expect("they are parts of a run").merged.trace;
    races(&diagnose(&whole)).len()
}

#[test]
fn a_message_is_no_rival_of_one_that_was_received_before_its_sender_could_go_on() {
    assert_eq!(races_around(|_| {}), 1);
    let together = |words: &str| races_around(|parts| parts.collective(words));
    for orders in [
        r#""name":"MPI_Bcast","root":0"#,
        r#""name":"MPI_Allreduce""#,
        r#""name":"MPI_Comm_split""#,
        r#""name":"MPI_Reduce","root":2"#,
    ] {
        assert_eq!(together(orders), 0, "{orders}");
    }
    for does_not in [r#""name":"MPI_Bcast","root":1"#, r#""name":"MPI_Gather","root":0"#] {
        assert_eq!(together(does_not), 1, "{does_not}");
    }
    assert_eq!(races_around(|parts| parts.barrier_around(|_| {})), 0);
    // What is sent while a barrier is going on is not behind it.
    let mut parts = Rounds::default();
    parts.send(1);
    parts.receive(1);
    parts.barrier_around(|parts| parts.send(2));
    parts.receive(2);
    let whole = gather(parts.folder().path()).expect("they are parts of a run").merged.trace;
    assert_eq!(races(&diagnose(&whole)).len(), 1);
}
