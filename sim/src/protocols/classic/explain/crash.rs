//! Why a rank broke off.

use ringscope_traces::Rank;

use crate::explain::{Explanation, FinalNodes};
use crate::protocol::{Command, Fault, Node, Role};

pub(super) fn explain<N: Node>(
    rank: Rank,
    fault: &Fault,
    at_end: FinalNodes<'_, N>,
) -> Explanation {
    let facts = format!("{} broke off: {fault}", at_end.name(rank));
    let paragraph = match (fault, at_end.role(rank)) {
        (Fault::NoStorage { asked: "REDISTRIBUTE_REMOVE" }, Some(Role::Head)) => {
            "The last node of the ring left, and a leaving node hands its pairs to its child. The child of \
             the last node is the head, and the head keeps no keys: it has no storage to put them into. \
             That is why the permanent node is called permanent."
                .into()
        }
        (Fault::NoStorage { asked }, Some(Role::Head)) => head_without_storage(asked, at_end),
        (Fault::NoStorage { asked }, _) => format!(
            "A {asked} came to a node that has left the ring. Such a node keeps its id, so it still takes \
             itself for an owner, but its storage is gone. With one command in flight nobody sends to a \
             node that has left; with several, a message can be on its way to it while it leaves."
        ),
        (Fault::NoNeighbour { neighbour, asked }, _) => format!(
            "It was to pass on a message ({asked}) to its {neighbour}, and it has none, since it has left \
             the ring or has never joined it. With one command in flight nobody sends to such a node; \
             with several, a message can be on its way to it while it leaves."
        ),
        (Fault::NoId { asked }, _) => format!(
            "A {asked} came to a node that never joined the ring. It has no id yet, so it cannot tell \
             whether the message is for it. Somebody points to it before it was taken in."
        ),
        (Fault::NoSuchRank { rank: target }, _) => format!(
            "It was to take in a new node, and sent INIT to rank {target}. This program has {} processes, \
             ranks 0 to {}, so MPI refuses the send with the error `invalid rank` and ends the program.",
            at_end.nodes.len(),
            at_end.nodes.len().saturating_sub(1)
        ),
        (Fault::BadReply { message, missing }, _) => format!(
            "It took a {message} for the answer that it awaited, but the answer was to carry {missing}, and \
             this one does not. A {message} from an earlier step that had gone wrong came first."
        ),
    };
    Explanation { facts, paragraph }
}

fn head_without_storage<N: Node>(asked: &str, at_end: FinalNodes<'_, N>) -> String {
    let key = match at_end.awaited_command() {
        Some(Command::Put { key, .. } | Command::Get { key }) => format!("key {key} is"),
        Some(Command::Add { .. } | Command::Remove { .. }) | None => "the key is".into(),
    };
    format!(
        "A node takes itself for the owner of a key that is not above its id. The head's id is 0, and {key} \
         not above that, so the head tried to handle the {asked} itself instead of passing it on. \
         But the head keeps no keys: it has no storage at all. Keys start at 1."
    )
}
