//! A response of the terminal to a query: the background's colour is understood, all else is skipped.

use std::str;

use ringscope_screen::app::keys::Code;

use super::key::Held;
use super::{InputEvent, State, Step, after_escape};

/// The most bytes that are skipped: responses are short, and a key that is held down is none.
const MOST: usize = 4096;

/// The most bytes that are kept: more than any colour has.
const MOST_KEPT: usize = 48;

/// `ESC ]`, `ESC P` or `ESC _`, and what came after it up to `BEL` or `ESC \`.
#[derive(Debug)]
pub(super) struct Response {
    introducer: u8,
    length: usize,
    kept: [u8; MOST_KEPT],
}

impl Response {
    pub(super) fn new(introducer: u8) -> Response {
        Response { introducer, length: 0, kept: [0; MOST_KEPT] }
    }

    pub(super) fn step(mut self, byte: u8) -> Step {
        match byte {
            b'\x07' => Step::Done(self.meaning()),
            b'\x1b' if self.length > 0 => Step::Wait(State::Terminator(self)),
            // Something else begins.
            b'\0'..=b'\x1f' | b'\x7f' => Step::Again(self.key()),
            _ if self.length + 1 >= MOST => Step::Done(None),
            _ => {
                if let Some(place) = self.kept.get_mut(self.length) {
                    *place = byte;
                }
                self.length += 1;
                Step::Wait(State::Response(self))
            }
        }
    }

    /// The byte after an `ESC`, which is either the end of the response or of another sequence the beginning.
    pub(super) fn step_after_escape(self, byte: u8) -> Step {
        match byte {
            b'\\' => Step::Done(self.meaning()),
            _ => after_escape(byte),
        }
    }

    /// The key that it is when nothing follows.
    pub(super) fn key(&self) -> Option<InputEvent> {
        let letter = Code::Char(char::from(self.introducer));
        let alone = Held { alt: true, ..Held::default() }.press(letter);
        if self.length == 0 { alone } else { None }
    }

    pub(super) fn held(&self) -> usize {
        self.length.min(MOST_KEPT)
    }

    /// What the response says, if it is one that somebody may have asked for.
    pub(super) fn meaning(&self) -> Option<InputEvent> {
        let kept = self.kept.get(..self.length)?;
        let color = match self.introducer {
            b']' => str::from_utf8(kept).ok()?.strip_prefix("11;").and_then(color),
            _ => None,
        };
        color.map(InputEvent::Background)
    }
}

/// A colour as the X Window System writes it: `rgb:` and three numbers of one to four hexadecimal digits, or `rgba:` and four.
fn color(text: &str) -> Option<[u8; 3]> {
    let (form, numbers) = text.split_once(':')?;
    let mut parts = numbers.split('/').map(part);
    let color = [parts.next()??, parts.next()??, parts.next()??];
    let is_complete = match form {
        "rgb" => parts.next().is_none(),
        "rgba" => parts.next().is_some_and(|alpha| alpha.is_some()) && parts.next().is_none(),
        _ => false,
    };
    is_complete.then_some(color)
}

/// A number of one to four hexadecimal digits as a part of what is the most with so many digits.
fn part(digits: &str) -> Option<u8> {
    let is_number = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let most = match digits.len() {
        1..=4 if is_number => (1_u32 << (4 * digits.len())) - 1,
        _ => return None,
    };
    let number = u32::from_str_radix(digits, 16).ok()?;
    u8::try_from((number * 255 + most / 2) / most).ok()
}
