//! How a run ended, as its nodes show it.

use ringscope_traces::{Ending, Rank};

use super::Replay;
use super::obligations::Obligations;
use crate::explain::{Explanation, explain};
use crate::protocol::{Message, Node, Protocol, Wait};
use crate::world::{Blocked, End, WaitForGraph};

impl<N: Node> Replay<N> {
    /// Why a run that ended so, here, did not complete; `None` when it completed, and of what no single
    /// state shows: a livelock, and a limit.
    #[must_use]
    pub fn explanation<P: Protocol<Node = N>>(&self, ending: &Ending) -> Option<Explanation> {
        explain::<P>(&self.end(ending)?, &self.nodes)
    }

    fn end(&self, ending: &Ending) -> Option<End<N::Message>> {
        match ending {
            Ending::Completed => Some(End::Completed),
            Ending::Deadlock => Some(End::Deadlock(self.wait_for_graph())),
            Ending::Crashed { .. } => self.crash(),
            Ending::Livelock | Ending::Stopped => None,
        }
    }

    fn crash(&self) -> Option<End<N::Message>> {
        let faults = self
            .obligations_of
            .iter()
            .filter_map(|(rank, obligations)| Some((*rank, obligations.fault()?)));
        let (rank, fault) = faults.min_by_key(|(rank, _)| *rank)?;
        Some(End::Crashed { rank, fault: fault.clone() })
    }

    fn wait_for_graph(&self) -> WaitForGraph<N::Message> {
        let pending = self.mail.left();
        let is_long =
            |message: &N::Message| self.eager.is_some_and(|eager| message.bytes() > eager);
        let sending = pending.iter().filter(|mail| is_long(&mail.message));
        let mut blocked: Vec<_> =
            sending.map(|mail| Blocked { rank: mail.from, on: mail.to, tag: None }).collect();
        let waits =
            self.obligations_of.iter().filter_map(|(rank, obligations)| awaits(*rank, obligations));
        blocked.extend(waits);
        // A rank in a send does not wait for anything else yet.
        blocked.sort_by_key(|blocked| (blocked.rank, blocked.tag.is_some()));
        blocked.dedup_by_key(|blocked| blocked.rank);
        WaitForGraph { blocked, pending }
    }
}

fn awaits<M: Message>(rank: Rank, obligations: &Obligations<M>) -> Option<Blocked> {
    match obligations.wait() {
        Wait::From { source, tag } => Some(Blocked { rank, on: source, tag: Some(tag) }),
        Wait::Any | Wait::Stopped => None,
    }
}
