//! What is wrong with a scenario, all of it at once, each with its place and some advice.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, Severity, SourceCode};

use super::source::{Position, Source};

/// No more than this many problems of one scenario are told; the rest is counted.
const MOST_TOLD: usize = 50;

/// The last line under the errors of a check.
const ALL_THE_SAME: &str = "`--unchecked` runs it all the same";

/// One thing that is wrong, or worth a warning, in a scenario.
///
/// Its `Display` is the sentence alone; [`Problem::plain`] adds the place and the hint, and as a
/// [`Diagnostic`] it shows the line with the place marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    source: Arc<Source>,
    severity: Level,
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
enum Level {
    Error,
    Warning,
    Note,
}

impl Problem {
    /// Something that is wrong with a text: in one sentence, lower case and without a full stop.
    #[must_use]
    pub fn error(source: &Arc<Source>, message: impl Into<String>) -> Problem {
        Problem {
            source: Arc::clone(source),
            severity: Level::Error,
            message: message.into(),
            hint: None,
            labels: Vec::new(),
            position: None,
        }
    }

    pub(super) fn warning(self) -> Problem {
        Problem { severity: Level::Warning, ..self }
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
                Level::Error => write!(f, " {}", self.message)?,
                Level::Warning => write!(f, " warning: {}", self.message)?,
                Level::Note => write!(f, " note: {}", self.message)?,
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

impl Diagnostic for Problem {
    fn severity(&self) -> Option<Severity> {
        Some(match self.severity {
            Level::Error => Severity::Error,
            Level::Warning => Severity::Warning,
            Level::Note => Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.hint.as_ref().map(|hint| Box::new(hint) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        (!self.labels.is_empty()).then_some(&*self.source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        // The first one is where the problem is: its line and column stand above the marked text.
        let label = |(nth, (span, text)): (usize, &(Range<usize>, &str))| {
            let (text, span) = (Some((*text).to_owned()), span.clone());
            if nth == 0 {
                LabeledSpan::new_primary_with_span(text, span)
            } else {
                LabeledSpan::new_with_span(text, span)
            }
        };
        Some(Box::new(self.labels.iter().enumerate().map(label)))
    }
}

/// Everything that is wrong with a scenario, in the order of its lines.
///
/// Its `Display` is plain text, a problem after the other; to show the lines with the places marked,
/// hand [`Marked`] to a handler of `miette`, or each of [`ScenarioErrors::problems`].
#[derive(Clone, PartialEq, Eq)]
pub struct ScenarioErrors {
    problems: Vec<Problem>,
    more: u64,
    unchecked_helps: bool,
}

impl ScenarioErrors {
    /// The problems that are told, at least one.
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
        self.unchecked_helps
    }

    /// What to say once under the problems: how many more there are, and what would help.
    #[must_use]
    pub fn closing(&self) -> Option<String> {
        let more = (self.more > 0).then(|| format!("and {} more", self.more));
        let helps = self.unchecked_helps.then(|| ALL_THE_SAME.to_owned());
        let lines: Vec<String> = more.into_iter().chain(helps).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    /// The same as notes, for a scenario that says itself how it ends and so runs nevertheless.
    #[must_use]
    pub fn into_notes(mut self) -> ScenarioErrors {
        self.unchecked_helps = false;
        for problem in &mut self.problems {
            problem.severity = Level::Note;
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
        ScenarioErrors { problems: vec![problem], more: 0, unchecked_helps: false }
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

/// The problems one by one, under nothing of its own but [`ScenarioErrors::closing`].
#[derive(Debug)]
pub struct Marked<'a>(pub &'a ScenarioErrors);

impl fmt::Display for Marked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let errors = self.0;
        let count = errors.more + errors.problems.len() as u64;
        let name = errors.problems.first().map_or("", |problem| problem.source.name());
        write!(f, "{name}: {count} {}", if count == 1 { "problem" } else { "problems" })
    }
}

impl std::error::Error for Marked<'_> {}

impl Diagnostic for Marked<'_> {
    fn severity(&self) -> Option<Severity> {
        self.0.problems.first().and_then(Diagnostic::severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.0.closing().map(|closing| Box::new(closing) as Box<dyn fmt::Display>)
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.0.problems.iter().map(|problem| problem as &dyn Diagnostic)))
    }
}

/// Problems as they are found.
#[derive(Debug, Default)]
pub(super) struct Findings {
    problems: Vec<Problem>,
    more: u64,
}

impl Findings {
    /// Takes a problem; beyond the most that are told it is only counted, and not even made.
    pub(super) fn add(&mut self, problem: impl FnOnce() -> Problem) {
        if self.problems.len() < MOST_TOLD {
            self.problems.push(problem());
        } else {
            self.more += 1;
        }
    }

    /// The findings as errors of the text: it cannot be read.
    pub(super) fn unreadable(self) -> Result<(), ScenarioErrors> {
        self.into_errors(false)
    }

    /// The findings as errors of a check: it can be read, and should not be run.
    pub(super) fn unsound(self) -> Result<(), ScenarioErrors> {
        self.into_errors(true)
    }

    /// The findings as warnings; what is over the most that are told is left out.
    pub(super) fn warnings(self) -> Vec<Warning> {
        self.problems.into_iter().map(Problem::warning).collect()
    }

    fn into_errors(self, unchecked_helps: bool) -> Result<(), ScenarioErrors> {
        if self.problems.is_empty() {
            return Ok(());
        }
        Err(ScenarioErrors { problems: self.problems, more: self.more, unchecked_helps })
    }
}
