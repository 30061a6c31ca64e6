//! Keys, with what is held down beside them.

use ringscope_screen::app::KeyPress;
use ringscope_screen::app::keys::{Code, NamedKey};

use super::InputEvent;

/// What is held down beside a key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Held {
    pub ctrl: bool,
    pub alt: bool,
    pub shift: bool,
}

impl Held {
    /// From the number that a sequence has for it: one more than the sum of 1 for shift, 2 for Alt, 4 for
    /// control. The bits above these do not count.
    pub(super) fn from_number(number: u8) -> Held {
        let bits = number.saturating_sub(1);
        Held { shift: bits & 1 != 0, alt: bits & 2 != 0, ctrl: bits & 4 != 0 }
    }

    /// The event that this key is pressed; none for a control character, which no key is.
    pub(super) fn press(self, code: Code) -> Option<InputEvent> {
        let Held { ctrl, alt, shift } = self;
        let (shift, code) = match code {
            Code::Char(letter) if letter.is_control() => return None,
            // A letter that shift makes is another letter; of other signs nobody can say what shift made.
            Code::Char(letter) if shift => (false, Code::Char(letter.to_ascii_uppercase())),
            Code::Char(_) | Code::Named(_) | Code::F(_) => (shift, code),
        };
        Some(InputEvent::Key(KeyPress { ctrl, alt, shift, code }))
    }
}

/// The key whose sequence ends with a letter, `ESC [ A` or `ESC O A`.
pub(super) fn lettered(last: u8) -> Option<Code> {
    Some(match last {
        b'A' => Code::Named(NamedKey::Up),
        b'B' => Code::Named(NamedKey::Down),
        b'C' => Code::Named(NamedKey::Right),
        b'D' => Code::Named(NamedKey::Left),
        b'F' => Code::Named(NamedKey::End),
        b'H' => Code::Named(NamedKey::Home),
        b'P'..=b'S' => Code::F(last - b'P' + 1),
        _ => return None,
    })
}

/// The key whose sequence is a number, `ESC [ 5 ~`.
pub(super) fn numbered(number: u32) -> Option<Code> {
    let function = |number: u32| u8::try_from(number).ok().map(Code::F);
    match number {
        1 | 7 => Some(Code::Named(NamedKey::Home)),
        2 => Some(Code::Named(NamedKey::Insert)),
        3 => Some(Code::Named(NamedKey::Delete)),
        4 | 8 => Some(Code::Named(NamedKey::End)),
        5 => Some(Code::Named(NamedKey::PageUp)),
        6 => Some(Code::Named(NamedKey::PageDown)),
        11..=15 => function(number - 10),
        17..=21 => function(number - 11),
        23..=26 => function(number - 12),
        28..=29 => function(number - 15),
        31..=34 => function(number - 17),
        _ => None,
    }
}

/// The keys of the number block, from the first number that the Kitty keyboard protocol gives to one.
const NUMBER_BLOCK: [Code; 28] = [
    Code::Char('0'),
    Code::Char('1'),
    Code::Char('2'),
    Code::Char('3'),
    Code::Char('4'),
    Code::Char('5'),
    Code::Char('6'),
    Code::Char('7'),
    Code::Char('8'),
    Code::Char('9'),
    Code::Char('.'),
    Code::Char('/'),
    Code::Char('*'),
    Code::Char('-'),
    Code::Char('+'),
    Code::Named(NamedKey::Enter),
    Code::Char('='),
    Code::Char(','),
    Code::Named(NamedKey::Left),
    Code::Named(NamedKey::Right),
    Code::Named(NamedKey::Up),
    Code::Named(NamedKey::Down),
    Code::Named(NamedKey::PageUp),
    Code::Named(NamedKey::PageDown),
    Code::Named(NamedKey::Home),
    Code::Named(NamedKey::End),
    Code::Named(NamedKey::Insert),
    Code::Named(NamedKey::Delete),
];

const FIRST_OF_NUMBER_BLOCK: u32 = 57399;

/// The key of a Unicode code point, `ESC [ 97 u`, as the Kitty keyboard protocol has it: keys without a
/// character have numbers of the private use area.
///
/// <https://sw.kovidgoyal.net/kitty/keyboard-protocol/#functional-key-definitions>
pub(super) fn code_point(number: u32) -> Option<Code> {
    Some(match number {
        9 => Code::Named(NamedKey::Tab),
        13 => Code::Named(NamedKey::Enter),
        27 => Code::Named(NamedKey::Esc),
        127 => Code::Named(NamedKey::Backspace),
        57376..=57398 => Code::F(u8::try_from(number - 57376 + 13).ok()?),
        FIRST_OF_NUMBER_BLOCK..57427 => {
            let index = usize::try_from(number - FIRST_OF_NUMBER_BLOCK).ok()?;
            NUMBER_BLOCK[index]
        }
        // Locks, media keys, and the modifiers as keys of their own.
        57344..=63743 => return None,
        _ => Code::Char(char::from_u32(number)?),
    })
}
