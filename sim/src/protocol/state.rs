//! What a node showed of itself, kept.

use std::collections::VecDeque;
use std::sync::Arc;

use super::view::{Activity, ActivityKind, Links, NodeView, Peer, Role, Topology, Viewed};
use super::{Command, Storage, StorageId};

/// What a node showed of itself, kept: a node without its protocol's types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeState {
    role: Role,
    id: Option<StorageId>,
    topology: &'static Topology,
    peers: Box<[Option<Peer>]>,
    storage: Option<Arc<Storage>>,
    kind: KeptKind,
    words: Box<str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum KeptKind {
    Admitting,
    Joining,
    Leaving,
    Commanding(VecDeque<Command>),
    Other,
}

impl NodeState {
    /// Keeps what a node shows.
    #[must_use]
    pub fn of(view: &NodeView<'_>) -> NodeState {
        NodeState {
            role: view.role,
            id: view.id,
            topology: view.links.topology(),
            peers: view.links.peers().into(),
            storage: view.storage.cloned(),
            kind: match view.activity.kind {
                ActivityKind::Admitting => KeptKind::Admitting,
                ActivityKind::Joining => KeptKind::Joining,
                ActivityKind::Leaving => KeptKind::Leaving,
                ActivityKind::Commanding(commands) => KeptKind::Commanding(commands.clone()),
                ActivityKind::Other => KeptKind::Other,
            },
            words: view.activity.words.into(),
        }
    }
}

impl Viewed for NodeState {
    fn view(&self) -> NodeView<'_> {
        let kind = match &self.kind {
            KeptKind::Admitting => ActivityKind::Admitting,
            KeptKind::Joining => ActivityKind::Joining,
            KeptKind::Leaving => ActivityKind::Leaving,
            KeptKind::Commanding(commands) => ActivityKind::Commanding(commands),
            KeptKind::Other => ActivityKind::Other,
        };
        NodeView {
            role: self.role,
            id: self.id,
            links: Links::new(self.topology, &self.peers),
            storage: self.storage.as_ref(),
            activity: Activity { kind, words: &self.words },
        }
    }
}
