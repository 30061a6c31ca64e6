//! What is on the picture of the ring, and where.

use std::f64::consts::TAU;

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::{Position, Rect};
use ratatui_core::style::Style;
use ringscope_sim::protocol::arithmetic::Member;
use ringscope_sim::protocol::{NodeView, Role, StorageId, Viewed};
use ringscope_traces::Rank;

use super::super::geometry::{CELL_WIDTH, Disc, GridCell, Point, Span, cells, floor};
use super::super::labels::Free;
use super::super::layout::split_right;
use super::super::pen::Pen;
use super::super::scene::{Scene, Stage};
use super::super::symbols::Symbol;
use super::neighbourhood::{self, Neighbourhood};
use super::outlet::Outlet;
use super::overview::{self, Overview};
use super::{ALL_LABELLED, LEAST_RADIUS, NEIGHBOURHOOD, ZOOMED, angles};

/// From this width on a label has the count of the keys.
const WIDTH_FOR_COUNTS: u16 = 60;

/// How much of a ring there is room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RingForm {
    /// Every node, and what it owns.
    Whole,
    /// Segments of nodes, and the neighbourhood of the selected one beside them.
    Overview,
    /// The neighbourhood of the selected node alone, on a screen that it has for itself.
    Part,
}

impl RingForm {
    /// What there is room for in an area.
    pub(super) fn of(scene: &Scene<'_>, area: Rect) -> RingForm {
        /// So few are drawn one by one on a ring of any size.
        const ALWAYS_DRAWN: usize = 24;
        /// The least length of the circle for each node, and for its arc.
        const LEAST_APART: f64 = 4.0 * CELL_WIDTH;
        /// About what labels take.
        const LABELS: u16 = 10;
        let count = scene.owners().len();
        let circumference = Disc::within(area, LABELS).outer * TAU;
        let is_crowded = count > ALWAYS_DRAWN && circumference < LEAST_APART * count as f64;
        match (is_crowded, scene.app.view.is_zoomed) {
            (false, _) => RingForm::Whole,
            (true, false) => RingForm::Overview,
            (true, true) => RingForm::Part,
        }
    }
}

/// A node on the picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    /// Which one.
    pub rank: Rank,
    /// Its storage id.
    pub id: StorageId,
    /// Where on the circle.
    pub angle: f64,
    /// What it is to the ring.
    pub stage: Stage,
    /// Whether everything is about it.
    pub is_selected: bool,
    /// Whether it has a label if there is room.
    has_label: bool,
}

/// What is on the picture of the ring.
#[derive(Debug)]
pub(super) struct Picture {
    /// The cells that it covers.
    pub area: Rect,
    /// The circle.
    pub disc: Disc,
    /// Which keys are where on it.
    pub span: Span,
    /// The nodes, in the order of their angles.
    pub nodes: Vec<Node>,
    /// What each node owns, between which angles.
    pub arcs: Vec<(Rank, (f64, f64))>,
    /// Whether labels have the count of the keys.
    pub has_counts: bool,
    /// The segments, where there are too many nodes to draw each.
    pub overview: Option<Overview>,
    /// What is beside them.
    pub neighbourhood: Option<Neighbourhood>,
    /// The head and the command node, where there is a ring.
    pub outlet: Option<Outlet>,
}

/// What a cell gets.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glyph<'a> {
    /// What is written.
    pub symbol: &'a str,
    /// How.
    pub style: Style,
}

impl Picture {
    /// Works out what is where in an area.
    pub(super) fn new(scene: &Scene<'_>, area: Rect) -> Picture {
        let members = scene.owners();
        let form = RingForm::of(scene, area);
        if form == RingForm::Overview {
            return Picture::overview(scene, area);
        }
        let is_part = form == RingForm::Part;
        let seen = if is_part { part(scene, members) } else { members };
        let has_counts = area.width >= WIDTH_FOR_COUNTS && seen.len() <= ALL_LABELLED;
        let disc = Disc::within(area, cells(label_width(scene, seen, has_counts)));
        let span = match (seen, is_part) {
            ([first, .., last], true) => {
                let keys = (first.range.above.0, last.range.up_to.0);
                Span { keys, start: ZOOMED.0, sweep: ZOOMED.1 }
            }
            _ => Span::all(scene.keyspace, &disc),
        };
        let nodes = nodes(scene, seen, &span);
        let arcs = seen.iter().map(|member| (member.rank, angles(&span, member))).collect();
        let has_ring = disc.outer >= LEAST_RADIUS;
        let outlet = has_ring.then(|| Outlet::new(scene, &disc, is_part)).flatten();
        let (overview, neighbourhood) = (None, None);
        Picture { area, disc, span, nodes, arcs, has_counts, overview, neighbourhood, outlet }
    }

