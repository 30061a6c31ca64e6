//! Whole screens, with their styles: read them aloud before they are blessed.

mod consistency;
pub(super) mod dump;
mod lesson;
mod matrix;
mod readable;
mod recorded;
pub(super) mod scenes;
mod start;

use proptest::prelude::*;
use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ratatui_core::style::{Color, Modifier};
use ringscope_sim::scenario::builtin;

use super::keybar::Bar;
use super::symbols::Symbols;
use super::theme::{Palette, Theme};
use super::{Look, Paint, Surface};
use crate::app::diff::Diff;
use crate::app::handle::HandleActions as _;
use crate::app::{Action, App, Keymap, Lesson, Pane, Selection, Target, testing};
use crate::session::{self, Page};
use crate::tour::{Progress, Shelf, Tour};
use dump::dump;

pub(super) fn look(palette: Palette, symbols: Symbols) -> Look {
    Look { theme: Theme::new(palette), symbols, reduce_motion: false }
}

pub(super) fn screen(app: &App, (width, height): (u16, u16), look: Look) -> Buffer {
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    session::paint(app, &mut Paint::new(&mut buffer, &look));
    buffer
}

/// With `RINGSCOPE_PICTURES` set to a folder, the scenes are put there as pictures.
#[test]
fn pictures() {
    let Some(folder) = std::env::var_os("RINGSCOPE_PICTURES") else { return };
    let folder = std::path::Path::new(&folder);
    for (name, app, size, look) in scenes::all() {
        let buffer = screen(&app, size, look);
        for (form, ending) in super::picture::PictureFormat::ALL {
            let file = folder.join(format!("{name}.{ending}"));
            std::fs::write(file, form.draw(&buffer)).unwrap();
        }
    }
}

fn shown(name: &str) -> String {
    let (_, app, size, look) =
        scenes::all().into_iter().find(|(known, ..)| *known == name).expect(name);
    dump(&screen(&app, size, look))
}

macro_rules! snapshots {
    ($($test:ident $name:literal)*) => {
        $(#[test]
        fn $test() {
            insta::assert_snapshot!($name, shown($name));
        })*

        #[test]
        fn every_scene_has_its_snapshot() {
            let taken = [$($name),*];
            let names: Vec<&str> = scenes::all().iter().map(|(name, ..)| *name).collect();
            assert_eq!(names, taken);
        }
    };
}

snapshots! {
    a_strip_and_events_fit_into_44x8 "join-44x8"
    keys_move_to_a_newcomer_at_80x24 "join-80x24"
    the_same_in_ascii_without_colours "join-80x24-ascii"
    the_lanes_have_the_place_of_the_events "join-100x30-lanes"
    half_blocks_in_8_colours "crowded-100x30-half"
    all_panes_at_160x48 "crowded-160x48"
    a_node_leaves_at_240x67 "leave-240x67"
    a_deadlock_at_its_end "deadlock-80x24"
    before_anything_has_happened "start-80x24"
    sixty_nodes "big-160x48"
    more_nodes_are_an_overview "many-100x30"
    the_neighbourhood_of_the_selected_node "many-zoomed-100x30"
    the_key_space_on_the_whole_screen "ownership-80x24"
}

/// The pane of the ring alone tells what became of the run, from small screens on.
#[test]
fn every_built_in_run_that_ends_badly_says_why_on_its_ring() {
    for built_in in builtin::ALL {
        let app = scenes::ended(built_in.name);
        if !app.has_ended_badly() {
            continue;
        }
        for (width, height) in [(80, 24), (120, 36)] {
            let buffer = screen(&app, (width, height), look(Palette::Rgb, Symbols::Braille));
            let name = format!("ended-{}-{width}x{height}", built_in.name);
            insta::assert_snapshot!(name, dump(&buffer));
        }
    }
}

#[test]
fn the_whole_explanation_lies_over_the_panes() {
    let mut app = scenes::ended("race-neighbours-leave");
    testing::press(&mut app, "E");
    let buffer = screen(&app, (100, 30), look(Palette::Rgb, Symbols::Braille));
    insta::assert_snapshot!("explained-100x30", dump(&buffer));
}

