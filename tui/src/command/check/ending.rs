//! How a recorded program ended, and what is wrong with it.

use ringscope_traces::Trace;
use ringscope_traces::diagnosis::{can_diagnose, diagnose, standings};

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
    if trace.footer.is_none() && result.findings.is_empty() {
        result.says = Says::No;
        result.findings.push(of_all(format!("it was cut off: {}", standings(trace))));
    }
    result.findings.extend(diagnosis.remarks.iter().map(|remark| of_all(remark.to_string())));
    Some(result)
}
