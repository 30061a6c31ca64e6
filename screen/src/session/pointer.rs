//! What points at the screen: a mouse or a finger. What is where is the view's to say, what that does the page's.

use ratatui_core::layout::Position;

use super::Session;
use crate::app::{Pane, Target};
use crate::view::Surface;

/// What points at the screen, and what it is in the middle of.
#[derive(Debug, Default)]
pub struct Pointer {
    /// The row of the scrubber, while the button is held down that was pressed there.
    scrubbed: Option<u16>,
}

impl Pointer {
    /// The button is pressed at a place of what was drawn there.
    pub fn press(&mut self, session: &mut Session, drawn: Surface<'_>, at: Position) {
        let target = session.at(drawn, at);
        self.scrubbed = matches!(target, Some(Target::Scrubber(_))).then_some(at.y);
        if let Some(target) = target {
            session.click(target);
        }
    }

    /// It moves with the button held down.
    pub fn drag(&self, session: &mut Session, drawn: Surface<'_>, at: Position) {
        // The hand need not keep to the row that it began in.
        let along = self.scrubbed.map(|y| Position { y, ..at });
        if let Some(target) = along.and_then(|at| session.at(drawn, at)) {
            session.drag(target);
        }
    }

    /// The button is let go.
    pub fn release(&mut self) {
        self.scrubbed = None;
    }

    /// The wheel is turned by so many rows.
    pub fn scroll(&self, session: &mut Session, drawn: Surface<'_>, (at, rows): (Position, isize)) {
        let target = session.at(drawn, at).unwrap_or(Target::Pane(Pane::Events));
        session.scroll(target, rows);
    }
}