    /// The same of a ring with too many nodes to draw each.
    fn overview(scene: &Scene<'_>, area: Rect) -> Picture {
        let (ring, list) = beside(scene, area);
        let disc = Disc::with_bars(ring);
        let span = Span::all(scene.keyspace, &disc);
        let overview = Overview::new(scene, &disc, &span);
        let near = list.map(|list| Neighbourhood::new(scene, &overview, list));
        let owners = scene.owners();
        let arcs = owners.iter().map(|member| (member.rank, angles(&span, member))).collect();
        let is_near = |rank: Rank| {
            let mut nodes = near.iter().flat_map(|near| &near.nodes);
            nodes.any(|node| node.rank == rank) || Some(rank) == scene.rank()
        };
        let seen: Vec<Member> = owners.iter().copied().filter(|one| is_near(one.rank)).collect();
        let nodes = nodes(scene, &seen, &span);
        let has_ring = disc.reach >= LEAST_RADIUS;
        let outlet = has_ring.then(|| Outlet::new(scene, &disc, false)).flatten();
        Picture {
            area,
            disc,
            span,
            nodes,
            arcs,
            has_counts: false,
            overview: Some(overview),
            neighbourhood: near,
            outlet,
        }
    }

    /// Whether there is room for a ring at all.
    pub(super) fn has_ring(&self) -> bool {
        self.disc.reach >= LEAST_RADIUS
    }

    /// The nodes that are to have labels: first those that matter most, when room is short.
    pub(super) fn labelled(&self) -> impl Iterator<Item = &Node> {
        // The neighbourhood is a list of names.
        let nodes = if self.neighbourhood.is_none() { &self.nodes[..] } else { &[] };
        let first = nodes.iter().filter(|node| node.is_selected);
        first.chain(nodes.iter().filter(|node| node.has_label && !node.is_selected))
    }

    /// The nodes that are drawn: all, or those that have labels where they would hide the arcs.
    pub(super) fn marked(&self) -> impl Iterator<Item = &Node> {
        const LEAST_APART: f64 = 4.0 * CELL_WIDTH;
        let circumference = self.disc.outer * self.span.sweep;
        let is_crowded = self.overview.is_none()
            && circumference / (self.arcs.len().max(1) as f64) < LEAST_APART;
        let is_drawn = move |node: &&Node| {
            !is_crowded || node.is_selected || node.has_label || node.stage != Stage::Active
        };
        self.nodes.iter().filter(is_drawn)
    }

    /// Where labels may be: not on the arcs, nor on the line that closes the ring beside the head.
    pub(super) fn free(&self) -> Free {
        let mut free = Free::new(self.area);
        if self.overview.is_some() {
            self.take_bars(&mut free);
            return free;
        }
        let middle = (self.disc.inner + self.disc.outer) / 2.0;
        let steps = floor(self.disc.outer * TAU).max(1);
        for step in 0..steps {
            let angle = TAU * f64::from(step) / f64::from(steps);
            let is_on_arc = (angle - self.span.start).rem_euclid(TAU) <= self.span.sweep;
            free.take(self.disc.at(angle, middle).cell());
            for radius in [self.disc.inner, self.disc.outer].into_iter().filter(|_| is_on_arc) {
                free.take(self.disc.at(angle, radius).cell());
            }
        }
        free
    }

