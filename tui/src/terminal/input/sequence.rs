//! A sequence of numbers and a last byte, which says what the numbers mean.

use std::str;

use ringscope_screen::app::keys::{Code, NamedKey};

use super::key::{self, Held};
use super::mouse::{self, OldReport};
use super::paste::Paste;
use super::{InputEvent, State, Step};

/// The most bytes between the introducer and the last byte: more than any sequence has that means something.
const MOST: usize = 64;

/// What a sequence begins with, after `ESC`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Introducer {
    /// `ESC [`, the control sequence introducer.
    Csi,
    /// `ESC O`, single shift three: keys of the keypad and the cursor, in a mode of their own.
    Ss3,
}

/// A sequence whose last byte has not come.
#[derive(Debug)]
pub(super) struct Sequence {
    introducer: Introducer,
    bytes: [u8; MOST],
    length: usize,
    /// More came than is kept: it means nothing.
    is_too_long: bool,
}

impl Sequence {
    pub(super) fn new(introducer: Introducer) -> Sequence {
        Sequence { introducer, bytes: [0; MOST], length: 0, is_too_long: false }
    }

    pub(super) fn step(mut self, byte: u8) -> Step {
        match (self.introducer, byte) {
            (Introducer::Csi, b' '..=b'?') | (Introducer::Ss3, b'0'..=b'9' | b';') => {
                self.keep(byte);
                Step::Wait(State::Sequence(self))
            }
            (Introducer::Csi | Introducer::Ss3, b'@'..=b'~') => self.complete(byte),
            (Introducer::Csi | Introducer::Ss3, _) => Step::Again(self.key()),
        }
    }

    /// The key that it is when nothing follows: Alt and the introducer.
    pub(super) fn key(&self) -> Option<InputEvent> {
        let letter = match self.introducer {
            Introducer::Csi => '[',
            Introducer::Ss3 => 'O',
        };
        let alone = Held { alt: true, ..Held::default() }.press(Code::Char(letter));
        if self.length == 0 { alone } else { None }
    }

    pub(super) fn held(&self) -> usize {
        self.length
    }

    fn keep(&mut self, byte: u8) {
        match self.bytes.get_mut(self.length) {
            Some(place) => {
                *place = byte;
                self.length += 1;
            }
            None => self.is_too_long = true,
        }
    }

    fn complete(self, last: u8) -> Step {
        // What is kept is ASCII.
        let numbers = str::from_utf8(&self.bytes[..self.length]).unwrap_or_default();
        match (self.introducer, numbers, last) {
            _ if self.is_too_long => Step::Done(None),
            (Introducer::Csi, "", b'[') => Step::Wait(State::Console),
            (Introducer::Csi, "", b'M') => Step::Wait(State::OldReport(OldReport::default())),
            (Introducer::Csi, "200", b'~') => Step::Wait(State::Paste(Paste::default())),
            (Introducer::Csi, ..) => Step::Done(meaning(numbers, last)),
            (Introducer::Ss3, ..) => Step::Done(lettered(numbers, last)),
        }
    }
}

/// What a complete sequence means; most of what terminals can send means nothing here.
fn meaning(numbers: &str, last: u8) -> Option<InputEvent> {
    if let Some(report) = numbers.strip_prefix('<') {
        return if matches!(last, b'M' | b'm') { mouse::numbered(report, last) } else { None };
    }
    // What the terminal is: `ESC [ ? 6 c`. Responses to other queries, which nobody sent, mean nothing.
    if numbers.starts_with('?') && last == b'c' {
        return Some(InputEvent::Attributes);
    }
    if !numbers.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b':' | b';')) {
        return None;
    }
    match last {
        b'Z' => Held { shift: true, ..Held::default() }.press(Code::Named(NamedKey::Tab)),
        b'M' => mouse::numbered_from_32(numbers),
        b'~' => with_modifiers(key::numbered(number(numbers, 0, 0)?)?, numbers),
        b'u' => code_point(numbers),
        _ => lettered(numbers, last),
    }
}

/// A key that its last byte says: `ESC [ A`, `ESC [ 1 ; 5 A`, and of old terminals `ESC [ 5 A`.
fn lettered(numbers: &str, last: u8) -> Option<InputEvent> {
    let code = key::lettered(last)?;
    if numbers.contains(';') {
        return with_modifiers(code, numbers);
    }
    let held = numbers.parse().map(Held::from_number).unwrap_or_default();
    held.press(code)
}

/// `ESC [ code point : shifted : on the base layout ; modifiers : kind ; text u`, all but the first left out
/// as far as they say nothing.
fn code_point(numbers: &str) -> Option<InputEvent> {
    let code = key::code_point(number(numbers, 0, 0)?)?;
    let held = held(numbers)?;
    match number(numbers, 0, 1).and_then(char::from_u32) {
        Some(shifted) if held.shift => Held { shift: false, ..held }.press(Code::Char(shifted)),
        Some(_) | None => held.press(code),
    }
}

fn with_modifiers(code: Code, numbers: &str) -> Option<InputEvent> {
    held(numbers)?.press(code)
}

/// What is held down; none at all, when the key is not pressed but let go.
fn held(numbers: &str) -> Option<Held> {
    const LET_GO: u32 = 3;
    if number(numbers, 1, 1) == Some(LET_GO) {
        return None;
    }
    let held = number(numbers, 1, 0).and_then(|number| u8::try_from(number).ok());
    Some(held.map(Held::from_number).unwrap_or_default())
}

/// One of the numbers: groups are divided by semicolons, and the numbers of a group by colons.
fn number(numbers: &str, group: usize, index: usize) -> Option<u32> {
    numbers.split(';').nth(group)?.split(':').nth(index)?.parse().ok()
}
