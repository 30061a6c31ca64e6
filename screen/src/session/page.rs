//! A page of the screen: what it takes, what it asks for, and how it is drawn.

use std::any::Any;
use std::time::Duration;

use ratatui_core::layout::Position;

use crate::app::{Action, Controls, KeyPress, PageRequest, Target};
use crate::tour::{Progress, Record};
use crate::view::{Paint, Surface, overlay};

/// A page of the screen. A new one is a file beside this one, and whatever opens it.
pub trait Page: Any {
    /// Takes a key.
    fn press(&mut self, key: KeyPress);

    /// Takes what was pasted.
    fn paste(&mut self, text: &str);

    /// Takes a click on what is at that place of the page.
    fn click(&mut self, target: Target);

    /// Takes a movement with the button held down.
    fn drag(&mut self, _target: Target) {}

    /// Takes a turn of the wheel.
    fn scroll(&mut self, target: Target, rows: isize);

    /// Lets time pass; whether there is anything new to show.
    fn tick(&mut self, _elapsed: Duration) -> bool {
        false
    }

    /// Whether it changes by itself, so that time should pass in small steps.
    fn is_busy(&self) -> bool {
        false
    }

    /// Its keys, the list over it, what there is to say and to ask.
    fn controls(&self) -> &Controls;

    /// The same, to be changed.
    fn controls_mut(&mut self) -> &mut Controls;

    /// The actions in its key bar, with their words.
    fn bar(&self) -> Vec<(Action, &'static str)>;

    /// What it asks of the session, once.
    fn ask(&mut self) -> Option<PageRequest> {
        self.controls_mut().request.take()
    }

    /// What is asked before it is left, where something would be lost by that.
    fn at_stake(&self) -> Option<String> {
        None
    }

    /// Whether a file of it is being saved, on which it goes on while another page lies over it, too.
    fn is_saving(&self) -> bool {
        false
    }

    /// Goes on with that file.
    fn save_on(&mut self) {}

    /// How far somebody has come in it, and in which lesson, where it is one.
    fn learnt(&self) -> Option<(&str, Record)> {
        None
    }

    /// Takes in how far somebody has come in the lessons meanwhile.
    fn learn(&mut self, _progress: &Progress) {}

    /// Chooses the next lesson, where it lists them; whether it does.
    fn choose_lesson(&mut self, _progress: &Progress) -> bool {
        false
    }

    /// What drawing it has to settle first.
    fn settle(&mut self, _surface: Surface<'_>) {}

    /// Draws what it shows, without the list over it.
    fn draw(&self, paint: &mut Paint<'_>);

    /// What is at a position of what it shows, as it was drawn.
    fn at(&self, surface: Surface<'_>, position: Position) -> Option<Target>;
}

/// Draws a page, and the list over it.
pub fn paint(page: &dyn Page, paint: &mut Paint<'_>) {
    page.draw(paint);
    if let Some(menu) = &page.controls().menu {
        overlay::draw(menu, paint);
    }
    paint.look.theme.fill(paint.area, paint.buffer);
}

/// What is at a position of a page, or of the list over it.
pub fn at(page: &dyn Page, surface: Surface<'_>, position: Position) -> Option<Target> {
    match &page.controls().menu {
        Some(menu) => overlay::row_at(menu, surface, position).map(Target::Row),
        None => page.at(surface, position),
    }
}
