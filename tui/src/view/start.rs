//! The page that the program begins with when nothing was asked for.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Look;
use super::pen::{Pen, row};
use super::symbols::Symbol;
use super::{keybar, words};
use crate::app::{self, Action, Keymap, Target};

/// What there is to choose from.
#[derive(Debug, Clone, Default)]
pub struct StartChoices {
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
            note: page.note.clone().unwrap_or_default(),
            keymap: page.keymap.clone(),
        }
    }
}

/// A list under a heading: walkthroughs, built-in scenarios, files that were looked at before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StartList {
    /// Its heading.
    pub title: String,
    /// What can be chosen.
    pub entries: Vec<Entry>,
}

/// Something that can be opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
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

/// What can be done here.
const KEYS: [(Action, &str); 5] = [
    (Action::Open, "open"),
    (Action::Down, "choose"),
    (Action::Search, "narrow"),
    (Action::Help, "help"),
    (Action::Quit, "quit"),
];

/// The rows above the lists.
const HEADING: usize = 3;

/// Draws the page.
pub fn draw(start: &StartChoices, (area, look): (Rect, &Look), buffer: &mut Buffer) {
    let area = area.intersection(buffer.area);
    let theme = &look.theme;
    let mut pen = Pen::new(buffer, row(area, 0));
    pen.write(" ringscope ", theme.mode()).gap(2);
    pen.write("see what a message-passing program does", theme.text());
    if !start.typed.is_empty() {
        let mut pen = Pen::new(buffer, row(area, 1));
        pen.gap(1).write("narrow ", theme.key()).write(&words::plain(&start.typed), theme.name());
    }
    let rows = rows(start);
    let list = list(area);
    let first = first(&rows, start, usize::from(list.height));
    for (index, one) in rows.iter().skip(first).take(usize::from(list.height)).enumerate() {
        draw_row(start, (*one, look), (row(list, index), buffer));
    }
    let last = usize::from(area.height).saturating_sub(1);
    if last > HEADING {
        let keys = row(area, last);
        keybar::draw_keys(&KEYS, (&start.keymap, look), (keys, buffer));
        Pen::new(buffer, row(area, last - 1))
            .gap(1)
            .write(&words::plain(&start.note), theme.warning());
    }
}

/// What is at a position, as it was drawn.
pub fn at(start: &StartChoices, (area, look): (Rect, &Look), (x, y): (u16, u16)) -> Option<Target> {
    let keys = row(area, usize::from(area.height).saturating_sub(1));
    if keys.contains((x, y).into()) {
        let wanted = (&KEYS[..], &start.keymap);
        return keybar::action_at(wanted, (keys, look.symbols), x).map(Target::Bar);
    }
    entry_at(start, area, y).map(Target::Row)
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

fn draw_row(
    start: &StartChoices,
    (one, look): (Row<'_>, &Look),
    (area, buffer): (Rect, &mut Buffer),
) {
    let theme = &look.theme;
    let mut pen = Pen::new(buffer, area);
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
