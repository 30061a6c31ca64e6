//! Which key does what: the one table from which the key bar, the help, the palette, the configuration
//! and its documentation are made.

use std::fmt;
use std::str::FromStr;

use ringscope_traces::text::Plain;

use super::{Action, Pane};

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    /// What is done.
    pub action: Action,
    /// The action's name in the configuration and in the palette.
    pub name: &'static str,
    /// The keys, as the configuration writes them.
    pub keys: &'static [&'static str],
    /// What it does, in a few words.
    pub what: &'static str,
    /// Its words in the key bar, most wanted ones first; none when it is not there.
    pub bar: Option<&'static str>,
}

/// A row; the words of the key bar come last, where there are some.
macro_rules! row {
    ($action:expr, $name:literal, [$($key:literal),*], $what:literal) => {
        Binding { action: $action, name: $name, keys: &[$($key),*], what: $what, bar: None }
    };
    ($action:expr, $name:literal, [$($key:literal),*], $what:literal, $bar:literal) => {
        Binding { action: $action, name: $name, keys: &[$($key),*], what: $what, bar: Some($bar) }
    };
}

/// Every action that a key can do, the most wanted ones first.
#[rustfmt::skip]
pub const BINDINGS: &[Binding] = &[
    row!(Action::NextEvent, "next-event", ["right", "l", "."], "one event on", "step"),
    row!(Action::PreviousEvent, "previous-event", ["left", "h", ","], "one event back"),
    row!(Action::PlayOrPause, "play", ["space"], "time runs by itself, or stops", "play"),
    row!(Action::Help, "help", ["?"], "the keys, of the focused pane first", "help"),
    row!(Action::NextCommand, "next-command", ["shift-right", "L"], "to the end of the command", "command"),
    row!(Action::PreviousCommand, "previous-command", ["shift-left", "H"], "to the start of the command"),
    row!(Action::Quit, "quit", ["q", "ctrl-c"], "leave", "quit"),
    row!(Action::Search, "search", ["/"], "look for an event", "find"),
    row!(Action::Command, "command", ["i"], "type a command into the live run", "inject"),
    row!(Action::NextViolation, "next-violation", ["]"], "to the next violation, or divergence", "violation"),
    row!(Action::PreviousViolation, "previous-violation", ["["], "to the last violation, or divergence"),
    row!(Action::Palette, "palette", [":", "ctrl-p"], "all actions by name", "all"),
    row!(Action::NextBreak, "next-break", ["c"], "on to the next condition to break on", "break"),
    row!(Action::PreviousBreak, "previous-break", ["C"], "back to the last condition to break on"),
    row!(Action::Break, "break", ["b"], "break on a condition", "condition"),
    row!(Action::Slower, "slower", ["-"], "time runs slower"),
    row!(Action::Faster, "faster", ["+", "="], "time runs faster"),
    row!(Action::Start, "start", ["home"], "to the start"),
    row!(Action::End, "end", ["end"], "to the end"),
    row!(Action::GoTo, "go-to", ["g"], "to an event number or a percentage", "go to"),
    row!(Action::NextMatch, "next-match", ["n"], "the next one that was looked for"),
    row!(Action::PreviousMatch, "previous-match", ["N"], "the one before it"),
    row!(Action::Filter, "filter", ["f"], "list some events only", "filter"),
    row!(Action::OnlyCauses, "only-causes", ["k"], "only the causes of what is selected: why is it so?", "why"),
    row!(Action::Up, "up", ["up"], "a row up in what is listed"),
    row!(Action::Down, "down", ["down"], "a row down in what is listed"),
    row!(Action::PageUp, "page-up", ["pageup"], "a page up in what is listed"),
    row!(Action::PageDown, "page-down", ["pagedown"], "a page down in what is listed"),
    row!(Action::Open, "open", ["enter"], "open the row that is chosen; in a walkthrough, answer or go on"),
    row!(Action::NextPane, "next-pane", ["tab"], "the next pane takes the keys", "pane"),
    row!(Action::Focus(Pane::Ring), "ring", ["1"], "the ring takes the keys"),
    row!(Action::Focus(Pane::Inspector), "inspector", ["2"], "the inspector takes the keys"),
    row!(Action::Focus(Pane::Events), "events", ["3"], "the events take the keys"),
    row!(Action::Focus(Pane::SpaceTime), "space-time", ["4"], "the lanes take the keys"),
    row!(Action::Focus(Pane::Watches), "watches", ["5"], "the watches take the keys"),
    row!(Action::Focus(Pane::Ownership), "ownership", ["6"], "the key space takes the keys"),
    row!(Action::Zoom, "zoom", ["z"], "the pane has the whole screen", "zoom"),
    row!(Action::Fork, "fork", ["F"], "a new run that goes another way from here", "fork"),
    row!(Action::Mark, "mark", ["m"], "mark this event: a letter follows", "mark"),
    row!(Action::Jump, "jump", ["'"], "jump to a mark: its letter follows"),
    row!(Action::Diff, "diff", ["d"], "compare with another trace", "diff"),
    row!(Action::IgnoreOrder, "ignore-order", ["o"], "in a comparison: the order of receives does not count"),
    row!(Action::Swap, "swap", ["s"], "in a comparison: A and B change places"),
    row!(Action::Tour, "tour", ["w"], "the walkthroughs"),
    row!(Action::Explore, "explore", ["e"], "in a walkthrough: look at the run freely"),
    row!(Action::StepBack, "step-back", ["backspace"], "in a walkthrough: a step back"),
    row!(Action::Skip, "skip", [">"], "in a walkthrough: leave a question open"),
    row!(Action::Again, "again", ["r"], "in a walkthrough: see the run come to the stop again"),
    row!(Action::Export, "export", ["x"], "save the scenario or the trace", "export"),
    row!(Action::Reproduce, "reproduce", ["y"], "the command line that shows this again"),
    row!(Action::Back, "back", ["esc"], "out of what lies on top"),
    row!(Action::QuitAndKeep, "quit-and-keep", ["Q"], "leave, and leave the screen in the scrollback"),
];

