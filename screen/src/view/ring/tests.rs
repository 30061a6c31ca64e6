//! What must be so on the ring after every event of every built-in run.

mod overview;
mod waits;

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ringscope_sim::invariants::Invariant;
use ringscope_sim::protocol::Key;
use ringscope_sim::scenario::builtin;
use ringscope_traces::Rank;

use super::super::Look;
use super::super::geometry::GridCell;
use super::super::layout::Layout;
use super::super::scene::Scene;
use super::super::symbols::Symbols;
use super::super::tests::look;
use super::super::theme::{Palette, Theme};
use super::keys::strays;
use super::sketch::Sketch;
use super::{Label, LabelSubject, draw_within, share, verdict};
use crate::app::testing::{built_in, press};
use crate::app::{App, Pane};

const SIZES: [(u16, u16); 2] = [(80, 24), (120, 36)];

/// Longer runs, which is `big-ring`, are drawn after some of their events only: each of its 10,765 screens drawn at the
/// smaller size takes 38 s of a core. Where labels are is looked at after every event all the same.
const LONG: usize = 1_000;
const SOME: usize = 17;

/// The cells of the ring's pane on a screen of that size.
fn inside(size: (u16, u16)) -> Rect {
    let layout = Layout::new(Rect::new(0, 0, size.0, size.1), Pane::Ring, false);
    let placed = layout.panes.iter().find(|placed| placed.pane == Pane::Ring);
    placed.expect("the ring is always seen").inside()
}

fn sketched(scene: &Scene<'_>, inside: Rect) -> Sketch {
    let (inside, _) = verdict::share(scene, inside);
    Sketch::new(scene, share(scene, inside).0)
}

/// Calls the test for every built-in run after each of its events.
fn at_every_event(test: &mut dyn FnMut(&App, &str)) {
    for one in builtin::ALL {
        let mut app = built_in(one.name, 0);
        for cursor in 0..=app.timeline.len() {
            app.go_to(cursor);
            test(&app, &format!("{} after event {cursor}", one.name));
        }
    }
}

fn text_at(buffer: &Buffer, place: Rect) -> String {
    place.positions().map(|position| buffer[position].symbol()).collect()
}

#[test]
fn no_line_lies_on_text_and_a_message_has_its_label_at_its_line_or_none() {
    let look = look(Palette::Rgb, Symbols::Braille);
    let mut labelled = 0;
    at_every_event(&mut |app, name| {
        let is_drawn = app.timeline.len() <= LONG || app.view.cursor % SOME == 0;
        for size in SIZES.into_iter().take(if is_drawn { SIZES.len() } else { 1 }) {
            let (scene, area) = (Scene::new(app, &look), inside(size));
            let sketch = sketched(&scene, area);
            if is_drawn {
                assert_no_line_lies_on_text(&scene, &sketch, area, &format!("{name} at {size:?}"));
            }
            for (index, label) in sketch.labels.iter().enumerate() {
                let before = &sketch.labels[..index];
                let is_apart = |other: &Rect| !label.place.intersects(*other);
                assert!(before.iter().all(|other| is_apart(&other.place)), "{name} at {size:?}");
                assert!(is_apart(&sketch.middle.area), "{name} at {size:?}: {label:?}");
                if let LabelSubject::Message(_) = label.named {
                    labelled += 1;
                    assert!(is_at_its_line(&sketch, label.place, index), "{name} at {size:?}");
                }
            }
        }
    });
    assert!(labelled > 1_000, "{labelled} labels of messages");
}

fn assert_no_line_lies_on_text(scene: &Scene<'_>, sketch: &Sketch, area: Rect, what: &str) {
    let mut buffer = Buffer::empty(area);
    sketch.draw(scene, &mut buffer);
    for label in &sketch.labels {
        assert_eq!(text_at(&buffer, label.place), label.text, "{what}");
    }
    let middle = text_at(&buffer, sketch.middle.area);
    assert!(!middle.chars().any(is_dots), "{what}: {middle}");
}

#[test]
fn head_and_command_node_have_their_names_on_a_ring_of_any_size() {
    let look = look(Palette::Rgb, Symbols::Braille);
    for (name, cursor) in [("join", 82), ("race-lost-key", 17), ("crowded", 300)] {
        let app = built_in(name, cursor);
        let scene = Scene::new(&app, &look);
        for (width, height) in
            (40..140).step_by(3).flat_map(|width| (14..60).map(move |height| (width, height)))
        {
            let sketch = sketched(&scene, Rect::new(0, 0, width, height));
            for rank in [0, 7].map(Rank) {
                let is_it = |label: &Label| label.named == LabelSubject::Rank(rank);
                assert!(sketch.labels.iter().any(is_it), "{name}: rank {rank} at {width}x{height}");
            }
        }
    }
}

