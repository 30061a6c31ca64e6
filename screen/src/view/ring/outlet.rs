//! The head and the command node: the one on the ring at its id, the other outside of it, with a short link.

use std::f64::consts::PI;

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ringscope_traces::Rank;
use unicode_width::UnicodeWidthStr as _;

use super::super::geometry::{CELL_HEIGHT, CELL_WIDTH, Disc, Point, cells};
use super::super::labels::Free;
use super::super::scene::Scene;
use super::super::symbols::Symbol;
use super::model::{Glyph, Picture};
use super::{Label, LabelSubject};

/// The cells of the link between the command node and the corner above the head.
const LINK: i32 = 6;

/// The head and the command node.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outlet {
    /// The head.
    pub head: Rank,
    /// The command node.
    pub command: Rank,
    /// Where the head stands on the ring: at its id, 0.
    pub angle: f64,
    /// The cell of the link's corner, next to the head.
    corner: (i32, i32),
}

impl Outlet {
    /// Where both stand; `None` where no protocol says who they are. Of a part of the ring the head is at the bottom,
    /// where the rest of the ring is left out.
    pub(super) fn new(scene: &Scene<'_>, disc: &Disc, is_part: bool) -> Option<Outlet> {
        let roles = scene.app.timeline.roles()?;
        let (angle, beyond) = if is_part { (PI, 1) } else { (0.0, -1) };
        let (column, row) = disc.node(angle).cell();
        let corner = (column, row + beyond);
        Some(Outlet { head: roles.head, command: roles.command, angle, corner })
    }

    /// The ends of a message's way between the two along the link, if it is one.
    pub(super) fn link(&self, from: Rank, to: Rank) -> Option<(Point, Point)> {
        let (command, corner) = (self.command_point(), middle_of(self.corner));
        match (from, to) {
            ends if ends == (self.command, self.head) => Some((command, corner)),
            ends if ends == (self.head, self.command) => Some((corner, command)),
            _ => None,
        }
    }

    /// Where the command node stands.
    pub(super) fn command_point(&self) -> Point {
        middle_of((self.corner.0 - LINK - 1, self.corner.1))
    }

    /// Draws the link, and the two nodes.
    pub(super) fn draw(&self, scene: &Scene<'_>, picture: &Picture, buffer: &mut Buffer) {
        let is_up = self.angle > 0.0;
        let corner = if is_up { Symbol::LinkUp } else { Symbol::LinkDown };
        let (column, row) = self.corner;
        let waits = scene.deadlocked.iter().find(|one| self.link(one.rank, one.on).is_some());
        let style = waits.map_or(scene.look.theme.faint(), |_| scene.look.theme.bad());
        let mut put = |cell, symbol, style| {
            picture.put(cell, Glyph { symbol: scene.symbol(symbol), style }, buffer);
        };
        for step in 1..=LINK {
            put((column - step, row), Symbol::Link, style);
        }
        put((column, row), corner, style);
        if let Some(blocked) = waits {
            let is_to_head = blocked.on == self.head;
            let (cell, symbol) = match is_to_head {
                true => ((column - 1, row), Symbol::PointsRight),
                false => ((column - LINK, row), Symbol::PointsLeft),
            };
            put(cell, symbol, style);
        }
        put((column - LINK - 1, row), Symbol::Command, scene.look.theme.name());
        let head = (column, if is_up { row - 1 } else { row + 1 });
        let is_selected = scene.rank() == Some(self.head);
        let symbol = if is_selected { Symbol::Selected } else { Symbol::Active };
        put(head, symbol, scene.look.theme.name());
    }

    /// The names of both at their places, which take their cells.
    pub(super) fn labels(&self, scene: &Scene<'_>, free: &mut Free) -> Vec<Label> {
        let (column, row) = self.corner;
        // On a thick ring the arcs may reach as far as the link.
        let rows = [row, if self.angle > 0.0 { row + 1 } else { row - 1 }];
        let style = |rank| match scene.rank() == Some(rank) {
            true => scene.look.theme.selected(),
            false => scene.look.theme.name(),
        };
        let head = format!("head r{}", self.head);
        let command = format!("cmd r{}", self.command);
        let before = column - LINK - 2 - i32::from(cells(command.width()));
        let named = [(self.command, command, before), (self.head, head, column + 2)];
        let labels = named.into_iter().filter_map(|(rank, text, column)| {
            let place = rows.into_iter().find_map(|row| free.at((column, row), text.width()))?;
            Some(Label { named: LabelSubject::Rank(rank), place, text, style: style(rank) })
        });
        let labels = labels.collect();
        (column - LINK - 1..=column).for_each(|column| free.take((column, row)));
        labels
    }

    /// A place for what is said of the link: behind the name of the head.
    pub(super) fn beside(&self, free: &mut Free, width: usize) -> Option<Rect> {
        let name = format!("head r{}", self.head);
        let column = self.corner.0 + 2 + i32::from(cells(name.width())) + 2;
        free.at((column, self.corner.1), width)
    }
}

fn middle_of(cell: (i32, i32)) -> Point {
    let middle = |cell: i32, length: f64| (f64::from(cell) + 0.5) * length;
    Point { x: middle(cell.0, CELL_WIDTH), y: middle(cell.1, CELL_HEIGHT) }
}
