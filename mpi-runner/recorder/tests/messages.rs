//! Every way in which MPI sends and receives, and everything that is sent.

mod support;

use std::collections::BTreeMap;

use ringscope_traces::{Op, Payload, Rank, Trace, wellformed};

use support::{Folder, Mpi, Recorded, events, source};

/// By tag, every message with it: sender, receiver, payload.
type Messages = BTreeMap<i32, Vec<(u32, u32, String)>>;

/// From rank 0 to rank 1, each with its tag for a payload.
fn numbers(tags: impl IntoIterator<Item = i32>) -> Messages {
    tags.into_iter().map(|tag| (tag, vec![(0, 1, tag.to_string())])).collect()
}

/// The messages that a trace shows sent, or received.
fn messages(trace: &Trace, op: Op) -> Messages {
    let mut messages = Messages::new();
    for rank in 0..trace.header.ranks {
        for (_, peer, tag, data) in events(trace, rank).into_iter().filter(|event| event.0 == op) {
            let (from, to) = if op == Op::Send { (rank, peer) } else { (peer, rank) };
            messages.entry(tag).or_default().push((from, to, data));
        }
    }
    // Each sender's stay in order.
    messages.values_mut().for_each(|all| all.sort_by_key(|(from, to, _)| (*from, *to)));
    messages
}

/// Records a program that comes to its end, whose trace holds together. Of one, calls fail on the way.
fn recorded(mpi: Mpi, ranks: u32, command: &[&str], folder: &Folder) -> (Trace, Recorded) {
    recorded_with("full", (mpi, ranks), command, folder)
}

/// The same with so much of the payloads.
fn recorded_with(
    payload: &str,
    (mpi, ranks): (Mpi, u32),
    command: &[&str],
    folder: &Folder,
) -> (Trace, Recorded) {
    let outcome =
        folder.record_by(&["--timeout", "60", "--payload", payload], (mpi, ranks), command);
    let has_failed = command.iter().any(|word| word.ends_with("/kinds"));
    assert_eq!(outcome.code, Some(i32::from(has_failed)), "{mpi:?}: {}", outcome.err);
    let trace = folder.whole_trace();
    assert_eq!(wellformed::check(&trace), [], "{mpi:?}");
    (trace, outcome)
}

