//! How a run ended, in the words of the ring.

mod crash;
mod deadlock;
mod livelock;

use ringscope_traces::{Rank, Tag};

use crate::protocol::{Command, Key, Message, Node, NodeView, Phase, Role};
use crate::world::{End, WaitForGraph};

/// Why a run did not complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What is the case, in short: who waits for whom, what goes round, who broke off on what.
    pub facts: String,
    /// A paragraph for somebody who has never seen this happen.
    pub paragraph: String,
}

/// Explains how a run ended; `None` when it completed.
#[must_use]
pub fn explain<N: Node>(end: &End<N::Message>, nodes: &[N]) -> Option<Explanation> {
    let at_end = FinalNodes { nodes };
    match end {
        End::Completed => None,
        End::Deadlock(graph) => Some(deadlock::explain(graph, at_end)),
        End::Livelock(circle) => Some(livelock::explain(circle, at_end)),
        End::Crashed { rank, fault } => Some(crash::explain(*rank, fault, at_end)),
        End::Stopped { limit_messages } => Some(Explanation {
            facts: format!("the run was stopped after {limit_messages} messages"),
            paragraph:
                "The run had received as many messages as its limit allows, and commands were \
                        still making progress. A higher limit lets it go on."
                    .into(),
        }),
    }
}

/// Who waits for whom and what is under way, in short, of a run that could have gone on.
#[must_use]
pub fn summary<N: Node>(graph: &WaitForGraph<N::Message>, nodes: &[N]) -> String {
    deadlock::summary(graph, FinalNodes { nodes })
}

/// The nodes as they stood at the end.
struct FinalNodes<'a, N> {
    nodes: &'a [N],
}

impl<N> Clone for FinalNodes<'_, N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<N> Copy for FinalNodes<'_, N> {}

impl<'a, N: Node> FinalNodes<'a, N> {
    /// What a rank shows of itself; `None` when there is no such rank.
    fn view(self, rank: Rank) -> Option<NodeView<'a>> {
        self.nodes.get(rank.index()).map(Node::view)
    }

    fn role(self, rank: Rank) -> Option<Role> {
        self.view(rank).map(|view| view.role)
    }

    /// `rank 6`, with the part it plays where that is a special one.
    fn name(self, rank: Rank) -> String {
        match self.role(rank) {
            Some(Role::Head) => format!("rank {rank} (the head)"),
            Some(Role::Command) => format!("rank {rank} (the command node)"),
            Some(Role::Storage) | None => format!("rank {rank}"),
        }
    }

    fn ranks(self) -> impl Iterator<Item = (Rank, NodeView<'a>)> {
        (0_u32..).map(Rank).zip(self.nodes.iter().map(Node::view))
    }

    /// The command whose reply the command node awaits.
    fn awaited_command(self) -> Option<Command> {
        self.ranks().find_map(|(_, view)| match view.phase {
            Phase::Commanding(in_flight) => in_flight.front().copied(),
            Phase::Idle | Phase::Joining(_) | Phase::Leaving(_) => None,
        })
    }

    /// The node that a PUT or a GET of that key comes to, on its way from child to child.
    fn owner(self, key: Key) -> Option<Rank> {
        let mut at = Rank(0);
        for _ in self.nodes {
            let view = self.view(at)?;
            if key.0 <= view.id?.0 {
                return Some(at);
            }
            at = view.child?.rank;
        }
        None
    }

    /// Every rank that holds that key.
    fn holders(self, key: Key) -> Vec<Rank> {
        let holders = self
            .ranks()
            .filter(|(_, view)| view.storage.is_some_and(|storage| storage.contains_key(&key)));
        holders.map(|(rank, _)| rank).collect()
    }

    fn largest_id(self) -> Option<i64> {
        let active = self.ranks().filter(|(_, view)| view.child.is_some());
        active.filter_map(|(_, view)| view.id).map(|id| id.0).max()
    }

    /// The name of a tag, such as `PUT`, or `tag 99`.
    fn tag(self, tag: Tag) -> String {
        N::Message::tag_name(tag).map_or_else(|| format!("tag {tag}"), Into::into)
    }
}

/// The text with its first letter in upper case: it begins a sentence.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `a, b and c`.
fn joined(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
