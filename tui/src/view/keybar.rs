//! The last row: the keys that are wanted most, as many as fit, or what there is to say.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr as _;

use crate::app::keys::BINDINGS;
use crate::app::{Action, Keymap};

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

/// Draws the row.
pub fn draw(scene: &Scene<'_>, layout: &Layout, buffer: &mut Buffer) {
    let area = layout.keybar;
    if let Some(note) = &scene.app.note {
        Pen::new(buffer, area).gap(1).write(&words::plain(note), scene.look.theme.warning());
        return;
    }
    let left = draw_keys(&usual(), (&scene.app.keymap, scene.look), (area, buffer));
    if layout.class == Class::Strip && MORE.len() + GAP <= usize::from(left.width) {
        let width = cells(MORE.len());
        let end = Rect { x: area.right() - width, width, ..area };
        Pen::new(buffer, end).write(MORE, scene.look.theme.faint());
    }
}

/// Actions and their words, the most wanted ones first.
pub type Wanted = [(Action, &'static str)];

/// Those of a run.
pub fn usual() -> Vec<(Action, &'static str)> {
    BINDINGS.iter().filter_map(|row| Some((row.action, row.bar?))).collect()
}

/// Draws the keys alone; what they leave of the row.
pub fn draw_keys(
    wanted: &Wanted,
    (keymap, look): (&Keymap, &Look),
    (area, buffer): (Rect, &mut Buffer),
) -> Rect {
    let mut used = 0;
    for (entry, column) in entries(wanted, keymap, (area.width, look.symbols)) {
        let place = Rect { x: area.x + column, width: area.width - column, ..area };
        let mut pen = Pen::new(buffer, place);
        pen.write(&entry.key, look.theme.key());
        pen.gap(1).write(entry.what, look.theme.text());
        used = column + cells(entry.width());
    }
    let used = used.min(area.width);
    Rect { x: area.x + used, width: area.width - used, ..area }
}

/// What a bigger window would show.
const MORE: &str = "(80x24: ring)";

/// The cells between two keys.
const GAP: usize = 2;

/// The action whose words are at a column of the row.
pub fn action_at(
    (wanted, keymap): (&Wanted, &Keymap),
    (area, symbols): (Rect, Symbols),
    x: u16,
) -> Option<Action> {
    let x = usize::from(x.checked_sub(area.x)?);
    let entries = entries(wanted, keymap, (area.width, symbols));
    let hit = entries.iter().find(|(entry, column)| {
        (usize::from(*column)..usize::from(*column) + entry.width()).contains(&x)
    });
    hit.map(|(entry, _)| entry.action)
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

/// An action in the key bar.
struct Entry {
    action: Action,
    key: String,
    what: &'static str,
}

impl Entry {
    /// Nothing where the action has no key.
    fn of(
        (action, what): (Action, &'static str),
        keymap: &Keymap,
        symbols: Symbols,
    ) -> Option<Entry> {
        let key = pretty(&keymap.keys(action).first()?.to_string(), symbols);
        Some(Entry { action, key, what })
    }

    fn width(&self) -> usize {
        self.key.width() + 1 + self.what.width()
    }
}

/// Those that fit, in their order, each with its column.
fn entries(wanted: &Wanted, keymap: &Keymap, (room, symbols): (u16, Symbols)) -> Vec<(Entry, u16)> {
    let mut column = usize::from(room > 60);
    let mut entries = Vec::new();
    for entry in wanted.iter().filter_map(|one| Entry::of(*one, keymap, symbols)) {
        let width = entry.width();
        if column + width > usize::from(room) {
            break;
        }
        entries.push((entry, cells(column)));
        column += width + GAP;
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_keys_are_shown_as_fit_whole() {
        let columns = |room| {
            entries(&usual(), &Keymap::default(), (room, Symbols::Braille))
                .iter()
                .map(|(_, at)| *at)
                .collect::<Vec<_>>()
        };
        assert_eq!(columns(80)[..3], [1, 9, 21]);
        assert_eq!(columns(20), [0, 8]);
        assert_eq!(columns(5), [0; 0]);
    }

    #[test]
    fn a_click_on_words_is_a_click_on_their_action() {
        let area = Rect::new(2, 9, 60, 1);
        let keymap = Keymap::default();
        let at = |x| action_at((&usual(), &keymap), (area, Symbols::Braille), x);
        assert_eq!(at(2), Some(Action::NextEvent));
        assert_eq!(at(12), Some(Action::PlayOrPause));
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
