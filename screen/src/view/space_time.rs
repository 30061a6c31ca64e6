//! A lane for each rank, a row for each event, an arrow for each message.

mod lanes;

use std::collections::BTreeSet;

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::{Position, Rect};
use ratatui_core::style::Style;
use ringscope_traces::{EventIndex, Op};
use unicode_width::UnicodeWidthStr as _;

use crate::app::{Pane, Target};
use crate::timeline::Light;

use super::geometry::cells;
use super::layout::Placed;
use super::panes::Drawing;
use super::scene::Scene;
use super::symbols::Symbol;
use super::{Paint, framed, words};
use lanes::Lanes;

/// How many events the remark names.
const MOST_NAMED: usize = 6;

/// A row below the heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Row {
    Event(EventIndex),
    /// Between what has been and what is to come.
    Divider,
}

/// How an event stands to the one at the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    Cursor,
    Before,
    Concurrent,
    Future,
}

/// The pane.
pub(super) const PANE: Drawing = Drawing { pane: Pane::SpaceTime, draw, at, height: None };

/// Draws the pane.
pub(super) fn draw(scene: &Scene<'_>, placed: Placed, buffer: &mut Buffer) {
    let parts = Parts::new(scene, placed.inside());
    let detail = match parts.lanes.hidden {
        0 => "in ring order".to_owned(),
        hidden => format!("in ring order, {hidden} lanes hidden"),
    };
    let inside = framed::draw(scene, placed, &detail, buffer);
    if inside.height < 2 {
        return;
    }
    let mut paint = Paint { area: inside, look: scene.look, buffer };
    draw_heading(scene, &parts, &mut paint.row(0));
    let past = past(scene, &parts.rows);
    for (index, one) in parts.rows.iter().enumerate() {
        let mut paint = paint.row(1 + index);
        match one {
            Row::Event(at) => {
                let relation = relation(scene, &past, *at);
                draw_event(scene, &parts.lanes, Shown { at: *at, relation }, &mut paint);
            }
            Row::Divider => draw_divider(scene, &mut paint),
        }
    }
    if parts.has_remark {
        draw_remark(scene, &past, &mut paint.row(usize::from(inside.height) - 1));
    }
}

/// What is at a position of the pane: the event of a row, or the rank of a lane's heading.
fn at(scene: &Scene<'_>, placed: Placed, position: Position) -> Option<Target> {
    let inside = placed.inside();
    let Position { x, y } = position;
    let parts = Parts::new(scene, inside);
    let index = usize::from(y.checked_sub(inside.y)?);
    let Some(index) = index.checked_sub(1) else {
        return parts.lanes.rank_at(usize::from(x.checked_sub(inside.x)?)).map(Target::Rank);
    };
    match parts.rows.get(index)? {
        Row::Event(at) => Some(Target::Event(*at)),
        Row::Divider => None,
    }
}

/// What is seen of the lanes.
#[derive(Debug)]
struct Parts {
    rows: Vec<Row>,
    lanes: Lanes,
    has_remark: bool,
}

impl Parts {
    fn new(scene: &Scene<'_>, inside: Rect) -> Parts {
        let height = usize::from(inside.height);
        let has_remark = height >= 8;
        let room = height.saturating_sub(1 + usize::from(has_remark));
        let rows = rows(scene, room);
        let lanes = Lanes::new(scene, &events(&rows), inside.width);
        Parts { rows, lanes, has_remark }
    }
}

/// The events round the cursor, and what divides them.
fn rows(scene: &Scene<'_>, room: usize) -> Vec<Row> {
    let (cursor, count) = (scene.app.view.cursor, scene.listed);
    let has_divider = room >= 6 && cursor < count;
    let events = room - usize::from(has_divider);
    // A good part of what is to come is shown, but more of what has been.
    let first = framed::window(count, events, cursor.saturating_sub(1 + events / 6));
    let first = first.max((cursor + 1).saturating_sub(events));
    let last = (first + events).min(count);
    let mut rows: Vec<Row> = (first..last).map(|at| Row::Event(EventIndex(at))).collect();
    if has_divider && (first..=last).contains(&cursor) {
        rows.insert(cursor - first, Row::Divider);
    }
    rows
}

