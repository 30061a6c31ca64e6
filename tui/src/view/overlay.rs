//! What lies over the panes: a list made from the table of keys, narrowed by what is typed.

use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Rect};
use ratatui::widgets::{Clear, Widget as _};
use unicode_width::UnicodeWidthStr as _;

use crate::app::menu::{Menu, MenuKind, MenuRow};

use super::Look;
use super::geometry::cells;
use super::pen::{Pen, row};
use super::symbols::Symbol;
use super::{framed, keybar};

/// The most columns that an overlay takes.
const WIDTH: u16 = 76;

/// Draws it in the middle of the screen.
pub fn draw(menu: &Menu, (screen, look): (Rect, &Look), buffer: &mut Buffer) {
    let rows = menu.rows();
    let area = place(screen, rows.len());
    Clear.render(area.intersection(buffer.area), buffer);
    let inside = framed::plain(look, area, true, buffer);
    draw_title(menu, (area, look), buffer);
    if rows.is_empty() {
        Pen::new(buffer, inside).gap(1).write("nothing has these words", look.theme.faint());
        return;
    }
    let height = usize::from(inside.height);
    let chosen = menu.chosen.min(rows.len() - 1);
    let first = framed::window(rows.len(), height, chosen);
    for (index, one) in rows.iter().enumerate().skip(first).take(height) {
        draw_row((one, index == chosen), (row(inside, index - first), look), buffer);
    }
    framed::scrollbar(look, inside, (first, height, rows.len()), buffer);
}

/// The row at a position, as it was drawn.
pub fn row_at(menu: &Menu, screen: Rect, (x, y): (u16, u16)) -> Option<usize> {
    let rows = menu.rows().len();
    let inside = place(screen, rows).inner(Margin::new(1, 1));
    if !inside.contains((x, y).into()) {
        return None;
    }
    let height = usize::from(inside.height);
    let first = framed::window(rows, height, menu.chosen.min(rows.saturating_sub(1)));
    Some(first + usize::from(y - inside.y)).filter(|index| *index < rows)
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

fn draw_title(menu: &Menu, (area, look): (Rect, &Look), buffer: &mut Buffer) {
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
    let mut pen = Pen::new(buffer, top);
    pen.write(title, look.theme.selected());
    if menu.typed().is_empty() {
        pen.write(" type to narrow it, Esc closes it ", look.theme.faint());
    } else {
        pen.write(&format!(" {} ", super::words::plain(menu.typed())), look.theme.name());
    }
}

fn draw_row((one, is_chosen): (&MenuRow, bool), (area, look): (Rect, &Look), buffer: &mut Buffer) {
    let theme = &look.theme;
    // What can be typed is shown as it is typed.
    let pretty = |key: &str| match one.action {
        Some(_) => keybar::pretty(key, look.symbols),
        None => key.to_owned(),
    };
    let keys: Vec<String> = one.keys.split(' ').map(pretty).collect();
    let keys = keys.join(" ");
    let mut pen = Pen::new(buffer, area);
    pen.write(if is_chosen { look.symbols.of(Symbol::Cursor) } else { " " }, theme.moving());
    let keys_width = 12.max(keys.width() + 1);
    pen.column(&keys, keys_width, theme.key());
    pen.column(one.name, 19, if is_chosen { theme.selected() } else { theme.name() });
    pen.write(one.what, theme.text());
}
