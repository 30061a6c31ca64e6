//! Whether a run is linearizable.

use ringscope_screen::numbers::counted;
use ringscope_sim::linearizability::{Unorderable, linearizability};
use ringscope_sim::protocols::ProtocolId;
use ringscope_traces::{Event, EventIndex, Trace};

use super::answer::{CheckResult, Problem, Says};

const QUESTION: &str = "linearizable";

/// Whether the commands of each key can be put into an order.
pub(super) fn linearizable(trace: &Trace) -> CheckResult {
    let protocol = ProtocolId::spoken_with(&trace.header.protocol);
    let command = protocol.roles(trace.header.ranks).command;
    let is_seen = |event: &Event| event.rank == command || event.peer == command;
    if trace.events.iter().any(|event| is_seen(event) && event.is_cut()) {
        return CheckResult::not_judged(QUESTION, super::CUT);
    }
    let found = linearizability(trace);
    if found.keys == 0 {
        let why = format!("rank {command} puts nothing, and no GET of it is answered");
        return CheckResult::not_judged(QUESTION, &why);
    }
    let problem = |violation: &Unorderable| {
        let ends = violation.commands.iter().filter_map(|command| command.completed);
        let last: Option<EventIndex> = ends.max();
        let fewer = if violation.is_smallest { "" } else { "; there may be fewer that do not fit" };
        Problem {
            rank: Some(command.0),
            event: last.and_then(|last| usize::try_from(trace[last].n).ok()),
            line: last.map(EventIndex::line),
            what: format!("{violation}{fewer}"),
        }
    };
    let mut remark =
        format!("{} of {}", counted(found.commands, "command"), counted(found.keys, "key"));
    if let Some(key) = found.undecided.first() {
        let keys = counted(found.undecided.len() as u64, "key");
        remark += &format!("; too many in flight together to tell for {keys}, such as {key}");
    }
    let result = CheckResult::of_findings(QUESTION, found.violations.iter().map(problem).collect());
    let is_open = result.says == Says::Yes && !found.undecided.is_empty();
    let says = if is_open { Says::NotJudged } else { result.says };
    CheckResult { says, remark: Some(remark), ..result }
}
