//! What a search has found, for people and for programs.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use ringscope_screen::files::shown;
use ringscope_screen::numbers::counted;
use ringscope_sim::explore::{Discovery, Explored, ScriptBounds, ScriptNames};
use ringscope_traces::text::Plain;
use serde::Serialize;

use super::Tried;
use crate::output::Out;
use crate::report::{Style, wrapped};

/// What a search has found.
pub(super) struct ExploreReport<'a> {
    pub tried: &'a Tried,
    pub explored: &'a Explored,
    pub elapsed: Duration,
    /// The trace of each discovery, where they were written.
    pub files: Vec<PathBuf>,
}

impl ExploreReport<'_> {
    /// Prints it.
    pub(super) fn print(&self, out: &mut Out) -> io::Result<()> {
        let settings = self.tried.settings();
        match self.tried {
            Tried::One(scenario) => {
                let name = out.paint(Style::Name, Plain(&scenario.name));
                writeln!(out, "{name}: {}", self.conclusion(out))?;
            }
            Tried::All(bounds, _) => {
                writeln!(out, "{}", self.conclusion_of_all(*bounds, out))?;
                self.print_names(out)?;
            }
        }
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

    /// What can be concluded of all scripts of a size.
    fn conclusion_of_all(&self, bounds: ScriptBounds, out: &Out) -> String {
        let ScriptBounds { ranks, keys, ids, commands } = bounds;
        let scripts = format!(
            "script of up to {} on {}, with {} and {},",
            counted(commands.into(), "command"),
            counted(ranks.into(), "rank"),
            counted(keys.into(), "key"),
            counted(ids.into(), "storage id"),
        );
        let failures: Vec<&Discovery> = self.explored.failures().collect();
        let left = match self.explored.progress.frontier {
            0 => String::new(),
            left => format!(" (not exhausted: {} left to go on from)", counted(left, "state")),
        };
        match (failures.first(), self.explored.is_exhausted()) {
            (None, true) => out.paint(Style::Good, format!("no {scripts} can fail")),
            (None, false) => {
                let text = format!("no {scripts} has failed so far");
                format!("{}{left}", out.paint(Style::Warning, text))
            }
            (Some(shortest), _) => {
                let kinds = counted(failures.len() as u64, "kind");
                let least = counted(shortest.scenario.script.len(), "command");
                let text =
                    format!("a {scripts} can fail: {kinds} of failure, the first with {least}");
                format!("{}{left}", out.paint(Style::Bad, text))
            }
        }
    }

    /// Where the length of a message counts: of which scripts that is so.
    fn print_names(&self, out: &mut Out) -> io::Result<()> {
        let Tried::All(bounds, settings) = self.tried else { return Ok(()) };
        let (Some(eager), Some(names)) = (settings.eager, bounds.names(settings.keyspace)) else {
            return Ok(());
        };
        let ids: Vec<String> = names.ids.iter().map(ToString::to_string).collect();
        let keys: Vec<String> = names.keys.iter().map(ToString::to_string).collect();
        let text = format!(
            "sends of more than {} block; of these names: ids {}; keys {}, and of those between the same ids the lower one first; ranks \
             that join for the first time, the lower one first; the nth value of key k is {}",
            counted(eager, "byte"),
            ids.join(", "),
            keys.join(", "),
            ScriptNames::VALUE,
        );
        writeln!(out, "{}", wrapped(&text, out.width(), "  "))
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
        if let (true, Tried::All(..)) = (discovery.kind.is_failure(), self.tried) {
            let commands: Vec<String> =
                discovery.scenario.script.commands().map(|command| command.to_string()).collect();
            writeln!(out, "  {}", out.paint(Style::Name, commands.join("; ")))?;
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
            scenario: match self.tried {
                Tried::One(scenario) => Some(&scenario.name),
                Tried::All(..) => None,
            },
            all: match self.tried {
                Tried::One(_) => None,
                Tried::All(bounds, _) => Some(bounds.to_string()),
            },
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
            script: match self.tried {
                Tried::One(_) => None,
                Tried::All(..) => Some(discovery.scenario.to_text()),
            },
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
    #[serde(skip_serializing_if = "Option::is_none")]
    scenario: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    all: Option<String>,
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
    /// Where scripts were tried: the one that it happens in, as a scenario.
    #[serde(skip_serializing_if = "Option::is_none")]
    script: Option<String>,
    states: u64,
    receipts: usize,
    says: &'a str,
    /// Who receives, and from whom.
    way: Vec<(u32, u32)>,
    trace: Option<String>,
}
