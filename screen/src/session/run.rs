//! A run, and the panes that show it.

use std::time::Duration;

use ratatui_core::layout::Position;

use super::Page;
use crate::app::handle::HandleActions;
use crate::app::{Action, App, Controls, KeyPress, Target};
use crate::view::{self, Paint, Surface, target};

impl Page for App {
    fn press(&mut self, key: KeyPress) {
        App::press(self, key);
    }

    fn paste(&mut self, text: &str) {
        App::paste(self, text);
    }

    fn click(&mut self, target: Target) {
        App::click(self, target);
    }

    fn drag(&mut self, target: Target) {
        App::drag(self, target);
    }

    fn scroll(&mut self, target: Target, rows: isize) {
        App::scroll(self, target, rows);
    }

    fn tick(&mut self, elapsed: Duration) -> bool {
        let is_new = self.poll();
        App::tick(self, elapsed) || is_new
    }

    fn is_busy(&self) -> bool {
        App::is_busy(self)
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

    fn at_stake(&self) -> Option<String> {
        if let Some(saving) = &self.saving {
            return Some(format!("stop saving? y or n: {} is not whole yet", saving.name()));
        }
        let name = &self.name;
        let unsaved = || format!("lose this run? y or n (it is in no file): `{name}`");
        self.is_unsaved.then(unsaved)
    }

    fn is_saving(&self) -> bool {
        self.saving.is_some()
    }

    fn save_on(&mut self) {
        App::save_on(self);
    }

    fn settle(&mut self, surface: Surface<'_>) {
        view::settle(self, surface);
    }

    fn draw(&self, paint: &mut Paint<'_>) {
        view::paint(self, paint);
    }

    fn at(&self, surface: Surface<'_>, position: Position) -> Option<Target> {
        target::at(self, surface, position)
    }
}
