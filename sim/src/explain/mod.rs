//! How a run ended, in the words of the ring.
//!
//! What is said of every protocol stands here; each protocol explains its own deadlocks, livelocks and
//! crashes ([`Protocol::explain`]).

pub(crate) mod graph;

use ringscope_traces::Rank;

use crate::protocol::{Command, Key, MessageOf, NodeView, Protocol, Role, Viewed};
use crate::world::End;
pub use graph::summary;

/// Why a run did not complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The facts in short: who waits for whom, which message goes round, which rank crashed with which fault.
    pub facts: String,
    /// A paragraph for somebody who has never seen this happen.
    pub paragraph: String,
}

/// Explains how a run ended; `None` when it completed.
///
/// ```
/// use ringscope_sim::explain::explain;
/// use ringscope_sim::protocols::Classic;
/// use ringscope_sim::scenario::Scenario;
/// use ringscope_sim::simulate::simulate;
///
/// let run = simulate::<Classic>(&Scenario::parse("missing", "get 400")?, &mut ());
/// let why = explain::<Classic>(&run.outcome.end, run.world.nodes()).expect("it is a deadlock");
/// assert!(why.facts.ends_with("rank 6 owns key 400 and does not hold it"), "{}", why.facts);
/// # Ok::<(), ringscope_sim::scenario::ScenarioErrors>(())
/// ```
#[must_use]
pub fn explain<P: Protocol>(end: &End<MessageOf<P>>, nodes: &[P::Node]) -> Option<Explanation> {
    match end {
        End::Completed => None,
        End::Deadlock(_) | End::Livelock(_) | End::Crashed { .. } => P::explain(end, nodes),
        End::Stopped { limit_messages } => Some(Explanation {
            facts: format!("the run was stopped after {limit_messages} messages"),
            paragraph:
                "The run had received as many messages as its limit allows, and commands were \
                        still making progress. A higher limit lets it go on."
                    .into(),
        }),
    }
}

/// The nodes as they stood at the end.
pub(crate) struct FinalNodes<'a, N> {
    pub nodes: &'a [N],
}

impl<N> Clone for FinalNodes<'_, N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<N> Copy for FinalNodes<'_, N> {}

impl<'a, N: Viewed> FinalNodes<'a, N> {
    /// What a rank shows of itself; `None` when there is no such rank.
    pub(crate) fn view(self, rank: Rank) -> Option<NodeView<'a>> {
        self.nodes.get(rank.index()).map(Viewed::view)
    }

    pub(crate) fn role(self, rank: Rank) -> Option<Role> {
        self.view(rank).map(|view| view.role)
    }

    /// `rank 6`, with the part it plays where that is a special one.
    pub(crate) fn name(self, rank: Rank) -> String {
        match self.role(rank) {
            Some(Role::Head) => format!("rank {rank} (the head)"),
            Some(Role::Command) => format!("rank {rank} (the command node)"),
            Some(Role::Storage) | None => format!("rank {rank}"),
        }
    }

    pub(crate) fn ranks(self) -> impl Iterator<Item = (Rank, NodeView<'a>)> {
        (0_u32..).map(Rank).zip(self.nodes.iter().map(Viewed::view))
    }

    /// The command whose reply the command node awaits.
    pub(crate) fn awaited_command(self) -> Option<Command> {
        self.ranks().find_map(|(_, view)| view.activity.commands_in_flight()?.front().copied())
    }

    /// Every rank that holds that key.
    pub(crate) fn holders(self, key: Key) -> Vec<Rank> {
        let holders = self
            .ranks()
            .filter(|(_, view)| view.storage.is_some_and(|storage| storage.contains_key(&key)));
        holders.map(|(rank, _)| rank).collect()
    }
}

/// The text with its first letter in upper case: it begins a sentence.
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `a, b and c`.
pub(crate) fn enumerated(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
