//! A screen as text that can be read in a difference: its letters, and below them their styles.

use std::fmt::Write as _;

use ratatui_core::buffer::Buffer;
use ratatui_core::style::{Color, Modifier, Style};

/// The letters that stand for styles, in the order in which the styles are met.
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// The screen's letters, then a letter for the style of each cell, then what these stand for. A cell in
/// the terminal's own style has a dot.
pub(in crate::view) fn dump(buffer: &Buffer) -> String {
    let mut styles: Vec<Style> = Vec::new();
    let mut map = String::new();
    for row in buffer.content.chunks(usize::from(buffer.area.width)) {
        let line: String = row.iter().map(|cell| letter(&mut styles, cell.style())).collect();
        map += line.trim_end_matches('.');
        map.push('\n');
    }
    let mut text = super::super::picture::PictureFormat::Text.draw(buffer);
    text += &format!("{:-<1$}\n", "", usize::from(buffer.area.width));
    text += &map;
    for (letter, style) in LETTERS.chars().zip(&styles) {
        let _ = writeln!(text, "{letter}  {}", describe(*style));
    }
    text
}

fn letter(styles: &mut Vec<Style>, style: Style) -> char {
    if style.add_modifier.is_empty() && [style.fg, style.bg] == [Some(Color::Reset); 2] {
        return '.';
    }
    let known = styles.iter().position(|other| *other == style);
    let place = known.unwrap_or_else(|| {
        styles.push(style);
        styles.len() - 1
    });
    LETTERS.chars().nth(place).unwrap_or('?')
}

fn describe(style: Style) -> String {
    let mut words = Vec::new();
    if let Some(color) = style.fg.filter(|color| *color != Color::Reset) {
        words.push(color.to_string());
    }
    if let Some(color) = style.bg.filter(|color| *color != Color::Reset) {
        words.push(format!("on {color}"));
    }
    let modifiers = [
        (Modifier::BOLD, "bold"),
        (Modifier::DIM, "dim"),
        (Modifier::UNDERLINED, "underlined"),
        (Modifier::REVERSED, "reversed"),
    ];
    let has = |(modifier, _): &&(Modifier, &str)| style.add_modifier.contains(*modifier);
    words.extend(modifiers.iter().filter(has).map(|(_, name)| (*name).to_owned()));
    words.join(" ")
}
