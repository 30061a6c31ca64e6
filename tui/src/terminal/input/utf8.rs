//! A letter of several bytes: UTF-8, one byte at a time.

use std::str;

use ringscope_screen::app::keys::Code;

use super::key::Held;
use super::{State, Step};

/// The most bytes of a letter.
const MOST: usize = 4;

/// The first bytes of a letter.
#[derive(Debug)]
pub(super) struct PartialChar {
    bytes: [u8; MOST],
    length: usize,
    held: Held,
}

impl PartialChar {
    /// A letter that begins with this byte.
    pub(super) fn begin(byte: u8, held: Held) -> Step {
        let step = PartialChar { bytes: [0; MOST], length: 0, held }.step(byte);
        // No letter begins with it: that it begins nothing either is known.
        if let Step::Again(event) = step { Step::Done(event) } else { step }
    }

    pub(super) fn step(mut self, byte: u8) -> Step {
        self.bytes[self.length] = byte;
        self.length += 1;
        match str::from_utf8(&self.bytes[..self.length]) {
            Ok(text) => {
                let letter = text.chars().next().map(Code::Char);
                Step::Done(letter.and_then(|code| self.held.press(code)))
            }
            Err(error) if error.error_len().is_none() => Step::Wait(State::Char(self)),
            Err(_) => Step::Again(None),
        }
    }

    pub(super) fn held(&self) -> usize {
        self.length
    }
}
