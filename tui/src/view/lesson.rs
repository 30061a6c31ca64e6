//! A lesson: the panes of its run, the text beside or below them, and how far one has come.

mod text;

use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Position, Rect};
use ratatui::widgets::{Clear, Widget as _};
use unicode_width::UnicodeWidthStr as _;

use super::layout::{Class, Placed, framed, split_bottom, split_right, split_top, too_small};
use super::pen::Pen;
use super::scene::Scene;
use super::symbols::Symbol;
use super::{Look, diff, draw_pane, framed as frames, keybar, ownership, target, words};
use crate::app::lesson::{Lesson, Room};
use crate::app::{Action, Pane, Target};

/// What can be done here.
const KEYS: [(Action, &str); 8] = [
    (Action::Open, "go on"),
    (Action::StepBack, "back"),
    (Action::Explore, "explore"),
    (Action::Skip, "skip"),
    (Action::Help, "help"),
    (Action::Back, "leave"),
    (Action::Again, "again"),
    (Action::Quit, "quit"),
];

/// From so many columns on the text stands beside the run.
const BESIDE: u16 = 76;

/// From so many columns on two runs side by side leave room beside them.
const BESIDE_TWO: u16 = 130;

/// From so many rows on there is a ring above the text where it is not beside it.
const ABOVE: u16 = 20;

/// The most columns of the text: longer lines are hard to read.
const MOST_COLUMNS: u16 = 76;

/// Where everything is.
struct Parts {
    title: Rect,
    /// The key space in one row, where there is no room for panes.
    strip: Option<Rect>,
    /// The panes of the run, or what two runs side by side have.
    run: Rect,
    /// The text, with its frame.
    text: Rect,
    progress: Rect,
    keybar: Rect,
}

impl Parts {
    fn new(area: Rect, lesson: &Lesson) -> Parts {
        let (title, rest) = split_top(area, 1);
        let (rest, keybar) = split_bottom(rest, 1);
        let (body, progress) = split_bottom(rest, 1);
        let is_beside = body.width >= if lesson.diff().is_some() { BESIDE_TWO } else { BESIDE };
        let none = Rect { height: 0, ..body };
        let (strip, run, text) = if is_beside {
            let (run, text) = split_right(body, (body.width * 9 / 20).min(MOST_COLUMNS));
            (None, run, text)
        } else if body.height >= ABOVE {
            let (run, text) = split_bottom(body, body.height / 2);
            (None, run, text)
        } else {
            let (strip, text) = split_top(body, 1);
            (Some(strip), none, text)
        };
        Parts { title, strip, run, text, progress, keybar }
    }

    /// What is inside of the text's frame.
    fn inside(&self) -> Rect {
        self.text.inner(Margin::new(1, 1))
    }

    /// The panes of the run: the ring, and what the step wants to be seen beside it.
    fn panes(&self, pane: Pane) -> Vec<Placed> {
        /// The least rows of a ring.
        const RING: u16 = 10;
        let run = self.run;
        if run.height == 0 {
            return Vec::new();
        }
        let height = match pane {
            Pane::Ring => 0,
            Pane::Ownership => 3.max(run.height / 8),
            Pane::Inspector | Pane::Events | Pane::SpaceTime | Pane::Watches => {
                (run.height / 3).max(7)
            }
        };
        match run.height.checked_sub(height).filter(|ring| *ring >= RING && height > 0) {
            Some(_) => {
                let (ring, other) = split_bottom(run, height);
                vec![framed(Pane::Ring, ring), framed(pane, other)]
            }
            None => vec![framed(Pane::Ring, run)],
        }
    }
}

/// Draws the page.
pub fn draw(lesson: &Lesson, (area, look): (Rect, &Look), buffer: &mut Buffer) {
    let area = area.intersection(buffer.area);
    if Class::of(area) == Class::TooSmall {
        Pen::new(buffer, area).write(&too_small(area), look.theme.warning());
        return;
    }
    let parts = Parts::new(area, lesson);
    draw_run(lesson, (&parts, look), buffer);
    draw_title(lesson, (parts.title, look), buffer);
    draw_text(lesson, (&parts, look), buffer);
    draw_progress(lesson, (parts.progress, look), buffer);
    Clear.render(parts.keybar, buffer);
    keybar::draw_keys(&KEYS, (&lesson.keymap, look), (parts.keybar, buffer));
}

/// What the panes draw from: in a lesson they do not show what is to come, which may be asked for.
fn scene<'a>(lesson: &'a Lesson, look: &'a Look) -> Scene<'a> {
    let mut scene = Scene::new(lesson.app(), look);
    scene.listed = lesson.app().cursor;
    scene
}

fn draw_run(lesson: &Lesson, (parts, look): (&Parts, &Look), buffer: &mut Buffer) {
    let scene = scene(lesson, look);
    if let Some(strip) = parts.strip {
        ownership::strip(&scene, strip, buffer);
    }
    if let Some(page) = lesson.diff().filter(|_| parts.run.height > 0) {
        // The last row of a comparison has its keys, which are not those of this page: that row is
        // drawn over.
        let area = Rect { height: parts.run.height + 1, ..parts.run };
        diff::draw((&diff::shown(page, look.symbols).0, &page.keymap), (area, look), buffer);
        return;
    }
    for placed in parts.panes(lesson.stop().pane) {
        draw_pane(&scene, placed, buffer);
    }
}

