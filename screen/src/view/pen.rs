//! Text in a row of cells, cut where the row ends.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ratatui_core::style::{Modifier, Style};
use unicode_width::UnicodeWidthStr;

use super::geometry::cells;

/// Writes from left to right into one row, and no further than its end.
#[derive(Debug)]
pub struct Pen<'a> {
    buffer: &'a mut Buffer,
    x: u16,
    end: u16,
    y: u16,
}

impl<'a> Pen<'a> {
    /// At the start of the first row of an area.
    pub fn new(buffer: &'a mut Buffer, area: Rect) -> Pen<'a> {
        let row = area.intersection(buffer.area);
        let end = if row.is_empty() { row.x } else { row.right() };
        Pen { buffer, x: row.x, end, y: row.y }
    }

    /// How many cells are left.
    pub fn room(&self) -> usize {
        usize::from(self.end - self.x)
    }

    /// Writes what there is room for. What is written over something dim, such as a frame, is not dim with it.
    pub fn write(&mut self, text: &str, style: Style) -> &mut Self {
        let is_dim = style.add_modifier.contains(Modifier::DIM);
        let style = if is_dim { style } else { style.remove_modifier(Modifier::DIM) };
        if self.room() > 0 {
            let (x, _) = self.buffer.set_stringn(self.x, self.y, text, self.room(), style);
            self.x = x.min(self.end);
        }
        self
    }

    /// Writes the text as wide as this, with spaces behind it or cut.
    pub fn column(&mut self, text: &str, width: usize, style: Style) -> &mut Self {
        let end = self.x.saturating_add(cells(width)).min(self.end);
        let text = fitted(text, width);
        self.write(&text, style);
        self.x = end.max(self.x);
        self
    }

    /// Leaves cells free.
    pub fn gap(&mut self, width: usize) -> &mut Self {
        self.x = self.x.saturating_add(cells(width)).min(self.end);
        self
    }
}

/// The text, cut to a width, with a sign that it was.
pub(super) fn fitted(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut cut = String::new();
    for c in text.chars() {
        if cut.width() + unicode_width::UnicodeWidthChar::width(c).unwrap_or(0) >= width {
            break;
        }
        cut.push(c);
    }
    if width > 0 {
        cut.push(if text.is_ascii() { '~' } else { '…' });
    }
    cut
}

/// The rows of an area from a row on, each an area of its own.
pub(super) fn row(area: Rect, index: usize) -> Rect {
    let y = area.y.saturating_add(cells(index));
    Rect { y: y.min(area.bottom()), height: u16::from(y < area.bottom()), ..area }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_written_past_the_end_of_the_row() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 8, 2));
        Pen::new(&mut buffer, Rect::new(2, 0, 4, 1))
            .write("ab", Style::new())
            .write("cdef", Style::new());
        assert_eq!(buffer, Buffer::with_lines(["  abcd  ", "        "]));
    }

    #[test]
    fn an_area_outside_of_the_screen_takes_nothing() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 2, 1));
        let mut pen = Pen::new(&mut buffer, Rect::new(5, 9, 4, 1));
        pen.write("ab", Style::new()).gap(3).column("x", 9, Style::new());
        assert_eq!(pen.room(), 0);
    }

    #[test]
    fn what_is_cut_says_so() {
        assert_eq!(fitted("REDISTRIBUTE", 6), "REDIS~");
        assert_eq!(fitted("Schlüssel", 6), "Schlü…");
        assert_eq!([fitted("abc", 3), fitted("abc", 1), fitted("abc", 0)], ["abc", "~", ""]);
    }
}
