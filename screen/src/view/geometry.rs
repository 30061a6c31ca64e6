//! Circles on a grid of cells: where keys lie on the ring, and how big it can be.
//!
//! Lengths are in units of a Braille dot. A cell is 2 units wide and 4 high, so that a unit is as long
//! across as it is down on a terminal whose cells are twice as high as wide.

use std::f64::consts::TAU;

use ratatui_core::layout::Rect;

/// A cell's width in units.
pub(super) const CELL_WIDTH: f64 = 2.0;

/// A cell's height in units.
pub(super) const CELL_HEIGHT: f64 = 4.0;

/// A place in units from the top left of an area.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
}

/// A cell of an area, counted from its top left; it may lie outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct GridCell {
    /// To the right.
    pub column: i32,
    /// Down.
    pub row: i32,
}

impl GridCell {
    /// The cell so many columns to the right and rows down from here.
    pub(super) fn moved(self, columns: i32, rows: i32) -> GridCell {
        GridCell { column: self.column + columns, row: self.row + rows }
    }

    /// Its middle.
    pub(super) fn middle(self) -> Point {
        let middle = |cell: i32, length: f64| (f64::from(cell) + 0.5) * length;
        Point { x: middle(self.column, CELL_WIDTH), y: middle(self.row, CELL_HEIGHT) }
    }
}

impl Point {
    /// The cell in which it lies.
    pub(super) fn cell(self) -> GridCell {
        GridCell { column: floor(self.x / CELL_WIDTH), row: floor(self.y / CELL_HEIGHT) }
    }

    /// On the way to another point, 0 being here and 1 there.
    pub(super) fn towards(self, other: Point, part: f64) -> Point {
        let along = |a: f64, b: f64| a + (b - a) * part;
        Point { x: along(self.x, other.x), y: along(self.y, other.y) }
    }
}

/// The circle on which the ring is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Disc {
    /// Its middle.
    pub middle: Point,
    /// The outer radius of the arcs.
    pub outer: f64,
    /// Their inner radius.
    pub inner: f64,
    /// How far from the middle anything of the ring reaches: the bars outside of it, where it has any.
    pub reach: f64,
    /// How far inside of the arcs what lies within the circle begins.
    apart: f64,
}

impl Disc {
    /// The biggest circle that leaves columns for labels on both sides, and a row above and below.
    pub(super) fn within(area: Rect, label_width: u16) -> Disc {
        let across = f64::from(area.width.saturating_sub(2 * label_width)) * CELL_WIDTH;
        let down = f64::from(area.height.saturating_sub(2)) * CELL_HEIGHT;
        let outer = (across.min(down) / 2.0 - 0.5).max(1.0);
        let thickness = match outer {
            32.0.. => 4.0,
            16.0.. => 3.0,
            _ => 2.0,
        };
        let middle = Point {
            x: f64::from(area.width) * CELL_WIDTH / 2.0,
            y: f64::from(area.height) * CELL_HEIGHT / 2.0,
        };
        // So far in that keys share no cell with an arc, where there is room.
        let apart = if outer >= 16.0 { 5.0 } else { 2.5 };
        Disc { middle, outer, inner: (outer - thickness).max(0.5), reach: outer, apart }
    }

    /// The biggest circle with bars on both sides that leaves a row above.
    pub(super) fn with_bars(area: Rect) -> Disc {
        // There is nothing to stand below it.
        let whole = Disc::within(Rect { height: area.height.saturating_add(1), ..area }, 0);
        let reach = whole.outer;
        let outwards = (reach / 4.0).clamp(2.0, 16.0);
        let thickness = (reach / 16.0).clamp(1.0, 3.0);
        let outer = (reach - outwards).max(1.0);
        let inner = (outer - thickness).max(0.5);
        Disc { outer, inner, apart: (reach / 5.0).clamp(1.5, 12.0) + 1.0, ..whole }
    }

    /// Where an angle meets a circle of that radius; 0 is at the top, and it grows clockwise.
    pub(super) fn at(&self, angle: f64, radius: f64) -> Point {
        let (sin, cos) = angle.sin_cos();
        Point { x: self.middle.x + radius * sin, y: self.middle.y - radius * cos }
    }

    /// Where the nodes stand.
    pub(super) fn node(&self, angle: f64) -> Point {
        self.at(angle, (self.inner + self.outer) / 2.0)
    }

    /// Where keys and the ends of messages lie.
    pub(super) fn inside(&self) -> f64 {
        (self.inner - self.apart).max(0.0)
    }

