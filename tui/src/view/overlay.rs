//! What lies over the panes: a list made from the table of keys, narrowed by what is typed.

use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Rect};
use ratatui::widgets::{Clear, Widget as _};
use unicode_width::UnicodeWidthStr as _;

use crate::app::keys::Binding;
use crate::app::{App, Overlay};

use super::geometry::cells;
use super::pen::{Pen, row};
use super::scene::Scene;
use super::symbols::Symbol;
use super::{framed, keybar};

/// The most columns that an overlay takes.
const WIDTH: u16 = 76;

/// What an overlay lists.
#[derive(Debug, Clone, Copy)]
pub struct Listed<'a> {
    /// Which of them it is.
    pub overlay: &'a Overlay,
    /// The table of keys.
    pub bindings: &'a [Binding],
    /// What is typed to narrow it.
    pub typed: &'a str,
    /// The row that is chosen.
    pub chosen: usize,
}

/// Draws it in the middle of the screen.
pub fn draw(scene: &Scene<'_>, (screen, listed): (Rect, Listed<'_>), buffer: &mut Buffer) {
    let rows = listed.rows();
    let area = place(screen, rows.len());
    Clear.render(area.intersection(buffer.area), buffer);
    let inside = framed::plain(scene, area, true, buffer);
    draw_title(scene, listed, (area, buffer));
    if rows.is_empty() {
        Pen::new(buffer, inside).gap(1).write("nothing has these words", scene.look.theme.faint());
        return;
    }
    let height = usize::from(inside.height);
    let chosen = listed.chosen.min(rows.len() - 1);
    let first = framed::window(rows.len(), height, chosen);
    for (index, binding) in rows.iter().enumerate().skip(first).take(height) {
        draw_binding(scene, (binding, index == chosen), (row(inside, index - first), buffer));
    }
    framed::scrollbar(scene, inside, (first, height, rows.len()), buffer);
}

/// The row at a position, as it was drawn.
pub fn row_at((screen, listed): (Rect, Listed<'_>), (x, y): (u16, u16)) -> Option<usize> {
    let rows = listed.rows().len();
    let inside = place(screen, rows).inner(Margin::new(1, 1));
    if !inside.contains((x, y).into()) {
        return None;
    }
    let height = usize::from(inside.height);
    let first = framed::window(rows, height, listed.chosen.min(rows.saturating_sub(1)));
    Some(first + usize::from(y - inside.y)).filter(|index| *index < rows)
}

impl<'a> Listed<'a> {
    /// What lies over the panes, if anything does.
    pub fn of(app: &'a App, bindings: &'a [Binding]) -> Option<Listed<'a>> {
        let typed = app.prompt.as_ref().map_or("", |prompt| prompt.input.value());
        Some(Listed { overlay: app.overlay.as_ref()?, bindings, typed, chosen: 0 })
    }

    /// The rows that have all the words that were typed.
    pub fn rows(&self) -> Vec<&'a Binding> {
        let words: Vec<String> = self.typed.split_whitespace().map(str::to_lowercase).collect();
        let has_all = |binding: &&Binding| {
            let text = format!("{} {} {}", binding.name, binding.what, binding.keys.join(" "));
            let text = text.to_lowercase();
            words.iter().all(|word| text.contains(word))
        };
        self.bindings.iter().filter(has_all).collect()
    }
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

fn draw_title(scene: &Scene<'_>, listed: Listed<'_>, (area, buffer): (Rect, &mut Buffer)) {
    let title = match listed.overlay {
        Overlay::Help => " Keys ",
        Overlay::Palette => " Everything that can be done ",
    };
    let top = Rect {
        x: area.x.saturating_add(1),
        width: area.width.saturating_sub(2),
        height: area.height.min(1),
        ..area
    };
    let mut pen = Pen::new(buffer, top);
    pen.write(title, scene.look.theme.selected());
    if listed.typed.is_empty() {
        pen.write(" type to narrow it, Esc closes it ", scene.look.theme.faint());
    } else {
        pen.write(&format!(" {} ", super::words::plain(listed.typed)), scene.look.theme.name());
    }
}

fn draw_binding(
    scene: &Scene<'_>,
    (binding, is_chosen): (&Binding, bool),
    (area, buffer): (Rect, &mut Buffer),
) {
    let theme = &scene.look.theme;
    let pretty = |key: &&str| keybar::pretty(key, scene.look.symbols);
    let keys: Vec<String> = binding.keys.iter().map(pretty).collect();
    let keys = keys.join(" ");
    let mut pen = Pen::new(buffer, area);
    pen.write(if is_chosen { scene.symbol(Symbol::Cursor) } else { " " }, theme.moving());
    let keys_width = 12.max(keys.width() + 1);
    pen.column(&keys, keys_width, theme.key());
    pen.column(binding.name, 19, if is_chosen { theme.selected() } else { theme.name() });
    pen.write(binding.what, theme.text());
}

#[cfg(test)]
mod tests {
    use crate::app::Action;

    use super::*;

    const TABLE: [Binding; 2] = [
        Binding {
            action: Action::Zoom,
            name: "zoom",
            keys: &["z"],
            what: "the pane alone",
            bar: None,
        },
        Binding { action: Action::Quit, name: "quit", keys: &["q"], what: "leave", bar: None },
    ];

    fn found(typed: &str) -> Vec<&str> {
        let listed = Listed { overlay: &Overlay::Help, bindings: &TABLE, typed, chosen: 0 };
        listed.rows().iter().map(|binding| binding.name).collect()
    }

    #[test]
    fn what_is_typed_narrows_the_list() {
        assert_eq!(found(""), ["zoom", "quit"]);
        assert_eq!(found("PANE zo"), ["zoom"]);
        assert!(found("pane leave").is_empty());
    }
}
