//! The frame round a pane: its number, its name, what it shows, and the tabs of those that share its place.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::{Position, Rect};
use ratatui_core::widgets::Widget as _;
use ratatui_widgets::block::Block;

use crate::app::Pane;

use super::Paint;
use super::geometry::cells;
use super::layout::Placed;
use super::pen::fitted;
use super::scene::Scene;
use super::symbols::Symbol;

/// Draws the frame and returns what is inside of it.
pub(super) fn draw(scene: &Scene<'_>, placed: Placed, detail: &str, buffer: &mut Buffer) -> Rect {
    if !placed.has_frame {
        return placed.inside().intersection(buffer.area);
    }
    let has_focus = scene.app.view.focus == placed.pane;
    let mut paint = Paint { area: placed.area, look: scene.look, buffer };
    let inside = plain(&mut paint, has_focus);
    let mut paint = paint.within(title_row(placed.area));
    let mut pen = paint.pen();
    for (name, is_front) in tabs(placed) {
        let style = match (is_front, has_focus) {
            (true, true) => scene.look.theme.selected(),
            (true, false) => scene.look.theme.name(),
            (false, _) => scene.look.theme.faint(),
        };
        pen.write(&name, style);
    }
    if !detail.is_empty() {
        let style = scene.look.theme.text();
        let room = pen.room().saturating_sub(1);
        pen.write(" ", style).write(&fitted(detail, room), style).write(" ", style);
    }
    inside
}

/// A frame without a title.
pub(super) fn plain(paint: &mut Paint<'_>, has_focus: bool) -> Rect {
    let look = paint.look;
    let block = Block::bordered()
        .border_set(look.symbols.border())
        .border_style(look.theme.frame(has_focus));
    let area = paint.area.intersection(paint.buffer.area);
    let inside = block.inner(area);
    block.render(area, paint.buffer);
    inside
}

/// The pane whose tab is at a column, if the position is on the tabs.
pub(super) fn tab_at(placed: Placed, position: Position) -> Option<Pane> {
    let Position { x, y } = position;
    if !placed.has_frame {
        return None;
    }
    let row = title_row(placed.area);
    let mut column = usize::from(x).checked_sub(usize::from(row.x)).filter(|_| y == row.y)?;
    let shown = names(placed);
    for (pane, name) in shown {
        let width = name.chars().count();
        if column < width {
            return Some(pane);
        }
        column -= width;
    }
    None
}

fn title_row(area: Rect) -> Rect {
    Rect { x: area.x.saturating_add(1), width: area.width.saturating_sub(2), height: 1, ..area }
}

fn tabs(placed: Placed) -> impl Iterator<Item = (String, bool)> {
    names(placed).into_iter().map(move |(pane, name)| (name, pane == placed.pane))
}

/// ` F3 Events `, and those behind it; of these only the numbers where there is no room for names.
fn names(placed: Placed) -> Vec<(Pane, String)> {
    const WIDTH_EACH: usize = 24;
    let has_names = usize::from(placed.area.width) >= WIDTH_EACH * placed.tabs.len();
    let name = |pane: &Pane| match *pane == placed.pane || has_names {
        true => (*pane, format!(" F{} {} ", pane.number(), pane.name())),
        false => (*pane, format!(" F{} ", pane.number())),
    };
    placed.tabs.iter().map(name).collect()
}

/// The row of a list at which a part of it begins so that one row of it is in the middle.
pub(super) fn window(count: usize, rows: usize, middle: usize) -> usize {
    middle.saturating_sub(rows / 2).min(count.saturating_sub(rows))
}

/// The part of a list that is seen.
pub(super) struct VisibleRows {
    /// The first row.
    pub first: usize,
    /// How many rows there is room for.
    pub rows: usize,
    /// How many rows there are.
    pub count: usize,
}

/// A bar on the right edge of a pane that shows which part of its list is seen.
pub(super) fn scrollbar(part: VisibleRows, paint: &mut Paint<'_>) {
    let VisibleRows { first, rows, count } = part;
    let area = paint.area;
    let is_at_the_edge = area.right() >= paint.buffer.area.right();
    if is_at_the_edge || count <= rows || area.height < 3 || area.width < 3 {
        return;
    }
    let height = usize::from(area.height);
    let top = first * height / count;
    let length = (rows * height / count).max(1);
    for at in top..(top + length).min(height) {
        let place = (area.right(), area.y + cells(at));
        if let Some(cell) = paint.buffer.cell_mut(place) {
            let look = paint.look;
            cell.set_symbol(look.symbols.of(Symbol::Thumb)).set_style(look.theme.label());
        }
    }
}
