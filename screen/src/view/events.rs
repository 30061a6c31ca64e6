//! The events as a list: only those rows are made that are seen.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ratatui_core::style::Style;
use ringscope_traces::{EventIndex, Rank};
use unicode_width::UnicodeWidthStr as _;

use crate::app::{Pane, Target};
use crate::numbers;
use crate::timeline::Light;

use super::framed::{self, VisibleRows};
use super::layout::Placed;
use super::panes::Drawing;
use super::pen::Pen;
use super::scene::Scene;
use super::symbols::Symbol;
use super::{Paint, words};

/// The pane.
pub(super) const PANE: Drawing = Drawing {
    pane: Pane::Events,
    draw,
    at: |scene, placed, position| event_at(scene, placed.inside(), position.y).map(Target::Event),
    height: None,
};

/// Draws the pane.
pub(super) fn draw(scene: &Scene<'_>, placed: Placed, buffer: &mut Buffer) {
    let inside = framed::draw(scene, placed, &detail(scene), buffer);
    let mut paint = Paint { area: inside, look: scene.look, buffer };
    let rows = usize::from(inside.height);
    let count = count(scene);
    if count == 0 {
        let has_calls = !scene.app.timeline.calls().is_empty();
        let what = match scene.app.timeline.is_empty() {
            true if has_calls => "no messages: what was called stands in the lanes",
            true => "no events",
            false => "no event passes the filter",
        };
        paint.pen().gap(1).write(what, scene.look.theme.faint());
        return;
    }
    let first = first(scene, rows);
    for index in 0..rows.min(count - first) {
        if let Some(at) = place(scene, first + index) {
            draw_event(scene, at, &mut paint.row(index));
        }
    }
    framed::scrollbar(VisibleRows { first, rows, count }, &mut paint);
}

/// The event in the row at a position.
pub(super) fn event_at(scene: &Scene<'_>, inside: Rect, y: u16) -> Option<EventIndex> {
    let index = usize::from(y.checked_sub(inside.y)?);
    let rows = usize::from(inside.height);
    (index < rows).then(|| place(scene, first(scene, rows) + index)).flatten()
}

fn detail(scene: &Scene<'_>) -> String {
    let listed = listed(scene);
    match (&scene.app.search.sought, scene.app.match_count()) {
        (Some(query), Some(count)) => {
            format!("{listed}  find {}: {count}", words::plain(&query.text))
        }
        (Some(_), None) | (None, _) => listed,
    }
}

fn listed(scene: &Scene<'_>) -> String {
    let app = scene.app;
    match &app.search.listed {
        Some(listed) if app.search.filter.is_empty() => {
            format!("{} of {}", listed.len(), app.timeline.len())
        }
        Some(listed) => {
            let filter = words::plain(&app.search.filter);
            format!("{filter}  {} of {}", listed.len(), app.timeline.len())
        }
        None => format!("{}", app.timeline.len()),
    }
}

fn count(scene: &Scene<'_>) -> usize {
    scene.app.search.listed.as_ref().map_or(scene.listed, Vec::len)
}

fn place(scene: &Scene<'_>, index: usize) -> Option<EventIndex> {
    let at = match &scene.app.search.listed {
        Some(listed) => listed.get(index).copied()?,
        None => EventIndex(index),
    };
    (at.0 < scene.listed).then_some(at)
}

/// The first row that is seen: the cursor's is in the middle where that can be.
fn first(scene: &Scene<'_>, rows: usize) -> usize {
    let before = scene.app.view.cursor.saturating_sub(1);
    let middle = match &scene.app.search.listed {
        Some(listed) => listed.partition_point(|at| at.0 < before),
        None => before,
    };
    framed::window(count(scene), rows, middle)
}

/// From this width on a row has the time and the whole name of its tag.
const WIDE: u16 = 100;

fn draw_event(scene: &Scene<'_>, at: EventIndex, paint: &mut Paint<'_>) {
    let area = paint.area;
    let (app, theme) = (scene.app, &scene.look.theme);
    let fact = app.timeline.info(at);
    let is_cursor = app.event() == Some(at);
    let (plain, name, rank) = match at.0 >= app.view.cursor {
        true => (theme.faint(), theme.faint(), theme.faint()),
        false => (theme.text(), theme.name(), scene.style_of(fact.rank)),
    };
    // What is asked why lights up what led to it.
    let (plain, name, rank) = match app.search.light(at) {
        None => (plain, name, rank),
        Some(Light::Race) => (theme.bad(), theme.bad(), theme.bad()),
        Some(Light::Chain) => (theme.text(), theme.name(), scene.style_of(fact.rank)),
        Some(Light::Neither) => (theme.faint(), theme.faint(), theme.faint()),
    };
    let (plain, name, rank) = match scene.is_violation(at) {
        true => (theme.bad(), theme.bad(), theme.bad()),
        false => (plain, name, rank),
    };
    let mut pen = paint.pen();
    let (mark, marked) = match (is_cursor, scene.is_violation(at)) {
        (true, _) => (scene.symbol(Symbol::Cursor), theme.moving()),
        (false, true) => (scene.symbol(Symbol::Bad), theme.bad()),
        (false, false) => match scene.app.critical_event() {
            Some(critical) if critical.at == at => (scene.symbol(Symbol::Critical), theme.bad()),
            Some(_) | None => ("", plain),
        },
    };
    pen.column(mark, 1, marked);
    let width = app.timeline.len().to_string().len();
    pen.column(&format!("{:>width$}", words::number(at)), width + 2, plain);
    if area.width >= WIDE {
        pen.column(&numbers::time(fact.t), 13, plain);
    }
    pen.column(&words::way(fact, scene.look.symbols), way_width(scene), rank);
    let (tag, width) = match area.width >= WIDE {
        true => (words::tag(app, fact.tag), 23),
        false => (words::short_tag(app, fact.tag), 9),
    };
    pen.column(&tag, width.max(tag.len() + 1), if is_cursor { name.reversed() } else { name });
    draw_rest(scene, at, plain, &mut pen);
}

/// The payload's beginning and, if there is still room for some of it then, the event's cause.
fn draw_rest(scene: &Scene<'_>, at: EventIndex, style: Style, pen: &mut Pen<'_>) {
    const LEAST_PAYLOAD: usize = 12;
    let cause = cause(scene, at);
    let cause_width = cause.width() + 2;
    let has_cause = pen.room() > cause_width + LEAST_PAYLOAD;
    let room = pen.room().saturating_sub(if has_cause { cause_width } else { 1 });
    let payload = words::payload(scene.app, at, room.saturating_sub("...".len()));
    pen.column(&payload, room, style);
    if has_cause {
        pen.gap(1).write(&cause, scene.look.theme.faint());
    }
}

/// The width of `r63 → r12` and a space, for the greatest rank that there is.
fn way_width(scene: &Scene<'_>) -> usize {
    let greatest = Rank(scene.app.timeline.header().ranks.max(1) - 1);
    2 * words::rank(greatest).len() + scene.symbol(Symbol::To).width() + 3
}

fn cause(scene: &Scene<'_>, at: EventIndex) -> String {
    let cause = words::cause(scene.app, at);
    cause.map_or_else(String::new, |cause| {
        format!("{} {}", scene.symbol(Symbol::Because), words::number(cause))
    })
}
