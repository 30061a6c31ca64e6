//! The rows of the lists that lie over a page, help and palette: made of the table of keys.

use super::keys::BINDINGS;
use super::menu::{HasMenu, Menu, MenuKind, MenuRow};
use super::{Action, App, Keymap, Pane};
use crate::language::{condition, query};

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
            Pane::Inspector => {
                &[Action::Up, Action::Down, Action::OnlyCauses, Action::Open, Action::Break]
            }
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
                Action::Up,
                Action::Down,
            ],
        }
    }
}

/// The rows of these actions, in their order.
pub fn actions(wanted: &[Action], keymap: &Keymap) -> Vec<MenuRow> {
    wanted.iter().map(|action| MenuRow::of(*action, keymap)).collect()
}

/// All actions; these first.
fn all(first: &[Action]) -> Vec<Action> {
    let rest = BINDINGS.iter().map(|row| row.action).filter(|action| !first.contains(action));
    first.iter().copied().chain(rest).collect()
}

impl App {
    /// Lays a list over the panes.
    pub(super) fn lay_over(&mut self, kind: MenuKind) {
        let first = match kind {
            MenuKind::Help => self.focus.actions(),
            MenuKind::Palette => &[],
        };
        let mut rows = actions(&all(first), &self.keymap);
        if kind == MenuKind::Help {
            rows.extend(condition::help().chain(query::help()).map(MenuRow::word));
        }
        self.menu = Some(Menu::new(kind, rows));
    }
}

impl HasMenu for App {
    fn menu(&mut self) -> &mut Option<Menu> {
        &mut self.menu
    }

    fn act(&mut self, action: Action) {
        self.update(action);
    }
}
