//! The critical choice of a run that failed: the last one after which the failure could not be avoided.

use std::hash::{Hash as _, Hasher as _};

use ringscope_traces::{EventIndex, Trace};
use rustc_hash::FxHashSet;
use twox_hash::XxHash3_64;

use super::{receipts, start};
use crate::conform::{Setup, setup};
use crate::explore::is_sound_ring;
use crate::protocol::{Command, Key, Node, Protocol};
use crate::protocols::Visitor;
use crate::world::{ByChoice, Choice, World};

/// The most states that are looked at.
const MOST_STATES: usize = 60_000;

/// The most receives of a run whose choices are looked at.
const MOST_RECEIPTS: usize = 2_000;

/// The most ranks.
const MOST_RANKS: u32 = 64;

/// A receive after which a run cannot end well any more, in no order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CriticalChoice {
    /// The receive.
    pub at: EventIndex,
    /// What could have been received instead, so that it could still have ended well.
    pub instead: Choice,
}

/// Finds the critical choice of a record, by running it on from each of its states, the last one first, in every order. To end well is to complete, with
/// every pair at its owner. Which values are read does not count.
///
/// `None` when the run could still end well after all of it, or never could; when the record is of no protocol that is known; and when there are too
/// many states.
#[must_use]
pub fn critical_choice(trace: &Trace) -> Option<CriticalChoice> {
    if trace.header.ranks > MOST_RANKS || receipts(&trace.events).count() > MOST_RECEIPTS {
        return None;
    }
    let setup = setup(trace).ok()?;
    setup.protocol.dispatch(Searching { trace, setup: &setup })
}

struct Searching<'a> {
    trace: &'a Trace,
    setup: &'a Setup,
}

impl Visitor for Searching<'_> {
    type Output = Option<CriticalChoice>;

    fn visit<P: Protocol>(self) -> Option<CriticalChoice> {
        let Searching { trace, setup } = self;
        let mut world = start::<P>(setup, &mut ());
        let mut before = Vec::new();
        let receives = trace.events.iter().enumerate();
        for (at, event) in receives.filter(|(_, event)| event.source().is_some()) {
            before.push((EventIndex(at), world.clone()));
            let receipt = Choice { rank: event.rank, source: event.peer };
            world.choose(receipt, &mut ()).then_some(())?;
        }
        let mut doom = Doom { keys: keys_put(setup), doomed: FxHashSet::default() };
        if doom.can_end_well(world)? {
            return None;
        }
        for (at, world) in before.into_iter().rev() {
            let mut choices = world.choices();
            // A race at this rank says more than what others could have done meanwhile.
            choices.sort_by_key(|choice| choice.rank != trace.events[at.0].rank);
            for instead in choices {
                let mut next = world.clone();
                next.choose(instead, &mut ());
                if doom.can_end_well(next)? {
                    return Some(CriticalChoice { at, instead });
                }
            }
        }
        None
    }
}

/// The keys that the ring is to hold in the end.
fn keys_put(setup: &Setup) -> Vec<Key> {
    let commands = setup.nodes.script.commands();
    let puts = commands.filter_map(|command| match command {
        Command::Put { key, .. } => Some(key),
        Command::Get { .. } | Command::Add { .. } | Command::Remove { .. } => None,
    });
    puts.collect()
}

/// The states from which nothing leads to a good end.
struct Doom {
    keys: Vec<Key>,
    /// By fingerprint: of so few states two have one with a chance of 1 in 10^10.
    doomed: FxHashSet<u64>,
}

impl Doom {
    /// Whether some order leads from here to a good end; `None` when there are too many states to say so.
    ///
    /// Depth first, since most orders end soon.
    fn can_end_well<N: Node>(&mut self, from: World<N, ByChoice>) -> Option<bool> {
        let mut met = FxHashSet::default();
        let mut open = vec![from];
        while let Some(world) = open.pop() {
            let print = print(&world);
            if self.doomed.contains(&print) || !met.insert(print) {
                continue;
            }
            if met.len() + self.doomed.len() > MOST_STATES {
                return None;
            }
            if world.crash().is_some() {
                continue;
            }
            if world.all_stopped() && is_sound_ring(world.nodes(), &self.keys) {
                return Some(true);
            }
            open.extend(world.choices().into_iter().map(|choice| {
                let mut next = world.clone();
                next.choose(choice, &mut ());
                next
            }));
        }
        self.doomed.extend(met);
        Some(false)
    }
}

fn print<N: Node>(world: &World<N, ByChoice>) -> u64 {
    let mut hasher = XxHash3_64::default();
    world.hash(&mut hasher);
    hasher.finish()
}
