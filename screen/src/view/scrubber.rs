//! The run as a bar: what has been, what is to come, and what is marked on it.
//!
//! As many columns stand for as many events, but for the messages that end a run: they are one thing, though in a run
//! of a thousand ranks they are more than half of its events. They have no more columns than their name needs, and
//! the run has the rest. Percentages count events wherever they stand.

use std::collections::BTreeMap;

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ratatui_core::style::Style;
use ringscope_sim::protocol::Command;
use unicode_width::UnicodeWidthStr as _;

use crate::timeline::{LoadProgress, Shutdown};

use super::geometry::cells;
use super::pen::Pen;
use super::scene::Scene;
use super::symbols::Symbol;
use super::words;

/// How many commands of a cell are looked at for its mark.
const LOOKED_AT: usize = 16;

/// Draws the row.
pub(super) fn draw(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let bar = bar(scene, area);
    let scale = Scale::of(scene, bar);
    let head = head(scene, &scale);
    let name = shutdown_name(scene, &scale);
    for at in 0..usize::from(bar.width) {
        let (text, style) = if at == head {
            (scene.symbol(Symbol::Head), scene.look.theme.moving())
        } else {
            let named = || Some((name.get(&at)?.as_str(), scene.look.theme.label()));
            let mark = mark(scene, &scale, at).or_else(named);
            mark.unwrap_or_else(|| ground(scene, at < head))
        };
        let place = Rect { x: bar.x + cells(at), width: 1, ..bar };
        Pen::new(buffer, place).write(text, style);
    }
    let end = Rect { x: bar.right(), width: area.right().saturating_sub(bar.right()), ..area };
    Pen::new(buffer, end).write(&percentage(scene), scene.look.theme.text());
}

/// The column of the head: by the calls, where nothing was sent.
fn head(scene: &Scene<'_>, scale: &Scale) -> usize {
    let calls = scene.app.timeline.calls();
    match calls.rows().len() {
        0 => scale.column(scene.app.view.cursor),
        rows if scene.app.timeline.is_empty() => {
            scale.last.column * calls.passed(scene.app.view.moment()) / rows
        }
        _ => scale.column(scene.app.view.cursor),
    }
}

/// The cursor at a column of the screen; outside of the bar its nearer end.
pub(super) fn cursor_at(scene: &Scene<'_>, area: Rect, x: u16) -> usize {
    let bar = bar(scene, area);
    Scale::of(scene, bar).cursor(x.saturating_sub(bar.x).into())
}

/// The part of the row that is the bar: as long as long as the percentage beside it has the same words.
fn bar(scene: &Scene<'_>, area: Rect) -> Rect {
    let end = cells(percentage(scene).chars().count().max(LONGEST_PERCENTAGE));
    let margin = u16::from(area.width > 60);
    let width = area.width.saturating_sub(end + 2 * margin);
    Rect { x: area.x + margin.min(area.width), width, ..area }
}

/// ` 100%`
const LONGEST_PERCENTAGE: usize = 5;

/// Which column of the bar stands for which cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Scale {
    /// The last column and the last cursor.
    last: Corner,
    /// Where the messages that end the run begin.
    shutdown: Option<Corner>,
}

/// A column, and the cursor that it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Corner {
    column: usize,
    cursor: usize,
}

impl Scale {
    fn of(scene: &Scene<'_>, bar: Rect) -> Scale {
        let timeline = &scene.app.timeline;
        let last = usize::from(bar.width).saturating_sub(1);
        let last = Corner { column: last, cursor: timeline.len().max(1) };
        let even = Scale { last, shutdown: None };
        let Some(shutdown) = timeline.shutdown() else { return even };
        // Where the name has room without it, columns are left as even as they are.
        let needed = (name_of(scene, shutdown).width() + 2).min(last.column / 4);
        let begin = last.column - needed;
        let column = even.column(shutdown.events.start).max(begin);
        let shutdown = Some(Corner { column, cursor: shutdown.events.start });
        Scale { last, shutdown }
    }

    /// The column of a cursor.
    fn column(&self, cursor: usize) -> usize {
        match self.shutdown {
            Some(begin) if cursor > begin.cursor => {
                begin.column + self.last.from(begin).column_of(cursor - begin.cursor)
            }
            Some(begin) => begin.column_of(cursor),
            None => self.last.column_of(cursor),
        }
    }

    /// The first cursor of a column; of one beyond the last, the last cursor.
    fn cursor(&self, column: usize) -> usize {
        let column = column.min(self.last.column);
        match self.shutdown {
            Some(begin) if column > begin.column => {
                begin.cursor + self.last.from(begin).cursor_of(column - begin.column)
            }
            Some(begin) => begin.cursor_of(column),
            None => self.last.cursor_of(column),
        }
    }
}

