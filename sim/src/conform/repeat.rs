//! A recorded run simulated again and held against the record, event by event.
//!
//! Every receive of the record is made to happen in the simulator, in the order of the record; what the
//! simulator's ranks then send must be what the record says, and neither may do more than the other. So
//! a record that is repeated is one that these nodes can make, whatever host ran them.

use std::collections::BTreeMap;

use ringscope_traces::words::describe;
use ringscope_traces::{
    ByRank, Ending, Event, EventIndex, Footer, Header, Matching, Rank, Source, TimeKind, Trace,
    read_trace,
};

use super::CannotJudge;
use crate::protocol::{Message as _, Node, Print, Protocol, Wait};
use crate::protocols::{ProtocolId, Visitor};
use crate::replay::finding::Awaited;
use crate::scenario::{Setting, Settings};
use crate::world::recording::Written;
use crate::world::{ByChoice, Choice, Observer, World};

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
        repeat_by::<P>(self.trace, self.settings)
    }
}

fn repeat_by<P: Protocol>(trace: &Trace, settings: &Settings) -> Repeated {
    let written = Written::new(Vec::new(), &header(&trace.header)).expect(MEMORY);
    let mut observer = (written, Prints::default());
    let nodes = super::nodes::<P>(trace, settings);
    let mut world = World::new(nodes, ByChoice, settings.eager, &mut observer);
    let stuck = receive_all(trace, &mut world, &mut observer);
    let (written, Prints(prints)) = observer;
    let (bytes, _) = written.finish(&Ending::Stopped).expect(MEMORY);
    let (simulated, _) = read_trace(bytes.as_slice(), "the simulation").expect(WRITTEN);
    let sides = Sides::of(trace, simulated, &world);
    let departure = sides.departure(stuck);
    let (beyond, ending) = (sides.beyond(), sides.ending());
    let repeated = departure.is_none().then_some(ending);
    let mut trace = sides.cut_to_the_record();
    let events = trace.events.len() as u64;
    trace.footer = repeated.flatten().map(|ending| Footer { ending, events });
    Repeated { trace, prints, departure, beyond }
}

const MEMORY: &str = "memory takes every byte";
const WRITTEN: &str = "what a writer has written can be read";

/// A simulated run's header: of the settings those that the record has too.
fn header(of_record: &Header) -> Header {
    let mut more = of_record.more.clone();
    more.retain(|(name, _)| Setting::named(name).is_some_and(|setting| setting.shapes_nodes));
    let protocol = of_record.protocol.clone();
    let (source, time) = (Source::Sim, TimeKind::Virtual);
    Header { source, protocol, ranks: of_record.ranks, seed: None, time, more }
}

/// Lets every receive of the record happen; the first that cannot.
fn receive_all<N: Node>(
    trace: &Trace,
    world: &mut World<N, ByChoice>,
    observer: &mut (Written<Vec<u8>>, Prints),
) -> Option<EventIndex> {
    let mut receives =
        (0..trace.events.len()).map(EventIndex).filter(|place| trace[*place].source().is_some());
    receives.find(|place| {
        let Event { rank, peer, .. } = trace[*place];
        !world.choose(Choice { rank, source: peer }, observer)
    })
}

/// What was printed.
#[derive(Default)]
struct Prints(Vec<Print>);

impl<N: Node> Observer<N> for Prints {
    fn printed(&mut self, _rank: Rank, print: Print) {
        self.0.push(print);
    }
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
        let mut places = (0..self.record.events.len()).map(EventIndex);
        let departure = places.find_map(|place| {
            let event = &self.record[place];
            let index = self.recorded.index(event.rank, place)?;
            let simulated = self.simulated_event(event.rank, index);
            let is_repeated = simulated.is_some_and(|simulated| is_same(event, simulated));
            let departure = || {
                let what =
                    format!("{}; simulated, it {}", self.told(event), self.instead(event, index));
                Departure { rank: event.rank, index, place: Some(place), what }
            };
            (!is_repeated || stuck == Some(place)).then(departure)
        });
        let departure = departure.or_else(|| self.early_end()).or_else(|| self.unsent());
        departure.or_else(|| self.wrong_end())
    }

    /// What a simulated rank does instead of an event of the record.
    fn instead(&self, event: &Event, index: usize) -> String {
        if let Some(simulated) = self.simulated_event(event.rank, index) {
            return self.told(simulated);
        }
        let does = self.state(event.rank);
        if event.source().is_some() && self.would_take(event) {
            return format!("{does}, and nothing from rank {} is under way to it", event.peer);
        }
        does
    }

    fn told(&self, event: &Event) -> String {
        let protocol = ProtocolId::spoken_with(&self.record.header.protocol);
        describe(event, &protocol).to_string()
    }

    fn would_take(&self, receive: &Event) -> bool {
        let is_sending = self.world.blocked_on(receive.rank).is_some();
        !is_sending && self.world.wait(receive.rank).takes(receive.peer, receive.tag)
    }

    /// What a simulated rank is in after its last event.
    fn state(&self, rank: Rank) -> String {
        let crash = self.world.crash().filter(|(crashed, _)| *crashed == rank);
        match (crash, self.world.blocked_on(rank)) {
            (Some((_, fault)), _) => format!("has crashed: {fault}"),
            (None, Some(to)) => format!("waits for rank {to} to receive what it sends"),
            (None, None) => Awaited::new::<N::Message>(self.world.wait(rank)).to_string(),
        }
    }

    /// Of a run that is said to have come to its end, a rank that does more in the simulation.
    fn early_end(&self) -> Option<Departure> {
        let (rank, _) = self.beyond().into_iter().next().filter(|_| self.is_whole())?;
        let index = self.recorded.events(rank).len();
        let next =
            self.simulated_event(rank, index).map(|event| self.told(event)).unwrap_or_default();
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
        let place = places.find(|place| {
            self.record[*place].source().is_some() && matching.partner(*place).is_none()
        })?;
        let event = &self.record[place];
        let index = self.recorded.index(event.rank, place)?;
        let what =
            format!("{}; the record ends before rank {} sends it", self.told(event), event.peer);
        Some(Departure { rank: event.rank, index, place: Some(place), what })
    }

    /// An end that is not the simulator's.
    fn wrong_end(&self) -> Option<Departure> {
        let ending = self.record_ending()?;
        let (rank, found) = match ending {
            Ending::Completed => self.crashed().or_else(|| self.unfinished()),
            Ending::Deadlock => self.crashed().or_else(|| self.moving()),
            Ending::Livelock | Ending::Stopped => self.crashed(),
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
        let waits = |rank: &Rank| {
            self.world.wait(*rank) != Wait::Stopped || self.world.blocked_on(*rank).is_some()
        };
        let waiting = self.world.ranks().find(waits).map(|rank| (rank, self.state(rank)));
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
        let last = self.record.events.last().map(|event| event.rank)?;
        self.world.all_stopped().then(|| (last, "has stopped, and so has every rank".to_owned()))
    }

    fn not_crashed(&self, named: Option<Rank>) -> Option<(Rank, String)> {
        let crashed = self.world.crash().map(|(rank, _)| *rank);
        let is_so = crashed.is_some() && named.is_none_or(|named| crashed == Some(named));
        let last = || self.record.events.last().map(|event| event.rank);
        let rank = named.or_else(last).unwrap_or(Rank(0));
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

/// Neither times nor `n` count.
fn is_same(one: &Event, other: &Event) -> bool {
    (one.op, one.peer, one.tag) == (other.op, other.peer, other.tag) && one.data == other.data
}
