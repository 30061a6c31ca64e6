//! How a recorded program ended, and what is wrong with it.

use ringscope_traces::Trace;
use ringscope_traces::diagnosis::{can_diagnose, diagnose, standings_of_others};

use super::answer::{CheckResult, Problem, Says};

const QUESTION: &str = "ended well";

/// Whether the run ended well; `None` of a trace that does not say what its ranks called.
pub(super) fn ended(trace: &Trace) -> Option<CheckResult> {
    if !can_diagnose(trace) {
        return None;
    }
    let diagnosis = diagnose(trace);
    let of_all = |what: String| Problem { rank: None, event: None, line: None, what };
    let verdicts = diagnosis.verdicts.iter().map(|verdict| of_all(verdict.to_string()));
    let mut result = CheckResult::of_findings(QUESTION, verdicts.collect());
    if let Some(others) = standings_of_others(trace, &diagnosis) {
        let has_no_findings = result.findings.is_empty();
        result.says = Says::No;
        let is_cut_off = if has_no_findings { "it was cut off: " } else { "" };
        result.findings.push(of_all(format!("{is_cut_off}{others}")));
    }
    result.findings.extend(diagnosis.remarks.iter().map(|remark| of_all(remark.to_string())));
    Some(result)
}
