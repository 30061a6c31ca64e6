//! A run that can be looked at after any of its events.
//!
//! A cursor is how many events have happened: 0 is before the first one, and the event that brought the
//! run to a cursor is the one before it ([`Timeline::event_at`]). Going back costs what going forward costs.

pub(crate) mod calls;
mod diagnosed;
mod find;
mod fork;
mod holdings;
mod loaded;
mod neighbors;
mod operations;
mod otherwise;
mod shutdown;
mod snapshot;
#[cfg(test)]
mod tests;
mod why;
mod worker;

use std::cell::OnceCell;
use std::convert::Infallible;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use ringscope_sim::explain::Explanation;
use ringscope_sim::invariants::{Invariant, Violation};
use ringscope_sim::protocol::{Key, Roles};
use ringscope_sim::protocols::ProtocolId;
use ringscope_sim::scenario::Scenario;
use ringscope_sim::simulate::{Recorded, record};
use ringscope_traces::indexed::{Index, Indexer, Outline, Store};
use ringscope_traces::tags::TagNames;
use ringscope_traces::{
    Completeness, Ending, Event, EventIndex, Header, Op, Payload, Rank, ReadError, Tag, Trace,
    read_trace,
};

pub use calls::{CallMark, CallRow, Calls, Collective, Entered, Moment, TimedCall};
pub use diagnosed::Diagnosed;
pub(crate) use diagnosed::MOST_EVENTS_DIAGNOSED;
pub use find::Direction;
pub use fork::Validation;
pub use holdings::Holdings;
pub use neighbors::Neighbors;
pub use operations::Operation;
pub use otherwise::Otherwise;
pub use ringscope_sim::replay::{How, KeyEvent};
pub use shutdown::Shutdown;
pub use snapshot::{Flight, NodeStates, Snapshot};
pub(crate) use why::wait_for_graph;
pub use why::{Light, Race, Why};

use crate::failure::Failure;
use crate::files::{self, shown};
use crate::host::BackgroundWork;
use crate::trace_summary::{HeaderNames, ending_summary, vocabulary};
use loaded::{Loaded, Update};
use worker::{LoadOptions, Worker, with_hint};

/// Where the events of a timeline come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// A scenario, simulated here and now: it can be added to.
    Live(Scenario),
    /// A trace in a file.
    File(Arc<Path>),
    /// A trace that is kept in memory, under the name that messages have for it.
    Kept(Arc<str>, Arc<[u8]>),
}

/// An event without its payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventInfo {
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

impl EventInfo {
    /// The rank whose message it receives; `None` when it is no receive.
    pub fn source(&self) -> Option<Rank> {
        match self.op {
            Op::Recv => Some(self.peer),
            Op::Send => None,
        }
    }

    /// The rank that it sends to; `None` when it is no send.
    pub fn destination(&self) -> Option<Rank> {
        match self.op {
            Op::Send => Some(self.peer),
            Op::Recv => None,
        }
    }
}

/// An invariant that no longer held, and after which event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViolationAt {
    /// The receive at which it began.
    pub at: EventIndex,
    /// What was violated.
    pub violation: Violation,
}

/// Where a recorded run leaves the protocol: from here on nobody knows the nodes' states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Departure {
    /// The first event that is not what the protocol does.
    pub at: EventIndex,
    /// What it does instead, in words.
    pub what: String,
}

/// How much of a timeline is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoadProgress {
    /// It is being read; so many hundredths of the file are.
    Reading(u8),
    /// Its events are there; the invariants are being checked, so many hundredths of them.
    Checking(u8),
    /// All that will ever be known is known.
    Done,
}

