//! The start page: from small terminals to big ones, and what a click on it means.

use std::path::PathBuf;
use std::time::Duration;

use proptest::prelude::*;
use ratatui_core::buffer::Buffer;
use ratatui_core::layout::{Position, Rect};

use super::dump::dump;
use super::look;
use crate::app::start::StartPage;
use crate::app::{Keymap, Target};
use crate::tour::Progress;
use crate::view::symbols::Symbols;
use crate::view::theme::Palette;
use crate::view::{Look, Paint, Surface, start};

fn page(opened: &[&str]) -> StartPage {
    let opened: Vec<PathBuf> = opened.iter().map(PathBuf::from).collect();
    StartPage::new(&opened, &Progress::default(), Keymap::default())
}

fn drawn(page: &StartPage, (width, height): (u16, u16), look: &Look) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    start::draw(page, &mut Paint::new(&mut buffer, look));
    buffer
}

fn rows(buffer: &Buffer) -> Vec<String> {
    let rows = buffer.content.chunks(usize::from(buffer.area.width).max(1));
    rows.map(|row| row.iter().map(|cell| cell.symbol()).collect()).collect()
}

#[test]
fn the_first_page_is_sensible_from_small_terminals_on() {
    for (width, height) in [(44, 12), (60, 20), (80, 24), (120, 36), (240, 67)] {
        let buffer = drawn(&page(&[]), (width, height), &look(Palette::Rgb, Symbols::Braille));
        insta::assert_snapshot!(format!("start-page-{width}x{height}"), dump(&buffer));
        let text = rows(&buffer).join("\n");
        assert!(text.contains("hash table") && text.contains("▶ the-ring"), "{text}");
    }
}

#[test]
fn words_that_nothing_has_leave_a_sentence_and_not_a_blank() {
    let mut page = page(&[]);
    for key in ["/", "z", "q", "x"] {
        page.press(key.parse().expect("a key"));
    }
    for size in [(44, 12), (120, 36)] {
        let text = rows(&drawn(&page, size, &look(Palette::Off, Symbols::Braille))).join("\n");
        assert!(text.contains("nothing has these words"), "{text}");
    }
    page.press("esc".parse().expect("a key"));
    assert!(!page.rows().is_empty());
}

#[test]
fn the_heading_of_what_is_seen_is_seen() {
    let files: Vec<String> = (0..12).map(|file| format!("/tmp/run-{file}.jsonl")).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let (size, look) = ((80, 24), look(Palette::Off, Symbols::Braille));
    let mut page = page(&files);
    for key in ["home", "end", "pageup", "pageup", "up", "pageup"] {
        page.press(key.parse().expect("a key"));
        let rows = rows(&drawn(&page, size, &look));
        let chosen = page.chosen_row().expect("one is chosen");
        let (name, heading) = (chosen.name.clone(), chosen.section.name());
        let of = |text: &str| rows.iter().position(|row| row.contains(text));
        let (heading, chosen) = (of(&heading[..12]), of(&format!("▶ {name}")));
        assert!(heading.is_some() && heading < chosen, "{name}: {rows:#?}");
    }
}

#[test]
fn a_picture_that_is_chosen_moves_with_the_time() {
    let (size, look) = ((100, 30), look(Palette::Off, Symbols::Braille));
    let mut page = page(&["race-lost-key"]);
    let before = drawn(&page, size, &look);
    assert!((0..20).any(|_| page.tick(Duration::from_millis(100))));
    assert_ne!(drawn(&page, size, &look), before);
    let text = rows(&before).join("\n");
    assert!(text.contains("r6·1000") && text.contains("╭ race-lost-key ─"), "{text}");
}

#[test]
fn a_click_on_a_row_is_its_entry() {
    for (width, height) in [(44, 12), (80, 24), (160, 48)] {
        let look = look(Palette::Off, Symbols::Braille);
        let mut page = page(&["/tmp/mine.jsonl"]);
        for keys in ["home", "end"] {
            page.press(keys.parse().expect("a key"));
            let rows = rows(&drawn(&page, (width, height), &look));
            let surface = Surface { area: Rect::new(0, 0, width, height), look: &look };
            let mut found = 0;
            for (index, entry) in page.rows().iter().enumerate() {
                let name = [format!("   {} ", entry.name), format!(" ▶ {} ", entry.name)];
                let is_it = |row: &String| name.iter().any(|name| row.starts_with(name));
                let Some(y) = rows.iter().position(is_it) else { continue };
                let position = Position { x: 5, y: u16::try_from(y).expect("it is on the screen") };
                let target = start::at(&page, surface, position);
                assert!(matches!(target, Some(Target::Row(row)) if row == index), "{}", entry.name);
                found += 1;
            }
            assert!(found >= 4, "{rows:#?}");
        }
    }
}

proptest! {
    #[test]
    fn any_size_is_survived((width, height) in (0_u16..260, 0_u16..70), down in 0_usize..50) {
        let look = look(Palette::Rgb, Symbols::Braille);
        let mut page = page(&[]);
        page.choose(isize::try_from(down).expect("it is small"));
        let buffer = drawn(&page, (width, height), &look);
        let surface = Surface { area: buffer.area, look: &look };
        for position in buffer.area.positions().step_by(7) {
            start::at(&page, surface, position);
        }
    }
}
