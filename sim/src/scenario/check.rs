//! What the ring would do with a scenario, as far as that can be known before it runs.

use std::ops::Range;

use super::command::OperandSpans;
use super::errors::{Findings, Problem, ScenarioErrors, Warning};
use super::keys::{Budget, Keys, Missing, Spent, Stretch};
use super::ring::{Objection, Ring};
use super::{MOST_COMMANDS, Scenario, parser, races};
use crate::protocol::{Command, Run};

/// A check makes no more look-ups of keys than this: a second's work.
const MOST_LOOKUPS: u64 = 50_000_000;

/// See [`Scenario::check`].
pub(super) fn check(scenario: &Scenario) -> Result<Vec<Warning>, ScenarioErrors> {
    let mut check = Check {
        scenario,
        ring: Ring::new(&scenario.settings),
        put: Keys::default(),
        budget: Budget(MOST_LOOKUPS),
        found: Findings::default(),
        doubts: Findings::default(),
    };
    check.length();
    for (run, line) in scenario.runs.iter().zip(&*scenario.lines) {
        check.run(run, *line);
    }
    check.found.unsound()?;
    races::look(scenario, &mut check.doubts);
    Ok(check.doubts.warnings())
}

struct Check<'a> {
    scenario: &'a Scenario,
    ring: Ring,
    put: Keys,
    budget: Budget,
    found: Findings,
    doubts: Findings,
}

/// Which operand of a command is at fault.
#[derive(Debug, Clone, Copy)]
enum Operand {
    First,
    Second,
}

impl Check<'_> {
    fn length(&mut self) {
        let commands = self.scenario.script.len();
        let (found, source) = (&mut self.found, &self.scenario.source);
        if commands > MOST_COMMANDS {
            found.add(|| {
                let message = format!("{commands} commands are more than {MOST_COMMANDS}");
                Problem::error(source, message).hint("so many take hours to simulate")
            });
        }
    }

    fn run(&mut self, run: &Run, line: u32) {
        match run.first {
            Command::Put { .. } => {
                if let Some(keys) = self.in_the_ring(run, line) {
                    self.put.insert(keys);
                }
            }
            Command::Get { .. } => {
                if let Some(keys) = self.in_the_ring(run, line) {
                    self.get(keys, line);
                }
            }
            Command::Add { rank, id } => {
                let [bad_rank, bad_id] = self.ring.add(rank, id.0, line);
                self.object(line, Operand::First, bad_rank);
                self.object(line, Operand::Second, bad_id);
            }
            Command::Remove { id } => {
                let objection = self.ring.remove(id.0, line);
                self.object(line, Operand::First, objection);
            }
        }
    }

    /// The keys of a run that lie in the ring; the first that does not is reported.
    fn in_the_ring(&mut self, run: &Run, line: u32) -> Option<Stretch> {
        let (first, command) = match run.first {
            Command::Put { key, .. } => (key.0, "PUT"),
            Command::Get { key } => (key.0, "GET"),
            Command::Add { .. } | Command::Remove { .. } => return None,
        };
        let most = self.scenario.settings.keyspace;
        let step = run.key_step.max(1);
        let last = first.wrapping_add(run.key_step.wrapping_mul((run.count - 1).cast_signed()));
        // The steps from the first key to the first that lies in the ring, and to the last that does.
        let up = i128::from(step);
        let below = ((i128::from(1) - i128::from(first)).max(0) + up - 1) / up;
        let inside = (i128::from(most.min(last)) - i128::from(first)).div_euclid(up);
        let key_at = |steps: i128| i64::try_from(i128::from(first) + steps * up).ok();
        let outside = if first < 1 {
            Some(first)
        } else if last > most {
            key_at(inside + 1).map(|key| key.max(first))
        } else {
            None
        };
        let objection = outside.and_then(|key| self.ring.bad_key(key, command));
        self.object(line, Operand::First, objection);
        (below <= inside)
            .then(|| Some(Stretch { first: key_at(below)?, last: key_at(inside)?, step }))?
    }

    fn get(&mut self, keys: Stretch, line: u32) {
        match self.put.missing(keys, &mut self.budget) {
            Ok(None) => {}
            Ok(Some(missing)) => self.object(line, Operand::First, Some(never_put(missing))),
            Err(Spent) => {
                let (source, doubts) = (&self.scenario.source, &mut self.doubts);
                doubts.add(|| {
                    let message = "these keys are too many to see for each whether it was put";
                    Problem::error(source, message).at(self.scenario.place(line, Operand::First))
                });
            }
        }
    }

    fn object(&mut self, line: u32, operand: Operand, objection: Option<Objection>) {
        let Some(Objection { message, hint }) = objection else { return };
        let (scenario, found) = (self.scenario, &mut self.found);
        found.add(|| {
            Problem::error(&scenario.source, message).at(scenario.place(line, operand)).hint(hint)
        });
    }
}

fn never_put(missing: Missing) -> Objection {
    let Missing { first, count } = missing;
    let (keys, owner) = match count {
        1 => (format!("key {first} was never put"), "its owner stays"),
        2 => (format!("key {first} and another one were never put"), "their owners stay"),
        _ => (format!("key {first} and {} others were never put", count - 1), "their owners stay"),
    };
    Objection::new(
        format!("{keys}: {owner} silent on a GET, and the command node waits for ever"),
        "put a key in a line above the one that gets it",
    )
}

impl Scenario {
    /// Where an operand of the command in that line stands.
    fn place(&self, line: u32, operand: Operand) -> Range<usize> {
        match (parser::places(&self.source, line), operand) {
            (Some(OperandSpans { first, .. }), Operand::First) => first,
            (Some(OperandSpans { second, .. }), Operand::Second) => second,
            (None, _) => {
                let (start, _) = self.source.line(line);
                start..start
            }
        }
    }
}