/// A run that can be looked at after any of its events.
///
/// ```
/// use ringscope_screen::timeline::Timeline;
/// use ringscope_sim::scenario::builtin;
///
/// let join = builtin::find("join").expect("it is built in").scenario();
/// let timeline = Timeline::live(join);
/// let last = timeline.event_at(timeline.len()).expect("it has events");
/// // What the command node receives last has been sent somewhere.
/// let send = timeline.partner(last).expect("every receive has its send");
/// assert_eq!(timeline.info(last).source(), Some(timeline.info(send).rank));
/// assert!(timeline.causes(last).contains(&send));
/// ```
pub struct Timeline {
    source: Source,
    index: Index,
    loaded: Loaded,
    /// What the background has found and nobody has taken yet; `None` when it has found everything.
    news: Option<BackgroundWork<Update>>,
    /// Why a line could not be read again.
    unreadable: OnceCell<String>,
    /// The shutdown with which it ends, once that has been looked for.
    shutdown: OnceCell<Option<Shutdown>>,
}

/// A shorter run is read at once: that takes no longer than a frame or two.
const SHORT_BYTES: u64 = 4 << 20;

/// The most ranks of a run that can be looked at: the nodes of all of them are kept, many times over.
/// With these, going along a run takes about a second and 140 MB.
const MOST_RANKS: u32 = 100_000;

/// The most messages of a live run whose scenario sets no limit: it is kept in memory.
const LIVE_MESSAGES: u64 = 1_000_000;

impl Timeline {
    /// Simulates a scenario to its end, or to so many messages that more would fill the memory.
    pub fn live(scenario: Scenario) -> Timeline {
        Timeline::live_within(scenario, u64::MAX)
    }

    /// Simulates a scenario to its end, or to so many messages.
    pub(crate) fn live_within(scenario: Scenario, limit_messages: u64) -> Timeline {
        let Recorded { to: bytes, summary, .. } = simulated_within(&scenario, limit_messages);
        let name = scenario.name.clone();
        let store = Store::Memory(bytes.into());
        let timeline = Timeline::read(Source::Live(scenario), store, &name, LoadOptions::default());
        let mut timeline = timeline.expect("what we write we read");
        timeline.loaded.explanation = summary.explanation;
        timeline
    }

    /// Opens a trace. Where it is long it is read on in the background: see [`Timeline::poll`].
    ///
    /// # Errors
    ///
    /// When there is no such file, or it does not begin as a trace.
    pub fn open(path: &Path) -> Result<Timeline, Failure> {
        Timeline::open_with(path, LoadOptions::default())
    }

    /// Opens a trace that is kept in memory.
    ///
    /// # Errors
    ///
    /// When it does not begin as a trace.
    pub fn kept(name: &str, bytes: Arc<[u8]>) -> Result<Timeline, Failure> {
        Timeline::kept_with(name, bytes, LoadOptions::default())
    }

    /// Opens the run of a source.
    ///
    /// # Errors
    ///
    /// When its file is no longer there, or it no longer begins as a trace.
    pub fn of(source: &Source) -> Result<Timeline, Failure> {
        Timeline::of_with(source, LoadOptions::default())
    }

    /// Opens the run of a source with names for its tags, in the place of those that a trace's header has.
    ///
    /// # Errors
    ///
    /// As those of [`Timeline::of`].
    pub fn named(source: &Source, tags: Option<TagNames>) -> Result<Timeline, Failure> {
        Timeline::of_with(source, LoadOptions { tags, ..LoadOptions::default() })
    }

    /// Opens the run of a source as [`Timeline::of`] does, but reads a trace no further than its first events
    /// while somebody holds the other end of the gate: who does has more urgent work for the processors.
    ///
    /// # Errors
    ///
    /// As those of [`Timeline::of`].
    pub(crate) fn behind(gate: Receiver<Infallible>, source: &Source) -> Result<Timeline, Failure> {
        Timeline::of_with(source, LoadOptions { gate: Some(gate), ..LoadOptions::default() })
    }

    fn of_with(source: &Source, options: LoadOptions) -> Result<Timeline, Failure> {
        match source {
            Source::Live(scenario) => Ok(Timeline::live(scenario.clone())),
            Source::File(path) => Timeline::open_with(path, options),
            Source::Kept(name, bytes) => Timeline::kept_with(name, Arc::clone(bytes), options),
        }
    }

