//! The mouse: where it points is the view's to say, what that does the app's.

use ratatui_core::layout::Position;
use ringscope_screen::app::{Pane, Target};
use ringscope_screen::session::Session;
use ringscope_screen::view::Surface;

use super::input::{MouseEvent, MouseKind};

/// How many rows the wheel turns by.
const TURN: isize = 3;

/// What the mouse is in the middle of.
#[derive(Debug, Default)]
pub(super) struct Mouse {
    /// The row of the scrubber, while the button is held down that was pressed there.
    scrubbed: Option<u16>,
}

impl Mouse {
    /// Takes what the mouse does.
    pub(super) fn take(&mut self, event: MouseEvent, session: &mut Session, drawn: Surface<'_>) {
        let MouseEvent { kind, column, row } = event;
        let target = |session: &Session, row| session.at(drawn, Position { x: column, y: row });
        match kind {
            MouseKind::Press => {
                let target = target(session, row);
                self.scrubbed = matches!(target, Some(Target::Scrubber(_))).then_some(row);
                if let Some(target) = target {
                    session.click(target);
                }
            }
            MouseKind::Drag => {
                // The hand need not keep to the row that it began in.
                if let Some(target) = self.scrubbed.and_then(|row| target(session, row)) {
                    session.drag(target);
                }
            }
            MouseKind::Release => self.scrubbed = None,
            MouseKind::ScrollUp | MouseKind::ScrollDown => {
                let rows = if kind == MouseKind::ScrollUp { -TURN } else { TURN };
                let target = target(session, row).unwrap_or(Target::Pane(Pane::Events));
                session.scroll(target, rows);
            }
        }
    }
}
