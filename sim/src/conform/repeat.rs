//! A recorded run simulated again and held against the record, event by event.
//!
//! Every receive of the record is made to happen in the simulator, in the order of the record; what the
//! simulator's ranks then send must be what the record says, and neither may do more than the other. So
//! a record that is repeated is one that these nodes can make, whatever host ran them.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use ringscope_traces::words::describe;
use ringscope_traces::{
    ByRank, Ending, Event, EventIndex, Footer, Header, Matching, Payload, Rank, Source, Tag,
    TimeKind, Trace, Vocabulary,
};
use serde::Deserialize as _;

use super::CannotJudge;
use super::unread::{is_same, is_same_message};
use super::verifier::is_receive;
use crate::protocol::{Message, Node, Print, Protocol, Wait};
use crate::protocols::Visitor;
use crate::replay::finding::Awaited;
use crate::replay::simulated::receive_all;
use crate::scenario::{Setting, Settings};
use crate::world::recording::Recording;
use crate::world::{ByChoice, Choice, Status, World};

/// A recorded run that was simulated again.
#[derive(Debug)]
pub struct Repeated {
    /// What the simulator's ranks did, as far as the record goes. It has a footer when the record was
    /// repeated to an end.
    pub trace: Trace,
    /// What the command node printed.
    pub prints: Vec<Print>,
    /// Where the record is not what the simulator does, the first place in the order of the record;
    /// `None` when it was repeated.
    pub departure: Option<Departure>,
    /// The sends that the simulator's ranks make where a record ends that was cut off, stopped or
    /// crashed: how many of each rank, those that make none left out.
    pub beyond: BTreeMap<Rank, usize>,
}

/// Where a record is not what the simulator does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Departure {
    /// The rank.
    pub rank: Rank,
    /// The place among the rank's events, from 0; where the record ends too early, how many it has.
    pub index: usize,
    /// The event's place in the record; `None` where the record ends too early.
    pub place: Option<EventIndex>,
    /// What the record says, and what the simulator does.
    pub what: String,
}

/// Simulates a recorded run again, each rank taking next what the record says that it received.
///
/// A record that was cut off, or stopped, must be repeated as far as it goes; any other to its end, and
/// its end must be the simulator's. Times and Lamport times do not count.
///
/// ```
/// use ringscope_sim::conform::repeat;
/// use ringscope_sim::scenario::Scenario;
/// use ringscope_sim::simulate::record;
/// use ringscope_traces::diff::{Level, compare};
/// use ringscope_traces::read_trace;
///
/// let scenario = Scenario::parse("put", "put 400 4\nget 400")?;
/// let recorded = record(&scenario, Vec::new())?;
/// let (trace, _) = read_trace(recorded.to.as_slice(), "put.jsonl")?;
/// let repeated = repeat(&trace)?;
/// assert_eq!(repeated.departure, None);
/// assert_eq!(compare(&trace, &repeated.trace)?.level, Level::Equal);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When the header does not say by which nodes.
pub fn repeat(trace: &Trace) -> Result<Repeated, CannotJudge> {
    let settings = Settings::from_header(&trace.header)?;
    Ok(settings.protocol.dispatch(Repeat { trace, settings: &settings }))
}

struct Repeat<'a> {
    trace: &'a Trace,
    settings: &'a Settings,
}

impl Visitor for Repeat<'_> {
    type Output = Repeated;

    fn visit<P: Protocol>(self) -> Repeated {
        let nodes = super::nodes::<P>(self.trace, self.settings);
        repeat_with(self.trace, nodes, self.settings.eager)
    }
}

fn repeat_with<N: Node>(trace: &Trace, nodes: Vec<N>, eager: Option<u64>) -> Repeated {
    let mut recording = Recording::default();
    let mut world = World::new(nodes, ByChoice, eager, &mut recording);
    let stuck = receive_all(trace, &mut world, &mut recording).err();
    let Recording { events, prints, .. } = recording;
    let events = events.into_iter().map(with_payload).collect();
    let simulated =
        Trace { header: header(&trace.header), events, calls: Vec::new(), footer: None };
    let sides = Sides::of(trace, simulated, &world);
    let departure = sides.departure(stuck);
    let (beyond, ending) = (sides.beyond(), sides.ending());
    let repeated = departure.is_none().then_some(ending);
    let mut trace = sides.cut_to_the_record();
    let events = trace.events.len() as u64;
    trace.footer = repeated.flatten().map(|ending| Footer { ending, events });
    let prints = prints.into_iter().map(|(_, print)| print).collect();
    Repeated { trace, prints, departure, beyond }
}

/// An event as a trace has it.
fn with_payload<M: Message>(event: Event<M>) -> Event {
    let Event { rank, n, op, peer, tag, data, t, clock, more } = event;
    let json = serde_json::to_value(data).expect("a message is JSON");
    let data = Payload::deserialize(json).expect("JSON is a payload");
    Event { rank, n, op, peer, tag, data, t, clock, more }
}

