//! Dots finer than cells, each with an ink, and arcs and lines made of them.

use std::ops::Range;

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ratatui_core::style::Style;

use super::geometry::{CELL_HEIGHT, CELL_WIDTH, Disc, Point, whole};
use super::symbols::Symbols;

/// How fine the dots are, and what they are drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grain {
    /// Eight dots in a cell, with gaps between them.
    Braille,
    /// Four quarters of a cell, without gaps.
    Quarters,
    /// Two halves of a cell, without gaps.
    Halves,
    /// Whole cells.
    Cells,
}

impl Grain {
    /// Of thin lines.
    pub(super) fn of_lines(symbols: Symbols) -> Grain {
        match symbols {
            Symbols::Braille => Grain::Braille,
            Symbols::HalfBlocks => Grain::Halves,
            Symbols::Ascii => Grain::Cells,
        }
    }

    /// Of the ring itself: solid, but where it is too small to be round that way.
    pub(super) fn of_ring(symbols: Symbols, disc: &Disc) -> Grain {
        const LEAST_SOLID: f64 = 12.0;
        match symbols {
            Symbols::Braille if disc.outer >= LEAST_SOLID => Grain::Quarters,
            Symbols::Braille | Symbols::HalfBlocks | Symbols::Ascii => Grain::of_lines(symbols),
        }
    }

    /// Of the bars round it: solid, but where their lengths would be few that way.
    pub(super) fn of_bars(symbols: Symbols, disc: &Disc) -> Grain {
        const LEAST_SOLID: f64 = 64.0;
        match symbols {
            Symbols::Braille if disc.reach >= LEAST_SOLID => Grain::Quarters,
            Symbols::Braille | Symbols::HalfBlocks | Symbols::Ascii => Grain::of_lines(symbols),
        }
    }

    /// Dots in a row and in a column of a cell.
    fn dots(self) -> (usize, usize) {
        match self {
            Grain::Braille => (2, 4),
            Grain::Quarters => (2, 2),
            Grain::Halves => (1, 2),
            Grain::Cells => (1, 1),
        }
    }
}

/// How finely a curve is sampled: half of the smallest dot, so that no dot on it is left out.
const STEP: f64 = 0.5;

/// What is left free at each end of an arc: a dot and a little, so that no two dots of neighbours are
/// side by side.
const CUT_BACK: f64 = 1.2;

/// What dots are drawn with; the greatest of a cell gives the cell its style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ink(pub u16);

/// Part of a circle.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arc {
    /// The angles at which it begins and ends.
    pub angles: (f64, f64),
    /// Whose it is.
    pub ink: Ink,
}

/// A thin line along a circle.
#[derive(Debug, Clone, Copy)]
pub(super) struct Curve {
    /// From where to where, and whose it is.
    pub arc: Arc,
    /// How far it is from the middle.
    pub radius: f64,
}

/// A grid of dots over an area of cells.
#[derive(Debug)]
pub(super) struct Canvas {
    area: Rect,
    grain: Grain,
    /// Dots in a row and in a column of a cell.
    dots: (usize, usize),
    /// By row; 0 is nothing, otherwise the ink and 1.
    inks: Vec<u16>,
}

/// What becomes of a cell in which dots of several inks meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meeting {
    /// Those of one ink stay and the others are cut back.
    Apart,
    /// All stay, in the style of one.
    Together,
}

impl Canvas {
    /// An empty grid.
    pub(super) fn new(area: Rect, grain: Grain) -> Canvas {
        let dots = grain.dots();
        let count = usize::from(area.width) * dots.0 * usize::from(area.height) * dots.1;
        Canvas { area, grain, dots, inks: vec![0; count] }
    }

    fn width(&self) -> usize {
        usize::from(self.area.width) * self.dots.0
    }

    fn height(&self) -> usize {
        usize::from(self.area.height) * self.dots.1
    }