fn events(rows: &[Row]) -> Vec<EventIndex> {
    let event = |row: &Row| match row {
        Row::Event(at) => Some(*at),
        Row::Divider => None,
    };
    rows.iter().filter_map(event).collect()
}

/// Those of the rows from which messages lead to the event at the cursor. What leads from one row to
/// another passes through rows in between only, since what causes an event always stands before it.
fn past(scene: &Scene<'_>, rows: &[Row]) -> BTreeSet<EventIndex> {
    let mut past = BTreeSet::new();
    let first = events(rows).first().copied();
    let mut to_do: Vec<EventIndex> = scene.app.event().into_iter().collect();
    while let Some(at) = to_do.pop() {
        if first.is_none_or(|first| at < first) || !past.insert(at) {
            continue;
        }
        to_do.extend(scene.app.timeline.previous(at));
        if scene.app.timeline.info(at).source().is_some() {
            to_do.extend(scene.app.timeline.partner(at));
        }
    }
    past
}

fn relation(scene: &Scene<'_>, past: &BTreeSet<EventIndex>, at: EventIndex) -> Relation {
    match scene.app.event() {
        Some(event) if event == at => Relation::Cursor,
        _ if at.0 >= scene.app.view.cursor => Relation::Future,
        _ if past.contains(&at) => Relation::Before,
        Some(_) | None => Relation::Concurrent,
    }
}

fn draw_heading(scene: &Scene<'_>, parts: &Parts, paint: &mut Paint<'_>) {
    let area = paint.area;
    for (rank, column) in parts.lanes.columns() {
        let name = words::rank(rank);
        let start = column.saturating_sub(name.width() / 2);
        let place = Rect { x: area.x.saturating_add(cells(start)), ..area }.intersection(area);
        let style = match scene.rank() == Some(rank) {
            true => scene.look.theme.selected(),
            false => scene.style_of(rank).bold(),
        };
        paint.within(place).pen().write(&name, style);
    }
}

/// An event, and how it stands to the one at the cursor.
#[derive(Debug, Clone, Copy)]
struct Shown {
    at: EventIndex,
    relation: Relation,
}

fn draw_event(scene: &Scene<'_>, lanes: &Lanes, event: Shown, paint: &mut Paint<'_>) {
    let Shown { at, relation } = event;
    let theme = &scene.look.theme;
    let fact = scene.app.timeline.info(at);
    let style = match relation {
        Relation::Cursor => theme.moving(),
        Relation::Before => scene.style_of(fact.rank),
        Relation::Concurrent | Relation::Future => theme.faint(),
    };
    let style = match scene.app.search.light(at) {
        None => style,
        Some(Light::Race) => theme.bad(),
        Some(Light::Chain) => scene.style_of(fact.rank).bold(),
        Some(Light::Neither) => theme.faint(),
    };
    let mut pen = paint.pen();
    let number = format!("{:>width$}", words::number(at), width = lanes::NUMBER);
    pen.write(&number, if relation == Relation::Cursor { theme.selected() } else { style });
    let mark = match relation {
        Relation::Cursor => Some(Symbol::Cursor),
        Relation::Concurrent => Some(Symbol::Concurrent),
        Relation::Before | Relation::Future => None,
    };
    pen.write(mark.map_or(" ", |mark| scene.symbol(mark)), style);
    for (_, column) in lanes.columns() {
        put(paint, column, scene.symbol(Symbol::Lane), theme.faint());
    }
    let own = lanes.column(fact.rank);
    let other = lanes.column(fact.peer);
    match (own, other) {
        (Some(own), Some(other)) if own != other => {
            let (from, to) = match fact.op {
                Op::Send => (own, other),
                Op::Recv => (other, own),
            };
            let name = words::short_tag(scene.app, fact.tag);
            draw_arrow(scene, lanes, &Arrow { from, to, op: fact.op, name, style }, paint);
        }
        (Some(own), _) => put(paint, own, scene.symbol(Symbol::Active), style),
        (None, _) => {}
    }
}

