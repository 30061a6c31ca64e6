//! A scenario that goes on otherwise: its first commands, and then another line.

use std::sync::Arc;

use super::errors::{Problem, ScenarioErrors};
use super::source::Source;
use super::{Scenario, Settings, parser, write};
use crate::protocol::Run;

impl Scenario {
    /// The scenario of its first commands, followed by those that one more line of the language asks for.
    /// How the run was expected to end counts no more.
    ///
    /// # Errors
    ///
    /// When the line cannot be read, or asks for nothing.
    pub fn continued(&self, commands: u64, line: &str) -> Result<Scenario, ScenarioErrors> {
        let line = line.lines().next().unwrap_or_default();
        let settings = Settings { expect: None, ..self.settings.clone() };
        let runs = first(&self.runs, commands);
        let text = format!("{}{line}\n", write::text(&settings, &runs));
        let continued = parser::parse(&self.name, &text)?;
        if continued.runs.len() > runs.len() {
            return Ok(continued);
        }
        let source = Arc::new(Source::new(&self.name, line));
        let problem = Problem::error(&source, "the line has no command");
        Err(ScenarioErrors::one(problem.hint("such as `put 5 50`, `get 5`, `add 3 500`")))
    }

    /// The scenario of its first commands alone. How the run was expected to end counts no more.
    ///
    /// # Errors
    ///
    /// When these commands, written out, are too long a text.
    pub fn cut_after(&self, commands: u64) -> Result<Scenario, ScenarioErrors> {
        let settings = Settings { expect: None, ..self.settings.clone() };
        parser::parse(&self.name, &write::text(&settings, &first(&self.runs, commands)))
    }

    /// The lines of the language that ask for all commands but the first ones.
    #[must_use]
    pub fn lines_after(&self, commands: u64) -> Vec<String> {
        let text = write::text(&Settings::default(), &after(&self.runs, commands));
        text.lines().map(str::to_owned).collect()
    }

    /// The same as [`Scenario::check`], of the last line only: whether the ring can do what it asks for.
    ///
    /// # Errors
    ///
    /// Every command of that line that would crash a rank, hang or circle.
    pub fn check_last_line(&self) -> Result<(), ScenarioErrors> {
        let last = self.lines.last().copied().unwrap_or(0);
        self.check().map_or_else(|errors| errors.of_the_lines_from(last), |_| Ok(()))
    }
}

/// The runs of that many commands.
fn first(runs: &[Run], commands: u64) -> Vec<Run> {
    let mut left = commands;
    let mut first = Vec::new();
    for run in runs {
        if left == 0 {
            break;
        }
        let count = run.count.min(left);
        left -= count;
        first.push(Run { count, ..*run });
    }
    first
}

/// The runs of all commands but that many.
fn after(runs: &[Run], commands: u64) -> Vec<Run> {
    let mut left = commands;
    let mut after = Vec::new();
    for run in runs {
        let skipped = run.count.min(left);
        left -= skipped;
        if skipped < run.count {
            after.push(Run { first: run.command(skipped), count: run.count - skipped, ..*run });
        }
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario() -> Scenario {
        let text = "ranks 7\nexpect deadlock\nput 1..=5 key\nadd 3 500\nget 9";
        Scenario::parse("test", text).expect("it can be read")
    }

    #[test]
    fn the_first_commands_are_kept_and_a_line_follows() {
        let continued = scenario().continued(3, "put 10..=12 1").expect("it can be read");
        assert_eq!(continued.to_text(), "ranks 7\nput 1..=3 key\nput 10..=12 1\n");
        assert_eq!(continued.check_last_line(), Ok(()));
    }

    #[test]
    fn only_the_line_that_follows_is_checked() {
        let sound = scenario().continued(7, "get 1").expect("it can be read");
        assert!(sound.check().is_err(), "nobody put key 9");
        assert_eq!(sound.check_last_line(), Ok(()));
        let unsound = scenario().continued(7, "remove 77").expect("it can be read");
        let errors = unsound.check_last_line().expect_err("nobody has that id");
        assert_eq!(errors.problems().len(), 1);
    }

    #[test]
    fn the_lines_after_the_first_commands_go_on_as_the_scenario_does() {
        let whole = scenario();
        for commands in 0..=whole.script.len() {
            let lines = whole.lines_after(commands);
            let (mut again, mut kept) = (whole.clone(), commands);
            for line in &lines {
                again = again.continued(kept, line).expect("a line of the language");
                kept = again.script.len();
            }
            assert!(again.script.commands().eq(whole.script.commands()), "{commands}: {lines:?}");
        }
        assert_eq!(whole.lines_after(3), ["put 4..=5 key", "add 3 500", "get 9"]);
        assert_eq!(whole.lines_after(99), [""; 0]);
    }

    #[test]
    fn a_line_must_ask_for_something() {
        for line in ["", "# nothing", "ranks 9", "seed 3\nput 1 1"] {
            assert!(scenario().continued(0, line).is_err(), "{line}");
        }
        assert!(scenario().continued(2, "ranks 9").is_err(), "settings come first");
    }
}
