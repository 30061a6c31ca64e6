//! Order by record: each rank receives from the source that a recorded run names next.

use ringscope_traces::{Rank, Trace};

use super::{ByChoice, Choice, Observer, World};
use crate::protocol::Node;

/// The sources of each rank's receipts, in order, by rank.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReceiveOrder {
    sources: Vec<Vec<Rank>>,
}

/// A record that the world cannot follow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("rank {rank} cannot receive from rank {source_rank} as its receipt {receipt}")]
pub struct CannotFollow {
    /// The rank.
    pub rank: Rank,
    /// Which of its receipts, from 0.
    pub receipt: usize,
    /// From whom the record says that it received.
    pub source_rank: Rank,
}

impl ReceiveOrder {
    /// The order in which a trace's ranks received.
    #[must_use]
    pub fn of(trace: &Trace) -> ReceiveOrder {
        let mut record = ReceiveOrder::default();
        for event in trace.events.iter().filter(|event| event.source().is_some()) {
            record.add(Choice { rank: event.rank, source: event.peer });
        }
        record
    }

    /// Adds a receipt at the end.
    pub fn add(&mut self, choice: Choice) {
        if self.sources.len() <= choice.rank.index() {
            self.sources.resize(choice.rank.index() + 1, Vec::new());
        }
        self.sources[choice.rank.index()].push(choice.source);
    }

    /// Lets the world take every receipt of the record, the ranks in turn as far as each can go.
    ///
    /// # Errors
    ///
    /// The first receipt, by rank, that cannot happen.
    pub fn follow<N: Node>(
        &self,
        world: &mut World<N, ByChoice>,
        observer: &mut impl Observer<N>,
    ) -> Result<(), CannotFollow> {
        let mut done = vec![0; self.sources.len()];
        let mut moved = true;
        while moved {
            moved = false;
            for (rank, sources) in (0_u32..).map(Rank).zip(&self.sources) {
                let done = &mut done[rank.index()];
                while let Some(&source) = sources.get(*done) {
                    if !world.choose(Choice { rank, source }, observer) {
                        break;
                    }
                    *done += 1;
                    moved = true;
                }
            }
        }
        self.first_undone(&done).map_or(Ok(()), Err)
    }

    fn first_undone(&self, done: &[usize]) -> Option<CannotFollow> {
        let ranks = (0_u32..).map(Rank).zip(&self.sources).zip(done);
        let mut undone = ranks.filter_map(|((rank, sources), &receipt)| {
            Some(CannotFollow { rank, receipt, source_rank: *sources.get(receipt)? })
        });
        undone.next()
    }
}