    /// The angle at which a point is seen from the middle, from 0 on.
    pub(super) fn angle_of(&self, point: Point) -> f64 {
        let (x, y) = (point.x - self.middle.x, self.middle.y - point.y);
        x.atan2(y).rem_euclid(TAU)
    }

    /// How far a point is from the middle.
    pub(super) fn distance_of(&self, point: Point) -> f64 {
        (point.x - self.middle.x).hypot(point.y - self.middle.y)
    }

    /// How far the circle reaches to the left and right of its middle within a row of cells, in units.
    pub(super) fn half_width(&self, row: i32) -> Option<f64> {
        let top = f64::from(row) * CELL_HEIGHT - self.middle.y;
        let nearest = if top <= 0.0 && top + CELL_HEIGHT >= 0.0 {
            0.0
        } else {
            top.abs().min((top + CELL_HEIGHT).abs())
        };
        (nearest < self.outer).then(|| (self.outer.powi(2) - nearest.powi(2)).sqrt())
    }
}

/// Which keys lie on which part of the circle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Span {
    /// The keys' bounds.
    pub keys: (i64, i64),
    /// The angle of the lower bound.
    pub start: f64,
    /// How far it is from there to the angle of the upper one.
    pub sweep: f64,
}

impl Span {
    /// The whole key space, all round but for the place of the head: its id, 0, lies between the last key and the first.
    pub(super) fn all(keyspace: i64, disc: &Disc) -> Span {
        const LEAST_GAP: f64 = 8.0;
        const MOST: f64 = 1.0;
        let gap = (LEAST_GAP / disc.outer).clamp(0.3, MOST);
        Span { keys: (0, keyspace), start: gap, sweep: TAU - 2.0 * gap }
    }

    /// A key's angle; one outside of the bounds lies at the nearer one.
    pub(super) fn angle(&self, key: i64) -> f64 {
        self.start + part(key, self.keys.0, self.keys.1) * self.sweep
    }

    /// The part of the keys below an angle, 0 to 1; none where no keys are.
    pub(super) fn part_at(&self, angle: f64) -> Option<f64> {
        let along = (angle - self.start).rem_euclid(TAU);
        (along <= self.sweep).then(|| along / self.sweep)
    }
}

/// How far a number is from the first bound to the second, 0 to 1.
pub(super) fn part(number: i64, low: i64, high: i64) -> f64 {
    let [number, low, high] = [number, low, high].map(i128::from);
    let length = (high - low).max(1) as f64;
    ((number - low) as f64 / length).clamp(0.0, 1.0)
}

/// The whole part of a length that is not negative.
#[expect(clippy::cast_possible_truncation, reason = "a length on a screen; `as` saturates")]
pub(super) fn whole(length: f64) -> usize {
    length as usize
}

/// The whole number at or below it.
#[expect(clippy::cast_possible_truncation, reason = "a length on a screen; `as` saturates")]
pub(super) fn floor(length: f64) -> i32 {
    length.floor() as i32
}

/// A count of cells, as wide as a screen can be.
pub(super) fn cells(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_go_round_clockwise_from_the_top() {
        let disc = Disc::within(Rect::new(0, 0, 60, 24), 8);
        let span = Span::all(1000, &disc);
        let [first, quarter, half] = [0, 250, 500].map(|key| disc.at(span.angle(key), disc.outer));
        assert!(quarter.x > disc.middle.x && (quarter.y - disc.middle.y).abs() < disc.outer / 4.0);
        assert!(half.y > disc.middle.y && (half.x - disc.middle.x).abs() < 1e-6);
        assert!(first.x > disc.middle.x + 2.0 && first.y < disc.middle.y, "the head is at the top");
    }

    #[test]
    fn the_circle_leaves_room_for_the_labels() {
        let area = Rect::new(0, 0, 60, 40);
        let disc = Disc::within(area, 12);
        let left = disc.at(0.75 * TAU, disc.outer).cell();
        let right = disc.at(0.25 * TAU, disc.outer).cell();
        assert!(left.column >= 12 && right.column < 48, "{left:?} {right:?}");
    }

    #[test]
    fn keys_of_any_size_have_a_place() {
        let disc = Disc::within(Rect::new(0, 0, 60, 24), 8);
        let span = Span::all(1_000_000_000_000_000, &disc);
        assert!((span.angle(i64::MIN) - span.start).abs() < 1e-9);
        assert!((span.angle(i64::MAX) - span.start - span.sweep).abs() < 1e-9);
        assert!(part(5, i64::MIN, i64::MAX) > 0.4);
        assert!(part(5, 9, 9).abs() < 1e-9);
    }
}