/// Where there is no room for all of it, the arrows and the page keys go through it, and it says what is below.
#[test]
fn the_whole_explanation_can_be_read_on_a_small_screen() {
    let mut app = scenes::ended("race-neighbours-leave");
    let text = app.timeline.explanation().expect("it is a deadlock").paragraph.clone();
    testing::press(&mut app, "E");
    let at_first = dump(&screen(&app, (44, 12), look(Palette::Off, Symbols::Braille)));
    assert!(at_first.contains(" more "), "{at_first}");
    let mut seen = String::new();
    for _ in 0..200 {
        seen += &dump(&screen(&app, (44, 12), look(Palette::Off, Symbols::Braille)));
        testing::press(&mut app, "down");
    }
    for word in text.split_whitespace() {
        assert!(seen.contains(word), "`{word}` is never seen");
    }
    let last = dump(&screen(&app, (44, 12), look(Palette::Off, Symbols::Braille)));
    assert!(!last.contains(" more "), "{last}");
}

#[test]
fn why_is_said_on_the_ring_and_lit_in_the_lists() {
    let mut app = scenes::ended("race-lost-key");
    testing::press(&mut app, "home ] k");
    let buffer = screen(&app, (160, 48), look(Palette::Rgb, Symbols::Braille));
    insta::assert_snapshot!("why-160x48", dump(&buffer));
}

fn has_color(buffer: &Buffer) -> bool {
    buffer.content.iter().any(|cell| [cell.fg, cell.bg] != [Color::Reset; 2])
}

#[test]
fn without_colours_no_cell_has_one_while_bold_and_reverse_stay() {
    for (name, app, size, _) in scenes::all() {
        let buffer = screen(&app, size, look(Palette::Off, Symbols::Braille));
        assert!(!has_color(&buffer), "{name}");
        let all = buffer.content.iter().fold(Modifier::empty(), |all, cell| all | cell.modifier);
        assert!(all.contains(Modifier::BOLD | Modifier::REVERSED), "{name}: {all:?}");
    }
}

#[test]
fn in_ascii_every_letter_is_ascii() {
    for (name, app, size, _) in scenes::all() {
        let buffer = screen(&app, size, look(Palette::Rgb, Symbols::Ascii));
        let strange: String = buffer
            .content
            .iter()
            .map(|cell| cell.symbol())
            .filter(|text| !text.is_ascii())
            .collect();
        assert_eq!(strange, "", "{name}");
    }
}

#[test]
fn a_small_window_says_how_small_it_is() {
    let app = scenes::ended("join");
    let buffer = screen(&app, (39, 8), look(Palette::Off, Symbols::Braille));
    assert!(dump(&buffer).starts_with("needs 40x8, have 39x8\n"));
    let buffer = screen(&app, (20, 5), look(Palette::Off, Symbols::Braille));
    assert!(dump(&buffer).starts_with("needs 40x8, have\n20x5\n"), "{}", dump(&buffer));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Any size, any cursor of any run, whatever is in front: nothing panics, neither drawing nor asking
    /// what is where.
    #[test]
    fn any_screen_of_any_run_can_be_drawn(
        (width, height) in (1_u16..300, 1_u16..100),
        (seed, part) in (0_u64..1000, 0.0..=1.0),
        (focus, is_zoomed) in (0_usize..6, any::<bool>()),
        (palette, symbols) in (0_usize..5, 0_usize..3),
        (x, y) in (0_u16..300, 0_u16..100),
        (selected, scrolled) in (0_u32..12, 0_usize..99),
    ) {
        let mut app = scenes::random(seed, part);
        app.view.focus = Pane::ALL[focus];
        app.view.is_zoomed = is_zoomed;
        app.view.selection = scenes::selection(selected);
        app.view.scrolled = [(Pane::Inspector, scrolled), (Pane::Watches, scrolled)].into();
        let symbols = [Symbols::Braille, Symbols::HalfBlocks, Symbols::Ascii][symbols];
        let look = look(Palette::ALL[palette], symbols);
        screen(&app, (width, height), look);
        let area = Rect::new(0, 0, width, height);
        session::at(&app, Surface { area, look: &look }, (x, y).into());
        let before = screen(&app, (width, height), look);
        super::settle(&mut app, Surface { area, look: &look });
        prop_assert_eq!(before, screen(&app, (width, height), look));
    }
}

