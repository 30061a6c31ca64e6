//! Keys, and which of them does what: the table of actions, as far as a configuration has not changed it.

use std::fmt;
use std::str::FromStr;

use ringscope_traces::text::Plain;

use crate::controls::{Action, BINDINGS};

/// A key on the keyboard, with what is held down beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyPress {
    /// Control is held down.
    pub ctrl: bool,
    /// Alt is held down.
    pub alt: bool,
    /// Shift is held down; letters say so by being capital.
    pub shift: bool,
    /// The key itself.
    pub code: Code,
}

/// A key without what is held down beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// A letter, a digit, a sign.
    Char(char),
    /// A key with a name.
    Named(NamedKey),
    /// A function key.
    F(u8),
}

/// A key with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "a key's name says which one it is")]
pub enum NamedKey {
    Left,
    Right,
    Up,
    Down,
    Home,
    End,
    PageUp,
    PageDown,
    Tab,
    Enter,
    Esc,
    Backspace,
    Delete,
    Insert,
}

/// The keys with a name, as the configuration writes them.
pub const NAMED: &[(&str, NamedKey)] = &[
    ("left", NamedKey::Left),
    ("right", NamedKey::Right),
    ("up", NamedKey::Up),
    ("down", NamedKey::Down),
    ("home", NamedKey::Home),
    ("end", NamedKey::End),
    ("pageup", NamedKey::PageUp),
    ("pagedown", NamedKey::PageDown),
    ("tab", NamedKey::Tab),
    ("enter", NamedKey::Enter),
    ("esc", NamedKey::Esc),
    ("backspace", NamedKey::Backspace),
    ("delete", NamedKey::Delete),
    ("insert", NamedKey::Insert),
];

/// The name of the key that a space would not show.
const SPACE: &str = "space";

impl KeyPress {
    /// That key alone.
    pub fn plain(code: Code) -> KeyPress {
        KeyPress { ctrl: false, alt: false, shift: false, code }
    }

    /// The letter that it types, if it types one.
    pub fn typed(self) -> Option<char> {
        match self.code {
            Code::Char(letter) if !self.ctrl && !self.alt => Some(letter),
            Code::Char(_) | Code::Named(_) | Code::F(_) => None,
        }
    }

    /// Whether it is that key alone.
    pub fn is(self, named: NamedKey) -> bool {
        self == KeyPress::plain(Code::Named(named))
    }
}

/// The key as the configuration writes it, such as `shift-right`.
impl fmt::Display for KeyPress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (is_held, name) in [(self.ctrl, "ctrl-"), (self.alt, "alt-"), (self.shift, "shift-")] {
            f.write_str(if is_held { name } else { "" })?;
        }
        match self.code {
            Code::Char(' ') => f.write_str(SPACE),
            Code::Char(letter) => write!(f, "{letter}"),
            Code::F(number) => write!(f, "f{number}"),
            Code::Named(named) => {
                let (name, _) =
                    NAMED.iter().find(|(_, code)| *code == named).expect("all have names");
                f.write_str(name)
            }
        }
    }
}

/// Why a text is not a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no key `{}`", Plain(.0))]
pub struct NoSuchKey(pub String);

impl FromStr for KeyPress {
    type Err = NoSuchKey;

    fn from_str(text: &str) -> Result<KeyPress, NoSuchKey> {
        let mut key = KeyPress::plain(Code::Char(' '));
        let mut rest = text;
        loop {
            let (held, after) = match rest.split_once('-') {
                Some((held, after)) if !after.is_empty() => (held, after),
                Some(_) | None => break,
            };
            match held {
                "ctrl" => key.ctrl = true,
                "alt" => key.alt = true,
                "shift" => key.shift = true,
                _ => return Err(NoSuchKey(text.to_owned())),
            }
            rest = after;
        }
        key.code = code(rest).ok_or_else(|| NoSuchKey(text.to_owned()))?;
        Ok(key.normalized())
    }
}

