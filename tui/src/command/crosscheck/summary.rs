//! The verdict, for people and for programs.

use std::io::Write as _;

use ringscope_screen::failure::Failure;
use ringscope_screen::numbers::{counted, time};
use ringscope_screen::trace_summary::{ending_summary, vocabulary};
use ringscope_sim::scenario::Scenario;
use ringscope_traces::diff::{Comparison, Level};
use ringscope_traces::json::ascii_json;
use ringscope_traces::text::Plain;
use serde::Serialize;

use super::real::{Real, print_said};
use super::simulated::Simulated;
use super::verdict::{MpiVerdict, Sameness};
use crate::output::{Out, Streams};
use crate::report::{Style, wrapped};

const SIMULATOR: &str = "simulator";

/// What is printed about a comparison.
pub(super) struct CrosscheckSummary<'a> {
    pub scenario: &'a Scenario,
    pub simulated: &'a Simulated,
    pub runs: &'a [(Real, MpiVerdict)],
}

impl CrosscheckSummary<'_> {
    /// Tells it in words.
    pub(super) fn print(&self, streams: &mut Streams) -> Result<(), Failure> {
        let out = &mut streams.out;
        let settings = &self.scenario.settings;
        let name = out.paint(Style::Name, Plain(&self.scenario.name));
        let ranks = counted(settings.ranks.into(), "rank");
        let window = match settings.window {
            1 => "one command in flight".to_owned(),
            window => format!("{window} commands in flight"),
        };
        writeln!(out, "{name}: {ranks}, {window}")?;
        self.figures(out)?;
        for (real, judged) in self.runs {
            self.verdict(real, judged, out)?;
            if judged.sameness == Sameness::Different {
                difference(real, judged, out)?;
                out.flush()?;
                print_said(&real.said, &mut streams.notes);
            }
        }
        Ok(())
    }

    fn figures(&self, out: &mut Out) -> Result<(), Failure> {
        let simulated = &self.simulated.trace;
        let seed = self.scenario.settings.seed;
        let events = simulated.events.len() as u64;
        let end = ending_summary(simulated.footer.as_ref(), ringscope_traces::Completeness::Whole);
        let mut rows =
            vec![(format!("{SIMULATOR}, seed {seed}"), events, end, self.simulated.elapsed_ns)];
        rows.extend(self.runs.iter().map(|(real, _)| {
            let end = ending_summary(real.trace.footer.as_ref(), real.completeness);
            let version = Plain(&real.runner.version).to_string();
            (version, real.trace.events.len() as u64, end, real.elapsed_ns)
        }));
        let width = rows.iter().map(|(name, ..)| name.chars().count()).max().unwrap_or(0);
        for (name, events, end, elapsed_ns) in rows {
            let events = counted(events, "event");
            writeln!(out, "  {name:width$}  {events}, {end}; {}", time(elapsed_ns))?;
        }
        Ok(())
    }

    fn verdict(&self, real: &Real, judged: &MpiVerdict, out: &mut Out) -> Result<(), Failure> {
        let mpi = real.runner.flavor.name();
        let (style, word, rest) = match judged.sameness {
            Sameness::Same => {
                let facts = judged.facts.as_deref();
                let end = facts.map(|facts| format!(", and came to the same end: {facts}"));
                let words =
                    format!("{mpi} did what the simulator did, every rank in the same order");
                (Style::Good, "same", words + &end.unwrap_or_default())
            }
            Sameness::SameBeginning => {
                let facts = judged.facts.as_deref();
                let end = facts.map(|facts| format!(": {facts}")).unwrap_or_default();
                let words = format!(
                    "{mpi} did what the simulator did, every rank in the same order, until it was stopped; \
                     one of the two was stopped later, and both had come to the same end{end}"
                );
                (Style::Good, "same beginning", words)
            }
            Sameness::Legal => (Style::Warning, "legal", legal(mpi, judged)),
            Sameness::Different => {
                (Style::Bad, "different", format!("{mpi} did not do what the simulator did"))
            }
        };
        let among = match judged.seeds {
            1 => String::new(),
            seeds => format!(" ({} of {seeds} simulated runs)", judged.agreeing),
        };
        let text = wrapped(&format!("{word}: {rest}{among}"), out.width(), "");
        let rest = text.strip_prefix(word).unwrap_or(&text).to_owned();
        writeln!(out, "{}{rest}", out.paint(style, word))?;
        Ok(())
    }

    /// Tells it as JSON.
    pub(super) fn json(&self, out: &mut Out) -> Result<(), Failure> {
        let runs = self.runs.iter().map(|(real, judged)| RunJson {
            mpi: real.runner.flavor.short(),
            version: &real.runner.version,
            events: real.trace.events.len(),
            end: real.trace.footer.as_ref().map(|footer| footer.ending.name()),
            elapsed_ns: real.elapsed_ns,
            verdict: judged.sameness,
            seed: judged.nearest.seed,
            agreeing: judged.agreeing,
            repeated: judged.is_repeated,
            other_end: judged.nearest.other_end.as_deref(),
            facts: judged.facts.as_deref(),
            findings: &judged.findings,
            comparison: &judged.nearest.comparison,
        });
        let simulated = &self.simulated.trace;
        let all = AllJson {
            scenario: &self.scenario.name,
            ranks: self.scenario.settings.ranks,
            window: self.scenario.settings.window,
            simulated: SimulatedJson {
                seed: self.scenario.settings.seed,
                events: simulated.events.len(),
                end: simulated.footer.as_ref().map(|footer| footer.ending.name()),
                elapsed_ns: self.simulated.elapsed_ns,
                facts: self.simulated.facts(),
            },
            seeds: self.runs.first().map_or(1, |(_, judged)| judged.seeds),
            runs: runs.collect(),
        };
        writeln!(out, "{}", ascii_json(&all))?;
        Ok(())
    }
}

