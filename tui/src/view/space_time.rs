//! A lane for each rank, a row for each event, an arrow for each message.

mod lanes;

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ringscope_traces::{EventIndex, Op, Rank};
use unicode_width::UnicodeWidthStr as _;

use super::geometry::cells;
use super::layout::Placed;
use super::pen::{Pen, row};
use super::scene::Scene;
use super::symbols::Symbol;
use super::{framed, words};
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

/// Draws the pane.
pub fn draw(scene: &Scene<'_>, placed: Placed, buffer: &mut Buffer) {
    let parts = Parts::new(scene, placed.inside());
    let detail = match parts.lanes.hidden {
        0 => "in ring order".to_owned(),
        hidden => format!("in ring order, {hidden} lanes hidden"),
    };
    let inside = framed::draw(scene, placed, &detail, buffer);
    if inside.height < 2 {
        return;
    }
    draw_heading(scene, &parts, (row(inside, 0), buffer));
    let past = past(scene, &parts.rows);
    for (index, one) in parts.rows.iter().enumerate() {
        let area = row(inside, 1 + index);
        match one {
            Row::Event(at) => {
                let relation = relation(scene, &past, *at);
                draw_event(scene, &parts, (*at, relation), (area, buffer));
            }
            Row::Divider => draw_divider(scene, area, buffer),
        }
    }
    if parts.has_remark {
        let last = row(inside, usize::from(inside.height) - 1);
        draw_remark(scene, &past, (last, buffer));
    }
}

/// What is at a position of the pane: the event of a row, or the rank of a lane's heading.
pub fn at(scene: &Scene<'_>, inside: Rect, (x, y): (u16, u16)) -> Option<Result<EventIndex, Rank>> {
    let parts = Parts::new(scene, inside);
    let index = usize::from(y.checked_sub(inside.y)?);
    let Some(index) = index.checked_sub(1) else {
        return parts.lanes.rank_at(usize::from(x.checked_sub(inside.x)?)).map(Err);
    };
    match parts.rows.get(index)? {
        Row::Event(at) => Some(Ok(*at)),
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
    let (cursor, count) = (scene.app.cursor, scene.listed);
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
        _ if at.0 >= scene.app.cursor => Relation::Future,
        _ if past.contains(&at) => Relation::Before,
        Some(_) | None => Relation::Concurrent,
    }
}

fn draw_heading(scene: &Scene<'_>, parts: &Parts, (area, buffer): (Rect, &mut Buffer)) {
    for (rank, column) in parts.lanes.columns() {
        let name = words::rank(rank);
        let start = column.saturating_sub(name.width() / 2);
        let place = Rect { x: area.x.saturating_add(cells(start)), ..area }.intersection(area);
        let style = match scene.rank() == Some(rank) {
            true => scene.look.theme.selected(),
            false => scene.style_of(rank).bold(),
        };
        Pen::new(buffer, place).write(&name, style);
    }
}

fn draw_event(
    scene: &Scene<'_>,
    parts: &Parts,
    (at, relation): (EventIndex, Relation),
    (area, buffer): (Rect, &mut Buffer),
) {
    let theme = &scene.look.theme;
    let fact = scene.app.timeline.info(at);
    let style = match relation {
        Relation::Cursor => theme.moving(),
        Relation::Before => scene.style_of(fact.rank),
        Relation::Concurrent | Relation::Future => theme.faint(),
    };
    let mut pen = Pen::new(buffer, area);
    let number = format!("{:>width$}", words::number(at), width = lanes::NUMBER);
    pen.write(&number, if relation == Relation::Cursor { theme.selected() } else { style });
    let mark = match relation {
        Relation::Cursor => Some(Symbol::Cursor),
        Relation::Concurrent => Some(Symbol::Concurrent),
        Relation::Before | Relation::Future => None,
    };
    pen.write(mark.map_or(" ", |mark| scene.symbol(mark)), style);
    for (_, column) in parts.lanes.columns() {
        put(buffer, (area, column), scene.symbol(Symbol::Lane), theme.faint());
    }
    let own = parts.lanes.column(fact.rank);
    let other = parts.lanes.column(fact.peer);
    match (own, other) {
        (Some(own), Some(other)) if own != other => {
            let (from, to) = match fact.op {
                Op::Send => (own, other),
                Op::Recv => (other, own),
            };
            let arrow =
                Arrow { from, to, op: fact.op, name: words::short_tag(scene.app, fact.tag) };
            draw_arrow(scene, parts, (&arrow, style), (area, buffer));
        }
        (Some(own), _) => put(buffer, (area, own), scene.symbol(Symbol::Active), style),
        (None, _) => {}
    }
}

/// An arrow from lane to lane.
struct Arrow {
    from: usize,
    to: usize,
    op: Op,
    name: String,
}

/// A send as a line, a receipt as dots; the tag's name in the middle.
fn draw_arrow(
    scene: &Scene<'_>,
    parts: &Parts,
    (arrow, style): (&Arrow, Style),
    (area, buffer): (Rect, &mut Buffer),
) {
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
        let is_crossed = parts.lanes.columns().any(|(_, lane)| lane == column);
        let symbol = match arrow.op {
            Op::Send if is_crossed => Symbol::Crossed,
            Op::Send | Op::Recv => body,
        };
        put(buffer, (area, column), scene.symbol(symbol), style);
    }
    put(buffer, (area, arrow.from), scene.symbol(start), style);
    put(buffer, (area, arrow.to), scene.symbol(head), style.bold());
    let room = (right - left).saturating_sub(1);
    let name = super::pen::fitted(&arrow.name, room);
    if name.width() >= 2 || arrow.name.width() <= room {
        let start = left + 1 + (room - name.width()) / 2;
        let place = Rect { x: area.x.saturating_add(cells(start)), ..area }.intersection(area);
        Pen::new(buffer, place).write(&name, style.bold());
    }
}

fn put(buffer: &mut Buffer, (area, column): (Rect, usize), symbol: &str, style: Style) {
    if column < usize::from(area.width)
        && let Some(cell) = buffer.cell_mut((area.x + cells(column), area.y))
    {
        cell.reset();
        cell.set_symbol(symbol).set_style(style);
    }
}

fn draw_divider(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    const WORDS: &str = " to come ";
    let theme = &scene.look.theme;
    let dots = usize::from(area.width).saturating_sub(WORDS.len()) / 2;
    let line = scene.symbol(Symbol::Divider).repeat(dots);
    let mut pen = Pen::new(buffer, area);
    pen.write(&line, theme.faint()).write(WORDS, theme.faint()).write(&line, theme.faint());
}

/// What led to the event at the cursor, and what had nothing to do with it.
fn draw_remark(
    scene: &Scene<'_>,
    past: &BTreeSet<EventIndex>,
    (area, buffer): (Rect, &mut Buffer),
) {
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
    let mut pen = Pen::new(buffer, area);
    pen.write(&format!("{} {because} ", words::number(event)), theme.moving());
    pen.write(&numbers(&mut chain.take(MOST_NAMED)), theme.text());
    let flights = scene.app.snapshot.flights.iter().rev().map(|flight| flight.sent);
    let mut concurrent = flights.filter(|sent| !past.contains(sent) && *sent != event);
    let concurrent = numbers(&mut concurrent);
    if !concurrent.is_empty() {
        pen.gap(2).write(scene.symbol(Symbol::Concurrent), theme.label());
        pen.write(&format!(" {concurrent}"), theme.faint());
    }
}
