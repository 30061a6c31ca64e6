//! That every text can be read: its contrast with what is behind it, in every scheme and palette.
//!
//! Of the first 16 colours the terminal decides the looks. They are judged as xterm shows them in its default settings, on
//! xterm's own black and white. Colours that we choose ourselves are judged on what is nearly black or white, too. Bold is
//! taken for no other colour: the screen names all colours in the form `38;5;N`, of which xterm makes no bright ones.
//!
//! The least is 4.5 to 1 in every scheme and depth of colour. `high-contrast` has more, 7 to 1, where the colours are our own:
//! with 256 and with any. With 8 and 16 it reaches 4.5, which is what xterm's red comes to.

use std::collections::HashSet;

use ratatui_core::buffer::{Buffer, Cell};
use ratatui_core::style::{Color, Modifier, Style};

use super::luminance::contrast;
use super::tests::themes;
use super::xterm::shown;
use super::{Owner, Palette, Scheme, Theme};

/// The least contrast of text (Web Content Accessibility Guidelines 2.2, success criterion 1.4.3).
const LEAST: f64 = 4.5;

/// The least contrast of text where somebody asks for more (the same, 1.4.6).
const LEAST_OF_HIGH_CONTRAST: f64 = 7.0;

const BLACK: [u8; 3] = [0; 3];
const WHITE: [u8; 3] = [255; 3];

/// What is nearly black: behind our own pictures, and in GNOME's and VS Code's terminals.
const NEARLY_BLACK: [[u8; 3]; 2] = [[0x12, 0x14, 0x1a], [0x1e; 3]];

/// What is nearly white: grey 255 of xterm, and Solarized.
const NEARLY_WHITE: [[u8; 3]; 2] = [[0xee; 3], [0xfd, 0xf6, 0xe3]];

/// A terminal's own text and background.
struct Ground {
    text: [u8; 3],
    background: [u8; 3],
}

/// The grounds that a theme is made for.
fn grounds(theme: Theme) -> Vec<Ground> {
    let is_named = matches!(theme.palette(), Palette::Eight | Palette::Sixteen);
    let dark = |background| Ground { text: shown(Color::Gray), background };
    let light = |background| Ground { text: BLACK, background };
    let near = |all: [[u8; 3]; 2]| if is_named { Vec::new() } else { all.to_vec() };
    match theme.scheme() {
        Scheme::Dark => near(NEARLY_BLACK).into_iter().chain([BLACK]).map(dark).collect(),
        Scheme::Light => near(NEARLY_WHITE).into_iter().chain([WHITE]).map(light).collect(),
        // Whatever is there, it is not seen.
        Scheme::HighContrast => vec![dark(BLACK), light(WHITE)],
    }
}

/// All that text can look like, and what it is called.
fn texts(theme: Theme) -> Vec<(String, Style)> {
    let named = [
        ("moving", theme.moving()),
        ("passing", theme.passing()),
        ("selected", theme.selected()),
        ("good", theme.good()),
        ("bad", theme.bad()),
        ("warning", theme.warning()),
        ("faint", theme.faint()),
        ("text", theme.text()),
        ("name", theme.name()),
        ("label", theme.label()),
        ("changed", theme.changed()),
        ("key", theme.key()),
        ("mode", theme.mode()),
        ("frame", theme.frame(true)),
        ("frame", theme.frame(false)),
    ];
    let owner = |Owner(number)| (format!("owner {number}"), theme.owner(Owner(number)));
    let owners = theme.colors().owners.all().map(owner);
    named.into_iter().map(|(name, style)| (name.to_owned(), style)).chain(owners).collect()
}

/// Text and background of a style as they are seen, on a ground that the theme has filled.
fn seen(style: Style, theme: Theme, ground: &Ground) -> ([u8; 3], [u8; 3]) {
    let color = |said: Option<Color>, base: Option<Color>, own: [u8; 3]| {
        let said = said.filter(|color| *color != Color::Reset).or(base);
        said.map_or(own, shown)
    };
    let base = theme.colors().base;
    let text = color(style.fg, base.fg, ground.text);
    let background = color(style.bg, base.bg, ground.background);
    // xterm takes a third of the light from text that is dim.
    let is_dim = style.add_modifier.contains(Modifier::DIM);
    let dimmed = |part: u8| u8::try_from(u16::from(part) * 2 / 3).expect("two thirds of a byte");
    let text = if is_dim { text.map(dimmed) } else { text };
    let is_reversed = style.add_modifier.contains(Modifier::REVERSED);
    if is_reversed { (background, text) } else { (text, background) }
}

