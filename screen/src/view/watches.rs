//! What must hold, how often it did not, and what is waited for.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ringscope_sim::invariants::Invariant;

use crate::app::{self, App, Pane};
use crate::timeline::LoadProgress;

use super::framed::{self, VisibleRows};
use super::layout::Placed;
use super::panes::Drawing;
use super::pen::Pen;
use super::scene::Scene;
use super::symbols::Symbol;
use super::{Paint, words};

/// A condition to break on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WatchedCondition {
    /// In words, as it was typed.
    pub what: String,
    /// Whether it holds at the cursor.
    pub is_met: bool,
}

/// The conditions that are set, and whether they hold with the event at the cursor.
pub(crate) fn conditions(app: &App) -> Vec<WatchedCondition> {
    let is_met = |one: &app::Condition| app.event().is_some_and(|at| one.holds(&app.timeline, at));
    let breaks = app.search.breaks.iter();
    breaks.map(|one| WatchedCondition { what: one.text.clone(), is_met: is_met(one) }).collect()
}

/// The pane.
pub(crate) const PANE: Drawing = Drawing {
    pane: Pane::Watches,
    draw,
    at: |_, _, _| None,
    height: Some(|scene, _| height(scene)),
};

/// Draws the pane.
pub(crate) fn draw(scene: &Scene<'_>, placed: Placed, buffer: &mut Buffer) {
    let conditions = conditions(scene.app);
    let inside = framed::draw(scene, placed, "", buffer);
    let mut paint = Paint { area: inside, look: scene.look, buffer };
    let rows = rows(scene, &conditions);
    let height = usize::from(inside.height);
    let first = first(scene, &rows, height);
    for (index, one) in rows.iter().skip(first).take(height).enumerate() {
        draw_row(scene, one, &mut paint.row(index));
    }
    framed::scrollbar(VisibleRows { first, rows: height, count: rows.len() }, &mut paint);
}

/// The first row that is seen: the chosen condition always is where the pane has the keys.
fn first(scene: &Scene<'_>, rows: &[Row<'_>], height: usize) -> usize {
    let scrolled = scene.app.view.scrolled_by(Pane::Watches);
    let scrolled = scrolled.min(rows.len().saturating_sub(height));
    let is_chosen = |row: &Row<'_>| match row {
        Row::Condition(_, is_chosen) => *is_chosen,
        Row::Ending(_) | Row::Invariant(_) | Row::Broken(_) | Row::Hint(_) => false,
    };
    let chosen = rows.iter().position(is_chosen);
    chosen.map_or(scrolled, |row| scrolled.clamp((row + 1).saturating_sub(height), row))
}

/// How many rows there are.
pub(crate) fn height(scene: &Scene<'_>) -> usize {
    rows(scene, &conditions(scene.app)).len()
}

