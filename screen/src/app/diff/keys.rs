//! What can be done with a comparison, and the keys and lines that do it.

use super::Diff;
use crate::app::handle::{
    HandleActions, Handler, also, back, help, in_bar, lessons, next_theme, on, palette, quit,
    quit_and_keep,
};
use crate::app::keys::{Code, KeyPress, NamedKey};
use crate::app::legend::{Sign, said};
use crate::app::moving::{Numbered, meant};
use crate::app::{Action, Controls, PAGE, Prompt, Purpose};

/// What stands between the two columns.
const LEGEND: &[Sign] = &[
    said("=", "The rank did the same in both, in the same order."),
    said("~", "It did the same, at another time: in the other column that has a row of its own."),
    said(
        "#",
        "Here the two part: what the rank did in A, and what it did in B instead. The counts have each of these two events where it belongs.",
    ),
    said("<", "Only A has it."),
    said(">", "Only B has it."),
];

impl HandleActions for Diff {
    const HANDLERS: &'static [Handler<Diff>] = &[
        in_bar(Action::NextViolation, "next divergence", Diff::next_divergence),
        in_bar(Action::PreviousViolation, "previous", Diff::previous_divergence),
        in_bar(Action::Down, "row", |diff| diff.scroll(1)),
        on(Action::Up, |diff| diff.scroll(-1)),
        on(Action::PageDown, |diff| diff.scroll(PAGE)),
        on(Action::PageUp, |diff| diff.scroll(-PAGE)),
        on(Action::NextEvent, |diff| diff.scroll(1)),
        on(Action::PreviousEvent, |diff| diff.scroll(-1)),
        also(Action::NextRank, |diff| diff.scroll(1)),
        also(Action::PreviousRank, |diff| diff.scroll(-1)),
        on(Action::Start, |diff| diff.go_to(0)),
        on(Action::End, |diff| diff.go_to(usize::MAX)),
        on(Action::GoTo, |diff| diff.prompt = Some(Prompt::new(Purpose::GoTo, ""))),
        in_bar(Action::IgnoreOrder, "ignore order", Diff::ignore_order),
        in_bar(Action::Swap, "swap", Diff::swap),
        on(Action::Reproduce, |diff| {
            let line = diff.reproduced();
            diff.controls.give_line(line, NOWHERE);
        }),
        on(Action::Tour, lessons),
        on(Action::Palette, palette),
        in_bar(Action::Help, "help", help),
        in_bar(Action::Back, "back", back),
        in_bar(Action::Quit, "quit", quit),
        on(Action::Theme, next_theme),
        on(Action::QuitAndKeep, quit_and_keep),
    ];

    fn controls(&mut self) -> &mut Controls {
        &mut self.controls
    }

    fn refusal(_: Action) -> &'static str {
        OTHERWISE
    }

    fn legend() -> &'static [Sign] {
        LEGEND
    }

    fn bar(&self) -> Vec<(Action, &'static str)> {
        let useless = [
            (Action::NextViolation, self.divergence_after().is_none()),
            (Action::PreviousViolation, self.divergence_before().is_none()),
            (Action::Back, self.controls.below.is_none()),
        ];
        let rows = Self::standing_bar().into_iter();
        rows.filter(|(action, _)| !useless.contains(&(*action, true))).collect()
    }
}

impl Diff {
    /// Takes a key: for the list over the page, the line that is typed, or an action.
    pub fn press(&mut self, key: KeyPress) {
        if self.ask_menu(|menu| menu.press(key)) {
            return;
        }
        if self.prompt.is_some() {
            self.controls.note = None;
            self.press_in_prompt(key);
        } else {
            self.press_bound(key);
        }
    }

    /// Takes what was pasted.
    pub fn paste(&mut self, text: &str) {
        if let Some(menu) = &mut self.controls.menu {
            menu.paste(text);
        } else if let Some(prompt) = &mut self.prompt {
            prompt.typed.paste(text);
            self.review();
        }
    }

    /// Takes a click on a row: of the list over the page, or of the comparison.
    pub fn click_row(&mut self, row: usize) {
        if !self.ask_menu(|menu| menu.click(row)) {
            self.go_to(row);
        }
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
        let numbered = rows(self);
        let Some(prompt) = &mut self.prompt else { return };
        let line = prompt.typed.text();
        let meant = meant(line, &numbered);
        prompt.problem = meant.err().filter(|_| !line.trim().is_empty()).map(|it| it.to_string());
    }

    /// Enter: goes to the row that was typed, or stays with what is wrong with it.
    fn submit(&mut self) {
        let Some(prompt) = self.prompt.take() else { return };
        match meant(prompt.line(), &rows(self)) {
            Ok(row) => self.go_to(row.saturating_sub(1)),
            Err(_) if prompt.line().trim().is_empty() => {}
            Err(problem) => {
                self.prompt = Some(Prompt { problem: Some(problem.to_string()), ..prompt });
            }
        }
    }

    /// The command line that shows this again, when there is one.
    pub fn reproduced(&self) -> Option<String> {
        let mut words = self.a.app.recipe.words(self.a.timeline().scenario())?;
        let other = self.b.app.recipe.only_word(self.b.timeline().scenario())?;
        words.extend(["--diff".to_owned(), other, "--at".to_owned()]);
        words.push((self.chosen + 1).to_string());
        Some(words.join(" "))
    }
}

/// What is gone to by number here.
fn rows(diff: &Diff) -> Numbered {
    Numbered { here: diff.chosen + 1, last: diff.rows().len(), one: "a row", many: "rows" }
}

/// What is said to what cannot be done here.
const OTHERWISE: &str =
    "`[` `]` divergences, arrows rows, `o` ignores order, `s` swaps, `?` all keys, Esc goes back";

/// What is said of runs that no command line opens.
const NOWHERE: &str = "one of the two runs is in no file as it is here: `x` in the run saves its trace, to be compared with";
