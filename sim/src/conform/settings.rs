//! By what a trace is judged, as its header says.

use std::fmt;

use ringscope_traces::event::MAX_RANKS;
use ringscope_traces::text::{Plain, Short};
use ringscope_traces::{Header, Payload};

use crate::protocol::Protocol;

const FEWEST_RANKS: u32 = 3;
const USUAL_KEYSPACE: i64 = 1000;
const USUAL_WINDOW: u32 = 1;

/// What the nodes are made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Settings {
    pub protocol: Protocol,
    pub ranks: u32,
    pub keyspace: i64,
    pub window: u32,
    pub eager: Option<u64>,
}

/// Why a trace cannot be judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotJudge {
    /// The header names a protocol that there is not.
    #[error("the trace's protocol is {named}, which is none of: {known}")]
    UnknownProtocol {
        /// Its name, cut short and safe to show.
        named: String,
        /// The names of those that there are.
        known: String,
    },
    /// Too few ranks for the protocol's roles, or more than there can be.
    #[error("the trace has {ranks} ranks, the protocol has {FEWEST_RANKS} to {MAX_RANKS}")]
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

impl Settings {
    /// Reads the settings from a trace's header; those that are not there are as the reference
    /// program's.
    pub fn of(header: &Header) -> Result<Settings, CannotJudge> {
        let ranks = header.ranks;
        if !(FEWEST_RANKS..=MAX_RANKS).contains(&ranks) {
            return Err(CannotJudge::Ranks { ranks });
        }
        let window = field(header, "window", "a whole number from 1", |value| {
            value.as_int().and_then(|int| u32::try_from(int).ok()).filter(|window| *window > 0)
        })?;
        let eager = field(header, "eager", "a number of bytes, or none", bytes)?;
        let keyspace = keyspace(header)?;
        Ok(Settings {
            protocol: protocol(header)?,
            ranks,
            keyspace,
            window: window.unwrap_or(USUAL_WINDOW),
            eager: eager.flatten(),
        })
    }
}

/// The greatest key, which is the permanent node's id.
pub(crate) fn keyspace(header: &Header) -> Result<i64, CannotJudge> {
    let keyspace = field(header, "keyspace", "a whole number", Payload::as_int)?;
    Ok(keyspace.unwrap_or(USUAL_KEYSPACE))
}

fn protocol(header: &Header) -> Result<Protocol, CannotJudge> {
    Protocol::named(&header.protocol).ok_or_else(|| CannotJudge::UnknownProtocol {
        named: short(Plain(&header.protocol)),
        known: Protocol::ALL.iter().map(|known| known.name()).collect::<Vec<_>>().join(", "),
    })
}

fn field<T>(
    header: &Header,
    field: &'static str,
    expected: &'static str,
    read: impl Fn(&Payload) -> Option<T>,
) -> Result<Option<T>, CannotJudge> {
    let Some(value) = header.field(field) else { return Ok(None) };
    let bad = || CannotJudge::Setting { field, got: short(value), expected };
    read(value).map(Some).ok_or_else(bad)
}

/// No limit is written as nothing, or in the scenario's word.
fn bytes(value: &Payload) -> Option<Option<u64>> {
    let is_none = *value == Payload::Null || *value == Payload::Text("none".into());
    if is_none {
        return Some(None);
    }
    value.as_int().and_then(|int| u64::try_from(int).ok()).map(Some)
}

fn short(value: impl fmt::Display) -> String {
    const VALUE_CHARS: usize = 60;
    Short { value, limit_chars: VALUE_CHARS }.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
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
        Settings::of(header).expect_err("it is not a header to judge by").to_string()
    }

    #[test]
    fn what_a_header_does_not_say_is_as_in_the_reference_program() {
        let settings = Settings::of(&header(Vec::new())).expect("it says enough");
        assert_eq!((settings.keyspace, settings.window, settings.eager), (1000, 1, None));
    }

    #[test]
    fn a_header_says_the_settings() {
        let int = |name: &str, value| (name.to_owned(), Payload::Int(value));
        let more = vec![int("keyspace", 5000), int("window", 4), int("eager", 100)];
        let settings = Settings::of(&header(more)).expect("it is sound");
        assert_eq!((settings.keyspace, settings.window, settings.eager), (5000, 4, Some(100)));
    }

    #[test]
    fn an_unknown_protocol_is_named_with_those_that_there_are() {
        let unknown = Header { protocol: "ch\u{1b}ord".into(), ..header(Vec::new()) };
        assert_eq!(
            refused(&unknown),
            "the trace's protocol is ch\\u{1b}ord, which is none of: classic"
        );
    }

    #[test]
    fn two_ranks_are_too_few_and_a_billion_too_many() {
        let of = |ranks| refused(&Header { ranks, ..header(Vec::new()) });
        assert_eq!(of(2), "the trace has 2 ranks, the protocol has 3 to 1048576");
        assert_eq!(
            of(1_000_000_000),
            "the trace has 1000000000 ranks, the protocol has 3 to 1048576"
        );
    }

    #[test]
    fn a_setting_that_is_none_is_refused() {
        let window = header(vec![("window".into(), Payload::Int(0))]);
        assert_eq!(refused(&window), "the header's window is 0, expected a whole number from 1");
        let eager = header(vec![("eager".into(), Payload::Bool(true))]);
        assert_eq!(
            refused(&eager),
            "the header's eager is true, expected a number of bytes, or none"
        );
    }
}
