//! How a run stood after one of its events.

use ringscope_sim::protocol::arithmetic::Ring;
use ringscope_sim::protocol::classic::{ClassicNode, Message};
use ringscope_sim::protocol::{Message as _, Node as _, Outbox, Wait};
use ringscope_traces::{Causality, Op, Place, Rank, Tag, Trace};

/// How a run stood after one of its events.
#[derive(Debug, Clone)]
pub struct Moment {
    /// How many events had happened.
    pub cursor: usize,
    /// The nodes' states; `None` where nobody knows them: in another dialect, and after a departure.
    pub standing: Option<Standing>,
    /// The messages that had been sent and not yet received, the oldest first.
    pub flights: Vec<Flight>,
}

/// The states of all nodes.
#[derive(Debug, Clone)]
pub struct Standing {
    /// By rank.
    pub nodes: Vec<ClassicNode>,
    /// What each will take next, by rank.
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
    pub sent: Place,
    /// Who sent it.
    pub from: Rank,
    /// Who is to receive it.
    pub to: Rank,
    /// Its MPI tag.
    pub tag: Tag,
}

impl Moment {
    /// Feeds the nodes what they had received.
    pub(super) fn of(
        trace: &Trace,
        causality: &Causality,
        (cursor, nodes): (usize, Option<Vec<ClassicNode>>),
    ) -> Moment {
        let has_happened = |place: &Place| place.0 < cursor;
        let flights = (0..cursor).map(Place).filter_map(|sent| {
            let event = &trace[sent];
            let is_open = causality.partner(sent).filter(has_happened).is_none();
            (event.op == Op::Send && is_open).then_some(Flight {
                sent,
                from: event.rank,
                to: event.peer,
                tag: event.tag,
            })
        });
        let standing = nodes.map(|nodes| Standing::of(trace, cursor, nodes));
        Moment { cursor, standing, flights: flights.collect() }
    }
}

impl Standing {
    fn of(trace: &Trace, cursor: usize, mut nodes: Vec<ClassicNode>) -> Standing {
        let mut out = Outbox::default();
        let mut waits: Vec<Wait> = nodes.iter_mut().map(|node| node.start(&mut out)).collect();
        let mut before = None;
        for event in trace.events.iter().take(cursor) {
            let node = &mut nodes[event.rank.index()];
            before = Some((event.rank, node.clone()));
            if event.op == Op::Recv
                && let Ok(message) = Message::parse(event.tag, &event.data)
            {
                let wait = node.receive(event.peer, message, &mut out);
                waits[event.rank.index()] = wait.unwrap_or(Wait::Stopped);
            }
        }
        let ring = Ring::walk(&nodes);
        Standing { nodes, waits, ring, before }
    }
}
