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
    let scene = FinalNodes { nodes };
    match end {
        End::Completed | End::Stopped { .. } => None,
        End::Deadlock(stall) => Some(deadlock::explain(stall, scene)),
        End::Livelock(circle) => Some(livelock::explain(circle, scene)),
        End::Crashed { rank, fault } => Some(crash::explain(*rank, fault, scene)),
    }
}

/// The node that a PUT or a GET of that key comes to, on its way from child to child.
fn owner<N: Node>(key: Key, scene: FinalNodes<'_, N>) -> Option<Rank> {
    let mut at = Rank(0);
    for _ in scene.nodes {
        let view = scene.view(at)?;
        if key.0 <= view.id?.0 {
            return Some(at);
        }
        at = view.child?.rank;
    }
    None
}

fn largest_id<N: Node>(scene: FinalNodes<'_, N>) -> Option<i64> {
    let active = scene.ranks().filter(|(_, view)| view.child.is_some());
    active.filter_map(|(_, view)| view.id).map(|id| id.0).max()
}
