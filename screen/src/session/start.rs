//! The start page: what can be opened.

use std::time::Duration;

use ratatui_core::layout::Position;

use super::Page;
use crate::app::handle::HandleActions;
use crate::app::start::StartPage;
use crate::app::{Action, Controls, KeyPress, Target};
use crate::tour::Progress;
use crate::view::{Paint, Surface, start};

impl Page for StartPage {
    fn press(&mut self, key: KeyPress) {
        StartPage::press(self, key);
    }

    fn paste(&mut self, text: &str) {
        StartPage::paste(self, text);
    }

    fn click(&mut self, target: Target) {
        match target {
            Target::Row(row) => self.click_row(row),
            Target::Bar(action) => self.update(action),
            Target::Rank(_)
            | Target::Key(_)
            | Target::Message(_)
            | Target::Event(_)
            | Target::Scrubber(_)
            | Target::Pane(_) => {}
        }
    }

    fn scroll(&mut self, _: Target, rows: isize) {
        self.choose(rows);
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

    fn tick(&mut self, elapsed: Duration) -> bool {
        StartPage::tick(self, elapsed)
    }

    fn is_busy(&self) -> bool {
        StartPage::is_busy(self)
    }

    fn settle(&mut self, surface: Surface<'_>) {
        self.keep_still(surface.look.reduce_motion);
    }

    fn learn(&mut self, progress: &Progress) {
        StartPage::learn(self, progress);
    }

    fn choose_lesson(&mut self, progress: &Progress) -> bool {
        StartPage::learn(self, progress);
        StartPage::choose_lesson(self, progress);
        true
    }

    fn draw(&self, paint: &mut Paint<'_>) {
        start::draw(self, paint);
    }

    fn at(&self, surface: Surface<'_>, position: Position) -> Option<Target> {
        start::at(self, surface, position)
    }
}
