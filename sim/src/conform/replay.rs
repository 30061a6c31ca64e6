//! A recorded run simulated again, receipt by receipt in the order of the record.

use std::io::Write;

use ringscope_traces::{EventIndex, Trace};

use super::CannotJudge;
use crate::invariants::InvariantChecker;
use crate::protocol::{Node, Protocol};
use crate::protocols::Visitor;
use crate::replay::simulated::receive_all;
use crate::scenario::Settings;
use crate::world::recording::Written;
use crate::world::{ByChoice, Observer, World};

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
pub struct Replayed<N: Node, O> {
    /// The world after the last receive.
    pub world: World<N, ByChoice>,
    /// Who looked on.
    pub observer: O,
}

/// Simulates a trace's run again, in the order of its receives.
///
/// # Errors
///
/// When the header does not say by which nodes, or a receive cannot happen: every one can in a trace
/// that conforms.
pub fn replay<P: Protocol, O: Observer<P::Node>>(
    trace: &Trace,
    mut observer: O,
) -> Result<Replayed<P::Node, O>, CannotReplay> {
    let settings = Settings::from_header(&trace.header)?;
    let nodes = super::nodes::<P>(trace, &settings);
    let mut world = World::new(nodes, ByChoice, settings.eager, &mut observer);
    receive_all(trace, &mut world, &mut observer)
        .map_err(|place| CannotReplay::Receive { place })?;
    Ok(Replayed { world, observer })
}

/// The invariants, checked in a trace's run when that is simulated again.
///
/// # Errors
///
/// As those of [`replay`].
pub fn check_invariants(trace: &Trace) -> Result<InvariantChecker, CannotReplay> {
    Settings::from_header(&trace.header)?.protocol.dispatch(Check(trace))
}

struct Check<'a>(&'a Trace);

impl Visitor for Check<'_> {
    type Output = Result<InvariantChecker, CannotReplay>;

    fn visit<P: Protocol>(self) -> Result<InvariantChecker, CannotReplay> {
        let replayed = replay::<P, _>(self.0, InvariantChecker::default())?;
        let Replayed { world, observer: mut checker } = replayed;
        checker.finish(world.nodes());
        Ok(checker)
    }
}

/// Writes down a trace's run as it is simulated again.
///
/// # Errors
///
/// As those of [`replay`].
pub fn rewrite<W: Write>(trace: &Trace, to: Written<W>) -> Result<Written<W>, CannotReplay> {
    Settings::from_header(&trace.header)?.protocol.dispatch(Rewrite { trace, to })
}

struct Rewrite<'a, W: Write> {
    trace: &'a Trace,
    to: Written<W>,
}

impl<W: Write> Visitor for Rewrite<'_, W> {
    type Output = Result<Written<W>, CannotReplay>;

    fn visit<P: Protocol>(self) -> Result<Written<W>, CannotReplay> {
        Ok(replay::<P, _>(self.trace, self.to)?.observer)
    }
}
