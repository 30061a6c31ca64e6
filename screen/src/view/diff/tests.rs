//! The page of two runs, at the sizes at which it shows more.

use std::path::Path;

use ratatui_core::buffer::Buffer;
use ringscope_traces::EventIndex;
use unicode_width::UnicodeWidthStr as _;

use super::*;
use crate::app::diff::{Candidate, Diff};
use crate::app::{Recipe, testing};
use crate::session;
use crate::timeline::Source;
use crate::view::symbols::Symbols;
use crate::view::tests::dump::dump;
use crate::view::tests::look;
use crate::view::theme::Palette;

/// A race beside the same with one command under way at a time.
fn beside_window_1(name: &str) -> Diff {
    let app = testing::built_in(name, 0);
    let mut scenario = app.timeline.scenario().expect("it is built in").clone();
    scenario.settings.set("window", "1").expect("a window");
    let name = name.to_owned();
    let source = Source::Live(scenario);
    let other = Candidate { recipe: Recipe::of(&name), name, source };
    let mut diff = Diff::between(Candidate::of(&app), other).expect("two runs");
    diff.wait();
    diff
}

fn drawn(diff: &Diff, (width, height): (u16, u16), symbols: Symbols) -> Buffer {
    let look = look(Palette::Rgb, symbols);
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    session::paint(diff, &mut Paint::new(&mut buffer, &look));
    buffer
}

fn line(buffer: &Buffer, y: u16) -> String {
    (0..buffer.area.width).map(|x| buffer[(x, y)].symbol()).collect()
}

#[test]
fn a_race_beside_the_same_without_it() {
    let diff = beside_window_1("race-lost-key");
    for (width, height) in [(80, 24), (120, 36), (160, 48)] {
        let buffer = drawn(&diff, (width, height), Symbols::Braille);
        insta::assert_snapshot!(format!("parted-{width}x{height}"), dump(&buffer));
    }
}

#[test]
fn the_pictures_give_way_to_the_rows_the_rings_first() {
    let diff = beside_window_1("race-lost-key");
    let has = |size, what: &str| {
        let buffer = drawn(&diff, size, Symbols::Braille);
        (0..buffer.area.height).any(|y| line(&buffer, y).contains(what))
    };
    for (size, lanes, rings) in [
        ((160, 48), true, true),
        ((139, 48), true, false),
        ((100, 30), true, false),
        ((84, 30), true, false),
        ((83, 30), false, false),
        ((100, 29), false, false),
    ] {
        assert_eq!((has(size, " to come "), has(size, "idle r1")), (lanes, rings), "{size:?}");
        assert!(has(size, "first divergence"), "{size:?}");
    }
}

/// However narrow the page, what stands in a row is cut before the remark begins.
#[test]
fn the_remark_never_covers_what_the_row_says() {
    let app = testing::built_in("join", 0);
    let mut diff = Diff::open(Candidate::of(&app), Path::new("crowded")).expect("two scenarios");
    diff.wait();
    let (comparison, _) = shown(&diff, Symbols::Braille);
    let first = comparison.first.and_then(|first| comparison.rows.get(first)).expect("they part");
    let event = first.sides[1].clone().expect("B goes on");
    for width in 44..200 {
        let buffer = drawn(&diff, (width, 20), Symbols::Braille);
        let row = (0..20).map(|y| line(&buffer, y)).find(|row| row.contains(FIRST.trim_end()));
        let row = row.unwrap_or_else(|| panic!("it is said at {width}"));
        let (before, _) = row.split_once(FIRST).expect("it is whole");
        let room = usize::from(columns(Rect::new(1, 0, width - 2, 1))[1].width) - FIRST.width();
        assert!(before.trim_end().ends_with(fitted(&event, room).trim_end()), "{width}: {row}");
    }
}

#[test]
fn a_row_is_clicked_on_where_it_is_drawn() {
    let diff = beside_window_1("race-lost-key");
    let look = look(Palette::Rgb, Symbols::Braille);
    for size in [(80, 24), (100, 30), (160, 48)] {
        let buffer = drawn(&diff, size, Symbols::Braille);
        let y = (0..size.1).find(|y| line(&buffer, *y).contains("first divergence"));
        let position = Position { x: 9, y: y.expect("it is seen") };
        let surface = Surface { area: buffer.area, look: &look };
        assert_eq!(at(&diff, surface, position), diff.first_row.map(Target::Row), "{size:?}");
    }
}

#[test]
fn what_was_done_last_is_said_in_the_place_of_the_sentence() {
    let mut diff = beside_window_1("race-lost-key");
    diff.controls.say("they do not differ after this");
    let buffer = drawn(&diff, (80, 24), Symbols::Ascii);
    assert!(line(&buffer, 1).contains("they do not differ after this"));
}

/// How the cells of a side's lanes look in which an event's number stands.
fn numbers(buffer: &Buffer, columns: std::ops::Range<u16>, number: usize) -> Vec<Style> {
    let number = format!("{number:>6}");
    let of_row = |y: u16| {
        let row: String =
            columns.clone().take(number.len()).map(|x| buffer[(x, y)].symbol()).collect();
        let style = || buffer[(columns.start + 5, y)].style();
        (row == number).then(style)
    };
    (0..buffer.area.height).filter_map(of_row).collect()
}

#[test]
fn where_they_part_is_lit_in_the_lanes_in_the_colour_of_the_verdict() {
    let look = look(Palette::Rgb, Symbols::Braille);
    let mut diff = beside_window_1("race-lost-key");
    let lit = [diff.told()[0].clone(), diff.told()[1].clone()];
    assert_eq!(lit, [vec![EventIndex(1), EventIndex(4)], vec![EventIndex(15), EventIndex(9)]]);
    let red = look.theme.bad().fg;
    for size in [(84, 30), (120, 36), (160, 48), (240, 67)] {
        let buffer = drawn(&diff, size, Symbols::Braille);
        for event in [2, 5] {
            let seen = numbers(&buffer, 1..size.0 / 2, event);
            assert_eq!(seen.iter().map(|style| style.fg).collect::<Vec<_>>(), [red], "{size:?}");
        }
        let other = numbers(&buffer, 1..size.0 / 2, 3);
        assert!(other.iter().all(|style| style.fg != red), "{size:?}");
    }
    // Two runs in which receives took other senders' messages are no failure.
    let comparison = diff.comparison.as_mut().expect("they were compared");
    comparison.level = Level::Reordered;
    let buffer = drawn(&diff, (120, 36), Symbols::Braille);
    assert_eq!(numbers(&buffer, 1..60, 2)[0].fg, look.theme.warning().fg);
}

#[test]
fn where_they_part_is_lit_on_the_ring_as_long_as_its_message_is_under_way() {
    let red = look(Palette::Rgb, Symbols::Braille).theme.bad().fg.expect("a colour");
    let mut diff = beside_window_1("race-lost-key");
    let letters = |diff: &Diff| {
        let buffer = drawn(diff, (240, 67), Symbols::Braille);
        let ring_of_a = 48..120;
        let lines = buffer.area.positions().filter(|place| ring_of_a.contains(&place.x));
        let red = lines.filter(|place| (4..22).contains(&place.y) && buffer[*place].fg == red);
        red.map(|place| buffer[place].symbol().to_owned()).collect::<String>()
    };
    assert!(letters(&diff).contains('✉'), "{}", letters(&diff));
    diff.go_to(0);
    assert_eq!(letters(&diff), "");
}
