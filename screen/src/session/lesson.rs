//! A lesson on live runs.

use std::time::Duration;

use ratatui_core::layout::Position;

use super::Page;
use crate::app::handle::HandleActions;
use crate::app::{Action, Controls, KeyPress, Lesson, Target};
use crate::tour::Record;
use crate::view::{Paint, Surface, lesson};

impl Page for Lesson {
    fn press(&mut self, key: KeyPress) {
        Lesson::press(self, key);
    }

    fn paste(&mut self, text: &str) {
        Lesson::paste(self, text);
    }

    fn click(&mut self, target: Target) {
        Lesson::click(self, target);
    }

    fn scroll(&mut self, _: Target, rows: isize) {
        Lesson::scroll(self, rows);
    }

    fn tick(&mut self, elapsed: Duration) -> bool {
        Lesson::tick(self, elapsed)
    }

    fn is_busy(&self) -> bool {
        Lesson::is_busy(self)
    }

    fn controls(&self) -> &Controls {
        &self.controls
    }

    fn controls_mut(&mut self) -> &mut Controls {
        &mut self.controls
    }

    fn bar(&self) -> Vec<(Action, &'static str)> {
        HandleActions::bar(self)
    }

    fn learnt(&self) -> Option<(&str, Record)> {
        Some((&self.tour.name, self.record()))
    }

    fn settle(&mut self, surface: Surface<'_>) {
        lesson::settle(self, surface);
    }

    fn draw(&self, paint: &mut Paint<'_>) {
        lesson::draw(self, paint);
    }

    fn at(&self, surface: Surface<'_>, position: Position) -> Option<Target> {
        lesson::at(self, surface, position)
    }
}