/// A row of the pane.
enum Row<'a> {
    /// How the run ended, where it did not complete.
    Ending(String),
    Invariant(Invariant),
    /// Where the ring is not a ring.
    Broken(String),
    /// A condition, and whether it is the one that is chosen.
    Condition(&'a WatchedCondition, bool),
    /// What keys there are for conditions.
    Hint(&'static str),
}

fn rows<'a>(scene: &Scene<'_>, conditions: &'a [WatchedCondition]) -> Vec<Row<'a>> {
    // Invariants are of a protocol: where none is known, none is checked.
    let has_ring = scene.app.timeline.has_ring();
    let invariants = Invariant::ALL.into_iter().filter(|_| has_ring).map(Row::Invariant);
    let broken = broken(scene).into_iter().map(Row::Broken);
    let has_keys = scene.app.view.focus == Pane::Watches;
    let hint = match conditions {
        [] => Some("b breaks on a condition"),
        [_, ..] if has_keys => Some("Enter goes there, D removes it, c and C go to any of them"),
        [_, ..] => None,
    };
    let chosen = scene.app.search.chosen_break.min(conditions.len().saturating_sub(1));
    let conditions = conditions.iter().enumerate();
    let conditions = conditions.map(|(at, one)| Row::Condition(one, has_keys && at == chosen));
    let ending = ended_badly(scene).into_iter().map(Row::Ending);
    ending.chain(invariants).chain(broken).chain(conditions).chain(hint.map(Row::Hint)).collect()
}

fn draw_row(scene: &Scene<'_>, one: &Row<'_>, paint: &mut Paint<'_>) {
    let theme = &scene.look.theme;
    match one {
        Row::Ending(ending) => {
            let mut pen = paint.pen();
            pen.write(scene.symbol(Symbol::Bad), theme.bad()).gap(1).write(ending, theme.bad());
        }
        Row::Invariant(invariant) => draw_invariant(scene, *invariant, paint),
        Row::Broken(what) => {
            let mut pen = paint.pen();
            pen.write(scene.symbol(Symbol::Bad), theme.warning()).gap(1);
            pen.write(what, theme.warning());
        }
        Row::Condition(condition, is_chosen) => {
            let (symbol, style) = match condition.is_met {
                true => (Symbol::Cursor, theme.moving()),
                false => (Symbol::Open, theme.text()),
            };
            let mut pen = paint.pen();
            pen.write(scene.symbol(symbol), style).gap(1).write("break on ", theme.label());
            let style = if *is_chosen { theme.selected() } else { style };
            pen.write(&words::plain(&condition.what), style);
        }
        Row::Hint(what) => {
            paint.pen().gap(2).write(what, theme.faint());
        }
    }
}

/// All of it in one line: how many hold, how many do not and since when.
pub(crate) fn draw_short(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let theme = &scene.look.theme;
    let violations = scene.app.timeline.violations();
    let is_broken = |invariant: &Invariant| {
        violations.iter().any(|violation_at| violation_at.violation.invariant == *invariant)
    };
    let broken = Invariant::ALL.iter().filter(|one| is_broken(one)).count();
    let mut pen = Pen::new(buffer, area);
    if let Some(ending) = ended_badly(scene) {
        pen.write(scene.symbol(Symbol::Bad), theme.bad()).gap(1).write(&ending, theme.bad()).gap(2);
        pen.write(&format!("{broken} of {} invariants broken", Invariant::ALL.len()), theme.text());
    } else {
        pen.write(scene.symbol(Symbol::Good), theme.good());
        pen.write(&(Invariant::ALL.len() - broken).to_string(), theme.text());
    }
    if let Some(first) = violations.first() {
        pen.gap(1).write(scene.symbol(Symbol::Bad), theme.bad());
        let first = words::number(first.at);
        pen.write(&format!("{broken} first at {first}"), theme.text());
    }
}

/// How the run ended, once the cursor is there and it did not complete.
fn ended_badly(scene: &Scene<'_>) -> Option<String> {
    let ending = scene.app.timeline.ending().filter(|_| scene.app.has_ended_badly())?;
    Some(format!("the run ends here: {}", ending.name()))
}

fn draw_invariant(scene: &Scene<'_>, invariant: Invariant, paint: &mut Paint<'_>) {
    let (app, theme) = (scene.app, &scene.look.theme);
    let of_it = || {
        let violations = app.timeline.violations().iter();
        violations.filter(move |violation_at| violation_at.violation.invariant == invariant)
    };
    let count = of_it().count();
    let has_begun = of_it().any(|violation_at| violation_at.at.0 < app.view.cursor);
    let (symbol, style) = match (count, has_begun) {
        // Beside a deadlock it is no success that an invariant was not broken.
        (0, _) if app.has_ended_badly() => (Symbol::Open, theme.text()),
        (0, _) => (Symbol::Good, theme.good()),
        (_, true) => (Symbol::Bad, theme.bad()),
        (_, false) => (Symbol::Good, theme.warning()),
    };
    let mut pen = paint.pen();
    pen.write(scene.symbol(symbol), style).gap(1);
    pen.column(invariant.name(), 14, theme.text()).gap(1);
    match (of_it().next(), app.timeline.progress()) {
        (Some(first), _) => {
            let first = words::number(first.at);
            pen.write(&format!("{count}x, first at {first}"), style);
        }
        (None, LoadProgress::Checking(part)) => {
            pen.write(&format!("checked {part}%"), theme.faint());
        }
        (None, LoadProgress::Reading(_)) => {
            pen.write("not checked yet", theme.faint());
        }
        (None, LoadProgress::Done) => {
            let meaning = invariant.meaning();
            let fits = meaning.len() <= pen.room();
            let holds = if app.has_ended_badly() { "not broken" } else { "holds" };
            pen.write(if fits { meaning } else { holds }, theme.faint());
        }
    }
}

/// Where the ring is not a ring at the cursor: in the middle of a join that is as it must be.
fn broken(scene: &Scene<'_>) -> Vec<String> {
    let breaks = scene.states().map_or(&[][..], |states| states.ring.breaks());
    breaks.iter().take(3).map(ToString::to_string).collect()
}