    fn open_with(path: &Path, options: LoadOptions) -> Result<Timeline, Failure> {
        let store = files::store(path)?;
        Ok(Timeline::read(Source::File(path.into()), store, &shown(path), options)?)
    }

    fn kept_with(name: &str, bytes: Arc<[u8]>, options: LoadOptions) -> Result<Timeline, Failure> {
        let store = Store::Memory(Arc::clone(&bytes));
        Ok(Timeline::read(Source::Kept(name.into(), bytes), store, name, options)?)
    }

    /// Reads a trace: its first events at least, and all of them where they are few.
    fn read(
        source: Source,
        store: Store,
        name: &str,
        options: LoadOptions,
    ) -> Result<Timeline, ReadError> {
        let is_short = store.len().is_ok_and(|bytes| bytes <= SHORT_BYTES);
        let indexer = Indexer::new(store.clone(), name)?;
        let mut header = indexer.header().clone();
        if let Some(tags) = &options.tags {
            tags.put_into(&mut header);
        }
        let index = Index::new(store, name, header);
        let (sender, news) = channel();
        // A short trace is read here and now, whatever it is in the way of.
        let options = LoadOptions { gate: options.gate.filter(|_| !is_short), ..options };
        let work = Box::new(Worker::new((index.clone(), indexer), options, sender));
        let news = match is_short {
            true => BackgroundWork::at_once(work, news),
            false => BackgroundWork::begin(work, news),
        };
        let mut timeline = Timeline {
            source,
            index,
            loaded: Loaded::default(),
            news: Some(news),
            unreadable: OnceCell::new(),
            shutdown: OnceCell::new(),
        };
        if !is_short {
            timeline.wait_for_update();
        }
        timeline.poll();
        Ok(timeline)
    }

    /// Waits until there is nothing more to know.
    pub fn wait(&mut self) {
        self.wait_reporting(&mut |_| true);
    }

    /// Waits until there is nothing more to know, or `report`, which gets the progress, returns `false`.
    pub fn wait_reporting(&mut self, report: &mut dyn FnMut(LoadProgress) -> bool) {
        while self.wait_for_update() {
            self.poll();
            if !report(self.progress()) {
                return;
            }
        }
        self.loaded.is_done = true;
    }

    /// Whether there was any.
    fn wait_for_update(&mut self) -> bool {
        let news = self.news.as_mut().and_then(BackgroundWork::next);
        let is_new = news.is_some();
        news.into_iter().for_each(|news| self.learn(news));
        is_new
    }