impl Corner {
    /// How far it is from an earlier one.
    fn from(self, begin: Corner) -> Corner {
        Corner { column: self.column - begin.column, cursor: self.cursor - begin.cursor }
    }

    /// The column of a cursor, when the way here is evenly shared out.
    fn column_of(self, cursor: usize) -> usize {
        // In 128 bits: a timeline's length times a screen's width.
        let column = cursor as u128 * self.column as u128 / self.cursor.max(1) as u128;
        usize::try_from(column).unwrap_or(self.column)
    }

    /// The first cursor of a column, when the way here is evenly shared out.
    fn cursor_of(self, column: usize) -> usize {
        let cursor = (column as u128 * self.cursor as u128).div_ceil(self.column.max(1) as u128);
        usize::try_from(cursor).unwrap_or(self.cursor).min(self.cursor)
    }
}

/// `END×999`
fn name_of(scene: &Scene<'_>, shutdown: &Shutdown) -> String {
    let name = words::short_tag(scene.app, shutdown.tag);
    format!("{name}{}{}", scene.symbol(Symbol::Times), shutdown.messages)
}

/// The letters of the name of the messages that end the run, by column, where there is room for them.
fn shutdown_name(scene: &Scene<'_>, scale: &Scale) -> BTreeMap<usize, String> {
    let named = scene.app.timeline.shutdown().map(|shutdown| name_of(scene, shutdown));
    let (Some(name), Some(begin)) = (named, scale.shutdown) else { return BTreeMap::new() };
    let room = scale.last.column - begin.column;
    let Some(free) = room.checked_sub(name.width()) else { return BTreeMap::new() };
    let first = begin.column + 1 + free / 2;
    (first..).zip(name.chars().map(String::from)).collect()
}

/// Where the cursor stands in hundredths, and how much of the timeline has been read.
fn percentage(scene: &Scene<'_>) -> String {
    let (events, calls) = (scene.app.timeline.len(), scene.app.timeline.calls());
    let passed = scene.app.view.cursor + calls.passed(scene.app.view.moment());
    let part = passed * 100 / (events + calls.rows().len()).max(1);
    match scene.app.timeline.progress() {
        LoadProgress::Reading(read) => format!(" {part}% reading {read}%"),
        LoadProgress::Checking(checked) => format!(" {part}% checking {checked}%"),
        LoadProgress::Done => format!(" {part}%"),
    }
}

fn ground(scene: &Scene<'_>, has_been: bool) -> (&'static str, Style) {
    match has_been {
        true => (scene.symbol(Symbol::Past), scene.look.theme.label()),
        false => (scene.symbol(Symbol::Future), scene.look.theme.faint()),
    }
}

/// The mark that matters most among the events of a cell.
fn mark(scene: &Scene<'_>, scale: &Scale, at: usize) -> Option<(&'static str, Style)> {
    let (timeline, theme) = (&scene.app.timeline, &scene.look.theme);
    let is_here = |cursor: usize| scale.column(cursor) == at;
    let from = |cursor: usize| scale.column(cursor) < at;
    let violations = timeline.violations();
    let first = violations.partition_point(|violation_at| from(violation_at.at.0 + 1));
    if violations.get(first).is_some_and(|violation_at| is_here(violation_at.at.0 + 1)) {
        return Some(("!", theme.bad()));
    }
    if scene.app.critical_event().is_some_and(|critical| is_here(critical.at.0 + 1)) {
        return Some((scene.symbol(Symbol::Critical), theme.bad()));
    }
    if timeline.departure().is_some_and(|departure| is_here(departure.at.0 + 1)) {
        return Some((scene.symbol(Symbol::Departure), theme.bad()));
    }
    if scene.app.marks.values().any(|cursor| is_here(*cursor)) {
        return Some((scene.symbol(Symbol::Mark), theme.moving()));
    }
    let found = scene.app.search.matches.found();
    let first = found.partition_point(|found| from(found.0 + 1));
    if found.get(first).is_some_and(|found| is_here(found.0 + 1)) {
        return Some((scene.symbol(Symbol::Match), theme.key()));
    }
    let operations = timeline.operations();
    let first = operations.partition_point(|operation| from(operation.invoked.0 + 1));
    let here = operations[first..]
        .iter()
        .take_while(|operation| is_here(operation.invoked.0 + 1))
        .take(LOOKED_AT);
    let letters = here.map(|operation| letter(operation.command));
    letters.max_by_key(|(_, weight)| *weight).map(|(letter, _)| (letter, theme.name()))
}

