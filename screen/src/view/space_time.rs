//! A lane for each rank, a row for each event, a line for each message from its send to its receive.

mod calls;
mod labels;
mod lanes;
mod lines;
mod rows;
mod strokes;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::{Position, Rect};
use ratatui_core::style::Style;
use ringscope_traces::{EventIndex, Op};
use unicode_width::UnicodeWidthStr as _;

use crate::app::{Pane, Target};
use crate::timeline::{Light, Moment};

use super::geometry::cells;
use super::layout::Placed;
use super::panes::Drawing;
use super::pen::Pen;
use super::scene::Scene;
use super::symbols::Symbol;
use super::verdict::{self, Card};
use super::{Paint, framed, words};
use labels::labels;
use lanes::Lanes;
use lines::{End, Line, Weight, lines};
use rows::{Row, Rows};
use strokes::LineStroke;

/// How many events the remark names.
const MOST_NAMED: usize = 6;

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
    let (inside, card) = share(scene, placed.inside());
    let parts = Parts::new(scene, inside);
    framed::draw(scene, placed, &detail(scene, &parts.lanes), buffer);
    if let Some(card) = &card {
        card.draw(buffer);
    }
    let inside = inside.intersection(buffer.area);
    if inside.height < 2 {
        return;
    }
    let mut paint = Paint { area: inside, look: scene.look, buffer };
    draw_heading(scene, &parts, &mut paint.row(0));
    draw_rows(scene, &parts, &mut paint.within(below_heading(inside, &parts)));
    if parts.has_remark {
        draw_remark(scene, &parts.past, &mut paint.row(usize::from(inside.height) - 1));
    }
}

/// The lanes' part of the pane, and the card's, where there is no ring on whose pane it would stand.
fn share(scene: &Scene<'_>, inside: Rect) -> (Rect, Option<Card>) {
    match scene.app.timeline.has_ring() {
        true => (inside, None),
        false => verdict::share(scene, inside),
    }
}

fn detail(scene: &Scene<'_>, lanes: &Lanes) -> String {
    let order = if scene.app.timeline.has_ring() { "in ring order" } else { "by rank" };
    match lanes.hidden {
        0 => order.to_owned(),
        1 => format!("{order}, 1 hidden"),
        hidden => format!("{order}, {hidden} hidden"),
    }
}

fn below_heading(inside: Rect, parts: &Parts) -> Rect {
    let height = cells(parts.rows.seen.len()).min(inside.height.saturating_sub(1));
    Rect { y: inside.y.saturating_add(1), height, ..inside }
}

/// Lines first, and what is read over them.
fn draw_rows(scene: &Scene<'_>, parts: &Parts, paint: &mut Paint<'_>) {
    let lines = lines(scene, parts);
    let strokes: Vec<LineStroke> =
        lines.iter().flat_map(|line| strokes_of(scene, parts, line)).collect();
    strokes::draw(&strokes, scene.look.symbols, paint.area, paint.buffer);
    for line in lines.iter().filter(|line| line.end != End::Received) {
        put_at(paint, line.to, scene.symbol(Symbol::Open), line.style);
    }
    for (row, one) in parts.rows.seen.iter().enumerate() {
        let mut paint = paint.row(row);
        match one {
            Row::Event(at) => draw_event(scene, parts, *at, &mut paint),
            Row::Call(at) => calls::draw(scene, &parts.lanes, *at, &mut paint),
            Row::Shutdown(_) => draw_shutdown(scene, &mut paint),
            Row::Divider => draw_divider(scene, &mut paint),
        }
    }
    for label in labels(scene, parts) {
        write_over(paint, &label);
    }
}

/// Text at a place of the rows.
#[derive(Debug, Clone, PartialEq)]
struct Label {
    row: usize,
    column: usize,
    text: String,
    style: Style,
}

/// Writes text, of which nothing below shows through.
fn write_over(paint: &mut Paint<'_>, label: &Label) {
    let row = paint.row(label.row).area;
    let width = cells(label.text.width());
    let place = Rect { x: row.x.saturating_add(cells(label.column)), width, ..row };
    let place = place.intersection(row);
    for position in place.positions() {
        if let Some(cell) = paint.buffer.cell_mut(position) {
            cell.reset();
        }
    }
    Pen::new(paint.buffer, place).write(&label.text, label.style);
}

/// What is at a position of the pane: the event of a row, or the rank of a lane's heading.
fn at(scene: &Scene<'_>, placed: Placed, position: Position) -> Option<Target> {
    let (inside, _) = share(scene, placed.inside());
    let Position { x, y } = position;
    if y >= inside.bottom() {
        return None;
    }
    let parts = Parts::new(scene, inside);
    let index = usize::from(y.checked_sub(inside.y)?);
    let Some(index) = index.checked_sub(1) else {
        return parts.lanes.rank_at(usize::from(x.checked_sub(inside.x)?)).map(Target::Rank);
    };
    match parts.rows.seen.get(index)? {
        Row::Event(at) | Row::Shutdown(at) => Some(Target::Event(*at)),
        Row::Call(at) => calls::rank(scene, *at).map(Target::Rank),
        Row::Divider => None,
    }
}

