//! The answer to one question about a trace.

use std::fmt::Display;
use std::io::{self, Write};

use ringscope_screen::numbers::counted;
use ringscope_sim::conform::Finding;
use ringscope_traces::text::Plain;
use ringscope_traces::words::{self, located};
use ringscope_traces::{EventIndex, Rank};
use serde::Serialize;

use crate::output::Out;
use crate::report::{Style, wrapped};

/// How many findings are printed; JSON has them all.
const LIMIT_SHOWN: usize = 10;

/// Yes, no, or neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Says {
    Yes,
    No,
    NotJudged,
}

/// The answer to one question.
#[derive(Debug, Serialize)]
pub(crate) struct CheckResult {
    pub question: &'static str,
    pub says: Says,
    /// What there is to say beside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    pub findings: Vec<Problem>,
    /// How many more findings there are.
    pub more: u64,
}

/// Something that is not as it should be.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Problem {
    /// Whose event it is; `None` when it is about the whole trace.
    pub rank: Option<u32>,
    /// Its index among the events of its rank, from 0.
    pub event: Option<usize>,
    /// The line in the file at which it showed, from 1.
    pub line: Option<usize>,
    pub what: String,
}

impl CheckResult {
    /// Yes if nothing was found.
    pub(crate) fn of_findings(question: &'static str, findings: Vec<Problem>) -> CheckResult {
        let says = if findings.is_empty() { Says::Yes } else { Says::No };
        CheckResult { question, says, remark: None, findings, more: 0 }
    }

    /// It could not be judged, and why.
    pub(crate) fn not_judged(question: &'static str, why: &str) -> CheckResult {
        let remark = Some(why.to_owned());
        CheckResult { question, says: Says::NotJudged, remark, findings: Vec::new(), more: 0 }
    }

    /// Prints it on a line, and each finding on another.
    pub(crate) fn print(&self, out: &mut Out) -> io::Result<()> {
        let says = match self.says {
            Says::Yes => out.paint(Style::Good, "yes"),
            Says::No => out.paint(Style::Bad, "no"),
            Says::NotJudged => out.paint(Style::Warning, "not judged"),
        };
        let remark = self.remark.as_deref().map(|remark| format!(": {}", Plain(remark)));
        writeln!(out, "  {:11}  {says}{}", self.question, remark.unwrap_or_default())?;
        for found in self.findings.iter().take(LIMIT_SHOWN) {
            writeln!(out, "{}", wrapped(&found.describe(), out.width(), "    "))?;
        }
        let more = self.findings.len().saturating_sub(LIMIT_SHOWN) as u64 + self.more;
        if more > 0 {
            writeln!(out, "    and {more} more")?;
        }
        Ok(())
    }
}

impl Problem {
    /// What a judge found.
    pub(crate) fn of<W: Display>(finding: &Finding<W>) -> Problem {
        let what = match finding.event {
            Some(_) => finding.what.to_string(),
            // At a rank's end there is no event to say it of.
            None => format!("the rank ends here; {}", finding.what),
        };
        Problem {
            rank: Some(finding.rank.0),
            event: Some(finding.index),
            line: finding.event.map(|event| EventIndex(event).line()),
            what,
        }
    }

    fn describe(&self) -> String {
        let Problem { rank, event, line, what } = self;
        let what = Plain(what);
        match (rank, event, line) {
            (Some(rank), Some(index), Some(line)) => {
                format!("{}: {what}", located(on_line(*line), Rank(*rank), *index))
            }
            (Some(rank), None, Some(line)) => {
                format!("{} (rank {rank}, line {line}): {what}", words::event(on_line(*line)))
            }
            (Some(rank), Some(events), None) => {
                format!("rank {rank}, after {}: {what}", counted(*events as u64, "event"))
            }
            (Some(rank), None, None) => format!("rank {rank}: {what}"),
            (None, ..) => what.to_string(),
        }
    }
}

/// The event that stands on a line of its file.
fn on_line(line: usize) -> EventIndex {
    EventIndex(line - EventIndex(0).line())
}
