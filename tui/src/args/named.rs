//! A command line without a command: the name of a scenario, a lesson or a file, which is opened.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::CommandFactory as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use ringscope_screen::failure::Failure;
use ringscope_screen::tour::builtin as lessons;
use ringscope_sim::nearest::nearest;
use ringscope_sim::scenario::builtin as scenarios;

use super::Args;

/// The command that opens a run.
const PLAY: &str = "play";

/// The command that opens a lesson.
const TOUR: &str = "tour";

/// The word that stands where a command should, if that is what is wrong with a command line.
pub(super) fn word_of(error: &clap::Error) -> Option<&str> {
    match (error.kind(), error.get(ContextKind::InvalidSubcommand)) {
        (ErrorKind::InvalidSubcommand, Some(ContextValue::String(word))) => Some(word),
        _ => None,
    }
}

/// The same words with the command that opens what the word names; `None` when it names nothing.
pub(super) fn with_command(words: &[OsString], word: &str) -> Option<Result<Args, clap::Error>> {
    let command = opener(Path::new(word))?;
    let places = words.iter().enumerate().skip(1).filter(|(_, other)| *other == OsStr::new(word));
    let mut read = places.map(|(place, _)| {
        let (before, after) = words.split_at(place);
        let command = OsString::from(command);
        Args::read(before.iter().chain([&command]).chain(after))
    });
    // The same word may stand before it, as the value of a flag.
    read.find(|read| read.as_ref().err().and_then(word_of).is_none())
}

/// The command that opens what a word names.
fn opener(word: &Path) -> Option<&'static str> {
    let ends_with = |ending: &str| word.extension().is_some_and(|found| found == ending);
    let is_path = word.is_file() || word.components().count() > 1;
    let name = word.to_str()?;
    if ends_with("md") {
        Some(TOUR)
    } else if is_path || ends_with("dht") || ends_with("jsonl") || scenarios::find(name).is_some() {
        Some(PLAY)
    } else {
        lessons::find(name).map(|_| TOUR)
    }
}

/// What there is to say of a word that names nothing.
pub(super) fn unknown(word: &str) -> Failure {
    let failure = Failure::about(word, "no command, scenario, lesson or file has that name");
    failure.hint(match meant(word) {
        Some(line) => format!("did you mean `{line}`?"),
        None => "`ringscope help` lists the commands, `ringscope list` the scenarios, \
                 `ringscope tour --list` the lessons"
            .to_owned(),
    })
}

/// The command line that may have been meant.
fn meant(word: &str) -> Option<String> {
    let args = Args::command();
    let commands: Vec<&str> = args.get_subcommands().map(clap::Command::get_name).collect();
    let scenarios = scenarios::ALL.iter().map(|one| one.name);
    let lessons = lessons::ALL.iter().map(|one| one.name);
    let meant = nearest(word, commands.iter().copied().chain(scenarios.clone()).chain(lessons))?;
    Some(if commands.contains(&meant) {
        format!("ringscope {meant}")
    } else if scenarios.into_iter().any(|name| name == meant) {
        format!("ringscope {PLAY} {meant}")
    } else {
        format!("ringscope {TOUR} {meant}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Args, clap::Error> {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let error = Args::read(&words).expect_err("there is no command");
        let word = word_of(&error).expect("a word stands where a command should");
        with_command(&words, word).unwrap_or(Err(error))
    }

    #[test]
    fn a_name_is_opened_by_the_command_for_what_it_names() {
        for (line, same) in [
            ("ringscope join --at 3", "ringscope play join --at 3"),
            ("ringscope --color never the-ring", "ringscope --color never tour the-ring"),
            ("ringscope my.md", "ringscope tour my.md"),
            ("ringscope runs/a", "ringscope play runs/a"),
            ("ringscope a.jsonl --plain", "ringscope play a.jsonl --plain"),
            ("ringscope --config join join", "ringscope --config join play join"),
        ] {
            let args = read(line).unwrap_or_else(|error| panic!("{line}: {error}"));
            let other = Args::read(same.split(' ')).expect("a command line");
            assert_eq!(format!("{args:?}"), format!("{other:?}"), "{line}");
        }
    }

    #[test]
    fn what_is_wrong_behind_a_name_is_reported_as_behind_its_command() {
        let error = read("ringscope join --no-such-flag").expect_err("there is no such flag");
        assert_eq!(error.kind(), ErrorKind::UnknownArgument);
    }

    #[test]
    fn a_misspelt_word_may_be_a_command_a_scenario_or_a_lesson() {
        assert_eq!(meant("plya").as_deref(), Some("ringscope play"));
        assert_eq!(meant("jion").as_deref(), Some("ringscope play join"));
        assert_eq!(meant("te-ring").as_deref(), Some("ringscope tour the-ring"));
        assert_eq!(meant("xylophone"), None);
    }
}
