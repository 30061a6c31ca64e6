//! Parts merged as they are read: what is said of a run whose trace is never held is what is said of the whole.

use std::fmt::Write as _;
use std::fs;

use ringscope_traces::diagnosis::{diagnose, standings_of_others};
use ringscope_traces::parts::{Merging, OnRead, file_name, gather};
use ringscope_traces::{Event, EventIndex, Matching, Rank};
use tempfile::TempDir;

const HEADER: &str = r#"{"trace":2,"source":"recorded","protocol":"none","ranks":2,"time":"wall"}"#;

/// The parts of two ranks that exchange messages by nonblocking calls, meet in collective operations, and hang.
struct Parts {
    events: [String; 2],
    calls: [String; 2],
    count: [u64; 2],
}

impl Parts {
    fn new() -> Parts {
        let table = |rank: u32| {
            format!(
                "{{\"call\":\"place\",\"rank\":{rank},\"place\":0,\"file\":\"a.c\",\"line\":7}}\n"
            )
        };
        let header = || format!("{HEADER}\n");
        Parts { events: [header(), header()], calls: [table(0), table(1)], count: [0, 0] }
    }

    fn event(&mut self, rank: usize, op: &str, (tag, post): (u32, u64)) {
        let n = self.count[rank];
        let _ = writeln!(
            self.events[rank],
            r#"{{"rank":{rank},"n":{n},"op":"{op}","peer":{},"tag":{tag},"data":[1,2],"t":{n},"clock":{},"post":{post},"bytes":8,"hash":{tag},"at":0}}"#,
            1 - rank,
            n + 1
        );
        self.count[rank] += 1;
    }

    fn call(&mut self, rank: usize, kind: &str, rest: &str) {
        let after = self.count[rank];
        let _ = writeln!(
            self.calls[rank],
            r#"{{"call":"{kind}","rank":{rank},"after":{after},{rest}}}"#
        );
    }

