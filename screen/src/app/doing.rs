//! What can be done with a run.

use super::bar;
use super::diff::Diff;
use super::handle::{
    HandleActions, Handler, help, lessons, next_theme, on, palette, quit, quit_and_keep,
};
use super::legend::{LEGEND, Sign};
use super::marks::Letter;
use super::menu::{MenuKind, MenuRow};
use super::{
    Action, App, Controls, KeyPress, Lesson, Listing, Matches, PAGE, PageRequest, Pane, Purpose,
    Selection,
};
use crate::controls::BINDINGS;
use crate::language::{condition, query};

impl HandleActions for App {
    const HANDLERS: &'static [Handler<App>] = &[
        on(Action::NextRank, |app| app.select_rank(1)),
        on(Action::PreviousRank, |app| app.select_rank(-1)),
        on(Action::NextEvent, |app| app.step(1)),
        on(Action::PreviousEvent, |app| app.step_back(1)),
        on(Action::NextCommand, App::next_command),
        on(Action::PreviousCommand, App::previous_command),
        on(Action::NextBreak, |app| app.seek_break(true)),
        on(Action::PreviousBreak, |app| app.seek_break(false)),
        on(Action::PlayOrPause, App::play_or_pause),
        on(Action::Slower, |app| app.change_speed(-1)),
        on(Action::Faster, |app| app.change_speed(1)),
        on(Action::PreviousViolation, App::previous_violation),
        on(Action::NextViolation, App::next_violation),
        on(Action::Decisive, App::go_to_decisive),
        on(Action::Explain, App::explain),
        on(Action::Critical, App::go_to_critical),
        on(Action::StepBack, App::take_back_choice),
        on(Action::Start, App::go_to_start),
        on(Action::End, App::go_to_end),
        on(Action::GoTo, |app| app.ask(Purpose::GoTo, "")),
        on(Action::Search, |app| app.ask(Purpose::Search, "")),
        on(Action::NextMatch, |app| app.seek_match(true)),
        on(Action::PreviousMatch, |app| app.seek_match(false)),
        on(Action::Filter, App::ask_for_filter),
        on(Action::OnlyCauses, App::only_causes),
        on(Action::Up, |app| app.up_or_down(-1)),
        on(Action::Down, |app| app.up_or_down(1)),
        on(Action::PageUp, |app| app.up_or_down(-PAGE)),
        on(Action::PageDown, |app| app.up_or_down(PAGE)),
        on(Action::Open, App::follow),
        on(Action::NextPane, |app| app.focus_next(Pane::next)),
        on(Action::PreviousPane, |app| app.focus_next(Pane::previous)),
        on(Action::Zoom, |app| app.view.is_zoomed = !app.view.is_zoomed),
        on(Action::Command, App::ask_for_command),
        on(Action::Fork, App::ask_for_fork),
        on(Action::Mark, |app| app.await_letter(Letter::Mark)),
        on(Action::Jump, |app| app.await_letter(Letter::Jump)),
        on(Action::Break, |app| app.ask(Purpose::Break, "")),
        on(Action::Breaks, App::list_breaks),
        on(Action::RemoveBreak, App::remove_break),
        on(Action::Diff, App::ask_to_compare),
        on(Action::Tour, lessons),
        on(Action::Export, App::ask_for_export),
        on(Action::Reproduce, App::reproduce),
        on(Action::Palette, palette),
        on(Action::Help, help),
        on(Action::Back, App::back),
        on(Action::Quit, quit),
        on(Action::Theme, next_theme),
        on(Action::QuitAndKeep, quit_and_keep),
    ];

    const FOCUS: Option<fn(&mut App, Pane)> = Some(App::focus);

    fn controls(&mut self) -> &mut Controls {
        &mut self.controls
    }

    fn prepare(&mut self, action: Action) {
        self.stop_for(action);
    }

    fn refusal(action: Action) -> &'static str {
        match (Diff::can(action), Lesson::can(action)) {
            (true, _) => "this is for comparisons: `d` makes one",
            (false, true) => "this is for walkthroughs: `w` lists them",
            (false, false) => "this does nothing here",
        }
    }

    fn listed(&self, _: MenuKind) -> Vec<Action> {
        BINDINGS.iter().map(|row| row.action).filter(|action| App::can(*action)).collect()
    }

    fn legend() -> &'static [Sign] {
        LEGEND
    }

    fn wanted(&self) -> (&'static str, &'static [Action]) {
        ("Keys of this pane", self.view.focus.spec().actions)
    }

    fn words() -> Vec<MenuRow> {
        let digits = [("0-9".to_owned(), "select the rank of that number, digit by digit")];
        let typed = condition::help().chain(query::help());
        digits.into_iter().chain(typed).map(|(keys, what)| MenuRow::word(keys, what)).collect()
    }

    fn bar(&self) -> Vec<(Action, &'static str)> {
        bar::of_run(self)
    }
}

impl App {
    /// Takes a key: the letter of a mark, for the list over the panes or the line that is typed, or an action.
    pub fn press(&mut self, key: KeyPress) {
        if let Some(letter) = self.letter.take() {
            self.controls.note = None;
            self.mark_or_jump(letter, key);
        } else if self.ask_menu(|menu| menu.press(key)) {
        } else if self.typing.prompt.is_some() {
            self.controls.note = None;
            self.press_in_prompt(key);
        } else if !self.type_rank(key) {
            self.press_bound(key);
        }
    }

    /// Takes what was pasted: for the list that lies over the panes, or the line that is being typed.
    pub fn paste(&mut self, text: &str) {
        if let Some(menu) = &mut self.controls.menu {
            menu.paste(text);
        } else if let Some(prompt) = &mut self.typing.prompt {
            prompt.typed.paste(text);
            self.review();
        }
    }

    /// Out of what lies on top, and then of the run.
    fn back(&mut self) {
        match self.on_top() {
            Some(OnTop::Seek) => self.search.seek = None,
            Some(OnTop::Explanation) => self.view.explains = false,
            Some(OnTop::Zoom) => self.view.is_zoomed = false,
            Some(OnTop::Listing) => self.list(Listing::All),
            Some(OnTop::Search) => {
                (self.search.sought, self.search.matches) = (None, Matches::default());
            }
            Some(OnTop::Selection) => self.view.look_at(Selection::Cursor),
            Some(OnTop::Saving) => self.ask_to_abandon(),
            None => self.controls.ask(PageRequest::Back),
        }
    }

    /// What lies on top of the run.
    pub(super) fn on_top(&self) -> Option<OnTop> {
        let on_top = [
            (self.search.seek.is_some(), OnTop::Seek),
            (self.view.explains, OnTop::Explanation),
            (self.view.is_zoomed, OnTop::Zoom),
            (self.search.listed.is_some(), OnTop::Listing),
            (self.search.sought.is_some(), OnTop::Search),
            (self.view.selection != Selection::Cursor, OnTop::Selection),
            (self.saving.is_some(), OnTop::Saving),
        ];
        on_top.into_iter().find_map(|(is_there, what)| is_there.then_some(what))
    }
}

/// Something that lies on top of a run, and that the way back takes away first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OnTop {
    /// Something is being looked for.
    Seek,
    /// The whole explanation.
    Explanation,
    /// One pane that has the whole screen.
    Zoom,
    /// A filter, or the causes of an event.
    Listing,
    /// The marks of what was looked for.
    Search,
    /// Something is selected.
    Selection,
    /// A file is being saved.
    Saving,
}
