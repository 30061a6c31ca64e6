//! What a rank is doing: one answer to whether it waits, for whom, or why it never goes on.

use ringscope_traces::{Rank, Tag};

use super::Blocked;
use crate::protocol::{Fault, Wait};

/// What a rank is doing between two of its events.
///
/// A node's [`Wait`] alone does not say it: a rank can be held up in a send before it comes to wait, and
/// of a rank that takes nothing more it does not say whether it has finished or crashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// It takes the next message, from any source with any tag.
    WaitingForAny,
    /// It takes a message from that source with that tag, and no other.
    Waiting {
        /// The only rank that it receives from.
        source: Rank,
        /// The only tag that it receives.
        tag: Tag,
    },
    /// It is in a send that returns only when the message is received: a standard send of a message above
    /// the eager limit (MPI 4.1, section 3.4).
    Sending {
        /// The receiver.
        to: Rank,
    },
    /// Its node has asked for sends that the record does not show yet. A simulated rank never stands so.
    Owing {
        /// The receiver of the next one.
        to: Rank,
    },
    /// It has crashed.
    Crashed(Fault),
    /// It has finished.
    Finished,
}

impl Status {
    /// What a rank is doing that has made all its sends, and whose node has not crashed.
    #[must_use]
    pub fn after_sends(wait: Wait) -> Status {
        match wait {
            Wait::Any => Status::WaitingForAny,
            Wait::From { source, tag } => Status::Waiting { source, tag },
            Wait::Stopped => Status::Finished,
        }
    }

    /// Whether the rank takes a message from that source with that tag.
    #[must_use]
    pub fn takes(&self, from: Rank, with: Tag) -> bool {
        match *self {
            Status::WaitingForAny => true,
            Status::Waiting { source, tag } => source == from && tag == with,
            Status::Sending { .. }
            | Status::Owing { .. }
            | Status::Crashed(_)
            | Status::Finished => false,
        }
    }

    /// The one rank that has to act before this one can go on; `None` where there is not just one.
    #[must_use]
    pub fn blocked(&self, rank: Rank) -> Option<Blocked> {
        match *self {
            Status::Waiting { source, tag } => Some(Blocked { rank, on: source, tag: Some(tag) }),
            Status::Sending { to } => Some(Blocked { rank, on: to, tag: None }),
            Status::WaitingForAny
            | Status::Owing { .. }
            | Status::Crashed(_)
            | Status::Finished => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAG: Tag = Tag(5);

    #[test]
    fn who_waits_for_one_rank_is_blocked_on_it_and_takes_nothing_of_others() {
        let status = Status::after_sends(Wait::From { source: Rank(2), tag: TAG });
        assert_eq!(
            status.blocked(Rank(1)),
            Some(Blocked { rank: Rank(1), on: Rank(2), tag: Some(TAG) })
        );
        assert!(status.takes(Rank(2), TAG));
        assert!(!status.takes(Rank(3), TAG) && !status.takes(Rank(2), Tag(6)));
    }

    #[test]
    fn who_is_in_a_send_takes_nothing_and_is_blocked_on_the_receiver() {
        let status = Status::Sending { to: Rank(2) };
        assert!(!status.takes(Rank(2), TAG));
        assert_eq!(
            status.blocked(Rank(1)),
            Some(Blocked { rank: Rank(1), on: Rank(2), tag: None })
        );
    }

    #[test]
    fn nobody_can_unblock_who_has_finished_and_nobody_needs_to_where_anything_is_taken() {
        assert_eq!(Status::after_sends(Wait::Stopped).blocked(Rank(1)), None);
        assert_eq!(Status::after_sends(Wait::Any).blocked(Rank(1)), None);
    }
}
