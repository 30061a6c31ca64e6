//! No two public types of one crate have the same name: a reader who searches for one finds one.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const CRATES: [&str; 7] =
    ["traces", "sim", "screen", "tui", "web", "mpi-runner", "mpi-runner/recorder"];

const KINDS: [&str; 5] = ["struct", "enum", "trait", "type", "union"];

/// The public type that a line of formatted source declares, whatever can see it.
fn declared(line: &str) -> Option<&str> {
    let after_pub = line.trim_start().strip_prefix("pub")?;
    let unscoped = match after_pub.strip_prefix('(') {
        Some(scope) => scope.split_once(')')?.1,
        None => after_pub,
    };
    let mut words =
        unscoped.strip_prefix(' ')?.split_whitespace().skip_while(|word| *word == "unsafe");
    let kind = words.next()?;
    let name = words.next().filter(|_| KINDS.contains(&kind))?;
    name.split(|c: char| !c.is_alphanumeric() && c != '_').next()
}

/// What stands in for another file where that cannot be built, under the same names.
const STAND_IN: &str = "no_files.rs";

/// Takes note of where each public type in a folder of sources is declared.
fn collect(folder: &Path, types: &mut BTreeMap<String, Vec<String>>) {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("a folder's entry can be read").path();
        if path.is_dir() {
            collect(&path, types);
        } else if path.ends_with(STAND_IN) {
            continue;
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).expect("sources are text");
            for (nth, line) in (1..).zip(text.lines()) {
                if let Some(name) = declared(line) {
                    let place = format!("{}:{nth}", path.display());
                    types.entry(name.to_owned()).or_default().push(place);
                }
            }
        }
    }
}

#[test]
fn no_two_public_types_of_a_crate_have_one_name() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut shared = String::new();
    for name in CRATES {
        let mut types = BTreeMap::new();
        collect(&root.join(name).join("src"), &mut types);
        assert!(!types.is_empty(), "{name} has no public type: nothing was looked at");
        for (name, mut places) in types.into_iter().filter(|(_, places)| places.len() > 1) {
            places.sort();
            shared += &format!("{name}: {}\n", places.join(", "));
        }
    }
    assert!(shared.is_empty(), "name each of these by what it is:\n{shared}");
}

#[test]
fn a_public_type_is_seen_whatever_its_kind_and_visibility() {
    for (line, name) in [
        ("pub struct Row<'a> {", Some("Row")),
        ("    pub(crate) enum Row {", Some("Row")),
        ("pub(in crate::app) trait Row: Sized {", Some("Row")),
        ("pub unsafe trait Row {}", Some("Row")),
        ("pub(super) type Row = u8;", Some("Row")),
        ("pub struct Row(u8);", Some("Row")),
        ("struct Row;", None),
        ("    type Err = String;", None),
        ("pub fn row() {}", None),
        ("public struct Row;", None),
        ("// pub struct Row;", None),
    ] {
        assert_eq!(declared(line), name, "{line}");
    }
}