    /// Takes what the background has found since; whether there was anything.
    pub fn poll(&mut self) -> bool {
        let Some(mut background) = self.news.take() else { return false };
        background.go_on();
        let mut is_new = false;
        loop {
            match background.try_next() {
                Ok(news) => {
                    is_new = true;
                    self.learn(news);
                }
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    self.loaded.is_done = true;
                    return true;
                }
            }
        }
        self.news = Some(background);
        is_new
    }

    fn learn(&mut self, news: Update) {
        if let Some(block) = self.loaded.learn(news) {
            self.index.push(block);
        }
    }

    /// How much of it is there.
    pub fn progress(&self) -> LoadProgress {
        if self.loaded.is_done {
            LoadProgress::Done
        } else if self.loaded.is_read {
            LoadProgress::Checking(hundredths(self.loaded.checked(), self.len()))
        } else {
            LoadProgress::Reading(self.loaded.hundredths)
        }
    }

    /// What keeps the file from being read to its end, with line and column; what was read so far is
    /// there.
    pub fn problem(&self) -> Option<&str> {
        self.loaded.problem.as_deref().or(self.unreadable.get().map(String::as_str))
    }

    /// Why nobody knows the nodes of this run at any cursor, such as that it is of another dialect.
    pub fn opaque(&self) -> Option<&str> {
        self.loaded.opaque.as_deref()
    }

    /// Up to which cursor the nodes' states are known so far.
    pub fn states(&self) -> usize {
        self.loaded.states()
    }

    /// Where the events come from.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The trace's header.
    pub fn header(&self) -> &Header {
        self.index.header()
    }

    /// How the run ended; `None` when it was cut off, or its end has not been read yet.
    pub fn ending(&self) -> Option<&Ending> {
        self.loaded.ending.as_ref()
    }

    /// Where the trace was cut off, in the words of [`ending_summary`]; `None` when it is whole, or its end has not been
    /// read yet.
    pub fn cut_off(&self) -> Option<String> {
        match self.loaded.completeness? {
            Completeness::Whole => None,
            cut @ (Completeness::CutOff | Completeness::CutOffInLine { .. }) => {
                Some(ending_summary(None, cut))
            }
        }
    }

    /// Why the run did not complete, as far as that is known.
    pub fn explanation(&self) -> Option<&Explanation> {
        self.loaded.explanation.as_ref()
    }

    /// What the ranks called beside sends and receives; none as long as the trace is being read, and of a run of messages alone.
    pub fn calls(&self) -> &Arc<Calls> {
        &self.loaded.calls
    }

    /// What is wrong with the run by what its calls show; `None` where that cannot be said, see [`Timeline::undiagnosed`].
    pub fn diagnosed(&self) -> Option<&Diagnosed> {
        self.loaded.diagnosed.as_ref()
    }

    /// Why nobody says what is wrong with a run whose trace has calls: it is too long.
    pub fn undiagnosed(&self) -> Option<String> {
        let has_calls = !self.calls().is_empty() || self.calls().left_out() > 0;
        let is_known = self.diagnosed().is_some() || !has_calls;
        (self.progress() == LoadProgress::Done && !is_known).then(|| diagnosed::TOO_LONG.to_owned())
    }

    /// Whether the run is of a protocol that is known, which has a ring.
    pub fn has_ring(&self) -> bool {
        self.protocol().is_some()
    }

    /// How many events are there so far.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether nothing has happened at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The event that brought the run to a cursor; none at 0.
    pub fn event_at(&self, cursor: usize) -> Option<EventIndex> {
        cursor.checked_sub(1).map(EventIndex)
    }

    /// An event without its payload.
    ///
    /// # Panics
    ///
    /// When the timeline does not have that place.
    pub fn info(&self, at: EventIndex) -> EventInfo {
        let Outline { rank, op, peer, tag, t, .. } = self.index.outline(at);
        EventInfo { rank, op, peer, tag, t }
    }

    /// An event with all that its line says; `None` when that cannot be read any more, which
    /// [`Timeline::problem`] says.
    ///
    /// # Panics
    ///
    /// When the timeline does not have that place.
    pub fn event(&self, at: EventIndex) -> Option<Event> {
        self.noting(self.index.event(at))
    }

    fn noting(&self, event: Result<Event, ReadError>) -> Option<Event> {
        if let Err(error) = &event {
            self.unreadable.get_or_init(|| with_hint(error));
        }
        event.ok()
    }

    /// An event's payload, read from the file when it is asked for; null when that cannot be read any
    /// more.
    pub fn data(&self, at: EventIndex) -> Payload {
        self.event(at).map_or(Payload::Null, |event| event.data)
    }

    /// A send's receive, or a receive's send.
    pub fn partner(&self, at: EventIndex) -> Option<EventIndex> {
        self.index.partner(at)
    }

    /// The event before it on its rank.
    pub fn previous(&self, at: EventIndex) -> Option<EventIndex> {
        self.index.previous(at)
    }

    /// The event after it on its rank.
    pub fn next(&self, at: EventIndex) -> Option<EventIndex> {
        self.index.next(at)
    }

    /// Everything that happened before an event, and the event itself, in the order of the trace.
    pub fn causes(&self, at: EventIndex) -> Vec<EventIndex> {
        let mut causes = self.index.past(at);
        if let Err(place) = causes.binary_search(&at) {
            causes.insert(place, at);
        }
        causes
    }

    /// The run's protocol; `None` when it is of another dialect.
    pub fn protocol(&self) -> Option<ProtocolId> {
        ProtocolId::named(&self.header().protocol)
    }

    /// The protocol whose commands and replies the run has, in whichever dialect.
    pub fn commands_of(&self) -> ProtocolId {
        ProtocolId::spoken_with(&self.header().protocol)
    }

    /// The parts that its ranks play; `None` in another dialect.
    pub fn roles(&self) -> Option<Roles> {
        Some(self.protocol()?.roles(self.header().ranks))
    }

    /// The names of the run's tags.
    pub fn vocabulary(&self) -> HeaderNames {
        vocabulary(self.header())
    }

    /// The run's commands, in the order in which they were sent.
    pub fn operations(&self) -> &[Operation] {
        &self.loaded.operations
    }

    /// The violations that were found so far, in the order of the trace.
    pub fn violations(&self) -> &[ViolationAt] {
        &self.loaded.violations
    }

    /// How often each invariant has been checked so far, and how often it did not hold.
    pub fn tallies(&self) -> impl Iterator<Item = (Invariant, u64, u64)> + '_ {
        let tallies = Invariant::ALL.iter().zip(self.loaded.tallies);
        tallies.map(|(invariant, (checked, failed))| (*invariant, checked, failed))
    }

    /// What has become of a key, in the order of the trace.
    pub fn history(&self, key: Key) -> &[KeyEvent] {
        self.loaded.key_events.get(&key).map_or(&[], Vec::as_slice)
    }

    /// Where the run leaves the protocol, if it does.
    pub fn departure(&self) -> Option<&Departure> {
        self.loaded.departure.as_ref()
    }
}

