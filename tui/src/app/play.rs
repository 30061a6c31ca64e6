//! Time that runs by itself: a function of the time that has passed, which is an argument.

use std::time::Duration;

use super::App;

/// The time of an event at the speed 0.
const EVENT: Duration = Duration::from_millis(100);

/// The slowest speed: 1.6 seconds an event.
const SLOWEST: i32 = -4;

/// The fastest speed: 40,960 events a second.
const FASTEST: i32 = 12;

impl App {
    pub(super) fn play_or_pause(&mut self) {
        self.owed = Duration::ZERO;
        self.is_playing = !self.is_playing;
        if self.is_playing && self.cursor == self.timeline.len() && !self.is_reading() {
            self.go_to(0);
        }
    }

    pub(super) fn change_speed(&mut self, by: i32) {
        self.speed = (self.speed + by).clamp(SLOWEST, FASTEST);
        self.note = Some(format!("speed {}", self.speed_label()));
    }

    /// How fast time runs, such as `4x` or `1/2x`.
    pub fn speed_label(&self) -> String {
        let factor = 1_u32 << self.speed.unsigned_abs();
        if self.speed < 0 { format!("1/{factor}x") } else { format!("{factor}x") }
    }

    /// Lets time pass; whether there is anything new to show.
    pub fn tick(&mut self, elapsed: Duration) -> bool {
        if !self.is_playing {
            return false;
        }
        self.owed = self.owed.saturating_add(elapsed);
        let each = match self.speed {
            ..0 => EVENT * (1 << self.speed.unsigned_abs()),
            0.. => EVENT / (1 << self.speed.unsigned_abs()),
        };
        let events = usize::try_from(self.owed.as_nanos() / each.as_nanos()).unwrap_or(usize::MAX);
        if events == 0 {
            return false;
        }
        self.owed = Duration::from_nanos(
            u64::try_from(self.owed.as_nanos() % each.as_nanos()).unwrap_or_default(),
        );
        self.play_on(events);
        true
    }

    fn play_on(&mut self, events: usize) {
        let aim = self.cursor.saturating_add(events).min(self.timeline.len());
        match self.break_within(self.cursor + 1..=aim) {
            Some(cursor) => {
                self.is_playing = false;
                self.go_to(cursor);
                self.say("stopped at a condition");
            }
            None if aim == self.timeline.len() && !self.is_reading() => {
                self.is_playing = false;
                self.go_to(aim);
                self.say_how_it_ended();
            }
            None => self.go_to(aim),
        }
    }
}
