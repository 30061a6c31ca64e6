//! Why a run ended in a livelock.

use ringscope_traces::Rank;

use super::largest_id;
use crate::explain::{Explanation, FinalNodes};
use crate::protocol::definition::tag_name;
use crate::protocol::{Command, Meaning, Message, Node, Role};
use crate::world::Cycle;

pub(super) fn explain<N: Node>(
    circle: &Cycle<N::Message>,
    at_end: FinalNodes<'_, N>,
) -> Explanation {
    let name = tag_name::<N::Message>(circle.message.tag());
    let facts =
        format!("{} goes round {}; {}", described(circle, &name), way(circle), proof(circle));
    let paragraph = match circle.message.meaning() {
        Meaning::Command(_) if !comes_to_head(circle, at_end) => {
            format!("{} {FOREVER}", ring_of_its_own(circle, at_end))
        }
        Meaning::Command(command) => format!("{} {FOREVER}", command_goes_round(command, at_end)),
        Meaning::Found(..) | Meaning::Absent | Meaning::Done(_) | Meaning::Refused => {
            reply_goes_round(circle, &name, at_end)
        }
        Meaning::Membership => format!(
            "A {name} that its receiver does not wait for is sent back to its sender unchanged, and the sender \
             does not wait for it either: it goes back and forth. It was the answer to a step of \
             a join or a leave that had gone wrong before, most often because a rank was \
             added that was in the ring already. {FOREVER}"
        ),
        Meaning::End => format!("An {name} goes round. {FOREVER}"),
    };
    Explanation { facts, paragraph }
}

const FOREVER: &str = "The nodes are busy, but no command makes progress, and the \
                       command node waits for its reply forever. Unlike a deadlock, a livelock looks \
                       like work.";

/// The message's name and its operands.
fn described<M: Message>(circle: &Cycle<M>, name: &str) -> String {
    match circle.message.meaning() {
        Meaning::Command(Command::Put { key, value }) => format!("{name} [{key},{value}]"),
        Meaning::Command(Command::Get { key }) => format!("{name} {key}"),
        Meaning::Command(Command::Add { rank, id }) => format!("{name} [{rank},{id}]"),
        Meaning::Command(Command::Remove { id }) => format!("{name} {id}"),
        Meaning::Found(value, owner) => format!("{name} [{value},{owner}]"),
        Meaning::Done(Some((key, value))) => format!("{name} [{key},{value}]"),
        Meaning::Done(None)
        | Meaning::Absent
        | Meaning::Refused
        | Meaning::End
        | Meaning::Membership => name.into(),
    }
}

/// The ranks that the message passes through, with a long list cut short.
///
/// The list begins with the lowest rank: at which of them a real run was looked at is chance.
fn way<M>(circle: &Cycle<M>) -> String {
    const NAMED: usize = 12;
    let through = &circle.through;
    let lowest = through.iter().min();
    let start = through.iter().position(|rank| Some(rank) == lowest).unwrap_or(0);
    let (behind, before) = through.split_at(start);
    let ranks = before.iter().chain(behind).map(Rank::to_string);
    let mut way: Vec<_> = ranks.take(NAMED).collect();
    if through.len() > NAMED {
        way.push(format!("... ({} ranks)", through.len()));
    }
    way.extend(lowest.map(Rank::to_string));
    format!("through ranks {}", way.join(" -> "))
}

fn proof<M>(circle: &Cycle<M>) -> String {
    match circle.period {
        Some(1) => "the state of the world recurs with every message".into(),
        Some(period) => format!("the state of the world recurs every {period} messages"),
        None => "the limit of messages without progress was reached".into(),
    }
}

fn comes_to_head<N: Node>(circle: &Cycle<N::Message>, at_end: FinalNodes<'_, N>) -> bool {
    circle.through.iter().any(|rank| at_end.role(*rank) == Some(Role::Head))
}

/// A command is passed on among nodes from which no pointer leads to its owner.
fn ring_of_its_own<N: Node>(circle: &Cycle<N::Message>, at_end: FinalNodes<'_, N>) -> String {
    let nodes = match circle.through.as_slice() {
        [alone] => format!("The successor of {} is that node itself", at_end.name(*alone)),
        several => format!("{} nodes form a ring of their own", several.len()),
    };
    format!(
        "{nodes}, and no pointer leads from there to the rest of the ring: none of them answers the command, \
         each passes it on to its successor, and it comes back. A node was added whose rank was in the ring \
         already: its pointers were overwritten, and the rest of the ring cannot be reached from it any \
         more."
    )
}

fn command_goes_round<N: Node>(command: Command, at_end: FinalNodes<'_, N>) -> String {
    let largest = largest_id(at_end).map_or_else(|| "gone".into(), |id| id.to_string());
    match command {
        Command::Put { key, .. } | Command::Get { key } => format!(
            "A node owns a key that is not greater than its id, and passes any other on to its successor. \
             The largest id in the ring is {largest}, so no node owns key {key}: every node passes it on, \
             the last one to the head, and the head starts again."
        ),
        Command::Add { id, .. } => format!(
            "A join is handled by the first node whose id is greater than the new node's. The largest id in \
             the ring is {largest}, so no node handles the join of id {id}: every node passes the ADD on, \
             the last one to the head, and the head starts again."
        ),
        Command::Remove { id } => format!(
            "A REMOVE goes from node to node until it reaches the one with its id. No node in the \
             ring has the id {id}: every node passes it on, the last one to the head, and \
             the head starts again."
        ),
    }
}

fn reply_goes_round<N: Node>(
    circle: &Cycle<N::Message>,
    name: &str,
    at_end: FinalNodes<'_, N>,
) -> String {
    let head = circle.through.iter().find(|rank| at_end.role(**rank) == Some(Role::Head));
    let predecessor =
        head.and_then(|head| at_end.view(*head)?.predecessor()).map(|predecessor| predecessor.rank);
    match predecessor {
        Some(predecessor) => format!(
            "The {name} is a reply on its way to the command node. Replies go round the ring to the head, and \
             the head passes them to its predecessor, which is the command node; but the head's predecessor \
             is rank {predecessor} now, since a join or a leave has overwritten the head's own \
             pointers. So the reply never leaves the ring. {FOREVER}"
        ),
        None => format!(
            "The {name} is a reply on its way to the command node. Replies go from successor to successor \
             until they reach the head; but the pointers of these nodes form a ring of their own that \
             does not lead to the head, since a node was added that was in the ring already. \
             {FOREVER}"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocols::classic::ClassicMessage;

    #[test]
    fn a_cycle_is_listed_from_its_lowest_rank_wherever_it_was_entered() {
        let way = |through: &[u32]| {
            let through = through.iter().copied().map(Rank).collect();
            way(&Cycle { message: ClassicMessage::End, through, period: None })
        };
        assert_eq!(way(&[6, 0]), "through ranks 0 -> 6 -> 0");
        assert_eq!(way(&[3, 5, 1]), way(&[1, 3, 5]));
        assert_eq!(way(&[4]), "through ranks 4 -> 4");
    }
}
