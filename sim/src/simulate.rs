//! From a scenario to its run.

use std::io::{self, Write};
use std::sync::Arc;

use ringscope_traces::jsonl::Digest;
use ringscope_traces::{Ending, Header, Payload, Rank, Source, TimeKind};

use crate::explain::{Explanation, explain};
use crate::protocol::{MessageOf, NodeSetup, Protocol};
use crate::protocols::Visitor;
use crate::scenario::{SETTINGS, Scenario, Settings};
use crate::world::recording::Written;
use crate::world::{Blocked, ByArrival, End, Limits, Observer, Outcome, Scheduler, World, run};

/// A run that has ended, and the world as it was then.
#[derive(Debug, Clone)]
pub struct Finished<P: Protocol> {
    /// What it came to.
    pub outcome: Outcome<MessageOf<P>>,
    /// Nodes, waits and messages at the end.
    pub world: World<P::Node, ByArrival>,
}

/// What a run came to, whatever its protocol.
#[derive(Debug, Clone)]
pub struct Summary {
    /// How it ended.
    pub ending: Ending,
    /// Why it did not complete.
    pub explanation: Option<Explanation>,
    /// How many messages were received.
    pub received: u64,
    /// How many messages were sent and never received.
    pub unreceived: u64,
    /// Virtual time at the end, in nanoseconds.
    pub now_ns: u64,
    /// Who waited for whom at the end, where nobody moved any more.
    pub blocked: Option<Vec<Blocked>>,
}

impl<P: Protocol> Finished<P> {
    /// What the run came to, without the protocol's types.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let Outcome { end, received, unreceived, now_ns } = &self.outcome;
        Summary {
            ending: end.ending(),
            explanation: explain::<P>(end, self.world.nodes()),
            received: *received,
            unreceived: *unreceived,
            now_ns: *now_ns,
            blocked: match end {
                End::Deadlock(stall) => Some(stall.blocked.clone()),
                End::Completed | End::Livelock(_) | End::Crashed { .. } | End::Stopped { .. } => {
                    None
                }
            },
        }
    }
}

/// Simulates a scenario from its start to its end.
///
/// The same scenario with the same settings gives the same run: event by event, on every platform.
/// Which protocol a scenario is of is known when it has been read:
/// [`dispatch`](crate::protocols::ProtocolId::dispatch) gets from there to the type.
///
/// ```
/// use ringscope_sim::protocols::Classic;
/// use ringscope_sim::scenario::Scenario;
/// use ringscope_sim::simulate::{nodes, simulate};
/// use ringscope_sim::stats::Stats;
/// use ringscope_sim::world::End;
///
/// let scenario = Scenario::parse("put", "put 400 4\nget 400")?;
/// let mut stats = Stats::new(&nodes::<Classic>(&scenario));
/// let run = simulate::<Classic>(&scenario, &mut stats);
/// assert_eq!(run.outcome.end, End::Completed);
/// assert_eq!(run.outcome.received, stats.report(run.world.nodes()).total.messages);
/// # Ok::<(), ringscope_sim::scenario::ScenarioErrors>(())
/// ```
pub fn simulate<P: Protocol>(
    scenario: &Scenario,
    observer: &mut impl Observer<P::Node>,
) -> Finished<P> {
    let settings = &scenario.settings;
    let scheduler = ByArrival::new(settings.latency, settings.seed);
    let mut world = start::<P, _>(scenario, scheduler, observer);
    let limits = Limits { messages: settings.limit, ..Limits::default() };
    let outcome = run(&mut world, command_rank(settings), limits, observer);
    Finished { outcome, world }
}

/// A simulated run, written down as a trace.
#[derive(Debug)]
pub struct Recorded<W> {
    /// What the trace was written to.
    pub to: W,
    /// The trace's digest.
    pub digest: Digest,
    /// What the run came to.
    pub summary: Summary,
}

/// Simulates a scenario of whichever protocol, and writes down its trace.
///
/// ```
/// use ringscope_sim::scenario::Scenario;
/// use ringscope_sim::simulate::record;
/// use ringscope_traces::read_trace;
///
/// let scenario = Scenario::parse("put", "seed 7\nput 400 4\nget 400")?;
/// let recorded = record(&scenario, Vec::new())?;
/// let (trace, _) = read_trace(recorded.to.as_slice(), "put.jsonl")?;
/// assert_eq!(trace.header.seed, Some(7));
/// assert_eq!(trace.footer.map(|footer| footer.ending), Some(recorded.summary.ending));
/// // A seed is the same run for ever.
/// assert_eq!(record(&scenario, Vec::new())?.digest, recorded.digest);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When it cannot be written.
pub fn record<W: Write>(scenario: &Scenario, to: W) -> io::Result<Recorded<W>> {
    let mut written = Written::new(to, &header(&scenario.settings))?;
    let summary =
        scenario.settings.protocol.dispatch(Summarize { scenario, observer: &mut written });
    let (to, digest) = written.finish(&summary.ending)?;
    Ok(Recorded { to, digest, summary })
}

struct Summarize<'a, W: Write> {
    scenario: &'a Scenario,
    observer: &'a mut Written<W>,
}

impl<W: Write> Visitor for Summarize<'_, W> {
    type Output = Summary;

    fn visit<P: Protocol>(self) -> Summary {
        simulate::<P>(self.scenario, self.observer).summary()
    }
}

/// A scenario's world at its start, under that order of receipts.
pub fn start<P: Protocol, O: Scheduler<MessageOf<P>>>(
    scenario: &Scenario,
    scheduler: O,
    observer: &mut impl Observer<P::Node>,
) -> World<P::Node, O> {
    World::new(nodes::<P>(scenario), scheduler, scenario.settings.eager, observer)
}

/// A scenario's nodes before anything has happened, by rank.
#[must_use]
pub fn nodes<P: Protocol>(scenario: &Scenario) -> Vec<P::Node> {
    P::nodes(&node_setup(scenario))
}

/// With what a scenario's nodes are made.
#[must_use]
pub fn node_setup(scenario: &Scenario) -> NodeSetup {
    scenario.settings.node_setup(Arc::clone(&scenario.script))
}

/// The rank that issues the commands.
#[must_use]
pub fn command_rank(settings: &Settings) -> Rank {
    settings.protocol.roles(settings.ranks).command
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
