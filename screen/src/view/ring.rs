//! The ring: nodes at their ids, what each owns, keys and messages on their way.

mod messages;
mod model;
mod waits;

use std::f64::consts::TAU;

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::{Position, Rect};
use ratatui_core::style::Style;
use ringscope_sim::protocol::Roles;
use ringscope_sim::protocol::arithmetic::Member;
use ringscope_traces::{EventIndex, Rank};
use unicode_width::UnicodeWidthStr as _;

use super::canvas::{Arc, Canvas, Ink, Meeting};
use super::geometry::{CELL_WIDTH, Span, cells, whole};
use super::layout::Placed;
use super::panes::Drawing;
use super::pen::{Pen, row};
use super::scene::{Scene, Stage};
use super::symbols::Symbol;
use super::{framed, ownership, pen, verdict, words};
use crate::app::{Pane, Target};
use model::{Node, Picture};
use ownership::ALL_DRAWN;

/// Up to so many nodes each has its label.
const ALL_LABELLED: usize = 16;

/// The least columns into which a line in the middle is cut.
const LEAST_ROOM: usize = 7;

/// How many nodes on each side of the selected one are seen when an overview is zoomed.
const NEIGHBOURHOOD: usize = 7;

/// The least radius that a ring is drawn with.
const LEAST_RADIUS: f64 = 5.0;

/// The pane.
pub(super) const PANE: Drawing = Drawing { pane: Pane::Ring, draw, at, height: None };

/// Draws the pane.
pub(super) fn draw(scene: &Scene<'_>, placed: Placed, buffer: &mut Buffer) {
    let inside = framed::draw(scene, placed, &detail(scene, placed), buffer);
    draw_within(scene, inside, buffer);
}

/// Draws the picture alone, without a frame.
pub(super) fn draw_within(scene: &Scene<'_>, inside: Rect, buffer: &mut Buffer) {
    if inside.is_empty() {
        return;
    }
    if scene.states().is_none() {
        unknown(scene, inside, buffer);
        return;
    }
    let (inside, card) = verdict::share(scene, inside);
    if let Some(card) = &card {
        card.draw(buffer);
    }
    let picture = Picture::new(scene, inside);
    let middle = Middle::new(scene, &picture);
    if picture.disc.outer < LEAST_RADIUS {
        middle.draw(buffer);
        return;
    }
    messages::draw_lines(scene, &picture, buffer);
    draw_arcs(scene, &picture, buffer);
    waits::draw(scene, &picture, buffer);
    draw_nodes(scene, &picture, buffer);
    middle.draw(buffer);
    for label in labels(scene, &picture, &middle) {
        Pen::new(buffer, label.place).write(&label.text, label.style);
    }
    draw_outside(scene, inside, buffer);
    if picture.is_part() {
        let last = row(inside, usize::from(inside.height) - 1);
        ownership::overview(scene, last, picture.span.keys, buffer);
    }
}

/// What a label names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LabelSubject {
    /// A node.
    Rank(Rank),
    /// A message, by its send.
    Message(EventIndex),
}

impl LabelSubject {
    /// What a click on it selects.
    fn target(self) -> Target {
        match self {
            LabelSubject::Rank(rank) => Target::Rank(rank),
            LabelSubject::Message(sent) => Target::Message(sent),
        }
    }
}

/// A label and where it is.
#[derive(Debug)]
struct Label {
    named: LabelSubject,
    place: Rect,
    text: String,
    style: Style,
}

/// What is at a position, in the pane as it was drawn.
fn at(scene: &Scene<'_>, placed: Placed, position: Position) -> Option<Target> {
    /// How many cells beside a node still are that node.
    const NEAR: i32 = 1;
    scene.states()?;
    let (inside, _) = verdict::share(scene, placed.inside());
    let picture = Picture::new(scene, inside);
    let labels = labels(scene, &picture, &Middle::new(scene, &picture));
    if let Some(label) = labels.iter().find(|label| label.place.contains(position)) {
        return Some(label.named.target());
    }
    let x = i32::from(position.x) - i32::from(inside.x);
    let y = i32::from(position.y) - i32::from(inside.y);
    let distance = |node: &Node| {
        let (column, row) = picture.disc.node(node.angle).cell();
        (column - x).abs().max(2 * (row - y).abs())
    };
    let nearest = picture.nodes.iter().min_by_key(|node| distance(node))?;
    (distance(nearest) <= NEAR).then_some(Target::Rank(nearest.rank))
}

/// All labels: first the nodes', then the messages' where these have left room.
fn labels(scene: &Scene<'_>, picture: &Picture, middle: &Middle) -> Vec<Label> {
    let mut free = picture.free();
    let mut labels = Vec::new();
    for node in picture.labelled() {
        let text = node_label(scene, picture, node);
        let Some(place) = free.outside(&picture.disc, node.angle, text.width()) else { continue };
        let style = match node.is_selected {
            true => scene.look.theme.selected(),
            false => scene.style_of(node.rank),
        };
        labels.push(Label { named: LabelSubject::Rank(node.rank), place, text, style });
    }
    for position in middle.area.positions() {
        let column = i32::from(position.x) - i32::from(picture.area.x);
        free.take((column, i32::from(position.y) - i32::from(picture.area.y)));
    }
    labels.extend(waits::labels(scene, picture, &mut free));
    labels.extend(messages::labels(scene, picture, &mut free));
    labels
}

