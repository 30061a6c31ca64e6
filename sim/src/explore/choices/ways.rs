//! How many ways end how.

/// How a way ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WayEnd {
    /// Every rank stops, every pair is at its owner, and every GET on the way is answered as it should be.
    Completed,
    /// The same, but for an answer.
    WrongAnswer,
    /// Every rank stops, and nobody has a key that was put.
    LostKey,
    /// Every rank stops, and a key is not at its owner, or the ring is not closed.
    BrokenRing,
    /// Ranks wait for each other, or for what nobody sends.
    Deadlock,
    /// A rank breaks its own promises.
    Crash,
    /// It can go round for ever.
    GoesRound,
    /// The search did not get there.
    Unexplored,
}

impl WayEnd {
    /// All of them.
    pub const ALL: [WayEnd; 8] = [
        WayEnd::Completed,
        WayEnd::WrongAnswer,
        WayEnd::LostKey,
        WayEnd::BrokenRing,
        WayEnd::Deadlock,
        WayEnd::Crash,
        WayEnd::GoesRound,
        WayEnd::Unexplored,
    ];

    /// Its name, as [`super::super::DiscoveryKind::name`] has it: `deadlock`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            WayEnd::Completed => "completed",
            WayEnd::WrongAnswer => "wrong-answer",
            WayEnd::LostKey => "lost-key",
            WayEnd::BrokenRing => "broken-ring",
            WayEnd::Deadlock => "deadlock",
            WayEnd::Crash => "crash",
            WayEnd::GoesRound => "livelock",
            WayEnd::Unexplored => "unexplored",
        }
    }

    /// Whether a run that ends so has failed.
    #[must_use]
    pub fn is_failure(self) -> bool {
        match self {
            WayEnd::Completed | WayEnd::Unexplored => false,
            WayEnd::WrongAnswer
            | WayEnd::LostKey
            | WayEnd::BrokenRing
            | WayEnd::Deadlock
            | WayEnd::Crash
            | WayEnd::GoesRound => true,
        }
    }
}

/// How many ways there are from a state, by how they end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WayCounts([u64; WayEnd::ALL.len()]);

impl WayCounts {
    /// What stands for any number that is larger: more than 10^18.
    pub const MOST: u64 = u64::MAX;

    /// One way, which ends there.
    pub(super) fn one(end: WayEnd) -> WayCounts {
        let mut ways = WayCounts::default();
        ways.add(end, 1);
        ways
    }

    pub(super) fn add(&mut self, end: WayEnd, count: u64) {
        let place = &mut self.0[end as usize];
        *place = place.saturating_add(count);
    }

    pub(super) fn absorb(&mut self, more: WayCounts) {
        for end in WayEnd::ALL {
            self.add(end, more.count(end));
        }
    }

    /// These ways, with a wrong answer before them.
    pub(super) fn after_wrong_answer(mut self) -> WayCounts {
        let completed = std::mem::take(&mut self.0[WayEnd::Completed as usize]);
        self.add(WayEnd::WrongAnswer, completed);
        self
    }

    /// How many end so; [`WayCounts::MOST`] stands for as many or more.
    #[must_use]
    pub fn count(self, end: WayEnd) -> u64 {
        self.0[end as usize]
    }

    /// How many end as they should.
    #[must_use]
    pub fn completing(self) -> u64 {
        self.count(WayEnd::Completed)
    }

    /// How many fail.
    #[must_use]
    pub fn failing(self) -> u64 {
        let failures = WayEnd::ALL.into_iter().filter(|end| end.is_failure());
        failures.fold(0, |sum, end| sum.saturating_add(self.count(end)))
    }

    /// How many lead where the search did not get.
    #[must_use]
    pub fn unexplored(self) -> u64 {
        self.count(WayEnd::Unexplored)
    }

    /// Whether one completes with every pair at its owner, whatever the GETs on it read.
    #[must_use]
    pub fn can_end_well(self) -> bool {
        self.completing() > 0 || self.count(WayEnd::WrongAnswer) > 0
    }

    /// How those end that fail, most ways first.
    #[must_use]
    pub fn failures(self) -> Vec<(WayEnd, u64)> {
        let failures = WayEnd::ALL.into_iter().filter(|end| end.is_failure());
        let failures = failures.map(|end| (end, self.count(end)));
        let mut failures: Vec<_> = failures.filter(|(_, count)| *count > 0).collect();
        failures.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        failures
    }
}
