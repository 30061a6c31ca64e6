//! The run while time runs by itself.

use std::time::Duration;

use ringscope_traces::EventIndex;

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

    /// Lets time pass; whether there is anything new to show: events, or messages that have come further.
    pub fn tick(&mut self, elapsed: Duration) -> bool {
        if !self.playback.is_playing {
            return false;
        }
        let before = self.places();
        let events = self.playback.events_in(elapsed);
        if events > 0 {
            self.play_on(events);
        }
        events > 0 || self.places() != before
    }

    /// Where the messages under way are.
    fn places(&self) -> Vec<u8> {
        const MOST: usize = 128;
        let flights = self.view.snapshot.flights.iter().rev().take(MOST);
        flights.map(|flight| self.eighths(flight.sent)).collect()
    }

    /// How far a message has come by simulated time, in eighths of its way: one at least and seven at most while it is
    /// under way, four where nobody knows when it arrives.
    pub(crate) fn eighths(&self, sent: EventIndex) -> u8 {
        let Some(received) = self.timeline.partner(sent) else { return 4 };
        if received.0 < self.view.cursor {
            return 8;
        }
        let (start, end) = (self.timeline.info(sent).t, self.timeline.info(received).t);
        let passed = u128::from(self.now_ns().saturating_sub(start));
        let eighths = 8 * passed / u128::from(end.saturating_sub(start).max(1));
        u8::try_from(eighths.clamp(1, 7)).unwrap_or(7)
    }

    /// The simulated time: that of the event at the cursor, and while time runs on to that of the next one.
    fn now_ns(&self) -> u64 {
        let here = self.event().map_or(0, |at| self.timeline.info(at).t);
        if self.view.cursor >= self.timeline.len() {
            return here;
        }
        let next = self.timeline.info(EventIndex(self.view.cursor)).t;
        let (step, steps) = self.playback.between();
        let passed = u128::from(next.saturating_sub(here)) * u128::from(step) / u128::from(steps);
        here.saturating_add(u64::try_from(passed).unwrap_or(0))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::testing::built_in;

    const FRAME: Duration = Duration::from_millis(16);

    /// Where the only message under way is after each frame in which something changed, until it has arrived.
    fn glide(app: &mut App) -> Vec<u8> {
        let sent = app.view.snapshot.flights[0].sent;
        let mut places = vec![app.eighths(sent)];
        while app.eighths(sent) < 8 {
            if app.tick(FRAME) {
                places.push(app.eighths(sent));
            }
        }
        places
    }

    /// The first message of the run has been sent, and is received by the next event.
    fn at_the_first_message() -> App {
        let mut app = built_in("join", 1);
        assert_eq!(app.timeline.partner(EventIndex(0)), Some(EventIndex(1)));
        app.playback.is_playing = true;
        app
    }

    #[test]
    fn a_message_glides_in_four_to_eight_places_from_its_send_to_its_receive() {
        let mut app = at_the_first_message();
        assert_eq!(glide(&mut app), [1, 2, 4, 6, 8]);
        for (speed, expected) in [(-1, 8), (-4, 8), (1, 3), (2, 2), (8, 2)] {
            let mut app = at_the_first_message();
            app.playback.speed = speed;
            assert_eq!(glide(&mut app).len(), expected, "at speed {speed}");
        }
    }

    #[test]
    fn nothing_is_drawn_anew_while_time_stands_still() {
        let mut app = at_the_first_message();
        app.playback.toggle();
        assert!((0..1_000).all(|_| !app.tick(FRAME)));
        assert_eq!(app.eighths(EventIndex(0)), 1, "as in a snapshot");
    }

    #[test]
    fn without_motion_only_events_are_drawn() {
        let mut app = at_the_first_message();
        app.playback.is_still = true;
        let before = app.view.cursor;
        let drawn = (0..100).filter(|_| app.tick(FRAME)).count();
        assert_eq!(drawn, app.view.cursor - before);
        assert!(drawn > 10, "{drawn}");
    }
}
