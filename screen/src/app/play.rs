//! The run while time runs by itself.

use std::time::Duration;

use super::App;

impl App {
    pub(super) fn play_or_pause(&mut self) {
        let is_at_end = self.view.cursor == self.timeline.len() && !self.is_reading();
        if self.playback.toggle() && is_at_end {
            self.go_to(0);
        }
    }

    pub(super) fn change_speed(&mut self, by: i32) {
        self.playback.change_speed(by);
        self.controls.say(format!("speed {}", self.playback.speed_label()));
    }

    /// Lets time pass; whether there is anything new to show.
    pub fn tick(&mut self, elapsed: Duration) -> bool {
        let events = self.playback.events_in(elapsed);
        if events > 0 {
            self.play_on(events);
        }
        events > 0
    }

    fn play_on(&mut self, events: usize) {
        let aim = self.view.cursor.saturating_add(events).min(self.timeline.len());
        match self.break_within(self.view.cursor + 1..=aim) {
            Some(cursor) => {
                self.playback.is_playing = false;
                self.go_to(cursor);
                self.say("stopped at a condition");
            }
            None if aim == self.timeline.len() && !self.is_reading() => {
                self.playback.is_playing = false;
                self.go_to(aim);
                self.say_how_it_ended();
            }
            None => self.go_to(aim),
        }
    }
}
