//! The rows of what lies over the panes: help and palette, both made of the table of keys.

use super::keys::BINDINGS;
use super::{Action, App, Keymap, Overlay, Pane, condition, query};

/// A row of what lies over the panes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The keys, or the words that can be typed.
    pub keys: String,
    /// The action's name, where it is one.
    pub name: &'static str,
    /// What it does.
    pub what: &'static str,
    /// What Enter does there.
    pub action: Option<Action>,
}

impl Row {
    fn of(action: Action, keymap: &Keymap) -> Row {
        let keys: Vec<_> = keymap.keys(action).iter().map(ToString::to_string).collect();
        let binding = action.binding();
        let (name, what) = (binding.name, binding.what);
        Row { keys: keys.join(" "), name, what, action: Some(action) }
    }

    fn word((keys, what): (String, &'static str)) -> Row {
        Row { keys, name: "", what, action: None }
    }

    /// Whether all words stand somewhere in it.
    fn has(&self, words: &str) -> bool {
        let text = format!("{} {} {}", self.name, self.what, self.keys).to_lowercase();
        words.to_lowercase().split_whitespace().all(|word| text.contains(word))
    }
}

impl Pane {
    /// What is most wanted when it has the keys.
    fn actions(self) -> &'static [Action] {
        match self {
            Pane::Ring | Pane::Ownership => &[
                Action::NextEvent,
                Action::PreviousEvent,
                Action::PlayOrPause,
                Action::NextCommand,
                Action::OnlyCauses,
            ],
            Pane::Inspector => &[Action::OnlyCauses, Action::Open, Action::Break],
            Pane::Events => &[
                Action::Up,
                Action::Down,
                Action::Search,
                Action::NextMatch,
                Action::Filter,
                Action::OnlyCauses,
            ],
            Pane::SpaceTime => &[Action::Up, Action::Down, Action::Open, Action::OnlyCauses],
            Pane::Watches => &[
                Action::Break,
                Action::NextBreak,
                Action::PreviousBreak,
                Action::NextViolation,
                Action::PreviousViolation,
            ],
        }
    }
}

/// Every action that has those words in its name, its keys or what it does; those of a pane first.
pub fn actions(first: &[Action], words: &str, keymap: &Keymap) -> Vec<Row> {
    let rest = BINDINGS.iter().map(|row| row.action).filter(|action| !first.contains(action));
    let rows = first.iter().copied().chain(rest).map(|action| Row::of(action, keymap));
    rows.filter(|row| row.has(words)).collect()
}

impl App {
    /// The rows of what lies over the panes, as far as they have the words that are typed.
    pub fn rows(&self) -> Vec<Row> {
        let words = self.prompt.as_ref().map_or("", |prompt| prompt.line());
        match self.overlay {
            None => Vec::new(),
            Some(Overlay::Palette) => actions(&[], words, &self.keymap),
            Some(Overlay::Help) => {
                let mut rows = actions(self.focus.actions(), words, &self.keymap);
                let typed = condition::help().chain(query::help()).map(Row::word);
                rows.extend(typed.filter(|row| row.has(words)));
                rows
            }
        }
    }

    /// Chooses a row further down, or up.
    pub(super) fn choose(&mut self, rows: isize) {
        let last = self.rows().len().saturating_sub(1);
        self.chosen = self.chosen.saturating_add_signed(rows).min(last);
    }

    /// Does what the chosen row is for.
    pub(super) fn take_chosen(&mut self) {
        let action = self.rows().get(self.chosen).and_then(|row| row.action);
        (self.overlay, self.prompt, self.chosen) = (None, None, 0);
        if let Some(action) = action {
            self.update(action);
        }
    }
}
