//! Large traces for the benchmarks, and the least that anybody does with such a file.

use std::fs::File;
use std::io::{BufWriter, Read as _};
use std::path::{Path, PathBuf};

use ringscope_sim::scenario::Scenario;
use ringscope_sim::simulate;

/// More ranks than this do not join, so that a run is about more than joining.
const MOST_JOINED: u32 = 500;

/// A run of so many messages: nodes join, and then keys are put and got all over the ring.
fn scenario(ranks: u32, messages: u64) -> Scenario {
    let keyspace = (i64::from(ranks) * 10).max(1_000);
    let mut text = format!("ranks {ranks}\nkeyspace {keyspace}\nwindow 4\nlimit {messages}\n");
    for rank in (1..=(ranks - 3).min(MOST_JOINED)).rev() {
        text.push_str(&format!("add {rank} {}\n", i64::from(rank) * 10));
    }
    for _ in 0..messages / 100 {
        text.push_str(&format!("put 5..={keyspace} step 37 key\nget 5..={keyspace} step 37\n"));
    }
    Scenario::parse("bench", &text).expect("the scenario is well-formed")
}

/// Writes the trace of a run of so many events with a seed.
pub(crate) fn record(folder: &Path, ranks: u32, (events, seed): (u64, u64)) -> PathBuf {
    let path = folder.join(format!("{ranks}-{events}-{seed}.jsonl"));
    let mut scenario = scenario(ranks, events / 2);
    scenario.settings.seed = seed;
    let file = BufWriter::new(File::create(&path).expect("it can be created"));
    simulate::record(&scenario, file).expect("it can be written");
    path
}

/// Reads a file and counts its lines.
pub(crate) fn count_lines(path: &Path) -> usize {
    let mut file = File::open(path).expect("it is there");
    let mut block = vec![0; 1 << 20];
    let mut lines = 0;
    loop {
        match file.read(&mut block).expect("it can be read") {
            0 => return lines,
            read => lines += memchr::memchr_iter(b'\n', &block[..read]).count(),
        }
    }
}
