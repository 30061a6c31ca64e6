//! A trace that conforms, played again under the eyes of the keeper of the invariants.

use std::sync::Arc;

use ringscope_sim::ledger::{Invariant, Ledger};
use ringscope_sim::protocol::classic::{self, ClassicNode, Message, Orders};
use ringscope_sim::protocol::{Command, Meaning, Message as _, Protocol, Script};
use ringscope_sim::scenario::{Setting, Settings};
use ringscope_sim::world::{Choice, Chosen, World};
use ringscope_traces::{Event, Header, Op, Payload, Place, Rank, Trace};

use super::answer::{Answer, Found, Says};
use crate::report::counted;

const QUESTION: &str = "invariants";

/// Whether the invariants hold in a trace that conforms.
pub fn invariants(trace: &Trace) -> Answer {
    let settings = match settings(&trace.header) {
        Ok(settings) => settings,
        Err(why) => return Answer::not_judged(QUESTION, &why),
    };
    let orders = Orders { script: Arc::new(script(trace)), window: settings.window };
    let nodes = match settings.protocol {
        Protocol::Classic => classic::nodes(settings.ranks, settings.keyspace, orders),
    };
    let mut ledger = Ledger::new(&nodes);
    let mut world = World::new(nodes, Chosen, settings.eager, &mut ledger);
    if let Err(event) = follow(trace, &mut world, &mut ledger) {
        let (rank, peer) = (event.rank, event.peer);
        let why =
            format!("rank {rank} cannot receive from rank {peer} when event {} says so", event.n);
        return Answer::not_judged(QUESTION, &why);
    }
    ledger.finish(world.nodes());
    answer(&ledger, trace)
}

/// Lets every receive of the trace happen, in the order of the trace.
fn follow<'t>(
    trace: &'t Trace,
    world: &mut World<ClassicNode, Chosen>,
    ledger: &mut Ledger,
) -> Result<(), &'t Event> {
    let receives = trace.events.iter().filter(|event| event.op == Op::Recv);
    for event in receives {
        let choice = Choice { rank: event.rank, source: event.peer };
        if !world.choose(choice, ledger) {
            return Err(event);
        }
    }
    Ok(())
}

/// What the command node was told to do: what it sent.
fn script(trace: &Trace) -> Script {
    let command = Rank(trace.header.ranks - 1);
    let sent = trace.events.iter().filter(|event| event.rank == command && event.op == Op::Send);
    sent.filter_map(command_of).collect()
}

fn command_of(event: &Event) -> Option<Command> {
    match Message::parse(event.tag, &event.data).ok()?.meaning() {
        Meaning::Command(command) => Some(command),
        Meaning::End | Meaning::Found(..) | Meaning::Done(_) | Meaning::Rewiring => None,
    }
}

/// The settings of the run, as its header has them: each that is not the reference's has its field.
fn settings(header: &Header) -> Result<Settings, String> {
    let mut settings = Settings::default();
    let ranks = header.ranks.to_string();
    let of_run = [("protocol", header.protocol.clone()), ("ranks", ranks)];
    let more = header.more.iter().filter(|(name, _)| Setting::named(name).is_some());
    let more = more.filter_map(|(name, value)| Some((name.as_str(), word(value)?)));
    for (name, value) in of_run.into_iter().chain(more) {
        settings.set(name, &value).map_err(|bad| format!("{name}: {}", bad.message))?;
    }
    Ok(settings)
}

fn word(value: &Payload) -> Option<String> {
    match value {
        Payload::Int(number) => Some(number.to_string()),
        Payload::Text(text) => Some(text.to_string()),
        Payload::Null
        | Payload::Bool(_)
        | Payload::Number(_)
        | Payload::List(_)
        | Payload::Map(_) => None,
    }
}

fn answer(ledger: &Ledger, trace: &Trace) -> Answer {
    let receives: Vec<_> =
        (0..trace.events.len()).map(Place).filter(|place| trace[*place].op == Op::Recv).collect();
    // The ledger counts receives, from 1.
    let line = |at: u64| {
        let nth = usize::try_from(at).ok()?.checked_sub(1)?;
        receives.get(nth).map(|place| place.line())
    };
    let found = ledger.violations().into_iter().map(|violation| Found {
        rank: Some(violation.rank.0),
        event: None,
        line: line(violation.at),
        what: format!("{}: {}", violation.invariant.name(), violation.what),
    });
    let checks: u64 = Invariant::ALL.iter().map(|one| ledger.tally(*one).checked).sum();
    let unlisted = Invariant::ALL.iter().map(|one| ledger.tally(*one).unlisted).sum();
    let says = if ledger.holds() { Says::Yes } else { Says::No };
    Answer {
        question: QUESTION,
        says,
        remark: Some(counted(checks, "check")),
        findings: found.collect(),
        more: unlisted,
    }
}
