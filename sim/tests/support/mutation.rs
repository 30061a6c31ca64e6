//! One event of a trace altered, and which altered traces cannot be distinguished from a true one.

use ringscope_sim::protocol::{Message as _, MessageOf, NodeSetup, Protocol, Script};
use ringscope_sim::protocols::Classic;
use ringscope_sim::scenario::Settings;
use ringscope_sim::world::receive_order::ReceiveOrder;
use ringscope_sim::world::recording::Recording;
use ringscope_sim::world::{ByChoice, Choice, World};
use ringscope_traces::{Ending, Event, EventIndex, Matching, Op, Payload, Rank, Tag, Trace};

type Message = MessageOf<Classic>;

/// What is done to an event.
#[derive(Debug, Clone)]
pub(crate) enum Mutation {
    /// It is left out.
    Drop,
    /// It stands twice.
    Duplicate,
    /// It changes places with the next event of its rank.
    Swap,
    /// It carries something else.
    Data(Payload),
    /// It is of another rank on the other side.
    Peer(Rank),
    /// It has another tag.
    Tag(Tag),
    /// A send becomes a receive, and a receive a send.
    Op,
}

/// What counts of an event.
pub(crate) type Essence = (Op, Rank, Tag, Payload);

/// The trace with that done to the event at a place; `None` where it cannot be done.
pub(crate) fn mutate(trace: &Trace, place: usize, mutation: &Mutation) -> Option<Trace> {
    let mut events = trace.events.clone();
    let event = events.get_mut(place)?;
    match mutation {
        Mutation::Drop => drop(events.remove(place)),
        Mutation::Duplicate => events.insert(place + 1, events[place].clone()),
        Mutation::Swap => {
            let rank = event.rank;
            let next = (place + 1..events.len()).find(|&next| events[next].rank == rank)?;
            events.swap(place, next);
        }
        Mutation::Data(data) => event.data = data.clone(),
        Mutation::Peer(peer) => event.peer = *peer,
        Mutation::Tag(tag) => event.tag = *tag,
        Mutation::Op => event.op = if event.op == Op::Send { Op::Recv } else { Op::Send },
    }
    Some(Trace { events, ..trace.clone() })
}

/// What a rank did, in order.
pub(crate) fn of_rank(trace: &Trace, rank: Rank) -> Vec<Essence> {
    let events = trace.events.iter().filter(|event| event.rank == rank);
    events.map(|e| (e.op, e.peer, e.tag, e.data.clone())).collect()
}

/// The first index at which a rank did something else in one trace than in the other.
pub(crate) fn first_difference(one: &[Essence], other: &[Essence]) -> Option<usize> {
    let same = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    (same < one.len().max(other.len())).then_some(same)
}

/// Whether the simulator, made to receive in the order of the trace, does just what the trace says.
pub(crate) fn is_possible(trace: &Trace, settings: &Settings) -> bool {
    let command = Rank(settings.ranks - 1);
    let parse = |event: &Event| Message::parse(event.tag, &event.data).ok();
    let sends = trace.events.iter().filter(|e| e.rank == command && e.op == Op::Send);
    let script: Script = sends.filter_map(|send| parse(send)?.meaning().command()).collect();
    let Settings { ranks, keyspace, window, .. } = *settings;
    let nodes = Classic::nodes(&NodeSetup { ranks, keyspace, window, script: script.into() });
    let mut recording: Recording<Message> = Recording::default();
    let mut world = World::new(nodes, ByChoice, settings.eager, &mut recording);
    let ending = trace.footer.as_ref().map(|footer| &footer.ending);
    if !follow(trace, ending, &mut world, &mut recording) {
        return false;
    }
    let is_whole = matches!(ending, Some(Ending::Completed | Ending::Deadlock));
    let ends_so = match ending {
        Some(Ending::Completed) => world.all_stopped() && world.pending().is_empty(),
        Some(Ending::Deadlock) => {
            !world.all_stopped() && world.crash().is_none() && world.choices().is_empty()
        }
        Some(Ending::Crashed { rank, .. }) => world.crash().map(|crash| crash.0) == *rank,
        Some(Ending::Livelock | Ending::Stopped) | None => world.crash().is_none(),
    };
    let does_so = (0..settings.ranks).map(Rank).all(|rank| {
        let theirs: Vec<_> = trace.events.iter().filter(|event| event.rank == rank).collect();
        let ours: Vec<_> = recording.events.iter().filter(|event| event.rank == rank).collect();
        let agree = |(ours, theirs): (&&Event<Message>, &&Event)| {
            (ours.op, ours.peer) == (theirs.op, theirs.peer)
                && ours.tag == theirs.tag
                && parse(theirs).as_ref() == Some(&ours.data)
        };
        let long_enough =
            if is_whole { ours.len() == theirs.len() } else { ours.len() >= theirs.len() };
        long_enough && ours.iter().zip(&theirs).all(agree)
    });
    ends_so && does_so && is_received_as_sent(trace)
}

