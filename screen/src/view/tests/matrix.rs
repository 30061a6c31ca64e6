//! Every pane and every page, at every size and in every palette.

use std::path::Path;

use ratatui_core::buffer::{Buffer, Cell};
use ratatui_core::layout::Rect;
use ratatui_core::style::Color;
use ringscope_sim::protocol::Key;
use ringscope_sim::scenario::builtin;
use ringscope_traces::Op;

use super::super::symbols::Symbols;
use super::super::theme::{Palette, Scheme, Theme};
use super::super::{Look, Paint};
use super::dump::dump;
use super::{look, scenes};
use crate::app::diff::{Candidate, Diff};
use crate::app::start::StartPage;
use crate::app::{App, Keymap, Lesson, Pane, Selection, testing};
use crate::session::{self, Page};
use crate::timeline::{Timeline, simulated};
use crate::tour::Progress;

/// The sizes: one of each class of layout, and a big one.
const SIZES: [(u16, u16); 5] = [(44, 8), (80, 24), (100, 30), (160, 48), (240, 67)];

/// The palettes that have colours, and what their snapshots are called.
const PALETTES: [(Palette, &str); 4] = [
    (Palette::Rgb, "rgb"),
    (Palette::TwoHundred, "256"),
    (Palette::Sixteen, "16"),
    (Palette::Eight, "8"),
];

/// Every pane with the whole screen, what can be selected, and every page.
pub(super) fn views() -> Vec<(String, Box<dyn Page>)> {
    let zoomed = Pane::ALL.map(|pane| {
        let mut app = scenes::built_in("join", scenes::ADD);
        if pane.spec().is_of_explored {
            app = testing::explored(testing::RACE, u64::MAX);
            testing::fail(&mut app);
            testing::press(&mut app, "p");
        }
        (app.view.focus, app.view.is_zoomed) = (pane, true);
        (format!("pane-{}", pane.number()), run(app))
    });
    let mut key = scenes::built_in("join", scenes::ADD);
    key.view.selection = Selection::Key(Key(400));
    let mut message = scenes::built_in("join", scenes::ADD);
    message.view.selection = Selection::Message(message.event().expect("one was found"));
    let start = StartPage::new(&["mine.jsonl".into()], &Progress::default(), Keymap::default());
    let pages = [
        ("selected-key", run(key)),
        ("selected-message", run(message)),
        ("live", run(scenes::built_in("crowded", (Op::Recv, 1, 5)))),
        ("replay", run(replay())),
        ("diff", comparison()),
        ("start", Box::new(start)),
        ("lesson", lesson("")),
        ("lesson-chosen", lesson("b")),
        ("lesson-wrong", lesson("a enter")),
        ("lesson-right", lesson("a enter c enter")),
        ("lesson-number", lesson("c enter enter 4 2")),
        ("lesson-node", lesson("> > enter right right")),
        ("lesson-compared", lesson("> > enter > enter")),
    ];
    zoomed.into_iter().chain(pages.map(|(name, page)| (name.to_owned(), page))).collect()
}

pub(super) fn run(app: App) -> Box<dyn Page> {
    Box::new(app)
}

/// A recorded run, somewhere in it.
fn replay() -> App {
    let scenario = builtin::find("leave").expect("it is built in").scenario();
    let timeline =
        Timeline::kept("leave.jsonl", simulated(&scenario).to.into()).expect("it is a trace");
    let middle = timeline.len() / 2;
    App::new(timeline, "leave.jsonl", middle)
}

/// A lesson after some keys.
pub(super) fn lesson(keys: &str) -> Box<dyn Page> {
    let mut lesson = Lesson::new(testing::tour(), Keymap::default(), &Progress::default());
    for key in keys.split_whitespace() {
        lesson.press(key.parse().expect("a key"));
        lesson.arrive();
    }
    Box::new(lesson)
}

/// Two runs that part.
pub(super) fn comparison() -> Box<dyn Page> {
    let app = scenes::ended("join");
    let mut diff =
        Diff::open(Candidate::of(&app), Path::new("join-and-leave")).expect("it is built in");
    diff.wait();
    Box::new(diff)
}

pub(super) fn painted(page: &dyn Page, (width, height): (u16, u16), look: &Look) -> Buffer {
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    session::paint(page, &mut Paint::new(&mut buffer, look));
    buffer
}

fn drawn(page: &dyn Page, size: (u16, u16), look: &Look) -> String {
    dump(&painted(page, size, look))
}

fn assert_is_as_before(name: &str, drawn: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots/matrix");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, drawn));
}

#[test]
fn every_view_at_every_size() {
    let look = look(Palette::Rgb, Symbols::Braille);
    for (name, page) in views() {
        for (width, height) in SIZES {
            let name = format!("{name}-{width}x{height}");
            assert_is_as_before(&name, &drawn(page.as_ref(), (width, height), &look));
        }
    }
}

#[test]
fn every_view_in_every_palette() {
    for (name, page) in views() {
        for (palette, called) in PALETTES {
            let look = look(palette, Symbols::Braille);
            assert_is_as_before(
                &format!("{name}-{called}"),
                &drawn(page.as_ref(), (80, 24), &look),
            );
        }
    }
}

/// No cell is left to the terminal, be it cleared for a list or never written to.
#[test]
fn high_contrast_has_its_own_background_everywhere() {
    let theme = Theme::new(Palette::Rgb).with(Scheme::HighContrast);
    let look = Look { theme, ..look(Palette::Rgb, Symbols::Braille) };
    for (name, mut page) in views() {
        for key in ["x", "?"] {
            page.press(key.parse().expect("a key"));
            let buffer = painted(page.as_ref(), (100, 30), &look);
            let is_filled = |cell: &Cell| cell.bg == Color::Rgb(0, 0, 0) && cell.fg != Color::Reset;
            assert!(buffer.content.iter().all(is_filled), "{name} after `{key}`");
        }
    }
}