/// What is seen of the lanes.
#[derive(Debug)]
struct Parts {
    rows: Rows,
    lanes: Lanes,
    /// The width of the pane.
    width: usize,
    has_remark: bool,
    /// Those of the events with rows from which messages lead to the event at the cursor.
    past: BTreeSet<EventIndex>,
}

impl Parts {
    fn new(scene: &Scene<'_>, inside: Rect) -> Parts {
        let height = usize::from(inside.height);
        let has_remark = height >= 8;
        let room = height.saturating_sub(1 + usize::from(has_remark));
        let rows = Rows::new(scene, room);
        let lanes = Lanes::new(scene, &rows, inside.width);
        let past = past(scene, &rows);
        Parts { rows, lanes, width: inside.width.into(), has_remark, past }
    }
}

/// Those of the rows from which messages lead to the event at the cursor. What leads from one row to
/// another passes through rows in between only, since what causes an event always stands before it.
fn past(scene: &Scene<'_>, rows: &Rows) -> BTreeSet<EventIndex> {
    let timeline = &scene.app.timeline;
    let mut past = BTreeSet::new();
    let Some(first) = rows.first() else { return past };
    let mut to_do: Vec<EventIndex> = scene.app.event().into_iter().collect();
    while let Some(at) = to_do.pop() {
        // The messages of the shutdown share a row: what led to the first of them led to all.
        if rows.is_shutdown(at) {
            let before =
                timeline.shutdown().and_then(|shutdown| shutdown.events.start.checked_sub(1));
            to_do.extend(before.map(EventIndex));
            continue;
        }
        if at < first || !past.insert(at) {
            continue;
        }
        to_do.extend(timeline.previous(at));
        if timeline.info(at).source().is_some() {
            to_do.extend(timeline.partner(at));
        }
    }
    past
}

fn relation(scene: &Scene<'_>, parts: &Parts, at: EventIndex) -> Relation {
    match scene.app.event() {
        Some(event) if event == at => Relation::Cursor,
        _ if at.0 >= scene.app.view.cursor => Relation::Future,
        _ if parts.past.contains(&at) => Relation::Before,
        Some(_) | None => Relation::Concurrent,
    }
}

