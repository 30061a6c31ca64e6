//! A run that can be looked at after any of its events.
//!
//! A cursor is how many events have happened: 0 is before the first one, and the event that brought the
//! run to a cursor is the one before it ([`Film::event_at`]). Going back costs what going forward costs.

mod deeds;
mod find;
mod fork;
mod known;
mod moment;
mod worker;

use std::path::Path;
use std::sync::Arc;

use ringscope_sim::explain::Explanation;
use ringscope_sim::ledger::{Invariant, Violation};
use ringscope_sim::protocol::{Key, Protocol};
use ringscope_sim::scenario::Scenario;
use ringscope_sim::simulate::{header, simulate};
use ringscope_sim::world::recording::Written;
use ringscope_traces::{
    Causality, Ending, Event, Header, NoNames, Op, Payload, Place, Rank, Tag, Trace, Vocabulary,
    read_trace,
};

pub use deeds::Deed;
pub use find::Direction;
pub use fork::Care;
pub use moment::{Flight, Moment, Standing};
pub use ringscope_sim::travel::{How, Touch};

use crate::failure::Failure;
use crate::input;
use known::Known;

/// Where the events of a film come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// A scenario, simulated here and now: it can be added to.
    Live(Scenario),
    /// A trace in a file.
    File(Arc<Path>),
}

/// An event without its payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact {
    /// Whose event it is.
    pub rank: Rank,
    /// Sent or received.
    pub op: Op,
    /// The other rank.
    pub peer: Rank,
    /// The message's MPI tag.
    pub tag: Tag,
    /// Nanoseconds since the start of the run.
    pub t: u64,
}

/// An invariant that no longer held, and after which event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The receive at which it began.
    pub at: Place,
    /// What was violated.
    pub violation: Violation,
}

/// Where a recorded run leaves the protocol: from here on nobody knows the nodes' states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Departure {
    /// The first event that is not what the protocol does.
    pub at: Place,
    /// What it does instead, in words.
    pub what: String,
}

/// How much of a film is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// It is being read; so many hundredths of the file are.
    Reading(u8),
    /// Its events are there; the invariants are being checked, so many hundredths of them.
    Checking(u8),
    /// All that will ever be known is known.
    Done,
}

/// A run that can be looked at after any of its events.
pub struct Film {
    source: Source,
    trace: Trace,
    causality: Causality,
    known: Known,
}

impl Film {
    /// Simulates a scenario to its end.
    pub fn live(scenario: Scenario) -> Film {
        let written = Written::new(Vec::new(), &header(&scenario.settings));
        let mut written = written.expect("memory takes a trace");
        let finished = simulate(&scenario, &mut written);
        let ending = finished.outcome.end.ending();
        let (bytes, _) = written.finish(&ending).expect("memory takes a trace");
        let (trace, _) = read_trace(&bytes[..], &scenario.name).expect("what we write we read");
        Film::of(Source::Live(scenario), trace)
    }

    /// Opens a trace. It is read on in the background: see [`Film::poll`].
    ///
    /// # Errors
    ///
    /// When there is no such file, or it does not begin as a trace.
    pub fn open(path: &Path) -> Result<Film, Failure> {
        let (trace, _) = input::trace(path)?;
        Ok(Film::of(Source::File(path.into()), trace))
    }

    fn of(source: Source, trace: Trace) -> Film {
        let causality = Causality::of(&trace);
        let mut known = Known::default();
        worker::read(&trace, &mut |news| known.learn(news));
        Film { source, trace, causality, known }
    }

    /// Takes what the background has found since; whether there was anything.
    pub fn poll(&mut self) -> bool {
        false
    }

    /// How much of it is there.
    pub fn progress(&self) -> Progress {
        Progress::Done
    }

    /// What keeps the file from being read to its end, with line and column; what was read so far is
    /// there.
    pub fn problem(&self) -> Option<&str> {
        self.known.problem.as_deref()
    }

    /// Why nobody knows the nodes of this run at any cursor, such as that it is of another dialect.
    pub fn opaque(&self) -> Option<&str> {
        self.known.opaque.as_deref()
    }

