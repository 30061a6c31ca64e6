//! What must hold, how often it did not, and what is waited for.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ringscope_sim::ledger::Invariant;

use crate::app::{self, App};
use crate::film::Progress;

use super::layout::Placed;
use super::pen::{Pen, row};
use super::scene::Scene;
use super::symbols::Symbol;
use super::{framed, words};

/// A condition to break on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// In words, as it was typed.
    pub what: String,
    /// Whether it holds at the cursor.
    pub is_met: bool,
}

/// The conditions that are set, and whether they hold with the event at the cursor.
pub fn conditions(app: &App) -> Vec<Condition> {
    let is_met = |one: &app::Condition| app.event().is_some_and(|at| one.holds(&app.film, at));
    let breaks = app.breaks.iter();
    breaks.map(|one| Condition { what: one.text.clone(), is_met: is_met(one) }).collect()
}

/// Draws the pane.
pub fn draw(scene: &Scene<'_>, (placed, conditions): (Placed, &[Condition]), buffer: &mut Buffer) {
    let inside = framed::draw(scene, placed, "", buffer);
    let mut next = 0;
    for invariant in Invariant::ALL {
        draw_invariant(scene, invariant, (row(inside, next), buffer));
        next += 1;
    }
    for what in broken(scene) {
        let mut pen = Pen::new(buffer, row(inside, next));
        pen.write(scene.symbol(Symbol::Bad), scene.look.theme.warning());
        pen.gap(1).write(&what, scene.look.theme.warning());
        next += 1;
    }
    for condition in conditions {
        let mut pen = Pen::new(buffer, row(inside, next));
        let (symbol, style) = match condition.is_met {
            true => (Symbol::Cursor, scene.look.theme.moving()),
            false => (Symbol::Open, scene.look.theme.text()),
        };
        pen.write(scene.symbol(symbol), style).gap(1).write("break on ", scene.look.theme.label());
        pen.write(&words::plain(&condition.what), style);
        next += 1;
    }
    if conditions.is_empty() {
        let what = "b breaks on a condition";
        Pen::new(buffer, row(inside, next)).gap(2).write(what, scene.look.theme.faint());
    }
}

/// All of it in one line: how many hold, how many do not and since when.
pub fn draw_short(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let theme = &scene.look.theme;
    let sightings = scene.app.film.sightings();
    let is_broken = |invariant: &Invariant| {
        sightings.iter().any(|sighting| sighting.violation.invariant == *invariant)
    };
    let broken = Invariant::ALL.iter().filter(|one| is_broken(one)).count();
    let mut pen = Pen::new(buffer, area);
    pen.write(scene.symbol(Symbol::Good), theme.good());
    pen.write(&(Invariant::ALL.len() - broken).to_string(), theme.text());
    if let Some(first) = sightings.first() {
        pen.gap(1).write(scene.symbol(Symbol::Bad), theme.bad());
        let first = words::number(first.at);
        pen.write(&format!("{broken} first at {first}"), theme.text());
    }
}

fn draw_invariant(scene: &Scene<'_>, invariant: Invariant, (area, buffer): (Rect, &mut Buffer)) {
    let (app, theme) = (scene.app, &scene.look.theme);
    let of_it = || {
        let sightings = app.film.sightings().iter();
        sightings.filter(move |sighting| sighting.violation.invariant == invariant)
    };
    let count = of_it().count();
    let has_begun = of_it().any(|sighting| sighting.at.0 < app.cursor);
    let (symbol, style) = match (count, has_begun) {
        (0, _) => (Symbol::Good, theme.good()),
        (_, true) => (Symbol::Bad, theme.bad()),
        (_, false) => (Symbol::Good, theme.warning()),
    };
    let mut pen = Pen::new(buffer, area);
    pen.write(scene.symbol(symbol), style).gap(1);
    pen.column(invariant.name(), 14, theme.text()).gap(1);
    match (of_it().next(), app.film.progress()) {
        (Some(first), _) => {
            let first = words::number(first.at);
            pen.write(&format!("{count}x, first at {first}"), style);
        }
        (None, Progress::Checking(part)) => {
            pen.write(&format!("checked {part}%"), theme.faint());
        }
        (None, Progress::Reading(_)) => {
            pen.write("not checked yet", theme.faint());
        }
        (None, Progress::Done) => {
            let meaning = invariant.meaning();
            let fits = meaning.len() <= pen.room();
            pen.write(if fits { meaning } else { "holds" }, theme.faint());
        }
    }
}

/// Where the ring is not a ring at the cursor: in the middle of a join that is as it must be.
fn broken(scene: &Scene<'_>) -> Vec<String> {
    let breaks = scene.standing().map_or(&[][..], |standing| standing.ring.breaks());
    breaks.iter().take(3).map(ToString::to_string).collect()
}
