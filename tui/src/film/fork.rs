//! Another run from the past of this one.

use ringscope_sim::scenario::Scenario;

use super::{Film, Source};
use crate::failure::Failure;

/// Whether a command is checked before it is given to the ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Care {
    /// What would crash a rank, hang or circle is refused.
    Checked,
    /// Whatever can be read is run.
    Unchecked,
}

impl Film {
    /// The run in which the command node, having sent the commands that it has sent at a cursor, goes on
    /// with those of a line in the language of scenarios.
    ///
    /// # Errors
    ///
    /// When the line cannot be read or fails the check, or this is a run from a file.
    pub fn fork(&self, cursor: usize, line: &str, care: Care) -> Result<Film, Failure> {
        let sent = self.deeds().partition_point(|deed| deed.sent.0 < cursor);
        self.go_on_after(sent, line, care)
    }

    /// The run whose command node, at the end of its script, goes on with the commands of a line.
    ///
    /// # Errors
    ///
    /// As [`Film::fork`].
    pub fn then(&self, line: &str, care: Care) -> Result<Film, Failure> {
        self.go_on_after(usize::MAX, line, care)
    }

    /// Up to which cursor the run that is forked at a cursor has the same events.
    pub fn fork_point(&self, cursor: usize) -> usize {
        cursor
    }

    /// The scenario of a live run.
    pub fn scenario(&self) -> Option<&Scenario> {
        match self.source() {
            Source::Live(scenario) => Some(scenario),
            Source::File(_) => None,
        }
    }

    fn go_on_after(&self, commands: usize, line: &str, care: Care) -> Result<Film, Failure> {
        let Some(scenario) = self.scenario() else {
            return Err(Failure::about("this run", "a recorded run takes no commands"));
        };
        let mut text = String::new();
        let mut left = commands;
        for line in scenario.to_text().lines() {
            let is_command = ringscope_sim::scenario::Setting::named(
                line.split_whitespace().next().unwrap_or_default(),
            )
            .is_none();
            if is_command && left == 0 {
                break;
            }
            left -= usize::from(is_command);
            text += line;
            text += "\n";
        }
        text += line;
        let mut scenario = Scenario::parse(&scenario.name, &text)?;
        scenario.settings.expect = None;
        if care == Care::Checked {
            scenario.check()?;
        }
        Ok(Film::live(scenario))
    }
}
