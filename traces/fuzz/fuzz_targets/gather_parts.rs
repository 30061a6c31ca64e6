//! Any bytes as the parts that the ranks of a run left: what is gathered from them is a trace, or they are refused
//! in plain text.
//!
//!     cargo fuzz run -s none gather_parts fuzz/corpus/gather_parts fuzz/seeds/gather_parts

#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;
use ringscope_traces::parts::{file_name, gather, written};
use ringscope_traces::{Rank, read_trace, write_trace};
use tempfile::TempDir;

/// Between two parts: no text has such a byte.
const BETWEEN: u8 = 0xff;

fuzz_target!(|bytes: &[u8]| {
    let folder = TempDir::new().expect("a folder for temporary files");
    for (rank, part) in (0..).map(Rank).zip(bytes.split(|byte| *byte == BETWEEN)) {
        fs::write(folder.path().join(file_name(rank)), part).expect("it is ours");
    }
    assert!(written(folder.path()) <= bytes.len() as u64);
    match gather(folder.path()) {
        Ok(gathered) => {
            let events = gathered.merged.trace.events.len();
            let closed = gathered.closed();
            let left_out: usize = closed.left_out.values().sum();
            assert_eq!(closed.trace.events.len() + left_out, events);
            let text = write_trace(Vec::new(), &closed.trace).expect("memory takes everything");
            let (again, _) = read_trace(&*text, "written").expect("what was written can be read");
            assert_eq!(again.events, closed.trace.events);
        }
        Err(error) => assert!(!error.to_string().contains(char::is_control)),
    }
});
