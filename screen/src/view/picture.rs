//! A screen as a file: plain text, text with ANSI colours, or SVG.

pub mod animation;

use std::fmt::Write as _;

use ratatui_core::buffer::{Buffer, Cell};
use ratatui_core::layout::Rect;
use ratatui_core::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr as _;

use super::theme::Background;

/// The form of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureFormat {
    /// Text alone.
    Text,
    /// Text with ANSI escape sequences.
    Ansi,
    /// A vector picture.
    Svg,
}

impl PictureFormat {
    /// All of them with the endings of their files.
    pub const ALL: [(PictureFormat, &'static str); 3] =
        [(PictureFormat::Text, "txt"), (PictureFormat::Ansi, "ansi"), (PictureFormat::Svg, "svg")];

    /// The form of a file with that ending.
    pub fn of(ending: &str) -> Option<PictureFormat> {
        PictureFormat::ALL.iter().find(|(_, known)| *known == ending).map(|(form, _)| *form)
    }

    /// The picture of a screen, on a dark background.
    ///
    /// ```
    /// use ratatui_core::buffer::Buffer;
    /// use ringscope_screen::view::picture::PictureFormat;
    ///
    /// let screen = Buffer::with_lines(["r0 → r6", "GET 400"]);
    /// assert_eq!(PictureFormat::Text.draw(&screen), "r0 → r6\nGET 400\n");
    /// assert!(PictureFormat::Svg.draw(&screen).starts_with("<svg"));
    /// ```
    pub fn draw(self, buffer: &Buffer) -> String {
        self.draw_on(Background::Dark, buffer)
    }

    /// The picture of a screen, on that background. Text is shown on whatever background there is.
    pub fn draw_on(self, background: Background, buffer: &Buffer) -> String {
        match self {
            PictureFormat::Text => text(buffer),
            PictureFormat::Ansi => ansi(buffer),
            PictureFormat::Svg => svg(buffer, Plain::on(background)),
        }
    }
}

/// A row's cells from left to right, without those that lie under a wide character.
fn cells(buffer: &Buffer, y: u16) -> impl Iterator<Item = (u16, &Cell)> {
    let mut covered = 0;
    (0..buffer.area.width).filter_map(move |x| {
        if covered > 0 {
            covered -= 1;
            return None;
        }
        let cell = &buffer[(buffer.area.x + x, buffer.area.y + y)];
        covered = cell.symbol().width().saturating_sub(1);
        Some((x, cell))
    })
}

fn text(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in 0..buffer.area.height {
        let line: String = cells(buffer, y).map(|(_, cell)| cell.symbol()).collect();
        text += line.trim_end();
        text.push('\n');
    }
    text
}

fn ansi(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in 0..buffer.area.height {
        let mut last = String::new();
        for (_, cell) in cells(buffer, y) {
            let codes = codes(cell);
            if codes != last {
                let _ = write!(text, "\u{1b}[0{codes}m");
                last = codes;
            }
            text += cell.symbol();
        }
        if !last.is_empty() {
            text += "\u{1b}[0m";
        }
        text.push('\n');
    }
    text
}

/// The codes of a cell's style, each after a semicolon (ECMA-48, section 8.3.117).
pub(crate) fn codes(cell: &Cell) -> String {
    let mut codes = String::new();
    for (modifier, code, _) in MODIFIERS {
        if cell.modifier.contains(modifier) {
            let _ = write!(codes, ";{code}");
        }
    }
    for (color, base) in [(cell.fg, 30), (cell.bg, 40)] {
        let _ = if let Some(index) = named(color) {
            write!(codes, ";{}", if index < 8 { base + index } else { base + 52 + index })
        } else if let Color::Indexed(index) = color {
            write!(codes, ";{};5;{index}", base + 8)
        } else if let Color::Rgb(red, green, blue) = color {
            write!(codes, ";{};2;{red};{green};{blue}", base + 8)
        } else {
            Ok(())
        };
    }
    codes
}

/// What is told apart beside colours: its code, and how it is written in SVG.
const MODIFIERS: [(Modifier, u8, &str); 5] = [
    (Modifier::BOLD, 1, " font-weight=\"bold\""),
    (Modifier::DIM, 2, " opacity=\"0.6\""),
    (Modifier::ITALIC, 3, " font-style=\"italic\""),
    (Modifier::UNDERLINED, 4, " text-decoration=\"underline\""),
    // Reverse is done by exchanging the colours.
    (Modifier::REVERSED, 7, ""),
];

/// The named colours in the order of their codes, and what they are in a picture.
const NAMED: [(Color, u32); 16] = [
    (Color::Black, 0x00_00_00),
    (Color::Red, 0xcd_31_31),
    (Color::Green, 0x0d_bc_79),
    (Color::Yellow, 0xe5_e5_10),
    (Color::Blue, 0x24_72_c8),
    (Color::Magenta, 0xbc_3f_bc),
    (Color::Cyan, 0x11_a8_cd),
    (Color::Gray, 0xc8_cc_d2),
    (Color::DarkGray, 0x66_6c_78),
    (Color::LightRed, 0xf1_4c_4c),
    (Color::LightGreen, 0x23_d1_8b),
    (Color::LightYellow, 0xf5_f5_43),
    (Color::LightBlue, 0x3b_8e_ea),
    (Color::LightMagenta, 0xd6_70_d6),
    (Color::LightCyan, 0x29_b8_db),
    (Color::White, 0xff_ff_ff),
];

/// The width and height of a cell of the picture, and where in it letters stand.
const CELL: (u32, u32, u32) = (9, 18, 14);

/// Text and background where a cell names neither.
#[derive(Clone, Copy)]
struct Plain {
    text: u32,
    background: u32,
}

impl Plain {
    fn on(background: Background) -> Plain {
        match background {
            Background::Dark => Plain { text: 0xd8_dc_e4, background: 0x12_14_1a },
            Background::Light => Plain { text: 0x1b_1f_26, background: 0xfc_fc_fa },
        }
    }
}

/// A picture whose every cell has the same size, whatever font there is.
fn svg(buffer: &Buffer, plain: Plain) -> String {
    let mut svg = begin_svg(buffer.area, plain);
    for y in 0..buffer.area.height {
        for run in runs(buffer, y) {
            write_ground(&mut svg, &run, u32::from(y), plain);
            write_text(&mut svg, &run, u32::from(y), plain);
        }
    }
    svg += "</svg>\n";
    svg
}

/// The start of a picture of so many cells, and its background.
fn begin_svg(area: Rect, plain: Plain) -> String {
    let (cell_width, cell_height, _) = CELL;
    let (width, height) =
        (u32::from(area.width) * cell_width, u32::from(area.height) * cell_height);
    format!(
        concat!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" ",
            "viewBox=\"0 0 {} {}\" font-family=\"'DejaVu Sans Mono','JetBrains Mono',",
            "'Cascadia Mono',Menlo,Consolas,monospace\" font-size=\"15\">\n",
            "<rect width=\"100%\" height=\"100%\" fill=\"#{:06x}\"/>\n"
        ),
        width, height, width, height, plain.background
    )
}

/// Cells side by side that look the same.
struct Run<'a> {
    x: u16,
    width: u16,
    text: String,
    like: &'a Cell,
}

