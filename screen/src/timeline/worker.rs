//! Reads a run: its events, then how its nodes stood and what the invariants say.
//!
//! It publishes what it finds on the way, and ends when the receiver is gone. It goes on in pieces, for hosts that have no
//! thread for it.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError};

use ringscope_sim::conform::{Setup, What, end_summary};
use ringscope_sim::explain::Explanation;
use ringscope_sim::protocol::{Command, Script};
use ringscope_sim::protocols::ProtocolId;
use ringscope_sim::replay::recorded::{self, Changes, RecordedRun};
use ringscope_traces::event::NO_PROTOCOL;
use ringscope_traces::indexed::{Index, IndexedCalls, Indexer};
use ringscope_traces::tags::TagNames;
use ringscope_traces::{Ending, Event, EventIndex, Footer, Rank, ReadError, Trace};

use super::calls::Calls;
use super::diagnosed;
use super::loaded::{Stretch, StretchReport, Update, tallies};
use super::operations::{OpenOperations, OperationUpdate};
use super::{Departure, MOST_RANKS, ViolationAt};
use crate::host::Work;

/// From one checkpoint to the next, in bytes of the trace: what going to an event reads at most, unless a checkpoint
/// took too much and had to wait.
const SPACING_BYTES: u64 = 1 << 18;

/// A checkpoint takes no more than one byte for so many of the stretch before it.
const BYTES_OF_TRACE: u64 = 2;

/// Longer runs get no explanation of a livelock at their end: that takes all of their events in memory.
const LONGEST_LIVELOCK: usize = 1 << 18;

/// How many events the nodes go past in one piece of work.
const EVENTS_AT_ONCE: usize = 4_096;

/// The receiver of updates is gone.
struct Disconnected;

/// Reads a run, a piece at a time.
pub(super) struct Worker {
    run: RunReader,
    stage: Stage,
}

/// What reads it: what it knows of the run, and whom it tells.
struct RunReader {
    index: Index,
    options: LoadOptions,
    updates: Sender<Update>,
}

/// How far it is.
enum Stage {
    /// It reads the events.
    Events(Box<Events>),
    /// It goes along them with the nodes.
    Nodes(Box<Nodes>),
    /// There is nothing more to know, or nobody who wants to.
    Over,
}

/// The events as they are read, and the commands among them.
struct Events {
    indexer: Indexer,
    book: OpenOperations,
    commands: Vec<Command>,
}

/// The nodes on their way along the events.
struct Nodes {
    replay: Box<dyn RecordedRun>,
    footer: Option<Footer>,
    pace: Pace,
    /// The next event.
    next: usize,
}

/// How a run is read.
pub(super) struct LoadOptions {
    /// From one checkpoint to the next, in bytes of the trace.
    pub spacing_bytes: u64,
    /// While somebody holds its other end, no more than the first events are read.
    pub gate: Option<Receiver<Infallible>>,
    /// Names for the trace's tags, in the place of those that its header has.
    pub tags: Option<TagNames>,
}

impl Default for LoadOptions {
    fn default() -> LoadOptions {
        LoadOptions { spacing_bytes: SPACING_BYTES, gate: None, tags: None }
    }
}

impl Worker {
    /// What reads the run of that index, whose header the indexer has read, and tells what it finds.
    pub(super) fn new(
        (index, indexer): (Index, Indexer),
        options: LoadOptions,
        updates: Sender<Update>,
    ) -> Worker {
        let run = RunReader { index, options, updates };
        let book = OpenOperations::of(run.protocol());
        let events = Events { indexer, book, commands: Vec::new() };
        Worker { run, stage: Stage::Events(Box::new(events)) }
    }
}

impl Work for Worker {
    fn go_on(&mut self) -> bool {
        if self.run.is_held_up() {
            return true;
        }
        let next = match std::mem::replace(&mut self.stage, Stage::Over) {
            Stage::Events(events) => self.run.read_on(events),
            Stage::Nodes(nodes) => self.run.travel_on(nodes),
            Stage::Over => Ok(Stage::Over),
        };
        // When nobody listens any more, nobody wants to know.
        self.stage = next.unwrap_or(Stage::Over);
        !matches!(self.stage, Stage::Over)
    }

    fn wait(&mut self) {
        if let Some(gate) = self.run.gate() {
            // Nothing can come through it: it opens when the other end is let go.
            let _ = gate.recv();
        }
    }
}

impl RunReader {
    fn publish(&self, update: Update) -> Result<(), Disconnected> {
        self.updates.send(update).map_err(|_| Disconnected)
    }

    /// The gate, once the first events are there.
    fn gate(&self) -> Option<&Receiver<Infallible>> {
        self.options.gate.as_ref().filter(|_| !self.index.is_empty())
    }

    /// Whether the gate is shut.
    fn is_held_up(&self) -> bool {
        self.gate().is_some_and(|gate| gate.try_recv() == Err(TryRecvError::Empty))
    }