/// An arrow from lane to lane.
struct Arrow {
    from: usize,
    to: usize,
    op: Op,
    name: String,
    style: Style,
}

/// A send as a line, a receipt as dots; the tag's name in the middle.
fn draw_arrow(scene: &Scene<'_>, lanes: &Lanes, arrow: &Arrow, paint: &mut Paint<'_>) {
    let (area, style) = (paint.area, arrow.style);
    let points_right = arrow.from < arrow.to;
    let (left, right) = (arrow.from.min(arrow.to), arrow.from.max(arrow.to));
    let (body, head) = match (arrow.op, points_right) {
        (Op::Send, true) => (Symbol::Sent, Symbol::SentRight),
        (Op::Send, false) => (Symbol::Sent, Symbol::SentLeft),
        (Op::Recv, true) => (Symbol::Received, Symbol::ReceivedRight),
        (Op::Recv, false) => (Symbol::Received, Symbol::ReceivedLeft),
    };
    let start = if points_right { Symbol::StartRight } else { Symbol::StartLeft };
    for column in left + 1..right {
        let is_crossed = lanes.columns().any(|(_, lane)| lane == column);
        let symbol = match arrow.op {
            Op::Send if is_crossed => Symbol::Crossed,
            Op::Send | Op::Recv => body,
        };
        put(paint, column, scene.symbol(symbol), style);
    }
    put(paint, arrow.from, scene.symbol(start), style);
    put(paint, arrow.to, scene.symbol(head), style.bold());
    let room = (right - left).saturating_sub(1);
    let name = super::pen::fitted(&arrow.name, room);
    if name.width() >= 2 || arrow.name.width() <= room {
        let start = left + 1 + (room - name.width()) / 2;
        let place = Rect { x: area.x.saturating_add(cells(start)), ..area }.intersection(area);
        paint.within(place).pen().write(&name, style.bold());
    }
}

fn put(paint: &mut Paint<'_>, column: usize, symbol: &str, style: Style) {
    let area = paint.area;
    if column < usize::from(area.width)
        && let Some(cell) = paint.buffer.cell_mut((area.x + cells(column), area.y))
    {
        cell.reset();
        cell.set_symbol(symbol).set_style(style);
    }
}

fn draw_divider(scene: &Scene<'_>, paint: &mut Paint<'_>) {
    const WORDS: &str = " to come ";
    let theme = &scene.look.theme;
    let dots = usize::from(paint.area.width).saturating_sub(WORDS.len()) / 2;
    let line = scene.symbol(Symbol::Divider).repeat(dots);
    let mut pen = paint.pen();
    pen.write(&line, theme.faint()).write(WORDS, theme.faint()).write(&line, theme.faint());
}

/// What led to the event at the cursor, and what had nothing to do with it.
fn draw_remark(scene: &Scene<'_>, past: &BTreeSet<EventIndex>, paint: &mut Paint<'_>) {
    let Some(event) = scene.app.event() else { return };
    let theme = &scene.look.theme;
    let chain =
        std::iter::successors(words::cause(scene.app, event), |at| words::cause(scene.app, *at));
    let numbers = |places: &mut dyn Iterator<Item = EventIndex>| {
        let all: Vec<String> =
            places.take(MOST_NAMED).map(|at| words::number(at).to_string()).collect();
        all.join(" ")
    };
    let because = scene.symbol(Symbol::Because);
    let mut pen = paint.pen();
    pen.write(&format!("{} {because} ", words::number(event)), theme.moving());
    pen.write(&numbers(&mut chain.take(MOST_NAMED)), theme.text());
    let flights = scene.app.view.snapshot.flights.iter().rev().map(|flight| flight.sent);
    let mut concurrent = flights.filter(|sent| !past.contains(sent) && *sent != event);
    let concurrent = numbers(&mut concurrent);
    if !concurrent.is_empty() {
        pen.gap(2).write(scene.symbol(Symbol::Concurrent), theme.label());
        pen.write(&format!(" {concurrent}"), theme.faint());
    }
}
