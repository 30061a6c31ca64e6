//! The ring: nodes at their ids, what each owns, keys and messages on their way.

mod messages;
mod model;

use std::cmp::Ordering;
use std::f64::consts::TAU;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ringscope_sim::protocol::arithmetic::Member;
use ringscope_traces::Rank;
use unicode_width::UnicodeWidthStr as _;

use super::canvas::{Arc, Canvas, Ink, Meeting};
use super::geometry::{CELL_WIDTH, Span, cells, whole};
use super::labels::Free;
use super::layout::Placed;
use super::pen::{Pen, row};
use super::scene::{Scene, Stage};
use super::symbols::Symbol;
use super::{framed, ownership, pen, words};
use model::{Node, Picture};

/// Up to so many nodes each has its label.
const ALL_LABELLED: usize = 16;

/// Up to so many nodes each has its arc; beyond, the ring is an overview.
pub(super) const ALL_DRAWN: usize = 64;

/// How many nodes on each side of the selected one are seen when an overview is zoomed.
const NEIGHBOURHOOD: usize = 7;

/// The least radius that a ring is drawn with.
const LEAST_RADIUS: f64 = 5.0;

/// Draws the pane.
pub fn draw(scene: &Scene<'_>, placed: Placed, buffer: &mut Buffer) {
    let inside = framed::draw(scene, placed, &detail(scene, placed), buffer);
    if inside.is_empty() {
        return;
    }
    if scene.standing().is_none() {
        unknown(scene, inside, buffer);
        return;
    }
    let picture = Picture::new(scene, inside);
    if picture.disc.outer < LEAST_RADIUS {
        middle(scene, (inside, usize::from(inside.width)), buffer);
        return;
    }
    messages::draw_lines(scene, &picture, buffer);
    draw_arcs(scene, &picture, buffer);
    let mut free = picture.free();
    draw_nodes(scene, &picture, &mut free, buffer);
    let room = whole(2.0 * picture.disc.inside() / CELL_WIDTH);
    let middle = middle(scene, (inside, room), buffer);
    for position in middle.positions() {
        free.take((i32::from(position.x - inside.x), i32::from(position.y - inside.y)));
    }
    messages::draw_labels(scene, &picture, (&mut free, buffer));
    draw_outside(scene, inside, buffer);
    if picture.is_part() {
        let last = row(inside, usize::from(inside.height) - 1);
        ownership::overview(scene, (last, picture.span.keys), buffer);
    }
}

/// The rank whose node is at a position, in the pane as it was drawn.
pub fn rank_at(scene: &Scene<'_>, placed: Placed, (x, y): (u16, u16)) -> Option<Rank> {
    /// How many cells beside a node still are that node.
    const NEAR: i32 = 1;
    scene.standing()?;
    let inside = placed.inside();
    let picture = Picture::new(scene, inside);
    let (x, y) = (i32::from(x) - i32::from(inside.x), i32::from(y) - i32::from(inside.y));
    let distance = |node: &Node| {
        let (column, row) = picture.disc.node(node.angle).cell();
        (column - x).abs().max(2 * (row - y).abs())
    };
    let nearest = picture.nodes.iter().min_by_key(|node| distance(node));
    let hit = nearest.filter(|node| distance(node) <= NEAR).map(|node| node.rank);
    hit.or_else(|| label_at(scene, &picture, (x, y)))
}

/// The rank whose label is at a cell.
fn label_at(scene: &Scene<'_>, picture: &Picture, (x, y): (i32, i32)) -> Option<Rank> {
    let mut free = picture.free();
    picture.labelled().find_map(|node| {
        let text = node_label(scene, picture, node);
        let place = free.outside(&picture.disc, node.angle, text.width())?;
        let column = i32::from(place.x) - i32::from(picture.area.x);
        let row = i32::from(place.y) - i32::from(picture.area.y);
        (row == y && (column..column + i32::from(place.width)).contains(&x)).then_some(node.rank)
    })
}

fn detail(scene: &Scene<'_>, placed: Placed) -> String {
    let ids = format!("ids 0..{}", scene.keyspace);
    let count = scene.owners().len();
    match count > ALL_DRAWN {
        true if scene.app.is_zoomed => format!("{ids}  {count} nodes, those near the selected one"),
        true if placed.area.width >= 50 => format!("{ids}  {count} nodes, brightness is load"),
        true => format!("{count} nodes by load"),
        false => ids,
    }
}

/// In another dialect, or after the run left the protocol, nobody knows the nodes' states.
fn unknown(scene: &Scene<'_>, inside: Rect, buffer: &mut Buffer) {
    let lines = match scene.app.film.departure() {
        Some(departure) => vec![
            format!("since event {} the nodes' states are unknown:", words::number(departure.at)),
            words::plain(&departure.what),
        ],
        None => vec![
            "the nodes' states are unknown:".to_owned(),
            "this run speaks another protocol".to_owned(),
        ],
    };
    let width = usize::from(inside.width).max(1);
    let lines: Vec<String> = lines
        .iter()
        .flat_map(|line| textwrap::wrap(line, width))
        .map(std::borrow::Cow::into_owned)
        .collect();
    let first = usize::from(inside.height).saturating_sub(lines.len()) / 2;
    for (index, line) in lines.iter().enumerate() {
        let mut pen = Pen::new(buffer, row(inside, first + index));
        let gap = pen.room().saturating_sub(line.width()) / 2;
        pen.gap(gap).write(line, scene.look.theme.warning());
    }
}