fn runs(buffer: &Buffer, y: u16) -> Vec<Run<'_>> {
    let mut runs: Vec<Run<'_>> = Vec::new();
    for (x, cell) in cells(buffer, y) {
        let width = super::geometry::cells(cell.symbol().width().max(1));
        let is_same = |run: &&mut Run<'_>| {
            let same =
                (run.like.fg, run.like.bg, run.like.modifier) == (cell.fg, cell.bg, cell.modifier);
            // Symbols that fonts draw at widths of their own begin a run: it is set to its place.
            same && run.text.is_ascii() && cell.symbol().is_ascii()
        };
        match runs.last_mut().filter(is_same) {
            Some(run) => {
                run.text += cell.symbol();
                run.width += width;
            }
            None => runs.push(Run { x, width, text: cell.symbol().to_owned(), like: cell }),
        }
    }
    runs
}

impl Run<'_> {
    /// The colours of its text and its ground.
    fn shades(&self, plain: Plain) -> (u32, u32) {
        let (text, ground) =
            (shade(self.like.fg, plain.text), shade(self.like.bg, plain.background));
        match self.like.modifier.contains(Modifier::REVERSED) {
            true => (ground, text),
            false => (text, ground),
        }
    }
}

/// Its ground, where that is not the picture's.
fn write_ground(svg: &mut String, run: &Run<'_>, y: u32, plain: Plain) {
    let (cell_width, cell_height, _) = CELL;
    let (_, ground) = run.shades(plain);
    if ground != plain.background {
        let (x, top) = (u32::from(run.x) * cell_width, y * cell_height);
        let width = u32::from(run.width) * cell_width;
        let _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"{top}\" width=\"{width}\" height=\"{cell_height}\" fill=\"#{ground:06x}\"/>"
        );
    }
}

