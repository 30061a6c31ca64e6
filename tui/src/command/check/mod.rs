//! `ringscope check`: is a trace what its protocol does?

mod answer;
mod replay;

use std::io::Write as _;
use std::path::PathBuf;

use ringscope_sim::conform;
use ringscope_traces::text::Plain;
use ringscope_traces::{Completeness, Trace, wellformed};
use serde::Serialize;

use super::Verdict;
use crate::failure::Failure;
use crate::input;
use crate::output::{self, Streams};
use crate::report::Style;
use crate::report::trace_file::in_words;
use answer::{Answer, Found, Says};

/// Judge a trace: does it hold together, does it conform, do the invariants hold?
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Three questions:
  well-formed  are all receives of what was sent, numbers and Lamport times as they should be?
  conforms     does each rank, fed what it received, send what it sent?
  invariants   the run played again: no key lost, one owner a key, the last PUT read,
               messages of one sender in order? Only a trace that conforms can be played again.

A trace that was cut off is judged as far as it goes.

Examples:
  ringscope check join.jsonl
  ringscope run join -o - 2>/dev/null | ringscope check -

Exit codes: 0 three times yes; 1 a no; 2 the trace could not be read or not be judged.")]
pub struct Args {
    /// A trace file, or `-` for standard input
    trace: PathBuf,

    /// As JSON, with every finding
    #[arg(long)]
    json: bool,
}

pub fn execute(args: &Args, streams: &mut Streams) -> Result<Verdict, Failure> {
    let (trace, completeness) = input::trace(&args.trace)?;
    let judged = Judged::of(&trace, completeness);
    let name = input::trace_name(&args.trace);
    if args.json {
        let all = Report { name: &name, judged: &judged };
        writeln!(streams.out, "{}", output::json(&all))?;
    } else {
        let title = streams.out.paint(Style::Name, Plain(&name));
        writeln!(streams.out, "{title}: {}", in_words(&trace, completeness))?;
        for answer in &judged.answers {
            answer.tell(&mut streams.out)?;
        }
    }
    Ok(judged.verdict())
}

#[derive(Serialize)]
struct Report<'a> {
    name: &'a str,
    #[serde(flatten)]
    judged: &'a Judged,
}

/// The three questions, answered.
#[derive(Serialize)]
struct Judged {
    ranks: u32,
    events: usize,
    complete: bool,
    end: Option<&'static str>,
    answers: [Answer; 3],
}

impl Judged {
    fn of(trace: &Trace, completeness: Completeness) -> Judged {
        let conforms = conforms(trace);
        let invariants = match conforms.says {
            Says::Yes => replay::invariants(trace),
            Says::No => {
                Answer::not_judged("invariants", "only a trace that conforms can be played again")
            }
            Says::NotJudged => Answer::not_judged("invariants", "the nodes are not known"),
        };
        Judged {
            ranks: trace.header.ranks,
            events: trace.events.len(),
            complete: completeness == Completeness::Whole,
            end: trace.footer.as_ref().map(|footer| footer.ending.name()),
            answers: [well_formed(trace), conforms, invariants],
        }
    }

    /// A no weighs more than a question that stays open.
    fn verdict(&self) -> Verdict {
        let says = |what| self.answers.iter().any(|answer| answer.says == what);
        match (says(Says::No), says(Says::NotJudged)) {
            (true, _) => Verdict::Bad,
            (false, true) => Verdict::NotJudged,
            (false, false) => Verdict::Good,
        }
    }
}

fn well_formed(trace: &Trace) -> Answer {
    let findings = wellformed::check(trace);
    let found = findings.iter().map(|finding| Found {
        rank: finding.spot.map(|spot| spot.rank.0),
        event: finding.spot.map(|spot| spot.index),
        line: finding.spot.map(|spot| spot.place.line()),
        what: finding.flaw.to_string(),
    });
    Answer::of_findings("well-formed", found.collect())
}

fn conforms(trace: &Trace) -> Answer {
    let judgement = match conform::judge(trace) {
        Ok(judgement) => judgement,
        Err(cannot) => return Answer::not_judged("conforms", &cannot.to_string()),
    };
    let found = judgement.findings.iter().map(|finding| Found {
        rank: Some(finding.rank.0),
        event: Some(finding.index),
        line: finding.event.map(|event| ringscope_traces::Place(event).line()),
        what: what(finding),
    });
    Answer { more: judgement.left_out, ..Answer::of_findings("conforms", found.collect()) }
}

/// What a finding says without its place; at a rank's end there is no event to say it of.
fn what(finding: &conform::Finding) -> String {
    match finding.event {
        Some(_) => finding.what.to_string(),
        None => format!("the rank ends here; {}", finding.what),
    }
}
