//! Who waits for whom, and what is under way, in short.

use super::FinalNodes;
use crate::protocol::definition::tag_name;
use crate::protocol::{Message, Role, Viewed};
use crate::world::{Blocked, Pending, WaitForGraph};

/// How many waiting ranks and messages are named one by one.
const NAMED: usize = 8;

pub(crate) fn waits<M: Message, N: Viewed>(
    graph: &WaitForGraph<M>,
    at_end: FinalNodes<'_, N>,
) -> Vec<String> {
    // The command node's own wait is what the user sees, so it comes first.
    let mut blocked = graph.blocked.clone();
    blocked.sort_by_key(|wait| at_end.role(wait.rank) != Some(Role::Command));
    let mut facts: Vec<_> = blocked.iter().take(NAMED).map(|wait| one_wait::<M>(*wait)).collect();
    if blocked.len() > NAMED {
        facts.push(format!("{} more ranks wait", blocked.len() - NAMED));
    }
    facts
}

fn one_wait<M: Message>(wait: Blocked) -> String {
    let Blocked { rank, on, tag } = wait;
    match tag {
        Some(tag) => format!("rank {rank} waits for {} from {on}", tag_name::<M>(tag)),
        None => format!("rank {rank} is blocked in a send to {on}"),
    }
}

pub(crate) fn under_way<M: Message>(graph: &WaitForGraph<M>) -> String {
    match graph.pending.as_slice() {
        [] => NOTHING_IN_FLIGHT.into(),
        pending => format!("never received: {}", listed(pending)),
    }
}

const NOTHING_IN_FLIGHT: &str = "nothing is in flight";

fn listed<M: Message>(pending: &[Pending<M>]) -> String {
    let name = |message: &M| tag_name::<M>(message.tag());
    let named = pending.iter().take(NAMED);
    let named: Vec<_> = named
        .map(|mail| format!("{} from {} to {}", name(&mail.message), mail.from, mail.to))
        .collect();
    let more = pending.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", named.join(", "))
}

/// Who waits for whom and what is under way, of a run that could have gone on.
#[must_use]
pub fn summary<M: Message, N: Viewed>(graph: &WaitForGraph<M>, nodes: &[N]) -> String {
    let at_end = FinalNodes { nodes };
    let mut facts = waits(graph, at_end);
    facts.push(match graph.pending.as_slice() {
        [] => NOTHING_IN_FLIGHT.into(),
        pending => format!("in flight: {}", listed(pending)),
    });
    facts.join("; ")
}
