use insta::assert_snapshot;

use super::super::Surface;
use super::super::symbols::Symbols;
use super::super::tests::dump::dump;
use super::super::tests::{look, screen};
use super::super::theme::Palette;
use super::*;
use crate::app::testing::{RACE, explored, fail, press};
use crate::session;

fn drawn(app: &App, size: (u16, u16)) -> String {
    dump(&screen(app, size, look(Palette::Rgb, Symbols::Braille)))
}

/// The race, where the choice is that made its run fail.
fn at_the_critical_choice() -> App {
    let mut app = explored(RACE, u64::MAX);
    fail(&mut app);
    press(&mut app, "p");
    app
}

#[test]
fn the_critical_choice_at_80x24() {
    assert_snapshot!("critical-80x24", drawn(&at_the_critical_choice(), (80, 24)));
}

#[test]
fn the_critical_choice_at_120x36() {
    assert_snapshot!("critical-120x36", drawn(&at_the_critical_choice(), (120, 36)));
}

#[test]
fn all_panes_and_the_choices_at_160x48() {
    assert_snapshot!("critical-160x48", drawn(&at_the_critical_choice(), (160, 48)));
}

#[test]
fn the_start_of_a_run_in_which_only_one_thing_may_come() {
    let app = explored(RACE, u64::MAX);
    assert_snapshot!("start-80x24", drawn(&app, (80, 24)));
}

#[test]
fn an_end_where_nothing_comes_next() {
    let mut app = explored(RACE, u64::MAX);
    fail(&mut app);
    press(&mut app, "end");
    assert_snapshot!("end-120x36", drawn(&app, (120, 36)));
}

#[test]
fn on_a_strip_and_in_ascii() {
    let app = at_the_critical_choice();
    let screen = screen(&app, (60, 12), look(Palette::Off, Symbols::Ascii));
    assert_snapshot!("critical-60x12-ascii", dump(&screen));
}

#[test]
fn a_search_that_was_ended_says_that_there_may_be_more() {
    let shown = drawn(&explored(RACE, 40), (100, 30));
    assert!(shown.contains("at least") && shown.contains("complete+"), "{shown}");
    let mut app = explored(RACE, 40);
    press(&mut app, "end");
    let shown = drawn(&app, (100, 30));
    assert!(shown.contains("the search ended before it got here"), "{shown}");
}

#[test]
fn what_is_clicked_is_what_was_drawn_there() {
    let mut app = at_the_critical_choice();
    let look = look(Palette::Rgb, Symbols::Braille);
    let area = Rect::new(0, 0, 100, 30);
    let here = app.choices_here().expect("all is explored");
    let rows: Vec<Target> = (0..30)
        .filter_map(|y| session::at(&app, Surface { area, look: &look }, (4, y).into()))
        .filter(|target| matches!(target, Target::Row(_)))
        .collect();
    let all: Vec<Target> = (0..here.alternatives.len()).map(Target::Row).collect();
    assert_eq!(rows, all);
    let other = (here.chosen + 1) % here.alternatives.len();
    app.click(Target::Row(other));
    assert_eq!(app.choices_here().map(|here| here.chosen), Some(other));
    app.click(Target::Row(other));
    assert_ne!(app.choices_here().map(|now| now.ways), Some(here.ways), "it was taken");
}

#[test]
fn every_size_can_be_drawn() {
    let mut app = at_the_critical_choice();
    for is_zoomed in [false, true] {
        app.view.is_zoomed = is_zoomed;
        for (width, height) in
            [(1, 1), (40, 8), (44, 12), (80, 24), (100, 30), (150, 40), (240, 67)]
        {
            screen(&app, (width, height), look(Palette::Rgb, Symbols::Ascii));
        }
    }
}
