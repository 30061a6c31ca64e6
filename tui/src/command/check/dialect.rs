//! What a program of another dialect answers.

use ringscope_screen::numbers::counted;
use ringscope_sim::answers::{AnswersJudgement, judge};
use ringscope_traces::{Event, Rank, Trace};

use super::answer::{CheckResult, Problem, Says};

pub(crate) const QUESTION: &str = "answers";

/// Whether what the program answers is right.
pub(crate) fn answers(trace: &Trace) -> CheckResult {
    // What the nodes tell each other is not looked at.
    let client = Rank(trace.header.ranks.saturating_sub(1));
    let is_seen = |event: &Event| event.rank == client || event.peer == client;
    if trace.events.iter().any(|event| is_seen(event) && event.is_cut()) {
        return CheckResult::not_judged(QUESTION, super::CUT);
    }
    let judgement = match judge(trace) {
        Ok(judgement) => judgement,
        Err(cannot) => return CheckResult::not_judged(QUESTION, &cannot.to_string()),
    };
    let (says, text) = match (&judgement.findings[..], &judgement.open[..]) {
        ([], []) => (Says::Yes, &judgement.findings),
        ([], _) => (Says::NotJudged, &judgement.open),
        _ => (Says::No, &judgement.findings),
    };
    CheckResult {
        question: QUESTION,
        says,
        remark: Some(remark(&judgement, says)),
        findings: text.iter().map(Problem::of).collect(),
        more: 0,
    }
}

/// `12 commands, 5 answers`.
fn remark(judgement: &AnswersJudgement, says: Says) -> String {
    let AnswersJudgement { commands, answered, silent, .. } = judgement;
    let mut remark = format!("{}, {}", counted(*commands, "command"), counted(*answered, "answer"));
    if *silent > 0 {
        let gets = counted(*silent, "GET");
        remark += &format!("; {gets} rightly unanswered: the key had not been put");
    }
    if says == Says::NotJudged {
        remark += "; correct up to the end of the trace, where a command still waits:";
    }
    remark
}
