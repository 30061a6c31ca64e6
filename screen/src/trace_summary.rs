//! What a trace is, in a line.

use ringscope_sim::protocols::ProtocolId;
pub use ringscope_traces::event::NO_PROTOCOL;
use ringscope_traces::tags::TagNames;
use ringscope_traces::text::Plain;
use ringscope_traces::{Completeness, Ending, Footer, Header, Source, Tag, Trace, Vocabulary};

use crate::numbers::counted;

/// The names of a trace's tags: those of its protocol, and those that its header has.
#[derive(Debug, Clone)]
pub struct HeaderNames {
    protocol: Option<ProtocolId>,
    given: TagNames,
}

/// The names of a trace's tags; an unknown protocol has none but those that the header has.
pub fn vocabulary(header: &Header) -> HeaderNames {
    let protocol = ProtocolId::named(&header.protocol);
    HeaderNames { protocol, given: TagNames::of_header(header) }
}

impl HeaderNames {
    /// The names that the header has, by tag.
    pub fn given(&self) -> impl Iterator<Item = (Tag, &str)> {
        self.given.iter()
    }
}

impl Vocabulary for HeaderNames {
    fn tag_name(&self, tag: Tag) -> Option<&str> {
        let of_protocol = self.protocol.and_then(|protocol| protocol.tag_name(tag));
        of_protocol.or_else(|| self.given.of(tag))
    }
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
