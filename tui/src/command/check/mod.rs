//! `ringscope check`: is a trace what its protocol does?

mod answer;
mod dialect;
mod ending;
mod ordered;
mod replay;

use std::io::Write as _;
use std::path::PathBuf;

use ringscope_screen::failure::Failure;
use ringscope_screen::files::shown;
use ringscope_screen::trace_summary::{NO_PROTOCOL, summary};
use ringscope_sim::answers::has_client;
use ringscope_sim::conform;
use ringscope_sim::protocols::ProtocolId;
use ringscope_traces::json::ascii_json;
use ringscope_traces::text::Plain;
use ringscope_traces::{Completeness, Source, Trace, wellformed};
use serde::Serialize;

use super::Verdict;
use crate::flags::TagFlags;
use crate::input;
use crate::output::Streams;
use crate::report::{Style, wrapped};
pub(crate) use answer::{CheckResult, Problem, Says};
pub(crate) use dialect::answers;
use ending::ended;

const CONFORMS: &str = "conforms";

/// Check a trace: is it well formed, does it conform to the protocol, do the invariants hold?
#[derive(Debug, clap::Args)]
#[command(after_help = after_help())]
pub(crate) struct CheckArgs {
    /// A trace file, or `-` for standard input
    trace: PathBuf,

    /// Check only the program's answers: is each GET's value and owner right, all else acknowledged?
    ///
    /// For programs of another dialect, which use messages of their own between the nodes.
    #[arg(long)]
    answers: bool,

    /// Check only whether it is linearizable: can the PUTs and GETs of each key be put into an order?
    #[arg(long)]
    linearizable: bool,

    /// Judge it by this protocol, whatever it names itself
    #[arg(long, value_name = "NAME", value_parser = crate::flags::protocol)]
    protocol: Option<ProtocolId>,

    #[command(flatten)]
    tags: TagFlags,

    /// Print JSON, with every finding
    #[arg(long)]
    json: bool,
}

/// What stands under the options: the commands and replies are in their protocol's words.
fn after_help() -> String {
    format!("{QUESTIONS}{} {REST}", ProtocolId::default().info().client_help)
}

const QUESTIONS: &str = "\
The questions:
  well-formed  does every receive match a send, and are numbers and Lamport times right?
  conforms     does each rank, given what it received, send what it sent?
  invariants   in a replay: is no key lost, has each key one owner, does a GET read the last
               PUT, do messages of one sender stay in order? Only a conforming trace is replayed.
  ended well   of a recorded program: what is wrong with it, with rank, call and line; a race is
               said as what it is, and is no fault by itself

A trace that names no protocol is asked the first and the last. --protocol has it judged by one.

A trace that was cut off is checked as far as it goes.

A program of another dialect uses messages of its own between the nodes. With --answers
there is one question, about what the last rank sends and receives and nothing else:
  answers      does every GET return the value of the last PUT and the owner's id, or nothing
               if the key was never put, and is every other command acknowledged?
Where the last rank sends commands and gets replies and does nothing else, this is asked first
of every recorded program that does not conform.

With --linearizable there is one question, about the same rank, whatever the protocol:
  linearizable can the commands of each key be put into one order, each between its send and
               its answer, in which every GET finds what the last PUT has stored? If not, the
               fewest commands are named that fit into no order. A PUT without an answer may
               have taken effect or not.
";

const REST: &str = "\
Of commands in flight together, any may come first.

Examples:
  ringscope check join.jsonl
  ringscope run join -o - 2>/dev/null | ringscope check -
  ringscope check --answers students.jsonl
  ringscope check --linearizable race.jsonl

Exit codes: 0 every answer is yes; 1 an answer is no; 2 the trace could not be read or judged,
for example because it was cut off while a command waited for its reply.";

