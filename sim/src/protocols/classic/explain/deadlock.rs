//! Why nothing moves any more.

use ringscope_traces::Rank;

use super::owner;
use crate::explain::graph::{under_way, waits};
use crate::explain::{Explanation, FinalNodes, enumerated, sentence};
use crate::protocol::{Command, Key, Node, Phase, Role};
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

/// The reply to a GET never comes, and nobody waits for anybody in a circle.
fn silence<N: Node>(key: Key, at_end: FinalNodes<'_, N>, facts: &mut Vec<String>) -> String {
    let Some(owner) = owner(key, at_end) else { return lost_reply(Command::Get { key }) };
    let holders = at_end.holders(key);
    if holders.contains(&owner) {
        facts.push(format!("rank {owner} owns key {key} and holds it"));
        return late(key, owner);
    }
    facts.push(format!("rank {owner} owns key {key} and does not hold it"));
    if let [elsewhere, ..] = holders.as_slice() {
        facts.push(format!("it lies on rank {elsewhere}"));
        return format!(
            "The GET of key {key} came to rank {owner}, which owns the key and does not hold it, so it \
             stayed silent; but the key is not gone: it lies on rank {elsewhere}, where nobody asks \
             for it. It went astray while the ring was being rewired: with several commands in \
             flight, a PUT can pass a node that is joining before its parent points to it, and \
             be stored by the node that owned that part of the ring until then. After the join the \
             key is on the wrong side of the border for ever."
        );
    }
    format!(
        "The GET of key {key} went from node to node until it came to rank {owner}, which owns that key: \
         the key lies above its parent's id and not above its own. But no node holds it: either it was \
         never put, or it was lost when a node that held it was added once more and started afresh. The \
         protocol has no answer for that: an owner that does not hold a key sends nothing at all. So the \
         command node waits for a RETVAL that nobody will ever send, every other node waits for work, and nothing is under way: a silence is a deadlock too."
    )
}

/// The key of a GET that is never answered lies where it belongs: the GET came at another time.
fn late(key: Key, owner: Rank) -> String {
    format!(
        "The GET of key {key} is never answered, though the key lies on rank {owner}, which owns it. So the \
         GET, or its reply, came at a bad time: with several commands in flight, a GET can come to a node \
         that has just handed the key on, or that has not been given it yet, and such a node stays silent, \
         as does every node that should hold a key and does not; or the reply can come to a node that has \
         left the ring, and can no longer pass it on to the head. Nobody asks a second time."
    )
}

fn lost_reply(command: Command) -> String {
    format!(
        "The command node waits for the reply to `{command}`, and that reply does not exist: nothing is \
         under way to it, and every node that could still send it waits for something else. \
         The command, or its reply, went to a node that could not pass it on to the head."
    )
}

fn stranded() -> String {
    "The command node has finished, but not every node has: a rank still waits for a message that \
     nobody will ever send."
        .into()
}

/// Ranks wait for each other in a circle.
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
            "{chain} wait for each other in a circle, and one of them at least stands in a blocking \
             send: its message is longer than the eager limit, so the send returns only when it is \
             received, and its receiver does not receive before it has got something itself. With a \
             higher eager limit the message would be buffered, and the send would return at once."
        ),
        _ if cycle.iter().any(|wait| is_command(wait.rank, at_end)) => {
            waits_for_command_node(cycle, command, at_end)
        }
        _ if cycle.iter().all(|wait| is_leaving(wait.rank, at_end)) => format!(
            "{chain} are neighbours that leave the ring at the same time. Each has told the other of its \
             new neighbour and blocks until the other says COMPLETE; but a node that blocks answers \
             nothing, so none of them ever does. With one command in flight this cannot happen, since \
             the second REMOVE is not sent before the first is done."
        ),
        _ => format!(
            "{chain} wait for each other in a circle: each blocks until the next one says COMPLETE, and a \
             node that blocks answers nothing. Joins and leaves that touch the same neighbours \
             at the same time end like this."
        ),
    }
}

fn is_command<N: Node>(rank: Rank, at_end: FinalNodes<'_, N>) -> bool {
    at_end.role(rank) == Some(Role::Command)
}

fn is_leaving<N: Node>(rank: Rank, at_end: FinalNodes<'_, N>) -> bool {
    at_end.view(rank).is_some_and(|view| matches!(view.phase, Phase::Leaving(_)))
}

fn waits_for_itself<N: Node>(wait: Blocked, at_end: FinalNodes<'_, N>) -> String {
    let name = at_end.name(wait.rank);
    format!(
        "{name} waits for a message from itself. It was asked to take in a new node, and the rank of \
         that new node is its own: it is in the ring already. So it sent INIT to itself and blocks \
         until it has answered; but as long as it blocks, it does not take the INIT out of its own \
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
            "The id {id} is below the head's own id 0, so the head took in the new node itself, as its \
             successor would have done. The head's parent is the command node, and the head asked it \
             to point to the new node"
        ),
        Some(Command::Add { .. }) => {
            "The rank that was to join is the command node itself, and it was sent an INIT".into()
        }
        Some(Command::Remove { .. }) => {
            "The id is the head's own, so the head set out to leave the ring. Its parent is the command \
             node, and the head asked it to point past it"
                .into()
        }
        Some(Command::Put { .. } | Command::Get { .. }) | None => {
            "A node of the ring took the command node for its neighbour".into()
        }
    };
    format!(
        "{why}. Now {name} blocks until the command node says COMPLETE, and the command node blocks until \
         the head passes it the reply to its command. The command node takes part in no join and \
         no leave, so neither will ever move."
    )
}
