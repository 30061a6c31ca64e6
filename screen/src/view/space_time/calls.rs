//! The calls among the events: collective operations as bars across the lanes, and what single ranks call.

use ratatui_core::style::Style;
use ringscope_traces::Rank;
use ringscope_traces::calls::{Call, CommId};
use unicode_width::UnicodeWidthStr as _;

use super::super::geometry::cells;
use super::super::pen::fitted;
use super::super::scene::Scene;
use super::super::symbols::Symbol;
use super::super::{Paint, call_words};
use super::lanes::{Lanes, NUMBER};
use super::{draw_lanes, put};
use crate::timeline::{CallMark, CallRow, Collective, Moment};

/// How much of the width is for the calls' names, where there are calls.
pub(super) fn call_width(scene: &Scene<'_>, width: u16) -> usize {
    match scene.app.timeline.calls().rows().is_empty() {
        true => 0,
        false => (usize::from(width) * 2 / 5).clamp(10, 48),
    }
}

/// The style of what belongs to a communicator.
pub(in crate::view) fn comm_style(scene: &Scene<'_>, comm: CommId) -> Style {
    let theme = &scene.look.theme;
    let owners: Vec<_> = theme.owner_colors().all().collect();
    match comm.0.checked_sub(1) {
        None => theme.name(),
        Some(_) if owners.is_empty() => theme.text(),
        Some(number) => theme.owner(owners[number as usize % owners.len()]),
    }
}

/// How the lane of a rank looks that is in a collective operation.
pub(super) fn inside(scene: &Scene<'_>, rank: Rank, now: Moment) -> Option<Style> {
    let calls = scene.app.timeline.calls();
    let at = calls.collective_of(rank, now)?;
    let comm = calls.collectives().get(at)?.comm;
    let has_happened = now <= scene.app.view.moment();
    Some(if has_happened { comm_style(scene, comm) } else { scene.look.theme.faint() })
}

/// Whose call a row is: of a collective operation, of the first who enters it.
pub(super) fn rank(scene: &Scene<'_>, at: usize) -> Option<Rank> {
    ranks(scene, at).next()
}

/// The ranks that take part in a row.
pub(super) fn ranks(scene: &Scene<'_>, at: usize) -> impl Iterator<Item = Rank> {
    let calls = scene.app.timeline.calls();
    let (one, collective) = match calls.rows().get(at).map(|row| row.mark) {
        Some(CallMark::Of(rank, _)) => (Some(rank), None),
        Some(CallMark::Collective(at)) => (None, calls.collectives().get(at)),
        None => (None, None),
    };
    let entered = collective.into_iter().flat_map(|one| one.entered.iter().map(|one| one.rank));
    one.into_iter().chain(entered)
}

/// Draws the row of a call.
pub(super) fn draw(scene: &Scene<'_>, lanes: &Lanes, at: usize, paint: &mut Paint<'_>) {
    let calls = scene.app.timeline.calls();
    let Some(row) = calls.rows().get(at) else { return };
    draw_lanes(scene, lanes, row.moment, paint);
    let has_happened = row.moment <= scene.app.view.moment();
    if scene.app.call_here() == Some(at) {
        put(paint, NUMBER, scene.symbol(Symbol::Cursor), scene.look.theme.moving());
    }
    let (texts, style) = match row.mark {
        CallMark::Collective(at) => {
            let collective = &calls.collectives()[at];
            draw_bar(scene, lanes, (collective, has_happened), paint);
            let style = match collective.missing.is_empty() {
                true => comm_style(scene, collective.comm),
                false => scene.look.theme.bad(),
            };
            (call_words::collective(calls, collective), style)
        }
        CallMark::Of(..) => draw_mark(scene, lanes, (row, has_happened), paint),
    };
    let style = if has_happened { style } else { scene.look.theme.faint() };
    write_beside(lanes, (&texts, style), paint);
}

/// The bar from the first to the last rank that takes part: who enters has a cross, who never does an empty place.
fn draw_bar(
    scene: &Scene<'_>,
    lanes: &Lanes,
    (collective, has_happened): (&Collective, bool),
    paint: &mut Paint<'_>,
) {
    let theme = &scene.look.theme;
    let own = if has_happened { comm_style(scene, collective.comm) } else { theme.faint() };
    let (line, of_line) = match collective.missing.is_empty() {
        true => (Symbol::Collective, own),
        false if has_happened => (Symbol::Incomplete, theme.bad()),
        false => (Symbol::Incomplete, own),
    };
    let taking_part: Vec<usize> = lanes
        .columns()
        .filter_map(|(rank, column)| collective.has(rank).then_some(column))
        .collect();
    let (Some(first), Some(last)) = (taking_part.iter().min(), taking_part.iter().max()) else {
        return;
    };
    let is_lane = |column: usize| lanes.columns().any(|(_, lane)| lane == column);
    for column in (*first..=*last).filter(|column| !is_lane(*column)) {
        put(paint, column, scene.symbol(line), of_line);
    }
    for (rank, column) in lanes.columns() {
        if collective.missing.contains(&rank) {
            let style = if has_happened { theme.bad() } else { theme.faint() };
            put(paint, column, scene.symbol(Symbol::Open), style);
        } else if collective.has(rank) {
            put(paint, column, scene.symbol(Symbol::Enters), own.bold());
        }
    }
}

/// The mark of what a single rank calls, and the words for it.
fn draw_mark(
    scene: &Scene<'_>,
    lanes: &Lanes,
    (row, has_happened): (&CallRow, bool),
    paint: &mut Paint<'_>,
) -> (Vec<String>, Style) {
    let (calls, theme) = (scene.app.timeline.calls(), &scene.look.theme);
    let CallMark::Of(rank, at) = row.mark else { return (Vec::new(), theme.text()) };
    let Some(one) = calls.call(rank, at) else { return (Vec::new(), theme.text()) };
    let (symbol, style) = match &one.call {
        Call::Probe(_) => (Symbol::Probe, theme.text()),
        Call::Last(_) => (Symbol::Blocked, theme.warning()),
        Call::Fail(_) | Call::Misuse(_) | Call::Exception(_) | Call::Exit(_) | Call::Died(_) => {
            (Symbol::Bad, theme.bad())
        }
        Call::Place(_)
        | Call::Address(_)
        | Call::Communicator(_)
        | Call::Enter(_)
        | Call::Leave(_)
        | Call::Post(_)
        | Call::Complete(_) => (Symbol::Active, theme.text()),
    };
    let shown = if has_happened { style } else { theme.faint() };
    if let Some(column) = lanes.column(rank) {
        put(paint, column, scene.symbol(symbol), shown);
    }
    (call_words::of_rank(calls, rank, &one.call, scene.look.symbols), style)
}

/// The longest of these texts for which there is room, to the right of the lanes.
fn write_beside(lanes: &Lanes, (texts, style): (&[String], Style), paint: &mut Paint<'_>) {
    let area = paint.area;
    let start = lanes.columns().map(|(_, column)| column + 2).max().unwrap_or(0);
    let room = usize::from(area.width).saturating_sub(start);
    let fitting = texts.iter().find(|text| text.width() <= room).or(texts.last());
    let Some(text) = fitting.map(|text| fitted(text, room)) else { return };
    let place = area.x.saturating_add(cells(start)).min(area.right());
    let mut pen_area = area;
    (pen_area.x, pen_area.width) = (place, area.right().saturating_sub(place));
    paint.within(pen_area).pen().write(&text, style);
}
