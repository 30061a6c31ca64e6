//! How a run stood after one of its events.

use std::ops::Range;

use ringscope_sim::protocol::arithmetic::{KeyRange, Ring};
use ringscope_sim::protocol::{NodeState, Viewed as _};
use ringscope_sim::replay::Statuses;
use ringscope_sim::replay::recorded::States;
use ringscope_traces::{EventIndex, Op, Rank, Tag};

use super::{EventInfo, Timeline};

/// How a run stood after one of its events.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// How many events had happened.
    pub cursor: usize,
    /// The nodes' states; `None` where nobody knows them: in another dialect, after a departure, and as
    /// long as the timeline has not been read so far.
    pub states: Option<NodeStates>,
    /// The messages that had been sent and not yet received, the oldest first.
    pub flights: Vec<Flight>,
}

/// The states of all nodes.
#[derive(Debug, Clone)]
pub struct NodeStates {
    /// By rank.
    pub nodes: Vec<NodeState>,
    /// What every rank is doing.
    pub statuses: Statuses,
    /// The ring that their pointers make.
    pub ring: Ring,
    /// The rank of the last event as it was before that event.
    pub before: Option<(Rank, NodeState)>,
    /// The ring as it was before that event, where the event changed it.
    pub ring_before: Option<Ring>,
}

impl NodeStates {
    /// What a node owns by its place in the ring.
    pub fn range_of(&self, rank: Rank) -> Option<KeyRange> {
        range_in(&self.ring, rank, self.nodes.get(rank.index())?)
    }

    /// What it owned before the last event.
    pub fn range_before(&self, rank: Rank) -> Option<KeyRange> {
        let node = match &self.before {
            Some((changed, node)) if *changed == rank => node,
            Some(_) | None => self.nodes.get(rank.index())?,
        };
        range_in(self.ring_before.as_ref().unwrap_or(&self.ring), rank, node)
    }
}

fn range_in(ring: &Ring, rank: Rank, node: &NodeState) -> Option<KeyRange> {
    Some(ring.member(rank, node.view().id?)?.range)
}

/// A message under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flight {
    /// Its send.
    pub sent: EventIndex,
    /// Who sent it.
    pub from: Rank,
    /// Who is to receive it.
    pub to: Rank,
    /// Its MPI tag.
    pub tag: Tag,
}

impl Timeline {
    /// How the run stood at a cursor.
    ///
    /// # Panics
    ///
    /// When the cursor is beyond the events.
    pub fn snapshot(&self, cursor: usize) -> Snapshot {
        assert!(cursor <= self.len(), "the timeline has {} events, not {cursor}", self.len());
        Snapshot { cursor, states: self.states_at(cursor), flights: self.flights(cursor) }
    }

    fn states_at(&self, cursor: usize) -> Option<NodeStates> {
        self.loaded.checkpoints(cursor)?;
        let mut snapshot = self.nodes_at(cursor.saturating_sub(1))?;
        let mut before = None;
        if let Some(at) = self.event_at(cursor) {
            let rank = self.info(at).rank;
            before = Some((rank, snapshot.node(rank)));
            self.go_past(at..EventIndex(cursor), &mut *snapshot)?;
        }
        self.note_sending(cursor, &mut *snapshot)?;
        let (mut nodes, statuses) = (snapshot.nodes(), snapshot.statuses().clone());
        let ring = Ring::walk(&nodes);
        let ring_before = before.as_mut().and_then(|(rank, node)| {
            let place = nodes.get_mut(rank.index())?;
            std::mem::swap(place, node);
            let was = Ring::walk(&nodes);
            std::mem::swap(nodes.get_mut(rank.index())?, node);
            (was != ring).then_some(was)
        });
        Some(NodeStates { nodes, statuses, ring, before, ring_before })
    }

    /// The nodes at a cursor, to go on with from there.
    pub(super) fn nodes_at(&self, cursor: usize) -> Option<Box<dyn States>> {
        let checkpoints = self.loaded.checkpoints(cursor)?;
        let checkpoint = checkpoints.before(cursor);
        let mut nodes = checkpoints.snapshot(checkpoint);
        self.go_past(EventIndex(checkpoint)..EventIndex(cursor), &mut *nodes)?;
        Some(nodes)
    }

    /// Goes past events; only receives change a node.
    fn go_past(&self, events: Range<EventIndex>, nodes: &mut dyn States) -> Option<()> {
        let mut lines = self.index.lines();
        for at in (events.start.0..events.end.0).map(EventIndex) {
            match self.info(at).op {
                Op::Recv => nodes.take(&self.noting(lines.event(at))?),
                Op::Send => {}
            }
        }
        Some(())
    }

    /// Finds the ranks that are in a send which returns only when it is received. Those are few lines to
    /// read: of each rank its last event, where that is a send that was not received.
    fn note_sending(&self, cursor: usize, snapshot: &mut dyn States) -> Option<()> {
        if !snapshot.has_synchronous_sends() {
            return Some(());
        }
        let mut lines = self.index.lines();
        for sent in self.index.open(cursor) {
            if self.next(sent).is_none_or(|next| next.0 >= cursor) {
                snapshot.is_last_of_its_rank(&self.noting(lines.event(sent))?);
            }
        }
        Some(())
    }

    fn flights(&self, cursor: usize) -> Vec<Flight> {
        let flight = |sent: EventIndex| {
            let EventInfo { rank: from, peer: to, tag, .. } = self.info(sent);
            Flight { sent, from, to, tag }
        };
        self.index.open(cursor).into_iter().map(flight).collect()
    }
}
