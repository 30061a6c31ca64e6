//! What goes round in a recorded livelock: the run is simulated again, and then goes on for a while.
//!
//! From the end of the record on, whatever was sent first is received first. When the world comes back
//! to a state without the command node having received anything, what was received on the way goes
//! round for ever.

use ringscope_traces::{Rank, Trace};
use rustc_hash::FxHashMap;

use super::replay::{Replayed, replay};
use crate::protocol::{Message, MessageOf, Node, Protocol};
use crate::world::{ByChoice, Choice, Cycle, Observed, Observer, World};

/// How many states are looked at before the livelock counts as one in which none comes again.
const MOST_STEPS: usize = 1 << 16;

/// What goes round after the end of a trace; `None` when the trace cannot be simulated again, and when
/// the command node receives something or the run ends.
pub(super) fn cycle<P: Protocol>(trace: &Trace) -> Option<Cycle<MessageOf<P>>> {
    let Replayed { mut world, .. } = replay::<P, _>(trace, ()).ok()?;
    let driver = P::roles(trace.header.ranks).command;
    let a_few_rounds = 4 * world.nodes().len() + 256;
    let mut kept = (world.clone(), last_receiver(trace)?);
    let (mut kept_at, mut keep_at) = (0, a_few_rounds * world.pending().len().max(1));
    let mut receipts = Receipts(Vec::new());
    for step in 1..=MOST_STEPS.max(2 * keep_at) {
        let rank = go_on(&mut world, &mut receipts)?;
        if rank == driver {
            return None;
        }
        // A state that comes again comes about in the same way; comparing states takes its time.
        if rank == kept.1 && world == kept.0 {
            return Some(of_receipts(&receipts.0[kept_at..], Some((step - kept_at) as u64)));
        }
        if step == keep_at {
            (kept_at, keep_at) = (step, 2 * step);
            kept = (world.clone(), rank);
        }
    }
    let some = &receipts.0[..4 * world.nodes().len()];
    Some(of_receipts(some, None))
}

fn last_receiver(trace: &Trace) -> Option<Rank> {
    let mut backwards = trace.events.iter().rev();
    backwards.find(|event| event.source().is_some()).map(|event| event.rank)
}

/// Lets the message be received that was sent first of those that can be; says by whom.
fn go_on<N: Node>(
    world: &mut World<N, ByChoice>,
    receipts: &mut Receipts<N::Message>,
) -> Option<Rank> {
    let mut waiting = world.pending().into_iter();
    waiting.find_map(|mail| {
        let choice = Choice { rank: mail.to, source: mail.from };
        world.choose(choice, receipts).then_some(mail.to)
    })
}

fn of_receipts<M: Message>(receipts: &[(Rank, M)], period: Option<u64>) -> Cycle<M> {
    let mut counts: FxHashMap<&M, u64> = FxHashMap::default();
    for (_, message) in receipts {
        *counts.entry(message).or_default() += 1;
    }
    // The last of those that are most common is the first one seen.
    let most = receipts.iter().rev().max_by_key(|(_, message)| counts[message]);
    let (_, message) = most.expect("something is received on the way round");
    let mut through = Vec::new();
    for (rank, _) in receipts.iter().filter(|(_, other)| other == message) {
        if through.contains(rank) {
            break;
        }
        through.push(*rank);
    }
    Cycle { message: message.clone(), through, period }
}

/// Who received what.
struct Receipts<M>(Vec<(Rank, M)>);

impl<N: Node> Observer<N> for Receipts<N::Message> {
    fn observed(&mut self, observed: &Observed<'_, N::Message>) {
        if observed.source().is_some() {
            self.0.push((observed.rank, observed.message.clone()));
        }
    }
}
