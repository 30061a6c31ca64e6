//! A protocol in which nothing can go wrong, with as many commands in flight as one likes; `docs/protocol-safe.md` says why.
//!
//! [`message`] is what travels, [`member`] the head and the storage nodes, [`change`] how these join and leave, [`desk`] the head's
//! books, [`client`] the command node.

mod change;
mod check;
mod client;
mod describe;
mod desk;
mod explain;
mod member;
mod message;
mod settled;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use ringscope_traces::{Event, Rank};

use crate::explain::Explanation;
use crate::protocol::definition::{Described, Info, NodeSetup, Protocol, Roles};
use crate::protocol::plan::{Objections, Plan};
use crate::protocol::{
    BadMessage, Fault, Node, NodeView, Outbox, Peer, Script, StorageId, Viewed, Wait,
};
use crate::world::End;
use client::ClientNode;
use member::MemberNode;
use message::SafeMessage;

/// One process of the protocol.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SafeNode {
    /// The head or a storage node.
    Member(MemberNode),
    /// The command node.
    Client(Box<ClientNode>),
}

/// The protocol that is linearizable by key at any window.
#[derive(Debug, Clone, Copy)]
pub struct Safe;

impl Protocol for Safe {
    type Node = SafeNode;

    const INFO: Info = Info {
        name: "safe",
        fewest_ranks: 3,
        has_races_of_one_command: true,
        client_help: describe::CLIENT_HELP,
        topology: &member::TOPOLOGY,
        tags: describe::TAGS,
    };

    fn nodes(setup: &NodeSetup) -> Vec<SafeNode> {
        nodes(setup)
    }

    fn settled(setup: &NodeSetup) -> Vec<SafeNode> {
        settled::settled(setup)
    }

    /// The head is the first rank, the command node the last, and the one before it the permanent node.
    fn roles(ranks: u32) -> Roles {
        let command = Rank(ranks.saturating_sub(1));
        Roles { head: Rank(0), command, newcomers: 1..ranks.saturating_sub(2) }
    }

    fn with_script(command: &SafeNode, to_come: Arc<Script>) -> Option<SafeNode> {
        match command {
            SafeNode::Member(_) => None,
            SafeNode::Client(node) => Some(SafeNode::Client(Box::new(node.with_script(to_come)))),
        }
    }

    fn describe(message: &SafeMessage) -> Described {
        describe::describe(message)
    }

    fn client_message(event: &Event) -> Option<Result<SafeMessage, BadMessage>> {
        describe::client_message(event)
    }

    fn check(plan: &Plan<'_>, objections: &mut dyn Objections) {
        check::check(plan, objections);
    }

    fn explain(end: &End<SafeMessage>, nodes: &[SafeNode]) -> Option<Explanation> {
        explain::explain(end, nodes)
    }
}

/// The processes of a run: the head, the idle storage nodes, the permanent one at the id `keyspace`,
/// and the command node, by rank.
fn nodes(setup: &NodeSetup) -> Vec<SafeNode> {
    let ranks = setup.ranks;
    assert!(ranks >= 3, "the protocol needs 3 ranks, not {ranks}");
    let (permanent, command) = (Rank(ranks - 2), Rank(ranks - 1));
    let id = StorageId(setup.keyspace);
    let member = |rank| match rank {
        0 => MemberNode::head(command, Peer { rank: permanent, id: Some(id) }),
        _ if Rank(rank) == permanent => MemberNode::permanent(permanent, id),
        _ => MemberNode::idle(Rank(rank)),
    };
    let mut nodes: Vec<_> = (0..command.0).map(|rank| SafeNode::Member(member(rank))).collect();
    nodes.push(SafeNode::Client(Box::new(ClientNode::new(setup))));
    nodes
}

impl Node for SafeNode {
    type Message = SafeMessage;

    fn start(&mut self, out: &mut impl Outbox<SafeMessage>) -> Wait {
        match self {
            SafeNode::Member(_) => Wait::Any,
            SafeNode::Client(node) => node.advance(out),
        }
    }

    #[inline]
    fn receive(
        &mut self,
        from: Rank,
        message: SafeMessage,
        out: &mut impl Outbox<SafeMessage>,
    ) -> Result<Wait, Fault> {
        match self {
            SafeNode::Member(node) => node.receive(from, message, out),
            SafeNode::Client(node) => node.receive(&message, out),
        }
    }
}

impl Viewed for SafeNode {
    fn view(&self) -> NodeView<'_> {
        match self {
            SafeNode::Member(node) => node.view(),
            SafeNode::Client(node) => node.view(),
        }
    }
}
