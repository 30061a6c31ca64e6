//! What can be done with a comparison, and the keys and lines that do it.

use super::Diff;
use crate::app::action::Leave;
use crate::app::keys::{Code, KeyPress, NamedKey};
use crate::app::menu::{HasMenu, Menu, MenuKind};
use crate::app::moving::meant;
use crate::app::rows::actions;
use crate::app::{Action, PAGE, Prompt, Purpose};

/// What can be done on this page, the most wanted first.
pub const ACTIONS: &[Action] = &[
    Action::NextViolation,
    Action::PreviousViolation,
    Action::Down,
    Action::Up,
    Action::PageDown,
    Action::PageUp,
    Action::NextEvent,
    Action::PreviousEvent,
    Action::Start,
    Action::End,
    Action::GoTo,
    Action::IgnoreOrder,
    Action::Swap,
    Action::Reproduce,
    Action::Tour,
    Action::Palette,
    Action::Help,
    Action::Back,
    Action::Quit,
    Action::QuitAndKeep,
];

impl Diff {
    /// Takes a key: for the list over the page, the line that is typed, or an action.
    pub fn press(&mut self, key: KeyPress) {
        self.note = None;
        if self.ask_menu(|menu| menu.press(key)) {
            return;
        }
        if self.prompt.is_some() {
            self.press_in_prompt(key);
        } else if let Some(action) = self.keymap.action(key) {
            self.update(action);
        }
    }

    /// Takes what was pasted.
    pub fn paste(&mut self, text: &str) {
        if let Some(menu) = &mut self.menu {
            menu.paste(text);
        } else if let Some(prompt) = &mut self.prompt {
            prompt.typed.paste(text);
            self.review();
        }
    }

    /// Takes a click on a row: of the list over the page, or of the comparison.
    pub fn click(&mut self, row: usize) {
        if !self.ask_menu(|menu| menu.click(row)) {
            self.go_to(row);
        }
    }

    /// Does something.
    pub fn update(&mut self, action: Action) {
        match action {
            Action::NextEvent | Action::Down => self.scroll(1),
            Action::PreviousEvent | Action::Up => self.scroll(-1),
            Action::PageDown => self.scroll(PAGE),
            Action::PageUp => self.scroll(-PAGE),
            Action::Start => self.go_to(0),
            Action::End => self.go_to(usize::MAX),
            Action::GoTo => self.prompt = Some(Prompt::new(Purpose::GoTo, "")),
            Action::NextViolation => self.next_divergence(),
            Action::PreviousViolation => self.previous_divergence(),
            Action::IgnoreOrder => self.ignore_order(),
            Action::Swap => self.swap(),
            Action::Reproduce => self.note = Some(self.reproduced()),
            Action::Help => self.lay_over(MenuKind::Help),
            Action::Palette => self.lay_over(MenuKind::Palette),
            Action::Tour => self.wants_tours = true,
            Action::Back => self.is_left = true,
            Action::Quit => self.leave = Some(Leave::Clean),
            Action::QuitAndKeep => self.leave = Some(Leave::Keep),
            Action::NextCommand
            | Action::PreviousCommand
            | Action::NextBreak
            | Action::PreviousBreak
            | Action::PlayOrPause
            | Action::Slower
            | Action::Faster
            | Action::Search
            | Action::NextMatch
            | Action::PreviousMatch
            | Action::Filter
            | Action::OnlyCauses
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
            | Action::Explore
            | Action::StepBack
            | Action::Skip
            | Action::Again
            | Action::Export => self.note = Some(OTHERWISE.to_owned()),
        }
    }

    fn lay_over(&mut self, kind: MenuKind) {
        self.menu = Some(Menu::new(kind, actions(ACTIONS, &self.keymap)));
    }

    fn press_in_prompt(&mut self, key: KeyPress) {
        match key.code {
            Code::Named(NamedKey::Esc) => self.prompt = None,
            Code::Char('c') if key.ctrl => self.prompt = None,
            Code::Named(NamedKey::Enter) => self.submit(),
            Code::Named(_) | Code::Char(_) | Code::F(_) => {
                if self.prompt.as_mut().is_some_and(|prompt| prompt.typed.edit(key)) {
                    self.review();
                }
            }
        }
    }

    /// Looks at what has been typed so far.
    fn review(&mut self) {
        let Some(prompt) = &mut self.prompt else { return };
        let line = prompt.typed.text();
        let meant = meant(line, (self.chosen + 1, self.rows.len()), ROWS);
        prompt.problem = meant.err().filter(|_| !line.trim().is_empty()).map(|it| it.to_string());
    }

    /// Enter: goes to the row that was typed, or stays with what is wrong with it.
    fn submit(&mut self) {
        let Some(prompt) = self.prompt.take() else { return };
        match meant(prompt.line(), (self.chosen + 1, self.rows.len()), ROWS) {
            Ok(row) => self.go_to(row.saturating_sub(1)),
            Err(_) if prompt.line().trim().is_empty() => {}
            Err(problem) => {
                self.prompt = Some(Prompt { problem: Some(problem.to_string()), ..prompt });
            }
        }
    }

    /// The command line that shows this again, or what would have to be done for there to be one.
    pub fn reproduced(&self) -> String {
        let Some(mut words) = self.a.recipe.words() else { return NOWHERE.to_owned() };
        let Some(other) = self.b.recipe.only_word() else { return NOWHERE.to_owned() };
        words.extend(["--diff".to_owned(), other, "--at".to_owned()]);
        words.push((self.chosen + 1).to_string());
        words.join(" ")
    }
}

impl HasMenu for Diff {
    fn menu(&mut self) -> &mut Option<Menu> {
        &mut self.menu
    }

    fn act(&mut self, action: Action) {
        self.update(action);
    }
}

/// What is gone to by number here, one and many.
const ROWS: (&str, &str) = ("a row", "rows");

/// What is said to what cannot be done here.
const OTHERWISE: &str =
    "`[` `]` divergences, arrows rows, `o` ignores order, `s` swaps, `?` all keys, Esc goes back";

/// What is said of runs that no command line opens.
const NOWHERE: &str = "one of the two runs is in no file as it is here: `x` in the run saves its trace, to be compared with";