fn draw_arcs(scene: &Scene<'_>, picture: &Picture, buffer: &mut Buffer) {
    let mut canvas = Canvas::new(picture.area, scene.look.symbols);
    if picture.is_overview {
        draw_loads(scene, picture, (&mut canvas, buffer));
        return;
    }
    for (ink, (_, angles)) in (0_u16..).zip(&picture.arcs) {
        canvas.arc(&picture.disc, Arc { angles: *angles, ink: Ink(ink) });
    }
    let style = |ink: Ink| scene.style_of(picture.arcs[usize::from(ink.0)].0);
    canvas.draw(buffer, Meeting::Apart, style);
}

/// The ring as one band, as bright as what is held there.
fn draw_loads(scene: &Scene<'_>, picture: &Picture, (canvas, buffer): (&mut Canvas, &mut Buffer)) {
    const LEVELS: u16 = 12;
    let most = scene.most_keys();
    for (rank, angles) in &picture.arcs {
        let level = scene.load_of(*rank, most) * f64::from(LEVELS);
        let ink = Ink(cells(whole(level.ceil())));
        canvas.band(&picture.disc, Arc { angles: *angles, ink });
    }
    let style = |ink: Ink| scene.look.theme.load(f64::from(ink.0) / f64::from(LEVELS));
    canvas.draw(buffer, Meeting::Together, style);
}

fn draw_nodes(scene: &Scene<'_>, picture: &Picture, free: &mut Free, buffer: &mut Buffer) {
    for node in picture.marked() {
        let Some(place) = picture.on_screen(picture.disc.node(node.angle)) else { continue };
        let Some(cell) = buffer.cell_mut(place) else { continue };
        let style = scene.style_of(node.rank).bold();
        cell.set_symbol(scene.symbol(node.symbol())).set_style(style);
    }
    for node in picture.labelled() {
        let text = node_label(scene, picture, node);
        let Some(place) = free.outside(&picture.disc, node.angle, text.width()) else { continue };
        let style = match node.is_selected {
            true => scene.look.theme.selected(),
            false => scene.style_of(node.rank),
        };
        Pen::new(buffer, place).write(&text, style);
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

/// The head, the command node and what it waits for, as wide as the circle allows; where that was
/// written.
fn middle(scene: &Scene<'_>, (inside, room): (Rect, usize), buffer: &mut Buffer) -> Rect {
    let Some(standing) = scene.standing() else { return Rect::ZERO };
    let command = standing.nodes.len().saturating_sub(1);
    let mut lines = vec![format!("head r0  cmd r{command}")];
    if lines[0].width() > room {
        lines = vec!["head r0".to_owned(), format!("cmd r{command}")];
    }
    let names = lines.len();
    if let Some(oldest) = scene.commands.first() {
        let more = match scene.commands.len() - 1 {
            0 => String::new(),
            more => format!(" +{more}"),
        };
        lines.push(format!("{} {oldest}{more}", scene.symbol(Symbol::Play)));
    }
    lines.extend(messages::between_head_and_command(scene));
    let lines: Vec<String> = lines.iter().map(|line| pen::fitted(line, room)).collect();
    let width = lines.iter().map(|line| line.width()).max().unwrap_or(0);
    let area = Rect {
        x: inside.x + inside.width.saturating_sub(cells(width)) / 2,
        y: inside.y + inside.height.saturating_sub(cells(lines.len())) / 2,
        width: cells(width).min(inside.width),
        height: cells(lines.len()).min(inside.height),
    };
    for (index, line) in lines.iter().enumerate() {
        let style = match index.cmp(&names) {
            Ordering::Less => scene.look.theme.name(),
            Ordering::Equal => scene.look.theme.text(),
            Ordering::Greater => scene.look.theme.moving(),
        };
        let before = (width - line.width()) / 2;
        // What lies below it, the ends of messages, would make it hard to read.
        let mut pen = Pen::new(buffer, row(area, index));
        pen.write(&" ".repeat(width), scene.look.theme.text());
        let mut pen = Pen::new(buffer, row(area, index));
        pen.gap(before).write(line, style);
    }
    area
}

/// Ranks that have no place on the ring, at the bottom left.
fn draw_outside(scene: &Scene<'_>, inside: Rect, buffer: &mut Buffer) {
    const LEAST_HEIGHT: u16 = 12;
    let outside = model::outside(scene);
    if outside.is_empty() || inside.height < LEAST_HEIGHT || scene.owners().len() > ALL_LABELLED {
        return;
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
    Pen::new(buffer, last).write(&text, scene.look.theme.faint());
}

/// The angles of what a node owns.
fn angles(span: &Span, member: &Member) -> (f64, f64) {
    (span.angle(member.range.above.0), span.angle(member.range.up_to.0))
}

/// The part of the circle that the neighbourhood of the selected node is spread over when it is zoomed.
const ZOOMED: (f64, f64) = (-0.39 * TAU, 0.78 * TAU);
