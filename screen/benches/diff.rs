//! How long it takes until two traces of a million events are compared on the screen.
//!
//! What is quoted beside is the least that anybody does with such files: to read both and count their lines.

mod support;

use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::{Criterion, criterion_group, criterion_main};
use ringscope_screen::app::Recipe;
use ringscope_screen::app::diff::{Candidate, Diff};
use ringscope_screen::timeline::Source;
use tempfile::TempDir;

use support::{count_lines, record};

/// How large the traces are.
const EVENTS: u64 = 1_000_000;

/// Compares two traces until that is known.
fn until(a: &Path, b: &Path, is_known: fn(&Diff) -> bool) -> Diff {
    let file = |name: &str, path: &Path| Candidate {
        name: name.to_owned(),
        source: Source::File(path.into()),
        recipe: Recipe::none(),
    };
    let mut diff = Diff::between(file("a", a), file("b", b)).expect("both are traces");
    while !is_known(&diff) {
        assert!(diff.wait_for_news(), "{:?}", diff.problem);
    }
    diff
}

fn has_divergence(diff: &Diff) -> bool {
    diff.comparison.is_some()
}

fn has_rows(diff: &Diff) -> bool {
    !diff.rows().is_empty()
}

fn diffs(criterion: &mut Criterion) {
    let folder = TempDir::new().expect("a folder for traces");
    for ranks in [8, 64] {
        let path = |seed| record(folder.path(), ranks, (EVENTS, seed));
        // With many commands under way some seeds end in a deadlock before that.
        let is_long = |path: &PathBuf| count_lines(path) as u64 >= EVENTS;
        let mut long = (1..).map(path).filter(is_long);
        let (a, b) = (long.next().expect("a seed"), long.next().expect("another one"));
        let mut group = criterion.benchmark_group(format!("diff of 1 M events, {ranks} ranks"));
        group.sample_size(10);
        group.bench_function("count the lines", |bencher| {
            bencher.iter(|| black_box(count_lines(&a) + count_lines(&b)));
        });
        for (what, other) in [("different", &b), ("equal", &a)] {
            group.bench_function(format!("{what}, first divergence"), |bencher| {
                bencher.iter_with_large_drop(|| until(&a, other, has_divergence));
            });
            group.bench_function(format!("{what}, all rows"), |bencher| {
                bencher.iter_with_large_drop(|| until(&a, other, has_rows));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, diffs);
criterion_main!(benches);
