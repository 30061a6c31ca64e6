//! What a timeline takes in memory beside its file.
//!
//! One test, since the counting allocator counts for the whole process.

use std::fs::File;
use std::io::BufWriter;

use ringscope_screen::timeline::Timeline;
use ringscope_sim::scenario::Scenario;
use ringscope_sim::simulate::record;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// Bytes that a timeline takes for each of its events: of a run in which nodes join, and then keys are put and
/// got, so that storages grow.
fn bytes_an_event(ranks: u32, window: u32) -> usize {
    const MESSAGES: u64 = 25_000;
    let keyspace = ranks * 100;
    let mut text =
        format!("ranks {ranks}\nkeyspace {keyspace}\nwindow {window}\nlimit {MESSAGES}\n");
    for rank in (1..=(ranks - 3).min(100)).rev() {
        text.push_str(&format!("add {rank} {}\n", rank * 100));
    }
    let puts = format!("put 1..={keyspace} key\nget 1..={keyspace}\n");
    text.push_str(&puts.repeat(10));
    let scenario = Scenario::parse("memory", &text).expect("the scenario is well-formed");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("trace.jsonl");
    let file = BufWriter::new(File::create(&path).expect("it can be created"));
    drop(record(&scenario, file).expect("it can be written"));
    drop(scenario);

    let before = dhat::HeapStats::get().curr_bytes;
    let mut timeline = Timeline::open(&path).expect("it is a trace");
    timeline.wait();
    let taken = dhat::HeapStats::get().curr_bytes - before;
    assert_eq!(timeline.states(), timeline.len(), "all is known");
    taken / timeline.len()
}

#[test]
fn an_event_takes_what_is_promised() {
    const MOST_BYTES: usize = 300;
    let _profiler = dhat::Profiler::builder().testing().build();
    for (ranks, window) in [(8, 1), (64, 200), (1_000, 4)] {
        let bytes = bytes_an_event(ranks, window);
        assert!(bytes <= MOST_BYTES, "{bytes} B an event, {ranks} ranks, window {window}");
    }
}