/// What `kinds.c` sends, under an MPI that has everything.
fn all_kinds() -> Messages {
    let mut all = numbers((1..5).chain(11..15).chain(21..33).chain(61..67));
    all.extend(numbers((76..79).chain(91..96)));
    all.extend(numbers([72, 75]));
    // Each is started twice; the first one's number is another then.
    for tag in 42..45 {
        all.insert(tag, vec![(0, 1, tag.to_string()), (0, 1, tag.to_string())]);
    }
    all.insert(41, vec![(0, 1, "41".into()), (0, 1, "141".into())]);
    for tag in [51, 52, 53, 54, 96] {
        let from = |rank: u32| (rank, 1 - rank, format!("[{rank},{tag}]"));
        all.insert(tag, vec![from(0), from(1)]);
    }
    for tag in [73, 74] {
        all.insert(tag, vec![(0, 1, "[1,2]".into())]);
    }
    all.insert(81, vec![(2, 0, "81".into())]);
    all.insert(82, vec![(0, 2, "82".into())]);
    all.insert(83, vec![(0, 1, r#"{"bytes":8}"#.into())]);
    all
}

/// The same without the tags for which the MPI has no functions, as the program says.
fn kinds_of(outcome: &Recorded) -> Messages {
    let mut all = all_kinds();
    let without = outcome.out.lines().filter_map(|line| line.strip_prefix("without "));
    let tags = without.flat_map(str::split_whitespace);
    tags.for_each(|tag| {
        all.remove(&tag.parse().expect("a tag"));
    });
    all
}

#[test]
fn every_way_to_send_and_to_receive_is_recorded_once() {
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        let program = folder.build("kinds", mpi);
        let (trace, outcome) = recorded(mpi, 3, &[&program], &folder);
        assert!(outcome.out.ends_with("done\n"), "{mpi:?}: {}", outcome.out);
        let mut expected = kinds_of(&outcome);
        assert_eq!(messages(&trace, Op::Send), expected, "{mpi:?}");
        // One is freed before it comes, two are longer than the room for them.
        let unsaid: &[i32] = if mpi == Mpi::Mpich { &[53, 54] } else { &[] };
        for lost in [72, 73, 74].iter().chain(unsaid) {
            expected.remove(lost);
        }
        assert_eq!(messages(&trace, Op::Recv), expected, "{mpi:?}");
        assert!(
            outcome.err.contains("a receive whose request was freed is not recorded"),
            "{mpi:?}"
        );
        let words = outcome.words();
        for failed in ["rank 1: MPI_Wait (", "rank 1: MPI_Waitall ("] {
            assert!(words.contains(failed), "{mpi:?}: {words}");
        }
        assert!(!words.contains("never completed"), "{mpi:?}: {words}");
        assert!(!words.contains("never received that"), "{mpi:?}: {words}");
    }
}

#[test]
fn a_receive_stands_where_it_was_completed() {
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        let program = folder.build("kinds", mpi);
        let (trace, _) = recorded(mpi, 3, &[&program], &folder);
        let tags = |rank, op| {
            let own = events(&trace, rank).into_iter().filter(move |event| event.0 == op);
            own.map(|event| event.2).collect::<Vec<_>>()
        };
        let sent = tags(0, Op::Send);
        let received = tags(1, Op::Recv);
        let place = |tag| received.iter().position(|other| *other == tag);
        assert!(sent.windows(2).any(|pair| pair == [65, 66]), "{mpi:?}");
        assert!(place(66) < place(65), "{mpi:?}: the message that was probed for last is first");
        assert!(place(4) < place(11) && place(20 + 12) < place(41), "{mpi:?}");
    }
}

#[test]
fn threads_are_recorded_each_in_its_own_order() {
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        let program = folder.build("threads", mpi);
        let (trace, _) = recorded(mpi, 2, &[&program], &folder);
        let expected: Vec<_> = (0..100).map(|number| (0, 1, number.to_string())).collect();
        for op in [Op::Send, Op::Recv] {
            let messages = messages(&trace, op);
            assert_eq!(messages.keys().copied().collect::<Vec<_>>(), [0, 1, 2, 3], "{mpi:?}");
            messages.values().for_each(|of_thread| assert_eq!(*of_thread, expected, "{mpi:?}"));
        }
    }
}

/// The payloads by tag, which are the same on both sides.
fn payloads(trace: &Trace) -> Vec<String> {
    let (sent, received) = (messages(trace, Op::Send), messages(trace, Op::Recv));
    assert_eq!(sent, received);
    assert!(sent.keys().copied().eq((0..).take(sent.len())), "{:?}", sent.keys());
    let of = |messages: Vec<(u32, u32, String)>| {
        let data: Vec<_> = messages.into_iter().map(|(_, _, data)| data).collect();
        data.join(" ")
    };
    sent.into_values().map(of).collect()
}

/// Whether a payload is shown by its length and a hash; `length` ends with a comma where it is known.
fn is_fingerprint(payload: &str, length: &str) -> bool {
    payload.starts_with(&format!("{{\"bytes\":{length}")) && payload.contains("\"sha256\":\"")
}

#[test]
fn payloads_in_c_are_shown_as_the_table_says() {
    let shown = [
        "null",
        "-5",
        "[1,2,3]",
        "1099511627776",
        "[-3,4]",
        "[200,201]",
        "-1",
        "18446744073709551615",
        "0.5",
        "[0.1,-2.0]",
        "8,",
        "[true,false]",
        r#""hello""#,
        r#"[1,{"5":50}]"#,
        "2,",
        "[1,2]",
        r#"{"bytes":8}"#,
        "1048580,",
    ];
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        let program = folder.build("payloads", mpi);
        let (trace, _) = recorded(mpi, 2, &[&program], &folder);
        let found = payloads(&trace);
        assert_eq!(found.len(), shown.len(), "{mpi:?}: {found:?}");
        for (found, shown) in found.iter().zip(shown) {
            let is_so = found == shown || shown.ends_with(',') && is_fingerprint(found, shown);
            assert!(is_so, "{mpi:?}: {found}, expected {shown}");
        }
    }
}

