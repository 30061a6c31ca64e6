//! Lines from rows to rows: where they begin and end, and what is written over them.

use proptest::prelude::*;
use ratatui_core::buffer::Buffer;
use ratatui_core::layout::{Position, Rect};
use ringscope_sim::scenario::builtin;

use super::super::Look;
use super::super::layout::Layout;
use super::super::symbols::Symbols;
use super::super::tests::dump::dump;
use super::super::tests::{look, screen};
use super::super::theme::{Palette, Theme};
use super::*;
use crate::app::{App, Selection, testing};
use crate::timeline::Timeline;
use ringscope_traces::Rank;

const SIZES: [(u16, u16); 2] = [(80, 24), (160, 48)];

/// A run of which the lanes have the whole screen.
fn zoomed(mut app: App) -> App {
    (app.view.focus, app.view.is_zoomed) = (Pane::SpaceTime, true);
    app
}

/// A built-in run after some keys.
fn built_in(name: &str, keys: &str) -> App {
    let mut app = testing::built_in(name, 0);
    testing::press(&mut app, keys);
    zoomed(app)
}

fn braille() -> Look {
    look(Palette::Rgb, Symbols::Braille)
}

/// The pane on a screen of that size.
fn placed(app: &App, (width, height): (u16, u16)) -> Placed {
    let layout = Layout::new(Rect::new(0, 0, width, height), app.view.focus, app.view.is_zoomed);
    let placed = layout.panes.iter().find(|placed| placed.pane == Pane::SpaceTime);
    *placed.expect("the lanes are seen")
}

/// What is inside of its frame.
fn inside(app: &App, size: (u16, u16)) -> Rect {
    placed(app, size).inside()
}

#[test]
fn the_races_in_lanes() {
    let scenes = [("lost-key", "]"), ("neighbours-leave", "end"), ("behind-leave", "end")];
    for (name, keys) in scenes {
        let app = built_in(&format!("race-{name}"), keys);
        for (width, height) in SIZES {
            let buffer = screen(&app, (width, height), braille());
            insta::assert_snapshot!(format!("lanes-{name}-{width}x{height}"), dump(&buffer));
        }
    }
}

#[test]
fn why_lights_the_lines_of_the_two_messages() {
    let app = built_in("race-lost-key", "] k");
    insta::assert_snapshot!("lanes-why-80x24", dump(&screen(&app, (80, 24), braille())));
}

#[test]
fn without_braille_lines_slope_too() {
    let app = built_in("race-lost-key", "]");
    for (symbols, name) in [(Symbols::HalfBlocks, "half-blocks"), (Symbols::Ascii, "ascii")] {
        let buffer = screen(&app, (80, 24), look(Palette::Off, symbols));
        insta::assert_snapshot!(format!("lanes-{name}-80x24"), dump(&buffer));
    }
}

/// The lines and the text of a pane are where its events are.
fn assert_drawn_right(app: &App, size: (u16, u16), look: Look) {
    let inside = inside(app, size);
    let scene = Scene::new(app, &look);
    let parts = Parts::new(&scene, inside);
    assert_lines_connect_events(&scene, &parts);
    let mut buffer = Buffer::empty(Rect::new(0, 0, size.0, size.1));
    draw(&scene, placed(app, size), &mut buffer);
    assert_nothing_covers_text(&scene, &parts, (inside, &buffer));
}

