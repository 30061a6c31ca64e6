//! The page that the program begins with when nothing was asked for.

use ratatui_core::layout::{Position, Rect};
use unicode_width::UnicodeWidthStr as _;

use super::framed::{self, VisibleRows};
use super::geometry::cells;
use super::keybar::Bar;
use super::layout::{split_bottom, split_right, split_top};
use super::pen::{fitted, row};
use super::scene::Scene;
use super::symbols::Symbol;
use super::{Paint, Surface, ring, words};
use crate::app::Target;
use crate::app::start::{StartPage, StartRow};

/// What the program is about, from long to short; the first one is taken that needs no more than two rows.
const SUBJECT: [&str; 2] = [
    "A distributed hash table: nodes form a ring, each keeps the keys up to its own id, and all that they can do is \
     send each other messages.",
    "A hash table on a ring, by messages alone.",
];

/// What it is for.
const TAGLINE: &str = "see what a message-passing program does";

/// The least part of the page that has a picture beside the list.
const LEAST_WITH_PICTURE: (u16, u16) = (72, 18);

/// The most rows of text about what is chosen.
const MOST_TEXT: usize = 6;

/// Where everything is.
struct Regions {
    head: Rect,
    /// What the program is about, in rows.
    subject: Vec<String>,
    list: Rect,
    /// What is chosen, in motion; empty where there is no room.
    picture: Rect,
    /// What is said of it where there is no picture.
    text: Rect,
    note: Rect,
    keys: Rect,
}

/// A row of the list.
#[derive(Debug, Clone, Copy)]
enum Row<'a> {
    Heading(&'static str),
    Entry(usize, &'a StartRow),
    Space,
}

/// Draws the page.
pub(crate) fn draw(start: &StartPage, paint: &mut Paint<'_>) {
    let area = paint.area.intersection(paint.buffer.area);
    let regions = Regions::new(start, area);
    draw_head(start, &regions.subject, &mut paint.within(regions.head));
    draw_list(start, &mut paint.within(regions.list));
    draw_picture(start, &mut paint.within(regions.picture));
    let theme = &paint.look.theme;
    let text = wrapped(&said(start), regions.text.width);
    for (index, line) in text.iter().enumerate() {
        paint.within(row(regions.text, index)).pen().gap(1).write(line, theme.text());
    }
    let note = words::plain(start.controls.note.as_deref().unwrap_or_default());
    paint.within(regions.note).pen().gap(1).write(&note, theme.warning());
    Bar::of(start, &start.controls).draw(&mut paint.within(regions.keys));
}

/// What is at a position, as it was drawn.
pub(crate) fn at(start: &StartPage, surface: Surface<'_>, position: Position) -> Option<Target> {
    let Regions { list, picture, keys, .. } = Regions::new(start, surface.area);
    if keys.contains(position) {
        let bar = Bar::of(start, &start.controls);
        return bar.action_at(surface.within(keys), position.x).map(Target::Bar);
    }
    if picture.contains(position) {
        return Some(Target::Row(start.chosen));
    }
    entry_at(start, list, position).map(Target::Row)
}

impl Regions {
    fn new(start: &StartPage, area: Rect) -> Regions {
        let subject = subject(area);
        let (head, below) = split_top(area, cells(2 + subject.len()));
        let (above, keys) = split_bottom(below, 1);
        let (above, note) = split_bottom(above, 1);
        let empty = Rect { width: 0, height: 0, ..above };
        let (least_width, least_height) = LEAST_WITH_PICTURE;
        if area.width >= least_width && area.height >= least_height {
            // A picture that is much wider than it is high has room for nothing more.
            let width = (area.width * 9 / 20).min(above.height * 5 / 2).max(area.width / 3);
            let (list, picture) = split_right(above, width);
            return Regions { head, subject, list, picture, text: empty, note, keys };
        }
        let rows = if above.height >= 8 { above.height / 4 } else { 0 };
        let (list, text) =
            split_bottom(above, rows.min(cells(wrapped(&said(start), area.width).len())));
        Regions { head, subject, list, picture: empty, text, note, keys }
    }
}

/// A text in rows, with a free column on either side.
fn wrapped(text: &str, width: u16) -> Vec<String> {
    let width = usize::from(width).saturating_sub(2).max(1);
    textwrap::wrap(text, width).into_iter().map(std::borrow::Cow::into_owned).collect()
}

/// What there is to say of what is chosen.
fn said(start: &StartPage) -> String {
    let Some(chosen) = start.chosen_row() else { return String::new() };
    let text = [&chosen.what, &chosen.opening].map(|text| words::plain(text));
    let text: Vec<&str> = text.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    text.join(". ")
}

/// What the program is about, in rows.
fn subject(area: Rect) -> Vec<String> {
    let mut texts = SUBJECT.into_iter().map(|text| wrapped(text, area.width));
    texts.find(|rows| rows.len() <= 2 && area.height >= 16 || rows.len() == 1).unwrap_or_default()
}

fn draw_head(start: &StartPage, subject: &[String], paint: &mut Paint<'_>) {
    let theme = &paint.look.theme;
    let (area, mut top) = (paint.area, paint.row(0));
    let mut pen = top.pen();
    pen.write(" ringscope ", theme.mode()).gap(2);
    pen.write(&fitted(TAGLINE, pen.room()), theme.text());
    let rows = usize::from(area.height).saturating_sub(2);
    for (index, line) in subject.iter().take(rows).enumerate() {
        paint.row(1 + index).pen().gap(1).write(line, theme.text());
    }
    if start.typed.is_some() {
        let mut last = paint.row(usize::from(area.height).saturating_sub(1));
        let mut pen = last.pen();
        pen.gap(1).write("narrow ", theme.key()).write(&words::plain(start.words()), theme.name());
    }
}

fn draw_list(start: &StartPage, paint: &mut Paint<'_>) {
    let area = paint.area;
    let entries = start.rows();
    if entries.is_empty() {
        let faint = paint.look.theme.faint();
        paint.pen().gap(1).write("nothing has these words: Esc shows all again", faint);
        return;
    }
    let rows = rows(&entries);
    let height = usize::from(area.height);
    let first = first(&rows, start.chosen, height);
    for (index, one) in seen(&rows, first).take(height).enumerate() {
        draw_row(start, one, &mut paint.row(index));
    }
    let count = rows.len();
    let mut bar = paint.within(Rect { width: area.width.saturating_sub(1), ..area });
    framed::scrollbar(VisibleRows { first, rows: height, count }, &mut bar);
}

/// The entry at a position, as it was drawn.
fn entry_at(start: &StartPage, list: Rect, position: Position) -> Option<usize> {
    let index = usize::from(position.y.checked_sub(list.y)?);
    let entries = start.rows();
    let rows = rows(&entries);
    let height = usize::from(list.height);
    let is_on_it = list.contains(position);
    let mut seen = seen(&rows, first(&rows, start.chosen, height));
    match seen.nth(index).filter(|_| is_on_it)? {
        Row::Entry(entry, _) => Some(entry),
        Row::Heading(_) | Row::Space => None,
    }
}

fn rows<'a>(entries: &[&'a StartRow]) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    let mut section = None;
    for (index, entry) in entries.iter().enumerate() {
        if section != Some(entry.section) {
            if section.is_some() {
                rows.push(Row::Space);
            }
            rows.push(Row::Heading(entry.section.name()));
            section = Some(entry.section);
        }
        rows.push(Row::Entry(index, entry));
    }
    rows
}

