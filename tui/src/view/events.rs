//! The events as a list: only those rows are made that are seen.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ringscope_traces::{Place, Rank};
use unicode_width::UnicodeWidthStr as _;

use crate::report;

use super::layout::Placed;
use super::pen::{Pen, row};
use super::scene::Scene;
use super::symbols::Symbol;
use super::{framed, words};

/// Draws the pane.
pub fn draw(scene: &Scene<'_>, placed: Placed, buffer: &mut Buffer) {
    let inside = framed::draw(scene, placed, &detail(scene), buffer);
    let rows = usize::from(inside.height);
    let count = count(scene);
    if count == 0 {
        let what =
            if scene.app.film.is_empty() { "no events" } else { "no event passes the filter" };
        Pen::new(buffer, inside).gap(1).write(what, scene.look.theme.faint());
        return;
    }
    let first = first(scene, rows);
    for index in 0..rows.min(count - first) {
        if let Some(at) = place(scene, first + index) {
            draw_event(scene, at, (row(inside, index), buffer));
        }
    }
    framed::scrollbar(scene, inside, (first, rows, count), buffer);
}

/// The event in the row at a position.
pub fn event_at(scene: &Scene<'_>, inside: Rect, y: u16) -> Option<Place> {
    let index = usize::from(y.checked_sub(inside.y)?);
    let rows = usize::from(inside.height);
    (index < rows).then(|| place(scene, first(scene, rows) + index)).flatten()
}

fn detail(scene: &Scene<'_>) -> String {
    let app = scene.app;
    match &app.listed {
        Some(listed) if app.filter.is_empty() => {
            format!("{} of {}", listed.len(), app.film.len())
        }
        Some(listed) => {
            let filter = words::plain(&app.filter);
            format!("{filter}  {} of {}", listed.len(), app.film.len())
        }
        None => format!("{}", app.film.len()),
    }
}

fn count(scene: &Scene<'_>) -> usize {
    scene.app.listed.as_ref().map_or(scene.app.film.len(), Vec::len)
}

fn place(scene: &Scene<'_>, index: usize) -> Option<Place> {
    let at = match &scene.app.listed {
        Some(listed) => listed.get(index).copied()?,
        None => Place(index),
    };
    (at.0 < scene.app.film.len()).then_some(at)
}

/// The first row that is seen: the cursor's is in the middle where that can be.
fn first(scene: &Scene<'_>, rows: usize) -> usize {
    let before = scene.app.cursor.saturating_sub(1);
    let middle = match &scene.app.listed {
        Some(listed) => listed.partition_point(|at| at.0 < before),
        None => before,
    };
    framed::window(count(scene), rows, middle)
}

fn draw_event(scene: &Scene<'_>, at: Place, (area, buffer): (Rect, &mut Buffer)) {
    let (app, theme) = (scene.app, &scene.look.theme);
    let fact = app.film.fact(at);
    let is_cursor = app.event() == Some(at);
    let is_future = at.0 >= app.cursor;
    let base = if is_future { theme.faint() } else { theme.text() };
    let name = if is_future { base } else { theme.name() };
    let wide = usize::from(area.width) >= 100;
    let ranks = app.film.header().ranks.max(1) - 1;
    let arrow = scene.symbol(Symbol::To).width();
    let rank_width = 2 * words::rank(Rank(ranks)).len() + arrow + 3;
    let mut pen = Pen::new(buffer, area);
    pen.column(if is_cursor { scene.symbol(Symbol::Cursor) } else { "" }, 1, theme.moving());
    let number_width = app.film.len().to_string().len();
    pen.column(&format!("{:>number_width$}", words::number(at)), number_width + 2, base);
    if wide {
        pen.column(&report::time(fact.t), 13, base);
    }
    let rank_style = if is_future { base } else { scene.style_of(fact.rank) };
    pen.column(&words::way(fact, scene.look.symbols), rank_width, rank_style);
    let tag = if wide { words::tag(app, fact.tag) } else { words::short_tag(app, fact.tag) };
    let tag_width = if wide { 23 } else { 9 };
    pen.column(&tag, tag_width.max(tag.len() + 1), if is_cursor { name.reversed() } else { name });
    let cause = cause(scene, at);
    let cause_width = cause.chars().count();
    // Of a narrow row the payload has what is left, down to a few letters.
    let has_cause = pen.room() > cause_width + 12;
    let room = pen.room().saturating_sub(if has_cause { cause_width + 2 } else { 1 });
    pen.column(&fitting(scene, at, room), room, base);
    if has_cause {
        pen.gap(1).write(&cause, theme.faint());
    }
}

/// The payload's beginning.
fn fitting(scene: &Scene<'_>, at: Place, room: usize) -> String {
    words::payload(scene.app, at, room.saturating_sub(3))
}

fn cause(scene: &Scene<'_>, at: Place) -> String {
    let cause = words::cause(scene.app, at);
    cause.map_or_else(String::new, |cause| {
        format!("{} {}", scene.symbol(Symbol::Because), words::number(cause))
    })
}
