//! What a node shows of itself, and the same kept.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{Command, NodeView, Peer, Phase, Role, Storage, StorageId};

/// Something that shows what an invariant, an explanation or a panel may see of a node.
pub trait Viewed {
    /// What may be seen.
    fn view(&self) -> NodeView<'_>;
}

/// What a node showed of itself, kept: a node without its protocol's types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeState {
    role: Role,
    id: Option<StorageId>,
    predecessor: Option<Peer>,
    successor: Option<Peer>,
    storage: Option<Arc<Storage>>,
    phase: KeptPhase,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum KeptPhase {
    Idle,
    Joining(Box<str>),
    Leaving(Box<str>),
    Commanding(VecDeque<Command>),
}

impl NodeState {
    /// Keeps what a node shows.
    #[must_use]
    pub fn of(view: &NodeView<'_>) -> NodeState {
        NodeState {
            role: view.role,
            id: view.id,
            predecessor: view.predecessor,
            successor: view.successor,
            storage: view.storage.cloned(),
            phase: match view.phase {
                Phase::Idle => KeptPhase::Idle,
                Phase::Joining(what) => KeptPhase::Joining(what.into()),
                Phase::Leaving(what) => KeptPhase::Leaving(what.into()),
                Phase::Commanding(commands) => KeptPhase::Commanding(commands.clone()),
            },
        }
    }
}

impl Viewed for NodeState {
    fn view(&self) -> NodeView<'_> {
        NodeView {
            role: self.role,
            id: self.id,
            predecessor: self.predecessor,
            successor: self.successor,
            storage: self.storage.as_ref(),
            phase: match &self.phase {
                KeptPhase::Idle => Phase::Idle,
                KeptPhase::Joining(what) => Phase::Joining(what),
                KeptPhase::Leaving(what) => Phase::Leaving(what),
                KeptPhase::Commanding(commands) => Phase::Commanding(commands),
            },
        }
    }
}
