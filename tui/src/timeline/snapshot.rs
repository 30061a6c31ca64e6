//! How a run stood after one of its events.

use ringscope_sim::protocol::arithmetic::Ring;
use ringscope_sim::protocol::{NodeState, Wait};
use ringscope_traces::{EventIndex, Rank, Tag};

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
    /// What each will take next, when it has sent what it is to send; by rank.
    pub waits: Vec<Wait>,
    /// The ring that their pointers make.
    pub ring: Ring,
    /// The rank of the last event as it was before that event.
    pub before: Option<(Rank, NodeState)>,
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
        let checkpoints = self.loaded.checkpoints(cursor)?;
        // The last event is gone past here at any rate, to see the node before it.
        let checkpoint = checkpoints.before(cursor.saturating_sub(1));
        let mut snapshot = checkpoints.snapshot(checkpoint);
        let mut before = None;
        let mut lines = self.index.lines();
        for at in (checkpoint..cursor).map(EventIndex) {
            let info = self.info(at);
            let rank = info.rank;
            if self.event_at(cursor) == Some(at) {
                before = Some((rank, snapshot.node(rank)));
            }
            if info.source().is_some() {
                snapshot.take(&self.noting(lines.event(at))?);
            }
        }
        let (nodes, waits) = (snapshot.nodes(), snapshot.waits().to_vec());
        let ring = Ring::walk(&nodes);
        Some(NodeStates { nodes, waits, ring, before })
    }

    fn flights(&self, cursor: usize) -> Vec<Flight> {
        let flight = |sent: EventIndex| {
            let EventInfo { rank: from, peer: to, tag, .. } = self.info(sent);
            Flight { sent, from, to, tag }
        };
        self.index.open(cursor).into_iter().map(flight).collect()
    }
}
