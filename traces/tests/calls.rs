//! Version 2 of the format: what recorded programs call beside sends and receives.

use std::fs;

use ringscope_traces::calls::note::{self, CallWord};
use ringscope_traces::calls::{Call, LastCall, progress};
use ringscope_traces::parts::{file_name, gather};
use ringscope_traces::{EventIndex, Matching, Rank, Trace, read_trace, wellformed, write_trace};

const HEADER: &str = r#"{"trace":2,"source":"recorded","protocol":"none","ranks":2,"time":"wall"}"#;

fn read(lines: &[&str]) -> Result<Trace, String> {
    let text = [&[HEADER], lines].concat().join("\n") + "\n";
    let read = read_trace(text.as_bytes(), "t.jsonl");
    read.map(|(trace, _)| trace).map_err(|error| error.to_string())
}

#[test]
fn what_is_read_is_written_as_it_was() {
    let lines = [
        r#"{"rank":0,"n":0,"op":"send","peer":1,"tag":7,"data":5,"t":1,"clock":1,"comm":1,"message":3,"post":0,"bytes":4,"hash":18446744073709551615,"at":0}"#,
        r#"{"rank":1,"n":0,"op":"recv","peer":0,"tag":7,"data":5,"t":2,"clock":2,"comm":1,"any":"both","message":3,"post":9,"bytes":4}"#,
        r#"{"call":"place","place":0,"file":"/a/x.c","line":3,"function":"main"}"#,
        r#"{"call":"communicator","comm":1,"members":[1,0],"by":"MPI_Comm_split","of":0,"number":2,"at":0}"#,
        r#"{"call":"enter","rank":0,"after":1,"name":"MPI_Reduce","comm":1,"number":0,"nth":1,"root":1,"count":3,"type":"MPI_INT","op":"MPI_SUM","bytes":12,"at":0,"t":4}"#,
        r#"{"call":"leave","rank":0,"after":1,"t":5}"#,
        r#"{"call":"post","rank":1,"after":0,"name":"MPI_Irecv","post":9,"comm":1,"bytes":4}"#,
        r#"{"call":"complete","rank":0,"after":1,"post":0,"how":"completed","changed":true}"#,
        r#"{"call":"probe","rank":0,"after":1,"name":"MPI_Iprobe","source":1,"tag":4,"times":12,"t":6}"#,
        r#"{"call":"fail","rank":0,"after":1,"name":"MPI_Recv","why":"truncated","bytes":8}"#,
        r#"{"call":"exception","rank":0,"after":1,"what":"KeyError: 5"}"#,
        r#"{"call":"exit","rank":0,"after":1,"code":1}"#,
        r#"{"call":"died","rank":1}"#,
        r#"{"call":"last","rank":1,"after":1,"name":"MPI_Waitall","inside":true,"calls":3,"waits":{"all":true,"total":2,"first":[9,10]},"repeats":4,"t":9}"#,
        r#"{"end":"stopped","events":2}"#,
    ];
    let trace = read(&lines).expect("it is a trace");
    assert_eq!((trace.events.len(), trace.calls.len()), (2, 12));
    let written = write_trace(Vec::new(), &trace).expect("memory takes everything");
    let expected = [&[HEADER], &lines[..]].concat().join("\n") + "\n";
    assert_eq!(String::from_utf8(written), Ok(expected));
}

