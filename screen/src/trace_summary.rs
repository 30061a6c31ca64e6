//! What a trace is, in a line.

use ringscope_sim::protocols::ProtocolId;
pub use ringscope_traces::event::NO_PROTOCOL;
use ringscope_traces::text::Plain;
use ringscope_traces::{Completeness, Ending, Footer, Header, NoNames, Source, Trace, Vocabulary};

use crate::numbers::counted;

/// The names of the tags of the protocol that a header names; an unknown protocol has none.
pub fn vocabulary(header: &Header) -> &'static dyn Vocabulary {
    let known = ProtocolId::named(&header.protocol);
    known.map_or(&NoNames, ProtocolId::vocabulary)
}

/// `8 ranks, chord, simulated with seed 7`.
pub fn header_summary(header: &Header) -> String {
    let source = match (header.source, header.seed) {
        (Source::Sim, Some(seed)) => format!("simulated with seed {seed}"),
        (Source::Sim, None) => "simulated".to_owned(),
        (Source::Mpi, _) => "run under MPI".to_owned(),
        (Source::Recorded, _) => "recorded".to_owned(),
    };
    let ranks = counted(header.ranks.into(), "rank");
    match header.protocol.as_str() {
        NO_PROTOCOL => format!("{ranks}, {source}"),
        protocol => format!("{ranks}, {}, {source}", Plain(protocol)),
    }
}

/// `8 ranks, chord, simulated with seed 7; 50 events, completed`.
pub fn summary(trace: &Trace, completeness: Completeness) -> String {
    let events = counted(trace.events.len() as u64, "event");
    let end = ending_summary(trace.footer.as_ref(), completeness);
    format!("{}; {events}, {end}", header_summary(&trace.header))
}

/// How a trace ends: as its footer says, or cut off.
pub fn ending_summary(footer: Option<&Footer>, completeness: Completeness) -> String {
    match (footer.map(|footer| &footer.ending), completeness) {
        (Some(Ending::Crashed { rank, reason }), _) => {
            let who = rank.map(|rank| format!("rank {rank} ")).unwrap_or_default();
            let reason = reason.as_deref().map(|reason| format!(": {}", Plain(reason)));
            format!("{who}crashed{}", reason.unwrap_or_default())
        }
        (Some(ending), _) => ending.name().to_owned(),
        (None, Completeness::CutOffInLine { line }) => {
            format!("cut off in line {line}, which was not used")
        }
        (None, Completeness::CutOff | Completeness::Whole) => "cut off".to_owned(),
    }
}
