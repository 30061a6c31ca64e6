//! Another run from the past of this one.

use ringscope_sim::scenario::{Scenario, ScenarioErrors};
use ringscope_traces::text::Plain;

use super::{Operation, Source, Timeline};
use crate::failure::Failure;

/// Whether a command is checked before it is given to the ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validation {
    /// What would crash a rank, hang or circle is refused.
    Checked,
    /// Whatever can be read is run.
    Unchecked,
}

impl Timeline {
    /// The run in which the command node, having sent the commands that it has sent at a cursor, goes on
    /// with those of a line in the language of scenarios.
    ///
    /// Its events up to [`Timeline::fork_point`] are those of this run.
    ///
    /// # Errors
    ///
    /// When the line cannot be read or fails the check, or this is a run from a file.
    pub fn fork(&self, cursor: usize, line: &str, care: Validation) -> Result<Timeline, Failure> {
        self.go_on_after(self.commands_sent(cursor), line, care)
    }

    /// How many commands have been sent at a cursor.
    pub fn commands_sent(&self, cursor: usize) -> u64 {
        self.operations().partition_point(|operation| operation.invoked.0 < cursor) as u64
    }

    /// The run whose command node, at the end of its script, goes on with the commands of a line.
    ///
    /// # Errors
    ///
    /// As [`Timeline::fork`].
    pub fn then(&self, line: &str, care: Validation) -> Result<Timeline, Failure> {
        let scenario = self.live_scenario()?;
        self.go_on_after(scenario.script.len(), line, care)
    }

    /// Up to which cursor the run that is forked at a cursor has the same events.
    ///
    /// That is the same cursor as long as there are commands to come. After the last one, it is where the
    /// window has room for another: a command is sent as soon as it has.
    pub fn fork_point(&self, cursor: usize) -> usize {
        let sent = self.commands_sent(cursor);
        let Some(scenario) = self.scenario().filter(|all| all.script.len() == sent) else {
            return cursor;
        };
        self.room_for_another(scenario.settings.window).map_or(cursor, |room| cursor.min(room))
    }

    /// The cursor from which on the command node would send one more command after its last.
    fn room_for_another(&self, window: u32) -> Option<usize> {
        let Some(Operation { invoked: last, .. }) = self.operations().last() else {
            return Some(0);
        };
        let is_open =
            |operation: &&Operation| operation.completed.is_none_or(|answered| answered > *last);
        if self.operations().iter().filter(is_open).count() < window as usize {
            return Some(last.0 + 1);
        }
        let mut later = std::iter::successors(self.next(*last), |at| self.next(*at));
        later.find(|at| self.info(*at).source().is_some()).map(|answer| answer.0 + 1)
    }

    /// The scenario of a live run.
    pub fn scenario(&self) -> Option<&Scenario> {
        match self.source() {
            Source::Live(scenario) => Some(scenario),
            Source::File(_) | Source::Kept(..) => None,
        }
    }

    fn go_on_after(
        &self,
        commands: u64,
        line: &str,
        care: Validation,
    ) -> Result<Timeline, Failure> {
        Ok(Timeline::live(continued(self.live_scenario()?, commands, line, care)?))
    }

    fn live_scenario(&self) -> Result<&Scenario, Failure> {
        match self.source() {
            Source::Live(scenario) => Ok(scenario),
            Source::File(path) => Err(takes_none(&path.to_string_lossy())),
            Source::Kept(name, _) => Err(takes_none(name)),
        }
    }
}

fn takes_none(name: &str) -> Failure {
    let failure = Failure::about(&Plain(name).to_string(), "a recorded run takes no commands");
    failure.hint("`ringscope run` simulates a scenario, which does")
}

fn continued(
    scenario: &Scenario,
    commands: u64,
    line: &str,
    care: Validation,
) -> Result<Scenario, ScenarioErrors> {
    let continued = scenario.continued(commands, line)?;
    match care {
        Validation::Checked => continued.check_last_line()?,
        Validation::Unchecked => {}
    }
    Ok(continued)
}
