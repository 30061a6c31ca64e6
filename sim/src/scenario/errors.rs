//! What is wrong with a scenario, all of it at once, each with its place and some advice.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::source::{Position, Source};

/// No more than this many problems of one scenario are listed; the rest are counted.
const MOST_TOLD: usize = 50;

/// Of a text that is no scenario, so many lines are enough to see it by.
const MOST_OF_NO_SCENARIO: usize = 3;

/// What is said under these lines.
const NO_SCENARIO: &str = "this is no scenario";

/// The last line under the errors of a check.
const ALL_THE_SAME: &str = "`--unchecked` runs it anyway";

/// One thing that is wrong, or worth a warning, in a scenario.
///
/// Its `Display` is the sentence alone; [`Problem::plain`] adds the place and the hint. What shows the line with the
/// place marked finds both in [`Problem::source`] and [`Problem::labels`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    source: Arc<Source>,
    severity: Severity,
    message: String,
    hint: Option<String>,
    /// The place first, then others that it has to do with.
    labels: Vec<(Range<usize>, &'static str)>,
    position: Option<Position>,
}

/// A note that a scenario's commands can get in each other's way, though each is sound.
pub type Warning = Problem;

/// How much a problem matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// It cannot be read, or should not be run.
    Error,
    /// Its commands can get in each other's way.
    Warning,
    /// It says itself how it ends, and runs nevertheless.
    Note,
}

impl Problem {
    /// Something that is wrong with a text: in one sentence, lower case and without a full stop.
    #[must_use]
    pub fn error(source: &Arc<Source>, message: impl Into<String>) -> Problem {
        Problem {
            source: Arc::clone(source),
            severity: Severity::Error,
            message: message.into(),
            hint: None,
            labels: Vec::new(),
            position: None,
        }
    }

    pub(super) fn warning(self) -> Problem {
        Problem { severity: Severity::Warning, ..self }
    }

    /// The same with advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Problem {
        self.hint = Some(hint.into());
        self
    }

    /// The place of the problem, in bytes of the text.
    #[must_use]
    pub fn at(mut self, span: Range<usize>) -> Problem {
        self.position = Some(self.source.position(span.start));
        self.labels.insert(0, (span, "here"));
        self
    }

    /// The place of a problem whose line is too long to be shown.
    pub(super) fn at_line(mut self, line: u32) -> Problem {
        self.position = Some(Position { line, column: 1 });
        self
    }

    /// Another place that it has to do with.
    pub(super) fn see(mut self, span: Range<usize>, label: &'static str) -> Problem {
        self.labels.push((span, label));
        self
    }

    /// What is wrong, in one sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Advice, where there is some.
    #[must_use]
    pub fn advice(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// How much it matters.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// The text that it is about.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The places in the text that it has to do with, in bytes, each with a word for it: first where the problem is.
    pub fn labels(&self) -> impl Iterator<Item = (Range<usize>, &'static str)> + '_ {
        self.labels.iter().cloned()
    }

    /// The line and column, where the problem has a place.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.position
    }

    /// The problem as plain lines: place and message, then the hint on a line of its own.
    pub fn plain(&self) -> impl fmt::Display + '_ {
        fmt::from_fn(move |f| {
            write!(f, "{}:", self.source.name())?;
            if let Some(Position { line, column }) = self.position {
                write!(f, "{line}:{column}:")?;
            }
            match self.severity {
                Severity::Error => write!(f, " {}", self.message)?,
                Severity::Warning => write!(f, " warning: {}", self.message)?,
                Severity::Note => write!(f, " note: {}", self.message)?,
            }
            self.hint.iter().try_for_each(|hint| write!(f, "\n  hint: {hint}"))
        })
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

/// Everything that is wrong with a scenario, in the order of its lines.
///
/// Its `Display` is plain text, a problem after the other.
#[derive(Clone, PartialEq, Eq)]
pub struct ScenarioErrors {
    problems: Vec<Problem>,
    more: u64,
    kind: Kind,
}

/// What the problems of a text come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It cannot be read.
    Unreadable,
    /// It can be read, and should not be run.
    Unsound,
    /// It says itself how it ends, and runs nevertheless.
    Expected,
    /// It was never meant as a scenario.
    NoScenario,
}

impl ScenarioErrors {
    /// The problems that are listed, at least one.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// How many more there are.
    #[must_use]
    pub fn more(&self) -> u64 {
        self.more
    }

    /// Whether the scenario can be read, and only should not be run.
    #[must_use]
    pub fn unchecked_helps(&self) -> bool {
        self.kind == Kind::Unsound
    }

