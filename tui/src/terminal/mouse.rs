//! The mouse of the terminal, as a pointer of the session.

use ratatui_core::layout::Position;
use ringscope_screen::session::{Pointer, Session};
use ringscope_screen::view::Surface;

use super::input::{MouseEvent, MouseKind};

/// How many rows the wheel turns by.
const TURN: isize = 3;

/// Takes what the mouse does.
pub(super) fn take(
    pointer: &mut Pointer,
    event: MouseEvent,
    session: &mut Session,
    drawn: Surface<'_>,
) {
    let MouseEvent { kind, column, row } = event;
    let at = Position { x: column, y: row };
    match kind {
        MouseKind::Press => pointer.press(session, drawn, at),
        MouseKind::Drag => pointer.drag(session, drawn, at),
        MouseKind::Release => pointer.release(),
        MouseKind::ScrollUp => pointer.scroll(session, drawn, (at, -TURN)),
        MouseKind::ScrollDown => pointer.scroll(session, drawn, (at, TURN)),
    }
}
