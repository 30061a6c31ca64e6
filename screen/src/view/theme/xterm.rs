//! What xterm shows: the looks of the colours that a terminal decides are taken from it.

use ratatui_core::style::Color;

/// The red, green and blue that xterm shows for a colour in its default settings (`XTerm-col.ad`); black for none.
pub(super) fn shown(color: Color) -> [u8; 3] {
    const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];
    match color {
        Color::Rgb(red, green, blue) => [red, green, blue],
        Color::Indexed(index @ 16..=231) => {
            let index = usize::from(index - 16);
            [CUBE[index / 36], CUBE[index / 6 % 6], CUBE[index % 6]]
        }
        Color::Indexed(index @ 232..) => [8 + (index - 232) * 10; 3],
        Color::Red => [205, 0, 0],
        Color::Green => [0, 205, 0],
        Color::Yellow => [205, 205, 0],
        Color::Blue => [0, 0, 238],
        Color::Magenta => [205, 0, 205],
        Color::Cyan => [0, 205, 205],
        Color::Gray => [229, 229, 229],
        Color::DarkGray => [127, 127, 127],
        Color::LightRed => [255, 0, 0],
        Color::LightGreen => [0, 255, 0],
        Color::LightYellow => [255, 255, 0],
        Color::LightBlue => [92, 92, 255],
        Color::LightMagenta => [255, 0, 255],
        Color::LightCyan => [0, 255, 255],
        Color::White => [255, 255, 255],
        Color::Reset | Color::Black | Color::Indexed(0..16) => [0, 0, 0],
    }
}