/// A simulated run's header: of the settings those that the record has too.
fn header(of_record: &Header) -> Header {
    let mut more = of_record.more.clone();
    more.retain(|(name, _)| Setting::named(name).is_some_and(|setting| setting.shapes_nodes));
    let protocol = of_record.protocol.clone();
    let (source, time) = (Source::Sim, TimeKind::Virtual);
    Header { source, protocol, ranks: of_record.ranks, seed: None, time, more }
}

/// The record and the simulation, side by side.
struct Sides<'a, N: Node> {
    record: &'a Trace,
    recorded: ByRank,
    simulation: Trace,
    simulated: ByRank,
    world: &'a World<N, ByChoice>,
}

impl<'a, N: Node> Sides<'a, N> {
    fn of(record: &'a Trace, simulation: Trace, world: &'a World<N, ByChoice>) -> Self {
        let (recorded, simulated) = (ByRank::of(record), ByRank::of(&simulation));
        Sides { record, recorded, simulation, simulated, world }
    }

    /// The first event of the record that the simulator does not repeat, the first that it does not
    /// have, or what is wrong with the record's end.
    fn departure(&self, stuck: Option<EventIndex>) -> Option<Departure> {
        let matching = Matching::of(self.record);
        let mut places = (0..self.record.events.len()).map(EventIndex);
        let departure = places.find_map(|place| {
            let event = &self.record[place];
            let index = self.recorded.index(event.rank, place)?;
            let simulated = self.simulated_event(event.rank, index);
            let is_repeated =
                simulated.is_some_and(|simulated| is_same::<N::Message>(event, simulated));
            // Also where nobody reads it, a receive is of what was sent.
            let sent = matching.partner(place).filter(|_| is_receive(event));
            let is_altered = sent.is_some_and(|sent| {
                let sent = &self.record[sent];
                sent.data != event.data && is_same_message::<N::Message>(sent, event)
            });
            let departure = || {
                let what = format!(
                    "{}; simulated, it {}",
                    describe_event::<N::Message>(event),
                    self.instead(event, index)
                );
                Departure { rank: event.rank, index, place: Some(place), what }
            };
            (!is_repeated || is_altered || stuck == Some(place)).then(departure)
        });
        let departure = departure.or_else(|| self.early_end()).or_else(|| self.unsent());
        departure.or_else(|| self.wrong_end())
    }

    /// What a simulated rank does instead of an event of the record.
    fn instead(&self, event: &Event, index: usize) -> String {
        if let Some(simulated) = self.simulated_event(event.rank, index) {
            return describe_event::<N::Message>(simulated);
        }
        let does = self.state(event.rank);
        if is_receive(event) && self.would_take(event) {
            return format!("{does}, and nothing from rank {} is under way to it", event.peer);
        }
        does
    }

    fn would_take(&self, receive: &Event) -> bool {
        self.world.status(receive.rank).takes(receive.peer, receive.tag)
    }

    /// What a simulated rank is in after its last event.
    fn state(&self, rank: Rank) -> String {
        let awaited = |wait| Awaited::new::<N::Message>(wait).to_string();
        match self.world.status(rank) {
            Status::Crashed(fault) => format!("has crashed: {fault}"),
            Status::Sending { to } | Status::Owing { to } => {
                format!("waits for rank {to} to receive what it sends")
            }
            Status::WaitingForAny => awaited(Wait::Any),
            Status::Waiting { source, tag } => awaited(Wait::From { source, tag }),
            Status::Finished => awaited(Wait::Stopped),
        }
    }

    /// Of a run that is said to have come to its end, a rank that does more in the simulation.
    fn early_end(&self) -> Option<Departure> {
        let (rank, _) = self.beyond().into_iter().next().filter(|_| self.is_whole())?;
        let index = self.recorded.events(rank).len();
        let next =
            self.simulated_event(rank, index).map(describe_event::<N::Message>).unwrap_or_default();
        let what = format!("the record ends here; simulated, it {next}");
        Some(Departure { rank, index, place: None, what })
    }

    /// A receive of what the record does not say was sent, where a rank's events end too early.
    fn unsent(&self) -> Option<Departure> {
        if self.beyond().is_empty() {
            return None;
        }
        let matching = Matching::of(self.record);
        let mut places = (0..self.record.events.len()).map(EventIndex);
        let place = places
            .find(|place| is_receive(&self.record[*place]) && matching.partner(*place).is_none())?;
        let event = &self.record[place];
        let index = self.recorded.index(event.rank, place)?;
        let what = format!(
            "{}; the record ends before rank {} sends it",
            describe_event::<N::Message>(event),
            event.peer
        );
        Some(Departure { rank: event.rank, index, place: Some(place), what })
    }

    /// An end that is not the simulator's.
    fn wrong_end(&self) -> Option<Departure> {
        let ending = self.record_ending()?;
        let (rank, found) = match ending {
            Ending::Completed => self.crashed().or_else(|| self.unfinished()),
            Ending::Deadlock => self.crashed().or_else(|| self.moving()),
            Ending::Livelock => self.crashed().or_else(|| self.at_rest()),
            Ending::Stopped => self.crashed().or_else(|| self.finished()),
            Ending::Crashed { rank, .. } => self.not_crashed(*rank),
        }?;
        let index = self.recorded.events(rank).len();
        let what = format!("the record says {}; simulated, it {found}", ending.name());
        Some(Departure { rank, index, place: None, what })
    }