/// How an event's number and its place on the lane are drawn: lit where two runs part, and red where an invariant was
/// broken, wherever the cursor is.
fn style_of_event(scene: &Scene<'_>, at: EventIndex, relation: Relation) -> Style {
    let theme = &scene.look.theme;
    let own = scene.style_of(scene.app.timeline.info(at).rank);
    if let Some(lit) = scene.parting_at(at) {
        return lit;
    }
    if scene.is_violation(at) {
        return theme.bad();
    }
    match (scene.app.search.light(at), relation) {
        (Some(Light::Race), _) => theme.bad(),
        (Some(Light::Chain), _) => own.bold(),
        (Some(Light::Neither), _) => theme.faint(),
        (None, Relation::Cursor) => theme.moving(),
        (None, Relation::Before) => own,
        (None, Relation::Concurrent | Relation::Future) => theme.faint(),
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

fn draw_event(scene: &Scene<'_>, parts: &Parts, at: EventIndex, paint: &mut Paint<'_>) {
    let relation = relation(scene, parts, at);
    let style = style_of_event(scene, at, relation);
    draw_lanes(scene, &parts.lanes, Moment { cursor: at.0 + 1, t: 0 }, paint);
    let info = scene.app.timeline.info(at);
    if let Some(own) = parts.lanes.column(info.rank) {
        put(paint, own, mark_of(scene, parts, at), style.bold());
    }
    let theme = &scene.look.theme;
    let mark = match relation {
        Relation::Cursor if scene.app.call_here().is_some() => None,
        Relation::Cursor => Some(Symbol::Cursor),
        Relation::Before | Relation::Concurrent | Relation::Future if scene.is_violation(at) => {
            Some(Symbol::Bad)
        }
        Relation::Concurrent => Some(Symbol::Concurrent),
        Relation::Before | Relation::Future => None,
    };
    let number = format!("{:>width$}", words::number(at), width = lanes::NUMBER);
    let is_parting = scene.parting_at(at).is_some();
    let number_style = match relation {
        Relation::Cursor => style.patch(theme.selected()),
        Relation::Before | Relation::Concurrent | Relation::Future if is_parting => {
            style.patch(theme.selected())
        }
        Relation::Before | Relation::Concurrent | Relation::Future => style,
    };
    let mut pen = paint.pen();
    pen.write(&number, number_style);
    pen.write(mark.map_or(" ", |mark| scene.symbol(mark)), style);
}

/// What stands on the lane of an event's rank: where a line begins, or where it ends.
fn mark_of(scene: &Scene<'_>, parts: &Parts, at: EventIndex) -> &'static str {
    let info = scene.app.timeline.info(at);
    let is_to_the_right = |other: usize| Some(other) > parts.lanes.column(info.rank);
    let other = parts.lanes.column(info.peer).filter(|_| info.rank != info.peer);
    scene.symbol(match (info.op, other.map(is_to_the_right)) {
        (_, None) => Symbol::Active,
        (Op::Send, Some(true)) => Symbol::StartRight,
        (Op::Send, Some(false)) => Symbol::StartLeft,
        (Op::Recv, Some(true)) => Symbol::ReceivedLeft,
        (Op::Recv, Some(false)) => Symbol::ReceivedRight,
    })
}

/// The lanes, where no line crosses them; that of a rank that is in a collective operation looks otherwise.
fn draw_lanes(scene: &Scene<'_>, lanes: &Lanes, now: Moment, paint: &mut Paint<'_>) {
    for (rank, column) in lanes.columns() {
        match calls::inside(scene, rank, now) {
            Some(style) => put(paint, column, scene.symbol(Symbol::Inside), style),
            None => put_below(paint, column, scene.symbol(Symbol::Lane)),
        }
    }
}

/// All messages that end the run, in one row.
fn draw_shutdown(scene: &Scene<'_>, paint: &mut Paint<'_>) {
    let Some(shutdown) = scene.app.timeline.shutdown() else { return };
    let theme = &scene.look.theme;
    let (first, cursor) = (shutdown.events.start, scene.app.view.cursor);
    let has_begun = cursor > first;
    let style = if has_begun { theme.text() } else { theme.faint() };
    let dash = scene.symbol(Symbol::Stretch);
    let start = lanes::NUMBER + 2;
    let line = dash.repeat(usize::from(paint.area.width).saturating_sub(start));
    let name = words::short_tag(scene.app, shutdown.tag);
    let so_far = scene.listed.min(shutdown.events.end) - first;
    let text = match cursor.saturating_sub(first) {
        _ if so_far < shutdown.events.len() => {
            format!(" {name} to all ranks: {so_far} events so far ")
        }
        0 => format!(" {name} {}{} to all ranks ", scene.symbol(Symbol::Times), shutdown.messages),
        here => format!(
            " {name} {}{} to all ranks: event {here} of {} ",
            scene.symbol(Symbol::Times),
            shutdown.messages,
            shutdown.events.len()
        ),
    };
    let number = format!("{:>width$}", cursor.max(first + 1), width = lanes::NUMBER);
    let number_style = if has_begun { theme.selected() } else { style };
    let mark = if has_begun { scene.symbol(Symbol::Cursor) } else { " " };
    paint
        .pen()
        .write(&number, number_style)
        .write(mark, theme.moving())
        .gap(1)
        .write(&line, theme.faint());
    write_over(paint, &Label { row: 0, column: start + 3, text, style });
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

/// Draws what everything else is drawn over.
fn put_below(paint: &mut Paint<'_>, column: usize, symbol: &str) {
    let (area, style) = (paint.area, paint.look.theme.faint());
    if column < usize::from(area.width)
        && let Some(cell) = paint.buffer.cell_mut((area.x + cells(column), area.y))
        && cell.symbol() == " "
    {
        cell.set_symbol(symbol).set_style(style);
    }
}

fn put_at(paint: &mut Paint<'_>, at: lines::Cell, symbol: &str, style: Style) {
    if let Some(row) = usize::try_from(at.row).ok().filter(|row| *row < paint.area.height.into()) {
        put(&mut paint.row(row), at.column, symbol, style);
    }
}

fn draw_divider(scene: &Scene<'_>, paint: &mut Paint<'_>) {
    const WORDS: &str = " to come ";
    let width = usize::from(paint.area.width);
    for column in 0..width {
        put_below(paint, column, scene.symbol(Symbol::Divider));
    }
    let column = width.saturating_sub(WORDS.len()) / 2;
    let style = scene.look.theme.faint();
    write_over(paint, &Label { row: 0, column, text: WORDS.to_owned(), style });
}

/// A line in one stroke; that of a message under way in two, up to the cursor and from there on.
fn strokes_of(scene: &Scene<'_>, parts: &Parts, line: &Line) -> Vec<LineStroke> {
    let place = |cell: lines::Cell| (cell.column as f64, cell.row as f64);
    let (from, to) = (place(line.from), place(line.to));
    let cursor = scene.app.view.cursor;
    let receive = scene.app.timeline.partner(line.sent);
    let is_under_way = line.sent.0 < cursor && receive.is_none_or(|receive| receive.0 >= cursor);
    let whole = LineStroke { from, to, is_dashed: line.end != End::Received, style: line.style };
    if line.end != End::Received || !is_under_way {
        return vec![whole];
    }
    let part = (parts.rows.now() as f64 - from.1) / (to.1 - from.1).max(1.0);
    let part = part.clamp(0.0, 1.0);
    let now = (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part);
    let to_come = match line.weight {
        Weight::Wrong | Weight::Shown => line.style,
        Weight::Aside | Weight::UnderWay | Weight::Cause => scene.look.theme.faint(),
    };
    vec![
        LineStroke { to: now, ..whole },
        LineStroke { from: now, is_dashed: true, style: to_come, ..whole },
    ]
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
