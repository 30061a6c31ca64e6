//! Rank 0's last word: the parts put together, and how the run ended.

use std::path::PathBuf;

use ringscope_sim::conform::standing;
use ringscope_sim::protocols::ProtocolId;
use ringscope_sim::scenario::ExpectedEnd;
use ringscope_sim::world::Blocked;
use ringscope_traces::diff::{Comparison, Level, compare};
use ringscope_traces::parts::{Gathered, gather};
use ringscope_traces::text::Plain;
use ringscope_traces::{Ending, Op, Trace};

use crate::clock::unix_ns;
use crate::failure::{Failure, note};
use crate::output::Output;
use crate::rank_status::{Activity, RankStatus};
use crate::task::{RunSetup, Task};
use crate::verdict::Verdict;

/// The width of what is told: mpirun takes it from a pipe, and nobody knows the terminal's.
const COLUMNS: usize = 80;

const NOT_COMPLETED: i32 = 1;

/// What is needed to tell how a run ended.
pub struct Report {
    name: String,
    mpi: String,
    start_unix_ns: u64,
    output: Output,
    followed: Option<Trace>,
    expected: Option<ExpectedEnd>,
}

impl Report {
    /// A report on that run.
    pub fn new(task: &Task, setup: &RunSetup, (mpi, output): (&str, Output)) -> Report {
        Report {
            name: task.work.name(),
            mpi: mpi.to_owned(),
            start_unix_ns: task.start_unix_ns,
            output,
            followed: setup.followed.clone(),
            expected: setup.expected,
        }
    }

    /// Puts the parts together, tells how the run ended, and says what the exit code is.
    pub fn tell(self, verdict: &Verdict, statuses: &[RankStatus]) -> i32 {
        let Gathered { merged, .. } = match gather(self.output.folder()) {
            Ok(gathered) => gathered,
            Err(error) => {
                Failure::new(error.to_string()).tell();
                return NOT_COMPLETED;
            }
        };
        let trace = merged.trace;
        let mut words = self.headline(verdict, &trace);
        words += &explanation(&trace, statuses).unwrap_or_default();
        words += &format!("\n  {}", self.cost(&trace));
        let repeats = self.followed.as_ref().map(|followed| Repeats::of(followed, &trace));
        words += &repeats.as_ref().map(|repeats| repeats.told(&trace)).unwrap_or_default();
        let is_good = repeats.map_or(self.is_as_it_should_be(verdict), |repeats| repeats.holds);
        let kept = self.keep(verdict, &trace);
        words += kept.as_deref().unwrap_or_default();
        note(&words);
        i32::from(!is_good || kept.is_none())
    }

    /// Whether the run of a scenario completed, and was not expected to end otherwise.
    fn is_as_it_should_be(&self, verdict: &Verdict) -> bool {
        let is_expected = self.expected.is_none_or(|expected| expected.is(&Ending::Completed));
        *verdict == Verdict::Completed && is_expected
    }

    fn headline(&self, verdict: &Verdict, trace: &Trace) -> String {
        let ending = trace.footer.as_ref().map(|footer| &footer.ending);
        let expectation = match (self.expected, ending) {
            (Some(expected), Some(ending)) if !expected.is(ending) => {
                format!(", and not {}", expected.name())
            }
            (Some(_), Some(ending)) if *ending != Ending::Completed => ", as expected".into(),
            (_, _) => String::new(),
        };
        let name = Plain(&self.name);
        let why = verdict.in_words().map(|why| format!("\n{}", wrapped(&why))).unwrap_or_default();
        format!("{name}: {}{expectation}{why}", ending.map_or("cut off", Ending::name))
    }

