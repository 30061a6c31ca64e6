//! What lies over the panes: a list made from the table of keys, narrowed by what is typed.

use ratatui_core::layout::{Margin, Position, Rect};
use ratatui_core::widgets::Widget as _;
use ratatui_widgets::clear::Clear;
use unicode_width::UnicodeWidthStr as _;

use crate::app::menu::{Menu, MenuKind, MenuRow};

use super::framed::{self, VisibleRows};
use super::geometry::cells;
use super::keybar;
use super::layout::split_bottom;
use super::symbols::{Symbol, Symbols};
use super::{Paint, Surface};

/// The most columns that an overlay takes.
const WIDTH: u16 = 76;

/// Draws it in the middle of the screen.
pub(crate) fn draw(menu: &Menu, paint: &mut Paint<'_>) {
    let lines = lay(menu, paint.surface());
    let area = place(paint.area, lines.len());
    Clear.render(area.intersection(paint.buffer.area), paint.buffer);
    let inside = framed::plain(&mut paint.within(area), true);
    let part = visible(menu, &lines, inside);
    draw_title(menu, &part, &mut paint.within(area));
    draw_keys(menu, paint);
    let mut paint = paint.within(inside);
    if lines.is_empty() {
        let faint = paint.look.theme.faint();
        paint.pen().gap(1).write("nothing has these words", faint);
        return;
    }
    let chosen = menu.chosen.min(menu.rows().len() - 1);
    for (index, line) in lines.iter().skip(part.first).take(part.rows).enumerate() {
        draw_line(line, line.row == chosen, &mut paint.row(index));
    }
    framed::scrollbar(part, &mut paint);
}

/// The row at a position, as it was drawn.
pub(crate) fn row_at(menu: &Menu, surface: Surface<'_>, position: Position) -> Option<usize> {
    let lines = lay(menu, surface);
    let inside = place(surface.area, lines.len()).inner(Margin::new(1, 1));
    if !inside.contains(position) {
        return None;
    }
    let first = visible(menu, &lines, inside).first;
    Some(lines.get(first + usize::from(position.y - inside.y))?.row)
}

/// The part of the lines that is seen: those of the chosen row are always in it.
fn visible(menu: &Menu, lines: &[MenuLine], inside: Rect) -> VisibleRows {
    let (rows, count) = (usize::from(inside.height), lines.len());
    let begin = lines.partition_point(|line| line.row < menu.chosen);
    let end = lines.partition_point(|line| line.row <= menu.chosen);
    let first = framed::window(count, rows, begin).max(end.saturating_sub(rows)).min(begin);
    VisibleRows { first, rows, count }
}

/// A line of a list: a row takes as many as its words need.
struct MenuLine {
    /// The row, among those that are shown.
    row: usize,
    /// Keys or signs, in the first line of a row.
    keys: String,
    /// The action's name, in the first line of a row of the palette.
    name: &'static str,
    /// What of its words stands in this line.
    what: String,
    /// The column at which they begin.
    indent: usize,
    is_heading: bool,
}

/// The width of keys and signs.
const KEYS: usize = 13;

/// The width of an action's name.
const NAME: usize = 19;

/// The least width of words beside keys; where there is less they stand below.
const LEAST_WORDS: usize = 24;

/// How far words are moved in that stand below their keys.
const BELOW: usize = 4;

/// The lines of all rows that are shown.
fn lay(menu: &Menu, surface: Surface<'_>) -> Vec<MenuLine> {
    let room = usize::from(width(surface.area)).saturating_sub(2);
    let layout = RowLayout { kind: menu.kind, room, symbols: surface.look.symbols };
    let rows = menu.rows();
    let rows = rows.into_iter().enumerate();
    rows.flat_map(|(row, one)| layout.lines(row, one)).collect()
}

/// How rows are broken into lines.
struct RowLayout {
    kind: MenuKind,
    /// The columns that there are.
    room: usize,
    symbols: Symbols,
}

impl RowLayout {
    fn lines(&self, row: usize, one: &MenuRow) -> Vec<MenuLine> {
        let keys = shown_keys(one, self.symbols);
        let name = match self.kind {
            MenuKind::Help => "",
            MenuKind::Palette => one.name,
        };
        let names = if name.is_empty() { 0 } else { NAME.max(name.width() + 1) };
        let beside = if one.is_heading { 0 } else { 1 + KEYS.max(keys.width() + 1) + names };
        let is_beside = beside + LEAST_WORDS <= self.room;
        let indent = if is_beside { beside } else { BELOW };
        let room = textwrap::Options::new(self.room.saturating_sub(indent).max(1))
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        let mut words = textwrap::wrap(one.what, room);
        if !is_beside {
            words.insert(0, "".into());
        }
        let line = |(index, what): (usize, std::borrow::Cow<'_, str>)| MenuLine {
            row,
            keys: if index == 0 { keys.clone() } else { String::new() },
            name: if index == 0 { name } else { "" },
            what: what.into_owned(),
            indent,
            is_heading: one.is_heading,
        };
        words.into_iter().enumerate().map(line).collect()
    }
}

/// Keys by their symbols, signs as they are drawn; what can be typed is shown as it is typed.
fn shown_keys(one: &MenuRow, symbols: Symbols) -> String {
    let signs = one.sign.map(|sign| sign.symbols).unwrap_or_default();
    let signs = signs.iter().map(|symbol| symbols.of(*symbol).to_owned());
    let keys = one.keys.split(' ').filter(|key| !key.is_empty()).map(|key| match one.action {
        Some(_) => keybar::pretty(key, symbols),
        None => key.to_owned(),
    });
    signs.chain(keys).collect::<Vec<_>>().join(" ")
}

