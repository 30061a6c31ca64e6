//! Whether a scenario's protocol can do what it asks for, as far as that can be known before it runs.

use std::ops::Range;

use super::command::OperandSpans;
use super::errors::{Findings, Problem, ScenarioErrors, Warning};
use super::{MOST_COMMANDS, Scenario, parser};
use crate::protocol::plan::{Objection, Objections, Part, Plan};

/// See [`Scenario::check`].
pub(super) fn check(scenario: &Scenario) -> Result<Vec<Warning>, ScenarioErrors> {
    let mut check = Check::of(scenario);
    check.length();
    let settings = &scenario.settings;
    let plan = Plan {
        ranks: settings.ranks,
        keyspace: settings.keyspace,
        window: settings.window,
        runs: &scenario.runs,
        lines: &scenario.lines,
    };
    settings.protocol.check(&plan, &mut check);
    check.errors.unsound()?;
    Ok(check.warnings.warnings())
}

struct Check<'a> {
    scenario: &'a Scenario,
    errors: Findings,
    warnings: Findings,
}

impl Check<'_> {
    fn of(scenario: &Scenario) -> Check<'_> {
        Check { scenario, errors: Findings::default(), warnings: Findings::default() }
    }

    fn length(&mut self) {
        let commands = self.scenario.script.len();
        let source = &self.scenario.source;
        if commands > MOST_COMMANDS {
            self.errors.add(|| {
                let message = format!("{commands} commands are more than {MOST_COMMANDS}");
                Problem::error(source, message).hint("that many take hours to simulate")
            });
        }
    }
}

impl Objections for Check<'_> {
    fn error(&mut self, objection: Objection) {
        self.errors.add(|| self.scenario.problem(objection));
    }

    fn warning(&mut self, objection: Objection) {
        self.warnings.add(|| self.scenario.problem(objection));
    }
}

impl Scenario {
    fn problem(&self, objection: Objection) -> Problem {
        let Objection { run, part, message, hint } = objection;
        let problem = Problem::error(&self.source, message).at(self.span(self.lines[run], part));
        match hint {
            Some(hint) => problem.hint(hint),
            None => problem,
        }
    }

    /// Where a part of the command in that line stands.
    fn span(&self, line: u32, part: Part) -> Range<usize> {
        let (start, text) = self.source.line(line);
        match (part, parser::places(&self.source, line)) {
            (Part::First, Some(OperandSpans { first, .. })) => first,
            (Part::Second, Some(OperandSpans { second, .. })) => second,
            (Part::First | Part::Second, None) => start..start,
            (Part::Whole, _) => {
                let indent = text.len() - text.trim_start().len();
                let words = parser::without_comment(text).trim().len();
                start + indent..start + indent + words
            }
        }
    }
}
