//! The verdict on one run under MPI.

use ringscope_screen::failure::Failure;
use ringscope_sim::conform::{EndSummary, as_read, end_summary, judge, rewrite};
use ringscope_sim::scenario::Scenario;
use ringscope_sim::world::recording::Written;
use ringscope_traces::diff::{Comparison, Level, compare};
use ringscope_traces::words::located;
use ringscope_traces::{Ending, EventIndex, Trace, read_trace, wellformed};
use serde::Serialize;

use super::real::Real;
use super::simulated::Simulated;

/// How many things that are wrong are kept.
const MOST_FINDINGS: usize = 10;

/// Whether two runs are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Sameness {
    /// Every rank did the same in the same order, and both ended in the same way.
    Same,
    /// Both went on until they were stopped, and did the same until then.
    SameBeginning,
    /// The run is one that the protocol can make, though no simulated one.
    Legal,
    /// Anything else.
    Different,
}

impl Sameness {
    /// Whether it is as it should be.
    pub(super) fn is_good(self) -> bool {
        match self {
            Sameness::Same | Sameness::SameBeginning | Sameness::Legal => true,
            Sameness::Different => false,
        }
    }
}

/// What there is to say of a run under MPI.
pub(super) struct MpiVerdict {
    pub sameness: Sameness,
    /// The simulated run that is nearest: its seed, and how the two differ.
    pub nearest: Nearest,
    /// How many simulated runs there are, and with how many of them it agrees.
    pub seeds: u32,
    pub agreeing: u32,
    /// What is wrong with its trace by itself.
    pub findings: Vec<String>,
    /// Whether the simulator, in the order in which MPI delivered, does exactly the same.
    pub is_repeated: bool,
    /// Why it did not complete, in short.
    pub facts: Option<String>,
}

/// A simulated run, held against one under MPI.
pub(super) struct Nearest {
    pub seed: u64,
    pub comparison: Comparison,
    /// How the simulated run ended, where the two did not end in the same way.
    pub other_end: Option<String>,
    pub sameness: Option<Sameness>,
}

impl MpiVerdict {
    /// Judges a run under MPI by so many simulated ones, of which the first is there already.
    ///
    /// # Errors
    ///
    /// When its trace cannot be compared at all.
    pub(super) fn of(
        scenario: &Scenario,
        seeds: u32,
        first: &Simulated,
        real: &Real,
    ) -> Result<MpiVerdict, Failure> {
        let end_state = end_summary(&real.trace, &[]).map_err(cannot)?;
        let mut findings = flaws(&real.trace);
        let other = not_repeated(&real.trace)?;
        let is_repeated = other.is_none();
        findings.extend(other);
        let mut nearest = Nearest::of(scenario, first, real, &end_state)?;
        let mut agreeing = u32::from(nearest.sameness.is_some());
        for more in 1..seeds {
            let mut scenario = scenario.clone();
            scenario.settings.seed = scenario.settings.seed.wrapping_add(u64::from(more));
            let other = Nearest::of(&scenario, &Simulated::of(&scenario)?, real, &end_state)?;
            agreeing += u32::from(other.sameness.is_some());
            if other.distance() < nearest.distance() {
                nearest = other;
            }
        }
        let settings = &scenario.settings;
        let is_race = settings.window > 1 || settings.protocol.info().has_races_of_one_command;
        let agrees = if is_race { agreeing > 0 } else { agreeing == seeds };
        let sameness = match nearest.sameness {
            _ if !findings.is_empty() => Sameness::Different,
            Some(sameness) if agrees => sameness,
            Some(_) | None if is_race => Sameness::Legal,
            Some(_) | None => Sameness::Different,
        };
        let facts = end_state.explanation.as_ref().map(|explanation| explanation.facts.clone());
        Ok(MpiVerdict { sameness, nearest, seeds, agreeing, findings, is_repeated, facts })
    }
}

