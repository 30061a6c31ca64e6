//! Rules about the whole repository that no compiler checks.

use std::fs;
use std::path::{Path, PathBuf};

/// What stands in the repository's folder and is not of the repository.
const NOT_OURS: [&str; 4] = [".git", "target", "corpus", "artifacts"];

/// What a test may name by an absolute path: it is there on every machine, or a stand-in.
const EVERYWHERE: [&str; 5] = ["/dev/", "/proc/", "/bin/", "/tmp/", "/nowhere"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The files below a folder of the repository that `is_wanted`, by their paths in it, in order.
fn files(folder: &str, is_wanted: fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).expect("the folder can be read") {
            let entry = entry.expect("the folder can be read");
            let path = folder.join(entry.file_name());
            let kind = entry.file_type().expect("the entry has a type");
            if kind.is_dir() && !NOT_OURS.iter().any(|name| entry.file_name() == *name) {
                folders.push(path);
            } else if kind.is_file() && is_wanted(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn text(path: &Path) -> String {
    let bytes = fs::read(root().join(path)).expect("the file can be read");
    String::from_utf8_lossy(&bytes).into_owned()
}

fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "rs")
}

/// Scripts have no ending, or that of their language.
fn is_script(path: &Path) -> bool {
    let endings = ["py", "mjs", "sh"];
    path.extension().is_none_or(|own| endings.iter().any(|ending| own == *ending))
}

/// The texts between double quotes in a line.
fn literals(line: &str) -> impl Iterator<Item = &str> {
    line.split('"').skip(1).step_by(2)
}

/// How many folders lie above a path in the repository.
fn depth(path: &Path) -> usize {
    path.components().count() - 1
}

/// How many of a path's steps go to a folder above.
fn climbs(path: &str) -> usize {
    path.split('/').filter(|step| *step == "..").count()
}

/// Paths are relative to the file where the compiler reads them, and else to the folder of the crate.
fn leaves_the_repository(file: &Path, line: &str) -> bool {
    let is_of_the_compiler = line.contains("#[path") || line.contains("include_");
    let crate_folder = file.ancestors().find(|folder| {
        !folder.as_os_str().is_empty() && root().join(folder).join("Cargo.toml").is_file()
    });
    let most = match crate_folder {
        Some(folder) if !is_of_the_compiler => folder.components().count(),
        _ => depth(file),
    };
    literals(line).any(|literal| climbs(literal) > most)
}

/// A folder of somebody's machine, in a file of tests.
fn is_of_one_machine(line: &str) -> bool {
    let names_a_file = |literal: &str| {
        let mut steps = literal.split('/').skip(1);
        literal.starts_with('/') && steps.next().is_some_and(|step| step.len() > 1)
    };
    literals(line).any(|literal| {
        names_a_file(literal)
            && !EVERYWHERE.iter().any(|known| literal.starts_with(known))
            && Path::new(literal).parent().is_some_and(|folder| folder != Path::new("/"))
    })
}

#[test]
fn no_test_reads_anything_outside_the_repository() {
    let mut wrong = Vec::new();
    for file in files("", is_rust) {
        let is_test = file.iter().any(|part| part == "tests" || part == "benches");
        for (number, line) in text(&file).lines().enumerate() {
            // Nobody looks for a folder above the checkout.
            let searches = line.contains("ancestors()") && !file.ends_with("tests/tidy.rs");
            let names = is_test && is_of_one_machine(line);
            if is_test && searches || names || leaves_the_repository(&file, line) {
                wrong.push(format!("{}:{}: {}", file.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_script_reads_anything_above_the_repository() {
    let mut wrong = Vec::new();
    for file in files("", is_script) {
        for (number, line) in text(&file).lines().enumerate() {
            let most = depth(&file);
            let is_above = |word: &str| climbs(word.trim_matches(['"', '\'', ')', ';'])) > most;
            if line.split_whitespace().any(is_above) {
                wrong.push(format!("{}:{}: {}", file.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_path_that_leaves_the_repository_is_seen() {
    let file = Path::new("sim/tests/support/mod.rs");
    assert!(!leaves_the_repository(file, r#"here.join("../traces/golden")"#));
    assert!(leaves_the_repository(file, r#"here.join("../../shared/reference")"#));
    assert!(!leaves_the_repository(file, r#"#[path = "../../../traces/tests/support/x.rs"]"#));
    assert!(leaves_the_repository(file, r#"#[path = "../../../../x.rs"]"#));
    assert!(is_of_one_machine(r#"Path::new("/home/somebody/runs")"#));
    assert!(!is_of_one_machine(r#"open("/dev/null")"#));
}
