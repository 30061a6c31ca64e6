//! A response of the terminal to a query that nobody sent: it is skipped.

use ringscope_screen::app::keys::Code;

use super::key::Held;
use super::{InputEvent, State, Step};

/// The most bytes that are skipped: responses are short, and a key that is held down is none.
const MOST: usize = 4096;

/// `ESC ]`, `ESC P` or `ESC _`, and what came after it up to `BEL` or `ESC \`.
#[derive(Debug)]
pub(super) struct Response {
    introducer: u8,
    length: usize,
}

impl Response {
    pub(super) fn new(introducer: u8) -> Response {
        Response { introducer, length: 0 }
    }

    pub(super) fn step(mut self, byte: u8) -> Step {
        self.length += 1;
        match byte {
            b'\x07' => Step::Done(None),
            // That of `ESC \`; or else something begins.
            b'\0'..=b'\x1f' | b'\x7f' => {
                Step::Again(if self.length == 1 { self.alone() } else { None })
            }
            _ if self.length >= MOST => Step::Done(None),
            _ => Step::Wait(State::Response(self)),
        }
    }

    /// The key that it is when nothing follows.
    pub(super) fn key(&self) -> Option<InputEvent> {
        if self.length == 0 { self.alone() } else { None }
    }

    fn alone(&self) -> Option<InputEvent> {
        Held { alt: true, ..Held::default() }.press(Code::Char(char::from(self.introducer)))
    }
}