    /// Reads the next events, or behind the last one the end.
    fn read_on(&mut self, mut events: Box<Events>) -> Result<Stage, Disconnected> {
        let Some(block) = events.indexer.advance() else { return self.read_end(*events) };
        let start = self.index.len();
        self.index.push(block.clone());
        let turns = self.turns(&mut events.book, start);
        events.commands.extend(turns.iter().filter_map(|turn| match turn {
            OperationUpdate::Sent(operation) => Some(operation.command),
            OperationUpdate::Answered(..) => None,
        }));
        let hundredths = events.indexer.hundredths();
        self.publish(Update::Events(Stretch { block, turns, hundredths }))?;
        if start == 0 && hundredths < 100 {
            self.preview(&events.commands)?;
        }
        Ok(Stage::Events(events))
    }

    /// Reads the last line and the calls, and sets up the nodes.
    fn read_end(&self, events: Events) -> Result<Stage, Disconnected> {
        let Events { mut indexer, commands, .. } = events;
        let calls = indexer.take_calls();
        let footer = match indexer.finish() {
            Ok((footer, completeness)) => {
                let ending = footer.as_ref().map(|footer| footer.ending.clone());
                self.publish(Update::End(ending, completeness))?;
                footer
            }
            Err(error) => {
                self.publish(Update::Problem(with_hint(&error)))?;
                None
            }
        };
        self.look_at_calls(calls, footer.as_ref())?;
        match self.setup(commands.into_iter().collect()) {
            Ok(setup) => self.set_out(recorded::start(&setup), footer),
            Err(why) => {
                self.publish(Update::Opaque(why))?;
                self.be_done()
            }
        }
    }

    fn be_done(&self) -> Result<Stage, Disconnected> {
        self.publish(Update::Done)?;
        Ok(Stage::Over)
    }

    /// Says what the ranks called, and what is wrong by that.
    fn look_at_calls(
        &self,
        found: IndexedCalls,
        footer: Option<&Footer>,
    ) -> Result<(), Disconnected> {
        if found.calls.is_empty() {
            return Ok(());
        }
        let diagnosed = diagnosed::of(&self.index, &found, footer);
        self.publish(Update::Calls(Arc::new(Calls::of(&self.index, found))))?;
        diagnosed.map_or(Ok(()), |all| self.publish(Update::Diagnosed(Box::new(all))))
    }

    /// The nodes at the start, or why nobody can know them.
    fn setup(&self, commands: Script) -> Result<Setup, String> {
        let header = self.index.header();
        if header.ranks > MOST_RANKS {
            return Err(format!(
                "the nodes of {} ranks are not kept: at most {MOST_RANKS}",
                header.ranks
            ));
        }
        Setup::of(header, commands).map_err(|why| why.to_string())
    }

    fn command_rank(&self) -> Rank {
        self.protocol().roles(self.index.header().ranks).command
    }

    /// The protocol whose commands and replies the run has.
    fn protocol(&self) -> ProtocolId {
        ProtocolId::spoken_with(&self.index.header().protocol)
    }

    /// What the events from a place on say of the commands.
    fn turns(&self, book: &mut OpenOperations, start: usize) -> Vec<OperationUpdate> {
        // Where no protocol is named nothing is a command, whatever its tag.
        if self.index.header().protocol == NO_PROTOCOL {
            return Vec::new();
        }
        let command = self.command_rank();
        let mut lines = self.index.lines();
        let places = (start..self.index.len()).map(EventIndex);
        let own = places.filter(|at| self.index.outline(*at).rank == command);
        own.filter_map(|at| book.take(at, &lines.event(at).ok()?)).collect()
    }

    /// How the nodes stood at the start, as far as the first events show what the command node had to
    /// do: up to its last receive, after which it may have sent more than is seen yet.
    fn preview(&self, commands: &[Command]) -> Result<(), Disconnected> {
        let command = self.command_rank();
        let is_its_receive = |at: &EventIndex| {
            let outline = self.index.outline(*at);
            outline.rank == command && outline.source().is_some()
        };
        let last = (0..self.index.len()).map(EventIndex).rev().find(is_its_receive);
        let setup = self.setup(commands.iter().copied().collect());
        let (Some(last), Ok(setup)) = (last, setup) else { return Ok(()) };
        let mut replay = recorded::start(&setup);
        let mut checkpoints = replay.history();
        let mut pace = Pace::new(self.options.spacing_bytes);
        let mut lines = self.index.lines();
        let mut cursor = 0;
        while cursor < last.0 && go_past(&mut *replay, lines.event(EventIndex(cursor))).is_ok() {
            let offset = self.index.outline(EventIndex(cursor)).offset;
            let checkpoint = pace.stretch_ends(offset, &mut *replay).flatten();
            checkpoint.into_iter().for_each(|checkpoint| checkpoints.add(checkpoint));
            cursor += 1;
        }
        self.publish(Update::Preview(checkpoints, cursor))
    }

