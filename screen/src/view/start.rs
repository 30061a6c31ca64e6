//! The page that the program begins with when nothing was asked for.

use ratatui_core::layout::{Position, Rect};

use super::keybar::Bar;
use super::pen::row;
use super::symbols::Symbol;
use super::{Paint, Surface, words};
use crate::app::{self, Keymap, Target};

/// What there is to choose from.
#[derive(Debug, Clone, Default)]
pub(crate) struct StartChoices {
    /// The lists, one below the other.
    pub sections: Vec<StartList>,
    /// Which of all entries is chosen, counted through the sections.
    pub chosen: usize,
    /// What is typed to narrow the lists.
    pub typed: String,
    /// What there is to say about the last action.
    pub note: String,
    /// Which keys do what.
    pub keymap: Keymap,
}

/// The page of the app as it is drawn.
impl From<&app::start::StartPage> for StartChoices {
    fn from(page: &app::start::StartPage) -> StartChoices {
        let mut sections: Vec<StartList> = Vec::new();
        for entry in page.rows() {
            let title = entry.section.name();
            if sections.last().is_none_or(|section| section.title != title) {
                sections.push(StartList { title: title.to_owned(), entries: Vec::new() });
            }
            let entries = &mut sections.last_mut().expect("one was just there").entries;
            entries.push(Entry { name: entry.name.clone(), what: entry.what.clone() });
        }
        StartChoices {
            sections,
            chosen: page.chosen,
            typed: page.words().to_owned(),
            note: page.controls.note.clone().unwrap_or_default(),
            keymap: page.controls.keymap.clone(),
        }
    }
}

/// A list under a heading: walkthroughs, built-in scenarios, files that were looked at before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct StartList {
    /// Its heading.
    pub title: String,
    /// What can be chosen.
    pub entries: Vec<Entry>,
}

/// Something that can be opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its name: what opens it on a command line too.
    pub name: String,
    /// What it shows, in a line.
    pub what: String,
}

/// A row of the page.
#[derive(Debug, Clone, Copy)]
enum Row<'a> {
    Heading(&'a str),
    Entry(usize, &'a Entry),
    Space,
}

/// The rows above the lists.
const HEADING: usize = 3;

/// Draws the page.
pub(crate) fn draw(start: &StartChoices, paint: &mut Paint<'_>) {
    let area = paint.area.intersection(paint.buffer.area);
    let mut paint = paint.within(area);
    let theme = &paint.look.theme;
    let mut top = paint.row(0);
    let mut pen = top.pen();
    pen.write(" ringscope ", theme.mode()).gap(2);
    pen.write("see what a message-passing program does", theme.text());
    if !start.typed.is_empty() {
        let mut below = paint.row(1);
        let mut pen = below.pen();
        pen.gap(1).write("narrow ", theme.key()).write(&words::plain(&start.typed), theme.name());
    }
    let rows = rows(start);
    let list = list(area);
    let first = first(&rows, start, usize::from(list.height));
    for (index, one) in rows.iter().skip(first).take(usize::from(list.height)).enumerate() {
        draw_row(start, *one, &mut paint.within(row(list, index)));
    }
    let last = usize::from(area.height).saturating_sub(1);
    if last > HEADING {
        Bar::with::<app::start::StartPage>(&start.keymap).draw(&mut paint.row(last));
        let note = words::plain(&start.note);
        paint.row(last - 1).pen().gap(1).write(&note, theme.warning());
    }
}

/// What is at a position, as it was drawn.
pub(crate) fn at(start: &StartChoices, surface: Surface<'_>, position: Position) -> Option<Target> {
    let area = surface.area;
    let keys = row(area, usize::from(area.height).saturating_sub(1));
    if keys.contains(position) {
        let bar = Bar::with::<app::start::StartPage>(&start.keymap);
        return bar.action_at(surface.within(keys), position.x).map(Target::Bar);
    }
    entry_at(start, area, position.y).map(Target::Row)
}

/// The entry at a position, as it was drawn.
pub(super) fn entry_at(start: &StartChoices, area: Rect, y: u16) -> Option<usize> {
    let list = list(area);
    let index = usize::from(y.checked_sub(list.y).filter(|_| y < list.bottom())?);
    let rows = rows(start);
    match rows.get(first(&rows, start, usize::from(list.height)) + index)? {
        Row::Entry(entry, _) => Some(*entry),
        Row::Heading(_) | Row::Space => None,
    }
}

fn list(area: Rect) -> Rect {
    let above = super::geometry::cells(HEADING).min(area.height);
    let height = (area.height - above).saturating_sub(2);
    Rect { y: area.y + above, height, ..area }
}

fn rows(start: &StartChoices) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    let mut next = 0;
    for section in start.sections.iter().filter(|section| !section.entries.is_empty()) {
        if !rows.is_empty() {
            rows.push(Row::Space);
        }
        rows.push(Row::Heading(&section.title));
        for entry in &section.entries {
            rows.push(Row::Entry(next, entry));
            next += 1;
        }
    }
    rows
}

fn first(rows: &[Row<'_>], start: &StartChoices, height: usize) -> usize {
    let is_chosen = |row: &Row<'_>| matches!(row, Row::Entry(entry, _) if *entry == start.chosen);
    let chosen = rows.iter().position(is_chosen).unwrap_or(0);
    // What stands first is seen as long as the chosen row is, too.
    (chosen + 2).saturating_sub(height).min(rows.len().saturating_sub(height))
}

fn draw_row(start: &StartChoices, one: Row<'_>, paint: &mut Paint<'_>) {
    let (area, look) = (paint.area, paint.look);
    let theme = &look.theme;
    let mut pen = paint.pen();
    match one {
        Row::Space => {}
        Row::Heading(title) => {
            pen.gap(1).write(&words::plain(title), theme.label().bold());
        }
        Row::Entry(index, entry) => {
            let is_chosen = index == start.chosen;
            pen.gap(1).column(
                if is_chosen { look.symbols.of(Symbol::Cursor) } else { "" },
                2,
                theme.moving(),
            );
            let name = words::plain(&entry.name);
            let style = if is_chosen { theme.selected() } else { theme.name() };
            let width = 24.min(usize::from(area.width) / 2).max(1);
            let shown = super::pen::fitted(&name, width - 1);
            let rest = width.saturating_sub(unicode_width::UnicodeWidthStr::width(shown.as_str()));
            pen.write(&shown, style).gap(rest);
            pen.write(&words::plain(&entry.what), theme.text());
        }
    }
}
