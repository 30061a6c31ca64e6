//! Reports of the mouse, in the three forms that terminals have for them.
//!
//! <https://invisible-island.net/xterm/ctlseqs/ctlseqs.html#h2-Mouse-Tracking>

use super::{InputEvent, State, Step};

/// What the mouse did, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MouseEvent {
    /// What it did.
    pub kind: MouseKind,
    /// The column that it points at, counted from 0.
    pub column: u16,
    /// The row that it points at, counted from 0.
    pub row: u16,
}

/// What the mouse did, as far as it does something here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MouseKind {
    /// The left button was pressed.
    Press,
    /// It was moved while the left button was held down.
    Drag,
    /// A button was let go.
    Release,
    /// The wheel was turned up.
    ScrollUp,
    /// The wheel was turned down.
    ScrollDown,
}

/// `ESC [ < buttons ; column ; row` and `M`, or `m` when a button is let go; all are numbers.
pub(super) fn numbered(numbers: &str, last: u8) -> Option<InputEvent> {
    let mut numbers = numbers.split(';');
    let kind = kind(numbers.next()?.parse().ok()?)?;
    let is_release = last == b'm' && kind == MouseKind::Press;
    let kind = if is_release { MouseKind::Release } else { kind };
    at(kind, numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?)
}

/// `ESC [ buttons ; column ; row M`, with 32 added to the buttons.
pub(super) fn numbered_from_32(numbers: &str) -> Option<InputEvent> {
    let mut numbers = numbers.split(';');
    let kind = kind(numbers.next()?.parse::<u8>().ok()?.checked_sub(32)?)?;
    at(kind, numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?)
}

/// `ESC [ M` and a byte each for buttons, column and row, with 32 added to each.
#[derive(Debug, Default)]
pub(super) struct OldReport {
    bytes: [u8; 3],
    length: usize,
}

impl OldReport {
    pub(super) fn step(mut self, byte: u8) -> Step {
        let Some(number) = byte.checked_sub(32) else {
            return Step::Again(None);
        };
        self.bytes[self.length] = number;
        self.length += 1;
        if self.length < self.bytes.len() {
            return Step::Wait(State::OldReport(self));
        }
        let [buttons, column, row] = self.bytes;
        Step::Done(kind(buttons).and_then(|kind| at(kind, column.into(), row.into())))
    }

    pub(super) fn held(&self) -> usize {
        self.length
    }
}

/// Of columns and rows counted from 1.
fn at(kind: MouseKind, column: u16, row: u16) -> Option<InputEvent> {
    let (column, row) = (column.checked_sub(1)?, row.checked_sub(1)?);
    Some(InputEvent::Mouse(MouseEvent { kind, column, row }))
}

/// What the buttons say: two bits for a button, three for what is held down on the keyboard, one for
/// movement, two more for the button.
fn kind(buttons: u8) -> Option<MouseKind> {
    let button = buttons & 0b11 | (buttons & 0b1100_0000) >> 4;
    let moves = buttons & 0b10_0000 != 0;
    match (button, moves) {
        (0, false) => Some(MouseKind::Press),
        (0, true) => Some(MouseKind::Drag),
        (3, false) => Some(MouseKind::Release),
        (4, false) => Some(MouseKind::ScrollUp),
        (5, false) => Some(MouseKind::ScrollDown),
        _ => None,
    }
}