fn legal(mpi: &str, judged: &MpiVerdict) -> String {
    let how = match judged.nearest.comparison.level {
        Level::Equal => "the ranks did the same, but the runs ended differently".to_owned(),
        Level::Reordered => {
            let count = judged.nearest.comparison.races.len() as u64;
            format!(
                "every channel carried the same, and {} got another sender's message",
                counted(count, "receive")
            )
        }
        Level::Different => "a race had another outcome, and what followed differs".to_owned(),
    };
    format!(
        "{mpi} delivered in another order than any simulated run: {how}. Each rank, fed what it received, sent \
         what it sent, and the simulator, in MPI's order, does exactly the same"
    )
}

fn difference(real: &Real, judged: &MpiVerdict, out: &mut Out) -> Result<(), Failure> {
    for finding in &judged.findings {
        writeln!(out, "{}", wrapped(&Plain(finding).to_string(), out.width(), "  "))?;
    }
    let nearest = &judged.nearest;
    if let Some(ours) = &nearest.other_end {
        let theirs = ending_summary(real.trace.footer.as_ref(), real.completeness);
        let facts = judged.facts.as_ref().map(|facts| format!(", {facts}")).unwrap_or_default();
        let mpi = real.runner.flavor.name();
        let words = format!(
            "the two did not end in the same way: simulated, it ended: {ours}. Under {mpi}: {theirs}{facts}"
        );
        writeln!(out, "{}", wrapped(&words, out.width(), "  "))?;
    }
    if nearest.comparison.level != Level::Equal {
        let (seed, mpi) = (nearest.seed, real.runner.flavor.name());
        writeln!(out, "A is the simulated run with seed {seed}, B is the run under {mpi}:")?;
        write!(out, "{}", nearest.comparison.summary(&vocabulary(&real.trace.header)))?;
    }
    Ok(())
}

#[derive(Serialize)]
struct AllJson<'a> {
    scenario: &'a str,
    ranks: u32,
    window: u32,
    seeds: u32,
    simulated: SimulatedJson,
    runs: Vec<RunJson<'a>>,
}

#[derive(Serialize)]
struct SimulatedJson {
    seed: u64,
    events: usize,
    end: Option<&'static str>,
    elapsed_ns: u64,
    facts: Option<String>,
}

#[derive(Serialize)]
struct RunJson<'a> {
    mpi: &'static str,
    version: &'a str,
    events: usize,
    end: Option<&'static str>,
    elapsed_ns: u64,
    verdict: Sameness,
    seed: u64,
    agreeing: u32,
    repeated: bool,
    other_end: Option<&'a str>,
    facts: Option<&'a str>,
    findings: &'a [String],
    comparison: &'a Comparison,
}