/// The least contrast that the text of a theme has to have.
fn least(theme: Theme) -> f64 {
    match (theme.scheme(), theme.palette()) {
        (Scheme::HighContrast, Palette::TwoHundred | Palette::Rgb) => LEAST_OF_HIGH_CONTRAST,
        (Scheme::Dark | Scheme::Light | Scheme::HighContrast, _) => LEAST,
    }
}

/// Whether a cell holds text: letters, digits, punctuation, and the marks that stand for words. Frames, lines and curves
/// are pictures, of which others can be less seen.
fn is_text(cell: &Cell) -> bool {
    let is_picture = |sign: char| matches!(sign, '\u{2500}'..='\u{259f}' | '\u{2800}'..='\u{28ff}');
    let mut signs = cell.symbol().chars().peekable();
    signs.peek().is_some() && signs.all(|sign| !sign.is_whitespace() && !is_picture(sign))
}

/// The texts of a screen that cannot be read: a cell of each look that has too little contrast, and where it is.
pub(in crate::view) fn unreadable(theme: Theme, buffer: &Buffer) -> Vec<String> {
    let mut faults = Vec::new();
    let mut judged = HashSet::new();
    for position in buffer.area.positions().filter(|position| is_text(&buffer[*position])) {
        let cell = &buffer[position];
        if !judged.insert(cell.style()) {
            continue;
        }
        for ground in grounds(theme) {
            let (text, background) = seen(cell.style(), theme, &ground);
            let found = contrast(text, background);
            if found < least(theme) {
                faults.push(format!("`{}` at {position}: {found:.2}", cell.symbol()));
            }
        }
    }
    faults
}

#[test]
fn every_text_stands_out_from_what_is_behind_it() {
    let mut faults = Vec::new();
    let all = themes().into_iter().chain(Scheme::ALL.map(|s| Theme::new(Palette::Off).with(s)));
    for theme in all {
        for (name, style) in texts(theme) {
            for ground in grounds(theme) {
                let (text, background) = seen(style, theme, &ground);
                let found = contrast(text, background);
                if found < least(theme) {
                    let on = ground.background;
                    faults.push(format!("{theme:?}: {name} on {on:02x?}: {found:.2}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A style that is added to the theme has to be judged, too.
#[test]
fn no_style_of_the_theme_is_left_out() {
    let source = include_str!("../theme.rs");
    let styles = source
        .lines()
        .filter(|line| line.trim_start().starts_with("pub fn") && line.ends_with("-> Style {"));
    let names = styles.filter_map(|line| line.split(['(', ' ']).find(|word| is_a_name(word)));
    let judged = texts(Theme::default());
    for name in names {
        let is_judged = judged.iter().any(|(text, _)| text.split(' ').next() == Some(name));
        assert!(is_judged, "the contrast of `{name}` is not tested");
    }
}

fn is_a_name(word: &str) -> bool {
    !matches!(word, "" | "pub" | "fn")
}

/// The load is no text but bars and dots: it has to stand out more the more there is.
#[test]
fn the_more_a_node_holds_the_more_it_stands_out() {
    for theme in themes() {
        for ground in grounds(theme) {
            let stands_out = |part: u8| {
                let (text, background) = seen(theme.load(f64::from(part) / 10.0), theme, &ground);
                contrast(text, background)
            };
            for part in 0..10 {
                let (less, more) = (stands_out(part), stands_out(part + 1));
                assert!(less <= more, "{theme:?} at {part} tenths: {less:.2}, {more:.2}");
            }
            assert!(stands_out(0) > 1.4, "{theme:?}: the least cannot be seen");
        }
    }
}

#[test]
fn what_matters_most_is_in_the_terminals_own_colour() {
    for theme in themes() {
        for style in [theme.moving(), theme.selected(), theme.text(), theme.name(), theme.mode()] {
            let is_own = matches!(style.fg, None | Some(Color::Reset)) && style.bg.is_none();
            assert!(is_own, "{theme:?}: {style:?}");
        }
    }
}
