//! Where everything on the picture of the ring is: worked out once, for drawing and for clicks.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::{Position, Rect};
use unicode_width::UnicodeWidthStr as _;

use super::super::canvas::{Arc, Canvas, Curve, Grain, Ink, Meeting};
use super::super::geometry::{GridCell, cells};
use super::super::labels::Free;
use super::super::pen::{Pen, row};
use super::super::scene::{Scene, Stage};
use super::super::symbols::Symbol;
use super::super::words;
use super::keys::Keys;
use super::messages::{self, Course};
use super::middle::Middle;
use super::model::{self, Glyph, Node, Picture};
use super::waits::Waits;
use super::{ALL_LABELLED, Label, LabelSubject};
use crate::app::Target;

/// Everything on the picture of the ring, and where it is.
pub(super) struct Sketch {
    /// The circle and the nodes on it.
    pub picture: Picture,
    /// What stands in its middle.
    pub middle: Middle,
    keys: Keys,
    /// Who waits for whom.
    pub waits: Waits,
    /// The messages between the nodes.
    pub courses: Vec<Course>,
    /// First the nodes', then those of what is between them, then the keys'.
    pub labels: Vec<Label>,
    /// The ranks that have no place on the ring, at the bottom left.
    outside: Option<(Rect, String)>,
}

impl Sketch {
    /// Works out what is where in an area.
    pub(super) fn new(scene: &Scene<'_>, area: Rect) -> Sketch {
        let picture = Picture::new(scene, area);
        let middle = Middle::new(scene, &picture);
        let mut free = picture.free();
        let outside = outside(scene, area);
        let list = picture.neighbourhood.as_ref().map(|list| list.area);
        let taken = [Some(middle.area), outside.as_ref().map(|(place, _)| *place), list];
        taken.into_iter().flatten().for_each(|place| free.take_all(place));
        let mut labels = Vec::new();
        labels.extend(picture.outlet.iter().flat_map(|outlet| outlet.labels(scene, &mut free)));
        labels.extend(nodes(scene, &picture, &mut free));
        let keys = Keys::new(scene, &picture, &mut free);
        labels.extend(keys.labels(true, &mut free));
        let waits = Waits::new(scene, &picture, &mut free);
        let courses = messages::courses(scene, &picture);
        labels.extend(waits.labels(scene, &picture, &mut free));
        labels.extend(messages::labels(scene, &picture, &courses, &mut free));
        labels.extend(keys.labels(false, &mut free));
        Sketch { picture, middle, keys, waits, courses, labels, outside }
    }

    /// Draws it: lines first, and text last, so that no line lies on any.
    pub(super) fn draw(&self, scene: &Scene<'_>, buffer: &mut Buffer) {
        let picture = &self.picture;
        if !picture.has_ring() {
            self.middle.draw(buffer);
            return;
        }
        messages::draw_lines(scene, picture, &self.courses, buffer);
        self.keys.draw_lines(scene, picture, buffer);
        draw_arcs(scene, picture, buffer);
        self.waits.draw_lines(scene, picture, buffer);
        if let Some(outlet) = &picture.outlet {
            outlet.draw(scene, picture, buffer);
        }
        self.keys.draw(scene, picture, buffer);
        draw_nodes(scene, picture, buffer);
        let is_named = |course: &&Course| self.labels.iter().any(|label| course.has(label));
        for course in self.courses.iter().filter(|course| !is_named(course)) {
            course.draw_head(scene, picture, buffer);
        }
        self.waits.draw_heads(scene, picture, buffer);
        self.middle.draw(buffer);
        if let Some(list) = &picture.neighbourhood {
            list.draw(buffer);
        }
        for label in &self.labels {
            Pen::new(buffer, label.place).write(&label.text, label.style);
        }
        if let Some((place, text)) = &self.outside {
            Pen::new(buffer, *place).write(text, scene.look.theme.faint());
        }
    }

    /// What is at a position of the screen.
    pub(super) fn at(&self, scene: &Scene<'_>, position: Position) -> Option<Target> {
        /// How many cells beside a node still are that node.
        const NEAR: i32 = 1;
        if let Some(label) = self.labels.iter().find(|label| label.place.contains(position)) {
            return Some(label.named.target());
        }
        let picture = &self.picture;
        if let Some(target) = picture.neighbourhood.as_ref().and_then(|list| list.at(position)) {
            return Some(target);
        }
        let cell = GridCell {
            column: i32::from(position.x) - i32::from(picture.area.x),
            row: i32::from(position.y) - i32::from(picture.area.y),
        };
        if let Some(key) = self.keys.at(cell) {
            return Some(Target::Key(key));
        }
        let nodes = picture.nodes.iter().map(|node| (node.rank, picture.disc.node(node.angle)));
        let outlet = picture.outlet.iter().flat_map(|outlet| {
            let head = (outlet.head, picture.disc.node(outlet.angle));
            [head, (outlet.command, outlet.command_point())]
        });
        let distance = |other: GridCell| {
            (other.column - cell.column).abs().max(2 * (other.row - cell.row).abs())
        };
        let all = outlet.chain(nodes).map(|(rank, point)| (distance(point.cell()), rank));
        let near = all.min_by_key(|(distance, _)| *distance);
        let near = near.filter(|(distance, _)| *distance <= NEAR).map(|(_, rank)| rank);
        let rank = near.or_else(|| picture.owner_at(scene, cell))?;
        scene.node(rank).map(|_| Target::Rank(rank))
    }
}

