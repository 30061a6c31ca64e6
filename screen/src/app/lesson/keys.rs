//! What can be done with a lesson, and the keys that do it.

use super::{Draft, Lesson, shown};
use crate::app::handle::{
    HandleActions, Handler, also, back, help, in_bar, lessons, next_theme, on, palette, quit,
    quit_and_keep,
};
use crate::app::keys::{Code, KeyPress};
use crate::app::legend::{LEGEND, Sign};
use crate::app::reproduce::quoted;
use crate::app::{Action, Controls, PAGE, PageRequest, Target};

impl HandleActions for Lesson {
    const HANDLERS: &'static [Handler<Lesson>] = &[
        in_bar(Action::Open, "go on", Lesson::go_on),
        in_bar(Action::StepBack, "back", Lesson::go_back),
        in_bar(Action::Explore, "explore", Lesson::explore),
        in_bar(Action::Skip, "skip", Lesson::skip),
        in_bar(Action::Help, "help", help),
        in_bar(Action::Back, "leave", back),
        in_bar(Action::Again, "again", Lesson::again),
        in_bar(Action::Quit, "quit", quit),
        on(Action::Down, |lesson| lesson.down(1)),
        on(Action::Up, |lesson| lesson.down(-1)),
        also(Action::NextRank, |lesson| lesson.across(1)),
        also(Action::PreviousRank, |lesson| lesson.across(-1)),
        on(Action::PageDown, |lesson| lesson.scroll(PAGE)),
        on(Action::PageUp, |lesson| lesson.scroll(-PAGE)),
        on(Action::Start, |lesson| lesson.go_to_step(0)),
        also(Action::End, |lesson| lesson.scrolled = usize::MAX),
        on(Action::Reproduce, Lesson::reproduce),
        on(Action::Tour, lessons),
        on(Action::Palette, palette),
        on(Action::Theme, next_theme),
        on(Action::QuitAndKeep, quit_and_keep),
    ];

    fn controls(&mut self) -> &mut Controls {
        &mut self.controls
    }

    fn prepare(&mut self, _: Action) {
        self.arrive();
    }

    fn legend() -> &'static [Sign] {
        LEGEND
    }

    fn refusal(_: Action) -> &'static str {
        FREELY
    }

    /// What the step asks for comes first; what it has no use for is left out.
    fn bar(&self) -> Vec<(Action, &'static str)> {
        let (is_asked, is_drawn_up) = (self.asked().is_some(), self.draft != Draft::None);
        let useless = [
            (Action::Open, is_asked && !is_drawn_up && !self.has_more_below()),
            (Action::StepBack, self.step == 0),
            (Action::Skip, self.bar_of_skip().is_none()),
            (Action::Again, !self.moves()),
            (Action::Back, self.controls.below.is_none()),
        ];
        let rows = Self::standing_bar().into_iter();
        let rows = rows.filter(|(action, _)| !useless.contains(&(*action, true)));
        let ends = self.is_over() && !self.has_more_below();
        let as_it_stands = |(action, words)| {
            let other = match (action == Action::Open && ends, action == Action::Skip) {
                (true, _) => Some(self.sequel.in_bar()),
                (false, true) => self.bar_of_skip(),
                (false, false) => None,
            };
            (action, other.unwrap_or(words))
        };
        rows.map(as_it_stands).collect()
    }
}

impl Lesson {
    pub(super) fn press_key(&mut self, key: KeyPress) {
        if self.ask_menu(|menu| menu.press(key)) {
            return;
        }
        self.arrive();
        if self.take_typed(key) {
            self.controls.note = None;
            return;
        }
        self.press_bound(key);
    }

    /// Takes what was pasted: for the list over the page, or as if it were typed.
    pub fn paste(&mut self, text: &str) {
        if let Some(menu) = &mut self.controls.menu {
            return menu.paste(text);
        }
        for letter in text.chars().take(MOST_PASTED) {
            self.take_typed(KeyPress::plain(Code::Char(letter)));
        }
    }

    /// Takes a click: a node that is selected, an answer that is chosen, an action of the key bar.
    pub fn click(&mut self, target: Target) {
        self.controls.note = None;
        match target {
            Target::Row(row) => {
                if !self.ask_menu(|menu| menu.click(row)) {
                    self.pick(row);
                }
            }
            Target::Rank(rank) => {
                if !self.select(rank) {
                    self.controls.say(FREELY);
                }
            }
            Target::Bar(action) => self.update(action),
            Target::Key(_)
            | Target::Message(_)
            | Target::Event(_)
            | Target::Scrubber(_)
            | Target::Pane(_) => self.controls.say(FREELY),
        }
    }

    /// Takes a turn of the wheel.
    pub fn scroll(&mut self, rows: isize) {
        match &mut self.controls.menu {
            Some(menu) => menu.choose(rows),
            None => self.scrolled = self.scrolled.saturating_add_signed(rows),
        }
    }

    /// Enter: judges the answer, turns the page, or goes to the next step.
    fn go_on(&mut self) {
        if self.judge() {
            return;
        }
        if let Draft::Number(_) = self.draft {
            self.controls.refuse("that is no number");
            return;
        }
        let has_more = self.replies[self.step].iter().any(|reply| !reply.is_closed());
        if self.is_pausing && has_more {
            self.is_pausing = false;
            self.scrolled = usize::MAX;
        } else if self.has_more_below() {
            self.scrolled += self.room.height.saturating_sub(1).max(1);
        } else if has_more {
            self.controls.refuse(ANSWER);
        } else if self.step + 1 < self.tour.steps.len() {
            self.go_to_step(self.step + 1);
        } else {
            self.end();
        }
    }

    /// Whether there is text below what is seen.
    fn has_more_below(&self) -> bool {
        self.scrolled.saturating_add(self.room.height) < self.room.lines
    }

    fn go_back(&mut self) {
        match self.step.checked_sub(1) {
            Some(step) => self.go_to_step(step),
            None => self.controls.refuse("the lesson begins here"),
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
            self.controls.refuse(FREELY);
        }
    }

    /// The run comes to the stop once more.
    fn again(&mut self) {
        let (from, to) = (self.stop().from, self.stop().cursor);
        if self.moves() {
            self.set_out(from, to);
        } else {
            self.controls.refuse("the run does not move in this step");
        }
    }

    /// Whether the run comes to the stop from somewhere before it.
    fn moves(&self) -> bool {
        self.stop().from < self.stop().cursor && self.diff.is_none()
    }

    /// The run as it is here, to be looked at freely.
    fn explore(&mut self) {
        if let Some(mut diff) = self.compared() {
            diff.controls.below = Some("lesson");
            diff.controls.say_the_way(RETURN);
            self.controls.ask(PageRequest::Diff(diff));
            return;
        }
        let stop = self.stop();
        let mut app = shown(&self.tour.runs[stop.run]);
        app.go_to(stop.cursor);
        app.view.focus = stop.pane;
        app.controls.keymap = self.controls.keymap.clone();
        app.name = format!("{}, freely: Esc returns to the lesson", app.name);
        app.controls.below = Some("lesson");
        app.controls.say_the_way(RETURN);
        self.controls.ask(PageRequest::Run(Box::new(app)));
    }

    /// Gives the command line that shows the lesson, where somebody left it.
    fn reproduce(&mut self) {
        let line = quoted(&self.tour.name).map(|name| format!("ringscope tour {name}"));
        self.controls.give_line(line, "no command line can have the lesson's name");
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
