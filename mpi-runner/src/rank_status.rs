//! A rank's status, as it reports it to rank 0.

use std::collections::BTreeMap;

use ringscope_sim::world::Status;
use ringscope_traces::{Rank, Tag};
use serde::{Deserialize, Serialize};

/// What a rank has done so far, and what it is doing now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RankStatus {
    /// The rank.
    pub rank: Rank,
    /// The last status round in which it was asked.
    pub round: u64,
    /// What it is doing.
    pub activity: Activity,
    /// How many messages it has sent and received, by the other rank and the tag.
    pub tally: Tally,
}

/// What a rank is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Activity {
    /// It is handling messages.
    Working,
    /// It is waiting for a message; `None` is a wildcard.
    Receiving {
        /// The only rank to receive from.
        source: Option<Rank>,
        /// The only tag to receive.
        tag: Option<Tag>,
    },
    /// It is blocked in a send.
    Sending {
        /// The receiver.
        to: Rank,
    },
    /// Its node has finished.
    Finished,
    /// Its node has crashed, with that fault.
    Crashed(String),
    /// It has received all that the followed trace has for it.
    Halted,
    /// Its node does something else than the followed trace.
    CannotFollow(String),
    /// It has failed for a reason outside the protocol, such as a full disk.
    Failed(String),
}

/// How many messages a rank has sent and received.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Tally {
    by_peer: BTreeMap<(Rank, Tag), Counts>,
    received: u64,
}

/// How many messages went to a rank and came from it with one tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Counts {
    /// How many were sent.
    pub sent: u64,
    /// How many were received.
    pub received: u64,
}

impl From<Status> for Activity {
    fn from(status: Status) -> Activity {
        match status {
            Status::WaitingForAny => Activity::Receiving { source: None, tag: None },
            Status::Waiting { source, tag } => {
                Activity::Receiving { source: Some(source), tag: Some(tag) }
            }
            Status::Sending { to } => Activity::Sending { to },
            // It is about to send what its node has asked for.
            Status::Owing { .. } => Activity::Working,
            Status::Crashed(fault) => Activity::Crashed(fault.to_string()),
            Status::Finished => Activity::Finished,
        }
    }
}

impl Activity {
    /// The same as the simulator says it; `None` where it knows nothing like it: while the rank works, when
    /// it follows a trace, and of a crash, of which only the words travel.
    pub(crate) fn status(&self) -> Option<Status> {
        match *self {
            Activity::Receiving { source: None, tag: None } => Some(Status::WaitingForAny),
            Activity::Receiving { source: Some(source), tag: Some(tag) } => {
                Some(Status::Waiting { source, tag })
            }
            Activity::Sending { to } => Some(Status::Sending { to }),
            Activity::Finished => Some(Status::Finished),
            Activity::Receiving { .. }
            | Activity::Working
            | Activity::Crashed(_)
            | Activity::Halted
            | Activity::CannotFollow(_)
            | Activity::Failed(_) => None,
        }
    }

    /// Whether a message from `from` with that tag would let the rank go on.
    pub(crate) fn takes(&self, from: Rank, tag: Tag) -> bool {
        // A followed trace names the source; the tag is looked at when the message is there.
        if let Activity::Receiving { source: Some(source), tag: None } = self {
            return *source == from;
        }
        self.status().is_some_and(|status| status.takes(from, tag))
    }
}

impl Tally {
    /// Counts a message that was sent.
    pub(crate) fn sent(&mut self, to: Rank, tag: Tag) {
        self.by_peer.entry((to, tag)).or_default().sent += 1;
    }

    /// Counts a message that was received.
    pub(crate) fn received(&mut self, from: Rank, tag: Tag) {
        self.by_peer.entry((from, tag)).or_default().received += 1;
        self.received += 1;
    }

    /// How many messages were received in all.
    pub(crate) fn all_received(&self) -> u64 {
        self.received
    }

    /// The other ranks and tags, and how many messages went and came.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (Rank, Tag, Counts)> {
        self.by_peer.iter().map(|((peer, tag), counts)| (*peer, *tag, *counts))
    }
}

/// Serialized as a list, since a JSON object has no keys of two parts.
impl Serialize for Tally {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.counts())
    }
}

impl<'de> Deserialize<'de> for Tally {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = Vec::<(Rank, Tag, Counts)>::deserialize(deserializer)?;
        let received = list.iter().map(|(_, _, counts)| counts.received).sum();
        let by_peer = list.into_iter().map(|(peer, tag, counts)| ((peer, tag), counts)).collect();
        Ok(Tally { by_peer, received })
    }
}

/// The messages in flight between ranks of these statuses: sender, receiver, tag, and how many.
///
/// The statuses must be a consistent snapshot, or those of ranks that do nothing any more.
pub(crate) fn in_flight(statuses: &[RankStatus]) -> Vec<(Rank, Rank, Tag, u64)> {
    let mut channels: BTreeMap<(Rank, Rank, Tag), Counts> = BTreeMap::new();
    for RankStatus { rank, tally, .. } in statuses {
        for (peer, tag, counts) in tally.counts() {
            channels.entry((*rank, peer, tag)).or_default().sent += counts.sent;
            channels.entry((peer, *rank, tag)).or_default().received += counts.received;
        }
    }
    let left = channels.into_iter().map(|((from, to, tag), Counts { sent, received })| {
        (from, to, tag, sent.saturating_sub(received))
    });
    left.filter(|(_, _, _, count)| *count > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_rank_waits_for_is_the_same_on_both_sides() {
        let statuses = [
            Status::WaitingForAny,
            Status::Waiting { source: Rank(2), tag: Tag(8) },
            Status::Sending { to: Rank(2) },
            Status::Finished,
        ];
        for status in statuses {
            assert_eq!(Activity::from(status.clone()).status(), Some(status));
        }
    }

    #[test]
    fn a_rank_that_follows_a_trace_takes_any_tag_of_the_source_that_is_named() {
        let follows = Activity::Receiving { source: Some(Rank(2)), tag: None };
        assert!(follows.takes(Rank(2), Tag(8)));
        assert!(!follows.takes(Rank(3), Tag(8)));
    }
}
