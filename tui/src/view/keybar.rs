//! The last row: the keys that are wanted most, as many as fit, or what there is to say.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr as _;

use crate::app::Action;
use crate::app::keys::Binding;

use super::Look;
use super::geometry::cells;
use super::layout::{Class, Layout};
use super::pen::Pen;
use super::scene::Scene;
use super::symbols::{Symbol, Symbols};
use super::words;

/// Keys by their names in the configuration, and the symbols that are shorter.
const SHORTER: [(&str, Symbol); 6] = [
    ("right", Symbol::To),
    ("left", Symbol::From),
    ("up", Symbol::Up),
    ("down", Symbol::Down),
    ("shift-right", Symbol::To),
    ("shift-left", Symbol::From),
];

/// Draws the row from a table of keys.
pub fn draw(scene: &Scene<'_>, (layout, bindings): (&Layout, &[Binding]), buffer: &mut Buffer) {
    let area = layout.keybar;
    if let Some(note) = &scene.app.note {
        Pen::new(buffer, area).gap(1).write(&words::plain(note), scene.look.theme.warning());
        return;
    }
    let left = draw_keys((bindings, scene.look), area, buffer);
    if layout.class == Class::Strip && MORE.len() + GAP <= usize::from(left.width) {
        let width = cells(MORE.len());
        let end = Rect { x: area.right() - width, width, ..area };
        Pen::new(buffer, end).write(MORE, scene.look.theme.faint());
    }
}

/// Draws the keys alone; what they leave of the row.
pub fn draw_keys((bindings, look): (&[Binding], &Look), area: Rect, buffer: &mut Buffer) -> Rect {
    let mut used = 0;
    for (binding, column) in entries(bindings, area.width, look.symbols) {
        let place = Rect { x: area.x + column, width: area.width - column, ..area };
        let mut pen = Pen::new(buffer, place);
        pen.write(&first_key(&binding, look.symbols), look.theme.key());
        pen.gap(1).write(binding.bar.unwrap_or_default(), look.theme.text());
        used = column + cells(width(&binding, look.symbols));
    }
    let used = used.min(area.width);
    Rect { x: area.x + used, width: area.width - used, ..area }
}

/// What a bigger window would show.
const MORE: &str = "(80x24: ring)";

/// The cells between two keys.
const GAP: usize = 2;

/// The action whose words are at a column of the row.
pub fn action_at(bindings: &[Binding], area: Rect, (x, symbols): (u16, Symbols)) -> Option<Action> {
    let x = usize::from(x.checked_sub(area.x)?);
    let entries = entries(bindings, area.width, symbols);
    let hit = entries.iter().find(|(binding, column)| {
        (usize::from(*column)..usize::from(*column) + width(binding, symbols)).contains(&x)
    });
    hit.map(|(binding, _)| binding.action)
}

/// A key as it is shown: arrows as arrows, shift as its sign.
pub fn pretty(key: &str, symbols: Symbols) -> String {
    match SHORTER.iter().find(|(name, _)| *name == key) {
        Some((name, symbol)) if name.starts_with("shift-") => {
            format!("{}{}", symbols.of(Symbol::Shift), symbols.of(*symbol))
        }
        Some((_, symbol)) => symbols.of(*symbol).to_owned(),
        None => key.to_owned(),
    }
}

fn first_key(binding: &Binding, symbols: Symbols) -> String {
    binding.keys.first().map(|key| pretty(key, symbols)).unwrap_or_default()
}

fn width(binding: &Binding, symbols: Symbols) -> usize {
    first_key(binding, symbols).width() + 1 + binding.bar.unwrap_or_default().width()
}

/// Those that fit, in the order of the table, each with its column.
fn entries(bindings: &[Binding], room: u16, symbols: Symbols) -> Vec<(Binding, u16)> {
    let mut column = usize::from(room > 60);
    let mut entries = Vec::new();
    for binding in bindings.iter().filter(|binding| binding.bar.is_some()) {
        let width = width(binding, symbols);
        if column + width > usize::from(room) {
            break;
        }
        entries.push((*binding, cells(column)));
        column += width + GAP;
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binding(action: Action, keys: &'static [&'static str], bar: &'static str) -> Binding {
        Binding { action, name: "x", keys, what: "x", bar: Some(bar) }
    }

    fn table() -> [Binding; 3] {
        [
            binding(Action::NextEvent, &["right", "l"], "step"),
            binding(Action::NextCommand, &["shift-right"], "command"),
            binding(Action::Help, &["?"], "help"),
        ]
    }

    #[test]
    fn as_many_keys_are_shown_as_fit_whole() {
        let columns = |room| {
            entries(&table(), room, Symbols::Braille).iter().map(|(_, at)| *at).collect::<Vec<_>>()
        };
        assert_eq!(columns(80), [1, 9, 21]);
        assert_eq!(columns(20), [0, 8]);
        assert_eq!(columns(5), [0; 0]);
    }

    #[test]
    fn a_click_on_words_is_a_click_on_their_action() {
        let area = Rect::new(2, 9, 60, 1);
        let at = |x| action_at(&table(), area, (x, Symbols::Braille));
        assert_eq!(at(2), Some(Action::NextEvent));
        assert_eq!(at(12), Some(Action::NextCommand));
        assert_eq!(at(8), None);
        assert_eq!(at(0), None);
    }

    #[test]
    fn arrows_are_shown_as_arrows_where_there_are_some() {
        let shown = |symbols| ["shift-right", "left", "space"].map(|key| pretty(key, symbols));
        assert_eq!(shown(Symbols::Braille), ["⇧→", "←", "space"]);
        assert_eq!(shown(Symbols::Ascii), ["S-->", "<-", "space"]);
    }
}