fn draw_title(lesson: &Lesson, (area, look): (Rect, &Look), buffer: &mut Buffer) {
    let theme = &look.theme;
    let app = lesson.app();
    let step = format!("step {} of {}", lesson.step + 1, lesson.tour.steps.len());
    let event = format!("event {}/{}", app.cursor, app.timeline.len());
    let mut pen = Pen::new(buffer, area);
    pen.write(" TOUR ", theme.mode()).gap(2);
    // The title of the lesson gives way to where one is.
    let room = pen.room().saturating_sub(step.width() + event.width() + 6);
    let title = super::pen::fitted(&lesson.tour.title, room);
    pen.write(&title, theme.name()).gap(2);
    pen.write(&step, theme.text()).gap(2).write(&event, theme.name()).gap(2);
    pen.write(&words::plain(&app.name), theme.faint());
}

fn draw_text(lesson: &Lesson, (parts, look): (&Parts, &Look), buffer: &mut Buffer) {
    Clear.render(parts.text, buffer);
    let inside = frames::plain(look, parts.text, true, buffer);
    let title = format!(" {} ", lesson.shown().title);
    let top = Rect {
        x: parts.text.x + 1,
        width: parts.text.width.saturating_sub(2),
        height: 1,
        ..parts.text
    };
    Pen::new(buffer, top).write(&title, look.theme.selected());
    let content = text::Content::new(lesson, (inside.width.into(), look));
    let height = usize::from(inside.height);
    let first = lesson.scrolled.min(content.rows.len().saturating_sub(height));
    for (index, row) in content.rows.iter().skip(first).take(height).enumerate() {
        let mut pen = Pen::new(buffer, super::pen::row(inside, index));
        for (text, style) in &row.pieces {
            pen.write(text, *style);
        }
    }
    frames::scrollbar(look, inside, (first, height, content.rows.len()), buffer);
    if first + height < content.rows.len() {
        let last = Rect { y: parts.text.bottom() - 1, ..top };
        let more = format!(" {} more ", look.symbols.of(Symbol::Down));
        Pen::new(buffer, last).write(&more, look.theme.selected());
    }
}

/// A mark for each step, and what there is to say.
fn draw_progress(lesson: &Lesson, (area, look): (Rect, &Look), buffer: &mut Buffer) {
    Clear.render(area, buffer);
    let theme = &look.theme;
    let mut pen = Pen::new(buffer, area);
    pen.gap(1);
    if let Some(note) = &lesson.note {
        pen.write(&words::plain(note), theme.warning());
        return;
    }
    for step in 0..lesson.tour.steps.len() {
        let between =
            look.symbols.of(if step <= lesson.step { Symbol::Past } else { Symbol::Future });
        if step > 0 {
            pen.write(between, theme.faint());
        }
        let (symbol, style) = match step.cmp(&lesson.step) {
            std::cmp::Ordering::Less => (Symbol::Active, theme.good()),
            std::cmp::Ordering::Equal => (Symbol::Selected, theme.name()),
            std::cmp::Ordering::Greater => (Symbol::Joining, theme.faint()),
        };
        pen.write(look.symbols.of(symbol), style);
    }
    let right = lesson.record().right;
    let at_once = right.iter().filter(|(_, _, at_once)| *at_once).count();
    if !right.is_empty() {
        pen.gap(2).write(&format!("{} right, {at_once} at once", right.len()), theme.text());
    }
}

/// Tells the lesson how much of its text is seen, and scrolls no further than there is something to see.
pub fn settle(lesson: &mut Lesson, (area, look): (Rect, &Look)) {
    if look.reduce_motion {
        lesson.arrive();
    }
    let inside = Parts::new(area, lesson).inside();
    let lines = text::Content::new(lesson, (inside.width.into(), look)).rows.len();
    let height = usize::from(inside.height);
    lesson.room = Room { lines, height };
    lesson.scrolled = lesson.scrolled.min(lines.saturating_sub(height));
}

/// What is at a position of the page, as it was drawn.
pub fn at(lesson: &Lesson, (area, look): (Rect, &Look), position: Position) -> Option<Target> {
    if Class::of(area) == Class::TooSmall {
        return None;
    }
    let parts = Parts::new(area, lesson);
    if parts.keybar.contains(position) {
        let keys = (parts.keybar, look.symbols);
        let action = keybar::action_at((&KEYS, &lesson.keymap), keys, position.x);
        return action.map(Target::Bar);
    }
    let inside = parts.inside();
    if inside.contains(position) {
        let content = text::Content::new(lesson, (inside.width.into(), look));
        let first = lesson.scrolled.min(content.rows.len().saturating_sub(inside.height.into()));
        let row = content.rows.get(first + usize::from(position.y - inside.y))?;
        return row.option.map(Target::Row);
    }
    let scene = scene(lesson, look);
    if let Some(strip) = parts.strip.filter(|strip| strip.contains(position)) {
        return ownership::rank_at(&scene, strip, position.x).map(Target::Rank);
    }
    if lesson.diff().is_some() {
        return None;
    }
    let panes = parts.panes(lesson.stop().pane);
    let placed = panes.into_iter().find(|placed| placed.area.contains(position))?;
    Some(target::in_pane(&scene, placed, position))
}
