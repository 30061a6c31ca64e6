//! An index says of a trace what reading all of it says, of every trace and of what is none.

use std::fs;
use std::io::Write as _;
use std::sync::Arc;

use proptest::prelude::*;
use ringscope_traces::indexed::{Index, Indexer, Outline, Store};
use ringscope_traces::{
    Causality, Completeness, EventIndex, Footer, Matching, Op, Rank, ReadError, Trace, read_trace,
};

mod support;

use support::{bytes, lines, payload, run};

/// A trace that was indexed to its end.
type Indexed = (Index, Result<(Option<Footer>, Completeness), ReadError>);

fn indexed(bytes: &[u8]) -> Result<Indexed, ReadError> {
    index(Store::Memory(Arc::from(bytes)))
}

fn index(store: Store) -> Result<Indexed, ReadError> {
    let mut indexer = Indexer::new(store.clone(), "test.jsonl")?;
    let mut index = Index::new(store, "test.jsonl", indexer.header().clone());
    while let Some(block) = indexer.advance() {
        index.push(block);
    }
    Ok((index, indexer.finish()))
}

/// The events before the first error, as far as the reader gives them, and that error.
fn read(bytes: &[u8]) -> Result<(Trace, Result<Completeness, String>), String> {
    let mut reader = ringscope_traces::Reader::new(bytes, "test.jsonl").map_err(error_text)?;
    let mut events = Vec::new();
    let outcome = loop {
        match reader.next_event() {
            Ok(Some(event)) => events.push(event),
            Ok(None) => break Ok(reader.completeness()),
            Err(error) => break Err(error_text(error)),
        }
    };
    let trace = Trace {
        header: reader.header().clone(),
        events,
        calls: Vec::new(),
        footer: reader.footer().cloned(),
    };
    Ok((trace, outcome))
}

fn error_text(error: ReadError) -> String {
    format!("{error}, hint {:?}", error.hint())
}

/// Holds an index of some bytes to the reader, the matching and the causality of what it reads.
fn hold(bytes: &[u8]) -> Result<(), TestCaseError> {
    let (trace, outcome) = match (read(bytes), indexed(bytes)) {
        (Ok((trace, outcome)), Ok((index, end))) => {
            let footer = end.as_ref().ok().and_then(|(footer, _)| footer.clone());
            prop_assert_eq!(footer, trace.footer.clone().filter(|_| outcome.is_ok()));
            prop_assert_eq!(end.map(|(_, whole)| whole).map_err(error_text), outcome.clone());
            hold_events(&trace, &index)?;
            (trace, outcome)
        }
        (read, indexed) => {
            prop_assert_eq!(read.err(), indexed.err().map(error_text));
            return Ok(());
        }
    };
    drop((trace, outcome));
    Ok(())
}

fn hold_events(trace: &Trace, index: &Index) -> Result<(), TestCaseError> {
    prop_assert_eq!(index.len(), trace.events.len());
    let (causality, matching) = (Causality::of(trace), Matching::of(trace));
    let mut lines = index.lines();
    for (at, event) in trace.events.iter().enumerate().map(|(at, event)| (EventIndex(at), event)) {
        let Outline { rank, op, peer, tag, t, .. } = index.outline(at);
        prop_assert_eq!((rank, op, peer), (event.rank, event.op, event.peer));
        prop_assert_eq!((tag, t), (event.tag, event.t));
        prop_assert_eq!(&lines.event(at).map_err(error_text), &Ok(event.clone()));
        prop_assert_eq!(index.partner(at), matching.partner(at));
        prop_assert_eq!(index.previous(at), causality.previous(at));
        prop_assert_eq!(index.next(at), causality.next(at));
        if at.0 % 7 == 0 {
            prop_assert_eq!(index.past(at), causality.past(at));
        }
        let first = trace.events.iter().position(|other| other.rank == rank).map(EventIndex);
        prop_assert_eq!(index.first(rank), first);
    }
    for upto in 0..=trace.events.len() {
        let is_open = |at: &EventIndex| {
            let partner = matching.partner(*at).filter(|partner| partner.0 < upto);
            trace[*at].op == Op::Send && partner.is_none()
        };
        let open: Vec<EventIndex> = (0..upto).map(EventIndex).filter(is_open).collect();
        prop_assert_eq!(index.open(upto), open);
    }
    Ok(())
}

/// Traces of runs, and such of few ranks and tags in which receives stand before their sends, too.
fn traces() -> impl Strategy<Value = Trace> {
    prop_oneof![disorder(), run()]
}

fn disorder() -> impl Strategy<Value = Trace> {
    let event = (0..4_u32, any::<bool>(), 0..4_u32, 0..3_i32, 0..9_i64);
    prop::collection::vec((event, prop::option::weighted(0.3, payload())), 0..60).prop_map(
        |events| {
            let facts: Vec<_> = events
                .iter()
                .map(|((rank, sends, peer, tag, data), _)| {
                    (*rank, if *sends { "send" } else { "recv" }, *peer, *tag, *data)
                })
                .collect();
            let mut trace = lines(4, &facts);
            for (event, (_, payload)) in trace.events.iter_mut().zip(events) {
                if let Some(payload) = payload {
                    event.data = payload;
                }
            }
            trace
        },
    )
}