impl Action {
    /// Its row in the table.
    ///
    /// # Panics
    ///
    /// When an action has no row, which a test keeps from happening.
    pub fn binding(self) -> &'static Binding {
        let row = BINDINGS.iter().find(|row| row.action == self);
        row.expect("every action has a row")
    }

    /// The action of that name.
    pub fn named(name: &str) -> Option<Action> {
        BINDINGS.iter().find(|row| row.name == name).map(|row| row.action)
    }
}

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
    /// Shift and a letter is the capital letter: one key has one way to be told.
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

    /// A match without a catch-all: a new action stops the compiler here, and then it needs its row.
    fn is_an_action(action: Action) -> bool {
        match action {
            Action::NextEvent
            | Action::PreviousEvent
            | Action::NextCommand
            | Action::PreviousCommand
            | Action::NextBreak
            | Action::PreviousBreak
            | Action::PlayOrPause
            | Action::Slower
            | Action::Faster
            | Action::PreviousViolation
            | Action::NextViolation
            | Action::Start
            | Action::End
            | Action::GoTo
            | Action::Search
            | Action::NextMatch
            | Action::PreviousMatch
            | Action::Filter
            | Action::OnlyCauses
            | Action::Up
            | Action::Down
            | Action::PageUp
            | Action::PageDown
            | Action::Open
            | Action::NextPane
            | Action::Focus(_)
            | Action::Zoom
            | Action::Command
            | Action::Fork
            | Action::Mark
            | Action::Jump
            | Action::Break
            | Action::Diff
            | Action::IgnoreOrder
            | Action::Swap
            | Action::Tour
            | Action::Explore
            | Action::StepBack
            | Action::Skip
            | Action::Again
            | Action::Export
            | Action::Reproduce
            | Action::Palette
            | Action::Help
            | Action::Back
            | Action::Quit
            | Action::QuitAndKeep => true,
        }
    }

    /// The actions above without those of the panes, which are as many as there are panes.
    const WITHOUT_PANES: usize = 46;

    #[test]
    fn every_action_has_exactly_one_row() {
        let actions: Vec<Action> = BINDINGS.iter().map(|row| row.action).collect();
        assert!(actions.iter().all(|action| is_an_action(*action)));
        assert_eq!(actions.len(), WITHOUT_PANES + Pane::ALL.len());
        for (i, action) in actions.iter().enumerate() {
            assert!(!actions[..i].contains(action), "{action:?} has two rows");
        }
        assert!(Pane::ALL.iter().all(|pane| actions.contains(&Action::Focus(*pane))));
    }

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

    #[test]
    fn a_focus_key_is_the_number_of_its_pane() {
        for pane in Pane::ALL {
            assert_eq!(Action::Focus(pane).binding().keys, [pane.number().to_string()]);
        }
    }
}