    /// Up to which cursor the nodes' states are known so far.
    pub fn states(&self) -> usize {
        self.known.states
    }

    /// Where the events come from.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The trace's header.
    pub fn header(&self) -> &Header {
        &self.trace.header
    }

    /// How the run ended; `None` when it was cut off, or its end has not been read yet.
    pub fn ending(&self) -> Option<&Ending> {
        self.known.ending.as_ref()
    }

    /// Why the run did not complete, as far as that is known.
    pub fn explanation(&self) -> Option<&Explanation> {
        self.known.explanation.as_ref()
    }

    /// How many events are there so far.
    pub fn len(&self) -> usize {
        self.trace.events.len()
    }

    /// Whether nothing has happened at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The event that brought the run to a cursor; none at 0.
    pub fn event_at(&self, cursor: usize) -> Option<Place> {
        cursor.checked_sub(1).map(Place)
    }

    /// An event without its payload.
    ///
    /// # Panics
    ///
    /// When the film does not have that place.
    pub fn fact(&self, at: Place) -> Fact {
        let event = &self.trace[at];
        Fact { rank: event.rank, op: event.op, peer: event.peer, tag: event.tag, t: event.t }
    }

    /// An event with all that its line says; `None` when that cannot be read any more.
    ///
    /// # Panics
    ///
    /// When the film does not have that place.
    pub fn event(&self, at: Place) -> Option<Event> {
        Some(self.trace[at].clone())
    }

    /// An event's payload, read from the file when it is asked for; null when that cannot be read any
    /// more.
    pub fn data(&self, at: Place) -> Payload {
        self.event(at).map_or(Payload::Null, |event| event.data)
    }

    /// A send's receive, or a receive's send.
    pub fn partner(&self, at: Place) -> Option<Place> {
        self.causality.partner(at)
    }

    /// The event before it on its rank.
    pub fn previous(&self, at: Place) -> Option<Place> {
        self.causality.previous(at)
    }

    /// The event after it on its rank.
    pub fn next(&self, at: Place) -> Option<Place> {
        self.causality.next(at)
    }

    fn first_of(&self, rank: Rank) -> Option<Place> {
        self.trace.events.iter().position(|event| event.rank == rank).map(Place)
    }

    fn flights(&self, cursor: usize) -> Vec<Flight> {
        let is_open = |at: &Place| {
            let partner = self.partner(*at).filter(|partner| partner.0 < cursor);
            self.fact(*at).op == Op::Send && partner.is_none()
        };
        let flight = |sent: Place| {
            let Fact { rank: from, peer: to, tag, .. } = self.fact(sent);
            Flight { sent, from, to, tag }
        };
        (0..cursor).map(Place).filter(is_open).map(flight).collect()
    }

    /// Everything that happened before an event, and the event itself, in the order of the trace.
    pub fn causes(&self, at: Place) -> Vec<Place> {
        let mut past = self.causality.past(at);
        past.push(at);
        past
    }

    /// The names of the run's tags.
    pub fn vocabulary(&self) -> &'static dyn Vocabulary {
        match Protocol::named(&self.header().protocol) {
            Some(Protocol::Classic) => &Protocol::Classic,
            None => &NoNames,
        }
    }

    /// The run's commands, in the order in which they were sent.
    pub fn deeds(&self) -> &[Deed] {
        &self.known.deeds
    }

    /// The violations that were found so far, in the order of the trace.
    pub fn sightings(&self) -> &[Sighting] {
        &self.known.sightings
    }

    /// How often each invariant has been checked so far, and how often it did not hold.
    pub fn tallies(&self) -> impl Iterator<Item = (Invariant, u64, u64)> + '_ {
        let tallies = Invariant::ALL.iter().zip(self.known.tallies);
        tallies.map(|(invariant, (checked, failed))| (*invariant, checked, failed))
    }

    /// What has become of a key, in the order of the trace.
    pub fn history(&self, key: Key) -> &[Touch] {
        self.known.touches.get(&key).map_or(&[], Vec::as_slice)
    }

    /// Where the run leaves the protocol, if it does.
    pub fn departure(&self) -> Option<&Departure> {
        self.known.departure.as_ref()
    }
}
