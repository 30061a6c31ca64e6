//! The last row: the keys that are wanted most, as many as fit, or what there is to say.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use unicode_width::UnicodeWidthStr as _;

use crate::app::handle::HandleActions;
use crate::app::{Action, App, Controls, Keymap};

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
    let row = RunRow::of(scene.app, paint.surface());
    let mut pen = paint.pen();
    if !row.said.is_empty() {
        pen.gap(1).write(&row.said, scene.look.theme.warning());
    }
    let left = row.bar.draw(&mut paint.within(row.keys));
    let is_free = scene.app.controls.note.is_none() && layout.class == Class::Strip;
    if is_free && MORE.len() + GAP <= usize::from(left.width) {
        let width = cells(MORE.len());
        let end = Rect { x: layout.keybar.right() - width, width, ..layout.keybar };
        paint.within(end).pen().write(MORE, scene.look.theme.faint());
    }
}

/// The last row of a run: what is said, and beside it the keys for which there is room.
pub(super) struct RunRow<'a> {
    said: String,
    keys: Rect,
    bar: Bar<'a>,
}

impl<'a> RunRow<'a> {
    /// That of a run, as it stands: what there is to say with the keys without which nobody gets on; or how far the file is
    /// that is being saved, with the keys that fit beside that.
    pub(super) fn of(app: &'a App, surface: Surface<'_>) -> RunRow<'a> {
        let Surface { area, look } = surface;
        let bar = Bar::of(app, &app.controls);
        let room_beside = |said: &str, least: usize| {
            let used = 1 + said.width() + GAP;
            usize::from(area.width).checked_sub(used).filter(|room| *room >= least)
        };
        if let Some(note) = &app.controls.note {
            let (said, bar) = (words::plain(note), bar.beside_a_note());
            let least = bar.least(look.symbols);
            let has_room = room_beside(&said, least).is_some() && !app.controls.has_asked();
            let room = if has_room { least } else { 0 };
            return RunRow { said, keys: right_end(area, room), bar };
        }
        let least = bar.least(look.symbols);
        let labels = app.saving.iter().flat_map(|saving| [saving.label(), saving.short_label()]);
        let fitting = labels.map(|label| (room_beside(&label, least), label));
        match fitting.into_iter().find_map(|(room, label)| Some((room?, label))) {
            Some((room, said)) => RunRow { said, keys: right_end(area, room), bar },
            None => RunRow { said: String::new(), keys: area, bar },
        }
    }

    /// The action whose words are at a column of the row.
    pub(super) fn action_at(&self, surface: Surface<'_>, x: u16) -> Option<Action> {
        self.bar.action_at(surface.within(self.keys), x)
    }
}

/// So many cells at the right end of a row.
fn right_end(area: Rect, room: usize) -> Rect {
    let width = cells(room).min(area.width);
    Rect { x: area.right() - width, width, ..area }
}

/// What a bigger window would show.
const MORE: &str = "(80x24: ring)";

/// The cells between two keys.
const GAP: usize = 2;

/// A page's key bar.
///
/// The way out and the help have their places in it, whatever else is left out for want of room.
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

    /// Those without which nobody gets on: the way out, as far as the page has one, and the help.
    fn needed(&self) -> Vec<Action> {
        let offers = |action: &Action| self.wanted.iter().any(|(other, _)| other == action);
        let way_out = [Action::Back, Action::Quit].into_iter().find(offers);
        way_out.into_iter().chain([Action::Help].into_iter().filter(offers)).collect()
    }

    /// With nothing but those that act while something is said: the way back begins with taking that away.
    fn beside_a_note(self) -> Bar<'a> {
        let Bar { mut wanted, keymap } = self;
        wanted.retain(|(action, _)| matches!(action, Action::Help | Action::Quit));
        Bar { wanted, keymap }
    }

    /// The cells that those take.
    fn least(&self, symbols: Symbols) -> usize {
        let needed = self.needed();
        let entries = self.all(symbols);
        let widths = entries.iter().filter(|entry| needed.contains(&entry.action));
        widths.map(|entry| entry.width() + GAP).sum::<usize>().saturating_sub(GAP)
    }

    /// All of them; an action without a key has no entry.
    fn all(&self, symbols: Symbols) -> Vec<Entry> {
        let entry = |(action, what): &(Action, &'static str)| {
            let key = pretty(&self.keymap.keys(*action).first()?.to_string(), symbols);
            Some(Entry { action: *action, key, what })
        };
        self.wanted.iter().filter_map(entry).collect()
    }

    /// Those that fit into a width, in their order, each with its column.
    fn entries(&self, room: u16, symbols: Symbols) -> Vec<(Entry, u16)> {
        let mut column = usize::from(room > 60);
        let mut needed = self.needed();
        let entries = self.all(symbols);
        let widths: Vec<_> = entries.iter().map(|one| (one.action, one.width() + GAP)).collect();
        let mut is_full = false;
        let mut shown = Vec::new();
        for entry in entries {
            needed.retain(|action| *action != entry.action);
            let kept = widths.iter().filter(|(action, _)| needed.contains(action));
            let kept: usize = kept.map(|(_, width)| width).sum();
            let is_needed = self.needed().contains(&entry.action);
            let width = entry.width();
            let fits = column + width + kept <= usize::from(room);
            is_full |= !fits;
            if !fits || (is_full && !is_needed) {
                continue;
            }
            shown.push((entry, cells(column)));
            column += width + GAP;
        }
        shown
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
        assert_eq!(columns(26), [0, 8, 20]);
        assert_eq!(columns(20), [0, 8], "the help, and what fits before it");
        assert_eq!(columns(6), [0], "the help alone");
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
