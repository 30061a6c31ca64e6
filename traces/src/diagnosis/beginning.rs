//! The first events of a trace that is too long to be held: races are looked for in them.
//!
//! Whether a wildcard receive could have taken another message is asked of vector clocks, which need all that came
//! before, and nothing of what came later. A program that races does so in a loop, so its beginning shows it.

use std::collections::{BTreeMap, BTreeSet};

use super::table::Table;
use super::{Kind, Verdict, races};
use crate::calls::{Call, Post};
use crate::event::{Event, Header, Rank, Trace};

/// How many events are held.
const MOST_EVENTS: usize = 1 << 16;

/// How many calls are held. A clock that misses a collective operation would show races that are none, so of a trace with more of
/// them before the end of its beginning nothing is said.
const MOST_CALLS: usize = 1 << 18;

/// The first events, without payloads, and the collective operations before and among them.
#[derive(Debug, Default)]
pub(super) struct Beginning {
    events: Vec<Event>,
    /// How many of them each rank has.
    of_rank: BTreeMap<Rank, u64>,
    calls: Vec<Call>,
    /// The requests of collective operations among these that are not complete yet.
    begun: BTreeSet<(Rank, Post)>,
    has_wildcards: bool,
    has_more_events: bool,
    has_more_calls: bool,
}

impl Beginning {
    /// The next event; its payload is not needed.
    pub(super) fn event(&mut self, event: &Event) {
        self.has_wildcards |= races::any_source(event).is_some();
        if self.events.len() == MOST_EVENTS {
            self.has_more_events = true;
            return;
        }
        *self.of_rank.entry(event.rank).or_default() += 1;
        self.events.push(event.clone());
    }

    /// The next call; all events have gone by.
    pub(super) fn call(&mut self, call: &Call) {
        if !self.has_wildcards || !self.is_of_a_collective(call) {
            return;
        }
        match self.calls.len() < MOST_CALLS {
            true => self.calls.push(call.clone()),
            false => self.has_more_calls = true,
        }
    }

    /// Whether a rank enters a collective operation there, or completes one.
    fn is_of_a_collective(&mut self, call: &Call) -> bool {
        let events = |rank: Rank| self.of_rank.get(&rank).copied().unwrap_or_default();
        match call {
            Call::Enter(enter) if enter.number.is_some() && enter.after <= events(enter.rank) => {
                self.begun.extend(enter.post.map(|post| (enter.rank, post)));
                true
            }
            Call::Complete(done) => self.begun.remove(&(done.rank, done.post)),
            Call::Enter(_)
            | Call::Place(_)
            | Call::Address(_)
            | Call::Communicator(_)
            | Call::Leave(_)
            | Call::Post(_)
            | Call::Probe(_)
            | Call::Fail(_)
            | Call::Misuse(_)
            | Call::Exception(_)
            | Call::Exit(_)
            | Call::Died(_)
            | Call::Last(_) => false,
        }
    }

    /// The races in it, or why none is told; nothing when the whole run has no wildcard receive.
    pub(super) fn remarks(self, header: &Header, tables: &[Call]) -> Vec<Verdict> {
        let Beginning { events, calls, has_wildcards, has_more_events, has_more_calls, .. } = self;
        if !has_wildcards {
            return Vec::new();
        }
        let count = events.len();
        let calls = [tables, &calls].concat();
        let trace = Trace { header: header.clone(), events, calls, footer: None };
        let races = match has_more_calls {
            true => None,
            false => races::found(&Table::of(&trace)),
        };
        let where_looked = format!("of the trace's {count} first events");
        match races {
            None => vec![told(
                "the trace is too long for races at wildcard receives to be looked for".to_owned(),
            )],
            Some(races) if !has_more_events => races,
            Some(races) if races.is_empty() => vec![told(format!(
                "the trace is too long for races at all of its wildcard receives to be looked for: those {where_looked} \
                 have none"
            ))],
            Some(races) => {
                let within = |race: Verdict| Verdict {
                    says: format!("{}; {where_looked} alone races were looked for", race.says),
                    ..race
                };
                races.into_iter().map(within).collect()
            }
        }
    }
}

fn told(says: String) -> Verdict {
    Verdict { kind: Kind::Race, ranks: Vec::new(), says }
}
