//! What lies over the panes: a list made from the table of keys, narrowed by what is typed.

use ratatui_core::layout::{Margin, Position, Rect};
use ratatui_core::widgets::Widget as _;
use ratatui_widgets::clear::Clear;
use unicode_width::UnicodeWidthStr as _;

use crate::app::menu::{Menu, MenuKind, MenuRow};

use super::Paint;
use super::framed::{self, VisibleRows};
use super::geometry::cells;
use super::keybar;
use super::symbols::Symbol;

/// The most columns that an overlay takes.
const WIDTH: u16 = 76;

/// Draws it in the middle of the screen.
pub(crate) fn draw(menu: &Menu, paint: &mut Paint<'_>) {
    let rows = menu.rows();
    let area = place(paint.area, rows.len());
    Clear.render(area.intersection(paint.buffer.area), paint.buffer);
    let inside = framed::plain(&mut paint.within(area), true);
    draw_title(menu, &mut paint.within(area));
    let mut paint = paint.within(inside);
    if rows.is_empty() {
        let faint = paint.look.theme.faint();
        paint.pen().gap(1).write("nothing has these words", faint);
        return;
    }
    let height = usize::from(inside.height);
    let chosen = menu.chosen.min(rows.len() - 1);
    let first = framed::window(rows.len(), height, chosen);
    for (index, one) in rows.iter().enumerate().skip(first).take(height) {
        draw_row(one, index == chosen, &mut paint.row(index - first));
    }
    framed::scrollbar(VisibleRows { first, rows: height, count: rows.len() }, &mut paint);
}

/// The row at a position, as it was drawn.
pub(crate) fn row_at(menu: &Menu, screen: Rect, position: Position) -> Option<usize> {
    let rows = menu.rows().len();
    let inside = place(screen, rows).inner(Margin::new(1, 1));
    if !inside.contains(position) {
        return None;
    }
    let height = usize::from(inside.height);
    let first = framed::window(rows, height, menu.chosen.min(rows.saturating_sub(1)));
    Some(first + usize::from(position.y - inside.y)).filter(|index| *index < rows)
}

fn place(screen: Rect, rows: usize) -> Rect {
    let width = screen.width.saturating_sub(4).min(WIDTH);
    let height = cells(rows.max(1)).saturating_add(2).min(screen.height.saturating_sub(3));
    Rect {
        x: screen.x + (screen.width - width) / 2,
        y: screen.y + (screen.height - height) / 3,
        width,
        height,
    }
}

fn draw_title(menu: &Menu, paint: &mut Paint<'_>) {
    let (area, look) = (paint.area, paint.look);
    let title = match menu.kind {
        MenuKind::Help => " Keys ",
        MenuKind::Palette => " Everything that can be done ",
    };
    let top = Rect {
        x: area.x.saturating_add(1),
        width: area.width.saturating_sub(2),
        height: area.height.min(1),
        ..area
    };
    let mut paint = paint.within(top);
    let mut pen = paint.pen();
    pen.write(title, look.theme.selected());
    if menu.typed().is_empty() {
        pen.write(" type to narrow it, Esc closes it ", look.theme.faint());
    } else {
        pen.write(&format!(" {} ", super::words::plain(menu.typed())), look.theme.name());
    }
}

fn draw_row(one: &MenuRow, is_chosen: bool, paint: &mut Paint<'_>) {
    let look = paint.look;
    let theme = &look.theme;
    // What can be typed is shown as it is typed.
    let pretty = |key: &str| match one.action {
        Some(_) => keybar::pretty(key, look.symbols),
        None => key.to_owned(),
    };
    let keys: Vec<String> = one.keys.split(' ').map(pretty).collect();
    let keys = keys.join(" ");
    let mut pen = paint.pen();
    pen.write(if is_chosen { look.symbols.of(Symbol::Cursor) } else { " " }, theme.moving());
    let keys_width = 12.max(keys.width() + 1);
    pen.column(&keys, keys_width, theme.key());
    pen.column(one.name, 19, if is_chosen { theme.selected() } else { theme.name() });
    pen.write(one.what, theme.text());
}
