//! The parts of a run, put together and written, and what is told of them.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use ringscope_screen::failure::Failure;
use ringscope_screen::files::shown;
use ringscope_screen::numbers::counted;
use ringscope_screen::trace_summary::{NO_PROTOCOL, ending_summary, header_summary};
use ringscope_sim::conform::recognized;
use ringscope_traces::calls::{Call, Died};
use ringscope_traces::diagnosis::{
    Condensed, Diagnosis, can_diagnose, diagnose, standings_of_others,
};
use ringscope_traces::parts::{GatherError, Gathered, Merging, Outcome, rank_of};
use ringscope_traces::text::Plain;
use ringscope_traces::{Completeness, Event, Footer, Header, Payload, Rank, Trace};

use super::progress::MergeBar;
use super::ranks;
use crate::output::{Notes, Out, TraceTarget};
use crate::places::resolve;
use crate::report::{Style, standing, wrapped};

/// The most bytes of parts of which the trace is held in memory, to be looked at as a whole.
const HELD_BYTES: u64 = 16 << 20;

/// What is to be made of parts.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Receives whose sends are lost are kept.
    pub keeps_all: bool,
    /// There is nobody to whom progress is to be shown.
    pub is_quiet: bool,
    /// Further fields of the header.
    pub settings: Vec<(String, Payload)>,
    /// The ranks whose processes were gone when they were looked at last.
    pub gone: Vec<Rank>,
    /// In which order processes were gone of a run that ended since one was killed.
    pub killed: Option<Killed>,
}

/// The processes of a run that ended since one of them was killed.
#[derive(Debug)]
pub(crate) struct Killed {
    /// By which signal, where the launcher says it.
    pub signal: Option<i32>,
    /// The ranks in the order in which their processes were gone; those together of which the order is not known.
    pub gone: Vec<Vec<Rank>>,
}

impl Killed {
    /// The rank that was killed: the first that was gone and had not said so. The others were ended by the launcher.
    fn first(&self, exited: &BTreeSet<Rank>) -> Option<Rank> {
        let silent = |gone: &Vec<Rank>| -> Vec<Rank> {
            gone.iter().copied().filter(|rank| !exited.contains(rank)).collect()
        };
        match self.gone.iter().map(silent).find(|silent| !silent.is_empty())?.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }
}

impl Plan {
    /// The lines of processes that were gone and had not said so.
    fn died(&self, exited: &BTreeSet<Rank>) -> Vec<Call> {
        let died = |rank, first, signal| Call::Died(Died { rank, first, signal });
        let gone = self.gone.iter().filter(|rank| !exited.contains(rank));
        let killed = self.killed.as_ref();
        let killed =
            killed.and_then(|killed| Some(died(killed.first(exited)?, true, killed.signal)));
        gone.map(|rank| died(*rank, false, None)).chain(killed).collect()
    }
}

/// The parts of a run, put together.
#[derive(Debug)]
pub(crate) struct MergedParts {
    /// What there was, and what is missing.
    pub outcome: Outcome,
    /// The first line.
    pub header: Header,
    /// The last line of what was written.
    pub footer: Option<Footer>,
    /// What is known of the run.
    evidence: Evidence,
    /// The messages in what was written.
    pub sent: u64,
    /// How many of them were received.
    pub received: u64,
    /// All events, whether they were written or not.
    events: u64,
}

/// What is known of a run, to say what is wrong with it.
#[derive(Debug)]
enum Evidence {
    /// All of its trace.
    Whole(Box<Trace>),
    /// What was not at its end of a trace that is too long to be held; `None` when it was looked at.
    Condensed(Option<Box<Condensed>>),
}

/// What is wrong with a run.
#[derive(Debug)]
pub(crate) struct Findings {
    /// In sentences.
    pub diagnosis: Diagnosis,
    /// Where those ranks are that no verdict is about, of a run that was cut off, if the trace says that.
    pub standings: Option<String>,
}

impl Findings {
    /// Whether there is nothing to tell.
    pub(crate) fn say_nothing(&self) -> bool {
        let Findings { diagnosis, standings } = self;
        diagnosis.is_good() && diagnosis.remarks.is_empty() && standings.is_none()
    }

