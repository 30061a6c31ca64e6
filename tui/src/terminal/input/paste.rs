//! A text that is pasted: `ESC [ 200 ~`, the text, `ESC [ 201 ~`.

use super::{InputEvent, State, Step};

/// The most bytes of a text that is pasted; what follows up to its end is passed over.
///
/// All that can be pasted into is one line.
pub const MOST_PASTED: usize = 64 * 1024;

const END: &[u8] = b"\x1b[201~";

/// The text so far.
#[derive(Debug, Default)]
pub(super) struct Paste {
    text: Vec<u8>,
    /// How many bytes of the end have come.
    of_end: usize,
}

impl Paste {
    pub(super) fn step(mut self, byte: u8) -> Step {
        if byte == END[self.of_end] {
            self.of_end += 1;
            if self.of_end == END.len() {
                self.of_end = 0;
                return Step::Done(self.end());
            }
            return Step::Wait(State::Paste(self));
        }
        self.keep_what_was_no_end();
        // Only the first byte of the end is an escape, so nothing but it can begin the end anew.
        if byte == END[0] {
            self.of_end = 1;
        } else {
            self.keep(&[byte]);
        }
        Step::Wait(State::Paste(self))
    }

    /// The text, as far as it has come.
    pub(super) fn end(mut self) -> Option<InputEvent> {
        self.keep_what_was_no_end();
        let text = String::from_utf8_lossy(&self.text);
        (!text.is_empty()).then(|| InputEvent::Paste(text.into_owned()))
    }

    pub(super) fn held(&self) -> usize {
        self.text.len() + self.of_end
    }

    fn keep_what_was_no_end(&mut self) {
        let of_end = std::mem::take(&mut self.of_end);
        self.keep(&END[..of_end]);
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = MOST_PASTED - self.text.len();
        self.text.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }
}