/// Whether every receive carries what was sent, also where nobody reads it.
fn is_received_as_sent(trace: &Trace) -> bool {
    let matching = Matching::of(trace);
    let places = (0..trace.events.len()).map(EventIndex);
    let pairs = places.filter_map(|place| Some((place, matching.partner(place)?)));
    pairs.into_iter().all(|(one, other)| trace[one].data == trace[other].data)
}

/// Lets every receipt of the trace happen; the one that a rank is said to crash on comes last, because
/// the world stands still after it.
fn follow(
    trace: &Trace,
    ending: Option<&Ending>,
    world: &mut World<<Classic as Protocol>::Node, ByChoice>,
    recording: &mut Recording<Message>,
) -> bool {
    let crashed = if let Some(Ending::Crashed { rank, .. }) = ending { *rank } else { None };
    let mut receipts: Vec<Choice> = trace
        .events
        .iter()
        .filter(|event| event.op == Op::Recv)
        .map(|event| Choice { rank: event.rank, source: event.peer })
        .collect();
    let last = receipts.iter().rposition(|choice| Some(choice.rank) == crashed);
    let last = last.map(|last| receipts.remove(last));
    let mut record = ReceiveOrder::default();
    for receipt in receipts {
        if receipt.rank.index() >= world.nodes().len() {
            return false;
        }
        record.add(receipt);
    }
    record.follow(world, recording).is_ok() && last.is_none_or(|last| world.choose(last, recording))
}

/// Whether altering one event of that rank, so that its first difference is at that index, makes the
/// trace one that the simulator can make: then nobody can tell that this is not where it was altered.
pub(crate) fn can_be_repaired_at(
    trace: &Trace,
    settings: &Settings,
    rank: Rank,
    index: usize,
) -> bool {
    let places: Vec<usize> =
        (0..trace.events.len()).filter(|&place| trace.events[place].rank == rank).collect();
    let here = places.get(index).copied();
    let mut repairs: Vec<Trace> = Vec::new();
    if let Some(here) = here {
        repairs.extend(mutate(trace, here, &Mutation::Drop));
        repairs.extend(mutate(trace, here, &Mutation::Swap));
    }
    let end = places.last().map_or(trace.events.len(), |last| last + 1);
    for event in heard_of(trace, rank) {
        let mut inserted = trace.clone();
        inserted.events.insert(here.unwrap_or(end), event.clone());
        repairs.push(inserted);
        if let Some(here) = here {
            let mut replaced = trace.clone();
            replaced.events[here] = event;
            repairs.push(replaced);
        }
    }
    let damaged = of_rank(trace, rank);
    repairs.iter().any(|repaired| {
        first_difference(&of_rank(repaired, rank), &damaged) == Some(index)
            && is_possible(repaired, settings)
    })
}

/// Every event that a rank has, or has by the word of the other side.
fn heard_of(trace: &Trace, rank: Rank) -> Vec<Event> {
    let mut heard: Vec<Event> = Vec::new();
    for event in &trace.events {
        let own = if event.rank == rank {
            event.clone()
        } else if event.peer == rank {
            let op = if event.op == Op::Send { Op::Recv } else { Op::Send };
            Event { rank, peer: event.rank, op, ..event.clone() }
        } else {
            continue;
        };
        let same =
            |e: &Event| (e.op, e.peer, e.tag, &e.data) == (own.op, own.peer, own.tag, &own.data);
        if !heard.iter().any(same) {
            heard.push(own);
        }
    }
    heard
}