/// What may stand in the place of some bytes of a trace.
fn scribbles() -> impl Strategy<Value = Vec<u8>> {
    let words: Vec<&'static [u8]> = vec![
        b"",
        b" ",
        b"\n",
        b"\r\n",
        b"\xff",
        b"\xc3",
        b"{",
        b"}",
        b"[",
        b"]",
        b"\"",
        b",",
        b":",
        b"-",
        b"-0",
        b"0",
        b"00",
        b"1",
        b"9",
        b"99999999999999999999",
        b"1e3",
        b"null",
        b"true",
        b"\\",
        b"\"send\"",
        b"\"rank\":1,",
        b"\"end\":null,",
        b"\"end\":\"completed\",\"events\":1",
        b"{\"1\":2,\"1\":3}",
        b"{\"2\":2,\"1\":3}",
        b"{\"01\":2}",
        b"\n\n",
        b"{}\n",
        b"\"data\":0,",
    ];
    prop::sample::select(words).prop_map(<[u8]>::to_vec)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn an_index_says_what_reading_all_says(trace in traces()) {
        hold(&bytes(&trace))?;
    }

    #[test]
    fn the_fast_way_takes_no_line_that_the_careful_way_refuses(
        trace in traces(),
        scribbles in prop::collection::vec((any::<prop::sample::Index>(), 0..4_usize, scribbles()), 1..4),
    ) {
        let mut bytes = bytes(&trace);
        for (at, gone, scribble) in scribbles {
            let start = at.index(bytes.len() + 1);
            let end = (start + gone).min(bytes.len());
            bytes.splice(start..end, scribble);
        }
        hold(&bytes)?;
    }

    #[test]
    fn a_trace_that_was_cut_off_is_indexed_as_far_as_it_goes(
        trace in traces(), cut in any::<prop::sample::Index>(),
    ) {
        let bytes = bytes(&trace);
        hold(&bytes[..cut.index(bytes.len() + 1)])?;
    }
}

/// A trace of that many events: of so many sends first of all, and then as many receives and sends in
/// turn.
fn long(events: usize, sends_first: usize) -> Trace {
    let facts: Vec<_> = (0..events)
        .map(|at| {
            let is_send = at < sends_first || at % 2 == 0;
            if is_send { (0, "send", 1, 0, 7) } else { (1, "recv", 0, 0, 7) }
        })
        .collect();
    lines(2, &facts)
}

#[test]
fn links_reach_from_block_to_block() {
    for sends_first in [0, 100, 50_000] {
        let trace = long(60_000, sends_first);
        let (index, end) = indexed(&bytes(&trace)).expect("it is a trace");
        assert_eq!(end.expect("it is sound").1, Completeness::CutOff);
        let (causality, matching) = (Causality::of(&trace), Matching::of(&trace));
        for at in (0..trace.events.len()).map(EventIndex) {
            assert_eq!(index.partner(at), matching.partner(at));
            assert_eq!(index.previous(at), causality.previous(at));
            assert_eq!(index.next(at), causality.next(at));
        }
        for upto in [0, 1, 16_383, 16_384, 16_385, 40_000, 49_999, 60_000] {
            let is_open = |at: &EventIndex| {
                let partner = matching.partner(*at).filter(|partner| partner.0 < upto);
                trace[*at].op == Op::Send && partner.is_none()
            };
            let open: Vec<EventIndex> = (0..upto).map(EventIndex).filter(is_open).collect();
            assert_eq!(index.open(upto), open, "{sends_first} first, {upto}");
        }
    }
}

#[test]
fn an_index_knows_nothing_of_what_it_has_not_been_handed() {
    let bytes = bytes(&long(40_000, 30_000));
    let store = Store::Memory(bytes.into());
    let mut indexer = Indexer::new(store.clone(), "test").expect("it is a trace");
    let mut index = Index::new(store, "test", indexer.header().clone());
    index.push(indexer.advance().expect("there is a block"));
    while indexer.advance().is_some() {}
    let last = EventIndex(index.len() - 1);
    assert_eq!(index.next(last), None);
    assert_eq!(index.partner(EventIndex(0)), None);
    assert_eq!(index.open(index.len()).len(), index.len());
}

#[test]
fn a_file_that_changes_under_an_index_is_an_error_and_no_crash() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("trace.jsonl");
    fs::write(&path, bytes(&long(2_000, 0))).expect("it can be written");
    let open = || Store::File(Arc::new(fs::File::open(&path).expect("it is there")));
    let (kept, _) = index(open()).expect("it is a trace");
    assert!(kept.lines().event(EventIndex(1_999)).is_ok());

    let writing = fs::OpenOptions::new().write(true).open(&path).expect("it is there");
    writing.set_len(10_000).expect("it can be cut");
    let error = kept.lines().event(EventIndex(1_999)).expect_err("it is not there any more");
    assert_eq!(error.to_string(), "test.jsonl:2001: the file has changed since it was opened");
    assert!(kept.lines().event(EventIndex(3)).is_ok(), "what is there can be read");

    let mut writing = fs::OpenOptions::new().write(true).open(&path).expect("it is there");
    writing.write_all(&vec![b' '; 5_000]).expect("it can be written");
    assert!(kept.lines().event(EventIndex(3)).is_err(), "and nothing else stands for it");

    let (kept, _) = index(Store::Memory(bytes(&long(9, 0)).into())).expect("it is a trace");
    fs::remove_file(&path).expect("it can be removed");
    assert!(kept.lines().event(EventIndex(8)).is_ok());
}

#[test]
fn a_trace_without_events_has_an_index_without_any() {
    let (index, end) = indexed(&bytes(&lines(3, &[]))).expect("it is a trace");
    assert!(index.is_empty() && end.is_ok());
    assert_eq!(index.open(0), []);
    assert_eq!(index.first(Rank(0)), None);
}

#[test]
fn the_recorded_runs_are_indexed_as_they_are_read() {
    for run in support::reference::reference_runs() {
        let file = fs::read(run.with_extension("jsonl")).expect("it is there");
        let (trace, _) = read_trace(&file[..], "test.jsonl").expect("it is a trace");
        let (index, _) = indexed(&file).expect("it is a trace");
        hold_events(&trace, &index).expect("they are the same");
    }
}
