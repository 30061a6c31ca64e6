//! The reference program's protocol, exactly as it was measured, oddities included.
//!
//! [`message`] is what travels, [`ring`] the head and the storage nodes, [`command`] the command node.

pub mod command;
pub mod message;
pub mod ring;
mod settled;

use std::sync::Arc;

use ringscope_traces::Rank;

use super::{Fault, Node, NodeView, Outbox, Script, StorageId, Wait};
pub use command::CommandNode;
pub use message::{Handover, Message, Record, tags};
pub use ring::RingNode;
pub use settled::settled_ring;

/// One process of the classic protocol.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ClassicNode {
    /// The head or a storage node.
    Ring(RingNode),
    /// The command node.
    Command(Box<CommandNode>),
}

/// What the command node is to do, and how.
#[derive(Debug, Clone)]
pub struct Orders {
    /// The commands.
    pub script: Arc<Script>,
    /// How many of them may be in flight at once, at least 1.
    pub window: u32,
}

/// The processes of a run: the head, the idle storage nodes, the permanent one at the id `keyspace`,
/// and the command node, by rank.
///
/// # Panics
///
/// With fewer than 3 ranks: head, permanent node and command node make a program.
#[must_use]
pub fn nodes(ranks: u32, keyspace: i64, orders: Orders) -> Vec<ClassicNode> {
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
    type Message = Message;

    fn start(&mut self, out: &mut Outbox<Message>) -> Wait {
        match self {
            ClassicNode::Ring(_) => Wait::Any,
            ClassicNode::Command(node) => node.advance(out),
        }
    }

    #[inline]
    fn receive(
        &mut self,
        from: Rank,
        message: Message,
        out: &mut Outbox<Message>,
    ) -> Result<Wait, Fault> {
        match self {
            ClassicNode::Ring(node) => node.receive(from, message, out),
            ClassicNode::Command(node) => Ok(node.receive(message, out)),
        }
    }

    fn view(&self) -> NodeView<'_> {
        match self {
            ClassicNode::Ring(node) => node.view(),
            ClassicNode::Command(node) => node.view(),
        }
    }
}
