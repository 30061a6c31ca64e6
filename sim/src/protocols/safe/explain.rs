//! Why a run did not complete. In this protocol it is the sends that block, or a program that does something else.

use crate::explain::graph::{under_way, waits};
use crate::explain::{Explanation, FinalNodes, enumerated, sentence};
use crate::protocol::definition::tag_name;
use crate::protocol::{Message, Node};
use crate::world::{End, WaitForGraph};

/// Explains a deadlock, a livelock or a crash.
pub(super) fn explain<N: Node>(end: &End<N::Message>, nodes: &[N]) -> Option<Explanation> {
    let at_end = FinalNodes { nodes };
    match end {
        End::Completed | End::Stopped { .. } => None,
        End::Deadlock(graph) => Some(deadlock(graph, at_end)),
        End::Livelock(circle) => {
            let name = tag_name::<N::Message>(circle.message.tag());
            let facts = format!("{name} goes round");
            Some(Explanation { facts, paragraph: OTHERWISE.to_owned() })
        }
        End::Crashed { rank, fault } => {
            let facts = format!("{} crashed: {fault}", at_end.name(*rank));
            Some(Explanation { facts, paragraph: OTHERWISE.to_owned() })
        }
    }
}

const OTHERWISE: &str = "The nodes of this protocol never come to that: each of its steps is there so that no \
                         message finds a node that cannot handle it. So a rank of this run has sent a message that the protocol \
                         does not send there, or left one out.";

fn deadlock<N: Node>(graph: &WaitForGraph<N::Message>, at_end: FinalNodes<'_, N>) -> Explanation {
    let mut facts = waits(graph, at_end);
    facts.push(under_way(graph));
    let cycle = graph.cycle();
    let paragraph = if cycle.iter().any(|wait| wait.tag.is_none()) {
        let chain: Vec<_> = cycle.iter().map(|wait| at_end.name(wait.rank)).collect();
        format!(
            "{} wait for each other in a cycle, and at least one of them is blocked in a send: its message is longer than \
             the eager limit, so the send returns only when it is received, and its receiver is blocked in a send too. The \
             protocol needs sends that return at once, or one command in flight at a time: with a higher eager limit or with \
             `window 1` this cannot happen.",
            enumerated(&chain)
        )
    } else {
        OTHERWISE.to_owned()
    };
    Explanation { facts: facts.join("; "), paragraph: sentence(&paragraph) }
}