    /// Sets the dot at a point; outside of the area there is none.
    pub(super) fn dot(&mut self, point: Point, ink: Ink, meeting: Meeting) {
        if point.x < 0.0 || point.y < 0.0 {
            return;
        }
        let x = whole(point.x / CELL_WIDTH * self.dots.0 as f64);
        let y = whole(point.y / CELL_HEIGHT * self.dots.1 as f64);
        if x >= self.width() || y >= self.height() {
            return;
        }
        let place = y * self.width() + x;
        let dot = &mut self.inks[place];
        // Of two arcs that come to the same dot the first keeps it, of two messages the greater.
        *dot = match meeting {
            Meeting::Apart if *dot != 0 => *dot,
            Meeting::Apart => ink.0 + 1,
            Meeting::Together => (*dot).max(ink.0 + 1),
        };
    }

    /// Part of the ring: two or three dots thick, without gaps, cut back at both ends.
    pub(super) fn arc(&mut self, disc: &Disc, arc: Arc) {
        let (from, to) = arc.angles;
        let mut radius = disc.inner + STEP / 2.0;
        while radius < disc.outer {
            // An arc that is shorter than what is cut off of it still gets its dot.
            let cut = (CUT_BACK / radius).min((to - from) / 2.0);
            let arc = Arc { angles: (from + cut, to - cut), ..arc };
            self.curve(disc, Curve { arc, radius }, Meeting::Apart);
            radius += STEP;
        }
    }

    /// Sets the dots between two circles that have an ink, by their angle and their distance from the middle.
    ///
    /// Dot by dot, since of what is as thick as bars are the dots are fewer than the steps along curves.
    pub(super) fn fill(
        &mut self,
        disc: &Disc,
        radii: Range<f64>,
        ink: impl Fn(f64, f64) -> Option<Ink>,
    ) {
        let (width, height) = (self.width(), self.height());
        let (dot_width, dot_height) =
            (CELL_WIDTH / self.dots.0 as f64, CELL_HEIGHT / self.dots.1 as f64);
        for y in 0..height {
            let down = (y as f64 + 0.5) * dot_height;
            for x in 0..width {
                let point = Point { x: (x as f64 + 0.5) * dot_width, y: down };
                let radius = disc.distance_of(point);
                if !radii.contains(&radius) {
                    continue;
                }
                if let Some(ink) = ink(disc.angle_of(point), radius) {
                    let dot = &mut self.inks[y * width + x];
                    *dot = (*dot).max(ink.0 + 1);
                }
            }
        }
    }

    /// A thin line along a circle.
    pub(super) fn curve(&mut self, disc: &Disc, curve: Curve, meeting: Meeting) {
        let Curve { arc: Arc { angles: (from, to), ink }, radius } = curve;
        let length = (to - from) * radius;
        let steps = whole(length.max(0.0) / STEP) + 1;
        for step in 0..=steps {
            let angle = from + (to - from).max(0.0) * step as f64 / steps as f64;
            self.dot(disc.at(angle, radius), ink, meeting);
        }
    }

    /// A thin straight line.
    pub(super) fn line(&mut self, from: Point, to: Point, ink: Ink) {
        let length = (to.x - from.x).hypot(to.y - from.y);
        let steps = whole(length / STEP) + 1;
        for step in 0..=steps {
            let part = step as f64 / steps as f64;
            self.dot(from.towards(to, part), ink, Meeting::Together);
        }
    }

    /// The dots of a cell: which of them are set, by row, and the ink that they are drawn with.
    pub(super) fn cell(&self, column: u16, row: u16, meeting: Meeting) -> Option<(u8, Ink)> {
        let dots = self.dots_of(column, row);
        if dots == [0; 8] {
            return None;
        }
        let ink = match meeting {
            Meeting::Apart => most_common(dots),
            Meeting::Together => dots.into_iter().max().unwrap_or(0),
        };
        let is_kept = |dot: u16| match meeting {
            Meeting::Apart => dot == ink,
            Meeting::Together => dot != 0,
        };
        let bits = (0..8).filter(|bit| is_kept(dots[*bit])).fold(0, |bits, bit| bits | 1_u8 << bit);
        Some((bits, Ink(ink.checked_sub(1)?)))
    }

