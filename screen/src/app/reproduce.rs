//! The command line that shows a view again, as it stands.

use ringscope_sim::scenario::Scenario;

use super::page::PageRequest;
use super::{App, Controls};
use crate::numbers::counted;

/// How a run can be had again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    /// The scenario or the file, as `ringscope play` takes it; `None` when it is in none.
    pub word: Option<String>,
    /// Further flags with their values, where they have one, such as `--window` and `4`.
    pub flags: Vec<(String, Option<String>)>,
    /// How much of the scenario is left in the run, where it was changed here.
    pub kept: Option<Kept>,
}

/// How many of a scenario's commands the run still begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// So many.
    pub commands: u64,
    /// Of so many.
    pub of: u64,
}

impl Recipe {
    /// What `ringscope play` takes, without further flags.
    pub fn of(word: &str) -> Recipe {
        Recipe { word: Some(word.to_owned()), flags: Vec::new(), kept: None }
    }

    /// That of a run which no word opens.
    pub fn none() -> Recipe {
        Recipe { word: None, flags: Vec::new(), kept: None }
    }

    /// That of the run which has the same first commands and then goes on otherwise.
    pub(super) fn changed_after(&self, commands: u64, scenario: &Scenario) -> Recipe {
        let before = self.kept.unwrap_or(Kept { commands: u64::MAX, of: scenario.script.len() });
        let commands = before.commands.min(before.of).min(commands);
        Recipe { kept: Some(Kept { commands, ..before }), ..self.clone() }
    }

    /// The name of the run, after what it was opened as.
    pub(super) fn name(&self, opened: &str, scenario: Option<&Scenario>) -> String {
        let (Some(Kept { commands, of }), Some(scenario)) = (self.kept, scenario) else {
            return opened.to_owned();
        };
        match scenario.script.len().saturating_sub(commands) {
            0 => format!("{opened}, the first {}", counted(commands, "command")),
            more if commands == of => format!("{opened}, {}", counted(more, "more command")),
            _ if commands == 0 => format!("{opened}, another way from the start"),
            _ => format!("{opened}, another way after command {commands}"),
        }
    }

    /// The words that open it on a command line, when there are any.
    ///
    /// A scenario comes with its seed, which its file may change, and with what makes it run where a check would
    /// refuse it.
    pub(super) fn words(&self, scenario: Option<&Scenario>) -> Option<Vec<String>> {
        let opened = ["ringscope".to_owned(), "play".to_owned(), opened(self.word.as_deref()?)?];
        let mut words = Vec::from(opened);
        for (flag, value) in &self.flags {
            words.push(flag.clone());
            if let Some(value) = value {
                words.push(quoted(value)?);
            }
        }
        let Some(scenario) = scenario else { return Some(words) };
        if !self.flags.iter().any(|(flag, _)| flag == SEED) {
            words.extend([SEED.to_owned(), scenario.settings.seed.to_string()]);
        }
        if let Some(Kept { commands, of }) = self.kept {
            if commands < of {
                words.extend(["--first".to_owned(), commands.to_string()]);
            }
            for line in scenario.lines_after(commands) {
                words.extend(["--then".to_owned(), quoted(&line)?]);
            }
        }
        if scenario.settings.expect.is_none() && scenario.check().is_err() {
            words.push("--unchecked".to_owned());
        }
        Some(words)
    }

    /// The word that says all of it, when nothing else is needed.
    pub(super) fn only_word(&self, scenario: Option<&Scenario>) -> Option<String> {
        let is_alone = self.flags.is_empty() && self.kept.is_none();
        let is_sound = scenario
            .is_none_or(|scenario| scenario.settings.expect.is_some() || scenario.check().is_ok());
        self.word.as_deref().filter(|_| is_alone && is_sound).and_then(opened)
    }
}

const SEED: &str = "--seed";

impl App {
    /// The command line that shows this again, when there is one.
    pub fn reproduced(&self) -> Option<String> {
        let mut words = self.recipe.words(self.timeline.scenario())?;
        words.extend(["--at".to_owned(), self.view.cursor.to_string()]);
        words.extend(self.looking()?);
        Some(words.join(" "))
    }

    /// Gives that line, or says what would have to be done for there to be one.
    pub(super) fn reproduce(&mut self) {
        let line = self.reproduced();
        self.controls.give_line(line, NO_FILE);
    }
}

/// What is said of a run that no command line opens.
const NO_FILE: &str = "this run is in no file yet: `x` saves it, and then there is a command";

impl Controls {
    /// Gives a command line to whoever wants to run it again, or says why there is none.
    pub(super) fn give_line(&mut self, line: Option<String>, otherwise: &str) {
        match line {
            Some(line) => self.ask(PageRequest::Copy(line)),
            None => self.say(otherwise),
        }
    }
}

/// A file or a scenario as the first word behind a command.
fn opened(word: &str) -> Option<String> {
    // It is no flag, whatever it begins with; `-` alone is standard input, which is read once.
    match word {
        "-" => None,
        _ if word.starts_with('-') => quoted(&format!("./{word}")),
        _ => quoted(word),
    }
}

/// A word as a shell reads it; `None` when no shell can have it.
pub(super) fn quoted(word: &str) -> Option<String> {
    shlex::try_quote(word).ok().map(|word| word.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::testing::{built_in, press};
    use ringscope_sim::scenario::builtin;

    #[test]
    fn a_word_is_one_word_to_a_shell_and_no_flag() {
        for word in ["runs/join.dht", "uniform 1us 2us", "it's", "", "$HOME", "a\tb", "-x"] {
            let line = quoted(word).expect("a shell can have it");
            assert_eq!(shlex::split(&line), Some(vec![word.to_owned()]), "{line}");
        }
        assert_eq!(opened("-x.dht").as_deref(), Some("./-x.dht"));
        assert_eq!(quoted("\0"), None);
    }

    #[test]
    fn a_run_that_was_changed_says_what_is_left_and_what_follows() {
        let scenario = builtin::find("join").expect("it is built in").scenario();
        let changed = scenario.continued(5, "get 9").expect("a line");
        let recipe = Recipe::of("join").changed_after(5, &scenario);
        let words = recipe.words(Some(&changed)).expect("there is a line").join(" ");
        assert_eq!(
            words, "ringscope play join --seed 1 --first 5 --then 'get 9' --unchecked",
            "the key was never put"
        );
        assert_eq!(recipe.name("join", Some(&changed)), "join, another way after command 5");
        let again = recipe.changed_after(6, &changed);
        assert_eq!(again.kept, recipe.kept, "what is left of the scenario stays");
    }

    #[test]
    fn the_line_is_given_and_not_only_shown() {
        let mut app = built_in("join", 37);
        press(&mut app, "y");
        let request = app.controls.request.take();
        let Some(PageRequest::Copy(line)) = request else { panic!("no line") };
        assert_eq!(line, "ringscope play join --seed 1 --at 37");
    }
}