/// Its text, where there is any.
fn write_text(svg: &mut String, run: &Run<'_>, y: u32, plain: Plain) {
    if run.text.trim().is_empty() {
        return;
    }
    let (cell_width, cell_height, baseline) = CELL;
    let (text, _) = run.shades(plain);
    // Spaces at the ends are not drawn by all that show SVG, and would stretch the rest.
    let before = u32::try_from(run.text.len() - run.text.trim_start().len()).unwrap_or(0);
    let behind = u32::try_from(run.text.len() - run.text.trim_end().len()).unwrap_or(0);
    let x = (u32::from(run.x) + before) * cell_width;
    let width = (u32::from(run.width) - before - behind) * cell_width;
    let marks: String = MODIFIERS
        .iter()
        .filter(|(modifier, ..)| run.like.modifier.contains(*modifier))
        .map(|(_, _, attribute)| *attribute)
        .collect();
    let _ = writeln!(
        svg,
        "<text x=\"{x}\" y=\"{}\" textLength=\"{width}\" lengthAdjust=\"spacingAndGlyphs\" \
         xml:space=\"preserve\" fill=\"#{text:06x}\"{marks}>{}</text>",
        y * cell_height + baseline,
        escaped(run.text.trim())
    );
}

/// Text as XML has it.
pub(crate) fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            // XML 1.0 has no way to write these.
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
        out
    })
}

fn shade(color: Color, plain: u32) -> u32 {
    const CUBE: [u32; 6] = [0, 95, 135, 175, 215, 255];
    if let Some(index) = named(color) {
        return NAMED[index].1;
    }
    if let Color::Rgb(red, green, blue) = color {
        return u32::from_be_bytes([0, red, green, blue]);
    }
    let Color::Indexed(index) = color else { return plain };
    match usize::from(index) {
        index @ 0..16 => NAMED[index].1,
        index @ 16..232 => {
            let index = index - 16;
            CUBE[index / 36] << 16 | CUBE[index / 6 % 6] << 8 | CUBE[index % 6]
        }
        _ => (8 + (u32::from(index) - 232) * 10) * 0x01_01_01,
    }
}

/// The place of a named colour in the order of the codes.
fn named(color: Color) -> Option<usize> {
    NAMED.iter().position(|(name, _)| *name == color)
}

#[cfg(test)]
mod tests {
    use ratatui_core::style::Style;

    use super::*;

    fn buffer() -> Buffer {
        let mut buffer = Buffer::with_lines(["a <b>&  ", "鍵 \u{25cf}    "]);
        buffer.set_style((0, 0, 1, 1).into_rect(), Style::new().fg(Color::LightRed).bold());
        buffer.set_style((2, 0, 3, 1).into_rect(), Style::new().reversed().fg(Color::Rgb(1, 2, 3)));
        buffer
    }

    trait IntoRect {
        fn into_rect(self) -> Rect;
    }

    impl IntoRect for (u16, u16, u16, u16) {
        fn into_rect(self) -> Rect {
            Rect::new(self.0, self.1, self.2, self.3)
        }
    }

    #[test]
    fn plain_text_has_no_space_at_the_ends_of_its_lines() {
        assert_eq!(text(&buffer()), "a <b>&\n鍵 ●\n");
    }

    #[test]
    fn ansi_text_says_each_style_once_and_ends_it() {
        let drawn = ansi(&buffer());
        let first = drawn.lines().next().unwrap();
        let expected = "\u{1b}[0;1;91ma\u{1b}[0m \u{1b}[0;7;38;2;1;2;3m<b>\u{1b}[0m&  ";
        assert_eq!(first, expected);
    }

    #[test]
    fn a_vector_picture_escapes_its_text_and_closes_what_it_opens() {
        let drawn = svg(&buffer(), Plain::on(Background::Dark));
        assert!(drawn.contains(">&lt;b&gt;</text>"), "{drawn}");
        assert!(drawn.contains("fill=\"#010203\""));
        assert!(drawn.contains("width=\"72\" height=\"36\""));
        assert_eq!(drawn.matches("<text").count(), drawn.matches("</text>").count());
        assert!(drawn.starts_with("<svg ") && drawn.ends_with("</svg>\n"));
    }

    #[test]
    fn a_vector_picture_is_dark_unless_a_light_one_is_asked_for() {
        let [plain, dark, light] = [
            PictureFormat::Svg.draw(&buffer()),
            PictureFormat::Svg.draw_on(Background::Dark, &buffer()),
            PictureFormat::Svg.draw_on(Background::Light, &buffer()),
        ];
        assert_eq!(plain, dark);
        assert!(dark.contains("height=\"100%\" fill=\"#12141a\""), "{dark}");
        assert!(light.contains("height=\"100%\" fill=\"#fcfcfa\""), "{light}");
        assert!(!light.contains("d8dce4"), "{light}");
    }

    #[test]
    fn what_xml_cannot_say_is_replaced() {
        assert_eq!(escaped("a\u{1b}\"\u{ffff}"), "a\u{fffd}&quot;\u{fffd}");
    }

    #[test]
    fn a_form_is_found_by_the_ending_of_a_file() {
        assert_eq!(PictureFormat::of("svg"), Some(PictureFormat::Svg));
        assert_eq!(PictureFormat::of("png"), None);
    }
}
