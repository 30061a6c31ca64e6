//! Time that runs by itself: a function of the time that has passed, which is an argument.

use std::time::Duration;

/// The time of an event at the speed 0.
const EVENT: Duration = Duration::from_millis(100);

/// The slowest speed: 1.6 seconds an event.
const SLOWEST: i32 = -4;

/// The fastest speed: 40,960 events a second.
const FASTEST: i32 = 12;

/// Whether time runs by itself, and how fast.
#[derive(Debug, Clone, Default)]
pub struct Playback {
    /// Whether it runs.
    pub is_playing: bool,
    /// How fast: a power of 2, 0 is a tenth of a second an event.
    pub speed: i32,
    /// Time that has passed and was not enough for an event.
    owed: Duration,
    /// Whether nothing may move between two events.
    pub is_still: bool,
}

impl Playback {
    /// Lets time run, or stops it; whether it runs now.
    pub fn toggle(&mut self) -> bool {
        self.owed = Duration::ZERO;
        self.is_playing = !self.is_playing;
        self.is_playing
    }

    /// Runs so many powers of 2 faster.
    pub fn change_speed(&mut self, by: i32) {
        self.speed = (self.speed + by).clamp(SLOWEST, FASTEST);
    }

    /// Runs as fast as it has to, and not slower than a tenth of a second an event, so that so many events take no longer
    /// than this.
    pub fn fit(&mut self, events: usize, within: Duration) {
        let at_first = EVENT.saturating_mul(u32::try_from(events).unwrap_or(u32::MAX));
        let speeds = (0..FASTEST).find(|speed| at_first / (1 << speed.unsigned_abs()) <= within);
        self.speed = speeds.unwrap_or(FASTEST);
    }

    /// How fast time runs, such as `4x` or `1/2x`.
    pub fn speed_label(&self) -> String {
        let factor = 1_u32 << self.speed.unsigned_abs();
        if self.speed < 0 { format!("1/{factor}x") } else { format!("{factor}x") }
    }

    /// How far time has come from the last event to the next one, in so many steps; not at all where it stands still, or
    /// runs so fast that nobody would see it.
    pub fn between(&self) -> (u32, u32) {
        const STEP: Duration = Duration::from_millis(25);
        const MOST_STEPS: u128 = 8;
        let steps = (self.each().as_nanos() / STEP.as_nanos()).min(MOST_STEPS);
        if !self.is_playing || self.is_still || steps < 2 {
            return (0, 1);
        }
        let step = self.owed.as_nanos() * steps / self.each().as_nanos();
        (u32::try_from(step.min(steps)).unwrap_or(0), u32::try_from(steps).unwrap_or(1))
    }

    /// The time of an event.
    fn each(&self) -> Duration {
        match self.speed {
            ..0 => EVENT * (1 << self.speed.unsigned_abs()),
            0.. => EVENT / (1 << self.speed.unsigned_abs()),
        }
    }

    /// How many events happen in the time that has passed.
    pub fn events_in(&mut self, elapsed: Duration) -> usize {
        if !self.is_playing {
            return 0;
        }
        self.owed = self.owed.saturating_add(elapsed);
        let each = self.each();
        let events = self.owed.as_nanos() / each.as_nanos();
        let rest = self.owed.as_nanos() % each.as_nanos();
        self.owed = Duration::from_nanos(u64::try_from(rest).unwrap_or_default());
        usize::try_from(events).unwrap_or(usize::MAX)
    }
}