#[test]
fn a_pane_is_scrolled_as_far_as_it_goes_and_a_key_in_it_is_clicked_on() {
    let mut app = scenes::ended("ranges");
    app.update(Action::Focus(Pane::Inspector));
    app.view.selection = Selection::Rank(ringscope_traces::Rank(6));
    let (size, look) = ((80, 24), look(Palette::Rgb, Symbols::Braille));
    let area = Rect::new(0, 0, size.0, size.1);
    let top = screen(&app, size, look);
    for _ in 0..99 {
        app.update(Action::PageDown);
    }
    super::settle(&mut app, Surface { area, look: &look });
    let bottom = screen(&app, size, look);
    assert_ne!(top, bottom);
    app.update(Action::Up);
    assert_ne!(bottom, screen(&app, size, look), "the way back begins at once");
    app.view.look_at(app.view.selection);
    let place = find(&top, " 505 ");
    let target = session::at(&app, Surface { area, look: &look }, (place.0 + 1, place.1).into());
    assert_eq!(target, Some(Target::Key(ringscope_sim::protocol::Key(505))));
}

#[test]
fn every_small_size_can_be_drawn() {
    let mut app = scenes::built_in("join", scenes::ADD);
    for pane in Pane::ALL {
        for is_zoomed in [false, true] {
            (app.view.focus, app.view.is_zoomed) = (pane, is_zoomed);
            for width in (1..50).chain([80, 100, 150]) {
                for height in (1..12).chain([24, 30, 40]) {
                    screen(&app, (width, height), look(Palette::Rgb, Symbols::Braille));
                }
            }
        }
    }
}

#[test]
fn every_hazard_can_be_looked_at_after_every_event() {
    for one in builtin::ALL {
        let mut app = scenes::ended(one.name);
        let step = (app.timeline.len() / 24).max(1);
        for cursor in (0..=app.timeline.len()).step_by(step) {
            app.go_to(cursor);
            screen(&app, (160, 48), look(Palette::Rgb, Symbols::Braille));
        }
    }
}

/// Where a text stands on a screen, as columns and rows.
fn find(buffer: &Buffer, text: &str) -> (u16, u16) {
    let width = usize::from(buffer.area.width);
    for (y, row) in buffer.content.chunks(width).enumerate() {
        let cells: Vec<&str> = row.iter().map(|cell| cell.symbol()).collect();
        for x in 0..cells.len() {
            if cells[x..].concat().starts_with(text) {
                return (u16::try_from(x).unwrap(), u16::try_from(y).unwrap());
            }
        }
    }
    panic!("no {text}: {}", dump(buffer));
}

#[test]
fn what_is_clicked_is_what_was_drawn_there() {
    use ringscope_traces::{EventIndex, Rank};

    let app = scenes::built_in("join", scenes::ADD);
    let look = look(Palette::Rgb, Symbols::Braille);
    let size = (160, 48);
    let buffer = screen(&app, size, look);
    let area = buffer.area;
    let on = |text| {
        session::at(&app, Surface { area, look: &look }, find(&buffer, text).into()).unwrap()
    };
    let event = app.event().unwrap();
    assert_eq!(on("○"), Target::Rank(Rank(3)));
    assert_eq!(on("r3·500+"), Target::Rank(Rank(3)));
    assert_eq!(on("head r0"), Target::Rank(Rank(0)));
    assert_eq!(on("cmd r7"), Target::Rank(Rank(7)));
    assert_eq!(on("◆"), Target::Rank(Rank(7)));
    assert_eq!(on("■"), Target::Key(ringscope_sim::protocol::Key(1000)));
    assert_eq!(on("key 200"), Target::Message(event));
    assert_eq!(on("81▶"), Target::Event(event));
    assert_eq!(on("▶ 81"), Target::Event(event));
    assert_eq!(on(" 82  4"), Target::Event(EventIndex(event.0 + 1)));
    assert_eq!(on("predecessor"), Target::Pane(Pane::Inspector));
    let target = on("▉");
    let Target::Scrubber(cursor) = target else { panic!("{target:?}") };
    assert!(cursor.abs_diff(app.view.cursor) <= app.timeline.len() / 100);
    let narrow = screen(&app, (80, 24), look);
    let tab = find(&narrow, "4 Space-time").into();
    let target = session::at(&app, Surface { area: narrow.area, look: &look }, tab);
    assert_eq!(target, Some(Target::Pane(Pane::SpaceTime)));
}

