//! The settings of a recorded run, read from its trace's header by the table of all settings.

use std::fmt;

use ringscope_traces::text::{Plain, Short};
use ringscope_traces::{Header, Payload};

use super::settings::{RANKS, SETTINGS, Setting, Settings};
use crate::protocols::ProtocolId;

/// Why a trace's header does not say by which nodes its run was made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadHeader {
    /// The header names a protocol that there is not.
    #[error("unknown protocol `{named}` (known: {known})")]
    UnknownProtocol {
        /// Its name, cut short and safe to show.
        named: String,
        /// The names of those that there are.
        known: String,
    },
    /// Too few ranks for the protocol's roles, or more than there can be.
    #[error("the trace has {ranks} {}, the protocol has {} to {}", rank_word(*ranks), RANKS.start(), RANKS.end())]
    Ranks {
        /// How many.
        ranks: u32,
    },
    /// A setting in the header is not what it should be.
    #[error("the header's {field} is {got}, expected {expected}")]
    Setting {
        /// Its name.
        field: &'static str,
        /// Its value, cut short and safe to show.
        got: String,
        /// What it should be.
        expected: &'static str,
    },
}

fn rank_word(ranks: u32) -> &'static str {
    if ranks == 1 { "rank" } else { "ranks" }
}

impl Settings {
    /// The settings with which the nodes of a recorded run were made. What a header does not say is as
    /// in a scenario that does not say it; what only a simulation has, such as latencies, is not read.
    ///
    /// # Errors
    ///
    /// An unknown protocol, a number of ranks that it cannot have, a value that the setting does not
    /// take.
    pub fn from_header(header: &Header) -> Result<Settings, BadHeader> {
        let (protocol, ranks) = (named(&header.protocol)?, header.ranks);
        if !RANKS.contains(&ranks) {
            return Err(BadHeader::Ranks { ranks });
        }
        let mut settings = Settings { protocol, ranks, ..Settings::default() };
        let mut of_nodes = SETTINGS.iter().filter(|setting| setting.shapes_nodes);
        of_nodes.try_for_each(|setting| setting.read(header, &mut settings))?;
        Ok(settings)
    }

    /// The greatest key of a recorded run, whatever protocol it is of.
    ///
    /// # Errors
    ///
    /// When the header has one that is none.
    pub fn keyspace_of(header: &Header) -> Result<i64, BadHeader> {
        let mut settings = Settings::default();
        let keyspace = Setting::named("keyspace").expect("there is such a setting");
        keyspace.read(header, &mut settings)?;
        Ok(settings.keyspace)
    }
}

fn named(protocol: &str) -> Result<ProtocolId, BadHeader> {
    ProtocolId::named(protocol).ok_or_else(|| BadHeader::UnknownProtocol {
        named: short(Plain(protocol)),
        known: ProtocolId::ALL.iter().map(|known| known.name()).collect::<Vec<_>>().join(", "),
    })
}

fn short(value: impl fmt::Display) -> String {
    const VALUE_CHARS: usize = 60;
    Short { value, limit_chars: VALUE_CHARS }.to_string()
}

impl Setting {
    /// Sets it to the value that a header has for it, if it has one.
    fn read(&self, header: &Header, settings: &mut Settings) -> Result<(), BadHeader> {
        let Some(value) = header.field(self.name) else { return Ok(()) };
        let text = match value {
            Payload::Null => Some("none".to_owned()),
            Payload::Int(int) => Some(int.to_string()),
            Payload::Text(text) => Some(text.to_string()),
            Payload::Bool(_) | Payload::Number(_) | Payload::List(_) | Payload::Map(_) => None,
        };
        let is_set = text.is_some_and(|text| (self.set)(settings, &text).is_ok());
        let bad =
            || BadHeader::Setting { field: self.name, got: short(value), expected: self.allowed };
        is_set.then_some(()).ok_or_else(bad)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringscope_traces::event::MAX_RANKS;
    use ringscope_traces::{Source, TimeKind};

    fn header(more: Vec<(String, Payload)>) -> Header {
        Header {
            source: Source::Sim,
            protocol: "classic".into(),
            ranks: 8,
            seed: None,
            time: TimeKind::Virtual,
            more,
        }
    }

    fn refused(header: &Header) -> String {
        Settings::from_header(header).expect_err("it is not a header to judge by").to_string()
    }

    #[test]
    fn what_a_header_does_not_say_is_as_in_the_reference_program() {
        let settings = Settings::from_header(&header(Vec::new())).expect("it says enough");
        assert_eq!((settings.keyspace, settings.window, settings.eager), (1000, 1, None));
    }

    #[test]
    fn a_header_says_the_settings() {
        let int = |name: &str, value| (name.to_owned(), Payload::Int(value));
        let more = vec![int("keyspace", 5000), int("window", 4), int("eager", 100)];
        let settings = Settings::from_header(&header(more)).expect("it is sound");
        assert_eq!((settings.keyspace, settings.window, settings.eager), (5000, 4, Some(100)));
    }

    #[test]
    fn an_unknown_protocol_is_named_with_those_that_there_are() {
        let unknown = Header { protocol: "ch\u{1b}ord".into(), ..header(Vec::new()) };
        assert_eq!(refused(&unknown), "unknown protocol `ch\\u{1b}ord` (known: classic, safe)");
    }

    #[test]
    fn two_ranks_are_too_few_and_a_billion_too_many() {
        let of = |ranks| refused(&Header { ranks, ..header(Vec::new()) });
        assert_eq!(of(1), "the trace has 1 rank, the protocol has 3 to 1048576");
        assert_eq!(of(2), "the trace has 2 ranks, the protocol has 3 to 1048576");
        assert_eq!(
            of(1_000_000_000),
            "the trace has 1000000000 ranks, the protocol has 3 to 1048576"
        );
    }

    #[test]
    fn a_scenario_and_a_header_have_the_same_bounds() {
        for ranks in [2, 3, MAX_RANKS, MAX_RANKS + 1] {
            let of_header = Settings::from_header(&Header { ranks, ..header(Vec::new()) });
            let of_scenario = Settings::default().set("ranks", &ranks.to_string());
            assert_eq!(of_header.is_ok(), of_scenario.is_ok(), "{ranks} ranks");
        }
        for (name, value) in [("window", 0), ("window", 1_000_001), ("keyspace", 0), ("eager", -1)]
        {
            let more = vec![(name.to_owned(), Payload::Int(value))];
            assert!(Settings::from_header(&header(more)).is_err(), "{name} {value}");
            assert!(Settings::default().set(name, &value.to_string()).is_err(), "{name} {value}");
        }
    }

    #[test]
    fn what_only_a_simulation_has_is_not_read_from_a_header() {
        let more = vec![("latency".to_owned(), Payload::Text("somebody's own".into()))];
        let settings = Settings::from_header(&header(more)).expect("latencies make no node");
        assert_eq!(settings, Settings::default());
    }

    #[test]
    fn a_setting_that_is_none_is_refused() {
        let window = header(vec![("window".into(), Payload::Int(0))]);
        assert_eq!(refused(&window), "the header's window is 0, expected 1 to 1000000");
        let eager = header(vec![("eager".into(), Payload::Bool(true))]);
        assert_eq!(
            refused(&eager),
            "the header's eager is true, expected a number of bytes, or none"
        );
    }
}
