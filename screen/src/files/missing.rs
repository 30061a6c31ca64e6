//! What there is to say of a file that is not there: the one that may have been meant, or how to find it.

use std::path::{Path, PathBuf};

use ringscope_sim::nearest::nearest;

use super::{built_in_of, has_ending, is_folder, meant, shown};
use crate::failure::Failure;
use crate::host::host;
use crate::tour::builtin as lessons;

/// The most names of a folder that are looked through.
const MOST_NAMES: usize = 10_000;

/// That there is no such file, with what may help.
pub fn missing(path: &Path) -> Failure {
    Failure::about(&shown(path), "no such file").hint(advice(path))
}

fn advice(path: &Path) -> String {
    let folder = folder_of(path);
    if !is_folder(folder) {
        return format!("there is no folder {}", shown(folder));
    }
    let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let scenario = built_in_of(path).map(|one| one.name);
    if let Some(beside) = meant_beside(path) {
        format!("did you mean `{}`?", shown(&beside))
    } else if let Some(scenario) = scenario.or_else(|| meant(name)) {
        let built_in = format!("did you mean the built-in scenario `{scenario}`");
        match has_ending(path, "dht") {
            true => format!("{built_in}, which needs no file?"),
            false => {
                format!("{built_in}? `ringscope run {scenario} -o {scenario}.jsonl` records it")
            }
        }
    } else if let Some(lesson) = nearest(name, lessons::ALL.iter().map(|one| one.name)) {
        format!("did you mean the lesson `{lesson}`? `ringscope tour {lesson}` opens it")
    } else {
        let folder = shown(folder);
        format!("`ls {folder}` lists the files there, `ringscope list` the built-in scenarios")
    }
}

/// The file beside one that is not there whose name may have been meant: one that is misspelt, or the same name with another
/// ending of ours.
pub(super) fn meant_beside(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let names = host().names_in(folder_of(path), MOST_NAMES);
    let stem = Path::new(name).file_stem()?;
    let is_same = |other: &&String| {
        let other = Path::new(other);
        let is_ours = ["dht", "jsonl", "md"].iter().any(|ending| has_ending(other, ending));
        is_ours && other.file_stem() == Some(stem)
    };
    let near = nearest(name, names.iter().map(String::as_str));
    let found = near.or_else(|| names.iter().find(is_same).map(String::as_str))?;
    Some(path.with_file_name(found))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_that_is_not_there_may_be_another_one() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["mine.csv", "mine.jsonl", "other.dht"] {
            fs::write(folder.path().join(name), "").expect("a file");
        }
        let said = |name: &str| missing(&folder.path().join(name)).one_line();
        let in_folder = |name: &str| shown(&folder.path().join(name));
        for (name, expected) in [
            ("mnie.jsonl", format!("did you mean `{}`?", in_folder("mine.jsonl"))),
            ("mine.dht", format!("did you mean `{}`?", in_folder("mine.jsonl"))),
            ("join.jsonl", "`join`? `ringscope run join -o join.jsonl` records it".to_owned()),
            ("jion.dht", "built-in scenario `join`, which needs no file?".to_owned()),
            ("the-rign.md", "did you mean the lesson `the-ring`?".to_owned()),
            ("xylophone.jsonl", format!("`ls {}` lists the files", shown(folder.path()))),
            ("none/mine.jsonl", format!("there is no folder {}", in_folder("none"))),
        ] {
            let said = said(name);
            assert!(said.contains(": no such file (") && said.contains(&expected), "{said}");
        }
    }
}