    /// Whether there is any dot in a row of cells.
    fn has_dots(&self, row: u16) -> bool {
        let length = self.width() * self.dots.1;
        self.inks[usize::from(row) * length..][..length].iter().any(|ink| *ink != 0)
    }

    fn dots_of(&self, column: u16, row: u16) -> [u16; 8] {
        let mut dots = [0; 8];
        let (across, down) = self.dots;
        for y in 0..down {
            let start = (usize::from(row) * down + y) * self.width() + usize::from(column) * across;
            dots[y * across..][..across].copy_from_slice(&self.inks[start..][..across]);
        }
        dots
    }

    /// Draws the cells that have dots.
    pub(super) fn draw(&self, buffer: &mut Buffer, meeting: Meeting, style: impl Fn(Ink) -> Style) {
        // Most rows have no dots.
        for row in (0..self.area.height).filter(|row| self.has_dots(*row)) {
            for column in 0..self.area.width {
                let Some((bits, ink)) = self.cell(column, row, meeting) else { continue };
                let place = (self.area.x + column, self.area.y + row);
                let Some(cell) = buffer.cell_mut(place) else { continue };
                cell.set_char(self.glyph(bits, meeting)).set_style(style(ink));
            }
        }
    }

    fn glyph(&self, bits: u8, meeting: Meeting) -> char {
        match self.grain {
            Grain::Braille => braille(bits),
            Grain::Quarters => QUARTERS[usize::from(bits & 15)],
            Grain::Halves => match bits & 3 {
                1 => '▀',
                2 => '▄',
                _ => '█',
            },
            Grain::Cells => match meeting {
                Meeting::Apart => '#',
                Meeting::Together => '.',
            },
        }
    }
}

/// By the quarters that are set, numbered by row.
const QUARTERS: [char; 16] =
    [' ', '▘', '▝', '▀', '▖', '▌', '▞', '▛', '▗', '▚', '▐', '▜', '▄', '▙', '▟', '█'];

/// The ink of most of the dots, the smaller one of two that have as many; 0 without any.
fn most_common(dots: [u16; 8]) -> u16 {
    let first = dots.into_iter().find(|dot| *dot != 0).unwrap_or(0);
    if dots.iter().all(|dot| *dot == 0 || *dot == first) {
        return first;
    }
    let count = |ink: u16| dots.iter().filter(|dot| **dot == ink).count();
    let inks = dots.into_iter().filter(|dot| *dot != 0);
    inks.max_by_key(|ink| (count(*ink), std::cmp::Reverse(*ink))).unwrap_or(0)
}