/// Refuses a scenario of more ranks than can be looked at, before it is simulated.
///
/// # Errors
///
/// When it has more.
pub(crate) fn may_be_looked_at(scenario: &Scenario) -> Result<(), Failure> {
    let ranks = scenario.settings.ranks;
    if ranks <= MOST_RANKS {
        return Ok(());
    }
    let what = format!("has {ranks} ranks, and a run of at most {MOST_RANKS} can be looked at");
    let failure = Failure::about(&scenario.name, what);
    Err(failure.hint("`ringscope run` simulates larger ones, and --ranks sets another number"))
}

const MEMORY: &str = "memory takes a trace";

/// The trace of a scenario, to its end or to so many messages that more would fill the memory.
pub fn simulated(scenario: &Scenario) -> Recorded<Vec<u8>> {
    simulated_within(scenario, u64::MAX)
}

fn simulated_within(scenario: &Scenario, limit_messages: u64) -> Recorded<Vec<u8>> {
    record(&limited(scenario, limit_messages), Vec::new()).expect(MEMORY)
}

/// All events of a run.
pub(crate) fn trace(source: &Source) -> Result<Trace, Failure> {
    match source {
        Source::File(path) => Ok(files::trace(path)?.0),
        Source::Kept(name, bytes) => Ok(read_trace(&bytes[..], name)?.0),
        Source::Live(scenario) => Ok(read_trace(&simulated(scenario).to[..], &scenario.name)?.0),
    }
}

/// The scenario with a limit, if it has none: its run is going to be kept in memory.
fn limited(scenario: &Scenario, limit_messages: u64) -> Scenario {
    let mut limited = scenario.clone();
    let own = limited.settings.limit.unwrap_or(LIVE_MESSAGES);
    limited.settings.limit = Some(own.min(limit_messages));
    limited
}

fn hundredths(part: usize, whole: usize) -> u8 {
    let hundredths = part.saturating_mul(100) / whole.max(1);
    u8::try_from(hundredths.min(100)).expect("a hundred at most")
}
