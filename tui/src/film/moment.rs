//! How a run stood after one of its events.

use ringscope_sim::protocol::Wait;
use ringscope_sim::protocol::arithmetic::Ring;
use ringscope_sim::protocols::classic::ClassicNode;
use ringscope_sim::travel::Stand;
use ringscope_traces::{EventIndex, Op, Rank, Tag};

use super::{Fact, Film};

/// How a run stood after one of its events.
#[derive(Debug, Clone)]
pub struct Moment {
    /// How many events had happened.
    pub cursor: usize,
    /// The nodes' states; `None` where nobody knows them: in another dialect, after a departure, and as
    /// long as the film has not been read so far.
    pub standing: Option<Standing>,
    /// The messages that had been sent and not yet received, the oldest first.
    pub flights: Vec<Flight>,
}

/// The states of all nodes.
#[derive(Debug, Clone)]
pub struct Standing {
    /// By rank.
    pub nodes: Vec<ClassicNode>,
    /// What each will take next, when it has sent what it is to send; by rank.
    pub waits: Vec<Wait>,
    /// The ring that their pointers make.
    pub ring: Ring,
    /// The rank of the last event as it was before that event.
    pub before: Option<(Rank, ClassicNode)>,
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

impl Film {
    /// How the run stood at a cursor.
    ///
    /// # Panics
    ///
    /// When the cursor is beyond the events.
    pub fn moment(&self, cursor: usize) -> Moment {
        assert!(cursor <= self.len(), "the film has {} events, not {cursor}", self.len());
        Moment { cursor, standing: self.standing(cursor), flights: self.flights(cursor) }
    }

    fn standing(&self, cursor: usize) -> Option<Standing> {
        let atlas = self.known.atlas(cursor)?;
        // The last event is gone past here at any rate, to see the node before it.
        let checkpoint = atlas.before(cursor.saturating_sub(1));
        let mut stand = atlas.stand(checkpoint);
        let mut before = None;
        let mut lines = self.index.lines();
        for at in (checkpoint..cursor).map(EventIndex) {
            let Fact { rank, op, .. } = self.fact(at);
            if self.event_at(cursor) == Some(at) {
                before = Some((rank, stand.nodes[rank.index()].clone()));
            }
            if op == Op::Recv {
                stand.take(&self.noting(lines.event(at))?);
            }
        }
        let Stand { nodes, waits } = stand;
        let ring = Ring::walk(&nodes);
        Some(Standing { nodes, waits, ring, before })
    }

    fn flights(&self, cursor: usize) -> Vec<Flight> {
        let flight = |sent: EventIndex| {
            let Fact { rank: from, peer: to, tag, .. } = self.fact(sent);
            Flight { sent, from, to, tag }
        };
        self.index.open(cursor).into_iter().map(flight).collect()
    }
}
