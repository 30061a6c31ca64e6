//! The head and the command node: the one on the ring at its id, the other outside of it, with a short link.

use std::f64::consts::PI;

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ringscope_traces::Rank;
use unicode_width::UnicodeWidthStr as _;

use super::super::geometry::{CELL_HEIGHT, Disc, GridCell, Point, cells, floor};
use super::super::labels::Free;
use super::super::scene::Scene;
use super::super::symbols::Symbol;
use super::super::words;
use super::model::{Glyph, Picture};
use super::{Label, LabelSubject};

/// The most cells of the link between the command node and the corner above the head.
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
    /// The cell of the link's corner, in the column of the head.
    corner: GridCell,
    /// The cells of the link between the corner and the command node: fewer where its name would have no room.
    length: i32,
    /// The cells of the link between the corner and the head: some where there are bars round the ring.
    rise: i32,
}

impl Outlet {
    /// Where both stand; `None` where no protocol says who they are. Of a part of the ring the head is at the bottom,
    /// where the rest of the ring is left out.
    pub(super) fn new(scene: &Scene<'_>, disc: &Disc, is_part: bool) -> Option<Outlet> {
        let roles = scene.app.timeline.roles()?;
        let (head, command) = (roles.head, roles.command);
        let (angle, beyond) = if is_part { (PI, 1) } else { (0.0, -1) };
        let node = disc.node(angle).cell();
        let has_bars = disc.reach > disc.outer;
        let rise = node.row - floor((disc.middle.y - disc.reach) / CELL_HEIGHT);
        let rise = if has_bars { rise.max(0) } else { 0 };
        let corner = node.moved(0, beyond * (1 + rise));
        let name = i32::from(cells(command_name(command).width()));
        let length = LINK.min(corner.column - 2 - name).max(1);
        Some(Outlet { head, command, angle, corner, length, rise })
    }

    /// The ends of a message's way between the two along the link, if it is one.
    pub(super) fn link(&self, from: Rank, to: Rank) -> Option<(Point, Point)> {
        let (command, corner) = (self.command_point(), self.corner.middle());
        match (from, to) {
            ends if ends == (self.command, self.head) => Some((command, corner)),
            ends if ends == (self.head, self.command) => Some((corner, command)),
            _ => None,
        }
    }

    fn command_cell(&self) -> GridCell {
        self.corner.moved(-self.length - 1, 0)
    }

    /// Where the command node stands.
    pub(super) fn command_point(&self) -> Point {
        self.command_cell().middle()
    }

    /// From the corner towards the head: a row down, or up where the head is at the bottom.
    fn inwards(&self) -> i32 {
        if self.angle > 0.0 { -1 } else { 1 }
    }

    /// The cells of the link between the corner and the head.
    fn riser(&self) -> impl Iterator<Item = GridCell> + use<> {
        let (corner, inwards) = (self.corner, self.inwards());
        (1..=self.rise).map(move |step| corner.moved(0, step * inwards))
    }

    /// Draws the link, and the two nodes.
    pub(super) fn draw(&self, scene: &Scene<'_>, picture: &Picture, buffer: &mut Buffer) {
        let corner = if self.inwards() < 0 { Symbol::LinkUp } else { Symbol::LinkDown };
        let waits = scene.deadlocked.iter().find(|one| self.link(one.rank, one.on).is_some());
        let style = waits.map_or(scene.look.theme.faint(), |_| scene.look.theme.bad());
        let mut put = |cell, symbol, style| {
            picture.put(cell, Glyph { symbol: scene.symbol(symbol), style }, buffer);
        };
        for step in 1..=self.length {
            put(self.corner.moved(-step, 0), Symbol::Link, style);
        }
        put(self.corner, corner, style);
        self.riser().for_each(|cell| put(cell, Symbol::LinkAlong, style));
        if let Some(blocked) = waits {
            let (step, symbol) = match blocked.on == self.head {
                true => (1, Symbol::PointsRight),
                false => (self.length, Symbol::PointsLeft),
            };
            put(self.corner.moved(-step, 0), symbol, style);
        }
        put(self.command_cell(), Symbol::Command, scene.look.theme.name());
        let is_selected = scene.rank() == Some(self.head);
        let symbol = if is_selected { Symbol::Selected } else { Symbol::Active };
        put(picture.disc.node(self.angle).cell(), symbol, scene.look.theme.name());
    }

    /// The names of both at their places, which take their cells.
    pub(super) fn labels(&self, scene: &Scene<'_>, free: &mut Free) -> Vec<Label> {
        // On a thick ring the arcs may reach as far as the link.
        let rows = [0, -self.inwards()];
        let style = |rank| match scene.rank() == Some(rank) {
            true => scene.look.theme.selected(),
            false => scene.look.theme.name(),
        };
        let mut command = command_name(self.command);
        let before = |name: &str| self.command_cell().moved(-1 - i32::from(cells(name.width())), 0);
        if before(&command).column < 0 {
            command = words::rank(self.command);
        }
        let before = before(&command);
        let behind = self.corner.moved(2, 0);
        let named = [(self.command, command, before), (self.head, head_name(self.head), behind)];
        let labels = named.into_iter().filter_map(|(rank, text, first)| {
            let mut places = rows.into_iter().map(|down| first.moved(0, down));
            let place = places.find_map(|cell| free.at(cell, text.width()))?;
            Some(Label { named: LabelSubject::Rank(rank), place, text, style: style(rank) })
        });
        let labels = labels.collect();
        (0..=self.length + 1).for_each(|step| free.take(self.corner.moved(-step, 0)));
        self.riser().for_each(|cell| free.take(cell));
        labels
    }

    /// A place for what is said of the link: behind the name of the head.
    pub(super) fn beside(&self, free: &mut Free, width: usize) -> Option<Rect> {
        let name = i32::from(cells(head_name(self.head).width()));
        free.at(self.corner.moved(2 + name + 2, 0), width)
    }
}

fn head_name(rank: Rank) -> String {
    format!("head r{rank}")
}

fn command_name(rank: Rank) -> String {
    format!("cmd r{rank}")
}
