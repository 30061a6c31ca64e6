//! How long the exports of a trace of a million events take.
//!
//! What is quoted beside is the least that anybody does with such a file: to read it and count its lines, to copy it, and
//! to read all its events.

#![allow(missing_docs, reason = "a benchmark")]

#[path = "../../screen/benches/support/mod.rs"]
mod support;

use std::fs::{self, File};
use std::hint::black_box;
use std::io::BufReader;
use std::path::Path;
use std::process::Command;

use criterion::{Criterion, criterion_group, criterion_main};
use ringscope_traces::Reader;
use tempfile::TempDir;

use support::{count_lines, record};

/// How large the trace is.
const EVENTS: u64 = 1_000_000;

/// The formats that carry a whole trace of that size, and for the others parts that they carry.
const EXPORTS: [(&str, &str); 7] = [
    ("csv", ".."),
    ("shiviz", ".."),
    ("perfetto", ".."),
    ("mermaid", "500000..502000"),
    ("svg", "500000..500060"),
    ("html", "500000..505000"),
    ("cast", "500000..505000"),
];

fn read_all(path: &Path) -> u64 {
    let file = BufReader::with_capacity(1 << 16, File::open(path).expect("it is there"));
    let mut reader = Reader::new(file, "bench").expect("it is a trace");
    let mut events = 0;
    while let Some(event) = reader.next_event().expect("it can be read") {
        black_box(event);
        events += 1;
    }
    events
}

/// Exports as a user does, into a file.
fn export(path: &Path, (format, part): (&str, &str), target: &Path) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ringscope"));
    command.args(["export", "--quiet", "--to", format, "--events", part, "-o"]);
    let status = command.arg(target).arg(path).status().expect("the program runs");
    assert!(status.success(), "{format}");
}

fn exports(criterion: &mut Criterion) {
    let folder = TempDir::new().expect("a folder for traces");
    let mut group = criterion.benchmark_group("export of 1 M events");
    group.sample_size(10);
    for ranks in [8, 64] {
        // With many commands under way some seeds end in a deadlock before that.
        let mut recorded = (0..).map(|seed| record(folder.path(), ranks, (EVENTS, seed)));
        let path = recorded.find(|path| count_lines(path) as u64 >= EVENTS).expect("a seed");
        let target = folder.path().join("out");
        group.bench_function(format!("{ranks} ranks, count the lines"), |bencher| {
            bencher.iter(|| black_box(count_lines(&path)));
        });
        group.bench_function(format!("{ranks} ranks, copy"), |bencher| {
            bencher.iter(|| fs::copy(&path, &target).expect("it can be copied"));
        });
        group.bench_function(format!("{ranks} ranks, read all events"), |bencher| {
            bencher.iter(|| black_box(read_all(&path)));
        });
        for (format, part) in EXPORTS {
            let name = format!("{ranks} ranks, {format} {part}");
            group.bench_function(name, |bencher| {
                bencher.iter(|| export(&path, (format, part), &target));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, exports);
criterion_main!(benches);