/// Whatever is left of payloads, messages are matched, and both ends show the same.
#[test]
fn payloads_are_cut_as_it_is_asked_for_and_marked() {
    let folder = Folder::new();
    let program = folder.build("payloads", Mpi::Open);
    for payload in ["head:8", "hash", "none"] {
        let (trace, _) = recorded_with(payload, (Mpi::Open, 2), &[&program], &folder);
        for event in &trace.events {
            let more = event.more.as_ref().expect("a recorded event has details");
            let bytes = more.bytes.expect("the length is always known");
            assert!(more.cut.is_none_or(|shown| shown < bytes), "{payload}: {event:?}");
            // What MPI puts together from several places has no hash, and its length for a payload.
            let is_opaque = event.data.to_string() == format!("{{\"bytes\":{bytes}}}");
            let (has_hash, is_shown) = (payload != "none", payload == "head:8");
            assert_eq!(more.hash.is_some(), has_hash && !is_opaque, "{payload}: {event:?}");
            if bytes > 0 && !is_opaque && !is_shown {
                assert_eq!((&event.data, more.cut), (&Payload::Null, Some(0)), "{payload}");
            }
        }
        let three = trace.events.iter().find(|event| event.tag.0 == 2).expect("it is sent");
        let cut = three.more.as_ref().and_then(|more| more.cut);
        match payload {
            "head:8" => assert_eq!((three.data.to_string(), cut), ("[1,2]".to_owned(), Some(8))),
            _ => assert_eq!(cut, Some(0)),
        }
        assert_eq!(payloads(&trace).len(), 18, "{payload}");
    }
    let checked = folder.ringscope(["check", "--protocol", "classic", "trace.jsonl"]);
    assert!(
        checked.out.contains("payloads were cut, record with --payload full"),
        "{}",
        checked.out
    );
}

#[test]
fn what_mpi4py_sends_is_shown_as_what_it_means() {
    let objects = [
        "null",
        "true",
        "5",
        "-1099511627776",
        "1180591620717411303424",
        "0.5",
        r#""text""#,
        "[]",
        r#"[1,"two",null]"#,
        r#"{"1":[2.5,{"a":[]}]}"#,
        r#"{"a":2,"b":1}"#,
        r#"{"1":"z","2":"x","10":"y"}"#,
    ];
    // Bytes in a pickle, a set, a namedtuple, a complex number, a class, infinity.
    const NOT_PLAIN: usize = 6;
    let ways = [
        "[1]",
        "[2]",
        "[3]",
        r#""probed""#,
        "[4]",
        "0 1 2",
        r#""to" "fro""#,
        "[1,2]",
        "[5,50]",
        "0.5",
        "7",
        r#""copy""#,
        r#""turned""#,
        r#""last""#,
    ];
    for mpi in Mpi::ALL {
        let folder = Folder::new();
        let command = [mpi.python(), source("objects.py")];
        let (trace, _) = recorded(mpi, 3, &command.each_ref().map(String::as_str), &folder);
        let found = payloads(&trace);
        let (plain, rest) = found.split_at(objects.len());
        assert_eq!(plain, objects, "{mpi:?}");
        let (others, rest) = rest.split_at(NOT_PLAIN);
        others.iter().for_each(|other| assert!(is_fingerprint(other, ""), "{mpi:?}: {other}"));
        assert_eq!(rest.len(), ways.len(), "{mpi:?}: {rest:?}");
        for (found, shown) in rest.iter().zip(ways) {
            let is_so = found == shown || shown.ends_with(',') && is_fingerprint(found, shown);
            assert!(is_so, "{mpi:?}: {found}, expected {shown}");
        }
        let first = trace.events.iter().find(|event| event.op == Op::Recv).expect("there are many");
        assert_eq!((first.rank, first.peer), (Rank(1), Rank(0)), "{mpi:?}: the real source");
    }
}
