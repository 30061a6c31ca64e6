//! A lesson: the panes of its run, the text beside or below them, and how far one has come.

mod text;

use ratatui_core::layout::{Margin, Position, Rect};
use ratatui_core::widgets::Widget as _;
use ratatui_widgets::clear::Clear;
use unicode_width::UnicodeWidthStr as _;

use super::framed::{self as frames, VisibleRows};
use super::keybar::Bar;
use super::layout::{Class, Placed, draw_too_small, framed, split_bottom, split_right, split_top};
use super::scene::Scene;
use super::symbols::Symbol;
use super::{Look, Paint, Surface, diff, ownership, panes, target, words};
use crate::app::lesson::{Lesson, Room, StepMark};
use crate::app::{Pane, Target};
use crate::tour::Score;

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
        let height = pane.spec().beside_ring.of(run.height);
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
pub(crate) fn draw(lesson: &Lesson, paint: &mut Paint<'_>) {
    let area = paint.area.intersection(paint.buffer.area);
    let mut paint = paint.within(area);
    if Class::of(area) == Class::TooSmall {
        draw_too_small(&mut paint);
        return;
    }
    let parts = Parts::new(area, lesson);
    draw_run(lesson, &parts, &mut paint);
    draw_title(lesson, &mut paint.within(parts.title));
    draw_text(lesson, &mut paint.within(parts.text));
    draw_progress(lesson, &mut paint.within(parts.progress));
    Clear.render(parts.keybar, paint.buffer);
    Bar::of(lesson, &lesson.controls).draw(&mut paint.within(parts.keybar));
}

/// What the panes draw from: in a lesson they do not show what is to come, which may be asked for.
fn scene<'a>(lesson: &'a Lesson, look: &'a Look) -> Scene<'a> {
    let mut scene = Scene::new(lesson.app(), look);
    scene.listed = lesson.app().view.cursor;
    scene.verdict = None;
    scene
}

fn draw_run(lesson: &Lesson, parts: &Parts, paint: &mut Paint<'_>) {
    let look = paint.look;
    let scene = scene(lesson, look);
    if let Some(strip) = parts.strip {
        ownership::strip(&scene, strip, paint.buffer);
    }
    if let Some(page) = lesson.diff().filter(|_| parts.run.height > 0) {
        // The last row of a comparison has its keys, which are not those of this page: that row is
        // drawn over.
        let area = Rect { height: parts.run.height + 1, ..parts.run };
        diff::draw_beside(page, &mut paint.within(area));
        return;
    }
    for placed in parts.panes(lesson.stop().pane) {
        (panes::drawing(placed.pane).draw)(&scene, placed, paint.buffer);
    }
}

fn draw_title(lesson: &Lesson, paint: &mut Paint<'_>) {
    let theme = &paint.look.theme;
    let app = lesson.app();
    let step = format!("step {} of {}", lesson.step + 1, lesson.tour.steps.len());
    let event = format!("event {}/{}", app.view.cursor, app.timeline.len());
    let mut pen = paint.pen();
    pen.write(" TOUR ", theme.mode()).gap(2);
    // The title of the lesson gives way to where one is.
    let room = pen.room().saturating_sub(step.width() + event.width() + 6);
    let title = super::pen::fitted(&lesson.tour.title, room);
    pen.write(&title, theme.name()).gap(2);
    pen.write(&step, theme.text()).gap(2).write(&event, theme.name()).gap(2);
    pen.write(&words::plain(&app.name), theme.faint());
}

fn draw_text(lesson: &Lesson, paint: &mut Paint<'_>) {
    let (area, look) = (paint.area, paint.look);
    Clear.render(area, paint.buffer);
    let inside = frames::plain(paint, true);
    let title = format!(" {} ", lesson.shown().title);
    let top = Rect { x: area.x + 1, width: area.width.saturating_sub(2), height: 1, ..area };
    paint.within(top).pen().write(&title, look.theme.selected());
    let content = text::Content::new(lesson, inside.width.into(), look);
    let height = usize::from(inside.height);
    let first = lesson.scrolled.min(content.rows.len().saturating_sub(height));
    for (index, row) in content.rows.iter().skip(first).take(height).enumerate() {
        let mut paint = paint.within(super::pen::row(inside, index));
        let mut pen = paint.pen();
        for (text, style) in &row.pieces {
            pen.write(text, *style);
        }
    }
    let part = VisibleRows { first, rows: height, count: content.rows.len() };
    frames::scrollbar(part, &mut paint.within(inside));
    if first + height < content.rows.len() {
        let last = Rect { y: area.bottom() - 1, ..top };
        let more = format!(" {} more ", look.symbols.of(Symbol::Down));
        paint.within(last).pen().write(&more, look.theme.selected());
    }
}

/// A mark for each step, and what there is to say.
fn draw_progress(lesson: &Lesson, paint: &mut Paint<'_>) {
    let look = paint.look;
    Clear.render(paint.area, paint.buffer);
    let theme = &look.theme;
    let mut pen = paint.pen();
    pen.gap(1);
    if let Some(note) = &lesson.controls.note {
        pen.write(&words::plain(note), theme.warning());
        return;
    }
    for step in 0..lesson.tour.steps.len() {
        let between =
            look.symbols.of(if step <= lesson.step { Symbol::Past } else { Symbol::Future });
        if step > 0 {
            pen.write(between, theme.faint());
        }
        let (symbol, style) = match lesson.mark(step) {
            StepMark::Done => (Symbol::Active, theme.good()),
            StepMark::Skipped => (Symbol::Skipped, theme.warning()),
            StepMark::Shown => (Symbol::Selected, theme.name()),
            StepMark::ToCome => (Symbol::Joining, theme.faint()),
        };
        pen.write(look.symbols.of(symbol), style);
    }
    let Score { at_first_try, later, .. } = lesson.score();
    if at_first_try + later > 0 {
        let right = format!("{} right, {at_first_try} at the first try", at_first_try + later);
        pen.gap(2).write(&right, theme.text());
    }
}

/// Tells the lesson how much of its text is seen, and scrolls no further than there is something to see.
pub(crate) fn settle(lesson: &mut Lesson, surface: Surface<'_>) {
    let Surface { area, look } = surface;
    if look.reduce_motion {
        lesson.arrive();
    }
    let inside = Parts::new(area, lesson).inside();
    let lines = text::Content::new(lesson, inside.width.into(), look).rows.len();
    let height = usize::from(inside.height);
    lesson.room = Room { lines, height };
    lesson.scrolled = lesson.scrolled.min(lines.saturating_sub(height));
}

/// What is at a position of the page, as it was drawn.
pub(crate) fn at(lesson: &Lesson, surface: Surface<'_>, position: Position) -> Option<Target> {
    let Surface { area, look } = surface;
    if Class::of(area) == Class::TooSmall {
        return None;
    }
    let parts = Parts::new(area, lesson);
    if parts.keybar.contains(position) {
        let bar = Bar::of(lesson, &lesson.controls);
        return bar.action_at(surface.within(parts.keybar), position.x).map(Target::Bar);
    }
    let inside = parts.inside();
    if inside.contains(position) {
        let content = text::Content::new(lesson, inside.width.into(), look);
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
