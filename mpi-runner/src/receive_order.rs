//! The order in which a rank receives: that of arrival, or that of a trace.

use std::collections::VecDeque;

use ringscope_sim::protocol::Wait;
use ringscope_sim::world::Status;
use ringscope_traces::words::ordinal;
use ringscope_traces::{ByRank, Ending, EventIndex, Rank, Tag, Trace};

use crate::rank_status::Activity;

/// What decides which message a rank receives next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ReceiveOrder {
    /// Whichever message arrives first.
    Free,
    /// The receives of a trace.
    Follows {
        /// The receipts that the trace still has for this rank.
        receipts: VecDeque<Receipt>,
        /// Whether the rank goes on waiting after the last one, as in a run that ended in a deadlock.
        waits_on: bool,
    },
}

/// A receive of the followed trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Receipt {
    /// From whom.
    pub source: Rank,
    /// With which tag.
    pub tag: Tag,
    /// Its index among its rank's events.
    pub index: usize,
    /// The line of the trace's file.
    pub line: usize,
}

impl Receipt {
    /// A trace's receives, by rank and in the order of each.
    pub(crate) fn all(trace: &Trace) -> Vec<Vec<Receipt>> {
        let by_rank = ByRank::of(trace);
        let ranks = (0..trace.header.ranks).map(Rank);
        ranks.map(|rank| Receipt::of(&by_rank, trace, rank)).collect()
    }

    fn of(by_rank: &ByRank, trace: &Trace, rank: Rank) -> Vec<Receipt> {
        let events = by_rank.events(rank).iter().enumerate();
        let receipts = events.filter(|(_, place)| trace[**place].source().is_some());
        let receipt = |(index, place): (usize, &EventIndex)| {
            let event = &trace[*place];
            Receipt { source: event.peer, tag: event.tag, index, line: place.line() }
        };
        receipts.map(receipt).collect()
    }
}

impl ReceiveOrder {
    /// The order in which a trace's rank received.
    pub(crate) fn of(trace: &Trace, rank: Rank) -> ReceiveOrder {
        let receipts = Receipt::of(&ByRank::of(trace), trace, rank);
        let ending = trace.footer.as_ref().map(|footer| &footer.ending);
        let waits_on = matches!(ending, Some(Ending::Completed | Ending::Deadlock));
        ReceiveOrder::Follows { receipts: receipts.into(), waits_on }
    }

    /// What the rank does next, given what its node waits for.
    ///
    /// A rank whose node has finished has finished, even when the trace goes on: how the run ended is a
    /// matter of the nodes, and that it is not the trace's run is told when the two are compared.
    pub(crate) fn next(&self, wait: Wait) -> Activity {
        let own = || Status::after_sends(wait).into();
        let ReceiveOrder::Follows { receipts, waits_on } = self else { return own() };
        match (receipts.front(), wait) {
            (_, Wait::Stopped) => own(),
            (None, Wait::Any | Wait::From { .. }) if *waits_on => own(),
            (None, Wait::Any | Wait::From { .. }) => Activity::Halted,
            // The source's first message is taken, as MPI would; if its tag is not the trace's, `took` says so.
            (Some(Receipt { source, .. }), Wait::Any) => {
                Activity::Receiving { source: Some(*source), tag: None }
            }
            (Some(receipt), Wait::From { source, tag })
                if !wait.takes(receipt.source, receipt.tag) =>
            {
                let Receipt { index, line, source: said, tag: said_tag } = receipt;
                Activity::CannotFollow(format!(
                    "its {} event (line {line}) receives from rank {said} with tag {said_tag}, but its node awaits tag {tag} from rank {source}",
                    ordinal(*index)
                ))
            }
            (Some(_), Wait::From { .. }) => own(),
        }
    }

    /// Records that the rank has received.
    ///
    /// # Errors
    ///
    /// When the trace says otherwise: how they differ.
    pub(crate) fn took(&mut self, source: Rank, tag: Tag) -> Result<(), String> {
        let ReceiveOrder::Follows { receipts, .. } = self else { return Ok(()) };
        match receipts.pop_front() {
            Some(receipt) if (receipt.source, receipt.tag) == (source, tag) => Ok(()),
            Some(Receipt { index, line, tag: said, .. }) => Err(format!(
                "its {} event (line {line}) receives tag {said} from rank {source}, but tag {tag} came from there first",
                ordinal(index)
            )),
            None => {
                Err(format!("received tag {tag} from rank {source} after the trace's last receive"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follows(receipts: &[(u32, i32)], waits_on: bool) -> ReceiveOrder {
        let receipt = |(index, (source, tag)): (usize, &(u32, i32))| Receipt {
            source: Rank(*source),
            tag: Tag(*tag),
            index,
            line: index + 2,
        };
        ReceiveOrder::Follows {
            receipts: receipts.iter().enumerate().map(receipt).collect(),
            waits_on,
        }
    }

    #[test]
    fn a_followed_rank_waits_for_the_source_that_the_trace_names() {
        let receive_order = follows(&[(5, 1)], false);
        let from_5 = Activity::Receiving { source: Some(Rank(5)), tag: None };
        assert_eq!(receive_order.next(Wait::Any), from_5);
        let wait = Wait::From { source: Rank(5), tag: Tag(1) };
        assert_eq!(receive_order.next(wait), Activity::from(Status::after_sends(wait)));
    }

    #[test]
    fn a_receive_that_the_node_does_not_take_is_named_by_its_index() {
        let receive_order = follows(&[(5, 1)], false);
        let wait = Wait::From { source: Rank(4), tag: Tag(8) };
        let words = "its 1st event (line 2) receives from rank 5 with tag 1, but its node awaits tag 8 from rank 4";
        assert_eq!(receive_order.next(wait), Activity::CannotFollow(words.into()));
    }

    #[test]
    fn a_node_that_has_finished_before_the_trace_has_finished_all_the_same() {
        assert_eq!(follows(&[(5, 1)], false).next(Wait::Stopped), Activity::Finished);
        assert_eq!(follows(&[(5, 1)], true).next(Wait::Stopped), Activity::Finished);
    }

    #[test]
    fn another_tag_from_the_right_source_is_noticed() {
        let mut receive_order = follows(&[(5, 1), (5, 2)], false);
        assert_eq!(receive_order.took(Rank(5), Tag(1)), Ok(()));
        let words =
            "its 2nd event (line 3) receives tag 2 from rank 5, but tag 7 came from there first";
        assert_eq!(receive_order.took(Rank(5), Tag(7)), Err(words.into()));
    }

    #[test]
    fn after_the_last_receive_a_rank_halts_or_waits_as_in_a_deadlock() {
        assert_eq!(follows(&[], false).next(Wait::Any), Activity::Halted);
        assert_eq!(follows(&[], true).next(Wait::Any), Activity::from(Status::WaitingForAny));
        assert_eq!(follows(&[], false).next(Wait::Stopped), Activity::Finished);
    }
}