#[test]
fn all_that_can_be_done_lies_over_the_panes() {
    let mut app = scenes::built_in("join", scenes::ADD);
    app.update(Action::Palette);
    app.paste("event");
    let look = look(Palette::TwoHundred, Symbols::Braille);
    let buffer = screen(&app, (80, 24), look);
    insta::assert_snapshot!("palette-80x24", dump(&buffer));
    let place = find(&buffer, "next-event").into();
    let target = session::at(&app, Surface { area: buffer.area, look: &look }, place);
    assert_eq!(target, Some(Target::Row(0)));
}

#[test]
fn text_from_a_file_commands_no_terminal() {
    let mut app = scenes::ended("join");
    app.name = "\u{1b}[2Jevil\u{202e}".to_owned();
    app.search.filter = "\u{9b}31m".to_owned();
    app.search.listed = Some(Vec::new());
    app.controls.note = Some("\u{1b}]0;title\u{7}".to_owned());
    let buffer = screen(&app, (160, 48), look(Palette::Rgb, Symbols::Braille));
    let is_harmless = |c: char| !c.is_control() && c != '\u{202e}';
    assert!(buffer.content.iter().all(|cell| cell.symbol().chars().all(is_harmless)));
    assert!(super::picture::PictureFormat::Text.draw(&buffer).contains("\\u{1b}[2Jevil\\u{202e}"));
}

#[test]
fn a_node_that_leaves_is_on_the_ring_until_it_has_left() {
    use ringscope_traces::Rank;

    let app = scenes::ended("race-neighbours-leave");
    let look = look(Palette::Rgb, Symbols::Braille);
    let buffer = screen(&app, (80, 24), look);
    assert_eq!(buffer.content.iter().filter(|cell| cell.symbol() == "◌").count(), 2);
    // No pointer leads to rank 4 any more; it waits all the same.
    let target =
        session::at(&app, Surface { area: buffer.area, look: &look }, find(&buffer, "◌").into());
    assert_eq!(target, Some(Target::Rank(Rank(4))));
}

#[test]
fn a_node_of_another_protocol_is_shown_with_its_own_links_and_words() {
    use ringscope_sim::protocol::{
        Activity, ActivityKind, Links, NodeState, NodeView, Peer, Topology, Viewed as _,
    };
    use ringscope_traces::Rank;

    const TOPOLOGY: Topology = Topology {
        names: &["next", "finger"],
        successor: Some(0),
        predecessor: None,
        outlet: None,
    };
    let mut app = scenes::ended("join");
    app.view.selection = Selection::Rank(Rank(3));
    let states = app.view.snapshot.states.as_mut().expect("the run is followed");
    let known = states.nodes[3].clone();
    let peers = [2, 6].map(|rank| Some(Peer { rank: Rank(rank), id: None }));
    let view = NodeView {
        links: Links::new(&TOPOLOGY, &peers),
        activity: Activity { kind: ActivityKind::Other, words: "fixes a finger" },
        ..known.view()
    };
    states.nodes[3] = NodeState::of(&view);
    states.before = None;
    let inspector = dump(&screen(&app, (100, 30), look(Palette::Off, Symbols::Ascii)));
    for shown in ["fixes a finger", "next         r2", "finger       r6", "owns         251 to 500"]
    {
        assert!(inspector.contains(shown), "{shown} is missing:\n{inspector}");
    }
    assert!(!inspector.contains("predecessor"), "{inspector}");
}

#[test]
fn after_a_departure_nobody_pretends_to_know_the_states() {
    let mut app = scenes::ended("join");
    app.view.snapshot.states = None;
    let buffer = screen(&app, (80, 24), look(Palette::Off, Symbols::Ascii));
    insta::assert_snapshot!("unknown-80x24", dump(&buffer));
}

