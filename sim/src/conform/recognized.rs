//! Which protocol a run follows that names none.

use ringscope_traces::{Event, Trace};

use super::judge;
use crate::protocols::ProtocolId;

/// The protocol that all of a run conforms to, if there is one; its command node must have sent something.
#[must_use]
pub fn recognized(trace: &Trace) -> Option<ProtocolId> {
    ProtocolId::ALL.iter().copied().find(|protocol| conforms(trace, *protocol))
}

fn conforms(trace: &Trace, protocol: ProtocolId) -> bool {
    let command = protocol.roles(trace.header.ranks).command;
    let is_command = |event: &Event| {
        event.rank == command
            && event.destination().is_some()
            && protocol.meaning(event.tag, &event.data).is_ok()
    };
    if trace.is_cut() || !trace.events.iter().any(is_command) {
        return false;
    }
    let mut named = trace.clone();
    protocol.name().clone_into(&mut named.header.protocol);
    judge(&named).is_ok_and(|judgement| judgement.conforms())
}
