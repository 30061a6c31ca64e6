//! What a sweep has found, in words and as JSON: the same bytes, whoever swept.

use std::ops::RangeInclusive;

use serde::Serialize;

use super::counts::SweepCounts;
use super::files::FindingFiles;
use super::{SweepBounds, SweepFinding};
use crate::protocols::ProtocolId;

/// What a sweep has found.
#[derive(Debug, Clone, Copy)]
pub struct SweepReport<'a> {
    /// The protocol of the scenarios.
    pub protocol: ProtocolId,
    /// Which scenarios were to be run.
    pub bounds: &'a SweepBounds,
    /// What the runs came to.
    pub counts: &'a SweepCounts,
    /// What was made of that.
    pub findings: &'a [SweepFinding],
    /// Where each finding was written, if it was.
    pub files: &'a [FindingFiles],
}

/// A line of a report, without its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportLine {
    /// What it means.
    pub tone: Tone,
    /// What it says.
    pub text: String,
}

/// What a line of a report means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// All is well.
    Good,
    /// All is well so far.
    Open,
    /// Something has failed.
    Bad,
    /// A scenario, or a command to type.
    Name,
    /// Anything else.
    Plain,
}

impl SweepReport<'_> {
    /// Whether every seed was run.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.counts.runs == self.bounds.count()
    }

    /// It in words.
    #[must_use]
    pub fn lines(&self) -> Vec<ReportLine> {
        let mut lines = vec![self.conclusion(), line(Tone::Plain, format!("  {}", self.extent()))];
        for (nth, finding) in self.findings.iter().enumerate() {
            lines.extend(self.finding(finding, self.files.get(nth)));
        }
        lines
    }

    fn conclusion(&self) -> ReportLine {
        let protocol = self.protocol.name();
        let SweepCounts { runs, failed, .. } = self.counts;
        let left = match self.is_complete() {
            true => String::new(),
            false => format!(" (ended early: {} were to be run)", self.bounds.count()),
        };
        match (self.findings.len(), self.is_complete()) {
            (0, true) => line(Tone::Good, format!("{protocol}: none of {runs} runs failed")),
            (0, false) => {
                line(Tone::Open, format!("{protocol}: none of {runs} runs has failed{left}"))
            }
            (1, _) => {
                let text =
                    format!("{protocol}: {failed} of {runs} runs failed, all in one kind{left}");
                line(Tone::Bad, text)
            }
            (kinds, _) => {
                let text =
                    format!("{protocol}: {failed} of {runs} runs failed, in {kinds} kinds{left}");
                line(Tone::Bad, text)
            }
        }
    }

    fn extent(&self) -> String {
        let SweepBounds { ranks, commands, window, .. } = self.bounds;
        let receipts = self.counts.receipts;
        let (ranks, window) = (between(ranks), between(window));
        format!(
            "random scenarios of {ranks} ranks, {commands} commands, window {window}; {receipts} receipts"
        )
    }

    fn finding(&self, finding: &SweepFinding, files: Option<&FindingFiles>) -> Vec<ReportLine> {
        let SweepFinding { kind, smallest, scenario, receipts, says, .. } = finding;
        let settings = &scenario.settings;
        let commands: Vec<String> =
            scenario.script.commands().map(|command| command.to_string()).collect();
        let least = match finding.is_minimal {
            true => "a minimal one",
            false => "a small one",
        };
        let head = format!(
            "{}: {}; {least} has {}, {} ranks, window {}, {receipts} receipts",
            kind.name(),
            counted(smallest.count, "run"),
            counted(commands.len() as u64, "command"),
            settings.ranks,
            settings.window,
        );
        let mut lines = vec![line(Tone::Plain, String::new()), line(Tone::Bad, head)];
        lines.push(line(Tone::Plain, format!("  {says}")));
        lines.push(line(Tone::Name, format!("  {}", commands.join("; "))));
        lines.push(line(Tone::Plain, format!("  found by {}", self.again(smallest.seed))));
        lines.extend(files.into_iter().flat_map(|files| shown(finding, files)));
        lines
    }

    /// The command that finds it again.
    fn again(&self, seed: u64) -> String {
        self.bounds.command(self.protocol, seed)
    }

    /// It in words, as one text.
    #[must_use]
    pub fn text(&self) -> String {
        self.lines().into_iter().map(|line| line.text + "\n").collect()
    }

    /// It for programs, in one line.
    ///
    /// # Panics
    ///
    /// Never: what it says has a JSON form.
    #[must_use]
    pub fn json(&self) -> String {
        let SweepBounds { seeds, ranks, commands, window } = self.bounds;
        let findings = self.findings.iter().enumerate();
        let json = SweepJson {
            protocol: self.protocol.name(),
            seeds: ends(seeds),
            ranks: ends(ranks),
            commands: *commands,
            window: ends(window),
            runs: self.counts.runs,
            complete: self.is_complete(),
            failed: self.counts.failed,
            receipts: self.counts.receipts,
            findings: findings
                .map(|(nth, finding)| self.finding_json(finding, self.files.get(nth)))
                .collect(),
        };
        serde_json::to_string(&json).expect("it has a JSON form")
    }

    fn finding_json<'f>(
        &self,
        finding: &'f SweepFinding,
        files: Option<&FindingFiles>,
    ) -> FindingJson<'f> {
        FindingJson {
            kind: finding.kind.name(),
            runs: finding.smallest.count,
            seed: finding.smallest.seed,
            minimal: finding.is_minimal,
            fails_when_run: finding.fails_when_run,
            receipts: finding.receipts,
            says: &finding.says,
            again: self.again(finding.smallest.seed),
            script: finding.scenario.to_text(),
            scenario: files.map(|files| files.scenario.display().to_string()),
            trace: files.map(|files| files.trace.display().to_string()),
        }
    }
}

/// What can be done with the files of a finding.
fn shown(finding: &SweepFinding, files: &FindingFiles) -> Vec<ReportLine> {
    let scenario = match finding.fails_when_run {
        true => format!("  ringscope run {}", files.scenario.display()),
        false => format!("  ringscope explore {}", files.scenario.display()),
    };
    let trace = format!("  ringscope play {}", files.trace.display());
    vec![line(Tone::Name, scenario), line(Tone::Name, trace)]
}

fn line(tone: Tone, text: String) -> ReportLine {
    ReportLine { tone, text }
}

/// `3`, or `3 to 16`.
fn between(range: &RangeInclusive<u32>) -> String {
    match range.start() == range.end() {
        true => range.start().to_string(),
        false => format!("{} to {}", range.start(), range.end()),
    }
}

fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn ends<T: Copy>(range: &RangeInclusive<T>) -> [T; 2] {
    [*range.start(), *range.end()]
}

#[derive(Serialize)]
struct SweepJson<'a> {
    protocol: &'static str,
    seeds: [u64; 2],
    ranks: [u32; 2],
    commands: u32,
    window: [u32; 2],
    runs: u64,
    complete: bool,
    failed: u64,
    receipts: u64,
    findings: Vec<FindingJson<'a>>,
}

#[derive(Serialize)]
struct FindingJson<'a> {
    kind: &'a str,
    runs: u64,
    seed: u64,
    minimal: bool,
    fails_when_run: bool,
    receipts: u64,
    says: &'a str,
    again: String,
    script: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    scenario: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<String>,
}
