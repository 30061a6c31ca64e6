//! The run as a bar: what has been, what is to come, and what is marked on it.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ratatui_core::style::Style;
use ringscope_sim::protocol::Command;

use crate::timeline::LoadProgress;

use super::geometry::cells;
use super::pen::Pen;
use super::scene::Scene;
use super::symbols::Symbol;

/// How many commands of a cell are looked at for its mark.
const LOOKED_AT: usize = 16;

/// Draws the row.
pub(super) fn draw(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let bar = bar(scene, area);
    let head = column(scene, bar, scene.app.view.cursor);
    for at in 0..usize::from(bar.width) {
        let (text, style) = if at == head {
            (scene.symbol(Symbol::Head), scene.look.theme.moving())
        } else {
            mark(scene, bar, at).unwrap_or_else(|| ground(scene, at < head))
        };
        let place = Rect { x: bar.x + cells(at), width: 1, ..bar };
        Pen::new(buffer, place).write(text, style);
    }
    let end = Rect { x: bar.right(), width: area.right().saturating_sub(bar.right()), ..area };
    Pen::new(buffer, end).write(&percentage(scene), scene.look.theme.text());
}

/// The cursor at a column of the screen; outside of the bar its nearer end.
pub(super) fn cursor_at(scene: &Scene<'_>, area: Rect, x: u16) -> usize {
    let bar = bar(scene, area);
    let last = usize::from(bar.width).saturating_sub(1).max(1);
    let at = usize::from(x.saturating_sub(bar.x)).min(last);
    let events = scene.app.timeline.len();
    // In 128 bits: a timeline's length times a screen's width.
    usize::try_from((at as u128 * events as u128).div_ceil(last as u128)).unwrap_or(events)
}

fn bar(scene: &Scene<'_>, area: Rect) -> Rect {
    let end = cells(percentage(scene).chars().count());
    let margin = u16::from(area.width > 60);
    let width = area.width.saturating_sub(end + 2 * margin);
    Rect { x: area.x + margin.min(area.width), width, ..area }
}

/// Where the cursor stands in hundredths, and how much of the timeline has been read.
fn percentage(scene: &Scene<'_>) -> String {
    let events = scene.app.timeline.len().max(1);
    let part = scene.app.view.cursor * 100 / events;
    match scene.app.timeline.progress() {
        LoadProgress::Reading(read) => format!(" {part}% reading {read}%"),
        LoadProgress::Checking(checked) => format!(" {part}% checking {checked}%"),
        LoadProgress::Done => format!(" {part}%"),
    }
}

/// The cell of a cursor.
fn column(scene: &Scene<'_>, bar: Rect, cursor: usize) -> usize {
    let last = usize::from(bar.width).saturating_sub(1);
    let events = scene.app.timeline.len().max(1);
    usize::try_from(cursor as u128 * last as u128 / events as u128).unwrap_or(last)
}

fn ground(scene: &Scene<'_>, has_been: bool) -> (&'static str, Style) {
    match has_been {
        true => (scene.symbol(Symbol::Past), scene.look.theme.label()),
        false => (scene.symbol(Symbol::Future), scene.look.theme.faint()),
    }
}

/// The mark that matters most among the events of a cell.
fn mark(scene: &Scene<'_>, bar: Rect, at: usize) -> Option<(&'static str, Style)> {
    let (timeline, theme) = (&scene.app.timeline, &scene.look.theme);
    let is_here = |cursor: usize| column(scene, bar, cursor) == at;
    let from = |cursor: usize| column(scene, bar, cursor) < at;
    let violations = timeline.violations();
    let first = violations.partition_point(|violation_at| from(violation_at.at.0 + 1));
    if violations.get(first).is_some_and(|violation_at| is_here(violation_at.at.0 + 1)) {
        return Some(("!", theme.bad()));
    }
    if timeline.departure().is_some_and(|departure| is_here(departure.at.0 + 1)) {
        return Some((scene.symbol(Symbol::Departure), theme.bad()));
    }
    if scene.app.marks.values().any(|cursor| is_here(*cursor)) {
        return Some((scene.symbol(Symbol::Mark), theme.moving()));
    }
    let operations = timeline.operations();
    let first = operations.partition_point(|operation| from(operation.invoked.0 + 1));
    let here = operations[first..]
        .iter()
        .take_while(|operation| is_here(operation.invoked.0 + 1))
        .take(LOOKED_AT);
    let letters = here.map(|operation| letter(operation.command));
    letters.max_by_key(|(_, weight)| *weight).map(|(letter, _)| (letter, theme.name()))
}

/// A command's letter, and how much it matters: what changes the ring comes first.
fn letter(command: Command) -> (&'static str, u8) {
    match command {
        Command::Get { .. } => ("G", 0),
        Command::Put { .. } => ("P", 1),
        Command::Remove { .. } => ("R", 2),
        Command::Add { .. } => ("A", 3),
    }
}
