//! The last row: the keys that are wanted most, as many as fit, or what there is to say.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use unicode_width::UnicodeWidthStr as _;

use crate::app::handle::HandleActions;
use crate::app::{Action, Controls, Keymap};

use super::geometry::cells;
use super::layout::{Class, Layout};
use super::scene::Scene;
use super::symbols::{Symbol, Symbols};
use super::{Paint, Surface, words};

/// Keys by their names in the configuration, and the symbols that are shorter.
const SHORTER: [(&str, Symbol); 6] = [
    ("right", Symbol::To),
    ("left", Symbol::From),
    ("up", Symbol::Up),
    ("down", Symbol::Down),
    ("shift-right", Symbol::To),
    ("shift-left", Symbol::From),
];

/// Draws the row of a run.
pub(super) fn draw(scene: &Scene<'_>, layout: &Layout, buffer: &mut Buffer) {
    let mut paint = Paint { area: layout.keybar, look: scene.look, buffer };
    if let Some(note) = &scene.app.controls.note {
        paint.pen().gap(1).write(&words::plain(note), scene.look.theme.warning());
        return;
    }
    let left = Bar::of(scene.app, &scene.app.controls).draw(&mut paint);
    if layout.class == Class::Strip && MORE.len() + GAP <= usize::from(left.width) {
        let width = cells(MORE.len());
        let end = Rect { x: layout.keybar.right() - width, width, ..layout.keybar };
        paint.within(end).pen().write(MORE, scene.look.theme.faint());
    }
}

/// What a bigger window would show.
const MORE: &str = "(80x24: ring)";

/// The cells between two keys.
const GAP: usize = 2;

/// A page's key bar.
pub(super) struct Bar<'a> {
    /// Actions and their words, the most wanted ones first.
    wanted: Vec<(Action, &'static str)>,
    keymap: &'a Keymap,
}

impl<'a> Bar<'a> {
    /// That of a page, as it stands.
    pub(super) fn of<P: HandleActions>(page: &P, controls: &'a Controls) -> Bar<'a> {
        Bar { wanted: page.bar(), keymap: &controls.keymap }
    }

    /// That of a kind of page of which nothing is known, for a test.
    #[cfg(test)]
    pub(super) fn with<P: HandleActions>(keymap: &'a Keymap) -> Bar<'a> {
        Bar { wanted: P::standing_bar(), keymap }
    }

    /// Draws the keys alone; what they leave of the row.
    pub(super) fn draw(&self, paint: &mut Paint<'_>) -> Rect {
        let (area, look) = (paint.area, paint.look);
        let mut used = 0;
        for (entry, column) in self.entries(area.width, look.symbols) {
            let place = Rect { x: area.x + column, width: area.width - column, ..area };
            let mut paint = paint.within(place);
            let mut pen = paint.pen();
            pen.write(&entry.key, look.theme.key());
            pen.gap(1).write(entry.what, look.theme.text());
            used = column + cells(entry.width());
        }
        let used = used.min(area.width);
        Rect { x: area.x + used, width: area.width - used, ..area }
    }

    /// The action whose words are at a column of the row.
    pub(super) fn action_at(&self, surface: Surface<'_>, x: u16) -> Option<Action> {
        let x = usize::from(x.checked_sub(surface.area.x)?);
        let entries = self.entries(surface.area.width, surface.look.symbols);
        let hit = entries.iter().find(|(entry, column)| {
            (usize::from(*column)..usize::from(*column) + entry.width()).contains(&x)
        });
        hit.map(|(entry, _)| entry.action)
    }

    /// Those that fit into a width, in their order, each with its column.
    fn entries(&self, room: u16, symbols: Symbols) -> Vec<(Entry, u16)> {
        let mut column = usize::from(room > 60);
        let mut entries = Vec::new();
        for (action, what) in &self.wanted {
            // An action without a key has no entry.
            let Some(key) = self.keymap.keys(*action).first() else { continue };
            let entry = Entry { action: *action, key: pretty(&key.to_string(), symbols), what };
            let width = entry.width();
            if column + width > usize::from(room) {
                break;
            }
            entries.push((entry, cells(column)));
            column += width + GAP;
        }
        entries
    }
}

/// A key as it is shown: arrows as arrows, shift as its sign.
pub(super) fn pretty(key: &str, symbols: Symbols) -> String {
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
    fn width(&self) -> usize {
        self.key.width() + 1 + self.what.width()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::Look;

    fn bar(keymap: &Keymap) -> Bar<'_> {
        let wanted = vec![
            (Action::NextEvent, "step"),
            (Action::PlayOrPause, "play"),
            (Action::Help, "help"),
        ];
        Bar { wanted, keymap }
    }

    #[test]
    fn as_many_keys_are_shown_as_fit_whole() {
        let columns = |room| {
            bar(&Keymap::default())
                .entries(room, Symbols::Braille)
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
        let (keymap, look) = (Keymap::default(), Look::default());
        let at = |x| bar(&keymap).action_at(Surface { area, look: &look }, x);
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