    /// Takes the cells on which there may be bars.
    fn take_bars(&self, free: &mut Free) {
        let band = self.disc.inside() + 1.0..self.disc.reach + 1.0;
        for row in 0..i32::from(self.area.height) {
            for column in 0..i32::from(self.area.width) {
                let cell = GridCell { column, row };
                let middle = cell.middle();
                let is_on_arc = || self.span.part_at(self.disc.angle_of(middle)).is_some();
                if band.contains(&self.disc.distance_of(middle)) && is_on_arc() {
                    free.take(cell);
                }
            }
        }
    }

    /// The node whose segment is at a cell: of those on the bars or the circle the one that owns the keys there.
    pub(super) fn owner_at(&self, scene: &Scene<'_>, cell: GridCell) -> Option<Rank> {
        let middle = cell.middle();
        let band = self.disc.inside()..self.disc.reach + CELL_WIDTH;
        self.overview.as_ref().filter(|_| band.contains(&self.disc.distance_of(middle)))?;
        let part = self.span.part_at(self.disc.angle_of(middle))?;
        let is_below = |member: &Member| {
            (self.span.angle(member.range.up_to.0) - self.span.start) / self.span.sweep < part
        };
        let owners = scene.owners();
        let place = owners.partition_point(is_below).min(owners.len().checked_sub(1)?);
        Some(owners[place].rank)
    }

    /// The place of a cell on the screen, if it is in the picture.
    pub(super) fn on_screen(&self, cell: GridCell) -> Option<Position> {
        let x = self.area.x.checked_add(u16::try_from(cell.column).ok()?)?;
        let y = self.area.y.checked_add(u16::try_from(cell.row).ok()?)?;
        let position = Position { x, y };
        self.area.contains(position).then_some(position)
    }

    /// Where a rank's messages begin and end: inside of its node on the ring, or at the command node beside it.
    pub(super) fn end_of(&self, scene: &Scene<'_>, rank: Rank) -> Option<Point> {
        let angle = match scene.node(rank)?.role {
            Role::Head => self.outlet?.angle,
            Role::Command => return Some(self.outlet?.command_point()),
            Role::Storage => self.angle_of(scene, rank)?,
        };
        Some(self.disc.at(angle, self.disc.inside()))
    }

    /// The ends of a message's way from one rank to another.
    pub(super) fn way(&self, scene: &Scene<'_>, from: Rank, to: Rank) -> Option<(Point, Point)> {
        if let Some(link) = self.outlet.and_then(|outlet| outlet.link(from, to)) {
            return Some(link);
        }
        let (from, to) = (self.end_of(scene, from)?, self.end_of(scene, to)?);
        (from != to).then_some((from, to))
    }

    /// Writes into a cell, if it is in the picture.
    pub(super) fn put(&self, cell: GridCell, glyph: Glyph<'_>, buffer: &mut Buffer) {
        let Some(place) = self.on_screen(cell) else { return };
        let place = Rect { x: place.x, y: place.y, width: 1, height: 1 };
        // What was there would dim it.
        if let Some(cell) = buffer.cell_mut(place.as_position()) {
            cell.reset();
        }
        Pen::new(buffer, place).write(glyph.symbol, glyph.style);
    }

    /// A node's angle, whether it is drawn or not; none outside of the ring.
    pub(super) fn angle_of(&self, scene: &Scene<'_>, rank: Rank) -> Option<f64> {
        if let Some(node) = self.nodes.iter().find(|node| node.rank == rank) {
            return Some(node.angle);
        }
        let node = scene.node(rank)?;
        node.successor()?;
        Some(self.span.angle(node.id?.0))
    }
}

/// The ranks that have no place on the ring: neither head nor command node, and no storage.
pub(super) fn outside(scene: &Scene<'_>) -> Vec<Rank> {
    let Some(states) = scene.states() else { return Vec::new() };
    let newcomers = scene.newcomers();
    let nodes = (0_u32..).map(Rank).zip(states.nodes.iter().map(Viewed::view));
    let is_outside = |(rank, node): &(Rank, NodeView<'_>)| {
        node.role == Role::Storage
            && node.successor().is_none()
            && newcomers.iter().all(|(newcomer, _)| newcomer != rank)
    };
    nodes.filter(is_outside).map(|(rank, _)| rank).collect()
}

