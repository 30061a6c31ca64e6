//! Lines of a word and what there is to say about it, broken into the rows of a pane that can be scrolled.

use ratatui_core::layout::{Position, Rect};
use ratatui_core::style::Style;
use ringscope_sim::protocol::Key;
use unicode_width::UnicodeWidthStr as _;

use crate::app::Selection;

use super::framed::{self, VisibleRows};
use super::{Paint, geometry};

/// The width of the words before the values.
const LABEL: usize = 13;

/// A line: the word before it, and its pieces.
#[derive(Debug, Default)]
pub(super) struct LabelledLine {
    /// The word before it; the pieces begin at the edge where there is none.
    pub label: &'static str,
    /// What there is to say.
    pub pieces: Vec<LineSpan>,
}

/// A piece of a line.
#[derive(Debug)]
pub(super) struct LineSpan {
    pub text: String,
    style: Style,
    /// What it leads to.
    pub link: Option<Selection>,
}

impl LineSpan {
    /// Some text.
    pub(super) fn new(text: impl Into<String>, style: Style) -> LineSpan {
        LineSpan { text: text.into(), style, link: None }
    }

    /// Some text that leads to something; a space behind it is no part of it.
    pub(super) fn link(text: impl Into<String>, style: Style, link: Selection) -> LineSpan {
        LineSpan { text: text.into(), style, link: Some(link) }
    }

    /// A key.
    pub(super) fn of(key: Key, style: Style) -> LineSpan {
        LineSpan::link(format!("{key} "), style, Selection::Key(key))
    }
}

/// A line of one piece.
pub(super) fn line(label: &'static str, text: impl Into<String>, style: Style) -> LabelledLine {
    LabelledLine { label, pieces: vec![LineSpan::new(text, style)] }
}

/// A row of a line.
struct Laid<'a> {
    label: &'static str,
    indent: usize,
    words: Vec<(&'a str, &'a LineSpan)>,
}

/// Breaks lines into rows of that width, between words where it can.
fn lay(lines: &[LabelledLine], width: usize) -> Vec<Laid<'_>> {
    let mut rows = Vec::new();
    for line in lines {
        let indent = if line.label.is_empty() { 0 } else { LABEL };
        let mut laid = Laid { label: line.label, indent, words: Vec::new() };
        let mut room = width.saturating_sub(indent);
        let words = line
            .pieces
            .iter()
            .flat_map(|piece| piece.text.split_inclusive(' ').map(move |word| (word, piece)));
        for (word, piece) in words {
            if word.trim_end().width() > room && !laid.words.is_empty() {
                rows.push(std::mem::replace(
                    &mut laid,
                    Laid { label: "", indent, words: Vec::new() },
                ));
                room = width.saturating_sub(indent);
            }
            room = room.saturating_sub(word.width());
            laid.words.push((word, piece));
        }
        rows.push(laid);
    }
    rows
}

/// How many rows the lines take.
pub(super) fn height(lines: &[LabelledLine], width: u16) -> usize {
    lay(lines, width.into()).len()
}

/// Marks one of what the lines name, by its number.
pub(super) fn choose(lines: &mut [LabelledLine], chosen: usize, style: Style) {
    let pieces = lines.iter_mut().flat_map(|line| &mut line.pieces);
    if let Some(piece) = pieces.filter(|piece| piece.link.is_some()).nth(chosen) {
        piece.style = style;
    }
}

/// The row in which the chosen one of what the lines name begins.
pub(super) fn row_of(lines: &[LabelledLine], width: u16, chosen: usize) -> Option<usize> {
    let links = lines.iter().flat_map(|line| &line.pieces).filter(|piece| piece.link.is_some());
    let piece: &LineSpan = links.clone().nth(chosen)?;
    let is_it = |(_, other): &(&str, &LineSpan)| std::ptr::eq(*other, piece);
    lay(lines, width.into()).iter().position(|laid| laid.words.iter().any(is_it))
}

/// Draws the lines, without so many rows at the top, and a bar where there are more than fit.
pub(super) fn draw(lines: &[LabelledLine], scrolled: usize, paint: &mut Paint<'_>) {
    let rows = lay(lines, paint.area.width.into());
    let height = usize::from(paint.area.height);
    let first = scrolled.min(rows.len().saturating_sub(height));
    for (index, laid) in rows.iter().skip(first).take(height).enumerate() {
        draw_row(laid, &mut paint.row(index));
    }
    framed::scrollbar(VisibleRows { first, rows: height, count: rows.len() }, paint);
}

fn draw_row(laid: &Laid<'_>, paint: &mut Paint<'_>) {
    let label = paint.look.theme.label();
    let mut pen = paint.pen();
    pen.column(laid.label, laid.indent, label);
    for (word, piece) in &laid.words {
        // The space behind a link is not the link, which shows where that is selected.
        let shown = if piece.link.is_some() { word.trim_end() } else { word };
        pen.write(shown, piece.style).gap(word.width() - shown.width());
    }
}

/// What is named at a position, as it was drawn.
pub(super) fn link_at(
    lines: &[LabelledLine],
    scrolled: usize,
    area: Rect,
    position: Position,
) -> Option<Selection> {
    let Position { x, y } = position;
    let rows = lay(lines, area.width.into());
    let first = scrolled.min(rows.len().saturating_sub(area.height.into()));
    let laid = rows.get(first + usize::from(y.checked_sub(area.y)?))?;
    let mut right = area.x + geometry::cells(laid.indent);
    for (word, piece) in &laid.words {
        let left = right;
        right = right.saturating_add(geometry::cells(word.trim_end().width()));
        if (left..right).contains(&x) {
            return piece.link;
        }
        right = left.saturating_add(geometry::cells(word.width()));
    }
    None
}

#[cfg(test)]
mod tests {
    use ratatui_core::buffer::Buffer;

    use super::*;
    use crate::view::tests::look;
    use crate::view::{symbols::Symbols, theme::Palette};

    fn lines() -> Vec<LabelledLine> {
        let keys = (1..=6).map(|key| LineSpan::of(Key(key * 100), Style::new())).collect();
        vec![
            line("state", "takes what comes", Style::new()),
            LabelledLine { label: "keys", pieces: keys },
        ]
    }

    fn drawn(scrolled: usize, width: u16, height: u16) -> Vec<String> {
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        let look = look(Palette::Off, Symbols::Ascii);
        draw(&lines(), scrolled, &mut Paint::new(&mut buffer, &look));
        let rows = buffer.content.chunks(width.into());
        rows.map(|row| row.iter().map(|cell| cell.symbol()).collect()).collect()
    }

    #[test]
    fn what_does_not_fit_goes_on_in_the_next_row() {
        assert_eq!(height(&lines(), 25), 4);
        let rows = [
            "state        takes what  ",
            "             comes       ",
            "keys         100 200 300 ",
            "             400 500 600 ",
        ];
        assert_eq!(drawn(0, 25, 4), rows);
        assert_eq!(drawn(1, 25, 3), rows[1..]);
        assert_eq!(drawn(99, 25, 2), rows[2..]);
    }

    #[test]
    fn a_key_is_where_it_was_drawn() {
        let area = Rect::new(5, 7, 25, 2);
        let at = |x, y| link_at(&lines(), 2, area, Position { x, y });
        assert_eq!(at(18, 7), Some(Selection::Key(Key(100))));
        assert_eq!(at(21, 7), None, "between two keys");
        assert_eq!(at(28, 8), Some(Selection::Key(Key(600))));
        assert_eq!([at(5, 7), at(18, 6), at(18, 9)], [None; 3]);
    }
}
