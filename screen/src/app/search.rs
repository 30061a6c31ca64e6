//! What is looked for in a run: the events that are listed, the query, the conditions to break on.

use ringscope_traces::EventIndex;

use super::listing::Listing;
use super::matches::Matches;
use super::seek::Seek;
use crate::language::{Condition, Query};
use crate::timeline::{Light, Timeline, Why};

/// How many events are gone through at once.
const AT_ONCE: usize = 50_000;

/// What is looked for in a run.
#[derive(Default)]
pub struct Search {
    /// What is listed.
    pub listing: Listing,
    /// Why the event came about whose causes are listed, and that in words.
    pub why: Option<(Why, String)>,
    /// The events that are listed, in their order; `None` when all are.
    pub listed: Option<Vec<EventIndex>>,
    /// The filter in words, as it was typed.
    pub filter: String,
    /// The query that was looked for last.
    pub sought: Option<Query>,
    /// All events that it matches.
    pub matches: Matches,
    /// The conditions to break on.
    pub breaks: Vec<Condition>,
    /// Which of them is chosen, from 0.
    pub chosen_break: usize,
    /// What is being looked for, a stretch at a time.
    pub(super) seek: Option<Seek>,
    /// The filter before one was typed.
    pub(super) filter_before: String,
    /// How far the events were gone through for what is listed.
    listed_up_to: usize,
}

impl Search {
    /// Lists other events.
    pub fn list(&mut self, timeline: &Timeline, listing: Listing) {
        self.listed_up_to = 0;
        self.why = None;
        (self.listed, self.filter) = match &listing {
            Listing::All => (None, String::new()),
            Listing::Matching(query) if query.is_empty() => (None, String::new()),
            Listing::Matching(query) => (Some(Vec::new()), query.text.clone()),
            Listing::Causes(at) => {
                let why = timeline.why(*at);
                let (words, listed) = (timeline.why_in_words(&why), Some(why.events()));
                self.why = Some((why, words));
                (listed, format!("causes of event {}", at.0 + 1))
            }
        };
        self.listing = if self.listed.is_some() { listing } else { Listing::All };
        self.list_on(timeline);
    }

    /// Goes on with the events of a filter; whether there is anything new to show.
    pub fn list_on(&mut self, timeline: &Timeline) -> bool {
        let (Listing::Matching(query), Some(listed)) = (&self.listing, &mut self.listed) else {
            return false;
        };
        let end = timeline.len().min(self.listed_up_to.saturating_add(AT_ONCE));
        let new = (self.listed_up_to..end).map(EventIndex);
        listed.extend(new.filter(|at| query.matches(timeline, *at)));
        let is_new = end > self.listed_up_to;
        self.listed_up_to = end;
        is_new
    }

    /// How an event stands to the one that is asked why it came about; `None` when none is.
    pub fn light(&self, at: EventIndex) -> Option<Light> {
        self.why.as_ref().map(|(why, _)| why.light(at))
    }

    /// Whether there are events that the filter has not gone through.
    pub fn is_listing(&self, timeline: &Timeline) -> bool {
        matches!(self.listing, Listing::Matching(_)) && self.listed_up_to < timeline.len()
    }
}
