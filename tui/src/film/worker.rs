//! Reads a run: its events, then what they say of the commands, the nodes and the invariants.

use ringscope_sim::conform::{Setup, What};
use ringscope_sim::protocol::Script;
use ringscope_sim::travel::{Atlas, Journey};
use ringscope_traces::{Place, Rank, Trace};

use super::deeds::{Book, Turn};
use super::known::{Further, News, tallies};
use super::{Departure, Sighting};

/// How many events are gone past before what they brought about is told.
const STRETCH: usize = 2_000;

pub(super) fn read(trace: &Trace, tell: &mut dyn FnMut(News)) {
    let command = Rank(trace.header.ranks - 1);
    let mut book = Book::default();
    let mut commands = Vec::new();
    for (at, event) in trace.events.iter().enumerate().filter(|(_, event)| event.rank == command) {
        if let Some(turn) = book.take(Place(at), event) {
            if let Turn::Sent(deed) = turn {
                commands.push(deed.command);
            }
            tell(News::Turn(turn));
        }
    }
    tell(News::Ended(trace.footer.as_ref().map(|footer| footer.ending.clone())));
    match Setup::of(&trace.header, commands.into_iter().collect::<Script>()) {
        Ok(setup) => travel(trace, setup, tell),
        Err(why) => tell(News::Opaque(why.to_string())),
    }
    tell(News::Done);
}

fn travel(trace: &Trace, setup: Setup, tell: &mut dyn FnMut(News)) {
    let mut journey = Journey::start(setup);
    tell(News::Start(Box::new(Atlas::of(&journey))));
    for (at, event) in trace.events.iter().enumerate() {
        if let Err(what) = journey.take(event) {
            tell(further(&mut journey, at));
            tell(News::Departure(departure(Place(at), event.rank, &what)));
            return;
        }
        if (at + 1) % STRETCH == 0 {
            tell(further(&mut journey, at + 1));
        }
    }
    if let Some(footer) = &trace.footer {
        journey.finish();
        journey.explanation(&footer.ending).into_iter().for_each(|e| tell(News::Explanation(e)));
    }
    tell(further(&mut journey, trace.events.len()));
}

fn departure(at: Place, rank: Rank, what: &What) -> Departure {
    Departure { at, what: format!("rank {rank} {what}") }
}

fn further(journey: &mut Journey, cursor: usize) -> News {
    let sighting = |(at, violation)| Sighting { at, violation };
    News::Further(Box::new(Further {
        cursor,
        checkpoint: journey.checkpoint(usize::MAX),
        sightings: journey.take_sightings().into_iter().map(sighting).collect(),
        touches: journey.take_touches(),
        tallies: tallies(|invariant| journey.tally(invariant)),
    }))
}