fn nodes(scene: &Scene<'_>, picture: &Picture, free: &mut Free) -> Vec<Label> {
    let decider = messages::decider(scene);
    let label = |node: &Node| {
        let text = node_label(scene, picture, node);
        let place = free.outside(&picture.disc, node.angle, text.width())?;
        let style = match (Some(node.rank) == decider, node.is_selected) {
            (true, _) => scene.look.theme.bad(),
            (false, true) => scene.look.theme.selected(),
            (false, false) => scene.style_of(node.rank),
        };
        Some(Label { named: LabelSubject::Rank(node.rank), place, text, style })
    };
    picture.labelled().filter_map(label).collect()
}

fn draw_arcs(scene: &Scene<'_>, picture: &Picture, buffer: &mut Buffer) {
    draw_orbit(scene, picture, buffer);
    if let Some(overview) = &picture.overview {
        overview.draw(scene, picture, buffer);
        return;
    }
    let grain = Grain::of_ring(scene.look.symbols, &picture.disc);
    let mut canvas = Canvas::new(picture.area, grain);
    for (ink, (_, angles)) in (0_u16..).zip(&picture.arcs) {
        canvas.arc(&picture.disc, Arc { angles: *angles, ink: Ink(ink) });
    }
    let style = |ink: Ink| scene.style_of(picture.arcs[usize::from(ink.0)].0);
    canvas.draw(buffer, Meeting::Apart, style);
}

/// The thin part of the ring on both sides of the head, which owns nothing.
fn draw_orbit(scene: &Scene<'_>, picture: &Picture, buffer: &mut Buffer) {
    let (span, disc) = (&picture.span, &picture.disc);
    let mut canvas = Canvas::new(picture.area, Grain::of_lines(scene.look.symbols));
    let angles = (span.start + span.sweep, span.start + std::f64::consts::TAU);
    let arc = Arc { angles, ink: Ink(0) };
    let radius = (disc.inner + disc.outer) / 2.0;
    canvas.curve(disc, Curve { arc, radius }, Meeting::Together);
    canvas.draw(buffer, Meeting::Together, |_| scene.look.theme.faint());
}

fn draw_nodes(scene: &Scene<'_>, picture: &Picture, buffer: &mut Buffer) {
    let decider = messages::decider(scene);
    for node in picture.marked() {
        let style = match Some(node.rank) == decider {
            true => scene.look.theme.bad(),
            false => scene.style_of(node.rank).bold(),
        };
        let glyph = Glyph { symbol: scene.symbol(node.symbol()), style };
        picture.put(picture.disc.node(node.angle).cell(), glyph, buffer);
    }
}

/// `r7·1000 (6)`, the keys only where there is room for them.
fn node_label(scene: &Scene<'_>, picture: &Picture, node: &Node) -> String {
    let name = words::node(node.rank, Some(node.id), scene.look.symbols);
    let is_joining = if node.stage == Stage::Joining { "+" } else { "" };
    match picture.has_counts {
        true => format!("{name}{is_joining} ({})", scene.keys_of(node.rank)),
        false => format!("{name}{is_joining}"),
    }
}

/// The ranks that have no place on the ring, and where that is said.
fn outside(scene: &Scene<'_>, inside: Rect) -> Option<(Rect, String)> {
    const LEAST_HEIGHT: u16 = 12;
    let outside = model::outside(scene);
    if outside.is_empty() || inside.height < LEAST_HEIGHT || scene.owners().len() > ALL_LABELLED {
        return None;
    }
    let most = usize::from(inside.width) / 3;
    let mut text = "idle".to_owned();
    for rank in outside {
        let next = format!(" r{rank}");
        if text.width() + next.width() > most {
            text += scene.symbol(Symbol::More);
            break;
        }
        text += &next;
    }
    let last = row(inside, usize::from(inside.height) - 1);
    Some((Rect { width: cells(text.width()), ..last }, text))
}
