//! Stops: where a run stands in a step, and what is looked at there.

use ringscope_traces::EventIndex;
use ringscope_traces::Op;

use super::facts::Value;
use crate::controls::{Pane, Selection};
use crate::timeline::Timeline;

/// Where a lesson's runs stand in a step, and what is looked at.
#[derive(Debug, Clone)]
pub struct Stop {
    /// The run that is shown, by its place in the lesson's list.
    pub run: usize,
    /// Where that run stood before: it is seen to go on from there.
    pub from: usize,
    /// Where it stands.
    pub cursor: usize,
    /// What is selected in all panes.
    pub selection: Selection,
    /// What is shown beside the ring.
    pub pane: Pane,
    /// The run that it is compared with, if it is.
    pub against: Option<usize>,
}

/// What can be looked at, and what that is.
pub(super) const LOOKS: [(&str, &str); 4] = [
    ("message", "the message of the event at which the run stands"),
    ("key KEY", "a key"),
    ("rank RANK", "a rank"),
    ("FACT", "any fact that is a rank, such as `owner of key 400`"),
];

/// The message of the event that brought a run to a cursor, by its send.
pub(super) fn message(timeline: &Timeline, cursor: usize) -> Option<EventIndex> {
    let event = timeline.event_at(cursor)?;
    match timeline.info(event).op {
        Op::Send => Some(event),
        Op::Recv => timeline.partner(event),
    }
}

/// What a fact selects, if it can select anything.
pub(super) fn selection(value: &Value) -> Option<Selection> {
    match value {
        Value::Rank(rank) => Some(Selection::Rank(*rank)),
        Value::Ranks(ranks) => match ranks[..] {
            [one] => Some(Selection::Rank(one)),
            _ => None,
        },
        Value::Keys(keys) => match keys[..] {
            [one] => Some(Selection::Key(one)),
            _ => None,
        },
        Value::Number(_) | Value::Words(_) => None,
    }
}