    fn cost(&self, trace: &Trace) -> String {
        let of = |op| trace.events.iter().filter(|event| event.op == op).count();
        let (sent, received) = (of(Op::Send), of(Op::Recv));
        let never = match sent.saturating_sub(received) {
            0 => String::new(),
            some => format!(" ({some} never received)"),
        };
        let messages = if sent == 1 { "message" } else { "messages" };
        let ms = unix_ns().saturating_sub(self.start_unix_ns) / 1_000_000;
        let (seconds, ms) = (ms / 1000, ms % 1000);
        let ranks = trace.header.ranks;
        format!("{sent} {messages}{never}, {ranks} ranks, {}, {seconds}.{ms:03} s", self.mpi)
    }

    /// Puts the trace in its place and says where that is; `None` when it cannot be put there.
    fn keep(self, verdict: &Verdict, trace: &Trace) -> Option<String> {
        if matches!(verdict, Verdict::Silent { .. }) {
            // Who is silent may still write, when he goes on.
            let told = |folder: PathBuf| {
                let folder = folder.to_string_lossy();
                format!(
                    "\n  its parts are kept: `ringscope merge {}` makes a trace of them",
                    Plain(&folder)
                )
            };
            return Some(self.output.leave().map(told).unwrap_or_default());
        }
        match self.output.put(trace) {
            Ok(place) => {
                let told = |path: PathBuf| format!("\n  trace {}", Plain(&path.to_string_lossy()));
                Some(place.map(told).unwrap_or_default())
            }
            Err(failure) => {
                failure.tell();
                None
            }
        }
    }
}

/// Why the run did not complete, in the simulator's words.
fn explanation(trace: &Trace, statuses: &[RankStatus]) -> Option<String> {
    let seen: Vec<_> = statuses.iter().filter_map(blocked).collect();
    let explanation = standing(trace, &seen).ok()?.explanation()?;
    let (facts, paragraph) = (wrapped(&explanation.facts), wrapped(&explanation.paragraph));
    Some(format!("\n{facts}\n\n{paragraph}\n"))
}

/// What a rank was seen to wait for, if that was one other rank.
fn blocked(status: &RankStatus) -> Option<Blocked> {
    let rank = status.rank;
    match status.activity {
        Activity::Takes { source: Some(on), tag: Some(tag) } => {
            Some(Blocked { rank, on, tag: Some(tag) })
        }
        Activity::Sends { to } => Some(Blocked { rank, on: to, tag: None }),
        // Of any source, or of the one that a followed trace names.
        Activity::Takes { .. }
        | Activity::Works
        | Activity::Stopped
        | Activity::Crashed(_)
        | Activity::Halted
        | Activity::CannotFollow(_)
        | Activity::Broken(_) => None,
    }
}

/// A followed trace beside what came of it.
struct Repeats {
    holds: bool,
    comparison: Option<Comparison>,
}

impl Repeats {
    /// A trace that did not end by itself may be one in which a rank had not sent all yet that its last
    /// receive makes it send: then the run goes on a little longer than the trace.
    fn of(followed: &Trace, run: &Trace) -> Repeats {
        let ending = followed.footer.as_ref().map(|footer| &footer.ending);
        let may_be_cut = matches!(ending, None | Some(Ending::Livelock | Ending::Stopped));
        let goes_on = run.events.len() >= followed.events.len();
        let comparison = compare(followed, run).ok();
        let holds = comparison.as_ref().is_some_and(|found| {
            found.level == Level::Equal || (may_be_cut && goes_on && found.prefix)
        });
        Repeats { holds, comparison }
    }

    fn told(&self, run: &Trace) -> String {
        if self.holds {
            let events = run.events.len();
            return format!(
                "\n  repeats the trace: every rank did the same in the same order, {events} events"
            );
        }
        let told = self
            .comparison
            .as_ref()
            .map(|found| found.summary(&ProtocolId::spoken_with(&run.header.protocol)).to_string());
        format!(
            "\n  does not repeat the trace (A is the trace, B this run)\n{}",
            told.unwrap_or_default().trim_end()
        )
    }
}

fn wrapped(text: &str) -> String {
    let options = textwrap::Options::new(COLUMNS).initial_indent("  ").subsequent_indent("  ");
    textwrap::fill(text, options.break_words(false))
}