impl KeyPress {
    /// Shift and a letter is the capital letter, so that every key has one representation.
    pub fn normalized(mut self) -> KeyPress {
        if let (true, Code::Char(letter)) = (self.shift, self.code) {
            self.code = Code::Char(letter.to_ascii_uppercase());
            self.shift = false;
        }
        self
    }
}

fn code(text: &str) -> Option<Code> {
    let mut letters = text.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        return (!letter.is_control() && letter != ' ').then_some(Code::Char(letter));
    }
    let named = NAMED.iter().find(|(name, _)| *name == text).map(|(_, named)| Code::Named(*named));
    let function = || {
        let number: u8 = text.strip_prefix('f')?.parse().ok()?;
        (1..=24).contains(&number).then_some(Code::F(number))
    };
    if text == SPACE { Some(Code::Char(' ')) } else { named.or_else(function) }
}

/// Which keys do what: the table, as far as a configuration has not changed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    /// The keys of each action, in the order of the table.
    keys: Vec<Vec<KeyPress>>,
}

impl Default for Keymap {
    fn default() -> Keymap {
        let key = |text: &&str| text.parse().expect("the table has keys that there are");
        Keymap { keys: BINDINGS.iter().map(|row| row.keys.iter().map(key).collect()).collect() }
    }
}

/// Why keys cannot be those of an action.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{key}` is a key of `{other}` already")]
pub struct Taken {
    /// The key.
    pub key: KeyPress,
    /// The action that has it.
    pub other: &'static str,
}

impl Keymap {
    /// The keys of an action.
    pub fn keys(&self, action: Action) -> &[KeyPress] {
        &self.keys[place(action)]
    }

    /// What a key does.
    pub fn action(&self, key: KeyPress) -> Option<Action> {
        let row = self.keys.iter().position(|keys| keys.contains(&key))?;
        Some(BINDINGS[row].action)
    }

    /// Gives an action other keys.
    pub fn set(&mut self, action: Action, keys: Vec<KeyPress>) {
        self.keys[place(action)] = keys;
    }

    /// Whether every key is of one action.
    ///
    /// # Errors
    ///
    /// The first key, in the order of the table, that an action before it has as well.
    pub fn judge(&self) -> Result<(), (Action, Taken)> {
        for (i, row) in BINDINGS.iter().enumerate() {
            for key in &self.keys[i] {
                let before = self.keys[..i].iter().position(|keys| keys.contains(key));
                if let Some(before) = before {
                    let other = BINDINGS[before].name;
                    return Err((row.action, Taken { key: *key, other }));
                }
            }
        }
        Ok(())
    }
}

fn place(action: Action) -> usize {
    let place = BINDINGS.iter().position(|row| row.action == action);
    place.expect("every action has a row")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_name_and_no_key_stands_twice() {
        let names: BTreeSet<_> = BINDINGS.iter().map(|row| row.name).collect();
        assert_eq!(names.len(), BINDINGS.len());
        assert_eq!(Keymap::default().judge(), Ok(()));
    }

    #[test]
    fn every_key_is_read_as_it_is_written() {
        for text in BINDINGS.iter().flat_map(|row| row.keys) {
            let key: KeyPress = text.parse().expect("a key");
            assert_eq!(key.to_string(), *text);
        }
        for (text, same) in [("shift-l", "L"), ("ctrl-alt-f12", "ctrl-alt-f12"), ("-", "-")] {
            assert_eq!(text.parse::<KeyPress>().map(|key| key.to_string()), Ok(same.to_owned()));
        }
        for text in ["", "hyper-x", "rigth", "f25", "ctrl-", "\u{1b}"] {
            assert!(text.parse::<KeyPress>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_key_that_two_actions_have_is_reported() {
        let mut keymap = Keymap::default();
        keymap.set(Action::Quit, vec!["l".parse().expect("a key")]);
        let (action, taken) = keymap.judge().expect_err("it is that of the next event");
        assert_eq!(action, Action::Quit);
        assert_eq!(taken.to_string(), "`l` is a key of `next-event` already");
    }
}
