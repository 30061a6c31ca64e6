//! What a scenario sets before its first command, and the one table of all settings.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::sync::Arc;

use ringscope_traces::Ending;
use ringscope_traces::event::MAX_RANKS;
use ringscope_traces::text::Plain;

use crate::nearest::nearest;
use crate::protocol::{NodeSetup, Script};
use crate::protocols::{self, ProtocolId};
use crate::world::latency::Latency;

/// The ranks a run can have: as many as its protocol has roles at least, and as many as a trace can at
/// most.
pub const RANKS: RangeInclusive<u32> = 3..=MAX_RANKS;

/// The commands that can be in flight together.
pub const WINDOW: RangeInclusive<u32> = 1..=1_000_000;

/// The greatest key there can be; a whole number of this size is exact in every reader of JSON.
pub const KEYSPACE: RangeInclusive<i64> = 1..=1_000_000_000_000_000;

/// How a scenario is to be run.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The protocol that the ranks speak.
    pub protocol: ProtocolId,
    /// The number of processes, in [`RANKS`].
    pub ranks: u32,
    /// What the latencies are drawn from.
    pub seed: u64,
    /// How many commands may be in flight, in [`WINDOW`]; 1 is the reference program.
    pub window: u32,
    /// How long messages are on their way.
    pub latency: Latency,
    /// The greatest key and the id of the permanent node, in [`KEYSPACE`].
    pub keyspace: i64,
    /// The longest payload, in bytes, whose send does not wait to be received; `None`: none waits.
    pub eager: Option<u64>,
    /// The most messages of a run; `None`: the world's own limit.
    pub limit: Option<u64>,
    /// How the run should end. A scenario that says so is judged by its ending, and so runs even
    /// when a check beforehand finds fault with it.
    pub expect: Option<ExpectedEnd>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            protocol: ProtocolId::default(),
            ranks: 8,
            seed: 1,
            window: 1,
            latency: Latency::Uniform { low_ns: 50_000, high_ns: 150_000 },
            keyspace: 1000,
            eager: None,
            limit: None,
            expect: None,
        }
    }
}

impl Settings {
    /// With what the nodes of a run with these settings are made, its commands being that script.
    #[must_use]
    pub fn node_setup(&self, script: Arc<Script>) -> NodeSetup {
        let Settings { ranks, keyspace, window, .. } = *self;
        NodeSetup { ranks, keyspace, window, script }
    }

    /// Sets the setting of that name to a value in the words of a scenario.
    ///
    /// # Errors
    ///
    /// When there is no such setting, or the value is not one that it allows.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), BadValue> {
        let setting = Setting::named(name).ok_or_else(|| unknown(name))?;
        let value = value.trim().to_lowercase();
        if value.is_empty() {
            return Err(BadValue::new(format!("`{}` without a value", setting.name))
                .hint(format!("write `{}`: {}", setting.form, setting.allowed)));
        }
        (setting.set)(self, &value).map_err(|bad| match bad.hint {
            Some(_) => bad,
            None => bad.hint(format!("write `{}`: {}", setting.form, setting.allowed)),
        })
    }
}

