//! What must hold, and the counts on whether it does.

use ringscope_traces::Rank;
use serde::Serialize;

/// Something that holds in every run of a sound protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Invariant {
    /// No key is lost.
    KeysKept,
    /// Every key has one owner, and is there.
    OneOwner,
    /// A GET sees the last PUT.
    LastPutRead,
    /// Messages between two ranks keep their order.
    SenderOrder,
}

impl Invariant {
    /// Every invariant, in the order in which they are listed.
    pub const ALL: [Invariant; 4] =
        [Invariant::KeysKept, Invariant::OneOwner, Invariant::LastPutRead, Invariant::SenderOrder];

    /// The invariant's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Invariant::KeysKept => "keys kept",
            Invariant::OneOwner => "one owner",
            Invariant::LastPutRead => "last put read",
            Invariant::SenderOrder => "sender order",
        }
    }

    /// What it says, in one line.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Invariant::KeysKept => "every pair that an owner stored is still held by some node",
            Invariant::OneOwner => {
                "between redistributions the ring is closed, and every key is with its one owner"
            }
            Invariant::LastPutRead => "a GET is answered with the value of the last PUT before it",
            Invariant::SenderOrder => {
                "messages from one rank to another with the same tag arrive in the order sent"
            }
        }
    }
}

/// An invariant that no longer holds, noted when that begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// Which one.
    pub invariant: Invariant,
    /// How many messages had been received in the run, this one included.
    pub at: u64,
    /// Virtual time in nanoseconds.
    pub now_ns: u64,
    /// Where.
    pub rank: Rank,
    /// What is wrong, as a sentence.
    pub what: String,
}

/// The counts on one invariant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// How often it was checked.
    pub checked: u64,
    /// How many of these checks found it broken, newly or still.
    pub failed: u64,
    /// The first violations, in the order in which they began.
    pub violations: Vec<Violation>,
    /// How many more there were.
    pub unlisted: u64,
}

impl Tally {
    /// How many violations are listed of each invariant: more say nothing new.
    pub const MOST_LISTED: usize = 16;

    /// How many checks found that it holds.
    #[must_use]
    pub fn passed(&self) -> u64 {
        self.checked - self.failed
    }
}

/// When and where something was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct RunPosition {
    pub received: u64,
    pub now_ns: u64,
}

/// The counts on all invariants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Counts {
    tallies: [Tally; Invariant::ALL.len()],
}

impl Counts {
    pub(super) fn tally(&self, invariant: Invariant) -> &Tally {
        &self.tallies[invariant as usize]
    }

    #[inline]
    pub(super) fn checked(&mut self, invariant: Invariant) {
        self.tallies[invariant as usize].checked += 1;
    }

    /// The last check failed.
    pub(super) fn failed(&mut self, invariant: Invariant) {
        self.tallies[invariant as usize].failed += 1;
    }

    /// A violation begins; its words are made only when it is listed.
    pub(super) fn begins(
        &mut self,
        invariant: Invariant,
        moment: RunPosition,
        words: impl FnOnce() -> (Rank, String),
    ) {
        let tally = &mut self.tallies[invariant as usize];
        if tally.violations.len() == Tally::MOST_LISTED {
            tally.unlisted += 1;
            return;
        }
        let (rank, what) = words();
        let RunPosition { received, now_ns } = moment;
        tally.violations.push(Violation { invariant, at: received, now_ns, rank, what });
    }
}