/// The Braille pattern of dots that are numbered by row; Unicode numbers them by column, and the lowest
/// row last (Unicode 16, section 21.1).
fn braille(bits: u8) -> char {
    const PLACES: [u32; 8] = [0, 3, 1, 4, 2, 5, 6, 7];
    let pattern = PLACES
        .iter()
        .enumerate()
        .fold(0, |pattern, (bit, place)| pattern | u32::from(bits >> bit & 1) << place);
    char::from_u32(0x2800 + pattern).unwrap_or(' ')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use std::f64::consts::TAU;

    fn ring(area: Rect, grain: Grain, nodes: u16) -> (Canvas, Disc) {
        let disc = Disc::within(area, 6);
        let mut canvas = Canvas::new(area, grain);
        for node in 0..nodes {
            let angle = |node: u16| TAU * f64::from(node) / f64::from(nodes);
            canvas.arc(&disc, Arc { angles: (angle(node), angle(node + 1)), ink: Ink(node) });
        }
        (canvas, disc)
    }

    /// The dots that are drawn, with their inks, by row.
    fn drawn(canvas: &Canvas) -> Vec<Option<Ink>> {
        let (across, down) = canvas.dots;
        let mut dots = vec![None; canvas.inks.len()];
        for row in 0..canvas.area.height {
            for column in 0..canvas.area.width {
                let Some((bits, ink)) = canvas.cell(column, row, Meeting::Apart) else { continue };
                for bit in (0..across * down).filter(|bit| bits >> bit & 1 == 1) {
                    let y = usize::from(row) * down + bit / across;
                    let x = usize::from(column) * across + bit % across;
                    dots[y * canvas.width() + x] = Some(ink);
                }
            }
        }
        dots
    }

    fn has_dot_near(canvas: &Canvas, dots: &[Option<Ink>], point: Point, ink: Ink) -> bool {
        let x = whole(point.x / CELL_WIDTH * canvas.dots.0 as f64);
        let y = whole(point.y / CELL_HEIGHT * canvas.dots.1 as f64);
        let around = |at: usize, most: usize| at.saturating_sub(1)..=(at + 1).min(most - 1);
        around(y, canvas.height())
            .any(|y| around(x, canvas.width()).any(|x| dots[y * canvas.width() + x] == Some(ink)))
    }

    proptest! {
        #[test]
        fn an_arc_has_no_gaps(width in 20_u16..160, height in 8_u16..60, nodes in 1_u16..24) {
            for grain in [Grain::Braille, Grain::Quarters, Grain::Halves, Grain::Cells] {
                let area = Rect::new(0, 0, width, height);
                let (canvas, disc) = ring(area, grain, nodes);
                let dots = drawn(&canvas);
                let arc = TAU / f64::from(nodes);
                // What neighbours may lose: a cell's diagonal.
                let margin = CELL_WIDTH.hypot(CELL_HEIGHT) / disc.inner;
                for node in 0..nodes {
                    let start = arc * f64::from(node);
                    let mut angle = start + margin;
                    while angle < start + arc - margin {
                        let (point, ink) = (disc.node(angle), Ink(node));
                        prop_assert!(has_dot_near(&canvas, &dots, point, ink), "{grain:?} {angle}");
                        angle += STEP / disc.outer;
                    }
                }
            }
        }

        #[test]
        fn neighbours_never_touch(width in 20_u16..160, height in 8_u16..60, nodes in 2_u16..24) {
            let (canvas, disc) = ring(Rect::new(0, 0, width, height), Grain::Braille, nodes);
            // Shorter arcs are no more than a dot, and nothing can be cut off of that.
            prop_assume!(TAU * disc.inner / f64::from(nodes) > 3.0 * CUT_BACK);
            let dots = drawn(&canvas);
            for row in dots.chunks(canvas.width()) {
                for pair in row.windows(2) {
                    if let [Some(one), Some(other)] = pair {
                        prop_assert_eq!(one, other);
                    }
                }
            }
        }

        #[test]
        fn a_canvas_takes_dots_from_anywhere(x in -1e12..1e12, y in -1e12..1e12) {
            let mut canvas = Canvas::new(Rect::new(0, 0, 3, 2), Grain::Braille);
            canvas.dot(Point { x, y }, Ink(0), Meeting::Together);
        }
    }

    #[test]
    fn braille_dots_stand_where_they_were_set() {
        assert_eq!([0b1, 0b10, 0b100, 0b0100_0000, 0xff].map(braille), ['⠁', '⠈', '⠂', '⡀', '⣿']);
    }

    #[test]
    fn in_a_cell_where_owners_meet_the_one_with_more_dots_has_it() {
        assert_eq!(most_common([0, 0, 3, 3, 2, 2, 2, 0]), 2);
        assert_eq!(most_common([0; 8]), 0);
        assert_eq!(most_common([3, 3, 2, 2, 0, 0, 0, 0]), 2);
    }
}
