//! Why a rank crashed.

use ringscope_traces::Rank;

use crate::explain::{Explanation, FinalNodes};
use crate::protocol::{Command, Fault, Node, Role};

pub(super) fn explain<N: Node>(
    rank: Rank,
    fault: &Fault,
    at_end: FinalNodes<'_, N>,
) -> Explanation {
    let facts = format!("{} crashed: {}", at_end.name(rank), what_is_missing(fault));
    let paragraph = match (fault, at_end.role(rank)) {
        (Fault::NoStorage { asked: "REDISTRIBUTE_REMOVE" }, Some(Role::Head)) => {
            "The last node of the ring left, and a leaving node hands its pairs to its successor. The successor of \
             the last node is the head, and the head keeps no keys: it has no storage for them. \
             That is why the permanent node is called permanent."
                .into()
        }
        (Fault::NoStorage { asked }, Some(Role::Head)) => head_without_storage(asked, at_end),
        (Fault::NoStorage { asked }, _) => format!(
            "A {asked} reached a node that has left the ring. Such a node keeps its id, so it still takes \
             itself for an owner, but its storage is gone. With one command in flight no node sends to one \
             that has left; with several, a message can be in flight to a node while it leaves."
        ),
        (Fault::NoNeighbour { neighbour, asked }, _) => format!(
            "It had to pass on a message ({asked}) to its {}, and it has none, since it has left \
             the ring or has never joined it. With one command in flight no node sends to such a node; \
             with several, a message can be in flight to a node while it leaves.",
            in_the_ring(neighbour)
        ),
        (Fault::NoId { asked }, _) => format!(
            "A {asked} reached a node that never joined the ring. It has no id yet, so it cannot tell \
             whether the message is for it. Another node points to it before it has joined."
        ),
        (Fault::NoSuchRank { rank: target }, _) => format!(
            "It had to let a new node join, and sent INIT to rank {target}. This program has {} processes, \
             ranks 0 to {}, so MPI refuses the send with the error `invalid rank` and ends the program.",
            at_end.nodes.len(),
            at_end.nodes.len().saturating_sub(1)
        ),
        (Fault::BadReply { message, missing }, _) => format!(
            "It took a {message} for the answer that it waited for, but that answer must carry {missing}, and \
             this one does not. A {message} from an earlier step that had gone wrong came first."
        ),
    };
    Explanation { facts, paragraph }
}

/// The fault in the words of the ring.
fn what_is_missing(fault: &Fault) -> String {
    match fault {
        Fault::NoNeighbour { neighbour, asked } => {
            format!("it has no {} to send to ({asked})", in_the_ring(neighbour))
        }
        Fault::NoId { .. }
        | Fault::NoStorage { .. }
        | Fault::NoSuchRank { .. }
        | Fault::BadReply { .. } => fault.to_string(),
    }
}

/// What the ring calls the neighbour that a fault names as the protocol's records do, and as the footers
/// of traces have done from the start.
fn in_the_ring(neighbour: &str) -> &'static str {
    if neighbour == "child" { "successor" } else { "predecessor" }
}

fn head_without_storage<N: Node>(asked: &str, at_end: FinalNodes<'_, N>) -> String {
    let key = match at_end.awaited_command() {
        Some(Command::Put { key, .. } | Command::Get { key }) => format!("key {key} is"),
        Some(Command::Add { .. } | Command::Remove { .. }) | None => "the key is".into(),
    };
    format!(
        "A node takes itself for the owner of a key that is not greater than its id. The head's id is 0, and \
         {key} not greater than that, so the head tried to handle the {asked} itself instead of passing it \
         on. But the head keeps no keys: it has no storage at all. Keys start at 1."
    )
}
