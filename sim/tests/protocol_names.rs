//! A protocol is known to its own folder and to the list of protocols, and to nobody else.

use std::fs;
use std::path::{Path, PathBuf};

/// What only the classic protocol's folder may name: its name, its types, its tags.
const WORDS: &[&str] = &[
    "classic",
    "Classic",
    "ClassicNode",
    "RingNode",
    "CommandNode",
    "RetVal",
    "UpdateChildPointers",
    "UpdateParentPointers",
    "RedistributeAdd",
    "RedistributeRemove",
    "RETVAL",
    "ACK",
    "INIT",
    "COMPLETE",
    "UPDATE_CHILD_POINTERS",
    "UPDATE_PARENT_POINTERS",
    "REDISTRIBUTE_ADD",
    "REDISTRIBUTE_REMOVE",
];

/// The same of the protocol `safe`.
const WORDS_OF_SAFE: &[&str] = &[
    "Safe",
    "SafeNode",
    "SafeMessage",
    "MemberNode",
    "ClientNode",
    "JoinOrder",
    "Ticket",
    "JOIN",
    "SPLIT",
    "HEIR",
    "TAKEN",
];

/// Each protocol's folder, with its words.
const PROTOCOLS: &[(&str, &[&str])] =
    &[("sim/src/protocols/classic/", WORDS), ("sim/src/protocols/safe/", WORDS_OF_SAFE)];

/// The sources that are read.
const SOURCES: &[&str] = &[
    "traces/src",
    "sim/src",
    "mpi-runner/src",
    "mpi-runner/recorder/src",
    "screen/src",
    "tui/src",
];

/// The list of protocols.
const LIST: &str = "sim/src/protocols.rs";

/// A line of code that ships.
struct Line {
    place: String,
    text: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every line of code that ships; neither comments nor tests, which stand last in their files.
fn lines() -> Vec<Line> {
    let mut files = Vec::new();
    for folder in SOURCES {
        collect(&root().join(folder), &mut files);
    }
    assert!(files.len() > 150, "the sources are where they are looked for: {}", files.len());
    files.sort();
    files.iter().flat_map(|file| lines_of(file)).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "tests" {
            collect(&path, files);
        } else if is_source(&name) {
            files.push(path);
        }
    }
}

/// Also what an exported page runs.
fn is_source(name: &str) -> bool {
    name.ends_with(".js") || name.ends_with(".rs") && !matches!(name, "tests.rs" | "testing.rs")
}

fn lines_of(file: &Path) -> Vec<Line> {
    let name = file.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
    let text = fs::read_to_string(file).unwrap();
    let shipped = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let numbered = shipped.lines().zip(1..);
    let code = numbered.filter(|(line, _)| !line.trim_start().starts_with("//"));
    code.map(|(line, number)| Line { place: format!("{name}:{number}"), text: line.to_owned() })
        .collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
}

#[test]
fn nobody_else_names_a_protocol() {
    let lines = lines();
    for (own, its_words) in PROTOCOLS {
        let is_elsewhere =
            |line: &&Line| ![*own, LIST].iter().any(|own| line.place.starts_with(own));
        let names_it = |line: &&Line| words(&line.text).any(|word| its_words.contains(&word));
        let found: Vec<_> = lines.iter().filter(is_elsewhere).filter(names_it).map(shown).collect();
        assert!(found.is_empty(), "a protocol is named outside its folder:\n{}", found.join("\n"));
    }
}

#[test]
fn the_protocols_own_folder_names_it() {
    let lines = lines();
    for (folder, its_words) in PROTOCOLS {
        let own: Vec<_> = lines.iter().filter(|line| line.place.starts_with(folder)).collect();
        for word in *its_words {
            let is_named = own.iter().any(|line| words(&line.text).any(|other| other == *word));
            assert!(is_named, "{word} is no word of the protocol any more");
        }
    }
}

#[test]
fn what_an_event_is_is_matched_and_never_compared() {
    let compares = |line: &&Line| {
        let text = line.text.replace(' ', "");
        ["==Op::", "!=Op::"].iter().any(|other| text.contains(other))
    };
    let found: Vec<_> = lines().iter().filter(compares).map(shown).collect();
    assert!(found.is_empty(), "an `Op` is compared:\n{}", found.join("\n"));
}

/// Ranks by their numbers, and nodes by their places: who has which part is the protocol's to say.
const FIXED_RANKS: &[&str] = &[
    "Rank(0)",
    "Rank::FIRST",
    "rank.0==0",
    "ranks-1",
    "ranks()-1",
    "nodes.len()-1",
    "nodes.len().saturating_sub(1)",
    "snapshot.last()",
    "members()[1..]",
    "members().get(1..)",
    "rank===0",
    "rank!==0",
];

/// Where one stands all the same, for what it is there.
const NOT_OF_THE_PROTOCOL: &[(&str, &str)] = &[
    ("traces/src/event.rs", "pub const FIRST: Rank = Rank(0);"),
    // The root of mpi-runner, whatever the protocol.
    ("mpi-runner/src/link.rs", "pub(crate) const ROOT: Rank = Rank::FIRST;"),
    // The start of a range of all ranks.
    ("sim/src/replay/in_flight.rs", "from: Rank::FIRST, tag: Tag(i32::MIN)"),
    // Any rank: where a record without events differs from a run, whose file a folder would have.
    ("sim/src/conform/repeat.rs", "unwrap_or(Rank::FIRST)"),
    ("traces/src/parts.rs", "file_name(Rank::FIRST)"),
    ("src/export/mermaid.rs", "diagram.involve(Rank::FIRST)"),
];

#[test]
fn nobody_but_a_protocol_knows_which_rank_has_which_part() {
    let is_protocols = |line: &&Line| line.place.starts_with("sim/src/protocols/");
    let is_fixed = |line: &&Line| {
        let text = line.text.replace(' ', "");
        FIXED_RANKS.iter().any(|fixed| text.contains(fixed))
    };
    let is_allowed = |line: &&Line| {
        NOT_OF_THE_PROTOCOL
            .iter()
            .any(|(file, text)| line.place.contains(file) && line.text.contains(text))
    };
    let lines = lines();
    let fixed: Vec<&Line> =
        lines.iter().filter(|line| !is_protocols(line)).filter(is_fixed).collect();
    let found: Vec<_> =
        fixed.iter().filter(|line| !is_allowed(line)).map(|line| shown(line)).collect();
    assert!(found.is_empty(), "a rank is known by its number:\n{}", found.join("\n"));
    for (file, text) in NOT_OF_THE_PROTOCOL {
        let is_used =
            fixed.iter().any(|line| line.place.contains(file) && line.text.contains(text));
        assert!(is_used, "{file} has no `{text}` any more: the list need not have it");
    }
}

fn shown(line: &Line) -> String {
    format!("{}: {}", line.place, line.text.trim())
}