    /// The nodes at their start.
    fn set_out(
        &self,
        replay: Box<dyn RecordedRun>,
        footer: Option<Footer>,
    ) -> Result<Stage, Disconnected> {
        self.publish(Update::Start(replay.history()))?;
        let pace = Pace::new(self.options.spacing_bytes);
        Ok(Stage::Nodes(Box::new(Nodes { replay, footer, pace, next: 0 })))
    }

    /// Goes past the next events with the nodes.
    fn travel_on(&self, mut nodes: Box<Nodes>) -> Result<Stage, Disconnected> {
        let Nodes { replay, pace, next, .. } = &mut *nodes;
        let mut lines = self.index.lines();
        let end = self.index.len().min(*next + EVENTS_AT_ONCE);
        for at in (*next..end).map(EventIndex) {
            if let Err(why) = go_past(&mut **replay, lines.event(at)) {
                self.publish(further(&mut **replay, at.0, None))?;
                self.publish(why.news(at, self.index.outline(at).rank))?;
                return self.be_done();
            }
            let offset = self.index.outline(at).offset;
            if let Some(checkpoint) = pace.stretch_ends(offset, &mut **replay) {
                self.publish(further(&mut **replay, at.0 + 1, checkpoint))?;
            }
        }
        *next = end;
        if end < self.index.len() { Ok(Stage::Nodes(nodes)) } else { self.arrive(*nodes) }
    }

    /// Says what is known once the nodes are behind the last event.
    fn arrive(&self, nodes: Nodes) -> Result<Stage, Disconnected> {
        let Nodes { mut replay, footer, .. } = nodes;
        if let Some(Footer { ending, .. }) = &footer {
            replay.finish();
            let why = replay.explanation(ending).or_else(|| self.explanation(ending));
            why.map_or(Ok(()), |why| self.publish(Update::Explanation(why)))?;
        }
        self.publish(further(&mut *replay, self.index.len(), None))?;
        self.be_done()
    }

    /// Why a run did not complete whose last state does not show it.
    fn explanation(&self, ending: &Ending) -> Option<Explanation> {
        let needs_all = matches!(ending, Ending::Livelock | Ending::Stopped);
        if !needs_all || self.index.len() > LONGEST_LIVELOCK {
            return None;
        }
        let mut lines = self.index.lines();
        let events: Option<Vec<Event>> =
            (0..self.index.len()).map(|at| lines.event(EventIndex(at)).ok()).collect();
        let events = events?;
        let footer = Some(Footer { ending: ending.clone(), events: events.len() as u64 });
        let trace =
            Trace { header: self.index.header().clone(), events, calls: Vec::new(), footer };
        end_summary(&trace, &[]).ok()?.explanation
    }
}

/// Why a replay does not go on.
enum Stop {
    Leaves(What),
    Unreadable(ReadError),
}

impl Stop {
    fn news(self, at: EventIndex, rank: Rank) -> Update {
        match self {
            Stop::Leaves(what) => {
                Update::Departure(Departure { at, what: format!("rank {rank} {what}") })
            }
            Stop::Unreadable(error) => Update::Problem(with_hint(&error)),
        }
    }
}

fn go_past(replay: &mut dyn RecordedRun, event: Result<Event, ReadError>) -> Result<(), Stop> {
    replay.take(&event.map_err(Stop::Unreadable)?).map_err(Stop::Leaves)
}

/// When to leave a checkpoint: in bytes of the trace.
struct Pace {
    spacing_bytes: u64,
    last: u64,
    next: u64,
}

impl Pace {
    fn new(spacing_bytes: u64) -> Pace {
        Pace { spacing_bytes, last: 0, next: spacing_bytes }
    }

    /// Whether a stretch ends at an event whose line is there; then maybe with a checkpoint, unless that
    /// takes too much.
    fn stretch_ends(
        &mut self,
        offset: u64,
        replay: &mut dyn RecordedRun,
    ) -> Option<Option<Changes>> {
        if offset < self.next {
            return None;
        }
        self.next = offset + self.spacing_bytes;
        let limit_bytes = (offset - self.last) / BYTES_OF_TRACE;
        let checkpoint = replay.checkpoint(usize::try_from(limit_bytes).unwrap_or(usize::MAX));
        if checkpoint.is_some() {
            self.last = offset;
        }
        Some(checkpoint)
    }
}

fn further(replay: &mut dyn RecordedRun, cursor: usize, checkpoint: Option<Changes>) -> Update {
    let violation_at = |(at, violation)| ViolationAt { at, violation };
    Update::Further(Box::new(StretchReport {
        cursor,
        checkpoint,
        violations: replay.take_sightings().into_iter().map(violation_at).collect(),
        key_events: replay.take_key_events(),
        tallies: tallies(|invariant| replay.tally(invariant)),
    }))
}

/// An error in words, its advice on a line of its own.
pub(super) fn with_hint(error: &ReadError) -> String {
    let hint = error.hint().map(|hint| format!("\n  hint: {hint}"));
    format!("{error}{}", hint.unwrap_or_default())
}
