//! How a run of this protocol ended, in the words of the ring.

mod crash;
mod deadlock;
mod livelock;

use ringscope_traces::Rank;

use crate::explain::{Explanation, FinalNodes};
use crate::protocol::{Key, Node};
use crate::world::End;

/// Explains a deadlock, a livelock or a crash.
pub(super) fn explain<N: Node>(end: &End<N::Message>, nodes: &[N]) -> Option<Explanation> {
    let at_end = FinalNodes { nodes };
    match end {
        End::Completed | End::Stopped { .. } => None,
        End::Deadlock(graph) => Some(deadlock::explain(graph, at_end)),
        End::Livelock(circle) => Some(livelock::explain(circle, at_end)),
        End::Crashed { rank, fault } => Some(crash::explain(*rank, fault, at_end)),
    }
}

/// The node that a PUT or a GET of that key comes to, on its way from successor to successor.
fn owner<N: Node>(key: Key, at_end: FinalNodes<'_, N>) -> Option<Rank> {
    let mut at = Rank(0);
    for _ in at_end.nodes {
        let view = at_end.view(at)?;
        if key.0 <= view.id?.0 {
            return Some(at);
        }
        at = view.successor()?.rank;
    }
    None
}

fn largest_id<N: Node>(at_end: FinalNodes<'_, N>) -> Option<i64> {
    let active = at_end.ranks().filter(|(_, view)| view.successor().is_some());
    active.filter_map(|(_, view)| view.id).map(|id| id.0).max()
}
