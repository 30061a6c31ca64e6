//! A problem of a scenario or a lesson as `miette` draws one: the line, with the places marked.

use std::error::Error;
use std::fmt;
use std::ops::Range;

use miette::{
    Diagnostic, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents,
};
use ringscope_sim::scenario::{Problem, Severity};

/// A problem that can be drawn.
#[derive(Debug)]
pub(super) struct Marked<'a>(pub &'a Problem);

impl fmt::Display for Marked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for Marked<'_> {}

impl Diagnostic for Marked<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.0.severity() {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Note => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.0.advice().map(|advice| Box::new(advice) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.0.labels().next().is_some().then_some(self as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        // The first one is where the problem is: its line and column stand above the marked text.
        let label = |(nth, (span, word)): (usize, (Range<usize>, &str))| {
            let word = Some(word.to_owned());
            if nth == 0 {
                LabeledSpan::new_primary_with_span(word, span)
            } else {
                LabeledSpan::new_with_span(word, span)
            }
        };
        Some(Box::new(self.0.labels().enumerate().map(label)))
    }
}

/// The lines about a place, found by looking for line ends only: a text may be long.
impl SourceCode for Marked<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_lines_before: usize,
        context_lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (name, text) = (self.0.source().name(), self.0.source().text());
        let Range { start, end } = span.offset()..span.offset() + span.len();
        if text.get(start..end).is_none() {
            return Err(MietteError::OutOfBounds);
        }
        let from = text[..start].rmatch_indices('\n').nth(context_lines_before);
        let from = from.map_or(0, |(at, _)| at + 1);
        let to = text[end..].match_indices('\n').nth(context_lines_after);
        let to = to.map_or(text.len(), |(at, _)| end + at + 1);
        let breaks = |text: &str| text.bytes().filter(|&byte| byte == b'\n').count();
        Ok(Box::new(MietteSpanContents::new_named(
            name.to_owned(),
            &text.as_bytes()[from..to],
            (from, to - from).into(),
            breaks(&text[..from]),
            0,
            breaks(&text[from..to]),
        )))
    }
}

#[cfg(test)]
mod tests {
    use miette::NarratableReportHandler;
    use ringscope_sim::scenario::Scenario;

    use super::*;

    #[test]
    fn the_places_are_marked_and_nothing_of_the_file_reaches_the_terminal_raw() {
        let text = "seed 1\n# \u{1b}[2J\nseed 2\n";
        let errors = Scenario::parse("a\u{1b}.dht", text).expect_err("set twice");
        let mut shown = String::new();
        NarratableReportHandler::new()
            .render_report(&mut shown, &Marked(&errors.problems()[0]))
            .expect("a string takes everything");
        assert!(!shown.contains('\u{1b}'));
        insta::assert_snapshot!(shown, @r"
        `seed` is set twice
            Diagnostic severity: error
        Begin snippet for a\u{1b}.dht starting at line 1, column 1

        snippet line 1: seed 1
            label at line 1, columns 1 to 4: set here before
        snippet line 2: # ?[2J
        snippet line 3: seed 2
            label at line 3, columns 1 to 4: here
        diagnostic help: keep one `seed N`
        ");
    }
}
