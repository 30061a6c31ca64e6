//! Runs in which receipts were chosen, as traces.

use std::collections::VecDeque;
use std::hash::{Hash as _, Hasher as _};

use ringscope_traces::{Ending, Header, Rank};
use rustc_hash::FxHashSet;
use twox_hash::XxHash3_64;

use crate::protocol::{Node, Protocol};
use crate::protocols::Visitor;
use crate::scenario::Scenario;
use crate::simulate::{header, start};
use crate::world::recording::Written;
use crate::world::{ByChoice, Choice, Observer, World};

/// The most receipts by which a run goes on after what was chosen.
const MOST_AFTER: usize = 100_000;

/// The trace of the run of a scenario that receives as another does up to its receipt `nth`, counted from 0, and `instead` in the place of that.
/// Then it goes on as the other, wherever that can be, and else with the message that was sent first. `None` when that receipt cannot come there.
///
/// ```
/// use ringscope_sim::explore::choices::run_otherwise;
/// use ringscope_sim::scenario::Scenario;
/// use ringscope_sim::world::Choice;
/// use ringscope_traces::{Ending, Rank, read_trace};
///
/// let scenario = Scenario::parse("put", "put 400 4")?;
/// // The head receives the command: nothing else can come first.
/// let first = Choice { rank: Rank(0), source: Rank(7) };
/// let bytes = run_otherwise(&scenario, &[], (0, first)).expect("it can come first");
/// let (trace, _) = read_trace(&bytes[..], "put")?;
/// assert_eq!(trace.footer.map(|footer| footer.ending), Some(Ending::Completed));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn run_otherwise(
    scenario: &Scenario,
    run: &[Choice],
    (nth, instead): (usize, Choice),
) -> Option<Vec<u8>> {
    let (before, after) = run.split_at_checked(nth)?;
    let chosen: Vec<Choice> = before.iter().copied().chain([instead]).collect();
    let mut wanted = after.to_vec();
    if let Some(place) = wanted.iter().position(|receipt| *receipt == instead) {
        wanted.remove(place);
    }
    run_by(scenario, &chosen, &wanted)
}

/// The trace of the run that begins with these receipts, and then goes on: with the first of `wanted` that can come next, and else with
/// the message that was sent first.
pub(super) fn run_by(scenario: &Scenario, chosen: &[Choice], wanted: &[Choice]) -> Option<Vec<u8>> {
    scenario.settings.protocol.dispatch(Chosen { scenario, chosen, wanted })
}

struct Chosen<'a> {
    scenario: &'a Scenario,
    chosen: &'a [Choice],
    wanted: &'a [Choice],
}

impl Visitor for Chosen<'_> {
    type Output = Option<Vec<u8>>;

    fn visit<P: Protocol>(self) -> Option<Vec<u8>> {
        let Chosen { scenario, chosen, wanted } = self;
        // No seed leads there.
        let header = Header { seed: None, ..header(&scenario.settings) };
        let mut written = Written::new(Vec::new(), &header).expect(MEMORY);
        let mut world = start::<P, _>(scenario, ByChoice, &mut written);
        for choice in chosen {
            world.choose(*choice, &mut written).then_some(())?;
        }
        let ending = go_on(&mut world, wanted.iter().copied().collect(), &mut written);
        let (trace, _) = written.finish(&ending).expect(MEMORY);
        Some(trace)
    }
}

const MEMORY: &str = "memory takes all that is written";

/// Goes on to the end, or until what happens is what has happened before, and would for ever.
fn go_on<N: Node>(
    world: &mut World<N, ByChoice>,
    mut wanted: VecDeque<Choice>,
    observer: &mut impl Observer<N>,
) -> Ending {
    let mut seen = FxHashSet::default();
    for _ in 0..wanted.len() + MOST_AFTER {
        if let Some(end) = world.end() {
            return end.ending();
        }
        match wanted.iter().position(|receipt| world.choose(*receipt, observer)) {
            Some(place) => drop(wanted.remove(place)),
            None if seen.insert(print(world)) => drop(world.choose_oldest(observer)),
            None => return Ending::Livelock,
        }
    }
    Ending::Stopped
}

/// A fingerprint of what decides how a world goes on: its state, and in which order what is in flight was sent.
fn print<N: Node>(world: &World<N, ByChoice>) -> u64 {
    let mut hasher = XxHash3_64::default();
    world.hash(&mut hasher);
    let order = world.pending().into_iter().map(|pending| (pending.from, pending.to));
    order.collect::<Vec<(Rank, Rank)>>().hash(&mut hasher);
    hasher.finish()
}
