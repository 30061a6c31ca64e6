//! From a scenario to its run.

use std::sync::Arc;

use ringscope_traces::{Header, Payload, Rank, Source, TimeKind};

use crate::protocol::Protocol;
use crate::protocol::classic::{self, ClassicNode, Message, Orders};
use crate::scenario::{SETTINGS, Scenario, Settings};
use crate::world::{ByArrival, Limits, Observer, Outcome, Scheduler, World, run};

/// A run that has ended, and the world as it was then.
#[derive(Debug, Clone)]
pub struct Finished {
    /// What it came to.
    pub outcome: Outcome<Message>,
    /// Nodes, waits and messages at the end.
    pub world: World<ClassicNode, ByArrival>,
}

/// Simulates a scenario from its start to its end.
///
/// The same scenario with the same settings gives the same run: event by event, on every platform.
pub fn simulate(scenario: &Scenario, observer: &mut impl Observer<ClassicNode>) -> Finished {
    let settings = &scenario.settings;
    let scheduler = ByArrival::new(settings.latency, settings.seed);
    let mut world = start(scenario, scheduler, observer);
    let limits = Limits { messages: settings.limit, ..Limits::default() };
    let outcome = run(&mut world, command_rank(settings), limits, observer);
    Finished { outcome, world }
}

/// A scenario's world at its start, under that order of receipts.
pub fn start<O: Scheduler<Message>>(
    scenario: &Scenario,
    scheduler: O,
    observer: &mut impl Observer<ClassicNode>,
) -> World<ClassicNode, O> {
    World::new(nodes(scenario), scheduler, scenario.settings.eager, observer)
}

/// A scenario's nodes before anything has happened, by rank.
#[must_use]
pub fn nodes(scenario: &Scenario) -> Vec<ClassicNode> {
    let Settings { ranks, keyspace, window, protocol, .. } = scenario.settings;
    let script = Arc::clone(&scenario.script);
    match protocol {
        Protocol::Classic => classic::nodes(ranks, keyspace, Orders { script, window }),
    }
}

/// The rank that issues the commands: the last one.
#[must_use]
pub fn command_rank(settings: &Settings) -> Rank {
    Rank(settings.ranks - 1)
}

/// The header of a simulated run's trace: beside what every header has, the settings that are not
/// as the reference program's, each under its own name.
#[must_use]
pub fn header(settings: &Settings) -> Header {
    let usual = Settings::default();
    let unusual = SETTINGS.iter().filter(|setting| {
        let elsewhere = matches!(setting.name, "protocol" | "ranks" | "seed" | "expect");
        !elsewhere && setting.value(settings) != setting.value(&usual)
    });
    let more = unusual.filter_map(|setting| {
        let value = setting.value(settings)?;
        let value = value.parse().map_or_else(|_| Payload::Text(value.into()), Payload::Int);
        Some((setting.name.to_owned(), value))
    });
    Header {
        source: Source::Sim,
        protocol: settings.protocol.name().to_owned(),
        ranks: settings.ranks,
        seed: Some(settings.seed),
        time: TimeKind::Virtual,
        more: more.collect(),
    }
}
