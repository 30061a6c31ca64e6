//! Rank 0's report at the end: it merges the parts and prints how the run ended.

use std::path::PathBuf;

use ringscope_sim::conform::{as_read, end_summary};
use ringscope_sim::protocols::ProtocolId;
use ringscope_sim::scenario::ExpectedEnd;
use ringscope_traces::diff::{Comparison, Level, compare};
use ringscope_traces::parts::{Gathered, gather};
use ringscope_traces::text::Plain;
use ringscope_traces::{Ending, Event, Trace};

use crate::clock::unix_ns;
use crate::failure::{Failure, note};
use crate::output::Output;
use crate::rank_status::RankStatus;
use crate::task::{RunSetup, Task};
use crate::verdict::Verdict;

/// The width of the report: mpirun reads it from a pipe, so the terminal's width is unknown.
const COLUMNS: usize = 80;

const NOT_COMPLETED: i32 = 1;

/// What is needed to report how a run ended.
pub(crate) struct Report {
    name: String,
    mpi: String,
    start_unix_ns: u64,
    output: Output,
    followed: Option<Trace>,
    expected: Option<ExpectedEnd>,
}

impl Report {
    /// A report on that run.
    pub(crate) fn new(task: &Task, setup: &RunSetup, mpi: &str, output: Output) -> Report {
        Report {
            name: task.work.name(),
            mpi: mpi.to_owned(),
            start_unix_ns: task.start_unix_ns,
            output,
            followed: setup.followed.clone(),
            expected: setup.expected,
        }
    }

    /// Merges the parts, prints how the run ended, and returns the exit code.
    pub(crate) fn finish(self, verdict: &Verdict, statuses: &[RankStatus]) -> i32 {
        let Gathered { merged, .. } = match gather(self.output.folder()) {
            Ok(gathered) => gathered,
            Err(error) => {
                Failure::new(error.to_string()).print();
                return NOT_COMPLETED;
            }
        };
        let trace = merged.trace;
        let mut words = self.headline(verdict, &trace);
        words += &explanation(&trace, statuses).unwrap_or_default();
        words += &format!("\n  {}", self.cost(&trace));
        let repeats = self.followed.as_ref().map(|followed| Reproduction::of(followed, &trace));
        words += &repeats.as_ref().map(|repeats| repeats.summary(&trace)).unwrap_or_default();
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
        let why = verdict.reason().map(|why| format!("\n{}", wrapped(&why))).unwrap_or_default();
        format!("{name}: {}{expectation}{why}", ending.map_or("cut off", Ending::name))
    }

    fn cost(&self, trace: &Trace) -> String {
        let sent = trace.events.iter().filter_map(Event::destination).count();
        let received = trace.events.iter().filter_map(Event::source).count();
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

    /// Puts the trace under its name and says so; `None` when it cannot be written.
    fn keep(self, verdict: &Verdict, trace: &Trace) -> Option<String> {
        if matches!(verdict, Verdict::Silent { .. }) {
            // A silent rank may still be writing, or go on writing later.
            let kept = |folder: PathBuf| {
                let folder = folder.to_string_lossy();
                format!(
                    "\n  its parts are kept: `ringscope merge {}` makes a trace of them",
                    Plain(&folder)
                )
            };
            return Some(self.output.leave().map(kept).unwrap_or_default());
        }
        match self.output.put(trace) {
            Ok(path) => {
                let line = |path: PathBuf| format!("\n  trace {}", Plain(&path.to_string_lossy()));
                Some(path.map(line).unwrap_or_default())
            }
            Err(failure) => {
                failure.print();
                None
            }
        }
    }
}

/// Why the run did not complete, explained as the simulator explains it.
fn explanation(trace: &Trace, statuses: &[RankStatus]) -> Option<String> {
    let seen: Vec<_> =
        statuses.iter().filter_map(|one| Some((one.rank, one.activity.status()?))).collect();
    let explanation = end_summary(trace, &seen).ok()?.explanation?;
    let (facts, paragraph) = (wrapped(&explanation.facts), wrapped(&explanation.paragraph));
    Some(format!("\n{facts}\n\n{paragraph}\n"))
}

/// Whether a run did what the trace that it followed says.
struct Reproduction {
    holds: bool,
    comparison: Option<Comparison>,
}

impl Reproduction {
    /// In a trace that was stopped, a rank may not have sent everything yet that its last receive makes it
    /// send: then the run is a little longer than the trace.
    fn of(followed: &Trace, run: &Trace) -> Reproduction {
        let ending = followed.footer.as_ref().map(|footer| &footer.ending);
        let may_be_cut = matches!(ending, None | Some(Ending::Livelock | Ending::Stopped));
        let goes_on = run.events.len() >= followed.events.len();
        let [read, again] = as_read([followed, run]);
        let comparison = compare(&read, &again).ok();
        let holds = comparison.as_ref().is_some_and(|found| {
            found.level == Level::Equal || (may_be_cut && goes_on && found.prefix)
        });
        Reproduction { holds, comparison }
    }

    fn summary(&self, run: &Trace) -> String {
        if self.holds {
            let events = run.events.len();
            return format!(
                "\n  repeats the trace: every rank did the same in the same order, {events} events"
            );
        }
        let difference = self
            .comparison
            .as_ref()
            .map(|found| found.summary(&ProtocolId::spoken_with(&run.header.protocol)).to_string());
        format!(
            "\n  does not repeat the trace (A is the trace, B this run)\n{}",
            difference.unwrap_or_default().trim_end()
        )
    }
}

fn wrapped(text: &str) -> String {
    let options = textwrap::Options::new(COLUMNS).initial_indent("  ").subsequent_indent("  ");
    textwrap::fill(text, options.break_words(false))
}