fn unknown(name: &str) -> BadValue {
    let names: Vec<&str> = SETTINGS.iter().map(|setting| setting.name).collect();
    let all = format!("the settings are {}", names.join(", "));
    BadValue::new(format!("unknown setting `{}`", Plain(name))).hint(
        match nearest(name, names.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`? {all}"),
            None => all,
        },
    )
}

/// How a scenario says that its run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExpectedEnd {
    /// Every rank stops.
    Completed,
    /// Everyone waits.
    Deadlock,
    /// Messages move forever without progress.
    Livelock,
    /// A rank breaks off.
    Crashed,
}

impl ExpectedEnd {
    /// Every ending that can be expected.
    pub const ALL: &'static [ExpectedEnd] = &[
        ExpectedEnd::Completed,
        ExpectedEnd::Deadlock,
        ExpectedEnd::Livelock,
        ExpectedEnd::Crashed,
    ];

    /// The ending's name, which is also its name in a trace.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ExpectedEnd::Completed => "completed",
            ExpectedEnd::Deadlock => "deadlock",
            ExpectedEnd::Livelock => "livelock",
            ExpectedEnd::Crashed => "crashed",
        }
    }

    /// Whether a run ended so.
    #[must_use]
    pub fn is(self, ending: &Ending) -> bool {
        self.name() == ending.name()
    }
}

impl FromStr for ExpectedEnd {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<ExpectedEnd, BadValue> {
        let found = ExpectedEnd::ALL.iter().copied().find(|end| end.name() == text);
        found.ok_or_else(|| BadValue::new(format!("unknown ending `{}`", Plain(text))))
    }
}

/// A setting: its words, and how it is read and written.
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// How it is written.
    pub form: &'static str,
    /// The values it takes.
    pub allowed: &'static str,
    /// What it is for, in a line.
    pub help: &'static str,
    /// Whether nodes are made with it, or real sends follow it: whoever replays a run needs it, and a
    /// run that is not simulated has it too.
    pub shapes_nodes: bool,
    pub(super) set: fn(&mut Settings, &str) -> Result<(), BadValue>,
    show: fn(&Settings) -> Option<String>,
}

impl fmt::Debug for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setting").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Setting {
    /// The setting of that name, in upper or lower case.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Setting> {
        SETTINGS.iter().find(|setting| setting.name.eq_ignore_ascii_case(name))
    }

    /// The value it has, in the words of a scenario; `None` when it is not set.
    #[must_use]
    pub fn value(&self, settings: &Settings) -> Option<String> {
        (self.show)(settings)
    }
}

/// Every setting, in the order in which they are listed and written.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "protocol",
        form: "protocol NAME",
        allowed: protocols::NAMES,
        help: "the protocol that the ranks speak",
        shapes_nodes: true,
        set: |settings, text| {
            let named = ProtocolId::named(text);
            settings.protocol = named
                .ok_or_else(|| BadValue::new(format!("unknown protocol `{}`", Plain(text))))?;
            Ok(())
        },
        show: |settings| Some(settings.protocol.name().to_owned()),
    },
    Setting {
        name: "ranks",
        form: "ranks N",
        allowed: "3 to 1048576",
        help: "the number of processes: the head, the storage nodes, the permanent node, the command node",
        shapes_nodes: true,
        set: |settings, text| whole(text, &RANKS).map(|ranks| settings.ranks = ranks),
        show: |settings| Some(settings.ranks.to_string()),
    },
    Setting {
        name: "seed",
        form: "seed N",
        allowed: "0 to 18446744073709551615",
        help: "the seed of the random latencies: the same seed gives the same run",
        shapes_nodes: false,
        set: |settings, text| whole(text, &(0..=u64::MAX)).map(|seed| settings.seed = seed),
        show: |settings| Some(settings.seed.to_string()),
    },
    Setting {
        name: "window",
        form: "window W",
        allowed: "1 to 1000000",
        help: "how many commands may be in flight together; with 1 each waits for its reply",
        shapes_nodes: true,
        set: |settings, text| whole(text, &WINDOW).map(|window| settings.window = window),
        show: |settings| Some(settings.window.to_string()),
    },
    Setting {
        name: "latency",
        form: "latency MODEL",
        allowed: "`constant TIME`, `uniform LOW HIGH`, `log-normal MEDIAN SIGMA`, `per-byte BASE TIME`",
        help: "the latency of messages; a time is a number and ns, us, ms or s",
        shapes_nodes: false,
        set: |settings, text| text.parse().map(|latency| settings.latency = latency),
        show: |settings| Some(settings.latency.to_string()),
    },
    Setting {
        name: "keyspace",
        form: "keyspace N",
        allowed: "1 to 1000000000000000",
        help: "the largest key, which is also the storage id of the permanent node",
        shapes_nodes: true,
        set: |settings, text| whole(text, &KEYSPACE).map(|most| settings.keyspace = most),
        show: |settings| Some(settings.keyspace.to_string()),
    },
    Setting {
        name: "eager",
        form: "eager BYTES",
        allowed: "a number of bytes, or none",
        help: "a send of more bytes than this waits until it is received; with `none` no send waits",
        shapes_nodes: true,
        set: |settings, text| {
            settings.eager =
                if text == "none" { None } else { Some(whole(text, &(0..=u64::MAX))?) };
            Ok(())
        },
        show: |settings| settings.eager.map(|bytes| bytes.to_string()),
    },
    Setting {
        name: "limit",
        form: "limit MESSAGES",
        allowed: "1 to 18446744073709551615",
        help: "the most messages that a run may send before it is stopped",
        shapes_nodes: false,
        set: |settings, text| {
            whole(text, &(1..=u64::MAX)).map(|limit| settings.limit = Some(limit))
        },
        show: |settings| settings.limit.map(|limit| limit.to_string()),
    },
    Setting {
        name: "expect",
        form: "expect ENDING",
        allowed: "completed, deadlock, livelock or crashed",
        help: "how the run should end; what the check finds is then a note, not an error",
        shapes_nodes: false,
        set: |settings, text| text.parse().map(|end| settings.expect = Some(end)),
        show: |settings| settings.expect.map(|end| end.name().to_owned()),
    },
];

/// A whole number within bounds, with `_` between digits allowed.
fn whole<N: TryFrom<u64> + PartialOrd + fmt::Display>(
    text: &str,
    allowed: &RangeInclusive<N>,
) -> Result<N, BadValue> {
    let digits = text.replace('_', "");
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) || text.starts_with('_') {
        return Err(BadValue::new(format!("`{}` is not a whole number", Plain(text))));
    }
    let number = digits.parse::<u64>().ok().and_then(|number| N::try_from(number).ok());
    number.filter(|number| allowed.contains(number)).ok_or_else(|| {
        let (low, high) = (allowed.start(), allowed.end());
        BadValue::new(format!("{digits} is not in {low} to {high}"))
    })
}

/// A value that a setting does not take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BadValue {
    /// What is wrong with it.
    pub message: String,
    /// What is allowed.
    pub hint: Option<String>,
}

impl BadValue {
    pub(super) fn new(message: impl Into<String>) -> BadValue {
        BadValue { message: message.into(), hint: None }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> BadValue {
        BadValue { hint: Some(hint.into()), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_written_as_it_is_read() {
        let mut settings = Settings::default();
        let values = [
            "classic",
            "1048576",
            "18446744073709551615",
            "3",
            "constant 100us",
            "5",
            "4096",
            "7",
            "livelock",
        ];
        for (setting, value) in SETTINGS.iter().zip(values) {
            settings.set(setting.name, value).expect(setting.name);
            assert_eq!(setting.value(&settings).as_deref(), Some(value));
        }
        assert_eq!(values.len(), SETTINGS.len());
    }

    #[test]
    fn case_and_underscores_do_not_matter() {
        let mut settings = Settings::default();
        settings.set("RANKS", "1_000").expect("in bounds");
        settings.set("Latency", "Uniform 1US 2US").expect("a latency");
        settings.set("eager", "NONE").expect("a limit");
        assert_eq!(settings.ranks, 1000);
        assert_eq!(settings.latency.to_string(), "uniform 1us 2us");
    }

    #[test]
    fn a_value_out_of_bounds_is_told_the_bounds() {
        let bad = Settings::default().set("ranks", "2").expect_err("too few");
        assert_eq!(bad.message, "2 is not in 3 to 1048576");
        assert_eq!(bad.hint.as_deref(), Some("write `ranks N`: 3 to 1048576"));
        for (name, value) in [
            ("ranks", "99999999999999999999"),
            ("window", "0"),
            ("keyspace", "0"),
            ("seed", "-1"),
            ("seed", "18446744073709551616"),
            ("limit", "0"),
            ("protocol", "chord"),
            ("expect", "victory"),
            ("seed", ""),
        ] {
            assert!(Settings::default().set(name, value).is_err(), "{name} {value}");
        }
    }

    #[test]
    fn an_unknown_setting_is_told_the_nearest_and_all() {
        let bad = Settings::default().set("rank", "8").expect_err("unknown");
        assert_eq!(bad.message, "unknown setting `rank`");
        assert!(
            bad.hint.expect("a hint").starts_with("did you mean `ranks`? the settings are pro")
        );
    }
}
