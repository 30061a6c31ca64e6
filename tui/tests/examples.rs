//! The main items of the libraries each have an example, which runs as a doc test.

use std::fs;
use std::path::Path;

/// The main items of the libraries: the file, and how the item's declaration begins.
const MAIN_ITEMS: &[(&str, &str)] = &[
    ("traces/src/atomic_file.rs", "pub struct AtomicFile "),
    ("traces/src/causality.rs", "pub struct Causality "),
    ("traces/src/diff/mod.rs", "pub fn compare("),
    ("traces/src/event.rs", "pub struct Event<"),
    ("traces/src/jsonl/read.rs", "pub fn read_trace<"),
    ("traces/src/jsonl/read.rs", "pub struct Reader<"),
    ("traces/src/jsonl/write.rs", "pub struct Writer<"),
    ("traces/src/merge.rs", "pub fn merge("),
    ("traces/src/payload.rs", "pub enum Payload "),
    ("traces/src/wellformed.rs", "pub fn check("),
    ("traces/src/words.rs", "pub fn describe<"),
    ("sim/src/answers/mod.rs", "pub fn judge("),
    ("sim/src/conform/mod.rs", "pub fn judge("),
    ("sim/src/conform/repeat.rs", "pub fn repeat("),
    ("sim/src/explain/mod.rs", "pub fn explain<"),
    ("sim/src/invariants/mod.rs", "pub struct InvariantChecker "),
    ("sim/src/replay/recorded.rs", "pub fn start("),
    ("sim/src/scenario/mod.rs", "pub fn parse("),
    ("sim/src/scenario/mod.rs", "pub fn check("),
    ("sim/src/simulate.rs", "pub fn record<"),
    ("sim/src/simulate.rs", "pub fn simulate<"),
    ("sim/src/world/mod.rs", "pub struct World<"),
    ("sim/src/world/wait_for_graph.rs", "pub struct WaitForGraph<"),
    ("screen/src/app/mod.rs", "pub struct App "),
    ("screen/src/config/read.rs", "pub fn parse("),
    ("screen/src/export/mod.rs", "pub fn of("),
    ("screen/src/files.rs", "pub fn of("),
    ("screen/src/language/condition.rs", "pub fn parse("),
    ("screen/src/language/query.rs", "pub fn parse("),
    ("screen/src/session/mod.rs", "pub struct Session "),
    ("screen/src/settings.rs", "pub fn set("),
    ("screen/src/timeline/mod.rs", "pub struct Timeline "),
    ("screen/src/tour/mod.rs", "pub fn open("),
    ("screen/src/view/picture.rs", "pub fn draw("),
];

fn text(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The lines of the documentation above a declaration; `None` when there is no such declaration.
fn documentation<'a>(text: &'a str, declaration: &str) -> Option<Vec<&'a str>> {
    let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
    let at = lines.iter().position(|line| line.starts_with(declaration))?;
    let above = lines[..at].iter().rev();
    let above = above.take_while(|line| line.starts_with("///") || line.starts_with("#["));
    Some(above.copied().collect())
}

/// Whether an example stands there that is compiled, run, and asserts something.
fn has_an_example(documentation: &[&str]) -> bool {
    documentation.contains(&"/// ```")
        && documentation.iter().any(|line| line.contains("assert"))
        && !documentation.iter().any(|line| line.starts_with("/// ```") && line.len() > 7)
}

#[test]
fn every_main_item_of_the_libraries_has_an_example_that_runs() {
    for (file, declaration) in MAIN_ITEMS {
        let text = text(file);
        let documentation = documentation(&text, declaration);
        let documentation = documentation.unwrap_or_else(|| panic!("{file}: no {declaration}"));
        assert!(has_an_example(&documentation), "{file}: {declaration} has no example that runs");
    }
}

#[test]
fn an_example_that_is_not_run_or_asserts_nothing_is_none() {
    assert!(has_an_example(&["/// ```", "/// assert!(holds);", "/// ```"]));
    assert!(!has_an_example(&["/// ```", "/// assert!(holds);", "/// ```no_run"]));
    assert!(!has_an_example(&["/// ```", "/// runs();", "/// ```"]));
    assert!(!has_an_example(&["/// Documented without an example.", "#[must_use]"]));
}