fn is_dots(c: char) -> bool {
    ('\u{2800}'..='\u{28ff}').contains(&c)
}

/// Whether a message's label is within three columns and two rows of its way; that of the link stands behind its names.
fn is_at_its_line(sketch: &Sketch, place: Rect, index: usize) -> bool {
    let label = &sketch.labels[index];
    let course = sketch.courses.iter().find(|course| course.has(label)).expect("it is drawn");
    let area = sketch.picture.area;
    let (left, row) = (i32::from(place.x - area.x), i32::from(place.y - area.y));
    let right = left + i32::from(place.width) - 1;
    course.cells(&sketch.picture).into_iter().any(|GridCell { column, row: line }| {
        let (across, down) = ((left - column).max(column - right), (row - line).abs());
        if course.is_on_link(&sketch.picture) { down == 0 } else { across <= 3 && down <= 2 }
    })
}

#[test]
fn a_key_is_astray_only_where_an_invariant_has_been_broken() {
    let look = look(Palette::Rgb, Symbols::Braille);
    let mut seen = 0;
    at_every_event(&mut |app, name| {
        let astray = strays(&Scene::new(app, &look));
        let mut broken = app.timeline.violations().iter().filter(|one| {
            one.at.0 < app.view.cursor && one.violation.invariant == Invariant::OneOwner
        });
        seen += astray.len();
        assert!(astray.is_empty() || broken.next().is_some(), "{name}: {astray:?}");
    });
    assert!(seen > 5, "{seen}");
}

#[test]
fn a_stray_key_is_red_with_its_number_on_every_screen() {
    let app = built_in("race-lost-key", 17);
    for (size, symbols, mark) in [
        ((80, 24), Symbols::Braille, "■"),
        ((160, 48), Symbols::Braille, "■"),
        ((80, 24), Symbols::Ascii, "="),
    ] {
        let look = look(Palette::Rgb, symbols);
        let (scene, area) = (Scene::new(&app, &look), inside(size));
        assert_eq!(strays(&scene).iter().map(|held| held.key).collect::<Vec<_>>(), [Key(400)]);
        let mut buffer = Buffer::empty(area);
        draw_within(&scene, area, &mut buffer);
        let red = Theme::new(Palette::Rgb).bad().fg.expect("it is red");
        let is_marked = |cell: &ratatui_core::buffer::Cell| cell.symbol() == mark && cell.fg == red;
        assert!(buffer.content.iter().any(is_marked), "{size:?}");
        let sketch = sketched(&scene, area);
        let is_number = |label: &&Label| label.named == LabelSubject::Key(Key(400));
        let number = sketch.labels.iter().find(is_number).expect("there is room for it");
        assert_eq!((&*number.text, number.style.fg), ("400", Some(red)), "{size:?}");
    }
}

#[test]
fn the_messages_of_a_race_are_lit_with_the_node_that_took_them() {
    let mut app = built_in("race-lost-key", 17);
    press(&mut app, "k");
    let look: Look = look(Palette::Rgb, Symbols::Braille);
    for (size, expected) in
        [((80, 24), &["PUT first"][..]), ((160, 48), &["✉ PUT 400 first", "PARENT too late"])]
    {
        let scene = Scene::new(&app, &look);
        let (sketch, bad) = (sketched(&scene, inside(size)), look.theme.bad());
        let is_lit =
            |label: &&Label| label.style == bad && matches!(label.named, LabelSubject::Message(_));
        let texts: Vec<&str> =
            sketch.labels.iter().filter(is_lit).map(|label| &*label.text).collect();
        assert_eq!(texts, expected, "{size:?}");
        // Where there is no room for what is said of it, the line alone is lit.
        let mut buffer = Buffer::empty(inside(size));
        sketch.draw(&scene, &mut buffer);
        let is_lit_line = |cell: &ratatui_core::buffer::Cell| {
            cell.symbol().chars().all(is_dots) && Some(cell.fg) == bad.fg
        };
        assert!(buffer.content.iter().filter(|cell| is_lit_line(cell)).count() > 1, "{size:?}");
    }
}