#[test]
fn a_call_that_is_none_is_refused_with_its_line() {
    let event = r#"{"rank":0,"n":0,"op":"send","peer":1,"tag":7,"data":5,"t":1,"clock":1}"#;
    let died = r#"{"call":"died","rank":1}"#;
    for (lines, error) in [
        (
            vec![r#"{"call":"dance","rank":0}"#],
            "t.jsonl:2: not a call that is known here: unknown variant `dance`",
        ),
        (
            vec![r#"{"call":"exit","rank":0,"after":1}"#],
            "t.jsonl:2: not a call that is known here: missing field `code`",
        ),
        (
            vec![r#"{"call":"died","rank":2}"#],
            "t.jsonl:2: not a call that is known here: a rank in it is not a rank from 0 to 1",
        ),
        (
            vec![died, event],
            "t.jsonl:3: an event below the lines of calls, which stand behind all events",
        ),
    ] {
        let refused = read(&lines).expect_err("it is no trace");
        assert!(refused.starts_with(error), "{refused}");
    }
}

/// Payloads are the same when their bytes are, however they are shown; without a hash, their lengths decide.
#[test]
fn payloads_are_compared_as_bytes_where_they_are_known() {
    let of = |sent: &str, received: &str| {
        let send = format!(
            r#"{{"rank":0,"n":0,"op":"send","peer":1,"tag":7,"data":5,"t":1,"clock":1{sent}}}"#
        );
        let receive = format!(
            r#"{{"rank":1,"n":0,"op":"recv","peer":0,"tag":7,"data":[5],"t":1,"clock":2{received}}}"#
        );
        wellformed::check(&read(&[&send, &receive]).expect("it is a trace")).len()
    };
    assert_eq!(of("", ""), 1, "of version 1, values count");
    assert_eq!(of(r#","bytes":4,"hash":1"#, r#","bytes":4,"hash":1"#), 0);
    assert_eq!(of(r#","bytes":4,"hash":1"#, r#","bytes":4,"hash":2"#), 1);
    assert_eq!(of(r#","bytes":4,"hash":1"#, r#","bytes":4"#), 0);
    assert_eq!(of(r#","bytes":4"#, r#","bytes":8"#), 1);
}

/// A folder with the parts of two ranks, each with its lines of events and of calls.
fn folder(events: [&[&str]; 2], calls: [&[&str]; 2]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    for (rank, (events, calls)) in (0..).map(Rank).zip(events.iter().zip(calls)) {
        let part = [&[HEADER], *events].concat().join("\n") + "\n";
        let path = folder.path().join(file_name(rank));
        fs::write(&path, part).expect("the folder takes files");
        let mut lines: String = calls.iter().map(|line| format!("{line}\n")).collect();
        // As a process leaves it that is killed while it writes: half a line, then room that was made.
        lines.push_str("{\"call\":\"le");
        lines.push_str(&"\0".repeat(100));
        fs::write(path.with_extension("calls"), lines).expect("the folder takes files");
    }
    folder
}

#[test]
fn numbers_of_single_ranks_become_numbers_of_the_whole() {
    let send =
        r#"{"rank":0,"n":0,"op":"send","peer":1,"tag":7,"data":5,"t":1,"clock":1,"comm":4,"at":1}"#;
    let receive =
        r#"{"rank":1,"n":0,"op":"recv","peer":0,"tag":7,"data":5,"t":1,"clock":1,"comm":2,"at":0}"#;
    let of_0 = [
        r#"{"call":"address","rank":0,"place":0,"module":"/a/x","offset":10}"#,
        r#"{"call":"communicator","rank":0,"comm":4,"members":[0,1],"by":"MPI_Comm_dup","of":0,"number":0,"at":0}"#,
        r#"{"call":"address","rank":0,"place":1,"module":"/a/x","offset":20}"#,
    ];
    let of_1 = [
        r#"{"call":"address","rank":1,"place":0,"module":"/a/x","offset":20}"#,
        r#"{"call":"communicator","rank":1,"comm":9,"members":[1]}"#,
        r#"{"call":"communicator","rank":1,"comm":2,"members":[0,1],"by":"MPI_Comm_dup","of":0,"number":0}"#,
        r#"{"call":"exit","rank":1,"after":1,"code":0}"#,
    ];
    let folder = folder([&[send], &[receive]], [&of_0, &of_1]);
    let trace = gather(folder.path()).expect("they are parts of a run").merged.trace;
    let details: Vec<_> = trace
        .events
        .iter()
        .map(|event| {
            let more = event.more.as_ref().expect("details");
            (more.comm.0, more.at.map(|at| at.0))
        })
        .collect();
    assert_eq!(details, [(1, Some(1)), (1, Some(1))]);
    let written: Vec<String> =
        trace.calls.iter().map(|call| serde_json::to_string(call).expect("JSON")).collect();
    assert_eq!(
        written,
        [
            r#"{"call":"address","place":0,"module":"/a/x","offset":10}"#,
            r#"{"call":"address","place":1,"module":"/a/x","offset":20}"#,
            r#"{"call":"communicator","comm":1,"members":[0,1],"by":"MPI_Comm_dup","of":0,"number":0,"at":0}"#,
            r#"{"call":"communicator","comm":2,"members":[1]}"#,
            r#"{"call":"exit","rank":1,"after":1,"code":0}"#,
        ]
    );
}

/// The receive that was posted first gets the message that was sent first, whichever is complete first.
#[test]
fn receives_are_matched_in_the_order_in_which_they_were_posted() {
    let send = |n: u32, data: u32| {
        format!(
            r#"{{"rank":0,"n":{n},"op":"send","peer":1,"tag":7,"data":{data},"t":1,"clock":{},"bytes":4,"hash":{data}}}"#,
            n + 1
        )
    };
    let receive = |n: u32, data: u32, post: u32| {
        format!(
            r#"{{"rank":1,"n":{n},"op":"recv","peer":0,"tag":7,"data":{data},"t":1,"clock":{},"post":{post},"bytes":4,"hash":{data}}}"#,
            n + 1
        )
    };
    let sends = [send(0, 11), send(1, 22), send(2, 33)];
    let receives = [receive(0, 22, 1), receive(1, 11, 0), receive(2, 33, 2)];
    let refs = |lines: &[String; 3]| -> Vec<String> { lines.to_vec() };
    let (sends, receives) = (refs(&sends), refs(&receives));
    let sends: Vec<&str> = sends.iter().map(String::as_str).collect();
    let receives: Vec<&str> = receives.iter().map(String::as_str).collect();
    let folder = folder([&sends, &receives], [&[], &[]]);
    let trace = gather(folder.path()).expect("they are parts of a run").merged.trace;
    assert_eq!(wellformed::check(&trace), []);
    let matching = Matching::of(&trace);
    for (i, event) in trace.events.iter().enumerate() {
        let partner = matching.partner(EventIndex(i)).expect("all were received");
        assert_eq!(trace[partner].data, event.data);
    }
    // What is written says so itself.
    let written = write_trace(Vec::new(), &trace).expect("memory takes everything");
    let (again, _) = read_trace(&written[..], "t.jsonl").expect("what we write we read");
    assert_eq!(Matching::of(&again), matching);
}

/// A note as a rank writes it, word by word, of no thread yet.
fn note_bytes() -> Vec<u8> {
    let mut bytes = vec![0; note::BYTES];
    let words = [
        (note::Word::Magic, note::MAGIC.cast_signed()),
        (note::Word::Process, 77),
        (note::Word::Rank, 1),
        (note::Word::Calls, 5),
        (note::Word::Progress, 4),
        (note::Word::News, 3),
        (note::Word::Waited, 6),
    ];
    for (word, value) in words {
        put(&mut bytes, word as usize * 8, value);
    }
    bytes
}

fn put(bytes: &mut [u8], at: usize, value: i64) {
    bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
}

/// Notes the call of a thread: the words that are not given are as of a call that has not returned.
fn note_call(bytes: &mut [u8], (thread, name): (usize, &str), words: &[(CallWord, i64)]) {
    let from = note::thread_at(thread);
    (from..from + note::NAME_AT).step_by(8).for_each(|at| put(bytes, at, note::NOTHING));
    let usual = [
        (CallWord::Turn, 2),
        (CallWord::Made, 1),
        (CallWord::After, 0),
        (CallWord::Inside, 1),
        (CallWord::Time, 9),
        (CallWord::WaitsTotal, 0),
        (CallWord::WaitsAll, 0),
    ];
    for (word, value) in usual.iter().chain(words) {
        put(bytes, from + *word as usize * 8, *value);
    }
    let name_at = from + note::NAME_AT;
    bytes[name_at..name_at + name.len()].copy_from_slice(name.as_bytes());
}

#[test]
fn a_note_says_what_its_rank_is_in() {
    let mut bytes = note_bytes();
    let call = [
        (CallWord::Peer, note::ANY),
        (CallWord::Tag, 7),
        (CallWord::Comm, 0),
        (CallWord::Bytes, 4),
    ];
    note_call(&mut bytes, (0, "MPI_Recv"), &call);
    let folder = folder([&[], &[]], [&[], &[]]);
    let path = folder.path().join(file_name(Rank(1))).with_extension("note");
    fs::write(&path, bytes).expect("the folder takes files");
    let seen = progress(folder.path());
    assert_eq!(
        seen.iter()
            .map(|rank| (rank.rank, rank.process, rank.calls, rank.news))
            .collect::<Vec<_>>(),
        [(Rank(1), 77, 4, 3)]
    );
    let trace = gather(folder.path()).expect("they are parts of a run").merged.trace;
    let [Call::Last(last)] = trace.calls.as_slice() else { panic!("{:?}", trace.calls) };
    assert_eq!((last.name.as_str(), last.inside, last.any_source), ("MPI_Recv", true, true));
    assert_eq!((last.peer, last.tag, last.bytes), (None, Some(7), Some(4)));
    assert_eq!(last.waited_ns, Some(6));
}

#[test]
fn bytes_that_are_no_note_and_one_that_was_being_written_say_nothing() {
    let mut whole = note_bytes();
    note_call(&mut whole, (0, "MPI_Barrier"), &[]);
    for length in 0..whole.len() {
        assert_eq!(note::read(&whole[..length]), None, "{length} bytes");
    }
    assert!(note::read(&whole).is_some_and(|note| note.last.is_some()));
    note_call(&mut whole, (0, "MPI_Barrier"), &[(CallWord::Turn, 3)]);
    assert!(note::read(&whole).is_some_and(|note| note.last.is_none()));
    assert_eq!(note::read(&vec![0xff; note::BYTES]), None);
}

/// What a note says of the calls of three threads: which thread each is of, whether it is inside, and how many are outside.
fn threads_noted(words: [&[(CallWord, i64)]; 3]) -> (Vec<(u32, bool)>, u64) {
    let mut bytes = note_bytes();
    for (thread, words) in words.into_iter().enumerate() {
        note_call(&mut bytes, (thread, "MPI_Recv"), words);
    }
    let note = note::read(&bytes).expect("it is a note");
    let last = note.last.expect("there are calls");
    assert_eq!(last.calls, 5, "those of all threads");
    let told: Vec<LastCall> = note.beside.into_iter().chain([last]).collect();
    let outside = told.iter().map(|call| call.outside).sum();
    (told.iter().map(|call| (call.thread, call.inside)).collect(), outside)
}

#[test]
fn a_rank_is_in_the_calls_of_all_its_threads() {
    let made = |number| (CallWord::Made, number);
    let (returned, ended) = ((CallWord::Inside, 0), (CallWord::Inside, note::NO_THREAD));
    // The thread that called last comes last.
    let all_inside = threads_noted([&[made(5)], &[made(3)], &[made(4)]]);
    assert_eq!(all_inside, (vec![(1, true), (2, true), (0, true)], 0));
    // Whoever is inside is what the rank is in, though another thread has called since and is outside.
    let one_inside = threads_noted([&[made(5), returned], &[made(3)], &[made(4), returned]]);
    assert_eq!(one_inside, (vec![(1, true)], 2));
    // A thread that has ended is neither inside nor outside.
    let one_ended = threads_noted([&[made(3)], &[made(4), ended], &[made(5), ended]]);
    assert_eq!(one_ended, (vec![(0, true)], 0));
    let all_outside = threads_noted([&[made(3), returned], &[made(4), ended], &[made(5), ended]]);
    assert_eq!(all_outside, (vec![(2, false)], 0));
}