/// How many nodes a segment stands for on an overview in an area.
pub(super) fn nodes_a_segment(scene: &Scene<'_>, area: Rect) -> usize {
    let (ring, _) = beside(scene, area);
    let disc = Disc::with_bars(ring);
    overview::each(scene.owners().len(), &disc, &Span::all(scene.keyspace, &disc))
}

/// Shares an area between an overview and the neighbourhood, if there is room for both.
fn beside(scene: &Scene<'_>, area: Rect) -> (Rect, Option<Rect>) {
    const LEAST_WIDTH: u16 = 22;
    const LEAST_HEIGHT: u16 = 6;
    let list = cells(neighbourhood::width(scene) + 1);
    let Some(most) = area.width.checked_sub(list).filter(|most| *most >= LEAST_WIDTH) else {
        return (area, None);
    };
    if area.height < LEAST_HEIGHT {
        return (area, None);
    }
    // The circle is as wide as it is high; what it does not need the list may have.
    let ring = area.height.saturating_mul(2).max(LEAST_WIDTH).min(most);
    let (ring, list) = split_right(area, area.width - ring);
    (ring, Some(Rect { x: list.x + 1, width: list.width - 1, ..list }))
}

/// How wide the labels of nodes are, and what is free on both sides of them.
fn label_width(scene: &Scene<'_>, seen: &[Member], has_counts: bool) -> usize {
    let digits = |number: i64| number.to_string().len();
    let on_the_ring = seen.iter().map(|member| (member.rank, member.id));
    let others = scene.newcomers().into_iter().chain(scene.leavers());
    let names = on_the_ring.chain(others);
    let names = names.map(|(rank, id)| 2 + digits(i64::from(rank.0)) + digits(id.0));
    names.max().unwrap_or(0) + if has_counts { 5 } else { 0 } + 2
}

/// The members round the selected one.
fn part<'a>(scene: &Scene<'_>, members: &'a [Member]) -> &'a [Member] {
    let selected = scene.rank().unwrap_or_default();
    let middle = members.iter().position(|member| member.rank == selected).unwrap_or(0);
    let most = (2 * NEIGHBOURHOOD + 1).min(members.len());
    let first = middle.saturating_sub(NEIGHBOURHOOD).min(members.len() - most);
    &members[first..first + most]
}

fn nodes(scene: &Scene<'_>, seen: &[Member], span: &Span) -> Vec<Node> {
    let newcomers = scene.newcomers();
    let selected = scene.rank();
    let middle = seen.iter().position(|member| Some(member.rank) == selected);
    let step = seen.len().div_ceil(ALL_LABELLED);
    let mut nodes = Vec::new();
    for (place, member) in seen.iter().enumerate() {
        let is_near = middle.is_some_and(|middle| middle.abs_diff(place) <= 1);
        nodes.push(Node {
            rank: member.rank,
            id: member.id,
            angle: span.angle(member.id.0),
            stage: scene.stage_of(member.rank, &newcomers),
            is_selected: Some(member.rank) == selected,
            has_label: seen.len() <= ALL_LABELLED || is_near || place % step == 0,
        });
    }
    let newcomers = newcomers.into_iter().map(|newcomer| (newcomer, Stage::Joining));
    let leavers = scene.leavers().into_iter().map(|leaver| (leaver, Stage::Leaving));
    for ((rank, id), stage) in newcomers.chain(leavers) {
        let is_seen = nodes.iter().any(|node| node.rank == rank);
        if !is_seen && (span.keys.0..=span.keys.1).contains(&id.0) {
            let angle = span.angle(id.0);
            let is_selected = Some(rank) == selected;
            nodes.push(Node { rank, id, angle, stage, is_selected, has_label: true });
        }
    }
    nodes.sort_by(|a, b| a.angle.total_cmp(&b.angle));
    nodes
}

impl Node {
    /// What it is drawn as. One that joins or leaves stays what it is when it is selected: its label is
    /// marked as well.
    pub(super) fn symbol(&self) -> Symbol {
        match self.stage {
            Stage::Joining => Symbol::Joining,
            Stage::Leaving => Symbol::Leaving,
            Stage::Active if self.is_selected => Symbol::Selected,
            Stage::Active => Symbol::Active,
        }
    }
}
