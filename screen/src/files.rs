//! Where scenarios and traces come from: files, what is built in, and texts that are handed in.

mod missing;

use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ringscope_sim::nearest::nearest;
use ringscope_sim::scenario::builtin::{self, BuiltIn};
use ringscope_sim::scenario::{MOST_BYTES, Scenario};
use ringscope_traces::indexed::Store;
use ringscope_traces::{Completeness, Trace};

use crate::failure::Failure;
use crate::host::{Found, OpenFile, host};
use crate::tour::builtin as lessons;
use missing::meant_beside;
pub use missing::missing;

/// Where a scenario comes from.
#[derive(Debug, Clone)]
pub enum Origin {
    /// Whoever has read it already.
    Text(ScenarioText),
    /// A file.
    File(PathBuf),
    /// The program itself.
    BuiltIn(&'static BuiltIn),
}

/// A scenario that is in no file.
#[derive(Debug, Clone)]
pub struct ScenarioText {
    /// What messages call it.
    pub name: &'static str,
    /// What stands for it on a command line.
    pub word: &'static str,
    /// The text, as it was read.
    pub bytes: Arc<[u8]>,
}

impl Origin {
    /// What the word means: a path if it can only be one or a file has that name, then a built-in
    /// scenario.
    ///
    /// # Errors
    ///
    /// When it means nothing.
    ///
    /// ```
    /// use std::path::Path;
    /// use ringscope_screen::files::Origin;
    ///
    /// let join = Origin::of(Path::new("join")).expect("it is built in");
    /// assert_eq!(join.scenario().expect("it can be read").settings.ranks, 8);
    /// let failure = Origin::of(Path::new("jion")).err().expect("there is no such scenario");
    /// assert!(failure.to_string().starts_with("jion: "));
    /// ```
    pub fn of(word: &Path) -> Result<Origin, Failure> {
        let is_file = host().look_up(word).is_some_and(|found| found != Found::Folder);
        if is_file || must_be_path(word) {
            return Ok(Origin::File(word.to_owned()));
        }
        word.to_str().and_then(builtin::find).map(Origin::BuiltIn).ok_or_else(|| unknown(word))
    }

    /// Whether a file stands in the way of the built-in scenario of the same name.
    pub fn hides_built_in(&self) -> bool {
        match self {
            Origin::File(path) => path.to_str().is_some_and(|name| builtin::find(name).is_some()),
            Origin::Text(_) | Origin::BuiltIn(_) => false,
        }
    }

    /// Reads the scenario.
    ///
    /// # Errors
    ///
    /// When there is no such file, or no scenario in it.
    pub fn scenario(&self) -> Result<Scenario, Failure> {
        match self {
            Origin::BuiltIn(built_in) => Ok(built_in.scenario()),
            Origin::Text(text) => {
                let named = Named { name: text.name, word: text.word, is_scenario: false };
                parse(&named, &text.bytes[..])
            }
            Origin::File(path) => {
                let file = open(path)?;
                let name = shown(path);
                let is_scenario = has_ending(path, "dht");
                parse(&Named { name: &name, word: &name, is_scenario }, file.reader())
            }
        }
    }
}

fn must_be_path(word: &Path) -> bool {
    has_ending(word, "dht")
        || word.components().count() > 1
        || word.is_absolute()
        || word.to_string_lossy().ends_with(std::path::is_separator)
}

fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|found| found == ending)
}

/// The built-in scenario of the same name as a file.
fn built_in_of(path: &Path) -> Option<&'static BuiltIn> {
    path.file_stem()?.to_str().and_then(builtin::find)
}

fn unknown(word: &Path) -> Failure {
    let name = shown(word);
    if is_folder(word) {
        return is_directory(word);
    }
    let failure = Failure::about(&name, "no such file, and no built-in scenario of that name");
    failure.hint(match meant(&name) {
        _ if lessons::find(&name).is_some() => format!("`ringscope tour {name}` is a lesson"),
        Some(meant) => format!("did you mean `{meant}`? `ringscope list` names them all"),
        None => match meant_beside(word) {
            Some(file) => format!("did you mean `{}`?", shown(&file)),
            None => "`ringscope list` names the built-in scenarios".to_owned(),
        },
    })
}

/// The built-in scenario that a misspelt name may stand for.
pub fn meant(name: &str) -> Option<&'static str> {
    nearest(name, builtin::ALL.iter().map(|one| one.name))
}

/// What a scenario's text is called.
struct Named<'a> {
    /// In messages.
    name: &'a str,
    /// On a command line.
    word: &'a str,
    /// Whether it can be meant as nothing but a scenario.
    is_scenario: bool,
}

