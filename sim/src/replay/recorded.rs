//! A replay without its protocol's types: for those who show a run and do not run nodes.

use std::any::Any;
use std::fmt;

use ringscope_traces::{Ending, Event, EventIndex, Rank};

use super::finding::What;
use super::{Checkpoint, Checkpoints, KeyEvent, Reordered, Replay, Snapshot, Statuses};
use crate::conform::Setup;
use crate::explain::Explanation;
use crate::invariants::{Invariant, Tally, Violation};
use crate::protocol::{Node, NodeState, Protocol};
use crate::protocols::Visitor;

/// A [`Replay`] of whichever protocol.
pub trait RecordedRun: Send {
    /// As [`Replay::take`].
    ///
    /// # Errors
    ///
    /// What is wrong with the event.
    fn take(&mut self, event: &Event) -> Result<(), What>;

    /// As [`Replay::finish`].
    fn finish(&mut self);

    /// As [`Replay::explanation`].
    fn explanation(&self, ending: &Ending) -> Option<Explanation>;

    /// As [`Replay::tally`].
    fn tally(&self, invariant: Invariant) -> &Tally;

    /// As [`Replay::take_sightings`].
    fn take_sightings(&mut self) -> Vec<(EventIndex, Violation)>;

    /// As [`Replay::take_key_events`].
    fn take_key_events(&mut self) -> Vec<KeyEvent>;

    /// As [`Replay::checkpoint`].
    fn checkpoint(&mut self, limit_bytes: usize) -> Option<Changes>;

    /// As [`Checkpoints::of`].
    fn history(&self) -> Box<dyn History>;
}

/// The [`Checkpoints`] of a run of whichever protocol.
pub trait History: Send {
    /// As [`Checkpoints::add`].
    ///
    /// # Panics
    ///
    /// When the changes are of a run of another protocol.
    fn add(&mut self, changes: Changes);

    /// As [`Checkpoints::before`].
    fn before(&self, cursor: usize) -> usize;

    /// As [`Checkpoints::snapshot`].
    fn snapshot(&self, checkpoint: usize) -> Box<dyn States>;
}

/// A [`Snapshot`] of whichever protocol.
pub trait States {
    /// As [`Snapshot::take`].
    fn take(&mut self, event: &Event);

    /// What a rank's node shows of itself.
    fn node(&self, rank: Rank) -> NodeState;

    /// What all nodes show of themselves, by rank.
    fn nodes(&self) -> Vec<NodeState>;

    /// What every rank is doing.
    fn statuses(&self) -> &Statuses;

    /// As [`Snapshot::has_synchronous_sends`].
    fn has_synchronous_sends(&self) -> bool;

    /// As [`Snapshot::is_last_of_its_rank`].
    fn is_last_of_its_rank(&mut self, send: &Event);

    /// As [`Snapshot::reordered`].
    fn reordered(&self, received: &Event, sooner: &Event) -> Option<Reordered>;
}

/// A [`Checkpoint`] of whichever protocol.
pub struct Changes(Box<dyn Any + Send>);

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes").finish_non_exhaustive()
    }
}

/// Starts every node of a recorded run.
///
/// ```
/// use ringscope_sim::conform::setup;
/// use ringscope_sim::protocol::Viewed as _;
/// use ringscope_sim::replay::recorded::start;
/// use ringscope_sim::scenario::Scenario;
/// use ringscope_sim::simulate::record;
/// use ringscope_traces::{Rank, read_trace};
///
/// let scenario = Scenario::parse("put", "put 400 4\nget 400")?;
/// let recorded = record(&scenario, Vec::new())?;
/// let (trace, _) = read_trace(recorded.to.as_slice(), "put.jsonl")?;
/// let mut run = start(&setup(&trace)?);
/// let mut history = run.history();
/// for event in &trace.events {
///     run.take(event)?;
/// }
/// history.add(run.checkpoint(usize::MAX).expect("there is room"));
/// // The nodes at the end: rank 6 holds the only pair.
/// let end = history.snapshot(history.before(trace.events.len()));
/// let node = end.node(Rank(6));
/// assert_eq!(node.view().storage.map(|storage| storage.len()), Some(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn start(setup: &Setup) -> Box<dyn RecordedRun> {
    setup.protocol.dispatch(Start(setup))
}

struct Start<'a>(&'a Setup);

impl Visitor for Start<'_> {
    type Output = Box<dyn RecordedRun>;

    fn visit<P: Protocol>(self) -> Box<dyn RecordedRun> {
        Box::new(Typed::<P>(Replay::start(self.0.nodes::<P>(), self.0.eager)))
    }
}

struct Typed<P: Protocol>(Replay<P::Node>);

impl<P: Protocol> RecordedRun for Typed<P> {
    fn take(&mut self, event: &Event) -> Result<(), What> {
        self.0.take(event)
    }

    fn finish(&mut self) {
        self.0.finish();
    }

    fn explanation(&self, ending: &Ending) -> Option<Explanation> {
        self.0.explanation::<P>(ending)
    }

    fn tally(&self, invariant: Invariant) -> &Tally {
        self.0.tally(invariant)
    }

    fn take_sightings(&mut self) -> Vec<(EventIndex, Violation)> {
        self.0.take_sightings()
    }

    fn take_key_events(&mut self) -> Vec<KeyEvent> {
        self.0.take_key_events()
    }

    fn checkpoint(&mut self, limit_bytes: usize) -> Option<Changes> {
        self.0.checkpoint(limit_bytes).map(|checkpoint| Changes(Box::new(checkpoint)))
    }

    fn history(&self) -> Box<dyn History> {
        Box::new(Checkpoints::of(&self.0))
    }
}

impl<N: Node + Send + Sync + 'static> History for Checkpoints<N> {
    fn add(&mut self, Changes(changes): Changes) {
        let checkpoint = changes.downcast::<Checkpoint<N>>();
        self.add(*checkpoint.expect("the changes are of a run of the same protocol"));
    }

    fn before(&self, cursor: usize) -> usize {
        self.before(cursor)
    }

    fn snapshot(&self, checkpoint: usize) -> Box<dyn States> {
        Box::new(self.snapshot(checkpoint))
    }
}

impl<N: Node + 'static> States for Snapshot<N> {
    fn take(&mut self, event: &Event) {
        self.take(event);
    }

    fn node(&self, rank: Rank) -> NodeState {
        NodeState::of(&self.nodes[rank.index()].view())
    }

    fn nodes(&self) -> Vec<NodeState> {
        self.nodes.iter().map(|node| NodeState::of(&node.view())).collect()
    }

    fn statuses(&self) -> &Statuses {
        &self.statuses
    }

    fn has_synchronous_sends(&self) -> bool {
        self.has_synchronous_sends()
    }

    fn is_last_of_its_rank(&mut self, send: &Event) {
        self.is_last_of_its_rank(send);
    }

    fn reordered(&self, received: &Event, sooner: &Event) -> Option<Reordered> {
        self.reordered(received, sooner)
    }
}
