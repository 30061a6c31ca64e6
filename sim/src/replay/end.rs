//! How a run ended, as its nodes show it.

use ringscope_traces::Ending;

use super::Replay;
use crate::explain::{Explanation, explain};
use crate::protocol::{Node, Protocol};
use crate::world::{End, WaitForGraph};

impl<N: Node> Replay<N> {
    /// Why a run that ended so, here, did not complete; `None` when it completed, and of what no single
    /// state shows: a livelock, and a limit.
    #[must_use]
    pub fn explanation<P: Protocol<Node = N>>(&self, ending: &Ending) -> Option<Explanation> {
        explain::<P>(&self.end(ending)?, self.nodes())
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
        self.ranks.active().into_iter().find_map(|rank| {
            let fault = self.ranks.obligations(rank)?.fault()?.clone();
            Some(End::Crashed { rank, fault })
        })
    }

    /// Who waits for whom now, and what is in flight.
    #[must_use]
    pub fn wait_for_graph(&self) -> WaitForGraph<N::Message> {
        self.ranks.wait_for_graph()
    }
}
