//! A recorded run simulated again, receipt by receipt in the order of the record.

use ringscope_traces::{EventIndex, Op, Trace};

use super::CannotJudge;
use crate::protocols::classic::ClassicNode;
use crate::scenario::Settings;
use crate::world::{ByChoice, Choice, Observer, World};

/// Why a trace cannot be simulated again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotReplay {
    /// Its header does not say by which nodes.
    #[error(transparent)]
    Header(#[from] CannotJudge),
    /// One of its receives cannot happen where it stands.
    #[error("line {} receives what was not sent, or what its rank does not take", .place.line())]
    Receive {
        /// The event.
        place: EventIndex,
    },
}

/// A run that was simulated again, and who looked on.
#[derive(Debug)]
pub struct Replayed<O> {
    /// The world after the last receive.
    pub world: World<ClassicNode, ByChoice>,
    /// Who looked on.
    pub observer: O,
}

/// Simulates a trace's run again, in the order of its receives. Whoever looks on is made from the
/// nodes as they are before anything happens.
///
/// # Errors
///
/// When the header does not say by which nodes, or a receive cannot happen: every one can in a trace
/// that conforms.
pub fn replay<O: Observer<ClassicNode>>(
    trace: &Trace,
    onlooker: impl FnOnce(&[ClassicNode]) -> O,
) -> Result<Replayed<O>, CannotReplay> {
    let settings = Settings::from_header(&trace.header)?;
    let nodes = super::nodes(trace, &settings);
    let mut observer = onlooker(&nodes);
    let mut world = World::new(nodes, ByChoice, settings.eager, &mut observer);
    for place in
        (0..trace.events.len()).map(EventIndex).filter(|place| trace[*place].op == Op::Recv)
    {
        let event = &trace[place];
        let choice = Choice { rank: event.rank, source: event.peer };
        if !world.choose(choice, &mut observer) {
            return Err(CannotReplay::Receive { place });
        }
    }
    Ok(Replayed { world, observer })
}