/// Reads a scenario from bytes; of too many, no more than shows that they are.
///
/// Nothing at all is a scenario without commands in a file that can only be one. Elsewhere it is what a program
/// leaves that was to write something and did not: a run of it would be one that nobody asked for.
fn parse(named: &Named<'_>, read: impl Read) -> Result<Scenario, Failure> {
    let Named { name, word, is_scenario } = *named;
    let mut bytes = Vec::new();
    let read = read.take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| Failure::about(name, format!("cannot be read: {error}")))?;
    if begins_as_trace(&bytes) {
        return Err(Failure::about(name, "this is a trace, not a scenario")
            .hint(format!("`ringscope show {word}` shows it")));
    }
    if is_blank(&bytes) && !is_scenario {
        return Err(Failure::about(name, "there is nothing in it: no scenario, and no trace")
            .hint("was the program that should have written it stopped?"));
    }
    if bytes.iter().take(MOST_BYTES).any(|byte| *byte == 0) {
        return Err(Failure::about(name, "this is a binary file, not a scenario")
            .hint("a scenario is plain text: `ringscope list join` prints one"));
    }
    Ok(Scenario::parse_bytes(name, &bytes)?)
}

/// Whether that is how a trace begins.
pub fn begins_as_trace(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"{\"")
}

fn is_blank(bytes: &[u8]) -> bool {
    bytes.trim_ascii().is_empty()
}

/// Whether that is a file that begins as a trace does, or one that is to be a trace by its name: if it is not there or
/// not a trace, this is what is reported.
pub fn is_trace(path: &Path) -> bool {
    if has_ending(path, "jsonl") {
        return true;
    }
    let mut bytes = Vec::new();
    let open = host().open(path);
    let read = open.and_then(|file| file.reader().take(64).read_to_end(&mut bytes));
    read.is_ok() && begins_as_trace(&bytes)
}

/// Whether that is a file that begins as a trace does and can be read in an instant.
pub fn is_short_trace(path: &Path) -> bool {
    const MOST_BYTES: u64 = 1 << 20;
    let found = host().look_up(path);
    matches!(found, Some(Found::File { bytes }) if bytes <= MOST_BYTES) && is_trace(path)
}

/// A whole trace, and whether it is all there.
///
/// # Errors
///
/// When there is no such file, or no trace in it.
pub fn trace(path: &Path) -> Result<(Trace, Completeness), Failure> {
    let file = BufReader::with_capacity(1 << 16, open_trace(path)?.reader());
    Ok(ringscope_traces::read_trace(file, &shown(path))?)
}

/// The bytes of a trace, to be read from any place: where only their order is to be had, they are kept.
pub(crate) fn store(path: &Path) -> Result<Store, Failure> {
    let store = open_trace(path)?.store();
    store.map_err(|error| Failure::about(&shown(path), format!("cannot be read: {error}")))
}

/// Opens a trace file.
///
/// # Errors
///
/// When it cannot be opened.
pub fn open_trace(path: &Path) -> Result<OpenFile, Failure> {
    open(path).map_err(|failure| match path.to_str().and_then(builtin::find) {
        Some(one) if meant_beside(path).is_none() => failure.hint(format!(
            "`ringscope run {0} -o {0}.jsonl` records the built-in scenario {0}",
            one.name
        )),
        Some(_) | None => failure,
    })
}

fn open(path: &Path) -> Result<OpenFile, Failure> {
    if is_folder(path) {
        return Err(is_directory(path));
    }
    host().open(path).map_err(|error| {
        if error.kind() == io::ErrorKind::NotFound {
            return missing(path);
        }
        Failure::about(&shown(path), format!("cannot be opened: {error}"))
    })
}

fn is_folder(path: &Path) -> bool {
    host().look_up(path) == Some(Found::Folder)
}

fn is_directory(path: &Path) -> Failure {
    Failure::about(&shown(path), "is a directory").hint("name a file in it")
}

/// A path as messages have it.
pub fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_in_a_name_is_seen() {
        assert_eq!(meant("jion"), Some("join"));
        assert_eq!(meant("get-mising"), Some("get-missing"));
        assert_eq!(meant("banana"), None);
    }

    #[test]
    fn a_word_that_can_only_be_a_path_is_none_of_a_built_in_scenario() {
        let origin = |word| Origin::of(Path::new(word));
        assert!(matches!(origin("./join"), Ok(Origin::File(_))));
        assert!(matches!(origin("join.dht"), Ok(Origin::File(_))));
        assert!(matches!(origin("join"), Ok(Origin::BuiltIn(_))));
    }
}
