//! The built-in scenarios' traces, line by line, as they stand in `traces/golden`.
//!
//! `make bless` writes them anew. Read the difference aloud before it is committed: if you cannot say
//! why a line moved, it is a bug.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use ringscope_sim::scenario::builtin;
use support::Run;

/// Longer traces are held by their digests.
const LONGEST_BYTES: usize = 32 * 1024;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../traces/golden")
}

fn golden(name: &str, ending: &str) -> PathBuf {
    folder().join(name).with_extension(ending)
}

#[test]
fn the_built_in_scenarios_leave_their_golden_traces() {
    let bless = std::env::var_os("RINGSCOPE_BLESS").is_some();
    let mut held = 0;
    for built_in in builtin::ALL {
        let run = Run::of(&built_in.scenario());
        if run.file.len() > LONGEST_BYTES {
            continue;
        }
        held += 1;
        let (trace, out) = (golden(built_in.name, "jsonl"), golden(built_in.name, "out"));
        if bless {
            fs::write(&trace, &run.file).unwrap();
            fs::write(&out, run.printed()).unwrap();
        }
        let ours = String::from_utf8(run.file.clone()).unwrap();
        let golden = fs::read_to_string(&trace).unwrap();
        let line = ours.lines().zip(golden.lines()).position(|(ours, golden)| ours != golden);
        assert_eq!(ours, golden, "{} from line {line:?} on", trace.display());
        assert_eq!(run.printed(), fs::read_to_string(&out).unwrap(), "{}", out.display());
    }
    let files = folder().read_dir().unwrap().count();
    assert_eq!(files, 2 * held, "a golden file that no scenario leaves");
}
