//! Two runs side by side.

use std::time::Duration;

use ratatui_core::layout::Position;

use super::Page;
use crate::app::diff::Diff;
use crate::app::handle::HandleActions;
use crate::app::{Action, Controls, KeyPress, Target};
use crate::view::{Paint, Surface, diff};

impl Page for Diff {
    fn press(&mut self, key: KeyPress) {
        Diff::press(self, key);
    }

    fn paste(&mut self, text: &str) {
        Diff::paste(self, text);
    }

    fn click(&mut self, target: Target) {
        match target {
            Target::Row(row) => self.click_row(row),
            Target::Scrubber(row) => self.go_to(row),
            Target::Bar(action) => self.update(action),
            Target::Rank(_)
            | Target::Key(_)
            | Target::Message(_)
            | Target::Event(_)
            | Target::Pane(_) => {}
        }
    }

    fn drag(&mut self, target: Target) {
        if let Target::Scrubber(row) = target {
            self.go_to(row);
        }
    }

    fn scroll(&mut self, _: Target, rows: isize) {
        Diff::scroll(self, rows);
    }

    fn tick(&mut self, _: Duration) -> bool {
        self.poll()
    }

    fn is_busy(&self) -> bool {
        Diff::is_busy(self)
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

    fn draw(&self, paint: &mut Paint<'_>) {
        diff::draw_page(self, paint);
    }

    fn at(&self, surface: Surface<'_>, position: Position) -> Option<Target> {
        diff::at(self, surface, position)
    }
}
