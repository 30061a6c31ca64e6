//! Where labels go: each beside what it names, on the nearest free row of its side.

use ratatui_core::layout::Rect;

use super::geometry::{CELL_HEIGHT, CELL_WIDTH, Disc, GridCell, Point, cells, floor};

/// How many rows a label may be away from what it names.
const FARTHEST: i32 = 6;

/// How many columns and rows a label within the circle may be away from what it names.
const NEAR: i32 = 3;
const NEAR_ROWS: u32 = 2;

/// The cells of an area that are free for labels.
#[derive(Debug, Clone)]
pub(super) struct Free {
    area: Rect,
    is_taken: Vec<bool>,
}

impl Free {
    /// All cells of the area.
    pub(super) fn new(area: Rect) -> Free {
        Free { area, is_taken: vec![false; usize::from(area.width) * usize::from(area.height)] }
    }

    fn index(&self, cell: GridCell) -> Option<usize> {
        let GridCell { column, row } = cell;
        let inside = 0..i32::from(self.area.width);
        let (x, y) = (usize::try_from(column).ok()?, usize::try_from(row).ok()?);
        let is_inside = inside.contains(&column) && row < i32::from(self.area.height);
        is_inside.then_some(y * usize::from(self.area.width) + x)
    }

    /// Takes a cell.
    pub(super) fn take(&mut self, cell: GridCell) {
        if let Some(index) = self.index(cell) {
            self.is_taken[index] = true;
        }
    }

    /// Takes all cells of a rectangle of the screen.
    pub(super) fn take_all(&mut self, place: Rect) {
        for position in place.positions() {
            self.take(GridCell {
                column: i32::from(position.x) - i32::from(self.area.x),
                row: i32::from(position.y) - i32::from(self.area.y),
            });
        }
    }

    /// Takes cells in a row if all of them are free, with one free or outside on either side.
    fn take_row(&mut self, first: GridCell, width: i32) -> Option<Rect> {
        let is_free = |cell| self.index(cell).is_some_and(|index| !self.is_taken[index]);
        let is_clear = |cell| self.index(cell).is_none_or(|index| !self.is_taken[index]);
        let fits = (0..width).all(|step| is_free(first.moved(step, 0)));
        if !fits || !is_clear(first.moved(-1, 0)) || !is_clear(first.moved(width, 0)) {
            return None;
        }
        (0..width).for_each(|step| self.take(first.moved(step, 0)));
        let [x, y, width] =
            [first.column, first.row, width].map(|at| u16::try_from(at).unwrap_or(0));
        Some(Rect { x: self.area.x + x, y: self.area.y + y, width, height: 1 })
    }

    /// A place outside of the circle, for the label of a node at that angle.
    pub(super) fn outside(&mut self, disc: &Disc, angle: f64, width: usize) -> Option<Rect> {
        let width = i32::from(cells(width));
        let GridCell { column, row } = disc.node(angle).cell();
        let x = angle.sin();
        let is_upright = x.abs() < 0.15;
        let above_or_below = if angle.cos() > 0.0 { row - 1 } else { row + 1 };
        if is_upright && disc.half_width(above_or_below).is_none() {
            let first = GridCell { column: column - width / 2, row: above_or_below };
            let place = self.take_row(first, width);
            if place.is_some() {
                return place;
            }
        }
        nearest_rows(row).find_map(|row| {
            let column =
                if x < 0.0 { leftmost(disc, row) - 1 - width } else { rightmost(disc, row) + 2 };
            self.take_row(GridCell { column, row }, width)
        })
    }

    /// A place within the circle at a point or a few cells from it, for a label that may hide what is drawn there.
    pub(super) fn inside(&mut self, disc: &Disc, point: Point, width: usize) -> Option<Rect> {
        let width = i32::from(cells(width));
        let GridCell { column: at, row } = point.cell();
        let rows = nearest_rows(row).take_while(|other| row.abs_diff(*other) <= NEAR_ROWS);
        let mut rows = rows;
        rows.find_map(|row| {
            let (first, end) = within(disc, row)?;
            let last = end - width;
            let is_near = |column: &i32| *column - at <= NEAR && at - (*column + width - 1) <= NEAR;
            let nearest = [at, at - width + 1, at - width / 2, at + 2, at - width - 1];
            let nearest = nearest.into_iter().filter(|_| last >= first);
            let inside = nearest.map(|column| column.clamp(first, last)).filter(is_near);
            let mut inside = inside;
            inside.find_map(|column| self.take_row(GridCell { column, row }, width))
        })
    }