    fn crashed(&self) -> Option<(Rank, String)> {
        self.world.crash().map(|(rank, _)| (*rank, self.state(*rank)))
    }

    /// A rank that has not stopped, or that does not receive what it is sent.
    fn unfinished(&self) -> Option<(Rank, String)> {
        let is_waiting = |rank: &Rank| self.world.status(*rank) != Status::Finished;
        let waiting = self.world.ranks().find(is_waiting).map(|rank| (rank, self.state(rank)));
        waiting.or_else(|| {
            let left = self.world.pending().into_iter().next()?;
            let name = N::Message::tag_name(left.message.tag()).unwrap_or("a message");
            Some((left.to, format!("never receives the {name} from rank {}", left.from)))
        })
    }

    /// A rank that could go on, or, when all have stopped, the last one.
    fn moving(&self) -> Option<(Rank, String)> {
        if let Some(Choice { rank, source }) = self.world.choices().first() {
            return Some((*rank, format!("can receive what rank {source} has sent")));
        }
        self.all_finished()
    }

    /// In a livelock something can always be received: where nothing can, the run has come to its end.
    fn at_rest(&self) -> Option<(Rank, String)> {
        if !self.world.choices().is_empty() {
            return None;
        }
        let graph = self.world.wait_for_graph();
        let blocked = graph.blocked.first().map(|blocked| blocked.rank);
        let is_waiting = |rank: &Rank| self.world.status(*rank) != Status::Finished;
        let waiting = blocked.or_else(|| self.world.ranks().find(is_waiting));
        self.all_finished().or_else(|| {
            let rank = waiting?;
            Some((rank, format!("{}, and no rank can receive anything", self.state(rank))))
        })
    }

    /// Who has finished and received all that was sent cannot be stopped.
    fn finished(&self) -> Option<(Rank, String)> {
        self.all_finished().filter(|_| self.world.pending().is_empty())
    }

    /// When every rank has finished: the last one.
    fn all_finished(&self) -> Option<(Rank, String)> {
        let last = self.record.events.last().map(|event| event.rank)?;
        self.world.all_stopped().then(|| (last, "has stopped, and so has every rank".to_owned()))
    }

    fn not_crashed(&self, named: Option<Rank>) -> Option<(Rank, String)> {
        let crashed = self.world.crash().map(|(rank, _)| *rank);
        let is_so = crashed.is_some() && named.is_none_or(|named| crashed == Some(named));
        let last = || self.record.events.last().map(|event| event.rank);
        let rank = named.or_else(last).unwrap_or(Rank::FIRST);
        (!is_so).then(|| (rank, self.state(rank)))
    }

    /// How many more events each rank has in the simulation.
    fn beyond(&self) -> BTreeMap<Rank, usize> {
        let more = |rank: Rank| {
            let more =
                self.simulated.events(rank).len().checked_sub(self.recorded.events(rank).len());
            more.filter(|more| *more > 0).map(|more| (rank, more))
        };
        self.simulated.ranks().filter_map(more).collect()
    }

    fn cut_to_the_record(self) -> Trace {
        let Sides { recorded, mut simulation, .. } = self;
        let is_recorded = |event: &Event| event.n < recorded.events(event.rank).len() as u64;
        simulation.events.retain(is_recorded);
        simulation
    }

    /// How the simulation ends; `None` when the record was cut off before any end.
    fn ending(&self) -> Option<Ending> {
        if let Some(ending) = self.record_ending() {
            return Some(ending.clone());
        }
        let world = self.world;
        match world.crash() {
            _ if !self.beyond().is_empty() => None,
            Some((rank, fault)) => {
                Some(Ending::Crashed { rank: Some(*rank), reason: Some(fault.to_string()) })
            }
            None if world.all_stopped() => Some(Ending::Completed),
            None if world.choices().is_empty() => Some(Ending::Deadlock),
            None => None,
        }
    }

    fn is_whole(&self) -> bool {
        matches!(self.record_ending(), Some(Ending::Completed | Ending::Deadlock))
    }

    fn record_ending(&self) -> Option<&Ending> {
        self.record.footer.as_ref().map(|footer| &footer.ending)
    }

    fn simulated_event(&self, rank: Rank, index: usize) -> Option<&Event> {
        self.simulated.events(rank).get(index).map(|place| &self.simulation[*place])
    }
}

/// The names of a protocol's tags.
struct Tags<M>(PhantomData<fn() -> M>);

impl<M: Message> Vocabulary for Tags<M> {
    fn tag_name(&self, tag: Tag) -> Option<&str> {
        M::tag_name(tag)
    }
}

fn describe_event<M: Message>(event: &Event) -> String {
    describe(event, &Tags::<M>(PhantomData)).to_string()
}