pub(crate) fn execute(args: &CheckArgs, streams: &mut Streams) -> Result<Verdict, Failure> {
    let (mut trace, completeness) = input::trace(&args.trace)?;
    args.tags.put_into(&mut trace.header)?;
    if let Some(protocol) = args.protocol {
        protocol.name().clone_into(&mut trace.header.protocol);
    }
    let asked = match (args.answers, args.linearizable) {
        (false, false) => questions(&trace),
        (true, false) => vec![answers(&trace)],
        (false, true) => vec![ordered::linearizable(&trace)],
        (true, true) => vec![answers(&trace), ordered::linearizable(&trace)],
    };
    let judged = Judged::new(&trace, completeness, asked);
    let name = input::trace_name(&args.trace);
    if args.json {
        let all = Report { name: &name, judged: &judged };
        writeln!(streams.out, "{}", ascii_json(&all))?;
    } else {
        let title = streams.out.paint(Style::Name, Plain(&name));
        writeln!(streams.out, "{title}: {}", summary(&trace, completeness))?;
        if trace.header.source == Source::Recorded && judged.leaves_the_protocol_unasked() {
            let hint = format!(
                "hint: a program of another dialect? `ringscope check --answers {}` asks only \
                 whether what it answers is right",
                Plain(&shown(&args.trace))
            );
            writeln!(streams.out, "{}", wrapped(&hint, streams.out.width(), "  "))?;
        }
        for answer in &judged.answers {
            answer.print(&mut streams.out)?;
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

/// The questions, answered.
#[derive(Serialize)]
struct Judged {
    ranks: u32,
    events: usize,
    complete: bool,
    end: Option<&'static str>,
    answers: Vec<CheckResult>,
}

/// The questions that are asked of a trace. Of a program that does not follow a protocol and yet has its
/// commands and replies, that is first whether the replies are right.
fn questions(trace: &Trace) -> Vec<CheckResult> {
    let rest = questions_of_protocol(trace);
    let conforms = rest.iter().any(|one| one.question == CONFORMS && one.says == Says::Yes);
    let is_dialect = trace.header.source == Source::Recorded && !conforms && has_client(trace);
    let of_dialect = is_dialect.then(|| answers(trace));
    of_dialect.into_iter().chain(rest).collect()
}

/// Those that can be asked of any trace, and about a protocol only if it names one.
fn questions_of_protocol(trace: &Trace) -> Vec<CheckResult> {
    if trace.header.protocol == NO_PROTOCOL {
        return [Some(well_formed(trace)), ended(trace)].into_iter().flatten().collect();
    }
    let conforms = conforms(trace);
    let invariants = match conforms.says {
        Says::Yes => replay::invariants(trace),
        Says::No => {
            CheckResult::not_judged("invariants", "only a trace that conforms can be replayed")
        }
        Says::NotJudged if trace.is_cut() => CheckResult::not_judged("invariants", CUT),
        Says::NotJudged => CheckResult::not_judged("invariants", "the nodes are not known"),
    };
    let of_protocol = [Some(well_formed(trace)), Some(conforms), Some(invariants)];
    of_protocol.into_iter().chain([ended(trace)]).flatten().collect()
}

impl Judged {
    fn new(trace: &Trace, completeness: Completeness, answers: Vec<CheckResult>) -> Judged {
        Judged {
            ranks: trace.header.ranks,
            events: trace.events.len(),
            complete: completeness == Completeness::Whole,
            end: trace.footer.as_ref().map(|footer| footer.ending.name()),
            answers,
        }
    }

    /// Whether it was asked, and not found, that the trace conforms; and not asked what it answers.
    fn leaves_the_protocol_unasked(&self) -> bool {
        let asked = |what: &str| self.answers.iter().find(|answer| answer.question == what);
        let conforms = asked(CONFORMS);
        conforms.is_some_and(|answer| answer.says != Says::Yes)
            && asked(dialect::QUESTION).is_none()
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

fn well_formed(trace: &Trace) -> CheckResult {
    let findings = wellformed::check(trace);
    let found = findings.iter().map(|finding| Problem {
        rank: finding.spot.map(|spot| spot.rank.0),
        event: finding.spot.map(|spot| spot.index),
        line: finding.spot.map(|spot| spot.at.line()),
        what: finding.flaw.to_string(),
    });
    CheckResult::of_findings("well-formed", found.collect())
}

/// Why a trace cannot be judged by what its messages say.
const CUT: &str = "cannot be judged: payloads were cut, record with --payload full";

fn conforms(trace: &Trace) -> CheckResult {
    if trace.is_cut() {
        return CheckResult::not_judged(CONFORMS, CUT);
    }
    let judgement = match conform::judge(trace) {
        Ok(judgement) => judgement,
        Err(cannot) => return CheckResult::not_judged(CONFORMS, &cannot.to_string()),
    };
    let found = judgement.findings.iter().map(Problem::of).collect();
    CheckResult { more: judgement.left_out, ..CheckResult::of_findings(CONFORMS, found) }
}