    fn complete(&mut self, rank: usize, post: u64) {
        self.call(rank, "complete", &format!(r#""post":{post},"how":"completed""#));
    }

    /// Rank 0 sends two messages, which rank 1 receives in the other order than it posted the receives in.
    fn exchange(&mut self, round: u64) {
        let (first, second) = (2 * round, 2 * round + 1);
        for post in [first, second] {
            self.event(0, "send", (5, post));
            let posted =
                format!(r#""name":"MPI_Irecv","post":{post},"source":0,"tag":5,"bytes":8"#);
            self.call(1, "post", &posted);
        }
        for post in [first, second] {
            self.complete(0, post);
        }
        self.event(1, "recv", (5, second));
        self.event(1, "recv", (5, first));
        for rank in [0, 1] {
            let enter = format!(
                r#""name":"MPI_Barrier","number":{round},"nth":{},"at":0,"t":{round}"#,
                round + 1
            );
            self.call(rank, "enter", &enter);
            self.call(rank, "leave", &format!(r#""t":{round}"#));
        }
    }

    /// Rank 0 waits for a message with another tag than that of what is under way; rank 1 is in a barrier.
    fn hang(&mut self, rounds: u64) {
        self.event(1, "send", (8, 2 * rounds));
        let enter =
            format!(r#""name":"MPI_Barrier","number":{rounds},"nth":{},"at":0,"t":9"#, rounds + 1);
        self.call(1, "enter", &enter);
        let last = |name: &str, more: &str| {
            format!(r#""name":"{name}","inside":true,"calls":9,{more},"at":0,"t":9"#)
        };
        self.call(0, "last", &last("MPI_Recv", r#""peer":1,"tag":9"#));
        self.call(
            1,
            "last",
            &last("MPI_Barrier", &format!(r#""number":{rounds},"nth":{}"#, rounds + 1)),
        );
    }

    /// Both ranks finalize and leave.
    fn finalize(&mut self) {
        for rank in [0, 1] {
            self.call(rank, "enter", r#""name":"MPI_Finalize","at":0,"t":9"#);
            self.call(rank, "leave", r#""t":9"#);
            let last = r#""name":"MPI_Finalize","inside":false,"calls":9,"at":0,"t":9"#;
            self.call(rank, "last", last);
            let footer = format!("{{\"end\":\"completed\",\"events\":{}}}\n", self.count[rank]);
            self.events[rank].push_str(&footer);
        }
    }

    fn folder(&self) -> TempDir {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        for rank in [0, 1] {
            let path = folder.path().join(file_name(Rank(rank)));
            fs::write(&path, &self.events[rank as usize]).expect("the folder takes files");
            fs::write(path.with_extension("calls"), &self.calls[rank as usize]).expect("it does");
        }
        folder
    }
}

fn hung(rounds: u64) -> TempDir {
    let mut parts = Parts::new();
    (0..rounds).for_each(|round| parts.exchange(round));
    parts.hang(rounds);
    parts.folder()
}

#[test]
fn what_is_said_of_a_trace_that_is_not_held_is_what_is_said_of_the_whole() {
    for rounds in [0, 1, 5, 200] {
        let folder = hung(rounds);
        let whole = gather(folder.path()).expect("they are parts of a run").merged.trace;
        let mut merging = Merging::open(folder.path(), &OnRead::nobody()).expect("they are parts");
        let mut condensed = merging.condensed();
        let mut events = Vec::new();
        while let Some(placed) = merging.next_event().expect("they can be read") {
            condensed.event(&placed);
            events.push(placed.event);
        }
        while let Some(call) = merging.next_call().expect("they can be read") {
            condensed.call(call);
        }
        assert_eq!(events, whole.events);
        let (diagnosis, stands) = condensed.diagnose(merging.outcome().footer.clone());
        assert_eq!(diagnosis.verdicts, diagnose(&whole).verdicts, "{rounds} rounds");
        let is_named = |says: &str| says.contains("with another tag: from rank 1 with tag 8");
        assert!(diagnosis.verdicts.iter().any(|one| is_named(&one.says)), "{diagnosis:?}");
        assert_eq!(stands, standings_of_others(&whole, &diagnosis));
    }
}

/// Of the last events and collective operations all are kept, and of what became of their requests nothing.
#[test]
fn requests_that_are_complete_are_not_said_to_be_open_when_a_trace_is_not_held() {
    let mut parts = Parts::new();
    (0..20).for_each(|round| parts.exchange(round));
    parts.event(0, "send", (6, 40));
    parts.event(1, "recv", (6, 40));
    for rank in [0, 1] {
        parts.call(
            rank,
            "enter",
            r#""name":"MPI_Ibarrier","number":20,"nth":1,"post":41,"at":0,"t":9"#,
        );
        parts.call(rank, "leave", r#""t":9"#);
        parts.complete(rank, 41);
    }
    parts.finalize();
    let folder = parts.folder();
    let whole = gather(folder.path()).expect("they are parts of a run").merged.trace;
    let mut merging = Merging::open(folder.path(), &OnRead::nobody()).expect("they are parts");
    let mut condensed = merging.condensed();
    while let Some(placed) = merging.next_event().expect("they can be read") {
        condensed.event(&placed);
    }
    while let Some(call) = merging.next_call().expect("they can be read") {
        condensed.call(call);
    }
    let (diagnosis, _) = condensed.diagnose(merging.outcome().footer.clone());
    assert_eq!(diagnosis.verdicts, diagnose(&whole).verdicts);
    let says: Vec<&str> = diagnosis.verdicts.iter().map(|verdict| verdict.says.as_str()).collect();
    let [open] = says.as_slice() else { panic!("{says:?}") };
    assert!(
        open.contains("has never completed its nonblocking send to rank 1 with tag 6"),
        "{open}"
    );
}

#[test]
fn receives_that_overtake_each_other_are_matched_by_numbers_that_no_two_messages_share() {
    let folder = hung(50);
    let trace = gather(folder.path()).expect("they are parts of a run").merged.trace;
    let matching = Matching::of(&trace);
    let post = |event: &Event| event.more.as_ref().and_then(|more| more.post);
    let receives = trace.events.iter().enumerate().filter(|(_, event)| event.source().is_some());
    for (at, receive) in receives {
        let send = matching.partner(EventIndex(at)).expect("all of them were sent");
        assert_eq!(post(&trace[send]), post(receive), "both are numbered alike here");
    }
}

#[test]
fn everything_is_read_twice_and_nothing_more() {
    use std::cell::Cell;
    use std::rc::Rc;

    let mut parts = Parts::new();
    parts.event(0, "send", (1, 0));
    parts.event(1, "recv", (1, 0));
    let folder = parts.folder();
    let read = Rc::new(Cell::new(0));
    let told = Rc::clone(&read);
    let on_read = OnRead::calls(move |bytes| told.set(told.get() + bytes));
    let merging = Merging::open(folder.path(), &on_read).expect("they are parts of a run");
    let bytes = merging.bytes();
    assert_eq!(bytes, Merging::bytes_in(folder.path()));
    merging.gather().expect("they can be read");
    assert_eq!(read.get(), 2 * bytes);
}
