//! What is known of a run beside its events: commands, states, and what went wrong.

use std::collections::BTreeMap;
use std::sync::Arc;

use ringscope_sim::explain::Explanation;
use ringscope_sim::invariants::{Invariant, Tally};
use ringscope_sim::protocol::Key;
use ringscope_sim::replay::KeyEvent;
use ringscope_sim::replay::recorded::{Changes, History};
use ringscope_traces::indexed::Block;
use ringscope_traces::{Completeness, Ending};

use super::calls::Calls;
use super::diagnosed::Diagnosed;
use super::operations::{Operation, OperationUpdate};
use super::{Departure, ViolationAt};

/// Something new that is known of a run.
pub(super) enum Update {
    /// Its next events.
    Events(Stretch),
    /// Its last line: how it ended, or that it was cut off, and where.
    End(Option<Ending>, Completeness),
    /// What its ranks called beside sends and receives.
    Calls(Arc<Calls>),
    /// What is wrong with it, by what the calls show.
    Diagnosed(Box<Diagnosed>),
    /// What keeps its events from being read to the end.
    Problem(String),
    /// Why nobody knows its nodes.
    Opaque(String),
    /// How its nodes stood up to a cursor, until the whole of it is known.
    Preview(Box<dyn History>, usize),
    /// How its nodes start.
    Start(Box<dyn History>),
    /// How they stood further on, and what was found until then.
    Further(Box<StretchReport>),
    /// Where it leaves the protocol.
    Departure(Departure),
    /// Why it did not complete.
    Explanation(Explanation),
    /// There is nothing more to know.
    Done,
}

/// The next events of a run.
pub(super) struct Stretch {
    pub block: Arc<Block>,
    pub turns: Vec<OperationUpdate>,
    /// How much has been read.
    pub hundredths: u8,
}

/// What was found on a stretch of a run.
pub(super) struct StretchReport {
    /// How many events were gone past.
    pub cursor: usize,
    pub checkpoint: Option<Changes>,
    pub violations: Vec<ViolationAt>,
    pub key_events: Vec<KeyEvent>,
    pub tallies: Tallies,
}

/// How often each invariant was checked, and how often it did not hold, in the order of [`Invariant::ALL`].
pub(super) type Tallies = [(u64, u64); Invariant::ALL.len()];

/// The numbers of these books.
pub(super) fn tallies<'t>(tally: impl Fn(Invariant) -> &'t Tally) -> Tallies {
    Invariant::ALL.map(|invariant| (tally(invariant).checked, tally(invariant).failed))
}

/// All that is known so far.
#[derive(Default)]
pub(super) struct Loaded {
    pub operations: Vec<Operation>,
    /// How much has been read.
    pub hundredths: u8,
    pub is_read: bool,
    pub ending: Option<Ending>,
    /// Whether the trace is all there, once its end has been read.
    pub completeness: Option<Completeness>,
    pub problem: Option<String>,
    pub opaque: Option<String>,
    preview: Option<Reach>,
    reach: Option<Reach>,
    pub violations: Vec<ViolationAt>,
    pub tallies: Tallies,
    pub key_events: BTreeMap<Key, Vec<KeyEvent>>,
    pub departure: Option<Departure>,
    pub explanation: Option<Explanation>,
    pub calls: Arc<Calls>,
    pub diagnosed: Option<Diagnosed>,
    pub is_done: bool,
}

/// The nodes, and up to which cursor they are known.
struct Reach {
    checkpoints: Box<dyn History>,
    cursor: usize,
}

impl Loaded {
    /// Takes note of something; events are for the index.
    pub(super) fn learn(&mut self, news: Update) -> Option<Arc<Block>> {
        match news {
            Update::Events(Stretch { block, turns, hundredths }) => {
                turns.into_iter().for_each(|turn| self.turn(turn));
                self.hundredths = hundredths;
                return Some(block);
            }
            Update::End(ending, completeness) => {
                (self.ending, self.is_read) = (ending, true);
                self.completeness = Some(completeness);
            }
            Update::Problem(what) => (self.problem, self.is_read) = (Some(what), true),
            Update::Opaque(why) => self.opaque = Some(why),
            Update::Preview(checkpoints, cursor) => {
                self.preview = Some(Reach { checkpoints, cursor })
            }
            Update::Start(checkpoints) => self.reach = Some(Reach { checkpoints, cursor: 0 }),
            Update::Further(further) => self.go_further(*further),
            Update::Departure(departure) => self.departure = Some(departure),
            Update::Explanation(explanation) => {
                self.explanation.get_or_insert(explanation);
            }
            Update::Calls(calls) => self.calls = calls,
            Update::Diagnosed(diagnosed) => self.diagnosed = Some(*diagnosed),
            Update::Done => self.is_done = true,
        }
        None
    }

    fn turn(&mut self, turn: OperationUpdate) {
        match turn {
            OperationUpdate::Sent(operation) => self.operations.push(operation),
            OperationUpdate::Answered(nth, at) => self.operations[nth].completed = Some(at),
        }
    }

    fn go_further(&mut self, further: StretchReport) {
        let StretchReport { cursor, checkpoint, violations, key_events, tallies } = further;
        if let Some(reach) = &mut self.reach {
            checkpoint.into_iter().for_each(|checkpoint| reach.checkpoints.add(checkpoint));
            reach.cursor = cursor;
        }
        for touch in key_events {
            self.key_events.entry(touch.key).or_default().push(touch);
        }
        self.violations.extend(violations);
        self.tallies = tallies;
        self.preview.take_if(|preview| preview.cursor <= cursor);
    }

    /// Up to which cursor the nodes are known without a gap.
    pub(super) fn states(&self) -> usize {
        let reaches = [&self.reach, &self.preview].into_iter().flatten();
        reaches.map(|reach| reach.cursor).max().unwrap_or(0)
    }

    /// How many events the nodes and the invariants have gone past.
    pub(super) fn checked(&self) -> usize {
        self.reach.as_ref().map_or(0, |reach| reach.cursor)
    }

    /// The nodes on the way to a cursor, where they are known.
    pub(super) fn checkpoints(&self, cursor: usize) -> Option<&dyn History> {
        let mut reaches = [&self.reach, &self.preview].into_iter().flatten();
        reaches.find(|reach| cursor <= reach.cursor).map(|reach| &*reach.checkpoints)
    }
}