#[test]
fn a_line_that_is_typed_shows_what_is_wrong_with_it() {
    use crate::app::prompt::{Prompt, Purpose};

    let mut app = scenes::ended("join");
    app.typing.prompt = Some(Prompt {
        problem: Some("a rank is a number, not `x`".to_owned()),
        ..Prompt::new(Purpose::Filter, "rank x")
    });
    let buffer = screen(&app, (44, 8), look(Palette::Sixteen, Symbols::Braille));
    insta::assert_snapshot!("prompt-44x8", dump(&buffer));
}

#[test]
fn two_traces_stand_side_by_side() {
    let comparison = scenes::comparison();
    for (name, size, look) in [
        ("diff-80x24", (80, 24), look(Palette::TwoHundred, Symbols::Braille)),
        ("diff-44x8-ascii", (44, 8), look(Palette::Off, Symbols::Ascii)),
    ] {
        let area = Rect::new(0, 0, size.0, size.1);
        let mut buffer = Buffer::empty(area);
        super::diff::draw(
            &comparison,
            &Bar::with::<Diff>(&Keymap::default()),
            &mut Paint::new(&mut buffer, &look),
        );
        insta::assert_snapshot!(name, dump(&buffer));
    }
}

proptest! {
    #[test]
    fn a_comparison_survives_any_size((width, height) in (1_u16..120, 1_u16..50), at in 0_usize..9) {
        let area = Rect::new(0, 0, width, height);
        let look = look(Palette::Rgb, Symbols::Braille);
        let mut buffer = Buffer::empty(area);
        let mut comparison = scenes::comparison();
        comparison.cursor = at;
        super::diff::draw(&comparison, &Bar::with::<Diff>(&Keymap::default()), &mut Paint::new(&mut buffer, &look));
    }
}

fn lesson_drawn(page: &mut dyn Page, area: Rect, look: &Look) -> Buffer {
    let mut buffer = Buffer::empty(area);
    page.settle(Surface { area, look });
    session::paint(page, &mut Paint::new(&mut buffer, look));
    buffer
}

/// Every step of every lesson that comes with the program: its text can be read to its end at every size
/// that shows any, and in ASCII it is ASCII.
#[test]
fn every_lesson_can_be_drawn_at_every_size() {
    for one in crate::tour::builtin::ALL {
        let tour = Tour::open(&Shelf::built_in(one));
        let tour = tour.unwrap_or_else(|faults| panic!("{}", faults.errors));
        let steps = tour.steps.len();
        let mut lesson = Lesson::new(tour, Keymap::default(), &Progress::default());
        for step in 0..steps {
            lesson.go_to(step);
            for (width, height) in [(1, 1), (40, 8), (44, 40), (80, 24), (100, 30), (160, 48)] {
                let area = Rect::new(0, 0, width, height);
                let ascii = look(Palette::Off, Symbols::Ascii);
                let buffer = lesson_drawn(&mut lesson, area, &ascii);
                let is_ascii = buffer.content.iter().all(|cell| cell.symbol().is_ascii());
                assert!(is_ascii, "{} step {}: {}", one.name, step + 1, dump(&buffer));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_lesson_survives_any_keys_at_any_size(
        (width, height) in (1_u16..200, 1_u16..60),
        keys in prop::collection::vec(prop::sample::select(&LESSON_KEYS[..]), 0..30),
        (x, y) in (0_u16..200, 0_u16..60),
    ) {
        let area = Rect::new(0, 0, width, height);
        let look = look(Palette::Rgb, Symbols::Braille);
        let mut lesson = Lesson::new(testing::tour(), Keymap::default(), &Progress::default());
        for key in keys {
            lesson.press(key.parse().expect("a key"));
            lesson.tick(std::time::Duration::from_millis(100));
            let surface = Surface { area, look: &look };
            if let Some(target) = session::at(&lesson, surface, (x, y).into()) {
                lesson.click(target);
            }
            lesson_drawn(&mut lesson, area, &look);
        }
    }
}

/// Keys that a lesson has a use for, and some that it has not.
const LESSON_KEYS: [&str; 22] = [
    "enter",
    "enter",
    "enter",
    "backspace",
    "up",
    "down",
    "left",
    "right",
    "pageup",
    "pagedown",
    "home",
    "end",
    "a",
    "b",
    "c",
    "3",
    "6",
    ">",
    "r",
    "?",
    "esc",
    "x",
];