    /// The problem of the text in one line: its first one, or that it was never meant as a scenario.
    #[must_use]
    pub fn in_one_line(&self) -> String {
        match (self.kind, self.problems.first()) {
            (Kind::NoScenario, Some(problem)) => {
                format!("{}: {NO_SCENARIO}", problem.source().name())
            }
            (Kind::Unreadable | Kind::Unsound | Kind::Expected, Some(problem)) => {
                problem.to_string()
            }
            (_, None) => self.to_string(),
        }
    }

    /// What to say once under the problems: how many more there are, and what would help.
    #[must_use]
    pub fn closing(&self) -> Option<String> {
        let more = (self.more > 0).then(|| format!("and {} more", self.more));
        let end = match self.kind {
            Kind::Unreadable | Kind::Expected => None,
            Kind::Unsound => Some(ALL_THE_SAME),
            Kind::NoScenario => {
                return Some(format!(
                    "and {} more: {NO_SCENARIO}\n  hint: `ringscope list join` prints one",
                    self.more
                ));
            }
        };
        let lines: Vec<String> = more.into_iter().chain(end.map(str::to_owned)).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    /// The same where nothing runs the scenario all the same.
    #[must_use]
    pub fn for_good(mut self) -> ScenarioErrors {
        if self.kind == Kind::Unsound {
            self.kind = Kind::Unreadable;
        }
        self
    }

    /// The same as notes, for a scenario that says itself how it ends and so runs nevertheless.
    #[must_use]
    pub fn into_notes(mut self) -> ScenarioErrors {
        self.kind = Kind::Expected;
        for problem in &mut self.problems {
            problem.severity = Severity::Note;
        }
        self
    }

    /// Those of a line and the lines below it, if there are any.
    pub(super) fn of_the_lines_from(mut self, line: u32) -> Result<(), ScenarioErrors> {
        self.problems.retain(|problem| problem.position.is_some_and(|at| at.line >= line));
        if self.problems.is_empty() { Ok(()) } else { Err(ScenarioErrors { more: 0, ..self }) }
    }

    /// What is wrong with a text, if anything is, in the order of its lines.
    ///
    /// # Errors
    ///
    /// When there is a problem.
    pub fn of(mut problems: Vec<Problem>) -> Result<(), ScenarioErrors> {
        problems.sort_by_key(Problem::position);
        let mut found = Findings::default();
        problems.into_iter().for_each(|problem| found.add(|| problem));
        found.unreadable()
    }

    /// Only one problem, with nothing to do about it but to mend the text.
    pub(super) fn one(problem: Problem) -> ScenarioErrors {
        ScenarioErrors { problems: vec![problem], more: 0, kind: Kind::Unreadable }
    }
}

impl fmt::Display for ScenarioErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.problems.iter().enumerate() {
            let line_end = if i == 0 { "" } else { "\n" };
            write!(f, "{line_end}{}", problem.plain())?;
        }
        self.closing().iter().try_for_each(|closing| write!(f, "\n{closing}"))
    }
}

/// As `Display`: this is what a test that unwraps shows.
impl fmt::Debug for ScenarioErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for ScenarioErrors {}

/// Problems as they are found.
#[derive(Debug, Default)]
pub(super) struct Findings {
    problems: Vec<Problem>,
    more: u64,
}

impl Findings {
    /// Adds a problem; beyond the most that are listed it is only counted, and not even built.
    pub(super) fn add(&mut self, problem: impl FnOnce() -> Problem) {
        if self.problems.len() < MOST_TOLD {
            self.problems.push(problem());
        } else {
            self.more += 1;
        }
    }

    /// The findings as errors of the text: it cannot be read.
    pub(super) fn unreadable(self) -> Result<(), ScenarioErrors> {
        self.into_errors(Kind::Unreadable)
    }

    /// The findings as those of a text that was never meant as a scenario: a few of them, without the advice that
    /// would help with a misspelt one.
    pub(super) fn of_no_scenario(mut self) -> Result<(), ScenarioErrors> {
        let left_out = self.problems.len().saturating_sub(MOST_OF_NO_SCENARIO);
        self.problems.truncate(MOST_OF_NO_SCENARIO);
        self.problems.iter_mut().for_each(|problem| problem.hint = None);
        self.more += left_out as u64;
        self.into_errors(Kind::NoScenario)
    }

    /// The findings as errors of a check: it can be read, and should not be run.
    pub(super) fn unsound(self) -> Result<(), ScenarioErrors> {
        self.into_errors(Kind::Unsound)
    }

    /// The findings as warnings, without those beyond the most that are listed.
    pub(super) fn warnings(self) -> Vec<Warning> {
        self.problems.into_iter().map(Problem::warning).collect()
    }

    fn into_errors(self, kind: Kind) -> Result<(), ScenarioErrors> {
        if self.problems.is_empty() {
            return Ok(());
        }
        Err(ScenarioErrors { problems: self.problems, more: self.more, kind })
    }
}
