//! A list over a page: its keys, or everything that can be done on it, narrowed by what is typed.

use super::keys::{Code, KeyPress, NamedKey};
use super::legend::Sign;
use super::{Action, InputLine, Keymap, PAGE};

/// What a list over a page is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MenuKind {
    /// To look up keys, and what can be typed.
    Help,
    /// To do something by its name.
    Palette,
}

/// A list over a page.
#[derive(Debug, Clone)]
pub struct Menu {
    /// What it is for.
    pub kind: MenuKind,
    /// Which of the rows that are shown is chosen.
    pub chosen: usize,
    typed: InputLine,
    rows: Vec<MenuRow>,
}

/// A row of a list over a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuRow {
    /// The keys, or the words that can be typed.
    pub keys: String,
    /// The action's name, where it is one.
    pub name: &'static str,
    /// What it does.
    pub what: &'static str,
    /// What Enter does there.
    pub action: Option<Action>,
    /// The sign that it explains, where it explains one.
    pub sign: Option<&'static Sign>,
    /// Whether it is the heading of the rows below it.
    pub is_heading: bool,
}

impl MenuRow {
    /// That of an action.
    pub(super) fn of(action: Action, keymap: &Keymap) -> MenuRow {
        let keys: Vec<_> = keymap.keys(action).iter().map(ToString::to_string).collect();
        let binding = action.binding();
        let (name, what) = (binding.name, binding.what);
        MenuRow { keys: keys.join(" "), name, action: Some(action), ..MenuRow::saying(what) }
    }

    /// That of words that can be typed.
    pub(super) fn word(keys: String, what: &'static str) -> MenuRow {
        MenuRow { keys, ..MenuRow::saying(what) }
    }

    /// That of a sign on the screen.
    pub(super) fn sign(sign: &'static Sign) -> MenuRow {
        MenuRow { keys: sign.text.to_owned(), sign: Some(sign), ..MenuRow::saying(sign.what) }
    }

    /// A heading.
    pub(super) fn heading(what: &'static str) -> MenuRow {
        MenuRow { is_heading: true, ..MenuRow::saying(what) }
    }

    fn saying(what: &'static str) -> MenuRow {
        MenuRow { keys: String::new(), name: "", what, action: None, sign: None, is_heading: false }
    }

    /// Whether all words stand somewhere in it; a heading is of no use to rows that were narrowed.
    pub fn has(&self, words: &str) -> bool {
        if self.is_heading {
            return words.trim().is_empty();
        }
        let text = format!("{} {} {}", self.name, self.what, self.keys).to_lowercase();
        words.to_lowercase().split_whitespace().all(|word| text.contains(word))
    }
}

/// What comes of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The list stays.
    Stays,
    /// The list is closed.
    Closed,
    /// The list is closed, and this is to be done.
    Does(Action),
}

impl Menu {
    /// A list of these rows, of which nothing is narrowed yet.
    pub fn new(kind: MenuKind, rows: Vec<MenuRow>) -> Menu {
        Menu { kind, chosen: 0, typed: InputLine::default(), rows }
    }

    /// What is typed to narrow it.
    pub fn typed(&self) -> &str {
        self.typed.text()
    }

    /// The rows that have the words that are typed.
    pub fn rows(&self) -> Vec<&MenuRow> {
        self.rows.iter().filter(|row| row.has(self.typed())).collect()
    }

    /// Takes a key.
    pub fn press(&mut self, key: KeyPress) -> Outcome {
        match key.code {
            Code::Named(NamedKey::Esc) => return Outcome::Closed,
            Code::Char('c') if key.ctrl => return Outcome::Closed,
            Code::Named(NamedKey::Enter) => return self.take(),
            Code::Named(NamedKey::Up) => self.choose(-1),
            Code::Named(NamedKey::Down) => self.choose(1),
            Code::Named(NamedKey::PageUp) => self.choose(-PAGE),
            Code::Named(NamedKey::PageDown) => self.choose(PAGE),
            Code::Named(_) | Code::Char(_) | Code::F(_) => {
                self.typed.edit(key);
                self.choose(0);
            }
        }
        Outcome::Stays
    }

    /// Takes what was pasted.
    pub fn paste(&mut self, text: &str) {
        self.typed.paste(text);
        self.choose(0);
    }

    /// Takes a click on a row.
    pub fn click(&mut self, row: usize) -> Outcome {
        self.chosen = row;
        self.take()
    }

    /// Chooses a row further down, or up.
    pub fn choose(&mut self, rows: isize) {
        let last = self.rows().len().saturating_sub(1);
        self.chosen = self.chosen.saturating_add_signed(rows).min(last);
    }

    /// What the chosen row is for.
    fn take(&self) -> Outcome {
        let action = self.rows().get(self.chosen).and_then(|row| row.action);
        action.map_or(Outcome::Closed, Outcome::Does)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_narrows_and_what_is_chosen_is_done() {
        let wanted = [Action::Zoom, Action::Swap, Action::Search];
        let rows = wanted.map(|action| MenuRow::of(action, &Keymap::default()));
        let mut menu = Menu::new(MenuKind::Palette, rows.to_vec());
        assert_eq!(menu.rows().len(), 3);
        menu.choose(9);
        menu.paste("whole screen");
        assert_eq!((menu.rows().len(), menu.chosen), (1, 0));
        assert_eq!(menu.press("enter".parse().expect("a key")), Outcome::Does(Action::Zoom));
        menu.paste("no such thing");
        assert_eq!(menu.press("x".parse().expect("a key")), Outcome::Stays);
        assert_eq!(menu.press("enter".parse().expect("a key")), Outcome::Closed);
        assert_eq!(menu.press("esc".parse().expect("a key")), Outcome::Closed);
    }
}