fn detail(scene: &Scene<'_>, placed: Placed) -> String {
    let ids = format!("ids 0..{}", scene.keyspace);
    let count = scene.owners().len();
    match count > ALL_DRAWN {
        true if scene.app.view.is_zoomed => {
            format!("{ids}  {count} nodes, those near the selected one")
        }
        true if placed.area.width >= 50 => format!("{ids}  {count} nodes, brightness is load"),
        true => format!("{count} nodes by load"),
        false => ids,
    }
}

/// In another dialect, of too many ranks, or after the run left the protocol, nobody knows the nodes'
/// states.
fn unknown(scene: &Scene<'_>, inside: Rect, buffer: &mut Buffer) {
    let lines = match scene.app.timeline.departure() {
        Some(departure) => vec![
            format!("since event {} the nodes' states are unknown:", words::number(departure.at)),
            words::plain(&departure.what),
        ],
        None => vec![
            "the nodes' states are unknown:".to_owned(),
            words::plain(scene.app.timeline.opaque().unwrap_or("this run speaks another protocol")),
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
        draw_loads(scene, picture, &mut canvas, buffer);
        return;
    }
    for (ink, (_, angles)) in (0_u16..).zip(&picture.arcs) {
        canvas.arc(&picture.disc, Arc { angles: *angles, ink: Ink(ink) });
    }
    let style = |ink: Ink| scene.style_of(picture.arcs[usize::from(ink.0)].0);
    canvas.draw(buffer, Meeting::Apart, style);
}

/// The ring as one band, as bright as what is held there.
fn draw_loads(scene: &Scene<'_>, picture: &Picture, canvas: &mut Canvas, buffer: &mut Buffer) {
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

fn draw_nodes(scene: &Scene<'_>, picture: &Picture, buffer: &mut Buffer) {
    for node in picture.marked() {
        let Some(place) = picture.on_screen(picture.disc.node(node.angle)) else { continue };
        let Some(cell) = buffer.cell_mut(place) else { continue };
        let style = scene.style_of(node.rank).bold();
        cell.set_symbol(scene.symbol(node.symbol())).set_style(style);
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

/// The head, the command node and what it waits for, as wide as the circle allows.
struct Middle {
    area: Rect,
    /// Each with its style.
    lines: Vec<(String, Style)>,
}

impl Middle {
    fn new(scene: &Scene<'_>, picture: &Picture) -> Middle {
        let inside = picture.area;
        let room = match picture.disc.outer < LEAST_RADIUS {
            true => usize::from(inside.width),
            false => whole(2.0 * picture.disc.inside() / CELL_WIDTH),
        };
        let theme = &scene.look.theme;
        let mut lines = Vec::new();
        // Of less nobody could say what it was.
        let mut add = |line: String, style: Style| {
            if line.width().min(LEAST_ROOM) <= room {
                lines.push((pen::fitted(&line, room), style));
            }
        };
        names(scene, room).into_iter().for_each(|name| add(name, theme.name()));
        command_label(scene).into_iter().for_each(|command| add(command, theme.text()));
        let message = messages::between_head_and_command(scene);
        message.into_iter().for_each(|message| add(message, theme.moving()));
        waits::in_the_middle(scene, picture).into_iter().for_each(|wait| add(wait, theme.bad()));
        let width = lines.iter().map(|(line, _)| line.width()).max().unwrap_or(0);
        let (width, height) =
            (cells(width).min(inside.width), cells(lines.len()).min(inside.height));
        let x = inside.x + (inside.width - width) / 2;
        let y = inside.y + (inside.height - height) / 2;
        Middle { area: Rect { x, y, width, height }, lines }
    }

    fn draw(&self, buffer: &mut Buffer) {
        // Plain text would keep the colours of what lies below it.
        buffer.set_style(self.area, Style::reset());
        let seen = self.lines.iter().enumerate().take(usize::from(self.area.height));
        for (index, (line, style)) in seen {
            // What lies below it, the ends of messages, would make it hard to read.
            let width = usize::from(self.area.width);
            let before = width.saturating_sub(line.width()) / 2;
            let line = format!("{:before$}{line}", "");
            Pen::new(buffer, row(self.area, index)).write(&format!("{line:width$}"), *style);
        }
    }
}

/// The head and the command node, on two lines where there is no room for one.
fn names(scene: &Scene<'_>, room: usize) -> Vec<String> {
    let Some(Roles { head, command, .. }) = scene.app.timeline.roles() else { return Vec::new() };
    let names = [format!("head r{head}"), format!("cmd r{command}")];
    let line = names.join("  ");
    if line.width() > room { names.into() } else { vec![line] }
}

/// The oldest command in flight, and how many others there are.
fn command_label(scene: &Scene<'_>) -> Option<String> {
    let (oldest, others) = scene.commands.split_first()?;
    let more = if others.is_empty() { String::new() } else { format!(" +{}", others.len()) };
    Some(format!("{} {oldest}{more}", scene.symbol(Symbol::Play)))
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
