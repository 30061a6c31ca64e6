//! The reference program's protocol, exactly as it was measured, oddities included.
//!
//! [`message`] is what travels, [`ring`] the head and the storage nodes, [`command`] the command node.

mod check;
pub(super) mod command;
mod describe;
mod explain;
pub(super) mod message;
pub(super) mod ring;
mod settled;

use std::sync::Arc;

use ringscope_traces::{Event, Rank};

use crate::explain::Explanation;
use crate::protocol::definition::{Described, Info, NodeSetup, Protocol, Roles};
use crate::protocol::plan::{Objections, Plan};
use crate::protocol::{BadMessage, Fault, Node, NodeView, Outbox, Script, StorageId, Viewed, Wait};
use crate::world::End;
pub(super) use command::CommandNode;
pub(super) use message::{ClassicMessage, Record};
pub(super) use ring::RingNode;
pub(super) use settled::settled_ring;

/// One process of the classic protocol.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ClassicNode {
    /// The head or a storage node.
    Ring(RingNode),
    /// The command node.
    Command(Box<CommandNode>),
}

/// The reference program's protocol.
#[derive(Debug, Clone, Copy)]
pub struct Classic;

impl Protocol for Classic {
    type Node = ClassicNode;

    const INFO: Info = Info {
        name: "classic",
        fewest_ranks: 3,
        has_races_of_one_command: false,
        client_help: describe::CLIENT_HELP,
        topology: &ring::TOPOLOGY,
        tags: describe::TAGS,
    };

    fn nodes(setup: &NodeSetup) -> Vec<ClassicNode> {
        nodes(setup.ranks, setup.keyspace, Orders::of(setup))
    }

    fn settled(setup: &NodeSetup) -> Vec<ClassicNode> {
        settled_ring(setup.ranks, setup.keyspace, Orders::of(setup))
    }

    /// The head is the first rank, the command node the last, and the one before it the permanent node.
    fn roles(ranks: u32) -> Roles {
        let command = Rank(ranks.saturating_sub(1));
        Roles { head: Rank(0), command, newcomers: 1..ranks.saturating_sub(2) }
    }

    fn with_script(command: &ClassicNode, to_come: Arc<Script>) -> Option<ClassicNode> {
        match command {
            ClassicNode::Ring(_) => None,
            ClassicNode::Command(node) => {
                Some(ClassicNode::Command(Box::new(node.with_script(to_come))))
            }
        }
    }

    fn describe(message: &ClassicMessage) -> Described {
        describe::describe(message)
    }

    fn client_message(event: &Event) -> Option<Result<ClassicMessage, BadMessage>> {
        describe::client_message(event)
    }

    fn check(plan: &Plan<'_>, objections: &mut dyn Objections) {
        check::check(plan, objections);
    }

    fn explain(end: &End<ClassicMessage>, nodes: &[ClassicNode]) -> Option<Explanation> {
        explain::explain(end, nodes)
    }
}

/// What the command node is to do, and how.
#[derive(Debug, Clone)]
pub(super) struct Orders {
    /// The commands.
    pub script: Arc<Script>,
    /// How many of them may be in flight at once, at least 1.
    pub window: u32,
}

impl Orders {
    fn of(setup: &NodeSetup) -> Orders {
        Orders { script: Arc::clone(&setup.script), window: setup.window }
    }
}

/// The processes of a run: the head, the idle storage nodes, the permanent one at the id `keyspace`,
/// and the command node, by rank.
///
/// # Panics
///
/// With fewer than 3 ranks: head, permanent node and command node make a program.
#[must_use]
pub(super) fn nodes(ranks: u32, keyspace: i64, orders: Orders) -> Vec<ClassicNode> {
    assert!(ranks >= 3, "the classic protocol needs 3 ranks, not {ranks}");
    let permanent = Rank(ranks - 2);
    let command = Rank(ranks - 1);
    let keyspace = StorageId(keyspace);
    let ring = |rank| match rank {
        0 => RingNode::head(command, permanent, keyspace),
        _ if Rank(rank) == permanent => RingNode::permanent(permanent, keyspace),
        _ => RingNode::idle(Rank(rank)),
    };
    let mut nodes = Vec::with_capacity(ranks as usize);
    nodes.extend((0..command.0).map(|rank| ClassicNode::Ring(ring(rank))));
    nodes.push(ClassicNode::Command(Box::new(CommandNode::new(orders))));
    nodes
}

impl Node for ClassicNode {
    type Message = ClassicMessage;

    fn start(&mut self, out: &mut impl Outbox<ClassicMessage>) -> Wait {
        match self {
            ClassicNode::Ring(_) => Wait::Any,
            ClassicNode::Command(node) => node.advance(out),
        }
    }

    #[inline]
    fn receive(
        &mut self,
        from: Rank,
        message: ClassicMessage,
        out: &mut impl Outbox<ClassicMessage>,
    ) -> Result<Wait, Fault> {
        match self {
            ClassicNode::Ring(node) => node.receive(from, message, out),
            ClassicNode::Command(node) => Ok(node.receive(message, out)),
        }
    }
}

impl Viewed for ClassicNode {
    fn view(&self) -> NodeView<'_> {
        match self {
            ClassicNode::Ring(node) => node.view(),
            ClassicNode::Command(node) => node.view(),
        }
    }
}
