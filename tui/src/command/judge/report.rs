//! The report on a hand-in, as text and as JSON.

use std::io::Write as _;

use ringscope_screen::failure::Failure;
use ringscope_screen::files::shown;
use ringscope_screen::numbers::counted;
use ringscope_traces::diagnosis::{Diagnosis, Kind, Verdict as Wrong};
use ringscope_traces::json::ascii_json;
use ringscope_traces::text::Plain;
use serde::Serialize;

use super::commands::Commands;
use super::{JudgeArgs, Judgement};
use crate::command::Verdict;
use crate::command::check::{CheckResult, Problem, Says};
use crate::command::record::program_end;
use crate::output::Out;
use crate::report::{Style, wrapped};

/// What is said of a program.
pub(super) struct Report<'a> {
    pub args: &'a JudgeArgs,
    pub judgement: &'a Judgement,
}

impl Report<'_> {
    /// Tells it in a few lines.
    pub(super) fn print(&self, out: &mut Out) -> Result<(), Failure> {
        let Judgement { commands, answers, messages: [sent, reference], .. } = self.judgement;
        let verdict = match self.judgement.verdict() {
            Verdict::Good => out.paint(Style::Good, "passed"),
            Verdict::Bad => out.paint(Style::Bad, "not passed"),
            Verdict::NotJudged => out.paint(Style::Warning, "not judged"),
        };
        writeln!(out, "{}: {verdict}", out.paint(Style::Name, Plain(&self.program())))?;
        line("commands", &commands.says(), out)?;
        answers.print(out)?;
        self.print_end(out)?;
        let messages = counted(*sent, "message");
        line("messages", &format!("{messages}, the reference {reference}"), out)?;
        if let [own, wanted] = self.judgement.ranks
            && own != wanted
        {
            line("ranks", &format!("{own}, the task is for {wanted}"), out)?;
        }
        if let Some(trace) = &self.args.output {
            let name = shown(trace);
            let name = Plain(&name);
            line("trace", &format!("{name}: `ringscope play {name}` shows it"), out)?;
        }
        Ok(())
    }

    fn print_end(&self, out: &mut Out) -> Result<(), Failure> {
        let says = if self.judgement.has_ended_well() { Says::Yes } else { Says::No };
        let Diagnosis { verdicts, remarks } = &self.judgement.diagnosis;
        let told = verdicts.iter().filter(|verdict| tells_more(verdict, verdicts)).chain(remarks);
        let findings = told.map(|verdict| problem(verdict.to_string())).collect();
        let remark = Some(program_end(self.judgement.how));
        let ended = CheckResult { question: "ended well", says, remark, findings, more: 0 };
        Ok(ended.print(out)?)
    }

    /// Tells it as JSON.
    pub(super) fn json(&self, out: &mut Out) -> Result<(), Failure> {
        let Judgement { how, commands, answers, diagnosis, messages: [sent, reference], .. } =
            self.judgement;
        let all = ReportJson {
            program: self.program(),
            task: shown(&self.args.task),
            verdict: match self.judgement.verdict() {
                Verdict::Good => "passed",
                Verdict::Bad => "not-passed",
                Verdict::NotJudged => "not-judged",
            },
            commands,
            answers,
            end: program_end(*how),
            ended_well: self.judgement.has_ended_well(),
            diagnosis,
            messages: *sent,
            reference_messages: *reference,
            trace: self.args.output.as_deref().map(shown),
        };
        writeln!(out, "{}", ascii_json(&all))?;
        Ok(())
    }

    /// The command that starts the program.
    fn program(&self) -> String {
        let words = self.args.command.iter().map(|word| word.to_string_lossy());
        words.collect::<Vec<_>>().join(" ")
    }
}

/// Whether a verdict tells more than those beside it: where ranks wait for each other, that others wait, too, is what
/// comes of it.
fn tells_more(verdict: &Wrong, all: &[Wrong]) -> bool {
    let mut cycles = all.iter().filter(|one| one.kind == Kind::Cycle).peekable();
    verdict.kind != Kind::Waits
        || cycles.peek().is_none()
        || cycles.any(|cycle| verdict.ranks.iter().any(|rank| cycle.ranks.contains(rank)))
}

fn problem(what: String) -> Problem {
    Problem { rank: None, event: None, line: None, what }
}

/// `  commands     all 7 of the task`.
fn line(title: &str, text: &str, out: &mut Out) -> Result<(), Failure> {
    writeln!(out, "{}", wrapped(&format!("{title:11}  {text}"), out.width(), "  "))?;
    Ok(())
}

#[derive(Serialize)]
struct ReportJson<'a> {
    program: String,
    task: String,
    verdict: &'static str,
    commands: &'a Commands,
    answers: &'a CheckResult,
    end: String,
    ended_well: bool,
    diagnosis: &'a Diagnosis,
    messages: u64,
    reference_messages: u64,
    trace: Option<String>,
}