/// Each message of a row whose ranks have lanes has one line, from the row of its send, in its sender's lane, to the
/// row of its receive, in its receiver's.
fn assert_lines_connect_events(scene: &Scene<'_>, parts: &Parts) {
    let timeline = &scene.app.timeline;
    let row_of = |at| parts.rows.seen.iter().position(|row| *row == Row::Event(at));
    let lane_of = |rank| parts.lanes.columns().find(|(other, _)| *other == rank).map(|it| it.1);
    let lines = lines(scene, parts);
    for line in &lines {
        let send = timeline.info(line.sent);
        assert_eq!(Some(line.from.column), lane_of(send.rank));
        assert_eq!(row_of(line.sent), usize::try_from(line.from.row).ok());
        let receive = timeline.partner(line.sent);
        assert_eq!(line.end == End::Received, receive.is_some_and(|at| at.0 < scene.listed));
        if let Some(receive) = receive.filter(|at| at.0 < scene.listed) {
            assert_eq!(timeline.info(receive).rank, send.peer);
            assert_eq!(Some(line.to.column), lane_of(send.peer));
            let row = usize::try_from(line.to.row).ok();
            assert_eq!(row_of(receive), row.filter(|row| *row < parts.rows.seen.len()));
            assert!(line.from.row < line.to.row);
        }
    }
    for (_, at) in parts.rows.events() {
        let info = timeline.info(at);
        let has_lanes = lane_of(info.rank).is_some() && lane_of(info.peer).is_some();
        let sent = if info.destination().is_some() { Some(at) } else { timeline.partner(at) };
        let own = lines.iter().filter(|line| Some(line.sent) == sent).count();
        assert_eq!(own, usize::from(has_lanes && sent.is_some()), "event {}", at.0 + 1);
    }
}

/// The numbers, names and marks of the rows can be read where they stand.
fn assert_nothing_covers_text(scene: &Scene<'_>, parts: &Parts, drawn: (Rect, &Buffer)) {
    let (inside, buffer) = drawn;
    let read = |row: usize, column: usize, width: usize| -> String {
        let at = |column| (inside.x + cells(column), inside.y + 1 + cells(row));
        (column..column + width).map(|column| buffer[at(column)].symbol()).collect()
    };
    for (row, at) in parts.rows.events() {
        assert_eq!(read(row, 0, lanes::NUMBER).trim(), (at.0 + 1).to_string());
        if let Some(own) = parts.lanes.column(scene.app.timeline.info(at).rank) {
            assert_eq!(read(row, own, 1), mark_of(scene, parts, at));
        }
    }
    for label in labels(scene, parts) {
        let width = label.text.width().min(parts.width - label.column);
        let seen: String = label.text.chars().take(width).collect();
        assert_eq!(read(label.row, label.column, width), seen);
    }
    if let Some(row) = parts.rows.seen.iter().position(|row| *row == Row::Divider) {
        assert!(read(row, 0, parts.width).contains(" to come "));
    }
}

