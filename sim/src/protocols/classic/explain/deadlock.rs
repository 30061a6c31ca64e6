//! Why a run ended in a deadlock.

use ringscope_traces::Rank;

use super::owner;
use crate::explain::graph::{under_way, waits};
use crate::explain::{Explanation, FinalNodes, enumerated, sentence};
use crate::protocol::{ActivityKind, Command, Key, Node, Role};
use crate::world::{Blocked, WaitForGraph};

pub(super) fn explain<N: Node>(
    graph: &WaitForGraph<N::Message>,
    at_end: FinalNodes<'_, N>,
) -> Explanation {
    let cycle = graph.cycle();
    let mut facts = waits(graph, at_end);
    facts.push(under_way(graph));
    let for_command_node: Vec<_> =
        graph.blocked.iter().filter(|wait| is_command(wait.on, at_end)).copied().collect();
    let paragraph = match (cycle.as_slice(), at_end.awaited_command()) {
        ([], command) if !for_command_node.is_empty() => {
            waits_for_command_node(&for_command_node, command, at_end)
        }
        ([], Some(Command::Get { key })) => silence(key, at_end, &mut facts),
        ([], Some(command)) => lost_reply(command),
        ([], None) => stranded(),
        (cycle, command) => circle(cycle, command, at_end),
    };
    Explanation { facts: facts.join("; "), paragraph: sentence(&paragraph) }
}

/// The reply to a GET never comes, and there is no cycle of waits.
fn silence<N: Node>(key: Key, at_end: FinalNodes<'_, N>, facts: &mut Vec<String>) -> String {
    let Some(owner) = owner(key, at_end) else { return lost_reply(Command::Get { key }) };
    let holders = at_end.holders(key);
    if holders.contains(&owner) {
        facts.push(format!("rank {owner} owns key {key} and holds it"));
        return late(key, owner);
    }
    facts.push(format!("rank {owner} owns key {key} and does not hold it"));
    if let [elsewhere, ..] = holders.as_slice() {
        facts.push(format!("it is on rank {elsewhere}"));
        return format!(
            "The GET of key {key} reached rank {owner}, which owns the key and does not hold it, so it \
             sent no answer; but the key is not gone: it is on rank {elsewhere}, where no GET looks \
             for it. It got there during a membership change: with several commands in \
             flight, a PUT can pass a node that is joining before its predecessor points to it, and \
             be stored by the node that owned that range until then. After the join the \
             key stays on the wrong side of the border between the two ranges."
        );
    }
    format!(
        "The GET of key {key} went from node to node until it reached rank {owner}, which owns that key: \
         the key is greater than its predecessor's id and not greater than its own. But no node holds it: \
         either it was never put, or it was lost when a node that held it was added again and started \
         empty. The protocol has no answer for that: an owner that does not hold a key sends nothing at all. \
         So the command node waits for a RETVAL that no node will ever send, every other node waits for \
         work, and nothing is in flight: that is a deadlock too."
    )
}

/// The key of a GET that is never answered is with its owner: the GET came at the wrong time.
fn late(key: Key, owner: Rank) -> String {
    format!(
        "The GET of key {key} is never answered, although the key is on rank {owner}, which owns it. So the \
         GET, or its reply, came at a bad time: with several commands in flight, a GET can reach a node \
         that has just handed the key over, or that has not received it yet, and such a node sends no answer, \
         like every owner that does not hold the key; or the reply can reach a node that has left the ring \
         and can no longer pass it on to the head. The command node does not ask a second time."
    )
}

fn lost_reply(command: Command) -> String {
    format!(
        "The command node waits for the reply to `{command}`, and that reply does not exist: nothing is \
         in flight to it, and every node that could still send it waits for something else. \
         The command, or its reply, went to a node that could not pass it on to the head."
    )
}

fn stranded() -> String {
    "The command node has finished, but not every node has: a rank still waits for a message that \
     no rank will ever send."
        .into()
}

/// Ranks wait for each other in a cycle.
fn circle<N: Node>(
    cycle: &[Blocked],
    command: Option<Command>,
    at_end: FinalNodes<'_, N>,
) -> String {
    let chain: Vec<_> = cycle.iter().map(|wait| at_end.name(wait.rank)).collect();
    let chain = enumerated(&chain);
    match cycle {
        [alone] => waits_for_itself(*alone, at_end),
        _ if cycle.iter().any(|wait| wait.tag.is_none()) => format!(
            "{chain} wait for each other in a cycle, and at least one of them is blocked in a \
             send: its message is longer than the eager limit, so the send returns only when it is \
             received, and its receiver is waiting for something else. With a \
             higher eager limit the message would be buffered, and the send would return at once."
        ),
        _ if cycle.iter().any(|wait| is_command(wait.rank, at_end)) => {
            waits_for_command_node(cycle, command, at_end)
        }
        _ if cycle.iter().all(|wait| is_leaving(wait.rank, at_end)) => format!(
            "{chain} are neighbours that leave the ring at the same time. Each has told the other about its \
             new neighbour and waits until the other sends COMPLETE; but a node that waits for COMPLETE \
             answers nothing, so none of them ever does. With one command in flight this cannot happen, \
             since the second REMOVE is not sent before the first is done."
        ),
        _ => format!(
            "{chain} wait for each other in a cycle: each waits until the next one sends COMPLETE, and a \
             node that waits for COMPLETE answers nothing. Joins and leaves that concern the same \
             neighbours at the same time end like this."
        ),
    }
}

fn is_command<N: Node>(rank: Rank, at_end: FinalNodes<'_, N>) -> bool {
    at_end.role(rank) == Some(Role::Command)
}

fn is_leaving<N: Node>(rank: Rank, at_end: FinalNodes<'_, N>) -> bool {
    at_end.view(rank).is_some_and(|view| matches!(view.activity.kind, ActivityKind::Leaving))
}

fn waits_for_itself<N: Node>(wait: Blocked, at_end: FinalNodes<'_, N>) -> String {
    let name = at_end.name(wait.rank);
    format!(
        "{name} waits for a message from itself. It was asked to let a new node join, and the rank of \
         that new node is its own: it is in the ring already. So it sent INIT to itself and waits \
         for its own answer; but as long as it waits, it does not take the INIT out of its \
         queue. Only a rank that is idle can be added."
    )
}

/// The command node never answers a node of the ring: it waits for the reply to its command.
fn waits_for_command_node<N: Node>(
    blocked: &[Blocked],
    command: Option<Command>,
    at_end: FinalNodes<'_, N>,
) -> String {
    let other = blocked.iter().find(|wait| !is_command(wait.rank, at_end));
    let name = other.map_or_else(String::new, |wait| at_end.name(wait.rank));
    let why = match command {
        Some(Command::Add { id, .. }) if id.0 < 0 => format!(
            "The id {id} is less than the head's own id 0, so the head handled the join itself, as its \
             successor would have done. The head's predecessor is the command node, and the head asked it \
             to point to the new node"
        ),
        Some(Command::Add { .. }) => {
            "The rank that was added is the command node itself, and it was sent an INIT".into()
        }
        Some(Command::Remove { .. }) => {
            "The id is the head's own, so the head began to leave the ring. Its predecessor is the command \
             node, and the head asked it to point to the head's successor"
                .into()
        }
        Some(Command::Put { .. } | Command::Get { .. }) | None => {
            "A node of the ring took the command node for its neighbour".into()
        }
    };
    format!(
        "{why}. Now {name} waits until the command node sends COMPLETE, and the command node waits until \
         the head passes on the reply to its command. The command node takes no part in joins and \
         leaves, so neither will ever go on."
    )
}
