//! What is known of a run beside its events: commands, states, and what went wrong.

use std::collections::BTreeMap;

use ringscope_sim::explain::Explanation;
use ringscope_sim::ledger::{Invariant, Tally};
use ringscope_sim::protocol::Key;
use ringscope_sim::travel::{Atlas, Checkpoint, Touch};
use ringscope_traces::{Ending, Place};

use super::deeds::{Deed, Turn};
use super::{Departure, Sighting};

/// Something new that is known of a run.
pub(super) enum News {
    /// Of its commands.
    Turn(Turn),
    /// Its last line: how it ended, or that it was cut off.
    Ended(Option<Ending>),
    /// What keeps its events from being read to the end.
    Problem(String),
    /// Why nobody knows its nodes.
    Opaque(String),
    /// How its nodes start.
    Start(Box<Atlas>),
    /// How they stood further on, and what was found until then.
    Further(Box<Further>),
    /// Where it leaves the protocol.
    Departure(Departure),
    /// Why it did not complete.
    Explanation(Explanation),
    /// There is nothing more to know.
    Done,
}

/// What was found on a stretch of a run.
pub(super) struct Further {
    /// How many events were gone past.
    pub cursor: usize,
    pub checkpoint: Option<Checkpoint>,
    pub sightings: Vec<Sighting>,
    pub touches: Vec<Touch>,
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
pub(super) struct Known {
    pub deeds: Vec<Deed>,
    /// Where END was sent.
    pub no_more_deeds: Option<Place>,
    pub ending: Option<Ending>,
    pub problem: Option<String>,
    pub opaque: Option<String>,
    pub atlas: Option<Box<Atlas>>,
    /// Up to which cursor the nodes are known.
    pub states: usize,
    pub sightings: Vec<Sighting>,
    pub tallies: Tallies,
    pub touches: BTreeMap<Key, Vec<Touch>>,
    pub departure: Option<Departure>,
    pub explanation: Option<Explanation>,
    pub is_read: bool,
    pub is_done: bool,
}

impl Known {
    pub fn learn(&mut self, news: News) {
        match news {
            News::Turn(Turn::Sent(deed)) => self.deeds.push(deed),
            News::Turn(Turn::Answered(nth, at)) => self.deeds[nth].answered = Some(at),
            News::Turn(Turn::Ended(at)) => {
                self.no_more_deeds.get_or_insert(at);
            }
            News::Ended(ending) => (self.ending, self.is_read) = (ending, true),
            News::Problem(what) => (self.problem, self.is_read) = (Some(what), true),
            News::Opaque(why) => self.opaque = Some(why),
            News::Start(atlas) => (self.atlas, self.states) = (Some(atlas), 0),
            News::Further(further) => self.go_further(*further),
            News::Departure(departure) => self.departure = Some(departure),
            News::Explanation(explanation) => self.explanation = Some(explanation),
            News::Done => self.is_done = true,
        }
    }

    fn go_further(&mut self, further: Further) {
        let Further { cursor, checkpoint, sightings, touches, tallies } = further;
        if let (Some(atlas), Some(checkpoint)) = (&mut self.atlas, checkpoint) {
            atlas.add(checkpoint);
        }
        for touch in touches {
            self.touches.entry(touch.key).or_default().push(touch);
        }
        self.sightings.extend(sightings);
        (self.states, self.tallies) = (cursor, tallies);
    }
}
