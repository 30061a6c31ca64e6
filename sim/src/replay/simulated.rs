//! A recorded run simulated again: every receive of the record is made to happen, in its order.

use ringscope_traces::{EventIndex, Op, Trace};

use crate::protocol::Node;
use crate::world::{ByChoice, Choice, Observer, World};

/// Lets every receive of a record happen in a world of the same nodes.
///
/// # Errors
///
/// The first receive that cannot happen where it stands; the world is as it was before that.
pub(crate) fn receive_all<N: Node>(
    record: &Trace,
    world: &mut World<N, ByChoice>,
    observer: &mut impl Observer<N>,
) -> Result<(), EventIndex> {
    for (at, event) in (0..).map(EventIndex).zip(&record.events) {
        let can_be = match event.op {
            // A simulated rank sends as soon as its node asks for it.
            Op::Send => true,
            Op::Recv => world.choose(Choice { rank: event.rank, source: event.peer }, observer),
        };
        if !can_be {
            return Err(at);
        }
    }
    Ok(())
}