/// A command's letter, and how much it matters: what changes the ring comes first.
fn letter(command: Command) -> (&'static str, u8) {
    match command {
        Command::Get { .. } => ("G", 0),
        Command::Put { .. } => ("P", 1),
        Command::Remove { .. } => ("R", 2),
        Command::Add { .. } => ("A", 3),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ringscope_sim::scenario::random;

    use super::*;
    use crate::app::{App, testing};
    use crate::timeline::Timeline;
    use crate::view::symbols::Symbols;
    use crate::view::tests::look;
    use crate::view::theme::Palette;

    fn row(width: u16) -> Rect {
        Rect::new(0, 0, width, 1)
    }

    fn drawn(app: &App, width: u16) -> String {
        let look = look(Palette::Off, Symbols::Braille);
        let mut buffer = Buffer::empty(row(width));
        draw(&Scene::new(app, &look), row(width), &mut buffer);
        buffer.content.iter().map(|cell| cell.symbol()).collect()
    }

    fn thousand() -> App {
        App::new(Timeline::live(random(1, 1000, 60)), "thousand", 0)
    }

    #[test]
    fn what_is_looked_for_is_marked_where_it_is() {
        let mut app = testing::built_in("join", 0);
        assert!(!drawn(&app, 240).contains('\u{2022}'));
        testing::press(&mut app, "/");
        testing::type_line(&mut app, "tag INIT receives");
        testing::press(&mut app, "home");
        let row = drawn(&app, 240);
        let marks: Vec<usize> =
            row.chars().enumerate().filter(|(_, c)| *c == '\u{2022}').map(|(at, _)| at).collect();
        let look = look(Palette::Off, Symbols::Braille);
        let scene = Scene::new(&app, &look);
        let found: Vec<usize> = app.search.matches.found().iter().map(|at| at.0 + 1).collect();
        let cursors = |x: &usize| cursor_at(&scene, self::row(240), cells(*x));
        let marked: Vec<usize> = marks.iter().map(cursors).collect();
        assert_eq!(marked.len(), 2);
        assert!(marked.iter().zip(&found).all(|(mark, at)| mark.abs_diff(*at) <= 1), "{marked:?}");
    }

    proptest! {
        /// What is dragged to is what is shown: the head stands where the mouse is, wherever it was before.
        #[test]
        fn the_head_goes_where_the_mouse_is(
            seed in 0_u64..100, ranks in 4_u32..200, width in 40_u16..240, part in 0.0..=1.0,
        ) {
            let mut app = App::new(Timeline::live(random(seed, ranks, 12)), "random", 0);
            let look = look(Palette::Off, Symbols::Braille);
            app.go_to(super::super::geometry::whole(app.timeline.len() as f64 * part));
            let bar = bar(&Scene::new(&app, &look), row(width));
            let mut before = None;
            for x in bar.x..bar.right() {
                let cursor = cursor_at(&Scene::new(&app, &look), row(width), x);
                prop_assert!(before.is_none_or(|before| before <= cursor));
                before = Some(cursor);
                app.go_to(cursor);
                let scale = Scale::of(&Scene::new(&app, &look), bar);
                let column = scale.column(cursor);
                // Where there are more columns than events, some of them share one.
                prop_assert!(column >= usize::from(x - bar.x));
                prop_assert_eq!(scale.cursor(column), cursor);
            }
            prop_assert_eq!(before, Some(app.timeline.len()));
        }
    }

    #[test]
    fn dragging_to_the_last_column_reaches_the_last_event_from_anywhere() {
        let look = look(Palette::Off, Symbols::Braille);
        for mut app in [testing::built_in("join", 0), thousand()] {
            for percent in [0, 9, 10, 50, 99, 100] {
                app.go_to(app.timeline.len() * percent / 100);
                for width in [40, 80, 160] {
                    let scene = Scene::new(&app, &look);
                    let last = bar(&scene, row(width)).right() - 1;
                    let end = app.timeline.len();
                    assert_eq!(cursor_at(&scene, row(width), last), end, "{percent}% {width}");
                    assert_eq!(cursor_at(&scene, row(width), width - 1), end);
                }
            }
        }
    }

    #[test]
    fn the_messages_that_end_a_run_are_one_mark_and_leave_the_bar_to_the_run() {
        let mut app = thousand();
        let shutdown = app.timeline.shutdown().expect("it completes").events.clone();
        assert!(shutdown.len() * 2 > app.timeline.len(), "more than half of it");
        let shown = drawn(&app, 160);
        assert!(shown.trim_end().ends_with("╌END×999╌ 0%"), "{shown}");
        app.go_to(shutdown.start);
        let head = drawn(&app, 160).chars().position(|c| c == '▉').expect("a head");
        assert!(head > 140, "{head}");
        // In the middle of a run that is short there is nothing to save, and it is named all the same.
        let shown = drawn(&testing::built_in("join", 0), 160);
        assert!(shown.contains("END×7") && !shown.contains("END×7╌╌╌╌╌╌╌╌╌╌"), "{shown}");
    }
}