    /// Tells them one by one.
    pub(crate) fn print(&self, notes: &mut Notes) {
        let Findings { diagnosis, standings } = self;
        let told = diagnosis.verdicts.iter().chain(&diagnosis.remarks);
        let told = told.map(|verdict| format!("- {verdict}"));
        for words in told.chain(standings.clone()) {
            let _ = writeln!(notes, "{}", wrapped(&words, notes.width(), "  "));
        }
    }
}

impl MergedParts {
    /// Puts together what is in a folder and writes it; the target is opened when the parts are known to be of one
    /// run.
    pub(crate) fn put(
        folder: &Path,
        plan: Plan,
        target: impl FnOnce() -> Result<TraceTarget, Failure>,
        out: &mut Out,
    ) -> Result<MergedParts, Failure> {
        let bar = MergeBar::begin(folder, !plan.is_quiet);
        let mut merging = Merging::open(folder, &bar.on_read()).map_err(not_gathered)?;
        resolve(merging.tables());
        let job = Job { plan, target: target()?, out };
        match merging.bytes() <= HELD_BYTES {
            true => job.whole(merging),
            false => job.streamed(merging),
        }
    }

    /// Says what is wrong with the run; asked for once.
    pub(crate) fn findings(&mut self) -> Findings {
        match &mut self.evidence {
            Evidence::Whole(trace) => {
                let diagnosis = diagnose(trace);
                let is_known = can_diagnose(trace);
                let standings = is_known.then(|| standings_of_others(trace, &diagnosis)).flatten();
                Findings { diagnosis, standings }
            }
            Evidence::Condensed(condensed) => {
                let found = condensed.take().map(|all| all.diagnose(self.outcome.footer.clone()));
                let (diagnosis, standings) = found.unwrap_or_default();
                Findings { diagnosis, standings }
            }
        }
    }

    /// Tells under that name what there is, and what is missing.
    pub(crate) fn print(&self, name: &Path, notes: &mut Notes) {
        let completeness = match self.outcome.footer {
            Some(_) => Completeness::Whole,
            None => Completeness::CutOff,
        };
        let title = notes.paint(Style::Name, Plain(&shown(name)));
        let (header, events) = (header_summary(&self.header), counted(self.events, "event"));
        let end = ending_summary(self.outcome.footer.as_ref(), completeness);
        let _ = writeln!(notes, "{title}: {header}; {events}, {end}");
        let lacks = [self.lost(), self.torn(), self.left_out()];
        for lack in lacks.into_iter().flatten() {
            let _ = writeln!(notes, "{}", wrapped(&lack, notes.width(), "  "));
        }
    }

    /// Tells how the run stood when its record ends.
    pub(crate) fn print_standing(&self, notes: &mut Notes) {
        match &self.evidence {
            Evidence::Whole(trace) if trace.is_cut() => {
                print_no_standing("payloads were cut: record with --payload full", notes);
            }
            Evidence::Whole(trace) => standing::print(trace, notes),
            Evidence::Condensed(_) => {
                print_no_standing("its trace is long: `ringscope check` judges it", notes);
            }
        }
    }

    fn lost(&self) -> Option<String> {
        let missing = &self.outcome.missing;
        (!missing.is_empty()).then(|| format!("no part of {}", ranks(missing)))
    }

    fn torn(&self) -> Option<String> {
        let name = |path: &PathBuf| path.file_name()?.to_str().and_then(rank_of);
        let torn: Vec<Rank> = self.outcome.cut_off.iter().filter_map(name).collect();
        let is_of_all = torn.len() == self.header.ranks as usize;
        let whose = if is_of_all { "every rank".to_owned() } else { ranks(&torn) };
        (!torn.is_empty()).then(|| format!("cut off: the part of {whose}"))
    }

    fn left_out(&self) -> Option<String> {
        let left_out = &self.outcome.left_out;
        let events: usize = left_out.values().sum();
        let whose: Vec<Rank> = left_out.keys().copied().collect();
        (events > 0).then(|| {
            let (events, whose) = (counted(events as u64, "event"), ranks(&whose));
            format!("left out: {events} of {whose}, which depend on messages whose sends are lost")
        })
    }
}

/// Tells why nobody knows how a run stood.
fn print_no_standing(why: &str, notes: &mut Notes) {
    let text = format!("the state of the run was not worked out, since {why}");
    let _ = writeln!(notes, "{}", wrapped(&text, notes.width(), "  "));
}

