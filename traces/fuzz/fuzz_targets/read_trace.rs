//! Any bytes are read as a trace or refused; what is read writes and reads back the same, and every
//! question that can be asked of a trace has an answer.
//!
//! On a stable toolchain, in `traces/`:
//!
//!     cargo fuzz run -s none read_trace fuzz/corpus/read_trace fuzz/seeds/read_trace

#![no_main]

use libfuzzer_sys::fuzz_target;
use ringscope_traces::diff::{Level, compare};
use ringscope_traces::merge::{merge, split};
use ringscope_traces::{
    Causality, EventIndex, NoNames, Trace, read_trace, wellformed, write_trace,
};

fuzz_target!(|bytes: &[u8]| {
    match read_trace(bytes, "fuzzed") {
        Ok((trace, _)) => {
            is_stable(&trace);
            is_answered(&trace);
        }
        Err(error) => assert!(!error.to_string().contains(char::is_control)),
    }
});

fn is_stable(trace: &Trace) {
    let written = write_trace(Vec::new(), trace).expect("memory takes everything");
    let (again, _) = read_trace(&*written, "written").expect("what was written can be read");
    assert!(again.header == trace.header && again.events == trace.events);
    let twice = write_trace(Vec::new(), &again).expect("memory takes everything");
    assert_eq!(written, twice);
}

fn is_answered(trace: &Trace) {
    for finding in wellformed::check(trace) {
        assert!(!finding.to_string().is_empty());
    }
    let causality = Causality::of(trace);
    for at in (0..trace.events.len().min(10)).map(EventIndex) {
        assert!(causality.past(at).len() <= trace.events.len());
    }
    let mut shorter = trace.clone();
    shorter.events.pop();
    let comparison = compare(trace, &shorter).expect("they have the same header");
    assert_eq!(comparison.level == Level::Equal, trace.events.is_empty());
    assert!(!comparison.summary(&NoNames).to_string().is_empty());
    if let Ok(merged) = merge(split(trace)) {
        assert_eq!(merged.trace.events.len(), trace.events.len());
    }
}
