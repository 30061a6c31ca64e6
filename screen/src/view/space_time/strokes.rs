//! Straight lines from cell to cell, in Braille dots or in signs that slope.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ratatui_core::style::Style;

use super::super::canvas::{Canvas, Grain, Ink, Meeting};
use super::super::geometry::{CELL_HEIGHT, CELL_WIDTH, Point, cells, whole};
use super::super::symbols::Symbols;

/// How finely a line of dots is sampled, in units of a dot.
const STEP: f64 = 0.5;

/// How long a dash and the gap behind it are, in units of a dot.
const DASH: f64 = 4.0;

/// From this slope on, in rows a column or in columns a row, a cell is crossed from corner to corner.
const SLANTED: f64 = 0.4;

/// A straight line between the middles of two cells, in columns and rows from the first cell's; it may begin and end
/// outside of the area.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct LineStroke {
    pub from: (f64, f64),
    pub to: (f64, f64),
    pub is_dashed: bool,
    pub style: Style,
}

/// Draws lines over an area, each over those before it.
pub(super) fn draw(strokes: &[LineStroke], symbols: Symbols, area: Rect, buffer: &mut Buffer) {
    let rows = (-0.5, f64::from(area.height) - 0.5);
    let clipped: Vec<LineStroke> =
        strokes.iter().filter_map(|stroke| stroke.within(rows)).collect();
    match symbols {
        Symbols::Braille => draw_dots(&clipped, area, buffer),
        Symbols::HalfBlocks => draw_signs(&clipped, &SLOPES, area, buffer),
        Symbols::Ascii => draw_signs(&clipped, &ASCII_SLOPES, area, buffer),
    }
}

impl LineStroke {
    /// What of it lies between two rows.
    fn within(self, (top, bottom): (f64, f64)) -> Option<LineStroke> {
        let (start, end) = (self.from.1, self.to.1);
        if start.max(end) < top || start.min(end) >= bottom {
            return None;
        }
        let part = |row: f64| if end == start { 0.0 } else { (row - start) / (end - start) };
        let at = |part: f64| {
            (self.from.0 + (self.to.0 - self.from.0) * part, start + (end - start) * part)
        };
        let from = if start < top { at(part(top)) } else { self.from };
        let to = if end > bottom { at(part(bottom)) } else { self.to };
        Some(LineStroke { from, to, ..self })
    }

    /// How many columns and rows it goes.
    fn extent(&self) -> (f64, f64) {
        (self.to.0 - self.from.0, self.to.1 - self.from.1)
    }
}

fn draw_dots(strokes: &[LineStroke], area: Rect, buffer: &mut Buffer) {
    let mut canvas = Canvas::new(area, Grain::Braille);
    for (ink, stroke) in (0_u16..).zip(strokes) {
        let middle = |(column, row): (f64, f64)| Point {
            x: (column + 0.5) * CELL_WIDTH,
            y: (row + 0.5) * CELL_HEIGHT,
        };
        let (from, to) = (middle(stroke.from), middle(stroke.to));
        let length = (to.x - from.x).hypot(to.y - from.y);
        let steps = whole(length / STEP) + 1;
        for step in 0..=steps {
            let is_gap = stroke.is_dashed && step as f64 * STEP % DASH >= DASH / 2.0;
            if !is_gap {
                let part = step as f64 / steps as f64;
                canvas.dot(from.towards(to, part), Ink(ink), Meeting::Together);
            }
        }
    }
    canvas.draw(buffer, Meeting::Together, |ink| {
        strokes.get(usize::from(ink.0)).map_or_else(Style::new, |stroke| stroke.style)
    });
}

/// The signs of lines that slope: at three heights of a cell, down, up, and along.
struct Slopes {
    high: &'static str,
    middle: &'static str,
    low: &'static str,
    down: &'static str,
    up: &'static str,
    along: &'static str,
}

const SLOPES: Slopes =
    Slopes { high: "▔", middle: "─", low: "▁", down: "╲", up: "╱", along: "│" };

const ASCII_SLOPES: Slopes =
    Slopes { high: "`", middle: "-", low: "_", down: "\\", up: "/", along: "|" };

impl Slopes {
    /// The sign for a line that leaves a cell's middle by so many rows, -0.5 to 0.5.
    fn level(&self, rows: f64) -> &'static str {
        if rows < -1.0 / 6.0 {
            self.high
        } else if rows <= 1.0 / 6.0 {
            self.middle
        } else {
            self.low
        }
    }
}

fn draw_signs(strokes: &[LineStroke], slopes: &Slopes, area: Rect, buffer: &mut Buffer) {
    for stroke in strokes {
        let (across, down) = stroke.extent();
        let slanted = if across * down < 0.0 { slopes.up } else { slopes.down };
        let is_flat = across.abs() >= down.abs();
        let length = whole(across.abs().max(down.abs()).round());
        for step in 0..=length {
            let part = step as f64 / length.max(1) as f64;
            let (column, row) = (stroke.from.0 + across * part, stroke.from.1 + down * part);
            let sign = match is_flat {
                true if down.abs() > across.abs() * SLANTED => slanted,
                true => slopes.level(row - row.round()),
                false if across.abs() > down.abs() * SLANTED => slanted,
                false => slopes.along,
            };
            let is_gap = stroke.is_dashed && step % 2 == 1;
            if !is_gap && column >= 0.0 && row > -0.5 {
                let place =
                    (area.x + cells(whole(column.round())), area.y + cells(whole(row.round())));
                if area.contains(place.into())
                    && let Some(cell) = buffer.cell_mut(place)
                {
                    cell.reset();
                    cell.set_symbol(sign).set_style(stroke.style);
                }
            }
        }
    }
}
