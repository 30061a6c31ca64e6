//! What a search has found, for people and for programs.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use ringscope_screen::files::shown;
use ringscope_screen::numbers::counted;
use ringscope_sim::explore::{Discovery, Explored};
use ringscope_sim::scenario::Scenario;
use ringscope_traces::text::Plain;
use serde::Serialize;

use crate::output::Out;
use crate::report::{Style, wrapped};

/// What a search has found.
pub(super) struct ExploreReport<'a> {
    pub scenario: &'a Scenario,
    pub explored: &'a Explored,
    pub elapsed: Duration,
    /// The trace of each discovery, where they were written.
    pub files: Vec<PathBuf>,
}

impl ExploreReport<'_> {
    /// Prints it.
    pub(super) fn print(&self, out: &mut Out) -> io::Result<()> {
        let settings = &self.scenario.settings;
        let name = out.paint(Style::Name, Plain(&self.scenario.name));
        writeln!(out, "{name}: {}", self.conclusion(out))?;
        let progress = &self.explored.progress;
        writeln!(
            out,
            "  {} ranks, window {}; {}, {}, {} receipts deep, {:.2} s",
            settings.ranks,
            settings.window,
            counted(progress.states, "state"),
            counted(progress.receipts, "receipt"),
            progress.depth,
            self.elapsed.as_secs_f64()
        )?;
        if self.explored.is_hashed {
            let chance = self.explored.chance_of_a_miss();
            writeln!(
                out,
                "  known by 64 bits: a state was missed with a chance of {chance:.0e} at most"
            )?;
        }
        for (nth, discovery) in self.explored.discoveries.iter().enumerate() {
            self.print_discovery(nth, discovery, out)?;
        }
        Ok(())
    }

    /// What can be concluded.
    fn conclusion(&self, out: &Out) -> String {
        let failures = self.explored.failures().count() as u64;
        let frontier = self.explored.progress.frontier;
        let so_far = match frontier {
            0 => String::new(),
            left => format!(" (not exhausted: {} left to go on from)", counted(left, "state")),
        };
        match (failures, frontier) {
            (0, 0) => out.paint(Style::Good, "completes in every order"),
            (0, _) => {
                format!("{}{so_far}", out.paint(Style::Warning, "nothing has gone wrong so far"))
            }
            (some, _) => {
                let ways = counted(some, "kind");
                let text = format!("can go wrong: {ways} of failure");
                format!("{}{so_far}", out.paint(Style::Bad, text))
            }
        }
    }

    fn print_discovery(&self, nth: usize, discovery: &Discovery, out: &mut Out) -> io::Result<()> {
        let style = if discovery.kind.is_failure() { Style::Bad } else { Style::Good };
        let name = out.paint(style, discovery.kind.name());
        let states = counted(discovery.states, "state");
        let receipts = counted(discovery.way.len() as u64, "receipt");
        writeln!(out, "\n{name}: {states}; the first after {receipts}")?;
        if discovery.kind.is_failure() {
            let says = Plain(&discovery.says).to_string();
            writeln!(out, "{}", wrapped(&says, out.width(), "  "))?;
        }
        if let Some(file) = self.files.get(nth) {
            writeln!(out, "  ringscope play {}", Plain(&shown(file)))?;
        }
        Ok(())
    }

    /// Prints it for programs.
    pub(super) fn json(&self, out: &mut Out) -> io::Result<()> {
        let progress = &self.explored.progress;
        let discoveries = self.explored.discoveries.iter().enumerate();
        let json = ExploreJson {
            scenario: &self.scenario.name,
            exhausted: self.explored.is_exhausted(),
            states: progress.states,
            frontier: progress.frontier,
            receipts: progress.receipts,
            depth: progress.depth,
            local_states: self.explored.local_states,
            bytes: progress.bytes,
            chance_of_a_miss: self.explored.chance_of_a_miss(),
            discoveries: discoveries
                .map(|(nth, discovery)| self.discovery(nth, discovery))
                .collect(),
        };
        let text = serde_json::to_string(&json).map_err(io::Error::from)?;
        writeln!(out, "{text}")
    }

    fn discovery<'f>(&self, nth: usize, discovery: &'f Discovery) -> DiscoveryJson<'f> {
        DiscoveryJson {
            kind: discovery.kind.name(),
            states: discovery.states,
            receipts: discovery.way.len(),
            says: &discovery.says,
            way: discovery.way.iter().map(|choice| (choice.rank.0, choice.source.0)).collect(),
            trace: self.files.get(nth).map(|file| shown(file)),
        }
    }
}

#[derive(Serialize)]
struct ExploreJson<'a> {
    scenario: &'a str,
    exhausted: bool,
    states: u64,
    frontier: u64,
    receipts: u64,
    depth: u64,
    local_states: u64,
    bytes: u64,
    chance_of_a_miss: f64,
    discoveries: Vec<DiscoveryJson<'a>>,
}

#[derive(Serialize)]
struct DiscoveryJson<'a> {
    kind: &'static str,
    states: u64,
    receipts: usize,
    says: &'a str,
    /// Who receives, and from whom.
    way: Vec<(u32, u32)>,
    trace: Option<String>,
}