/// Parts that are to be written to a target.
struct Job<'o> {
    plan: Plan,
    target: TraceTarget,
    out: &'o mut Out,
}

impl Job<'_> {
    /// Holds the whole trace in memory, and writes it.
    fn whole(self, merging: Merging) -> Result<MergedParts, Failure> {
        let Job { plan, target, out } = self;
        let exited = merging.exited().clone();
        let Gathered { merged, cut_off, missing, depending } =
            merging.gather().map_err(not_gathered)?;
        let mut all = merged.trace;
        name_protocol(&mut all);
        all.calls.extend(plan.died(&exited));
        let mut counts = Counts::default();
        let mut header = all.header.clone();
        header.more.extend(plan.settings);
        let is_of_messages = all.calls.is_empty() && all.events.iter().all(|e| e.more.is_none());
        let mut lines = target.begin(&header, is_of_messages, out)?;
        let mut depending = depending.into_iter().map(|at| at.0).peekable();
        let mut left_out = std::collections::BTreeMap::new();
        for (i, event) in all.events.iter().enumerate() {
            let depends = depending.next_if_eq(&i).is_some() && !plan.keeps_all;
            if depends {
                *left_out.entry(event.rank).or_default() += 1;
            } else {
                counts.add(event);
                lines.event(event)?;
            }
        }
        all.calls.iter().try_for_each(|call| lines.call(call))?;
        let footer = all.footer.clone().filter(|_| left_out.is_empty());
        lines.finish(footer.as_ref())?;
        let outcome = Outcome { cut_off, missing, footer: all.footer.clone(), left_out };
        let Counts { sent, received } = counts;
        let events = all.events.len() as u64;
        let evidence = Evidence::Whole(Box::new(all));
        Ok(MergedParts { outcome, header, footer, evidence, sent, received, events })
    }

    /// Writes each line as it comes.
    fn streamed(self, mut merging: Merging) -> Result<MergedParts, Failure> {
        let Job { plan, target, out } = self;
        let mut header = merging.header().clone();
        header.more.extend(plan.settings.iter().cloned());
        let mut lines = target.begin(&header, merging.is_of_messages(), out)?;
        let mut condensed = merging.condensed();
        let (mut counts, mut events) = (Counts::default(), 0);
        while let Some(placed) = merging.next_event().map_err(not_gathered)? {
            condensed.event(&placed);
            events += 1;
            if plan.keeps_all || !placed.is_left_out {
                counts.add(&placed.event);
                lines.event(&placed.event)?;
            }
        }
        merging.tables().iter().try_for_each(|call| lines.call(call))?;
        while let Some(call) = merging.next_call().map_err(not_gathered)? {
            lines.call(&call)?;
            condensed.call(call);
        }
        for died in plan.died(merging.exited()) {
            lines.call(&died)?;
            condensed.call(died);
        }
        let mut outcome = merging.outcome().clone();
        if plan.keeps_all {
            outcome.left_out.clear();
        }
        let footer = outcome.footer.clone().filter(|_| outcome.left_out.is_empty());
        lines.finish(footer.as_ref())?;
        let Counts { sent, received } = counts;
        let evidence = Evidence::Condensed(Some(Box::new(condensed)));
        Ok(MergedParts { outcome, header, footer, evidence, sent, received, events })
    }
}

/// How many messages were sent and received.
#[derive(Default)]
struct Counts {
    sent: u64,
    received: u64,
}

impl Counts {
    fn add(&mut self, event: &Event) {
        match event.source() {
            Some(_) => self.received += 1,
            None => self.sent += 1,
        }
    }
}

/// Names the protocol that a run is one of, though nobody has said so.
fn name_protocol(trace: &mut Trace) {
    if trace.header.protocol == NO_PROTOCOL
        && let Some(protocol) = recognized(trace)
    {
        protocol.name().clone_into(&mut trace.header.protocol);
    }
}

fn not_gathered(error: GatherError) -> Failure {
    let hint = error.hint().map(str::to_owned);
    if let GatherError::Read(error) = error {
        return error.into();
    }
    let text = error.to_string();
    // The path of the folder or of a file in it stands in front.
    let (name, what) = text.split_once(": ").unwrap_or(("", &text));
    Failure::about(name, what).hint_maybe(hint)
}
