//! The end of a lesson by how it went, and the row of its steps.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;

use super::look;
use crate::app::{Keymap, Lesson, testing};
use crate::session::{self, Page as _};
use crate::tour::Progress;
use crate::view::Paint;
use crate::view::picture::PictureFormat;
use crate::view::symbols::Symbols;
use crate::view::theme::Palette;

fn lesson(keys: &str) -> Lesson {
    let mut lesson = Lesson::new(testing::tour(), Keymap::default(), &Progress::default());
    for key in keys.split_whitespace() {
        lesson.press(key.parse().expect("a key"));
    }
    lesson
}

/// What is drawn, without colours.
fn drawn(lesson: &mut Lesson, symbols: Symbols) -> String {
    let look = look(Palette::Off, symbols);
    let mut cells = Buffer::empty(Rect::new(0, 0, 100, 30));
    let mut paint = Paint::new(&mut cells, &look);
    lesson.settle(paint.surface());
    session::paint(lesson, &mut paint);
    PictureFormat::Text.draw(&cells)
}

/// What is said of the lesson, as one line: its pane is too narrow for that.
fn said(drawn: &str) -> String {
    let rows = drawn.lines().filter_map(|row| row.rsplit('│').nth(1));
    rows.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

const RIGHT: &str = "c enter enter 6 enter enter 3 enter enter";

#[test]
fn a_lesson_ends_with_praise_for_how_it_went() {
    for (keys, expected) in [
        (RIGHT, "All 3 questions were answered right at the first try: very good!"),
        (
            "a enter c enter enter 6 enter enter 3 enter enter",
            "All 3 questions were answered right, 2 at the first try: good.",
        ),
        (
            "> 6 enter enter > enter",
            "1 of 3 questions was answered right, at the first try. Skipped: questions of the steps 1 and 2. `>` goes back there.",
        ),
        (
            "c enter enter 6 enter enter > enter",
            "2 of 3 questions were answered right, all at the first try. Skipped: a question of step 2. `>` goes back there.",
        ),
    ] {
        let mut lesson = lesson(keys);
        let said = said(&drawn(&mut lesson, Symbols::Braille));
        let whole = format!("That was the lesson. {expected} Enter: the list of lessons.");
        assert!(said.contains(&whole), "{keys}: {said}");
    }
}

#[test]
fn a_skipped_step_has_another_sign_than_a_solved_one_without_colours_too() {
    for (symbols, before, after) in
        [(Symbols::Braille, " ?━●━◉ ", " ●━●━◉ "), (Symbols::Ascii, " ?=@=O ", " @=@=O ")]
    {
        let mut lesson = lesson("> 6 enter enter 3 enter enter");
        let screen = drawn(&mut lesson, symbols);
        assert!(screen.contains(before), "{screen}");
        for key in ["esc", ">", "c", "enter", "enter", "enter"] {
            lesson.press(key.parse().expect("a key"));
        }
        let screen = drawn(&mut lesson, symbols);
        assert!(screen.contains(after), "{screen}");
    }
}

#[test]
fn the_end_of_a_lesson_on_the_whole_screen() {
    let mut lesson = lesson("> 6 enter enter > enter");
    insta::assert_snapshot!("lesson-end-100x30", drawn(&mut lesson, Symbols::Braille));
}
