//! The cells of a screen as numbers, four for each: its symbol, its two colours, and how it is drawn.

use ratatui_core::buffer::{Buffer, Cell};
use ratatui_core::style::Color;
use unicode_width::UnicodeWidthStr as _;

/// The bit of a symbol that is more than one character: the others are its place among the long symbols.
pub const LONG: u32 = 1 << 31;

/// The bit of a colour that is red, green and blue, and not the page's own for text or background.
pub const RGB: u32 = 1 << 24;

/// The bit of how a cell is drawn that says that its symbol is two cells wide. The lower 16 are ratatui's modifiers.
pub const WIDE: u32 = 1 << 16;

/// How many numbers a cell has.
pub const NUMBERS: usize = 4;

/// The cells of a screen, row by row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cells {
    /// The numbers of all cells.
    pub numbers: Vec<u32>,
    /// The symbols that are more than one character.
    pub long: Vec<String>,
}

impl Cells {
    /// Those of a screen, in the place of those that were there.
    pub fn take(&mut self, screen: &Buffer) {
        self.numbers.clear();
        self.long.clear();
        for cell in &screen.content {
            let symbol = self.symbol(cell.symbol());
            let wide = if cell.symbol().width() > 1 { WIDE } else { 0 };
            let drawn = u32::from(cell.modifier.bits()) | wide;
            self.numbers.extend([symbol, color(cell.fg), color(cell.bg), drawn]);
        }
    }

    fn symbol(&mut self, symbol: &str) -> u32 {
        let mut characters = symbol.chars();
        match (characters.next(), characters.next()) {
            (None, _) => u32::from(' '),
            (Some(only), None) => u32::from(only),
            (Some(_), Some(_)) => {
                self.long.push(symbol.to_owned());
                LONG | u32::try_from(self.long.len() - 1).expect("no screen has so many cells")
            }
        }
    }
}

/// A colour of the only palette that is used here: the page's own, or red, green and blue.
fn color(color: Color) -> u32 {
    match color {
        Color::Rgb(red, green, blue) => RGB | u32::from_be_bytes([0, red, green, blue]),
        Color::Reset
        | Color::Indexed(_)
        | Color::Black
        | Color::Red
        | Color::Green
        | Color::Yellow
        | Color::Blue
        | Color::Magenta
        | Color::Cyan
        | Color::Gray
        | Color::DarkGray
        | Color::LightRed
        | Color::LightGreen
        | Color::LightYellow
        | Color::LightBlue
        | Color::LightMagenta
        | Color::LightCyan
        | Color::White => 0,
    }
}

/// Whether a cell's colours are such that [`Cells`] can tell them.
pub fn is_told(cell: &Cell) -> bool {
    [cell.fg, cell.bg].iter().all(|one| *one == Color::Reset || color(*one) != 0)
}

#[cfg(test)]
mod tests {
    use ratatui_core::style::{Modifier, Style};

    use super::*;

    #[test]
    fn a_cell_is_four_numbers_and_a_symbol_of_several_characters_stands_beside_them() {
        let mut screen = Buffer::with_lines(["a\u{301}b宽"]);
        let style = Style::new().fg(Color::Rgb(1, 2, 3)).add_modifier(Modifier::BOLD);
        screen.set_style(ratatui_core::layout::Rect::new(1, 0, 1, 1), style);
        let mut cells = Cells::default();
        cells.take(&screen);
        let expected = [
            [LONG, 0, 0, 0],
            [u32::from('b'), RGB | 0x01_02_03, 0, 1],
            [u32::from('宽'), 0, 0, WIDE],
            [u32::from(' '), 0, 0, 0],
        ];
        assert_eq!(cells.numbers, expected.as_flattened());
        assert_eq!(cells.long, ["a\u{301}"]);
    }
}