/// The rows from one on, below the heading of their section: that stays as long as any of it is seen.
fn seen<'a>(rows: &'a [Row<'a>], first: usize) -> impl Iterator<Item = Row<'a>> {
    let headings = rows.get(..=first).unwrap_or_default().iter().rev();
    let heading = headings.copied().find(|row| matches!(row, Row::Heading(_)));
    heading.into_iter().chain(rows.iter().skip(first + 1).copied())
}

/// The first row that is seen, so that the chosen one is, too.
fn first(rows: &[Row<'_>], chosen: usize, height: usize) -> usize {
    let is_chosen = |row: &Row<'_>| matches!(row, Row::Entry(entry, _) if *entry == chosen);
    let chosen = rows.iter().position(is_chosen).unwrap_or(0);
    // What stands first is seen as long as the chosen row is, too.
    (chosen + 2).saturating_sub(height).min(rows.len().saturating_sub(height))
}

fn draw_row(start: &StartPage, one: Row<'_>, paint: &mut Paint<'_>) {
    let (area, look) = (paint.area, paint.look);
    let theme = &look.theme;
    let mut pen = paint.pen();
    match one {
        Row::Space => {}
        Row::Heading(title) => {
            pen.gap(1).write(title, theme.label().bold());
        }
        Row::Entry(index, entry) => {
            let is_chosen = index == start.chosen;
            let cursor = if is_chosen { look.symbols.of(Symbol::Cursor) } else { "" };
            pen.gap(1).column(cursor, 2, theme.moving());
            let style = if is_chosen { theme.selected() } else { theme.name() };
            let width = 24.min(usize::from(area.width) / 2).max(1);
            let name = fitted(&words::plain(&entry.name), width - 1);
            pen.write(&name, style).gap(width.saturating_sub(name.width()));
            // How far somebody has come is said nowhere else.
            let room = pen.room().saturating_sub(2 + entry.record.width());
            let what = fitted(&words::plain(&entry.what), room);
            let gap = usize::from(!what.is_empty() && !entry.record.is_empty());
            pen.write(&what, theme.text()).gap(gap).write(&entry.record, theme.good());
        }
    }
}

/// The ring of what is chosen as it moves, and below it what there is to say.
fn draw_picture(start: &StartPage, paint: &mut Paint<'_>) {
    let Some(chosen) = start.chosen_row().filter(|_| !paint.area.is_empty()) else { return };
    let theme = &paint.look.theme;
    let (frame, look) = (paint.area, paint.look);
    let inside = framed::plain(paint, false);
    let title = Rect { x: frame.x + 1, width: frame.width.saturating_sub(2), height: 1, ..frame };
    paint.within(title).pen().write(&format!(" {} ", words::plain(&chosen.name)), theme.name());
    let mut text = wrapped(&said(start), inside.width);
    text.truncate(MOST_TEXT.min(usize::from(inside.height) / 3));
    let (above, below) = split_bottom(inside, cells(text.len() + 1));
    for (index, line) in text.iter().enumerate() {
        paint.within(row(below, 1 + index)).pen().gap(1).write(line, theme.text());
    }
    if let Some(run) = start.preview() {
        ring::draw_within(&Scene::new(run, look), above, paint.buffer);
        let at = format!("event {}/{}", run.view.cursor, run.timeline.len());
        paint.within(row(below, 0)).pen().gap(1).write(&at, theme.faint());
    }
}