impl Nearest {
    fn of(
        scenario: &Scenario,
        simulated: &Simulated,
        real: &Real,
        end_state: &EndSummary,
    ) -> Result<Nearest, Failure> {
        let [ours, theirs] = as_read([&simulated.trace, &real.trace]);
        let comparison = compare(&ours, &theirs).map_err(cannot)?;
        let ends_agree = match (ending(&simulated.trace), ending(&real.trace)) {
            (Some(ours), Some(theirs)) => {
                let is_limited = scenario.settings.limit.is_some();
                let is_stuck = *theirs == Ending::Deadlock;
                let blocked = is_stuck.then_some(end_state.blocked.as_slice());
                agree(ours, theirs, is_limited) && simulated.blocked() == blocked
            }
            (None, _) | (_, None) => false,
        };
        let sameness = sameness(&comparison, ending(&real.trace)).filter(|_| ends_agree);
        let other_end = (!ends_agree).then(|| simulated.end());
        Ok(Nearest { seed: scenario.settings.seed, comparison, other_end, sameness })
    }

    /// How far it is from being the same; less is nearer.
    fn distance(&self) -> (bool, Option<Sameness>, Level, bool) {
        (self.sameness.is_none(), self.sameness, self.comparison.level, self.other_end.is_some())
    }
}

fn sameness(comparison: &Comparison, ending: Option<&Ending>) -> Option<Sameness> {
    let is_stopped = ending.is_some_and(is_stopped);
    match comparison.level {
        Level::Equal => Some(Sameness::Same),
        Level::Reordered | Level::Different if comparison.prefix && is_stopped => {
            Some(Sameness::SameBeginning)
        }
        Level::Reordered | Level::Different => None,
    }
}

/// Whether a run that ends so could have gone on: its ranks were stopped where they happened to be.
fn is_stopped(ending: &Ending) -> bool {
    match ending {
        Ending::Livelock | Ending::Crashed { .. } | Ending::Stopped => true,
        Ending::Completed | Ending::Deadlock => false,
    }
}

/// Whether two runs ended in the same way. Where the scenario sets a limit of messages, either may come
/// to it before it is seen that it goes round for ever.
fn agree(ours: &Ending, theirs: &Ending, is_limited: bool) -> bool {
    let is_endless = |ending: &Ending| matches!(ending, Ending::Livelock | Ending::Stopped);
    ours == theirs || (is_limited && is_endless(ours) && is_endless(theirs))
}

fn ending(trace: &Trace) -> Option<&Ending> {
    trace.footer.as_ref().map(|footer| &footer.ending)
}

/// What is wrong with a trace by itself.
fn flaws(trace: &Trace) -> Vec<String> {
    let flaws = wellformed::check(trace);
    let flaws = flaws.iter().map(|finding| match finding.spot {
        Some(spot) => {
            format!("{}: {}", located(spot.at, spot.rank, spot.index), finding.flaw)
        }
        None => finding.flaw.to_string(),
    });
    let judged = match judge(trace) {
        Ok(judgement) => judgement.findings,
        Err(cannot) => return vec![cannot.to_string()],
    };
    let judged = judged.iter().map(|finding| match finding.event {
        Some(at) => {
            let at = located(EventIndex(at), finding.rank, finding.index);
            format!("{at}: {}", finding.what)
        }
        None => finding.to_string(),
    });
    flaws.chain(judged).take(MOST_FINDINGS).collect()
}

/// A run under MPI simulated again in the order in which MPI delivered: what is wrong if that is not
/// exactly the same.
fn not_repeated(trace: &Trace) -> Result<Option<String>, Failure> {
    let written = Written::new(Vec::new(), &trace.header)?;
    let written = match rewrite(trace, written) {
        Ok(written) => written,
        Err(why) => return Ok(Some(format!("the simulator cannot repeat it: {why}"))),
    };
    let ending = ending(trace).unwrap_or(&Ending::Stopped);
    let (bytes, _) = written.finish(ending)?;
    let (again, _) = read_trace(bytes.as_slice(), "the repeated run")?;
    let [again, trace] = as_read([&again, trace]);
    let comparison = compare(&again, &trace).map_err(cannot)?;
    let is_exact = comparison.level == Level::Equal || (is_stopped(ending) && comparison.prefix);
    Ok((!is_exact).then(|| "the simulator, in MPI's order, does something else".to_owned()))
}

fn cannot(why: impl std::fmt::Display) -> Failure {
    Failure::about("the run under MPI", format!("cannot be compared: {why}"))
}