fn width(screen: Rect) -> u16 {
    screen.width.saturating_sub(4).min(WIDTH)
}

fn place(screen: Rect, rows: usize) -> Rect {
    let width = width(screen);
    let height = cells(rows.max(1)).saturating_add(2).min(screen.height.saturating_sub(3));
    Rect {
        x: screen.x + (screen.width - width) / 2,
        y: screen.y + (screen.height - height) / 3,
        width,
        height,
    }
}

/// The keys of the list in the last row of the screen: those of the page below are typed into it.
fn draw_keys(menu: &Menu, paint: &mut Paint<'_>) {
    let (_, last) = split_bottom(paint.area, 1);
    Clear.render(last.intersection(paint.buffer.area), paint.buffer);
    let take = match menu.kind {
        MenuKind::Help => "do it, or close",
        MenuKind::Palette => "do it",
    };
    let look = paint.look;
    let arrows = format!("{} {}", look.symbols.of(Symbol::Up), look.symbols.of(Symbol::Down));
    let mut paint = paint.within(last);
    let mut pen = paint.pen();
    for (key, words) in [(&*arrows, "move"), ("a-z", "narrow"), ("enter", take), ("esc", "close")] {
        pen.gap(1).write(key, look.theme.key()).gap(1).write(words, look.theme.text()).gap(1);
    }
}

fn draw_title(menu: &Menu, part: &VisibleRows, paint: &mut Paint<'_>) {
    let (area, look) = (paint.area, paint.look);
    let title = match menu.kind {
        MenuKind::Help => " Signs and keys ",
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
    if !menu.typed().is_empty() {
        pen.write(&format!(" {} ", super::words::plain(menu.typed())), look.theme.name());
    }
    let below = part.count.saturating_sub(part.first + part.rows);
    if below > 0 {
        let down = look.symbols.of(Symbol::Down);
        pen.write(&format!(" {down} {below} more lines below "), look.theme.label());
    }
}

fn draw_line(line: &MenuLine, is_chosen: bool, paint: &mut Paint<'_>) {
    let (theme, symbols) = (&paint.look.theme, paint.look.symbols);
    let mut pen = paint.pen();
    let marked = if is_chosen { theme.selected() } else { theme.name() };
    if line.is_heading {
        pen.write(&line.what, marked);
        return;
    }
    let is_first = !line.keys.is_empty() || !line.name.is_empty();
    let mark = if is_chosen && is_first { symbols.of(Symbol::Cursor) } else { " " };
    pen.write(mark, theme.moving());
    if line.what.is_empty() {
        pen.write(&line.keys, theme.key()).gap(1).write(line.name, marked);
        return;
    }
    let names = if line.name.is_empty() { 0 } else { NAME.max(line.name.width() + 1) };
    pen.column(&line.keys, line.indent.saturating_sub(1 + names), theme.key());
    pen.column(line.name, names, marked);
    pen.write(&line.what, theme.text());
}

#[cfg(test)]
mod tests {
    use ratatui_core::buffer::Buffer;

    use super::*;
    use crate::app::testing::{built_in, press};
    use crate::app::{Action, App};
    use crate::view::Look;

    fn helped(pane: &str) -> App {
        let mut app = built_in("join", 20);
        press(&mut app, &format!("{pane} ?"));
        app
    }

    /// The text of a screen with a list over it, its frame taken away.
    fn said(menu: &Menu, (width, height): (u16, u16)) -> String {
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        draw(menu, &mut Paint::new(&mut buffer, &Look::default()));
        let rows = buffer.content.chunks(width.into());
        let rows = rows.map(|row| row.iter().map(|cell| cell.symbol()).collect::<String>());
        let words = rows.flat_map(|row| {
            let row = row.trim_matches(['\u{2502}', '\u{2503}', ' ']).to_owned();
            row.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
        });
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn nothing_in_the_help_is_cut_on_small_screens() {
        for size in [(160, 48), (80, 24), (60, 20), (44, 12)] {
            for pane in ["f1", "f2", "f3", "f4", "f5", "f6"] {
                let app = helped(pane);
                let menu = app.controls.menu.as_ref().expect("the help");
                for (at, row) in menu.rows().into_iter().enumerate() {
                    let mut menu = menu.clone();
                    menu.chosen = at;
                    let said = said(&menu, size);
                    for word in row.what.split_whitespace() {
                        assert!(said.contains(word), "`{word}` of `{}` at {size:?}", row.what);
                    }
                    let keys = shown_keys(row, Symbols::Braille);
                    assert!(said.contains(&keys), "{keys} at {size:?}: {said}");
                }
            }
        }
    }

    #[test]
    fn the_help_begins_with_the_signs_and_goes_on_with_the_keys_of_the_pane() {
        let app = helped("f5");
        let rows = app.controls.menu.as_ref().expect("the help").rows();
        let headings: Vec<&str> =
            rows.iter().filter(|row| row.is_heading).map(|row| row.what).collect();
        let expected =
            ["What the signs mean", "Keys of this pane", "All other keys", "What can be typed"];
        assert_eq!(headings, expected);
        let own = rows.iter().position(|row| row.what == expected[1]).expect("a heading");
        assert_eq!(rows[own + 1].action, Some(Action::Break));
        assert!(
            said(app.controls.menu.as_ref().expect("the help"), (80, 24))
                .contains("more lines below")
        );
    }
}
