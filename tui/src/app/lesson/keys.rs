//! What can be done with a lesson, and the keys that do it.

use super::{Draft, Lesson, Wish, shown};
use crate::app::action::Leave;
use crate::app::keys::KeyPress;
use crate::app::menu::{HasMenu, Menu, MenuKind};
use crate::app::reproduce::quoted;
use crate::app::rows::actions;
use crate::app::{Action, PAGE, Target};

/// What can be done on this page, the most wanted first.
pub const ACTIONS: &[Action] = &[
    Action::Open,
    Action::StepBack,
    Action::Explore,
    Action::Again,
    Action::Skip,
    Action::Down,
    Action::Up,
    Action::PageDown,
    Action::PageUp,
    Action::Start,
    Action::Reproduce,
    Action::Tour,
    Action::Palette,
    Action::Help,
    Action::Back,
    Action::Quit,
    Action::QuitAndKeep,
];

impl Lesson {
    pub(super) fn press_key(&mut self, key: KeyPress) {
        if self.ask_menu(|menu| menu.press(key)) {
            return;
        }
        self.arrive();
        if self.take_typed(key) {
            return;
        }
        if let Some(action) = self.keymap.action(key) {
            self.update(action);
        }
    }

    /// Takes what was pasted: for the list over the page, or as if it were typed.
    pub fn paste(&mut self, text: &str) {
        if let Some(menu) = &mut self.menu {
            return menu.paste(text);
        }
        for letter in text.chars().take(MOST_PASTED) {
            self.take_typed(KeyPress::plain(crate::app::keys::Code::Char(letter)));
        }
    }

    /// Takes a click: a node that is selected, an answer that is chosen, an action of the key bar.
    pub fn click(&mut self, target: Target) {
        self.note = None;
        match target {
            Target::Row(row) => {
                if !self.ask_menu(|menu| menu.click(row)) {
                    self.pick(row);
                }
            }
            Target::Rank(rank) => {
                if !self.select(rank) {
                    self.note = Some(FREELY.to_owned());
                }
            }
            Target::Bar(action) => self.update(action),
            Target::Key(_)
            | Target::Message(_)
            | Target::Event(_)
            | Target::Scrubber(_)
            | Target::Pane(_) => self.note = Some(FREELY.to_owned()),
        }
    }

    /// Takes a turn of the wheel.
    pub fn scroll(&mut self, rows: isize) {
        match &mut self.menu {
            Some(menu) => menu.choose(rows),
            None => self.scrolled = self.scrolled.saturating_add_signed(rows),
        }
    }

    /// Does something.
    pub fn update(&mut self, action: Action) {
        self.arrive();
        match action {
            Action::Open => self.go_on(),
            Action::StepBack => self.go_back(),
            Action::Explore => self.explore(),
            Action::Again => self.again(),
            Action::Skip => self.skip(),
            Action::Down => self.down(1),
            Action::Up => self.down(-1),
            Action::NextEvent => self.across(1),
            Action::PreviousEvent => self.across(-1),
            Action::PageDown => self.scroll(PAGE),
            Action::PageUp => self.scroll(-PAGE),
            Action::Start => self.go_to_step(0),
            Action::End => self.scrolled = usize::MAX,
            Action::Reproduce => self.note = Some(self.reproduced()),
            Action::Tour => self.wish = Some(Wish::Tours),
            Action::Help => self.lay_over(MenuKind::Help),
            Action::Palette => self.lay_over(MenuKind::Palette),
            Action::Back => self.wish = Some(Wish::Leave),
            Action::Quit => self.leave = Some(Leave::Clean),
            Action::QuitAndKeep => self.leave = Some(Leave::Keep),
            Action::NextCommand
            | Action::PreviousCommand
            | Action::NextBreak
            | Action::PreviousBreak
            | Action::PlayOrPause
            | Action::Slower
            | Action::Faster
            | Action::PreviousViolation
            | Action::NextViolation
            | Action::GoTo
            | Action::Search
            | Action::NextMatch
            | Action::PreviousMatch
            | Action::Filter
            | Action::OnlyCauses
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
            | Action::Export => self.note = Some(FREELY.to_owned()),
        }
    }

    /// Enter: judges the answer, turns the page, or goes to the next step.
    fn go_on(&mut self) {
        if self.judge() {
            return;
        }
        if let Draft::Number(_) = self.draft {
            self.note = Some("that is no number".to_owned());
            return;
        }
        let has_more = self.replies[self.step].iter().any(|reply| !reply.is_closed());
        if self.is_pausing && has_more {
            self.is_pausing = false;
            self.scrolled = usize::MAX;
        } else if self.has_more_below() {
            self.scrolled += self.room.height.saturating_sub(1).max(1);
        } else if has_more {
            self.note = Some(ANSWER.to_owned());
        } else if self.step + 1 < self.tour.steps.len() {
            self.go_to_step(self.step + 1);
        } else {
            self.is_done = true;
            self.wish = Some(Wish::Tours);
        }
    }

    /// Whether there is text below what is seen.
    fn has_more_below(&self) -> bool {
        self.scrolled.saturating_add(self.room.height) < self.room.lines
    }

    fn go_back(&mut self) {
        match self.step.checked_sub(1) {
            Some(step) => self.go_to_step(step),
            None => self.note = Some("the lesson begins here".to_owned()),
        }
    }

    /// Up and down are for the text until its end is seen, and then for the answers to choose from.
    fn down(&mut self, by: isize) {
        let is_at_end = !self.has_more_below() || self.draft != Draft::None;
        if !is_at_end || !self.choose(by) {
            self.scroll(by);
        }
    }

    fn across(&mut self, by: isize) {
        if !self.choose(by) {
            self.note = Some(FREELY.to_owned());
        }
    }

    /// The run comes to the stop once more.
    fn again(&mut self) {
        let (from, to) = (self.stop().from, self.stop().cursor);
        if from < to && self.diff.is_none() {
            self.set_out(from, to);
        } else {
            self.note = Some("the run does not move in this step".to_owned());
        }
    }

    /// The run as it is here, to be looked at freely.
    fn explore(&mut self) {
        if let Some(mut diff) = self.compared() {
            diff.note = Some(RETURN.to_owned());
            self.wish = Some(Wish::Diff(diff));
            return;
        }
        let stop = self.stop();
        let mut app = shown(&self.tour.runs[stop.run]);
        app.go_to(stop.cursor);
        app.focus = stop.pane;
        app.keymap = self.keymap.clone();
        app.name = format!("{}, freely: Esc returns to the lesson", app.name);
        app.note = Some(RETURN.to_owned());
        self.wish = Some(Wish::Run(Box::new(app)));
    }

    /// The command line that shows the lesson.
    fn reproduced(&self) -> String {
        format!("ringscope tour {}", quoted(&self.tour.name))
    }

    fn lay_over(&mut self, kind: MenuKind) {
        self.menu = Some(Menu::new(kind, actions(ACTIONS, &self.keymap)));
    }
}

impl HasMenu for Lesson {
    fn menu(&mut self) -> &mut Option<Menu> {
        &mut self.menu
    }

    fn act(&mut self, action: Action) {
        self.update(action);
    }
}

/// The most letters of what was pasted.
const MOST_PASTED: usize = 100;

/// What is said to what is done with a run elsewhere.
const FREELY: &str = "the lesson leads here: `e` lets you look at the run freely, `?` all keys";

/// What is said where an answer is wanted.
const ANSWER: &str = "answer first, or leave the question open with `>`";

/// What is said where a run is looked at freely.
const RETURN: &str = "look round as you like: Esc goes back to the lesson";
