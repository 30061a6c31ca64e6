//! How a page says what can be done on it: a table of actions, each with what it does there.
//!
//! Help, palette and key bar of the page are made of its table, and what is not in it is refused in the page's words.

use super::legend::Sign;
use super::menu::{Menu, MenuKind, MenuRow, Outcome};
use super::page::{Controls, Leave, PageRequest};
use super::{Action, KeyPress, Pane};

/// An action, and what it does on a page.
#[derive(Debug)]
pub(crate) struct Handler<P> {
    /// What is done.
    pub action: Action,
    handle: fn(&mut P),
    /// Whether help and palette name it: not where another action does the same.
    is_listed: bool,
    /// Its words in the page's key bar; none when it is not there.
    bar: Option<&'static str>,
}

/// A row of a page's table.
pub(crate) const fn on<P>(action: Action, handle: fn(&mut P)) -> Handler<P> {
    Handler { action, handle, is_listed: true, bar: None }
}

/// A row that help and palette do not name, since another one does the same.
pub(crate) const fn also<P>(action: Action, handle: fn(&mut P)) -> Handler<P> {
    Handler { action, handle, is_listed: false, bar: None }
}

/// A row whose action stands in the page's key bar, with its words there.
pub(crate) const fn in_bar<P>(
    action: Action,
    words: &'static str,
    handle: fn(&mut P),
) -> Handler<P> {
    Handler { action, handle, is_listed: true, bar: Some(words) }
}

/// A page on which actions do something.
pub(crate) trait HandleActions: Sized + 'static {
    /// What can be done here, the most wanted first.
    const HANDLERS: &'static [Handler<Self>];

    /// What it does to give a pane the keys, where there are panes.
    const FOCUS: Option<fn(&mut Self, Pane)> = None;

    /// Its keys, the list over it, what there is to say.
    fn controls(&mut self) -> &mut Controls;

    /// What is done before any action.
    fn prepare(&mut self, _action: Action) {}

    /// What is said to an action that does nothing here.
    fn refusal(action: Action) -> &'static str;

    /// The actions that help or palette list, in their order.
    fn listed(&self, _kind: MenuKind) -> Vec<Action> {
        Self::HANDLERS.iter().filter(|row| row.is_listed).map(|row| row.action).collect()
    }

    /// What can be typed here, for the help.
    fn words() -> Vec<MenuRow> {
        Vec::new()
    }

    /// The signs that the page draws.
    fn legend() -> &'static [Sign] {
        &[]
    }

    /// What is wanted most where the page stands, for the help to begin its keys with, and what that is.
    fn wanted(&self) -> (&'static str, &'static [Action]) {
        ("", &[])
    }

    /// The rows of a list that lies over the page.
    fn list_rows(&mut self, kind: MenuKind) -> Vec<MenuRow> {
        match kind {
            MenuKind::Help => self.help_rows(),
            MenuKind::Palette => {
                let listed = self.listed(kind);
                let keymap = &self.controls().keymap;
                listed.into_iter().map(|action| MenuRow::of(action, keymap)).collect()
            }
        }
    }

    /// What the signs mean, the keys that are wanted here, all others, and what can be typed: with a heading each.
    fn help_rows(&mut self) -> Vec<MenuRow> {
        let (here, first) = self.wanted();
        let rest: Vec<Action> = self.listed(MenuKind::Help);
        let rest = rest.into_iter().filter(|action| !first.contains(action)).collect::<Vec<_>>();
        let others = if first.is_empty() { "Keys" } else { "All other keys" };
        let keymap = &self.controls().keymap;
        let of = |actions: &[Action]| -> Vec<MenuRow> {
            actions.iter().map(|action| MenuRow::of(*action, keymap)).collect()
        };
        let parts = [
            ("What the signs mean", Self::legend().iter().map(MenuRow::sign).collect()),
            (here, of(first)),
            (others, of(&rest)),
            ("What can be typed", Self::words()),
        ];
        let with_heading = |(heading, rows): (&'static str, Vec<MenuRow>)| {
            let heading = (!rows.is_empty()).then(|| MenuRow::heading(heading));
            heading.into_iter().chain(rows)
        };
        parts.into_iter().flat_map(with_heading).collect()
    }

    /// The actions in the page's key bar, with their words, the most wanted first: none that would be refused as the
    /// page stands.
    fn bar(&self) -> Vec<(Action, &'static str)> {
        Self::standing_bar()
    }

    /// Those of the table, whatever the page is like.
    fn standing_bar() -> Vec<(Action, &'static str)> {
        Self::HANDLERS.iter().filter_map(|row| Some((row.action, row.bar?))).collect()
    }

    /// Whether an action does something here.
    fn can(action: Action) -> bool {
        let gives_focus = matches!(action, Action::Focus(_)) && Self::FOCUS.is_some();
        gives_focus || Self::HANDLERS.iter().any(|row| row.action == action)
    }

    /// Does something, or says why that does nothing here.
    fn update(&mut self, action: Action) {
        self.controls().note = None;
        self.prepare(action);
        if let (Action::Focus(pane), Some(focus)) = (action, Self::FOCUS) {
            return focus(self, pane);
        }
        match Self::HANDLERS.iter().find(|row| row.action == action) {
            Some(row) => (row.handle)(self),
            None => self.controls().refuse(Self::refusal(action)),
        }
    }

    /// Does what a key is for, and takes away what was said before: the way back begins with that.
    fn press_bound(&mut self, key: KeyPress) {
        let controls = self.controls();
        let was_told = controls.note.take().is_some() && !controls.is_signpost;
        match controls.keymap.action(key) {
            Some(Action::Back) if was_told => {}
            Some(action) => self.update(action),
            None => {}
        }
    }

    /// Gives the list over the page a key or a click; whether there was a list.
    fn ask_menu(&mut self, ask: impl FnOnce(&mut Menu) -> Outcome) -> bool {
        let Some(menu) = &mut self.controls().menu else { return false };
        match ask(menu) {
            Outcome::Stays => {}
            Outcome::Closed => self.controls().menu = None,
            Outcome::Does(action) => {
                self.controls().menu = None;
                self.update(action);
            }
        }
        true
    }
}

/// Lays the list of its keys over a page.
pub(crate) fn help<P: HandleActions>(page: &mut P) {
    lay_over(page, MenuKind::Help);
}

/// Lays the list of everything that can be done over a page.
pub(crate) fn palette<P: HandleActions>(page: &mut P) {
    lay_over(page, MenuKind::Palette);
}

fn lay_over<P: HandleActions>(page: &mut P, kind: MenuKind) {
    let menu = Menu::new(kind, page.list_rows(kind));
    page.controls().menu = Some(menu);
}

/// Asks for the list of the lessons.
pub(crate) fn lessons<P: HandleActions>(page: &mut P) {
    page.controls().ask(PageRequest::Lessons);
}

/// Asks for other colours.
pub(crate) fn next_theme<P: HandleActions>(page: &mut P) {
    page.controls().ask(PageRequest::NextTheme);
}

/// Asks for the page below.
pub(crate) fn back<P: HandleActions>(page: &mut P) {
    page.controls().ask(PageRequest::Back);
}

/// Asks to leave the program.
pub(crate) fn quit<P: HandleActions>(page: &mut P) {
    page.controls().ask(PageRequest::Leave(Leave::Clean));
}

/// Asks to leave the program, and to leave the screen behind.
pub(crate) fn quit_and_keep<P: HandleActions>(page: &mut P) {
    page.controls().ask(PageRequest::Leave(Leave::Keep));
}