    /// Takes that place if it is free, with a free cell on either side.
    pub(super) fn at(&mut self, cell: GridCell, width: usize) -> Option<Rect> {
        self.take_row(cell, i32::from(cells(width)))
    }

    /// Whether a cell is free.
    pub(super) fn has(&self, cell: GridCell) -> bool {
        self.index(cell).is_some_and(|index| !self.is_taken[index])
    }
}

/// The first column in a row that is a cell away from the arcs, and the first one that no longer is.
fn within(disc: &Disc, row: i32) -> Option<(i32, i32)> {
    let top = f64::from(row) * CELL_HEIGHT - disc.middle.y;
    let farthest = top.abs().max((top + CELL_HEIGHT).abs());
    let half = (disc.inner.powi(2) - farthest.powi(2)).max(0.0).sqrt();
    let column = |x: f64| floor(x / CELL_WIDTH);
    (half > 0.0).then(|| (column(disc.middle.x - half) + 2, column(disc.middle.x + half) - 1))
}

fn nearest_rows(row: i32) -> impl Iterator<Item = i32> {
    (0..=FARTHEST).flat_map(move |step| {
        let other = (step > 0).then_some(row - step);
        std::iter::once(row + step).chain(other)
    })
}

fn leftmost(disc: &Disc, row: i32) -> i32 {
    floor((disc.middle.x - disc.half_width(row).unwrap_or(0.0)) / CELL_WIDTH)
}

fn rightmost(disc: &Disc, row: i32) -> i32 {
    floor((disc.middle.x + disc.half_width(row).unwrap_or(0.0)) / CELL_WIDTH)
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn labels_never_overlap(
            width in 1_u16..160,
            height in 1_u16..60,
            angles in proptest::collection::vec(0.0..TAU, 1..40),
            length in 1_usize..14,
        ) {
            let area = Rect::new(3, 2, width, height);
            let disc = Disc::within(area, cells(length + 2));
            let mut free = Free::new(area);
            let places: Vec<Rect> =
                angles.iter().filter_map(|angle| free.outside(&disc, *angle, length)).collect();
            for (place, one) in places.iter().enumerate() {
                prop_assert_eq!(area.intersection(*one), *one);
                prop_assert!(places[..place].iter().all(|other| !one.intersects(*other)));
            }
        }
    }

    #[test]
    fn a_label_stands_on_the_side_of_its_node() {
        let area = Rect::new(0, 0, 60, 24);
        let disc = Disc::within(area, 10);
        let mut free = Free::new(area);
        let [right, left] = [0.25, 0.75].map(|part| free.outside(&disc, part * TAU, 7).unwrap());
        assert!(right.x > 30 && left.right() < 30);
        let top = free.outside(&disc, 0.0, 7).unwrap();
        assert_eq!((top.x, top.y), (27, 1));
    }

    #[test]
    fn a_message_has_its_label_within_the_arcs() {
        let area = Rect::new(0, 0, 42, 14);
        let disc = Disc::within(area, 9);
        let mut placed = 0;
        for part in 0..20 {
            let head = disc.at(TAU * f64::from(part) / 20.0, disc.inside());
            let Some(place) = Free::new(area).inside(&disc, head, 13) else { continue };
            placed += 1;
            let away = i32::from(place.y).abs_diff(head.cell().row);
            assert!(away <= NEAR_ROWS, "{place:?} {head:?}");
            let (first, end) = within(&disc, i32::from(place.y)).unwrap();
            assert!(i32::from(place.x) >= first && i32::from(place.right()) <= end);
        }
        assert!(placed > 10, "{placed} of 20 have room");
    }

    #[test]
    fn sixteen_nodes_all_have_room() {
        let area = Rect::new(0, 0, 42, 19);
        let disc = Disc::within(area, 10);
        let mut free = Free::new(area);
        let placed =
            (0..16).filter(|node| free.outside(&disc, TAU * f64::from(*node) / 16.0, 8).is_some());
        assert_eq!(placed.count(), 16);
    }
}