#[test]
fn at_every_event_of_every_built_in_run_lines_connect_sends_and_receives_and_cover_no_text() {
    for built_in in builtin::ALL {
        let mut app = zoomed(testing::built_in(built_in.name, 0));
        // Of `big-ring` at every so many cursors: all of its 10,765 screens take a minute of a core, and what is seen at
        // one overlaps what is seen at the next.
        let step = if app.timeline.len() > 1_000 { 9 } else { 1 };
        for cursor in (0..=app.timeline.len()).step_by(step) {
            app.go_to(cursor);
            let size = SIZES[cursor % SIZES.len()];
            assert_drawn_right(&app, size, braille());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn so_it_is_in_any_run_at_any_size_in_any_symbols(
        (seed, part) in (0_u64..1000, 0.0..=1.0),
        size in (40_u16..240, 8_u16..67),
        (symbols, selected) in (0_usize..3, 0_u32..24),
    ) {
        let mut app = zoomed(super::super::tests::scenes::random(seed, part));
        app.view.selection = Selection::Rank(Rank(selected));
        let symbols = [Symbols::Braille, Symbols::HalfBlocks, Symbols::Ascii][symbols];
        assert_drawn_right(&app, size, look(Palette::Off, symbols));
    }
}

/// The violating event's row at any cursor, in the lanes and in the list.
#[test]
fn where_an_invariant_was_broken_the_row_is_red_wherever_the_cursor_is() {
    let red = Theme::new(Palette::Rgb).bad().fg;
    let mut app = testing::built_in("race-lost-key", 0);
    let violation = app.timeline.violations()[0].at;
    for cursor in [violation.0 - 1, violation.0 + 1, violation.0 + 4] {
        app.go_to(cursor);
        for pane in [Pane::SpaceTime, Pane::Events] {
            (app.view.focus, app.view.is_zoomed) = (pane, true);
            let buffer = screen(&app, (80, 24), braille());
            let text = |y: u16| -> String { (1..9).map(|x| buffer[(x, y)].symbol()).collect() };
            let number = (violation.0 + 1).to_string();
            let row = (2..22)
                .find(|y| text(*y).split(|c: char| !c.is_ascii_digit()).any(|word| word == number));
            let row = row.expect("its row is seen");
            let numeral = (1..9).find(|x| buffer[(*x, row)].symbol() == "1").expect("its number");
            assert_eq!(Some(buffer[(numeral, row)].fg), red, "{pane:?} at {cursor}");
        }
    }
}

fn thousand() -> App {
    let scenario = ringscope_sim::scenario::random(1, 1000, 60);
    zoomed(App::new(Timeline::live(scenario), "thousand", 0))
}

#[test]
fn of_a_thousand_ranks_those_that_take_part_have_lanes_and_the_selected_one_and_the_head() {
    let mut app = thousand();
    app.view.selection = Selection::Rank(Rank(777));
    for cursor in (0..app.timeline.len()).step_by(97) {
        app.go_to(cursor);
        for size in SIZES {
            let look = braille();
            let scene = Scene::new(&app, &look);
            let parts = Parts::new(&scene, inside(&app, size));
            let lane = |rank| parts.lanes.column(rank);
            assert!(lane(Rank(777)).is_some() && lane(Rank(0)).is_some());
            if let Some(event) = app.event() {
                let info = app.timeline.info(event);
                assert!(lane(info.rank).is_some() && lane(info.peer).is_some());
            }
            let shown = parts.lanes.columns().count();
            assert_eq!(parts.lanes.hidden, 1000 - shown);
            let heads: Vec<_> = parts.lanes.columns().collect();
            for pair in heads.windows(2) {
                assert!(pair[1].1 - pair[0].1 > words::rank(pair[0].0).width());
            }
            assert_drawn_right(&app, size, look);
        }
    }
}

#[test]
fn the_messages_that_end_a_run_share_a_row() {
    let mut app = thousand();
    app.go_to(usize::MAX);
    let end = app.timeline.shutdown().expect("it completes").events.clone();
    for cursor in [end.start - 3, end.start, end.start + 700, end.end] {
        app.go_to(cursor);
        let look = braille();
        let scene = Scene::new(&app, &look);
        let inside = inside(&app, (80, 24));
        let parts = Parts::new(&scene, inside);
        let last = *parts.rows.seen.last().expect("there are rows");
        assert_eq!(last, Row::Shutdown(EventIndex(end.start)));
        assert!(parts.rows.seen.iter().filter(|row| matches!(row, Row::Event(_))).count() > 8);
        let row = inside.y + cells(parts.rows.seen.len());
        let target = at(&scene, placed(&app, (80, 24)), Position { x: 30, y: row });
        assert_eq!(target, Some(Target::Event(EventIndex(end.start))));
    }
    let shown = dump(&screen(&app, (80, 24), braille()));
    assert!(shown.contains("END ×999 to all ranks: event 1998 of 1998"), "{shown}");
}

#[test]
fn in_a_lesson_nothing_is_said_of_what_is_to_come() {
    let mut app = built_in("race-lost-key", "");
    app.go_to(16);
    let look = braille();
    let mut scene = Scene::new(&app, &look);
    scene.listed = 16;
    let parts = Parts::new(&scene, inside(&app, (80, 24)));
    let open: Vec<Line> = lines(&scene, &parts);
    let put = open.iter().find(|line| line.sent == EventIndex(5)).expect("the PUT is under way");
    let last = parts.rows.of(EventIndex(15));
    assert_eq!((put.end, put.to.row), (End::Open, last));
    assert_ne!(Some(put.to.column), parts.lanes.column(Rank(6)));
    assert!(open.iter().all(|line| line.weight != Weight::Wrong));
}
